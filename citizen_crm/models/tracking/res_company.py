from odoo import fields, models


class ResCompany(models.Model):
    """What the city asks of people whom it does not know."""

    _inherit = "res.company"

    file_without_account = fields.Boolean(
        string="Filing Without an Account",
        help="Visitors of the portal file a case with their name and e-mail address "
        "and confirm it by a link that is mailed to them.",
    )
    confirm_mails = fields.Boolean(
        string="Confirmation of Mails",
        help="A case that came by mail is confirmed by a link as well, unless the "
        "city's mail server vouches for the address.",
    )
    confirm_days = fields.Integer(
        string="Days to Confirm",
        default=7,
        help="A case that nobody has confirmed ends after so many days.",
    )

    _confirm_days_range = models.Constraint(
        "CHECK (confirm_days BETWEEN 1 AND 90)",
        "Days to Confirm: give a number from 1 to 90.",
    )
