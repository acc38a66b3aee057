from odoo import fields, models
from odoo.tools import SQL

from ..case.counted import COUNTED
from ..catalogue.helpdesk_ticket_category import ROLES

#: Each case on the day it was received, and once more on the day it was ended.
EACH_CASE = """
    SELECT ticket.received_date AS at, {dimensions}, 1 AS received_count,
           ticket.is_open::int AS open_count, 0 AS ended_count, 0 AS closed_count,
           0 AS not_handled_count, 0 AS withdrawn_count, 0 AS confirmed_count,
           0 AS disputed_count, 0 AS ended_minutes
      FROM helpdesk_ticket AS ticket
     WHERE %(counted)s AND %(received)s
 UNION ALL
    SELECT ticket.closed_date, {dimensions}, 0, 0, 1, (ticket.phase = 'closed')::int,
           (ticket.phase = 'not_handled')::int, (ticket.phase = 'withdrawn')::int,
           (ticket.outcome = 'confirmed')::int,
           (ticket.outcome IN ('not_solved', 'disputed'))::int,
           round(extract(epoch FROM ticket.closed_date - ticket.received_date) / 60)
      FROM helpdesk_ticket AS ticket
     WHERE %(counted)s AND NOT ticket.is_open
       AND ticket.closed_date IS NOT NULL AND %(ended)s
"""


class CitizenCaseRollupRow(models.AbstractModel):
    """What is counted of the cases of a day; those that inherit it say by what."""

    _name = "citizen.case.rollup.row"
    _inherit = ["citizen.rollup.row"]
    _description = "Daily Figures of Cases"

    _subject = "case"
    _sums = (
        "received_count",
        "open_count",
        "ended_count",
        "closed_count",
        "not_handled_count",
        "withdrawn_count",
        "confirmed_count",
        "disputed_count",
        "ended_minutes",
    )
    _means = {"days_to_end": ("ended_minutes", "ended_count", 24 * 60)}

    day = fields.Date(help="In the city's time zone.")
    company_id = fields.Many2one("res.company", readonly=True)
    received_count = fields.Integer(
        string="Received", readonly=True, help="Cases that were received on the day."
    )
    open_count = fields.Integer(
        string="Still Open",
        readonly=True,
        help="Of the cases received on the day, those that have not ended.",
    )
    ended_count = fields.Integer(
        string="Ended",
        readonly=True,
        help="Cases that were ended on the day, whenever they were received.",
    )
    closed_count = fields.Integer(
        string="Closed", readonly=True, help="Of the ended ones."
    )
    not_handled_count = fields.Integer(
        string="Not Handled", readonly=True, help="Of the ended ones."
    )
    withdrawn_count = fields.Integer(
        string="Withdrawn", readonly=True, help="Of the ended ones."
    )
    confirmed_count = fields.Integer(
        string="Confirmed Solved",
        readonly=True,
        help="Of the ended ones: the citizen or a field check says so.",
    )
    disputed_count = fields.Integer(
        string="Not Solved or Disputed",
        readonly=True,
        help="Of the ended ones: the citizen or a field check says so.",
    )
    ended_minutes = fields.Float(
        string="Minutes to the End",
        readonly=True,
        help="From receipt to the end of the ended ones, added up.",
    )
    days_to_end = fields.Float(
        string="Days to the End",
        compute="_compute_means",
        aggregator="avg",
        digits=(8, 1),
        help="Calendar days from receipt to the end, on average of the ended ones.",
    )

    def _select_each(self, within):
        dimensions = ", ".join(f"ticket.{name}" for name in self._dimensions)
        return SQL(
            EACH_CASE.format(dimensions=dimensions),
            counted=COUNTED,
            received=within("ticket.received_date"),
            ended=within("ticket.closed_date"),
        )


class CitizenCaseRollup(models.Model):
    """How many cases a team received and ended on a day.

    There are at most as many rows a day as teams and roles, however many cases: that
    is why districts and service types have figures of their own.
    """

    _name = "citizen.case.rollup"
    _inherit = ["citizen.case.rollup.row"]
    _description = "Daily Figures of Cases by Team"
    _dimensions = ("company_id", "team_id", "role")

    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="Which has the case now. Empty for what waits in triage.",
    )
    department_id = fields.Many2one(
        related="team_id.department_id", help="The department of the team now."
    )
    role = fields.Selection(ROLES, readonly=True)
