-- One line a table: its name, its rows, and a sum over a hash of each row. Equal lines
-- mean equal rows, in whatever order; a hash a row, so that size does not matter.
SELECT format(
    'SELECT %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)'
    ' FROM %I AS t',
    tablename, tablename
)
  FROM pg_tables
 WHERE schemaname = 'public'
   AND (tablename IN ('helpdesk_ticket', 'mail_message', 'ir_attachment')
        OR (tablename LIKE 'citizen\_%' AND tablename NOT LIKE 'citizen\_portal\_%'))
 ORDER BY tablename
\gexec
