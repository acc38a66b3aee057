from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_time, is_html_empty

from ...tools.case_events import ENDED
from ...tools.web_files import SHOWN
from ...tools.web_input import InputError, parse_case_key
from .counted import ON_RECORD

#: The four steps every resident understands, with the phases each one covers.
STEPS = (
    ("received", {"received"}),
    ("department", {"routed", "assigned"}),
    ("work", {"in_work", "waiting"}),
    ("answer", {"answered", *ENDED}),
)
#: Message types that residents read; all others are the system's own notes.
PUBLIC_MESSAGE_TYPES = ("comment", "email", "email_outgoing", "auto_comment")


class HelpdeskTicket(models.Model):
    """What a resident sees of a case, as plain values.

    Pages get dicts of text, never records: nothing that a resident may not read can
    slip into a page by a field more in a template.
    """

    _inherit = "helpdesk.ticket"

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for case in self:
            case.access_url = f"/my/case/{case._get_portal_key()}"
        return result

    def _get_portal_key(self):
        """Return what stands for the case in an address: the number if it can."""
        try:
            key = parse_case_key(self.number)
        except InputError:
            key = ""
        return key if key and "/" not in key and not key.isdigit() else str(self.id)

    # --------------------------------------------------------------- finding
    @api.model
    def _get_portal_domain(self, role=None):
        """Return the cases of the present user as a resident.

        Citizen cases and confidential ones: the person alone. Customer cases: the whole
        customer. It holds beside the record rules, because staff are residents too and
        their rules show them the cases of others.
        """
        partner = self.env.user.partner_id
        own = Domain("partner_id", "=", partner.id)
        citizen = Domain("role", "=", "citizen") & own
        shared = Domain("confidential", "=", False) & Domain(
            "commercial_partner_id", "=", partner.commercial_partner_id.id
        )
        customer = Domain("role", "=", "customer") & (own | shared)
        wanted = {"citizen": citizen, "customer": customer}.get(
            role, citizen | customer
        )
        # Residents know nothing of the archive of the desk.
        return wanted & ON_RECORD

    @api.model
    def _find_portal_case(self, key):
        """Return the user's own case with this number or id; empty if there is none."""
        domain = self._get_portal_domain()
        case = self.search(domain & Domain("number", "=", key), limit=1)
        if not case and key.isdigit() and int(key) < 2**31:
            case = self.search(domain & Domain("id", "=", int(key)), limit=1)
        return case

    # ---------------------------------------------------------------- values
    def _get_portal_row(self):
        """Return what the list of cases shows; call it after the access check."""
        self.ensure_one()
        return {
            "key": self._get_portal_key(),
            "number": self.number,
            "name": self.name,
            "service": self.category_id.name or "",
            "received": self._format_portal_date(self.received_date),
            "status": self.status_text or self.stage_id.name,
            "phase": self.phase,
            "is_open": self.is_open,
            "filed_by": self.partner_id.name or self.partner_name or "",
            "is_mine": self._is_filed_by(self.env.user.partner_id),
        }

    def _get_portal_page(self):
        """Return what the page of one case shows; call it after the access check."""
        self.ensure_one()
        mine = self._is_filed_by(self.env.user.partner_id)
        messages = self._get_portal_messages()
        return {
            **self._get_portal_row(),
            "role": self.role,
            "department": self._get_portal_department(),
            "place": self.place or "",
            "description": self.description,
            "answers": self._get_portal_answers(),
            "next_step": self._get_portal_next_step(),
            "steps": self._get_portal_steps(),
            "timeline": self._get_portal_timeline(),
            "messages": messages,
            "files": self._get_portal_files(),
            "can_write": self.is_open,
            "can_withdraw": mine and self._can_withdraw(),
            "can_reopen": mine and self._can_reopen(),
            "can_claim_rights": mine and self._can_claim_rights(),
        }

    def _is_filed_by(self, partner):
        return bool(partner) and self.partner_id == partner

    def _format_portal_date(self, value):
        if not value:
            return ""
        tz = self.env.user.tz or self.sudo().company_id._get_city_tz()
        local = fields.Datetime.context_timestamp(self.with_context(tz=tz), value)
        day = format_date(self.env, local.date(), date_format="long")
        return f"{day}, {format_time(self.env, value, tz=tz, time_format='short')}"

    def _get_portal_department(self):
        """Return who has the case, in the words of the city's directory."""
        return self.department_id.name or self.team_id.name or ""

    def _get_portal_answers(self):
        """Return the questions that were answered, as pairs of text."""
        answers = []
        for question in self.read(["answers"])[0]["answers"] or []:
            text = self._get_portal_answer(question)
            if text:
                answers.append((question.get("string") or "", text))
        return answers

    def _get_portal_answer(self, question):
        value, kind = question.get("value"), question.get("type")
        if kind == "boolean":
            return self.env._("Yes") if value else ""
        if not value and value != 0:
            return ""
        if kind == "selection":
            return dict(question.get("selection") or []).get(value, "")
        if kind == "tags":
            labels = {tag[0]: tag[1] for tag in question.get("tags") or []}
            return ", ".join(labels[tag] for tag in value if tag in labels)
        if kind in ("char", "text", "integer", "float", "date", "datetime"):
            return str(value)
        return ""

    def _get_portal_steps(self):
        """Return the steps of a case with the state of each: done, now, later."""
        labels = {
            "received": self.env._("Received"),
            "department": self.env._("With the department"),
            "work": self.env._("In work"),
            "answer": self.env._("Answered") if self.is_open else self.status_text,
        }
        if not self.is_open:
            labels["answer"] = self.env._("Ended")
        now = next(
            (i for i, (_key, phases) in enumerate(STEPS) if self.phase in phases), 0
        )
        return [
            {
                "label": labels[key],
                "state": "now" if i == now else "done" if i < now else "later",
            }
            for i, (key, _phases) in enumerate(STEPS)
        ]

    def _get_portal_next_step(self):
        """Say what comes next, in one plain sentence."""
        _ = self.env._
        mine = self._is_filed_by(self.env.user.partner_id)
        return {
            "received": _("Next: we choose the department that answers for it."),
            "routed": _("Next: the department names a member of staff."),
            "assigned": _("Next: work on your case begins."),
            "in_work": _("Next: we answer you here, and tell you by e-mail."),
            "waiting": _("Next: please answer our question below."),
            "answered": _("Next: if nothing is missing, we close the case."),
            "closed": _("If something is missing, open the case again below.")
            if mine and self._can_reopen()
            else _("If something is missing, please file a new case."),
            "not_handled": _("Our message below tells you why and what you can do."),
            "withdrawn": _("Nothing more happens with it."),
        }.get(self.phase, "")

    # -------------------------------------------------------------- messages
    def _get_portal_messages(self):
        """Return the public messages, oldest first, found with the user's rights."""
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        messages = self._get_portal_message_model().search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("subtype_id", "=", comment),
                ("is_internal", "=", False),
                ("message_type", "in", PUBLIC_MESSAGE_TYPES),
            ],
            order="date, id",
        )
        case = self.sudo()
        # Access to each message was checked by the search above.
        return [
            case._get_portal_message(message)
            for message in messages.sudo()
            if message.attachment_ids or not is_html_empty(message.body)
        ]

    def _get_portal_message_model(self):
        """Return the messages with the rights of whoever reads them."""
        return self.env["mail.message"].sudo(False)

    def _is_portal_author(self, message):
        """Tell whether whoever reads the page has written a message."""
        return message.author_id == self.env.user.partner_id

    def _get_portal_message(self, message):
        """Return what the page shows of a message that its reader may see."""
        is_mine = self._is_portal_author(message)
        author = self._get_portal_author(message.author_id)
        return {
            "id": message.id,
            "author": self.env._("You") if is_mine else author,
            "is_mine": is_mine,
            "date": self._format_portal_date(message.date),
            "body": message.body,
            "files": [_file_values(file) for file in message.attachment_ids],
        }

    def _get_portal_author(self, author):
        """Name residents; staff speak for their department."""
        if author and author in self._get_portal_people():
            return author.name
        if (
            author
            and author.partner_share
            and author.commercial_partner_id == (self.partner_id.commercial_partner_id)
        ):
            return author.name
        return self._get_portal_department() or self.company_id.name

    def _get_portal_people(self):
        """Return on whose own side of the case there is; as superuser."""
        return self.partner_id

    # ----------------------------------------------------------------- files
    def _get_portal_attachments(self):
        """Return the files that a resident may open, as superuser.

        Own uploads and files of public messages; never what staff put on the case or
        on an internal note.
        """
        self.ensure_one()
        return self._get_portal_uploads() | self._get_portal_message_attachments()

    def _get_portal_uploads(self):
        uploads = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                    ("type", "=", "binary"),
                ],
                order="id",
            )
        )
        owner, people = self.sudo().partner_id, self.sudo()._get_portal_people()
        if self.sudo().role == "citizen":
            return uploads.filtered(lambda file: file.create_uid.partner_id in people)
        return uploads.filtered(
            lambda file: (
                file.create_uid.partner_id in people
                or file.create_uid.share
                and file.create_uid.partner_id.commercial_partner_id
                == owner.commercial_partner_id
            )
        )

    def _get_portal_message_attachments(self):
        ids = [file["id"] for m in self._get_portal_messages() for file in m["files"]]
        return self.env["ir.attachment"].sudo().browse(ids)

    def _get_portal_files(self):
        """Return the files filed with the case; those of messages stand there."""
        shown = self._get_portal_message_attachments()
        return [_file_values(file) for file in self._get_portal_uploads() - shown]


def _file_values(attachment):
    size = attachment.file_size or 0
    return {
        "id": attachment.id,
        "name": attachment.name,
        "is_picture": attachment.mimetype in SHOWN,
        "size": f"{size / 1048576:.1f} MB"
        if size >= 104858
        else f"{size // 1024 + 1} kB",
    }
