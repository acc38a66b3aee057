from odoo import api, fields, models
from odoo.exceptions import UserError


class CitizenQualityRubric(models.Model):
    """What reviewers look at in a case, in versions, explained in plain words.

    A version is changed until a cycle that uses it has been announced; whoever is
    evaluated has known it. After that a change is a new version.
    """

    _name = "citizen.quality.rubric"
    _inherit = ["citizen.version.mixin"]
    _description = "Quality Rubric"
    _order = "version desc, id desc"

    name = fields.Char(
        required=True, translate=True, help="What reviewers and employees call it."
    )
    explanation = fields.Text(
        translate=True, help="How a case is read and scored, for everybody to know."
    )
    criterion_ids = fields.One2many(
        "citizen.quality.criterion",
        "rubric_id",
        string="Criteria",
        copy=True,
        help="What is looked at, one by one.",
    )
    is_used = fields.Boolean(
        string="In Use",
        compute="_compute_is_used",
        compute_sudo=True,
        help="A cycle with it has been announced, so it does not change any more.",
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "In Force Until: a version cannot end before it begins.",
    )
    _version_unique = models.UniqueIndex("(version)")
    _one_in_force = models.UniqueIndex(
        "((date_to IS NULL)) WHERE date_to IS NULL",
        "Rubric: another version is in force. Make the new one from that.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for rubric in self:
            rubric.display_name = self.env._(
                "%(name)s, version %(version)s",
                name=rubric.name or "",
                version=rubric.version,
            )

    def _compute_is_used(self):
        used = self.env["citizen.evaluation.cycle"]._read_group(
            [("rubric_id", "in", self.ids), ("state", "!=", "draft")], ["rubric_id"]
        )
        for rubric in self:
            rubric.is_used = (rubric._origin,) in used

    # ------------------------------------------------------------------- CRUD
    def write(self, vals):
        if not self.env.su:
            self._check_free()
            if vals.keys() & {"version", "date_from", "date_to"}:
                raise UserError(
                    self.env._(
                        "In Force From: the days of a version stay. Make a new version "
                        "to begin on another day."
                    )
                )
        return super().write(vals)

    def _check_free(self):
        """Raise if a cycle that was announced stands on one of these."""
        used = self.filtered("is_used")
        if used:
            raise UserError(
                self.env._(
                    "%s: a cycle with it has been announced. Make a new version to "
                    "change it.",
                    used[:1].display_name,
                )
            )

    def action_new_version(self):
        """Make a new version with the criteria of this one, to be changed."""
        self.ensure_one()
        self.check_access("create")
        last = self.search([], limit=1)
        first = fields.Date.add(last.date_from, days=1)
        today = fields.Date.context_today(self)
        return self.copy({"date_from": max(first, today)})._get_records_action()
