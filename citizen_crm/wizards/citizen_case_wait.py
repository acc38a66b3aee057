from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, plaintext2html

#: What whoever sends a proposed text has to replace.
BLANK = "[…]"


class CitizenCaseWait(models.TransientModel):
    """Write to the citizen what is needed, and let the case wait for it."""

    _name = "citizen.case.wait"
    _description = "Wait for the Citizen"

    case_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    reason_id = fields.Many2one(
        "citizen.waiting.reason",
        string="Waiting For",
        required=True,
        default=lambda self: self.env["citizen.waiting.reason"].search([], limit=1),
        help="It says how long the case may wait, and which clocks stand still.",
    )
    latest = fields.Date(compute="_compute_latest")
    until = fields.Date(
        compute="_compute_until",
        store=True,
        readonly=False,
        required=True,
        help="The end of this day. Then the case goes on by itself, answer or not.",
    )
    body = fields.Text(
        string="Message",
        compute="_compute_body",
        store=True,
        readonly=False,
        required=True,
        help="Say what is needed, until when, and what happens without an answer.",
    )
    date_text = fields.Char(compute="_compute_body", store=True, readonly=False)
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    is_sent = fields.Boolean(compute="_compute_reach")
    reach = fields.Char(
        string="Goes To",
        compute="_compute_reach",
        help="How the citizen gets the message.",
    )

    @api.depends("case_id", "reason_id")
    def _compute_latest(self):
        for wizard in self:
            wizard.latest = wizard.reason_id and (
                wizard._get_today() + timedelta(days=wizard.reason_id.limit_days)
            )

    @api.depends("latest")
    def _compute_until(self):
        for wizard in self:
            wizard.until = wizard.latest

    @api.depends("case_id", "reason_id")
    def _compute_body(self):
        """Propose the text of the reason, in the language of the person."""
        for wizard in self:
            partner = wizard.case_id.partner_id
            lang = partner.lang or wizard.case_id.company_id.partner_id.lang
            reason = wizard.reason_id.with_context(lang=lang)
            wizard.date_text = wizard._format_until(wizard.until or wizard.latest)
            wizard.body = (reason.question or "").replace("{date}", wizard.date_text)

    @api.depends("case_id")
    def _compute_reach(self):
        for wizard in self:
            case = wizard.case_id
            wizard.is_sent = case._can_be_told()
            wizard.reach = wizard._get_reach()

    @api.onchange("until")
    def _onchange_until(self):
        """Let the date in the text follow, whatever else was changed in it."""
        text = self._format_until(self.until)
        if self.date_text and text:
            self.body = (self.body or "").replace(self.date_text, text)
            self.date_text = text

    def action_confirm(self):
        """Send the message and let the case wait."""
        self.ensure_one()
        case = self.case_id
        case.check_access("write")
        self._check_text()
        self._check_until()
        xmlid = "mail.mt_comment" if self.is_sent else "mail.mt_note"
        until = case._get_end_of_day(self.until)
        is_asked = self.is_sent and self.reason_id.asks_citizen
        asking = case._with_answer_link(until) if is_asked else case
        asking.message_post(
            body=plaintext2html(self.body),
            message_type="comment",
            subtype_xmlid=xmlid,
            # Not by ids: they would stay files of this wizard.
            attachments=[(file.name, file.raw) for file in self.attachment_ids],
        )
        case._wait(self.reason_id, until)
        return {"type": "ir.actions.act_window_close"}

    def _check_text(self):
        if not (self.body or "").strip():
            raise UserError(self.env._("Message: write what is needed."))
        if BLANK in self.body:
            raise UserError(
                self.env._("Message: replace %s by what you ask the citizen.", BLANK)
            )

    def _check_until(self):
        if not self._get_today() <= self.until <= self.latest:
            raise UserError(
                self.env._(
                    "Until: choose a date from today to %(date)s, the limit of the "
                    "reason “%(reason)s”.",
                    date=format_date(self.env, self.latest),
                    reason=self.reason_id.name,
                )
            )

    def _get_today(self):
        return self.case_id._get_city_day(fields.Datetime.now())

    def _format_until(self, day):
        """Write a date in the language of the person."""
        partner = self.case_id.partner_id
        lang = partner.lang or self.case_id.company_id.partner_id.lang
        if not day:
            return ""
        return format_date(self.env, day, lang_code=lang, date_format="long")

    def _get_reach(self):
        """Say in one sentence how the person gets the message."""
        case = self.case_id.sudo()
        name = case.person_display
        if not case._can_be_told():
            return self.env._(
                "Nobody: the case is anonymous. Your text stays on the case as a note."
            )
        if case.contact_preference == "phone":
            return self.env._("%s wants phone calls: an activity asks for one.", name)
        if case.contact_preference == "letter":
            return self.env._("%s wants letters: an activity asks for one.", name)
        if case.contact_preference == "portal":
            return self.env._("%s reads it on the portal.", name)
        address = case.partner_id.email or case.partner_email
        if not address:
            return self.env._(
                "%s has no e-mail address: tell them what you write here.", name
            )
        return f"{name} <{address}>"
