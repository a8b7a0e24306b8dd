-- One for each person, chosen by age.
INSERT INTO entitlement (commune_id, recipient_id, programme_id, code, category_id, category_text, coefficient_hundredths,
  monthly_amount, decision_no, first_month, status, version)
WITH counted AS (SELECT id AS i FROM recipient), [chance]
SELECT r.commune_id, r.id, k.programme_id, r.code, k.category_id, k.category_text, k.coefficient, k.amount,
  CAST(1 + r1 % 900 AS TEXT) || '/QĐ-UBND',
  [date: CAST(:year - 3 + r2 % 3 AS TEXT) || '-' || substr(CAST(101 + r2 / 3 % 12 AS TEXT), 2) || '-01'],
  CASE WHEN r3 % 100 = 0 THEN 'suspended' ELSE 'live' END, 1
FROM chance c JOIN recipient r ON r.id = c.i
  JOIN demo_category k ON k.slot = r1 / 1000 % 8 AND k.band = CASE WHEN r.birth_date > :child THEN 0
    WHEN r.birth_date > :sixty THEN 1 WHEN r.birth_date > :seventy_five THEN 2 ELSE 3 END
