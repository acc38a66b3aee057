from odoo import api, fields, models


class CitizenQualityCriterion(models.Model):
    """One thing that is met in a case, not met, or does not apply to it."""

    _name = "citizen.quality.criterion"
    _description = "Quality Criterion"
    _order = "rubric_id, sequence, id"

    rubric_id = fields.Many2one(
        "citizen.quality.rubric",
        required=True,
        index=True,
        ondelete="cascade",
        help="In which version it stands.",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Criterion", required=True, translate=True, help="In a few words."
    )
    explanation = fields.Text(
        string="When It Is Met",
        required=True,
        translate=True,
        help="In plain words: when it is met, and when it does not apply.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria._check_free()
        return criteria

    def write(self, vals):
        self._check_free()
        result = super().write(vals)
        self._check_free()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_free_only(self):
        self._check_free()

    def _check_free(self):
        if not self.env.su:
            self.rubric_id._check_free()
