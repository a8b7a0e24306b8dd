-- The register: one commune after the other, names and numbers by chance.
INSERT INTO recipient (commune_id, code, full_name, search_key, sort_key, sex, birth_date, birth_precision, citizen_id,
  citizen_id_confirmed, phone, phone_owner, village_id, status, note, version)
WITH RECURSIVE
  counted(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM counted WHERE i + 1 < :people), [chance],
  born AS (SELECT i, r1, r2, r3, CASE WHEN r1 % 100 < 58 THEN 'female' ELSE 'male' END AS sex,
    :year - CASE WHEN r3 % 100 < 12 THEN 1 + r3 / 100 % 14 WHEN r3 % 100 < 32 THEN 17 + r3 / 100 % 42
      WHEN r3 % 100 < 50 THEN 61 + r3 / 100 % 13 ELSE 76 + r3 / 100 % 22 END AS year FROM chance)
SELECT p.commune_id, p.prefix || substr(CAST(1000000 + b.i % 1000000 AS TEXT), 2),
  f.name || ' ' || m.name || ' ' || g.name, f.search || ' ' || m.search || ' ' || g.search,
  g.sort || ' ' || f.sort || ' ' || m.sort, b.sex,
  CASE WHEN b.year < :old AND r3 / 672000 % 10 < 3 THEN [date: CAST(b.year AS TEXT) || '-01-01']
    ELSE [date: CAST(b.year AS TEXT) || '-' || substr(CAST(101 + r3 / 2000 % 12 AS TEXT), 2) || '-'
      || substr(CAST(101 + r3 / 24000 % 28 AS TEXT), 2)] END,
  CASE WHEN b.year < :old AND r3 / 672000 % 10 < 3 THEN 'year' ELSE 'day' END,
  CASE WHEN r1 / 2500 % 100 >= 3 THEN substr('020048004008006019024022001010', CAST(1 + 3 * (b.i / 1000000) AS INTEGER), 3)
    || CAST(CASE WHEN b.year < 2000 THEN 0 ELSE 2 END + CASE WHEN b.sex = 'female' THEN 1 ELSE 0 END AS TEXT)
    || substr(CAST(b.year AS TEXT), 3, 2) || substr(CAST(1000000 + b.i % 1000000 AS TEXT), 2) END,
  r1 / 2500 % 100 >= 40,
  CASE WHEN r1 / 250000 < 40 THEN '09' || substr(CAST(100000000 + r2 * 7 % 100000000 AS TEXT), 2) END,
  CASE WHEN r1 / 250000 < 40 THEN CASE WHEN r1 / 250000 < 25 THEN 'recipient' ELSE 'relative' END END,
  p.village_id, 'live', '', 1
FROM born b
  JOIN demo_place p ON p.commune_no = b.i * :communes / :people AND p.village_no = r1 / 100 % :villages
  JOIN demo_name f ON f.part = 'family' AND f.no = r2 % :families
  JOIN demo_name m ON m.part = 'middle ' || b.sex AND m.no = r2 / 24 % :middles
  JOIN demo_name g ON g.part = 'given ' || b.sex AND g.no = r2 / 480 % :givens
