from odoo import api, fields, models

from ..tools.effort_review import is_valid


class CitizenEffortReviewLine(models.TransientModel):
    """One service type on the review sheet: figures, and what is decided."""

    _name = "citizen.effort.review.line"
    _description = "Line of a Review of Effort Points"
    _order = "id"
    _transient_max_hours = 96

    review_id = fields.Many2one(
        "citizen.effort.review", required=True, index=True, ondelete="cascade"
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Catalogue Entry",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    name = fields.Char(related="category_id.name", string="Service Type")
    group_id = fields.Many2one(related="category_id.parent_id", string="Group")
    team_id = fields.Many2one(related="category_id.team_id", string="Team")
    points = fields.Float(
        string="Points Now",
        digits=(6, 3),
        readonly=True,
        help="The effort points in force when the sheet was measured.",
    )
    case_count = fields.Integer(
        string="Cases", readonly=True, help="Closed in the period."
    )
    measured_count = fields.Integer(
        string="Measured",
        readonly=True,
        help="Cases that somebody had in hand. Not measured are those that nobody "
        "ever had, as in data taken over from elsewhere, and those closed in bulk.",
    )
    median_hours = fields.Float(
        string="Hours in Hand",
        digits=(16, 2),
        readonly=True,
        help="Median of the working hours from the moment that a handler had the case "
        "to the answer, without waiting for the citizen. Half of the cases took less. "
        "Time in hand, not effort: a case that lies on a desk counts like one that is "
        "worked on.",
    )
    objection_count = fields.Integer(
        string="Objections Upheld",
        readonly=True,
        help="How often in the period an employee objected to the points of this "
        "type, and the objection was accepted.",
    )
    suggested_points = fields.Float(
        string="By the Times",
        digits=(6, 3),
        readonly=True,
        help="Median of the type, divided by the median of all cases, times the mean "
        "points of all cases, in quarters of a point. A place to look, not a verdict.",
    )
    hint = fields.Selection(
        [("few", "Too few cases"), ("higher", "Higher"), ("lower", "Lower")],
        string="What They Say",
        compute="_compute_hint",
        help="Too few cases: fewer than 20 were measured. Higher, lower: the times "
        "suggest points that are at least half as much again, or a third less.",
    )
    new_points = fields.Float(
        digits=(6, 3),
        help="What a case of this type shall count from now on. Lines whose points "
        "stay as they are, are left alone.",
    )
    reason = fields.Char(
        help="Why, in words that the staff concerned understand. It is kept with the "
        "new points. Empty: the reason for all lines."
    )
    is_changed = fields.Boolean(compute="_compute_is_changed")

    @api.depends("points", "suggested_points")
    def _compute_hint(self):
        for line in self:
            if not line.suggested_points:
                line.hint = "few"
            elif line.suggested_points >= line.points * 1.5:
                line.hint = "higher"
            elif line.suggested_points * 1.5 <= line.points:
                line.hint = "lower"
            else:
                line.hint = False

    @api.depends("points", "new_points")
    def _compute_is_changed(self):
        for line in self:
            line.is_changed = not is_valid(line.new_points) or (
                round(line.new_points * 1000) != round(line.points * 1000)
            )

    def _get_reason(self):
        return (self.reason or self.review_id.reason or "").strip()

    def _find_problems(self):
        """Return what keeps the new points of a line from being applied, in words."""
        self.ensure_one()
        problems, name = [], self.category_id.name
        if not is_valid(self.new_points):
            problems.append(
                self.env._(
                    "New Points of %s: give more than 0 and less than 1000; 1 stands "
                    "for an ordinary case.",
                    name,
                )
            )
        if not self._get_reason():
            problems.append(
                self.env._(
                    "Reason of %s: say why, on the line or in the reason for all.", name
                )
            )
        if round(self.category_id.effort_points * 1000) != round(self.points * 1000):
            problems.append(
                self.env._(
                    "%s: somebody has changed its points since the sheet was "
                    "measured. Measure again.",
                    name,
                )
            )
        return problems
