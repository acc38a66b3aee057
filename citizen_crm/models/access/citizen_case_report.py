from odoo import fields, models
from odoo.tools import SQL

from ...tools.case_events import PHASES
from ..case.counted import COUNTED
from ..case.helpdesk_ticket import OUTCOMES
from ..catalogue.helpdesk_ticket_category import NATURES, ROLES


class CitizenCaseReport(models.Model):
    """The figures of all cases without the cases: no person, no text, no handler.

    Oversight reads it, and whoever analyses cases without needing to open them.
    """

    _name = "citizen.case.report"
    _description = "Case Analysis"
    _auto = False
    _order = "received_date desc"
    _rec_name = "received_date"

    role = fields.Selection(ROLES, readonly=True)
    nature = fields.Selection(NATURES, readonly=True)
    category_id = fields.Many2one(
        "helpdesk.ticket.category", string="Service Type", readonly=True
    )
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    district_id = fields.Many2one("citizen.district", readonly=True)
    channel_id = fields.Many2one("helpdesk.ticket.channel", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    is_open = fields.Boolean(string="Open", readonly=True)
    received_date = fields.Datetime(string="Received", readonly=True)
    closed_date = fields.Datetime(string="Closed On", readonly=True)
    days_to_close = fields.Float(
        string="Days to Close",
        aggregator="avg",
        readonly=True,
        help="Calendar days from receipt to closing.",
    )
    late_count = fields.Integer(
        string="Late",
        readonly=True,
        help="Answered after the due date, or not answered and over it.",
    )
    due_count = fields.Integer(
        string="With a Due Date", readonly=True, help="Cases that have a due date."
    )

    def _select(self):
        return SQL(
            """
            SELECT ticket.id, ticket.role, ticket.nature, ticket.category_id,
                   ticket.team_id, ticket.department_id, ticket.district_id,
                   ticket.channel_id, ticket.company_id, ticket.phase, ticket.outcome,
                   ticket.is_open, ticket.received_date, ticket.closed_date,
                   CASE WHEN NOT ticket.is_open THEN
                       extract(epoch FROM ticket.closed_date - ticket.received_date)
                       / 86400.0
                   END AS days_to_close,
                   (ticket.due_date < coalesce(
                       CASE WHEN NOT ticket.is_open OR ticket.phase = 'answered'
                            THEN coalesce(ticket.answered_date, ticket.closed_date)
                       END,
                       now() AT TIME ZONE 'UTC'))::int AS late_count,
                   (ticket.due_date IS NOT NULL)::int AS due_count
            """
        )

    def _from(self):
        return SQL("FROM helpdesk_ticket AS ticket")

    def _where(self):
        return SQL("WHERE %s", COUNTED)

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())
