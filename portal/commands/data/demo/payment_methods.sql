-- Account, cash point or visit at home; the share of accounts differs from village to village.
INSERT INTO payment_method (commune_id, recipient_id, kind, provider_bin, account_number, holder_name, payout_point_id,
  reason, status, since, source, version)
WITH counted AS (SELECT id AS i FROM recipient), [chance],
  chosen AS (SELECT i, r2, CASE WHEN r1 % 100 >= 90 THEN 'home_visit'
    WHEN r1 % 100 < 25 + r.village_id * 17 % 41 THEN 'bank_account' ELSE 'cash_point' END AS kind
    FROM chance JOIN recipient r ON r.id = i)
SELECT r.commune_id, r.id, c.kind, CASE WHEN c.kind = 'bank_account' THEN '970405' END,
  CASE WHEN c.kind = 'bank_account' THEN '8410' || substr(CAST(1000000000 + r.id AS TEXT), 2) END,
  CASE WHEN c.kind = 'bank_account' THEN upper(r.search_key) ELSE '' END,
  CASE WHEN c.kind = 'cash_point' THEN (SELECT min(id) FROM payout_point WHERE commune_id = r.commune_id) END,
  CASE WHEN c.kind = 'home_visit' THEN CASE WHEN r2 % 2 = 0 THEN 'Nằm liệt giường' ELSE 'Không đi lại được' END ELSE '' END,
  'ready', :today, 'demo', 1
FROM chosen c JOIN recipient r ON r.id = c.i
