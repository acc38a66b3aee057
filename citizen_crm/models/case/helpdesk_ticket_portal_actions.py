from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ...tools.case_events import ENDED, automatic_phase

#: How long a person may open a closed case again.
REOPEN_DAYS = 30
#: What a resident may say about a new case; nothing else is taken over.
FILED_FIELDS = frozenset(
    {
        "name",
        "description",
        "category_id",
        "role",
        "answers",
        "place",
        "place_latitude",
        "place_longitude",
    }
)


class HelpdeskTicket(models.Model):
    """What a resident may do to a case. Each act checks first and then is done as
    superuser, because residents have no right to write cases."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _portal_register(self, values, files, person=None):
        """Register a case of the present user and acknowledge it.

        :param values: fields in ``FILED_FIELDS``, already parsed
        :param files: list of ``tools.web_files.WebFile``
        :param person: whose case it is, if the user acts for somebody else
        """
        person = (person or self.env.user.partner_id).sudo()
        if not self._may_file_for(person):
            raise AccessError(self.env._("You do not act for this person today."))
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False
        )
        case = self.sudo().create(
            {
                **{name: values[name] for name in FILED_FIELDS & values.keys()},
                **self._prepare_filed_values(person),
                "channel_id": channel.id if channel else False,
                "user_id": False,
            }
        )
        case._portal_attach(files)
        if hasattr(case, "_notice_received"):
            case._notice_received()
        return case.sudo(False)

    @api.model
    def _may_file_for(self, person):
        """Tell whether the present user may file cases of a person."""
        return person == self.env.user.partner_id

    @api.model
    def _prepare_filed_values(self, person):
        """Return the values that say whose case it is."""
        return {
            "partner_id": person.id,
            "partner_name": person.name,
            "partner_email": person.email,
        }

    def _portal_attach(self, files):
        """Store files of the present user on the case."""
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": file.name,
                        "raw": file.content,
                        "mimetype": file.mimetype,
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                    for file in files
                ]
            )
        )

    def _portal_say(self, text, files):
        """Post a public message of the present user."""
        self.ensure_one()
        self._check_portal_access()
        case = self.sudo()
        if not case.is_open:
            raise UserError(
                self.env._("This case has ended. Open it again or file a new case.")
            )
        case._portal_post(text, files)
        case._resume_if_waiting()

    def _resume_if_waiting(self):
        """Go on: the person was asked and has answered, in whatever way."""
        if self.phase == "waiting":
            self._portal_move("in_work" if self.user_id else "routed")

    def _portal_post(self, text, files, author=None):
        """Post a public message of the person: the present user if nobody is said.

        A person who is known by their address alone stays without a contact.
        """
        author = self.env.user.partner_id if author is None else author
        self.message_post(
            body=plaintext2html(text) if text else "",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=author.id,
            email_from=author.email_formatted or self.partner_email,
            # Not by ids: the framework takes only a share user's pending uploads.
            attachments=[(file.name, file.content) for file in files],
        )

    def _portal_withdraw(self):
        """Take the case back: the person ends it, which solves nothing."""
        self._check_portal_access(own=True)
        case = self.sudo()
        case.lock_for_update()
        if not case._can_withdraw():
            raise UserError(self.env._("This case has already ended."))
        case._portal_move("withdrawn")

    def _portal_reopen(self, text):
        """Open a closed case again within the window, with the reason."""
        self._check_portal_access(own=True)
        self.sudo()._reopen_for(self.env.user.partner_id, text)

    def _reopen_for(self, person, text):
        """Open an ended case again for the person who filed it, with the reason."""
        self.lock_for_update()
        if not self._can_reopen():
            raise UserError(
                self.env._(
                    "This case cannot be opened again. Please file a new case and "
                    "name the number of this one."
                )
            )
        # Who has left the city goes on with nothing.
        handler = self.user_id.filtered("active")
        stage = self._get_portal_stage(automatic_phase(self.team_id.id, handler.id))
        self.write(
            {"stage_id": stage.id}
            if handler == self.user_id
            else {"stage_id": stage.id, "user_id": False}
        )
        self._portal_post(text, [], person)

    def _portal_claim_rights(self):
        """Make a customer case a citizen case; the colleagues lose sight of it."""
        self._check_portal_access(own=True)
        case = self.sudo()
        case.lock_for_update()
        if not case._can_claim_rights():
            raise UserError(self.env._("This case is a citizen case already."))
        case.role = "citizen"
        others = case.message_partner_ids.filtered("partner_share") - case.partner_id
        case.message_unsubscribe(others.ids)

    # ---------------------------------------------------------------- checks
    def _check_portal_access(self, own=False):
        """Raise unless this is a case of the present user (or: their very own)."""
        self.ensure_one()
        self.check_access("read")
        if not self.sudo().filtered_domain(self._get_portal_domain()):
            raise AccessError(self.env._("This is not a case of yours."))
        if own and not self.sudo()._is_filed_by(self.env.user.partner_id):
            raise AccessError(
                self.env._("Only the person who filed the case can do this.")
            )

    def _can_withdraw(self):
        """Tell whether the person may end the case: open, and the team allows it."""
        stage = self._get_portal_stage("withdrawn")
        return bool(self.is_open and stage.close_from_portal)

    def _can_reopen(self):
        is_ended = self.phase in ENDED - {"not_handled"}
        return is_ended and self._is_reopened_in_time()

    def _is_reopened_in_time(self):
        """Tell whether the case ended so lately that its person may open it again."""
        limit = fields.Datetime.now() - timedelta(days=REOPEN_DAYS)
        return bool(self.closed_date and self.closed_date >= limit)

    def _can_claim_rights(self):
        return self.role == "customer" and not self.partner_id.is_company

    def _portal_move(self, phase):
        self.stage_id = self._get_portal_stage(phase)

    def _get_portal_stage(self, phase):
        Stage = self.env["helpdesk.ticket.stage"].sudo()
        return Stage.browse(
            Stage._get_id_for_phase(self.team_id.id, self.company_id.id, phase) or ()
        )
