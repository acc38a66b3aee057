from odoo import models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # Whoever counts a day again reads the cases that ended on it, and no others.
    _ended_index = models.Index("(closed_date) WHERE closed_date IS NOT NULL")
