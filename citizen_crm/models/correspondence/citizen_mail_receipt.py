import functools
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.mail_letter import Letter
from ..case.citizen_case_part import get_readable

STATES = [
    ("new", "To be processed"),
    ("accepted", "Accepted"),
    ("pending", "Reply to be confirmed"),
    ("quarantined", "In quarantine"),
    ("ignored", "Ignored"),
]
#: Why a mail did not go through, in words for the clerk who decides about it.
REASONS = [
    ("no_sender", "The mail does not say who sent it."),
    ("own_address", "The mail pretends to come from an address of this desk."),
    ("reused_id", "Another mail with the same identification has been received."),
    ("flood", "This address has sent too many mails within an hour."),
    ("not_allowed", "This address takes mails from confirmed senders only."),
    ("no_route", "No department and no case has this address."),
    ("unreadable", "The mail is damaged and could not be read."),
    ("empty", "The mail has neither subject nor text nor files."),
    ("error", "The mail was read but could not be registered."),
    ("stranger", "It is not certain that the petitioner wrote this reply."),
    ("report", "A mail server's report about another mail."),
    ("null_sender", "Sent by a mail server, without a return address."),
    ("daemon", "Sent by a mail server."),
    ("auto_submitted", "An automatic reply or notification."),
    ("auto_suppress", "An automatic notification that asks for no answer."),
    ("bulk", "A mail to many, such as a newsletter or a mailing list."),
    ("own_message", "A mail of this desk that came back."),
    ("by_staff", "A member of staff has decided so."),
]
#: Days for which the mail itself is kept after the decision about it.
KEEP_MAIL_DAYS = 30
#: Days for which it is known that a mail was received, so that it is not filed twice.
KEEP_RECEIPT_DAYS = 365
GC_LIMIT = 1000


class CitizenMailReceipt(models.Model):
    """The city has received this mail, and this is what became of it.

    One row a Message-Id, whatever happens afterwards: a mail delivered twice is filed
    once, a mail that cannot be read waits here for a person. The mail itself is kept
    only while somebody may still need it.
    """

    _name = "citizen.mail.receipt"
    _description = "Received Mail"
    _order = "received_date desc, id desc"
    _rec_name = "subject"

    message_id = fields.Char(
        string="Message-Id",
        required=True,
        readonly=True,
        help="Identification of the mail; made from the mail itself if it has none.",
    )
    digest = fields.Char(readonly=True, help="Fingerprint of the text and files.")
    state = fields.Selection(STATES, required=True, default="new", readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    detail = fields.Text(readonly=True, help="What the computer said; for support.")
    received_date = fields.Datetime(
        string="Received",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    sender = fields.Char(string="From", readonly=True)
    sender_name = fields.Char(string="Name", readonly=True)
    recipients = fields.Char(string="To", readonly=True)
    subject = fields.Char(readonly=True)
    is_verified = fields.Boolean(
        string="Sender Confirmed",
        readonly=True,
        help="The city's own mail server confirms that the mail comes from this "
        "address.",
    )
    authentication = fields.Char(
        string="Server's Finding",
        readonly=True,
        help="What the city's own mail server found out about the sender.",
    )
    attempts = fields.Integer(readonly=True)
    alias_values = fields.Json(readonly=True)
    case_id = fields.Many2one(
        "helpdesk.ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    mail_message_id = fields.Many2one(
        "mail.message", string="Message", readonly=True, ondelete="set null"
    )
    raw_id = fields.Many2one(
        "ir.attachment",
        string="Mail",
        readonly=True,
        ondelete="set null",
        groups="base.group_system",
    )
    has_raw = fields.Boolean(compute="_compute_preview", compute_sudo=True)
    preview_headers = fields.Text(
        string="Headers", compute="_compute_preview", compute_sudo=True
    )
    preview_text = fields.Text(compute="_compute_preview", compute_sudo=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_date = fields.Datetime(readonly=True)
    decision_note = fields.Char(readonly=True)

    _message_id_unique = models.UniqueIndex(
        "(message_id)", "This mail has already been received."
    )
    _sender_index = models.Index("(sender, received_date)")
    _open_index = models.Index(
        "(received_date) WHERE state IN ('new', 'pending', 'quarantined')"
    )

    @api.depends("raw_id")
    def _compute_preview(self):
        """Show a mail as plain text: nothing in it is run, loaded or followed."""
        for receipt in self:
            raw = receipt._get_raw()
            receipt.has_raw = bool(raw)
            receipt.preview_headers = receipt.preview_text = False
            if raw:
                letter = Letter(raw)
                receipt.preview_headers = letter.shown_headers
                receipt.preview_text = letter.read_text()[:20000]

    def _get_raw(self):
        """Return the kept mail; the web client's ``bin_size`` would give its size."""
        self.ensure_one()
        return self.raw_id.with_context(bin_size=False).raw or b""

    # ----------------------------------------------------------------- access
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Find mails about a case only for those who find the case.

        What is about no case yet may be about anything: for intake alone.
        """
        if not self.env.su and not bypass_access:
            domain = Domain(domain)
            visible = get_readable(self, domain)
            if self._may_read_unfiled():
                visible |= Domain("case_id", "=", False)
            domain &= visible
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not any(self._ids):
            return result
        cases = self.sudo().case_id.with_env(self.env)
        shown = cases._filtered_access("read")
        unfiled = self._may_read_unfiled()
        forbidden = self.filtered(
            lambda mail: (
                mail.sudo().case_id not in shown if mail.sudo().case_id else not unfiled
            )
        )
        if forbidden:
            return forbidden, functools.partial(
                AccessError, self.env._("You have no access to the case of this mail.")
            )
        return None

    @api.model
    def _may_read_unfiled(self):
        return self.env.user.has_group("citizen_crm.group_intake_clerk")

    # --------------------------------------------------------------- register
    @api.model
    def _enter(self, letter, alias_values):
        """Return the new receipt of a mail, or none if the mail is already known.

        The unique index decides, in one statement: of several deliveries at once,
        the others wait for the first one's commit and then find nothing to do.
        """
        key = letter.message_id
        known = self._insert(key, letter)
        if not known and self._find_digest(key) not in (False, letter.digest):
            # Another mail under the same Message-Id: an accident or a trick, but
            # somebody may have written it.
            known = self._insert(f"{key}#{letter.digest[:32]}", letter)
        if known:
            known.write(self._prepare_letter_values(letter, alias_values))
        return known

    @api.model
    def _insert(self, key, letter):
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO citizen_mail_receipt
                       (message_id, digest, state, received_date,
                        create_uid, create_date, write_uid, write_date)
                VALUES (%(key)s, %(digest)s, 'new', %(now)s,
                        %(uid)s, %(now)s, %(uid)s, %(now)s)
                    ON CONFLICT (message_id) DO NOTHING
             RETURNING id
                """,
                key=key,
                digest=letter.digest,
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _find_digest(self, key):
        found = self.search_fetch([("message_id", "=", key)], ["digest"], limit=1)
        return found.digest

    @api.model
    def _prepare_letter_values(self, letter, alias_values):
        return {
            "sender": letter.sender[:500],
            "sender_name": letter.sender_name,
            "recipients": ", ".join(letter.recipients)[:2000],
            "subject": letter.subject[:500],
            "is_verified": letter.verdict.trusted,
            "authentication": letter.verdict.summary,
            "alias_values": alias_values,
        }

    def _settle(self, state, reason=False, **values):
        """Write what became of the mail, and let go of it when nobody needs it."""
        self.write({"state": state, "reason": reason, **values})
        if state == "accepted":
            self.raw_id.unlink()

    def _keep(self, letter):
        """Keep the mail itself, so that a person or a later run can read it."""
        self.ensure_one()
        if not self.raw_id:
            self.raw_id = self.env["ir.attachment"].create(
                {
                    "name": f"mail-{self.id}.eml",
                    "raw": letter.raw,
                    # Never a type that a browser would show.
                    "mimetype": "message/rfc822",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )

    # --------------------------------------------------------------- clean up
    @api.autovacuum
    def _gc_mails(self):
        """Forget mails that nobody needs any more, and old receipts."""
        now = fields.Datetime.now()
        settled = Domain("state", "in", ("accepted", "ignored"))
        old_mails = self.search(
            settled
            & Domain("raw_id", "!=", False)
            & Domain("write_date", "<", now - timedelta(days=KEEP_MAIL_DAYS)),
            limit=GC_LIMIT,
        )
        old_mails.raw_id.unlink()
        old_receipts = self.search(
            settled
            & Domain("received_date", "<", now - timedelta(days=KEEP_RECEIPT_DAYS)),
            limit=GC_LIMIT,
        )
        old_receipts.unlink()
        done = len(old_mails) + len(old_receipts)
        return done, GC_LIMIT in (len(old_mails), len(old_receipts))

    def unlink(self):
        """Delete the mail with its receipt."""
        attachments = self.sudo().raw_id
        result = super().unlink()
        attachments.unlink()
        return result
