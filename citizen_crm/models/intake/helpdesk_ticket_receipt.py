from odoo import models

RECEIPT_REPORT = "citizen_crm.citizen_case_receipt"


class HelpdeskTicket(models.Model):
    """The printable receipt with the case number."""

    _inherit = "helpdesk.ticket"

    def _get_receipt_url(self):
        """Return the page to print; a page, as PDF needs a program cities may lack."""
        self.ensure_one()
        return f"/report/html/{RECEIPT_REPORT}/{self.id}"
