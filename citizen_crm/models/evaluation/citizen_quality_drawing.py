import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .citizen_measure import QUALITY

#: States of an evaluation in which its cases can still be reviewed.
REVIEWABLE = ("planned", "collecting")
#: Ends of a case with something to review.
REVIEWED_ENDS = ("closed", "not_handled")


class CitizenEvaluationCycle(models.Model):
    """Finished cases of a cycle are drawn for a review, once its period is over."""

    _inherit = "citizen.evaluation.cycle"

    rubric_id = fields.Many2one(
        "citizen.quality.rubric",
        ondelete="restrict",
        default=lambda self: self._default_rubric_id(),
        help="By which drawn cases are scored, as it is announced.",
    )
    review_size = fields.Integer(
        string="Reviewed Cases of Each Person",
        default=10,
        help="How many finished cases of each person are drawn. Below eight little can "
        "be said of anybody.",
    )
    double_percent = fields.Integer(
        string="Scored Twice (%)",
        default=25,
        help="Share of the drawn cases that a second reviewer scores as well, without "
        "knowing what the first found. It shows whether reviewers agree.",
    )
    sample_ids = fields.One2many(
        "citizen.quality.sample", "cycle_id", string="Draws", readonly=True
    )
    may_draw = fields.Boolean(
        compute="_compute_may_draw",
        compute_sudo=True,
        help="The period is over, and no case has been drawn for a review yet.",
    )

    _review_size_positive = models.Constraint(
        "CHECK (review_size BETWEEN 1 AND 200)",
        "Reviewed Cases of Each Person: from 1 to 200.",
    )
    _double_percent_range = models.Constraint(
        "CHECK (double_percent BETWEEN 0 AND 100)",
        "Scored Twice (%): from 0 to 100.",
    )

    @api.model
    def _default_rubric_id(self):
        return self.env["citizen.quality.rubric"].search(
            [("is_current", "=", True)], limit=1
        )

    @api.depends("state", "date_to", "sample_ids", "measure_ids")
    def _compute_may_draw(self):
        for cycle in self:
            cycle.may_draw = not cycle._find_obstacle()

    @api.constrains("rubric_id", "measure_ids", "state")
    def _check_rubric(self):
        for cycle in self:
            if cycle.state == "announced" and cycle._is_reviewed():
                if not cycle.rubric_id.criterion_ids:
                    raise ValidationError(
                        self.env._(
                            "Rubric: choose by what cases are reviewed, or take the "
                            "quality review out of the measures."
                        )
                    )

    def _is_reviewed(self):
        return QUALITY in self.measure_ids.mapped("code")

    def _find_obstacle(self):
        """Return why cases cannot be drawn now; empty if they can."""
        self.ensure_one()
        _ = self.env._
        if not self._is_reviewed():
            return _("Measures: the quality review is none of this cycle.")
        if self.state not in ("announced", "running"):
            return _("State: cases are drawn in a cycle that has been announced.")
        if self.sample_ids:
            return _("The cases of this cycle have been drawn already.")
        if self.date_to >= fields.Date.context_today(self):
            return _("To: cases are drawn when the period is over, all at once.")
        return ""

    def action_draw_reviews(self):
        """Draw finished cases and give them to reviewers; open the draw."""
        self.ensure_one()
        self.check_access("write")
        sample = self.sudo()._draw_reviews()
        return sample.with_env(self.env)._get_records_action()

    def action_view_reviews(self):
        """Open the draw of the cycle."""
        self.ensure_one()
        return self.sample_ids._get_records_action()

    def _draw_reviews(self, seed=None):
        """Draw, and give each case that was drawn to reviewers; return the draw.

        :param seed: decides instead of chance; for demonstration data
        :raise UserError: it is not time, or there is nothing to draw
        """
        self.lock_for_update(allow_referencing=True)
        obstacle = self._find_obstacle()
        if obstacle:
            raise UserError(obstacle)
        population = self._get_population()
        if not population:
            raise UserError(
                self.env._(
                    "No finished case counts for anybody whose data are not checked "
                    "yet, so there is nothing to draw."
                )
            )
        values = {
            "cycle_id": self.id,
            "rubric_id": self.rubric_id.id,
            "seed": seed or secrets.token_hex(16),
            "size": self.review_size,
            "double_percent": self.double_percent,
            "population": population,
        }
        drawn, twice = self.env["citizen.quality.sample"].new(values)._draw()
        sample = self.env["citizen.quality.sample"].create(
            {
                **values,
                "drawn_at": fields.Datetime.now(),
                "population_count": sum(len(row["cases"]) for row in population),
                "drawn": {"first": drawn, "second": twice},
                "drawn_count": len(drawn),
            }
        )
        self.env["citizen.quality.review"]._plan(sample, drawn, twice)
        return sample

    def _get_review_deadline(self):
        """Return the last day before the data are checked."""
        return fields.Date.add(self.date_to, days=self.wait_days)

    def _get_population(self):
        """Return what can be drawn: finished cases by person and service type.

        Confidential ones are never drawn, since hardly anybody may know of them.
        """
        facts = self.env["citizen.case.fact"]
        start, end = facts._get_bounds(self.date_from, self.date_to)
        evaluations = self.evaluation_ids.filtered(lambda one: one.state in REVIEWABLE)
        groups = facts._read_group(
            [
                ("handler_id", "in", evaluations.employee_id.ids),
                ("department_id", "=", self.department_id.id),
                ("closed_on", ">=", start),
                ("closed_on", "<", end),
                ("counts_personally", "=", True),
                ("excluded", "=", False),
                ("ended_by", "in", REVIEWED_ENDS),
                ("case_id.confidential", "=", False),
            ],
            ["handler_id", "category_id"],
            ["id:array_agg"],
        )
        return [
            {
                "person": str(person.id),
                "kind": str(kind.id),
                "cases": [str(fact_id) for fact_id in sorted(ids)],
            }
            for person, kind, ids in groups
        ]
