-- Bytes per case: tables with their indexes and long texts, divided by the cases.
-- Only tables that grow with the cases; run VACUUM ANALYZE before.
WITH cases AS (SELECT count(*)::numeric AS count FROM helpdesk_ticket),
parts AS (
    SELECT CASE
             -- Daily figures stop growing.
             WHEN relname LIKE '%\_rollup%' THEN NULL
             WHEN relname = 'helpdesk_ticket' THEN '1 case'
             WHEN relname = 'citizen_case_event' THEN '2 history'
             WHEN relname IN ('mail_message', 'mail_followers', 'mail_notification',
                              'mail_followers_mail_message_subtype_rel', 'mail_mail',
                              'mail_message_res_partner_rel', 'mail_activity',
                              'message_attachment_rel', 'mail_tracking_value')
                  THEN '3 messages and tasks'
             WHEN relname LIKE 'citizen\_sla\_clock%'
                  OR relname LIKE 'citizen\_sla\_notice%'
                  THEN '4 deadlines'
             WHEN relname LIKE 'citizen\_assignment\_entry%' THEN '5 ledger'
             WHEN relname LIKE 'citizen\_case\_%' OR relname LIKE 'citizen\_field\_%'
                  OR relname IN ('citizen_erasure_proof', 'citizen_mail_receipt')
                  THEN '6 replies, transfers, facts, feedback, mails'
             WHEN relname IN ('res_partner', 'citizen_citizen', 'citizen_customer')
                  THEN '7 people'
           END AS part,
           pg_total_relation_size(oid) AS bytes
      FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
)
SELECT coalesce(part, 'all') AS part, pg_size_pretty(sum(bytes)) AS total,
       round(sum(bytes) / nullif(count, 0)) AS per_case
  FROM parts, cases
 WHERE part IS NOT NULL
 GROUP BY GROUPING SETS ((part, count), (count))
 ORDER BY 1;
