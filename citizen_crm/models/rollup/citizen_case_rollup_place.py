from odoo import fields, models

from ..catalogue.helpdesk_ticket_category import ROLES


class CitizenCaseRollupPlace(models.Model):
    """How many cases came from a district, by channel."""

    _name = "citizen.case.rollup.place"
    _inherit = ["citizen.case.rollup.row"]
    _description = "Daily Figures of Cases by District"
    _dimensions = ("company_id", "district_id", "channel_id", "role")

    district_id = fields.Many2one(
        "citizen.district", readonly=True, help="Empty where nobody has said one."
    )
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel", readonly=True, help="How the cases came."
    )
    role = fields.Selection(ROLES, readonly=True)
