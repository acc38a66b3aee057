from odoo import fields, models


class ResUsersSettings(models.Model):
    """The channel that a clerk sits at, remembered from one intake to the next."""

    _inherit = "res.users.settings"

    intake_channel_id = fields.Many2one("helpdesk.ticket.channel", ondelete="set null")
