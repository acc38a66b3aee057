from odoo import fields, models
from odoo.tools import SQL

from ...tools.sla_promises import BASES, KINDS
from ..sla.citizen_sla_report import COUNT


class CitizenSlaRollup(models.Model):
    """How the promises that were due on a day were kept, by team and service type.

    Counted as in ``citizen.sla.report``, which also tells rules, reasons, extensions
    and pauses, and for that reads every clock.
    """

    _name = "citizen.sla.rollup"
    _inherit = ["citizen.rollup.row"]
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
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="Of a missed promise the team that had the case then, else the team now.",
    )
    department_id = fields.Many2one(
        related="team_id.department_id", help="The department of that team."
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        help="As the case has it now.",
    )
    kind = fields.Selection(KINDS, string="Promise", readonly=True)
    basis = fields.Selection(BASES, readonly=True)
    promise_count = fields.Integer(string="Promises", readonly=True)
    met_count = fields.Integer(string="Met", readonly=True, help=COUNT)
    missed_count = fields.Integer(string="Missed", readonly=True, help=COUNT)
    excluded_count = fields.Integer(
        string="Not Applicable",
        readonly=True,
        help="Refused, withdrawn, transferred, closed without an answer … In no rate.",
    )
    open_count = fields.Integer(
        string="Still Open",
        readonly=True,
        help="Neither kept nor late yet: running or paused.",
    )
    undetermined_count = fields.Integer(
        string="Without Deadline",
        readonly=True,
        help="A problem of the configuration keeps it from being computed.",
    )
    decided_count = fields.Integer(
        string="Met or Missed", readonly=True, help="What the share met is a share of."
    )
    share_met = fields.Float(
        string="Share Met (%)",
        compute="_compute_shares",
        aggregator="avg",
        digits=(6, 1),
        help="Met of those that were met or missed.",
    )

    def _select_each(self, within):
        return SQL(
            """
            SELECT clock.due AS at, ticket.company_id,
                   coalesce(clock.team_id, ticket.team_id) AS team_id,
                   ticket.category_id, clock.kind, clock.basis, 1 AS promise_count,
                   (clock.state = 'met')::int AS met_count,
                   (clock.state = 'missed')::int AS missed_count,
                   (clock.state = 'not_applicable')::int AS excluded_count,
                   (clock.state IN ('running', 'paused'))::int AS open_count,
                   (clock.state = 'undetermined')::int AS undetermined_count,
                   (clock.state IN ('met', 'missed'))::int AS decided_count
              FROM citizen_sla_clock AS clock
              JOIN helpdesk_ticket AS ticket ON ticket.id = clock.case_id
             WHERE ticket.active AND NOT coalesce(ticket.confidential, FALSE) AND %s
            """,
            within("clock.due"),
        )
