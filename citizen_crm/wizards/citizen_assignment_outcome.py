from odoo import fields, models
from odoo.tools.misc import formatLang


class CitizenAssignmentOutcome(models.TransientModel):
    """What came of one rule in a simulation: figures of the team, of nobody in it."""

    _name = "citizen.assignment.outcome"
    _description = "Assignment Simulator: a Rule"
    _order = "id"

    simulation_id = fields.Many2one(
        "citizen.assignment.simulation", required=True, ondelete="cascade"
    )
    name = fields.Char(string="Rule", readonly=True)
    jain = fields.Float(
        string="Fairness",
        digits=(5, 3),
        readonly=True,
        help="Jain's index of effort points for each hour on duty: 1 when all have the "
        "same, 1/n when one of n has everything.",
    )
    spread = fields.Float(
        digits=(8, 3),
        readonly=True,
        help="Effort points for an hour on duty: the highest less the lowest.",
    )
    gap = fields.Char(
        string="Equals Apart",
        readonly=True,
        help="Most effort points by which two people with the same hours, capacity and "
        "skills differ; – when no two are alike.",
    )
    median_days = fields.Char(
        string="Half Done (Days)",
        readonly=True,
        help="Days from arrival to end, for half of all cases.",
    )
    slow_days = fields.Char(
        string="9 of 10 Done (Days)",
        readonly=True,
        help="Days from arrival to end, for nine of ten cases.",
    )
    slow_number = fields.Float(string="Days of the Chart", readonly=True)
    waited = fields.Integer(
        readonly=True,
        help="Cases that nobody could be given when they came: nobody on duty, at the "
        "cap, or without the skill.",
    )
    longest_queue = fields.Integer(
        string="Queue",
        readonly=True,
        help="Most cases that waited for somebody at the same time.",
    )
    ungiven = fields.Integer(
        string="Not Given",
        readonly=True,
        help="Cases that nobody could be given until 90 days after the period.",
    )

    def _get_chart(self):
        """Return what the chart draws, and the sentence that says the same."""
        shown = self.filtered("slow_number")
        return {
            "points": [
                {"name": line.name, "days": line.slow_number, "jain": line.jain}
                for line in shown
            ],
            "sentence": " ".join(
                self.env._(
                    "%(rule)s: fairness %(jain)s, nine of ten cases done in %(days)s "
                    "days.",
                    rule=line.name,
                    jain=formatLang(self.env, line.jain, digits=3),
                    days=line.slow_days,
                )
                for line in shown
            ),
        }
