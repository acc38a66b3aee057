from odoo import api, fields, models

from ...tools.discoveries import chance_alarms
from .citizen_evaluation_line import CitizenEvaluationLine as Line


class CitizenEvaluationLine(models.Model):
    """What a measure says of all colleagues together: whether they differ at all.

    Where they differ no more than chance brings about, being near an edge means even
    less; who reads a line is told so.
    """

    _inherit = "citizen.evaluation.line"
    _figures = Line._figures | {"colleagues_text"}
    _contents = _figures

    colleagues_text = fields.Char(
        string="All Colleagues",
        compute="_compute_colleagues_text",
        help="Whether the people of the department differ in this by more than chance.",
    )

    @api.depends("figures", "word")
    @api.depends_context("uid", "lang")
    def _compute_colleagues_text(self):
        for line in self:
            is_told = line.figures and line.word != "so_far"
            line.colleagues_text = is_told and line._tell_colleagues()

    def _tell_colleagues(self):
        """Return the sentence; empty where too few people can be compared."""
        is_chance = self.figures.get("department", {}).get("is_chance")
        if is_chance is None:
            return False
        if is_chance:
            return self.env._(
                "In this measure the people of the department differ no more than "
                "chance would produce."
            )
        return self.env._(
            "In this measure the people of the department differ by more than chance."
        )


class CitizenEvaluation(models.Model):
    """How many alarms chance alone would bring among so many comparisons."""

    _inherit = "citizen.evaluation"

    chance_text = fields.Char(
        string="Alarms by Chance",
        compute="_compute_chance_text",
        help="How many people and measures would lie outside the outer limits, were "
        "nobody different.",
    )

    @api.depends("line_ids.figures", "line_ids.word")
    @api.depends_context("uid", "lang")
    def _compute_chance_text(self):
        for evaluation in self:
            lines = evaluation.line_ids.filtered(
                lambda line: line.figures and line.word != "so_far"
            )
            count = sum(
                line.figures.get("department", {}).get("compared") or 0
                for line in lines
            )
            evaluation.chance_text = count > 0 and self.env._(
                "%(count)s comparisons were made in this department and period; by "
                "chance alone about %(alarms)s of them would lie outside the outer "
                "limits.",
                count=count,
                alarms=f"{chance_alarms(count):.2f}",
            )
