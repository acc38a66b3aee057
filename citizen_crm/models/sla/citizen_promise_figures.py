from odoo import fields, models

from ...tools.sla_promises import BASES, KINDS

COUNT = "Promises of which this is true."
#: The counts of one clock, as columns.
COUNTS = """
    1 AS promise_count,
    (clock.state = 'met')::int AS met_count,
    (clock.state = 'missed')::int AS missed_count,
    (clock.state = 'not_applicable')::int AS excluded_count,
    (clock.state IN ('running', 'paused'))::int AS open_count,
    (clock.state = 'undetermined')::int AS undetermined_count
"""


class CitizenPromiseFigures(models.AbstractModel):
    """How promises were kept, whether a row is one clock or the clocks of a day.

    Rates count what was met or missed and nothing else, so no excuse makes them
    better: what is not applicable, still open or undetermined stands beside them with
    its number.
    """

    _name = "citizen.promise.figures"
    _description = "Figures of Promises"

    kind = fields.Selection(KINDS, string="Promise", readonly=True)
    basis = fields.Selection(BASES, readonly=True)
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        help="As the case has it now.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="Of a missed promise the team that had the case then, else the team now.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
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
    share_met = fields.Float(
        string="Share Met (%)",
        aggregator="avg",
        readonly=True,
        help="Met of those that were met or missed.",
    )
