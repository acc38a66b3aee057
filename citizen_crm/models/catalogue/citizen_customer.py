from odoo import fields, models


class CitizenCustomer(models.Model):
    _inherit = "citizen.customer"

    service_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Services Held",
        domain=[("default_role", "=", "customer"), ("is_service", "=", True)],
        help="Permits, bins, rentals and other services this customer uses.",
    )
