-- What each entitlement adds up from.
INSERT INTO entitlement_change (commune_id, entitlement_id, month, kind, after, reason, decision_no, source, at, by_name)
SELECT commune_id, id, first_month, 'start', [object: 'status', status, 'monthly_amount', monthly_amount,
  'coefficient_hundredths', coefficient_hundredths, 'category_text', category_text], '', decision_no, 'demo', :at, ''
FROM entitlement
