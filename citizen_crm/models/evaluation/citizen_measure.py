from odoo import api, fields, models
from odoo.exceptions import UserError

CODES = [
    ("O1", "O1"),
    ("O2", "O2"),
    ("T1", "T1"),
    ("T2", "T2"),
    ("T3", "T3"),
    ("T4", "T4"),
    ("C1", "C1"),
    ("C2", "C2"),
    ("C3", "C3"),
    ("Q1", "Q1"),
    ("Q2", "Q2"),
    ("E1", "E1"),
    ("E2", "E2"),
]
KINDS = [
    ("events", "Cases with an event, against what is expected"),
    ("speed", "Closed cases, against what is expected in the same time"),
    ("times", "Typical working time, shown and not judged"),
    ("review", "Criteria met in cases that were drawn, against what is expected"),
    ("context", "Workload, for context only"),
    ("team", "Figures of teams, in a report"),
]
GOOD = [
    ("low", "Less than expected"),
    ("high", "More than expected"),
    ("none", "Neither"),
]
#: Where facts tell yes or no, by measure.
FACT_COLUMNS = {
    "T1": "late_first_reply",
    "T2": "late_resolution",
    "C1": "reopened_30d",
    "C2": "positive",
    "C3": "repeat_contact_14d",
    "Q2": "documented_close",
}
#: Measures of which more than expected is good.
HIGH_CODES = frozenset({"T3", "C2", "Q1", "Q2"})
#: The measure that reviewers make, by criteria; no fact tells it.
QUALITY = "Q1"
#: Kinds of measures that are neither events nor context.
OTHER_KINDS = {
    "T3": "speed",
    "T4": "times",
    QUALITY: "review",
    "E1": "team",
    "E2": "team",
}
#: What a version says; it does not change once it is in force.
SAID_FIELDS = frozenset(
    {
        "code",
        "name",
        "explanation",
        "kind",
        "good",
        "for_person",
        "for_team",
        "date_from",
        "date_to",
        "version",
    }
)


class CitizenMeasure(models.Model):
    """What a measure of the evaluation counts, in versions, explained in plain words.

    A version says what is counted and from which day on it holds; it is never changed.
    To change a measure, a new version is made, and the one before ends the day before.
    How a measure is counted is code; a measure without code cannot be made.
    """

    _name = "citizen.measure"
    _inherit = ["citizen.version.mixin"]
    _description = "Measure"
    _order = "sequence, code, version desc"

    code = fields.Selection(CODES, required=True, help="Which measure it is.")
    name = fields.Char(
        required=True, translate=True, help="What it is called in an evaluation."
    )
    explanation = fields.Text(
        required=True,
        translate=True,
        help="What is counted, for whom and what not, as the employees read it.",
    )
    kind = fields.Selection(
        KINDS,
        string="Counted As",
        compute="_compute_nature",
        help="How it is counted.",
    )
    good = fields.Selection(
        GOOD,
        string="What Is Good",
        compute="_compute_nature",
        help="Which side of what is expected is the good one.",
    )
    for_person = fields.Boolean(
        string="For People",
        help="It stands in the evaluation of a person; else it is for teams alone.",
    )
    for_team = fields.Boolean(
        string="For Teams", default=True, help="It stands in the report of teams."
    )
    sequence = fields.Integer(default=10)

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "In Force Until: a version cannot end before it begins.",
    )
    _version_unique = models.UniqueIndex("(code, version)")
    _one_in_force = models.UniqueIndex(
        "(code) WHERE date_to IS NULL",
        "Measure: another version of it is in force. Make the new one from that.",
    )

    @api.depends("code")
    def _compute_nature(self):
        for measure in self:
            kind = "events" if measure.code in FACT_COLUMNS else "context"
            measure.kind = OTHER_KINDS.get(measure.code, kind)
            good = "high" if measure.code in HIGH_CODES else "low"
            measure.good = "none" if measure.kind in ("context", "team") else good

    @api.depends("code", "name", "version")
    def _compute_display_name(self):
        for measure in self:
            measure.display_name = f"{measure.code} {measure.name}"

    # ------------------------------------------------------------------- CRUD
    @api.model
    def _get_same(self, vals):
        return [("code", "=", vals.get("code"))]

    def write(self, vals):
        if SAID_FIELDS & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "%s: evaluations stand on this version as it is. Make a new "
                    "version to change it.",
                    self[:1].display_name,
                )
            )
        return super().write(vals)

    def action_new_version(self):
        """Open a new version with the words of this one, to be changed."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Version"),
            "res_model": self._name,
            "view_mode": "form",
            "context": {
                "default_code": self.code,
                "default_name": self.name,
                "default_explanation": self.explanation,
                "default_for_person": self.for_person,
                "default_for_team": self.for_team,
                "default_sequence": self.sequence,
            },
        }
