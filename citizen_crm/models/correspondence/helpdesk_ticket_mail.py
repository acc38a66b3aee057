from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import email_normalize, plaintext2html

from ...tools.mail_letter import html_to_text
from ..access.helpdesk_ticket_access import MAX_DESCRIPTION, MAX_TITLE

#: Context key: fields are asked for only to see which there are.
_BRIEF = "citizen_brief_fields"


class HelpdeskTicket(models.Model):
    """A case and its letters: who may write into it, who gets what is written."""

    _inherit = "helpdesk.ticket"

    sender_unverified = fields.Boolean(
        string="Sender Not Confirmed",
        compute="_compute_sender_unverified",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        help="The case came by mail and it is not certain who wrote it. Answers go to "
        "the address in the mail. Ends when staff say who the person is.",
    )
    mail_receipt_ids = fields.One2many(
        "citizen.mail.receipt",
        "case_id",
        string="Received Mails",
        readonly=True,
        copy=False,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    pending_mail_count = fields.Integer(
        compute="_compute_pending_mail_count",
        string="Replies to Confirm",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    @api.depends("partner_id")
    def _compute_sender_unverified(self):
        for case in self:
            case.sender_unverified = case.sender_unverified and not case.partner_id

    @api.depends("mail_receipt_ids.state")
    def _compute_pending_mail_count(self):
        counts = dict(
            self.env["citizen.mail.receipt"]._read_group(
                [("case_id", "in", self.ids), ("state", "=", "pending")],
                ["case_id"],
                ["__count"],
            )
        )
        for case in self:
            case.pending_mail_count = counts.get(case._origin, 0)

    def action_view_pending_mails(self):
        """Open the replies that wait for a decision."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_mail_receipt_action_case"
        )
        action["domain"] = [("case_id", "=", self.id)]
        return action

    # ------------------------------------------------------------------ comes in
    @api.model
    def message_new(self, msg, custom_values=None):
        """Register a case from a mail.

        The base makes the sender's user the handler and everybody in To and Cc a
        follower, who from then on reads the case; here neither happens.
        """
        body = msg.get("body") or ""
        letter = {**msg, "to": "", "cc": "", "from": msg.get("email_from")}
        letter["subject"] = (msg.get("subject") or self.env._("(no subject)"))[
            :MAX_TITLE
        ]
        letter["body"] = self._fit_description(body) or Markup("<p></p>")
        values = {"user_id": False, "email_cc": False, **(custom_values or {})}
        brief = self.with_context(**{_BRIEF: True})
        case = super(HelpdeskTicket, brief).message_new(letter, values)
        return case.with_env(self.env)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        if self.env.context.get(_BRIEF) and attributes is None:
            # The base looks for a name; to describe all fields of a case takes longer
            # than to create one.
            attributes = ["type"]
        return super().fields_get(allfields, attributes)

    def message_update(self, msg, update_vals=None):
        """Take up a reply; nobody becomes a follower by being copied."""
        return super().message_update({**msg, "to": "", "cc": ""}, update_vals)

    @api.model
    def _fit_description(self, body):
        """Return a text that fits; the first message of the case holds all of it."""
        if len(body) <= MAX_DESCRIPTION * 0.9:
            return body
        text = html_to_text(body)
        note = self.env._("[The text goes on; see the mail in the messages below.]")
        # Escaping makes a character up to six long, and a line break six.
        return plaintext2html(f"{text[: MAX_DESCRIPTION // 8]}\n\n{note}")

    # ------------------------------------------------------------------ goes out
    def message_post(self, **kwargs):
        """Send what staff publish to the person the case is from, account or not.

        What a resident writes on the page of the case is announced to staff.
        """
        self.ensure_one()
        if not self._is_public_comment(kwargs):
            return super().message_post(**kwargs)
        if self._is_by_staff(kwargs):
            message = super().message_post(**self._add_person(kwargs))
            self.sudo()._pass_on(message.sudo())
            return message
        message = super().message_post(**kwargs)
        self.sudo()._notice_reply(message.sudo())
        return message

    def _is_public_comment(self, kwargs):
        if kwargs.get("message_type") != "comment":
            return False
        return kwargs.get("subtype_xmlid") == "mail.mt_comment" or (
            kwargs.get("subtype_id")
            == self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        )

    def _add_person(self, kwargs):
        """Return the arguments of a public message with the person as recipient."""
        case = self.sudo()
        if not case._is_mailed():
            return kwargs
        if case.partner_id:
            partner_ids = {*(kwargs.get("partner_ids") or []), case.partner_id.id}
            return {**kwargs, "partner_ids": sorted(partner_ids)}
        address = email_normalize(case.partner_email)
        if not address or kwargs.get("outgoing_email_to"):
            return kwargs
        return {**kwargs, "outgoing_email_to": address}

    def _is_by_staff(self, kwargs):
        author = self.env["res.partner"].sudo().browse(kwargs.get("author_id") or ())
        return not author.partner_share if author else self.env.user._is_internal()

    def _message_compute_subject(self):
        """Leave the title out of subjects: anybody may see them on a screen."""
        self.ensure_one()
        return self.env._("Your case %s", self.number)

    def _message_add_suggested_recipients(self, force_primary_email=False):
        """Suggest no address that is not a known person's.

        The composer would make a contact of it, or take somebody else's who has
        entered the same address, who then reads the case.
        """
        suggested = super()._message_add_suggested_recipients(
            force_primary_email=force_primary_email
        )
        for case in self:
            suggested[case.id]["email_to_lst"] = []
        return suggested

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Suggest people, not addresses found in earlier mails."""
        result = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        return {
            case_id: [found for found in recipients if found.get("partner_id")]
            for case_id, recipients in result.items()
        }

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Send no link that opens the case without signing in.

        Who has an account gets the way to their page; others have no use for one.
        """
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        groups = [group for group in groups if group[0] != "portal_customer"]
        for name, _is_in, values in groups if len(self) == 1 else ():
            if name == "portal":
                values["button_access"] = {
                    "title": self.env._("View your case"),
                    "url": f"{self.get_base_url()}{self.access_url}",
                }
        return groups

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Let replies come to the desk, never to the mailbox of the one who wrote."""
        # Not env.ref: it asks the database each time whether the record is there.
        desk_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "citizen_crm.mail_alias_mayor"
        )
        desk = self.env["mail.alias"].sudo().browse(desk_id or ())
        if desk.alias_domain_id and desk.alias_full_name:
            default = desk.alias_full_name
        return super()._notify_get_reply_to(default=default, author_id=author_id)
