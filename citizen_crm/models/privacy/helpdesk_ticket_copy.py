from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..case.helpdesk_ticket_portal import PUBLIC_MESSAGE_TYPES

COPY_REPORT = "citizen_crm.citizen_case_copy"


class HelpdeskTicket(models.Model):
    """The whole case as its person may have it: no internal notes, no third parties."""

    _inherit = "helpdesk.ticket"

    def _get_case_copy(self):
        """Return the case as plain values; call it as superuser, after the check.

        Staff speak for their department, other people of an organisation have no name.
        """
        self.ensure_one()
        return {
            "number": self.number,
            "kind": self.role,
            "service_type": self.category_id.name or "",
            "department": self._get_portal_department(),
            "received": self._format_portal_date(self.received_date),
            "closed": self._format_portal_date(self.closed_date),
            "status": self.status_text or self.stage_id.name,
            "subject": self.name,
            "text": html2plaintext(self.description or ""),
            "place": self.place or "",
            "district": self.district_id.name or "",
            "filed_as": self.partner_name or self.partner_id.name or "",
            "email": self.partner_email or "",
            "answers": [
                {"question": question, "answer": answer}
                for question, answer in self._get_portal_answers()
            ],
            "timeline": [
                {"date": line["date"], "text": line["text"]}
                for line in self._get_portal_timeline()
            ],
            "messages": self._get_copied_messages(),
            "files": self._get_portal_uploads().mapped("name"),
        }

    def _get_copied_messages(self):
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        messages = self.env["mail.message"].search(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("subtype_id", "=", comment)
            & Domain("is_internal", "=", False)
            & Domain("message_type", "in", PUBLIC_MESSAGE_TYPES),
            order="date, id",
        )
        return [
            {
                "date": self._format_portal_date(message.date),
                "from": self._get_copied_author(message),
                "text": html2plaintext(message.body or ""),
                "files": message.attachment_ids.mapped("name"),
            }
            for message in messages
        ]

    def _get_copied_author(self, message):
        author = message.author_id
        if author and author in self._get_portal_people():
            return author.name
        if author.partner_share and author.commercial_partner_id == (
            self.partner_id.commercial_partner_id
        ):
            return self.env._("Somebody else of the organisation")
        return self._get_portal_department() or self.company_id.name

    def _render_copies(self, lang):
        """Return ``(content, extension)`` of these cases as one document.

        PDF if the program for it is there, else a page to print that says so.
        """
        report = self.env["ir.actions.report"].sudo().with_context(lang=lang)
        if report.get_wkhtmltopdf_state() in ("install", "broken"):
            page, _kind = report._render_qweb_html(
                COPY_REPORT, self.ids, {"has_no_pdf": True}
            )
            return page, "html"
        page, kind = report._render_qweb_pdf(COPY_REPORT, self.ids)
        return page, kind


class CitizenCaseCopyReport(models.AbstractModel):
    """The values of the printed copy; plain text, so nothing else can slip in."""

    _name = "report.citizen_crm.citizen_case_copy"
    _description = "Copy of the Case for the Person"

    @api.model
    def _get_report_values(self, docids, data=None):
        cases = self.env["helpdesk.ticket"].browse(docids)
        cases.check_access("read")
        return {
            "copies": [case._get_case_copy() for case in cases.sudo()],
            "company": self.env.company,
            "has_no_pdf": bool((data or {}).get("has_no_pdf")),
        }
