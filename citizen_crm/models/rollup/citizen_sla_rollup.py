from odoo import fields, models
from odoo.tools import SQL

from ..case.counted import COUNTED
from ..sla.citizen_promise_figures import COUNTS


class CitizenSlaRollup(models.Model):
    """How the promises that were due on a day were kept, by team and service type.

    Counted as in ``citizen.sla.report``, which also tells rules, reasons, extensions
    and pauses, and for that reads every clock.
    """

    _name = "citizen.sla.rollup"
    _inherit = ["citizen.rollup.row", "citizen.promise.figures"]
    _description = "Daily Figures of Promises"

    _subject = "promise"
    _dimensions = ("company_id", "team_id", "category_id", "kind", "basis")
    _sums = (
        "promise_count",
        "met_count",
        "missed_count",
        "excluded_count",
        "open_count",
        "undetermined_count",
        "decided_count",
    )
    _shares = {"share_met": ("decided_count", "met_count")}

    day = fields.Date(
        string="Due",
        help="The day on which they had to be kept, in the city's time zone. Empty in "
        "a pause, or without a deadline.",
    )
    department_id = fields.Many2one(
        related="team_id.department_id", help="The department of that team."
    )
    decided_count = fields.Integer(
        string="Met or Missed", readonly=True, help="What the share met is a share of."
    )
    share_met = fields.Float(compute="_compute_shares", digits=(6, 1))

    def _select_each(self, within):
        return SQL(
            """
            SELECT clock.due AS at, ticket.company_id,
                   coalesce(clock.team_id, ticket.team_id) AS team_id,
                   ticket.category_id, clock.kind, clock.basis, %(counts)s,
                   (clock.state IN ('met', 'missed'))::int AS decided_count
              FROM citizen_sla_clock AS clock
              JOIN helpdesk_ticket AS ticket ON ticket.id = clock.case_id
             WHERE %(counted)s AND %(due)s
            """,
            counts=SQL(COUNTS),
            counted=COUNTED,
            due=within("clock.due"),
        )
