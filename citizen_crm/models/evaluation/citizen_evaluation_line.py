from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS

from ...tools.evaluation_life import MANAGER

#: Why somebody is different from expected, in the order in which to look.
CAUSES = [
    ("data", "Data"),
    ("case_mix", "Kinds of cases"),
    ("conditions", "Conditions of work"),
    ("practice", "Way of working"),
]
LINE_WORDS = [
    ("so_far", "So far"),
    ("too_few", "Not enough cases"),
    ("not_comparable", "Not comparable"),
    ("low_response", "Few have answered"),
    ("shown", "Shown, not judged"),
    ("suspended", "Not judged"),
    ("overloaded", "Overloaded: not judged"),
    ("within", "As expected"),
    ("near_edge", "Near the edge"),
    ("outside", "Different from expected"),
    ("annulled", "Annulled"),
]
#: What the manager says of a line.
SAID = frozenset({"cause", "explanation"})


class CitizenEvaluationLine(models.Model):
    """What one measure says of an employee, and what the manager makes of it.

    All figures are computed when asked for and stored nowhere, so that nobody can be
    sorted, grouped or searched by them; what the manager says of a line is kept out of
    reach of searches as well, since it tells which lines are different.
    """

    _name = "citizen.evaluation.line"
    _inherit = ["citizen.evaluation.part"]
    _description = "Measure in an Evaluation"
    _order = "evaluation_id, code, id"
    _rec_name = "measure_name"
    _figures = frozenset(
        {
            "figures",
            "word",
            "sentence",
            "funnel",
            "strata_html",
            "cases_html",
            *SAID,
        }
    )
    _contents = _figures

    evaluation_id = fields.Many2one(
        "citizen.evaluation",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose figures these are.",
    )
    measure_id = fields.Many2one(
        "citizen.measure",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="In the version that was announced.",
    )
    code = fields.Char(required=True, readonly=True, help="Short name of the measure.")
    measure_name = fields.Char(
        string="Measured", compute="_compute_words", help="What is looked at."
    )
    explanation_of_measure = fields.Text(
        string="What It Means",
        compute="_compute_words",
        help="The measure in plain words.",
    )
    said = fields.Json(string="What the Manager Says", groups=NO_ACCESS)
    cause = fields.Selection(
        CAUSES,
        compute="_compute_said",
        inverse="_inverse_cause",
        help="Where the difference comes from, as far as the manager has found out. "
        "Look in this order.",
    )
    explanation = fields.Text(
        string="What Was Found",
        compute="_compute_said",
        inverse="_inverse_explanation",
        help="What the manager has found out about a difference.",
    )
    figures = fields.Json(
        compute="_compute_figures", help="Counts, expectation and limits."
    )
    word = fields.Selection(
        LINE_WORDS,
        string="Said",
        compute="_compute_words",
        help="What may be said by the announced rules.",
    )
    # A text, so that a list shows it to its end.
    sentence = fields.Text(
        string="In Words", compute="_compute_words", help="The same in a sentence."
    )
    funnel = fields.Json(
        compute="_compute_tables",
        help="Observed for expected among colleagues, within the limits of chance.",
    )
    strata_html = fields.Html(
        string="By Kind of Case",
        compute="_compute_tables",
        sanitize=False,
        help="Own cases beside those of all colleagues, kind by kind.",
    )
    cases_html = fields.Html(
        string="Cases Behind It",
        compute="_compute_tables",
        sanitize=False,
        help="The cases that were counted, by number.",
    )
    may_explain = fields.Boolean(
        compute="_compute_may_explain",
        help="You are the manager, and it is time to say what you have found.",
    )

    _one_a_measure = models.UniqueIndex(
        "(evaluation_id, code)", "Each measure stands in an evaluation once."
    )

    @api.model
    def _plan(self, evaluations):
        """Create the lines of evaluations, one for each measure of the cycle."""
        return self.create(
            [
                {
                    "evaluation_id": evaluation.id,
                    "measure_id": measure.id,
                    "code": measure.code,
                }
                for evaluation in evaluations
                for measure in evaluation.cycle_id.measure_ids
            ]
        )

    @api.depends("evaluation_id.state", "evaluation_id.claim_ids.state")
    @api.depends_context("uid")
    def _compute_figures(self):
        figures = self._get_seen_evaluations()._get_figures()
        for line in self:
            own = figures.get(line.sudo().evaluation_id.id, {})
            line.figures = own.get(line.code) or False

    @api.depends("figures")
    @api.depends_context("uid", "lang")
    def _compute_words(self):
        seen = self._get_seen_evaluations()
        for line in self:
            line._show(line.figures or {}, line.sudo().evaluation_id in seen)

    def _get_seen_evaluations(self):
        """Return the evaluations of which the user may see figures, as superuser."""
        return self.sudo().evaluation_id.filtered(
            lambda evaluation: self.env.su or evaluation._is_seen_by_user()
        )

    def _show(self, figures, is_seen):
        """Set the words of a line, from its figures."""
        words = self.sudo()._get_words(figures) if is_seen else (False, False)
        self.word, self.sentence = words
        measure = figures.get("measure") or self._tell_measure()
        self.measure_name = measure["name"]
        self.explanation_of_measure = measure["explanation"]

    @api.depends("figures")
    @api.depends_context("uid", "lang")
    def _compute_tables(self):
        for line in self:
            tables = line.figures and line.sudo()._get_tables(line.figures)
            line.strata_html, line.cases_html = tables or (False, False)
            line.funnel = line.figures and line.sudo()._get_funnel(line.figures)

    def _tell_measure(self):
        """Return how a measure is called and explained, as it was announced."""
        measure = self.sudo().measure_id
        return {
            "code": measure.code,
            "name": measure.name,
            "explanation": measure.explanation,
            "good": measure.good,
        }

    @api.depends("said")
    @api.depends_context("uid")
    def _compute_said(self):
        for line in self:
            evaluation = line.sudo().evaluation_id
            roles = evaluation._get_roles()
            # What the manager drafts is the manager's alone until it is shared.
            is_shown = self.env.su or (
                MANAGER in roles
                if evaluation.state == "manager"
                else evaluation._is_seen_by_user()
            )
            said = (is_shown and line.sudo().said) or {}
            line.cause = said.get("cause", False)
            line.explanation = said.get("explanation", False)

    def _inverse_cause(self):
        self._say("cause")

    def _inverse_explanation(self):
        self._say("explanation")

    def _say(self, name):
        for line in self:
            said = {**(line.sudo().said or {}), name: line[name] or False}
            line.sudo().said = said

    @api.depends("evaluation_id.state")
    @api.depends_context("uid")
    def _compute_may_explain(self):
        for line in self:
            evaluation = line.sudo().evaluation_id
            line.may_explain = (
                evaluation.state in ("manager", "shared")
                and MANAGER in evaluation._get_roles()
            )

    def write(self, vals):
        """The manager says what was found, in its time; all else follows."""
        sealed = any(line.sudo().evaluation_id._is_sealed() for line in self)
        if not self.env.su and (vals.keys() - SAID or sealed):
            raise AccessError(
                self.env._(
                    "Figures follow from the facts. Before publication the manager "
                    "says what was found."
                )
            )
        if not self.env.su:
            for line in self:
                line.sudo().evaluation_id._take("explain")
        elif sealed:
            raise AccessError(self.env._("A published evaluation does not change."))
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete lines.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Lines of an evaluation are not deleted."))

    def _needs_explanation(self):
        """Tell whether a line is different and nobody has said why; as superuser."""
        if self.word != "outside":
            return False
        said = self.said or {}
        return not (said.get("cause") and (said.get("explanation") or "").strip())

    def action_open(self):
        """Open the line: sentence, funnel, kinds of cases, cases."""
        self.ensure_one()
        self.check_access("read")
        if not self.sudo().evaluation_id._is_seen_by_user():
            raise UserError(self.env._("You may not read figures in this state."))
        return self._get_records_action(target="new", name=self.measure_name)
