from odoo import fields, models
from odoo.tools import SQL

from ..case.counted import COUNTED

#: A person who comes again within so many days after closing did not get it at once.
REPEAT_DAYS = 30


class CitizenFailureDemandReport(models.Model):
    """How often people had to come again, of all their contacts; no person.

    A contact is a case, or a message of the person to a case beyond the first word. It
    is a repeat if the person had a case of the type closed in the 30 days before, if
    the case was joined to a matter that was known already, or if the message asks again
    when nobody had answered and the time promised was over. The definitions in full
    stand in ``docs/manual/aftercare.md``.
    """

    _name = "citizen.failure.demand.report"
    _inherit = ["citizen.share.report"]
    _shares = {"repeat_share": ("contact_count", "repeat_count")}
    _description = "Failure Demand"
    _auto = False
    _order = "month desc, id"
    _rec_name = "month"

    month = fields.Date(readonly=True, help="In which people came.")
    category_id = fields.Many2one(
        "helpdesk.ticket.category", string="Service Type", readonly=True
    )
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    contact_count = fields.Integer(
        string="Contacts", readonly=True, help="Cases, and messages beyond the first."
    )
    repeat_count = fields.Integer(
        string="Repeats",
        readonly=True,
        help="Contacts that would not have been, had it been settled at once.",
    )
    after_closing_count = fields.Integer(
        string="After Closing",
        readonly=True,
        help="Repeats of a person within 30 days after a case of the type was closed.",
    )
    joined_count = fields.Integer(
        string="Known Matter",
        readonly=True,
        help="Repeats that were joined to a matter that was known already.",
    )
    asking_count = fields.Integer(
        string="Asking Again",
        readonly=True,
        help="Repeats when the time promised was over and nobody had answered.",
    )
    repeat_share = fields.Float(
        string="Failure Demand (%)",
        aggregator="avg",
        readonly=True,
        help="Repeats, of all contacts.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
              WITH contact AS (%(cases)s UNION ALL %(messages)s),
                   cell AS (
                   SELECT date_trunc('month', at)::date AS month, category_id, team_id,
                          count(*) AS contact_count,
                          count(*) FILTER (WHERE after_closing OR joined OR asking)
                          AS repeat_count,
                          count(*) FILTER (WHERE after_closing) AS after_closing_count,
                          count(*) FILTER (WHERE joined AND NOT after_closing)
                          AS joined_count,
                          count(*) FILTER (WHERE asking AND NOT after_closing)
                          AS asking_count
                     FROM contact
                 GROUP BY 1, 2, 3)
            SELECT row_number() OVER (ORDER BY month, category_id, team_id) AS id,
                   cell.*, team.department_id,
                   100.0 * repeat_count / contact_count AS repeat_share
              FROM cell
         LEFT JOIN helpdesk_ticket_team AS team ON team.id = cell.team_id
            """,
            cases=self._select_cases(),
            messages=self._select_messages(),
        )

    def _select_cases(self):
        """Every letter is a contact, whatever cases were made of it.

        Too few confidential ones exist to be counted.
        """
        return SQL(
            """
            SELECT ticket.received_date AS at, ticket.category_id, ticket.team_id,
                   EXISTS (
                       SELECT 1 FROM helpdesk_ticket AS earlier
                        WHERE earlier.partner_id = ticket.partner_id
                          AND earlier.category_id = ticket.category_id
                          AND earlier.id != ticket.id
                          AND earlier.phase = 'closed'
                          AND earlier.closed_date < ticket.received_date
                          AND earlier.closed_date >= ticket.received_date - %(days)s
                   ) AS after_closing,
                   ticket.duplicate_id IS NOT NULL AS joined,
                   FALSE AS asking
              FROM helpdesk_ticket AS ticket
             WHERE %(counted)s
               AND ticket.split_from_id IS NULL
            """,
            counted=COUNTED,
            days=SQL("interval '%s days'", REPEAT_DAYS),
        )

    def _select_messages(self):
        """A message that came with the case is the case; a later one is a contact."""
        return SQL(
            """
            SELECT said.at, ticket.category_id, ticket.team_id,
                   EXISTS (
                       SELECT 1 FROM citizen_case_event AS closed
                        WHERE closed.case_id = said.case_id AND closed.kind = 'closed'
                          AND closed.at <= said.at
                          AND closed.at >= said.at - %(days)s
                   ),
                   FALSE,
                   said.at > ticket.due_date AND NOT EXISTS (
                       SELECT 1 FROM citizen_case_event AS answer
                        WHERE answer.case_id = said.case_id AND answer.at <= said.at
                          AND answer.kind IN ('replied', 'answered')
                   )
              FROM citizen_case_event AS said
              JOIN helpdesk_ticket AS ticket ON ticket.id = said.case_id
             WHERE said.kind = 'wrote' AND %(counted)s
               AND said.at > ticket.received_date + interval '1 minute'
            """,
            counted=COUNTED,
            days=SQL("interval '%s days'", REPEAT_DAYS),
        )
