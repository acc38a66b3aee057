from odoo import fields, models

from .citizen_mail_receipt_gateway import (
    AUTHSERV_PARAMETER,
    DEFAULT_LIMIT,
    LIMIT_PARAMETER,
)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    citizen_mail_authserv_id = fields.Char(
        string="Name of the City's Mail Server",
        config_parameter=AUTHSERV_PARAMETER,
        help="The name that the mail server writes at the start of its "
        "Authentication-Results headers. Empty: no sender is ever believed.",
    )
    citizen_mail_hourly_limit = fields.Integer(
        string="Mails an Hour From One Address",
        config_parameter=LIMIT_PARAMETER,
        default=DEFAULT_LIMIT,
        help="Further mails wait in quarantine and are not acknowledged. 0: no limit.",
    )
