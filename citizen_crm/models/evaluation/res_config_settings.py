from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .citizen_case_fact_writing import (
    HELD_PARAMETER,
    HELD_PERCENT,
    LEFT_PARAMETER,
    LEFT_PERCENT,
)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    citizen_evaluation_held_percent = fields.Integer(
        string="Share of the Work (%)",
        config_parameter=HELD_PARAMETER,
        default=HELD_PERCENT,
        help="A case counts personally only to whoever had it for at least this share "
        "of its working time. It holds for cases that end from now on.",
    )
    citizen_evaluation_left_percent = fields.Integer(
        string="Time Left (%)",
        config_parameter=LEFT_PARAMETER,
        default=LEFT_PERCENT,
        help="A case counts personally only to whoever got it with at least this share "
        "of the time promised left. It holds for cases that end from now on.",
    )

    citizen_evaluation_retention_months = fields.Integer(
        related="company_id.evaluation_retention_months", readonly=False
    )

    @api.constrains("citizen_evaluation_held_percent")
    def _check_held_percent(self):
        self._check_percent("citizen_evaluation_held_percent")

    @api.constrains("citizen_evaluation_left_percent")
    def _check_left_percent(self):
        self._check_percent("citizen_evaluation_left_percent")

    def _check_percent(self, name):
        for settings in self:
            if not 1 <= settings[name] <= 100:
                raise ValidationError(
                    self.env._(
                        "%s: enter a number from 1 to 100.",
                        self._fields[name]._description_string(self.env),
                    )
                )
