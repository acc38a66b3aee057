from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from .citizen_mail_receipt_gateway import NotFiledError

DECIDABLE = ("pending", "quarantined", "ignored")


class CitizenMailReceipt(models.Model):
    """What staff do with mails that the desk does not file by itself."""

    _inherit = "citizen.mail.receipt"

    # ---------------------------------------------------------------- actions
    def action_make_case(self):
        """Register a case from the mail."""
        receipt = self._begin_decision()
        self.env["helpdesk.ticket"].check_access("create")
        letter = receipt._reopen()
        receipt._file_case(letter, receipt._parse_anyhow(letter))
        receipt._tell(letter)
        receipt._end_decision(self.env.user)
        return receipt.case_id.with_env(self.env).get_formview_action()

    def action_publish(self):
        """Put a reply on its case, for the petitioner and the staff to read."""
        self.ensure_one()
        return self._attach(self.sudo().case_id, public=True)

    def action_attach(self):
        """Ask which case the mail belongs to."""
        return self._open_decision("attach", self.env._("Attach to a Case"))

    def action_ignore(self):
        """Ask why the mail is to be ignored."""
        return self._open_decision("ignore", self.env._("Ignore the Mail"))

    def action_download(self):
        """Download the mail as it came."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.sudo().raw_id.id}?download=true",
            "target": "download",
        }

    def action_view_case(self):
        """Open the case of the mail."""
        self.ensure_one()
        return self.case_id.get_formview_action()

    # --------------------------------------------------------------- business
    def _attach(self, case, public, note=False):
        """Post the mail on ``case``: for everybody who reads it, or as a note."""
        receipt = self._begin_decision()
        case = case.with_env(self.env)
        case.check_access("write")
        letter = receipt._reopen()
        case = case.with_user(SUPERUSER_ID)
        author = case.partner_id
        if not receipt._is_petitioner(letter, case):
            author = author.browse()
        msg = receipt._parse_anyhow(letter)
        receipt._file_reply(letter, case, msg, author, internal=not public)
        receipt._end_decision(self.env.user, note)
        return True

    def _ignore(self, note):
        receipt = self._begin_decision()
        receipt._settle("ignored", "by_staff")
        receipt._end_decision(self.env.user, note)
        return True

    def _begin_decision(self):
        """Return the mail for the system to work on, if this user may decide.

        Clerks decide about every mail they can see; whoever may change a case
        decides about mails to it. Of two people at once, the second one is told.
        """
        self.ensure_one()
        self.check_access("read")
        case = self.sudo().case_id.with_env(self.env)
        if not (
            self.env.user.has_group("citizen_crm.group_intake_clerk")
            or (case and case.has_access("write"))
        ):
            raise AccessError(self.env._("Only intake clerks decide about mails."))
        receipt = self.with_user(SUPERUSER_ID)
        receipt.lock_for_update()
        receipt.invalidate_recordset()
        if receipt.state not in DECIDABLE or not receipt.raw_id:
            raise UserError(
                self.env._("Somebody has already decided about this mail.")
                if receipt.decided_by_id
                else self.env._("There is nothing to decide about this mail.")
            )
        return receipt

    def _end_decision(self, user, note=False):
        self.write(
            {
                "decided_by_id": user.id,
                "decided_date": fields.Datetime.now(),
                "decision_note": note,
            }
        )

    def _parse_anyhow(self, letter):
        """Return the mail as a dictionary, even if only a person can read it."""
        try:
            return self._parse(letter)
        except NotFiledError:
            attachment = self.env["mail.thread"]._Attachment(
                self.raw_id.name, letter.raw, {}
            )
            return {
                "subject": letter.subject,
                "body": plaintext2html(self.preview_text or ""),
                "email_from": self._format_sender(letter),
                "message_id": letter.message_id,
                "date": self.received_date,
                "attachments": [attachment],
            }

    def _open_decision(self, kind, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "citizen.mail.decision",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_receipt_id": self.id,
                "default_kind": kind,
                "default_case_id": self.case_id.id,
            },
        }
