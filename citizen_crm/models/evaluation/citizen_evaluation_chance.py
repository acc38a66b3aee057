from odoo import api, fields, models

from ...tools.discoveries import chance_alarms
from .citizen_evaluation_line import CitizenEvaluationLine as Line

#: Words of a line of which nothing more is said.
UNSAID = frozenset({"so_far", "annulled"})


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
            line.colleagues_text = self._say_colleagues(line.word, line.figures)

    @api.model
    def _say_colleagues(self, word, figures):
        """Return the sentence; False where too few people can be compared.

        :param word: what is said of the line
        :param figures: of the line, False where they are not open to the reader
        """
        is_chance = figures and figures.get("department", {}).get("is_chance")
        if word in UNSAID or not isinstance(is_chance, bool):
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
            evaluation.chance_text = self._say_chance(
                (line.word, line.figures) for line in evaluation.line_ids
            )

    @api.model
    def _say_chance(self, lines):
        """Return the sentence; False where nothing was compared.

        :param lines: pairs of word and figures of each line
        """
        count = sum(
            figures.get("department", {}).get("compared") or 0
            for word, figures in lines
            if figures and word not in UNSAID
        )
        return count > 0 and self.env._(
            "Comparisons made in this department and period: %(count)s. By chance "
            "alone about %(alarms)s of them would lie outside the outer limits.",
            count=count,
            alarms=f"{chance_alarms(count):.2f}",
        )
