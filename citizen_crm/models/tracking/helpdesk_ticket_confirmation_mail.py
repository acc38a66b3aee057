from odoo import api, fields, models
from odoo.tools import email_normalize

from ..correspondence.helpdesk_ticket_notice import AUTOMATIC_HEADERS


class HelpdeskTicket(models.Model):
    """The mail with the link, and in which language the city writes.

    The link is a secret of the sender: the mail is no message of the case, and is
    deleted as soon as it has been sent.
    """

    _inherit = "helpdesk.ticket"

    contact_lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Written In",
        readonly=True,
        copy=False,
        help="The language of the page on which the case was filed without an "
        "account. The city answers in it.",
    )

    @api.depends("partner_id.lang", "contact_lang")
    def _compute_person_language(self):
        unknown = self.filtered(lambda case: case.contact_lang and not case.partner_id)
        names = dict(self.env["res.lang"].get_installed())
        for case in unknown:
            case.person_language = names.get(case.contact_lang, case.contact_lang)
        return super(HelpdeskTicket, self - unknown)._compute_person_language()

    def _in_their_language(self, template):
        """Return a template that speaks the language of the sender."""
        self.ensure_one()
        if self.partner_id or not self.contact_lang:
            return template
        return template.with_context(template_preview_lang=self.contact_lang)

    def _send_notice(self, template, record=None):
        return super()._send_notice(self._in_their_language(template), record)

    def _notice_received(self):
        """Confirm no receipt to somebody who may not have written."""
        return super(
            HelpdeskTicket, self.filtered(lambda case: not case.confirm_until)
        )._notice_received()

    def _ask_to_confirm(self):
        """Mail the link to the sender; tell whether it was.

        One address gets few of these mails a day, whoever types it in.
        """
        self.ensure_one()
        address = email_normalize(self.partner_email)
        if not address or self._limit_visitor(address):
            return False
        self._mail_confirmation()
        return True

    def _mail_confirmation(self):
        self.ensure_one()
        address = email_normalize(self.partner_email)
        until = self.confirm_until
        token = self.env["citizen.case.token"]._issue_link(self, "confirm", until)
        template = self.env.ref("citizen_crm.mail_template_confirm").sudo()
        self._mail_privately(
            template.with_context(confirm_url=f"{self.get_base_url()}/confirm/{token}"),
            address,
        )

    def _mail_privately(self, template, address):
        """Mail something that nobody but the person is to read, staff included."""
        self.ensure_one()
        template = self._in_their_language(template)
        fields_ = ("subject", "body_html")
        rendered = template._generate_template(self.ids, fields_)[self.id]
        lang = self.contact_lang or self.partner_id.lang or self.env.lang
        body = self.env["mail.render.mixin"]._render_encapsulate(
            "citizen_crm.mail_layout_notice",
            rendered["body_html"],
            add_context={"lang": lang},
        )
        sender = self._get_notice_author()["email_from"]
        mail = self.env["mail.mail"].sudo()
        mail = mail.create(
            {
                "subject": rendered["subject"],
                "body_html": body,
                "email_to": address,
                "email_from": sender,
                "reply_to": self._notify_get_reply_to(default=sender)[self.id],
                "headers": repr(AUTOMATIC_HEADERS),
                "auto_delete": True,
            }
        )
        mail.send_after_commit()
