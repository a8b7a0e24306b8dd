-- One person in twenty-five has somebody who receives for them; some papers end soon.
INSERT INTO representative (commune_id, recipient_id, kind, full_name, citizen_id, phone, relation, scope, paper_no,
  certified_by, certified_on, valid_from, valid_until, status)
WITH counted AS (SELECT id AS i FROM recipient), [chance]
SELECT r.commune_id, r.id, CASE WHEN r.birth_date > :child THEN 'guardian' ELSE 'proxy' END,
  f.name || ' ' || m.name || ' ' || g.name, '020185' || substr(CAST(1000000 + r.id % 1000000 AS TEXT), 2),
  '09' || substr(CAST(100000000 + r2 * 11 % 100000000 AS TEXT), 2), e.relation, 'receive',
  CAST(1 + r1 % 300 AS TEXT) || '/CT', c.name, d.starts, d.starts, d.ends, 'confirmed'
FROM chance h JOIN recipient r ON r.id = h.i JOIN commune c ON c.id = r.commune_id
  JOIN demo_term d ON d.no = r1 / 25 % 365 JOIN demo_relation e ON e.no = r3 % 5
  JOIN demo_name f ON f.part = 'family' AND f.no = r3 % :families
  JOIN demo_name m ON m.part = 'middle female' AND m.no = r3 / 24 % :middles
  JOIN demo_name g ON g.part = 'given female' AND g.no = r3 / 480 % :givens
WHERE r1 % 25 = 0
