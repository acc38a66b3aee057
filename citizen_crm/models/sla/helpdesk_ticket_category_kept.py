from odoo import api, fields, models
from odoo.tools import SQL

from ..case.counted import COUNTED

#: Promises that were due in so many days are looked at, and at least so many of them.
KEPT_DAYS = 365
KEPT_CASES = 20

MEASURE = """
    WITH kept AS (
        SELECT ticket.category_id, count(*) AS cases,
               CASE WHEN count(*) >= %(least)s
                    THEN 100.0 * count(*) FILTER (WHERE clock.state = 'met') / count(*)
                    END AS share
          FROM citizen_sla_clock AS clock
          JOIN helpdesk_ticket AS ticket ON ticket.id = clock.case_id
         WHERE clock.kind = 'resolve' AND clock.state IN ('met', 'missed')
           AND clock.due BETWEEN %(since)s AND %(now)s
           AND %(counted)s
      GROUP BY ticket.category_id
    )
    UPDATE helpdesk_ticket_category AS category
       SET kept_share = kept.share, kept_cases = coalesce(kept.cases, 0)
      FROM helpdesk_ticket_category AS same
      LEFT JOIN kept ON kept.category_id = same.id
     WHERE same.id = category.id
       AND (category.kept_share, coalesce(category.kept_cases, 0))
           IS DISTINCT FROM (kept.share, coalesce(kept.cases, 0))
 RETURNING category.id
"""


class HelpdeskTicketCategory(models.Model):
    """How the promises of an answer were kept of late, for everybody to read.

    Counted as in the report of promises kept: only what was met or missed.
    """

    _inherit = "helpdesk.ticket.category"

    kept_share = fields.Float(
        string="Answers in Time (%)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Of the answers promised for the last 12 months, so many came in time. "
        "Empty with fewer than 20 promises. Measured once a day; residents read it.",
    )
    kept_cases = fields.Integer(
        string="Promises Measured",
        readonly=True,
        copy=False,
        help="How many answers were promised for the last 12 months and came in time "
        "or too late.",
    )

    @api.model
    def _cron_measure_pace(self):
        result = super()._cron_measure_pace()
        now = fields.Datetime.now()
        self.env.flush_all()
        changed = self.env.execute_query(
            SQL(
                MEASURE,
                counted=COUNTED,
                least=KEPT_CASES,
                since=fields.Datetime.subtract(now, days=KEPT_DAYS),
                now=now,
            )
        )
        self.env["ir.cron"]._note_done(len(changed))
        self.invalidate_model(["kept_share", "kept_cases"], flush=False)
        return result

    def _get_portal_kept(self):
        """Return a sentence on how the promise was kept, empty with too few cases."""
        service = self.sudo()
        if service.kept_cases < KEPT_CASES:
            return ""
        return self.env._(
            "In time in the last 12 months: %(share)s of %(count)s answers.",
            share=f"{int(service.kept_share)} %",
            count=service.kept_cases,
        )
