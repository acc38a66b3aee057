from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    file_without_account = fields.Boolean(
        related="company_id.file_without_account", readonly=False
    )
    confirm_mails = fields.Boolean(related="company_id.confirm_mails", readonly=False)
    confirm_days = fields.Integer(related="company_id.confirm_days", readonly=False)
