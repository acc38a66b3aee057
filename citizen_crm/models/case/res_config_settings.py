from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    citizen_tz = fields.Selection(related="company_id.citizen_tz", readonly=False)
