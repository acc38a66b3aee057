from odoo import fields, models


class HelpdeskTicketCategory(models.Model):
    """What a service type asks of whoever handles its cases."""

    _inherit = "helpdesk.ticket.category"

    skill_ids = fields.Many2many(
        "citizen.skill",
        string="Skills Wanted",
        help="Only members with all of these skills are given cases of this type.",
    )
    language_ids = fields.Many2many(
        "res.lang",
        string="Languages Wanted",
        help="Only members who answer in all of these languages are given its cases.",
    )
