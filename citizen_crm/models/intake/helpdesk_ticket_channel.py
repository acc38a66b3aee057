from odoo import fields, models


class HelpdeskTicketChannel(models.Model):
    """Whether people speak on a channel, so that somebody has to write for them."""

    _inherit = "helpdesk.ticket.channel"

    is_oral = fields.Boolean(
        string="Spoken",
        help="People speak here: at the phone, at the counter. A clerk writes the "
        "citizen case down and reads it back to the person.",
    )
    is_intake = fields.Boolean(
        string="At New Intake",
        help="Clerks choose this channel at New Intake: phone, counter, letter.",
    )
