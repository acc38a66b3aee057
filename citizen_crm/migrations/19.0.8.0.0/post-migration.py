"""From 19.0.7.1.0: figures count ended cases that are archived, too."""


def migrate(cr, version):
    """Have their days counted again; the job of daily figures does it."""
    if not version:
        return
    cr.execute(
        """
        INSERT INTO citizen_rollup_mark (subject, at)
        SELECT DISTINCT day.subject,
               date_bin('15 minutes', day.at, timestamp '2000-01-01')
          FROM helpdesk_ticket AS ticket
    CROSS JOIN LATERAL (
                   VALUES ('case', ticket.received_date), ('case', ticket.closed_date)
                   UNION ALL
                   SELECT 'promise', due FROM citizen_sla_clock
                    WHERE case_id = ticket.id
               ) AS day (subject, at)
         WHERE ticket.active IS NOT TRUE AND ticket.is_open IS NOT TRUE
           AND (day.subject = 'promise' OR day.at IS NOT NULL)
        """
    )
