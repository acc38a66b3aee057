import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, formataddr

from ...tools.mail_headers import clean_text
from ...tools.mail_letter import check_markup, html_to_text
from ..case.counted import ON_RECORD
from .citizen_mail_receipt_gateway import DESK_MODEL, NotFiledError

_NUMBER = re.compile(r"\b(?:19|20)\d\d-\d{4,}\b")


class CitizenMailReceipt(models.Model):
    """Filing: a mail becomes a case, a message of one, or waits to become one."""

    _inherit = "citizen.mail.receipt"

    def _file(self, letter):
        """File the mail as the gateway's decision allows; raise if that fails."""
        msg = self._parse(letter)
        case = self._find_case(letter)
        if not case:
            self._file_case(letter, msg)
        elif self._is_petitioner(letter, case):
            self._file_reply(letter, case, msg, author=case.partner_id)
        elif staff := self._find_staff(letter, case):
            self._file_reply(letter, case, msg, author=staff.partner_id, internal=True)
        else:
            self._put_away(letter, "pending", "stranger")

    # ----------------------------------------------------------------- people
    @api.model
    def _find_known(self, letter):
        """Return the people whose proven address the mail certainly comes from.

        Two things must be proven: by the city's mail server, that the mail comes from
        this address; by staff or the link of a portal account, that the address is
        this person's. An address that somebody merely typed into a form proves
        nothing.
        """
        Partner = self.env["res.partner"]
        if not letter.verdict.trusted:
            return Partner
        return Partner.search(
            [
                ("email_normalized", "=", letter.sender),
                ("contact_verified_date", "!=", False),
            ]
        )

    @api.model
    def _find_sender(self, letter, role):
        """Return the one person known in this role who wrote the mail, or nobody."""
        known = self._find_known(letter)
        if role == "customer":
            known = known.filtered("commercial_partner_id.customer_ids")
        else:
            known = known.filtered("citizen_ids")
        return known if len(known) == 1 else known.browse()

    @api.model
    def _is_petitioner(self, letter, case):
        """Tell whether the mail certainly comes from where the answers are sent to."""
        address = case.partner_id.email_normalized or (
            not case.partner_id and email_normalize(case.partner_email)
        )
        return letter.verdict.trusted and letter.sender == address

    @api.model
    def _find_staff(self, letter, case):
        """Return the one member of staff who wrote this and may see the case."""
        users = self.env["res.users"]
        if letter.verdict.trusted:
            users = users.search(
                [
                    ("partner_id.email_normalized", "=", letter.sender),
                    ("share", "=", False),
                ],
                limit=2,
            )
        if len(users) != 1 or not case._as_seen_by(users).has_access("read"):
            return users.browse()
        return users

    @api.model
    def _find_case(self, letter):
        """Return the case that a mail answers to, by reference or by its number.

        A number can be guessed; it counts only in a mail of the petitioner.
        """
        Case = self.env[DESK_MODEL]
        answered = self._find_answered(letter)
        if answered.model == DESK_MODEL:
            return Case.browse(answered.res_id).exists()
        if letter.verdict.trusted:
            numbers = _NUMBER.findall(letter.subject)
            found = Case.search(Domain("number", "in", numbers) & ON_RECORD, limit=2)
            if len(found) == 1 and self._is_petitioner(letter, found):
                return found
        return Case

    # ------------------------------------------------------------------- read
    @api.model
    def _parse(self, letter):
        """Return the mail as the gateway's dictionary, fit for the database.

        Sender, identification and time are those that the decision was made on, not
        what another parser makes of the same headers.
        """
        try:
            mail = letter.parse()
            check_markup(mail)
            msg = self.env["mail.thread"].message_parse(mail)
        except Exception as error:
            raise NotFiledError("unreadable") from error
        body = msg.get("body") or ""
        text = clean_text(body)
        msg.update(
            subject=letter.subject,
            body=Markup(text) if isinstance(body, Markup) else text,  # noqa: S704
            email_from=self._format_sender(letter),
            message_id=letter.message_id,
            date=fields.Datetime.to_string(fields.Datetime.now()),
            attachments=self._clean_files(msg.get("attachments") or []),
        )
        if not (msg["subject"] or msg["attachments"] or html_to_text(text)):
            raise NotFiledError("empty")
        return msg

    @api.model
    def _clean_files(self, files):
        if self.env.context.get("citizen_mail_strip"):
            return []
        return [file._replace(fname=_clean_name(file.fname)) for file in files]

    @api.model
    def _format_sender(self, letter):
        return formataddr((letter.sender_name, letter.sender))

    # ------------------------------------------------------------------- post
    def _file_case(self, letter, msg):
        """Register a new case and keep the mail as its first message."""
        self.ensure_one()
        sender = self._find_sender(letter, self._get_role())
        msg["author_id"] = sender.id
        case = (
            self.env[DESK_MODEL]
            .with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
            .message_new(msg, self._prepare_case_values(letter, sender))
        )
        message = self._post(case, msg, sender, self._get_filing_subtype())
        self._settle("accepted", case_id=case.id, mail_message_id=message.id)

    def _get_role(self):
        """Return the role of a case that is made of the mail, as the case decides."""
        values = self.alias_values or {}
        service = self.env["helpdesk.ticket.category"].browse(
            values.get("category_id") or ()
        )
        return values.get("role") or service.default_role or "citizen"

    def _prepare_case_values(self, letter, sender):
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        values = {
            "channel_id": channel and channel.id,
            "received_date": self.received_date,
            **(self.alias_values or {}),
        }
        if not sender:
            values.update(
                sender_unverified=True,
                partner_email=letter.sender or False,
                partner_name=letter.sender_name or False,
            )
        return values

    @api.model
    def _get_filing_subtype(self):
        """Return how a mail is posted that has become a case, not a reply to one."""
        return self.env.ref("helpdesk_mgmt.hlp_tck_created")

    def _file_reply(self, letter, case, msg, author, internal=False):
        """Post a reply: for everybody who reads the case, or as an internal note."""
        self.ensure_one()
        xmlid = "mail.mt_note" if internal else "mail.mt_comment"
        message = self._post(case, msg, author, self.env.ref(xmlid))
        if not internal and self._is_petitioner(letter, case):
            case._resume_if_waiting()
        self._settle("accepted", case_id=case.id, mail_message_id=message.id)

    @api.model
    def _post(self, case, msg, author, subtype):
        """Post the mail on the case; nobody follows the case by having written."""
        return case.with_context(
            mail_create_nosubscribe=True,
            mail_post_autofollow=False,
            mail_post_autofollow_author_skip=True,
            attachments_mime_plainxml=True,
        ).message_post(
            body=msg["body"],
            subject=msg["subject"],
            message_type="email",
            message_id=msg["message_id"],
            date=msg["date"],
            # False, not None: the base would look for the address among all people.
            author_id=author.id or False,
            email_from=msg["email_from"],
            subtype_id=subtype.id,
            attachments=msg["attachments"],
        )

    def _tell(self, letter):
        """Tell the sender and the staff, according to what the mail has become."""
        self.ensure_one()
        case = self.case_id
        if not case:
            return
        if self.state == "pending":
            case._notice_pending(self)
        elif self.mail_message_id.subtype_id != self._get_filing_subtype():
            case._notice_reply(self.mail_message_id)
        elif letter.verdict.failed or letter.automatic:
            # Whoever is in From did not write this; they get no answer to it.
            case._notice_team()
        else:
            case._notice_received()


def _clean_name(name):
    """Return the name of a file in one line, as it is and not as it would be shown.

    A folded header leaves breaks and tabs; some characters turn the text round.
    """
    shown = (char if char.isprintable() else " " for char in clean_text(name))
    return clean_text(" ".join("".join(shown).split()), 200) or "file"
