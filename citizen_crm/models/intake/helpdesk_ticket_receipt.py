from odoo import models

RECEIPT_REPORT = "citizen_crm.citizen_case_receipt"


class HelpdeskTicket(models.Model):
    """The printable receipt with the case number."""

    _inherit = "helpdesk.ticket"

    def _get_receipt_url(self):
        """Return the page to print; a page, as PDF needs a program cities may lack."""
        self.ensure_one()
        return f"/report/html/{RECEIPT_REPORT}/{self.id}"

    def _render_receipt(self):
        """Return the page to print, for whoever may read the case or has just made it.

        A clerk takes a report that is out of the clerk's sight from then on; the
        person at the counter gets the receipt all the same. Hence this once, in the
        transaction of the registration, the rights to read are not asked for.
        """
        self.ensure_one()
        told = self.sudo()
        is_new = told.create_date == self.env.cr.now()
        if not (is_new and told.create_uid == self.env.user):
            self.check_access("read")
        page, _kind = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_html(RECEIPT_REPORT, self.ids)
        )
        return page.decode()
