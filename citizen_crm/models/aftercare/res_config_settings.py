from odoo import fields, models

from .helpdesk_ticket_review import REVIEW_DAYS, REVIEW_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    citizen_review_days = fields.Integer(
        string="Days to Ask for a Review",
        config_parameter=REVIEW_PARAMETER,
        default=REVIEW_DAYS,
        help="Calendar days after the answer within which a person can ask for a "
        "review of a citizen case.",
    )
    citizen_remedies_notice = fields.Text(
        related="company_id.remedies_notice", readonly=False
    )
