from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import clean_context, plaintext2html

from ...tools import case_split
from ..access.helpdesk_ticket_access import MAX_TITLE


class HelpdeskTicket(models.Model):
    """A letter with several matters becomes several cases, each with its own answer.

    What a new case is about is its own: text, service type, nature, and thereby route,
    promise and duties. Receipt, person, channel, consent and confidentiality are those
    of the letter, so that nobody waits longer for having written one letter only.
    """

    _inherit = "helpdesk.ticket"

    split_from_id = fields.Many2one(
        "helpdesk.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The case of the letter that this matter stands in.",
    )
    split_ids = fields.One2many(
        "helpdesk.ticket",
        "split_from_id",
        context={"active_test": False},
        string="Split Into",
        readonly=True,
        copy=False,
        help="The cases made of further matters of this letter.",
    )
    letter_file_ids = fields.Many2many(
        "ir.attachment",
        "citizen_case_letter_file_rel",
        "case_id",
        "attachment_id",
        string="Files of the Letter",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the person had sent with the letter; they see it here, too.",
    )
    split_note = fields.Char(
        string="Of One Letter",
        compute="_compute_split_note",
        compute_sudo=True,
        help="The numbers of the other cases that were made of the same letter.",
    )

    @api.depends("split_from_id.number", "split_ids.number")
    @api.depends_context("lang")
    def _compute_split_note(self):
        for case in self:
            notes = []
            if case.split_from_id:
                notes.append(self.env._("Split from %s.", case.split_from_id.number))
            if case.split_ids:
                numbers = ", ".join(case.split_ids.sorted("id").mapped("number"))
                notes.append(self.env._("Split into %s.", numbers))
            case.split_note = " ".join(notes)

    # ----------------------------------------------------------------- buttons
    def action_split(self):
        """Open the dialog that makes further cases of matters in this letter."""
        self.ensure_one()
        self._check_can_split()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_case_split_action"
        )
        context = {"default_case_id": self.id, "dialog_size": "extra-large"}
        return {**action, "context": context}

    def action_view_letter(self):
        """Open the cases of this letter that one may read, this one among them."""
        self.ensure_one()
        self.check_access("read")
        letter = self.sudo().split_from_id or self.sudo()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.helpdesk_ticket_action"
        )
        action["name"] = self.env._("Of One Letter")
        action["domain"] = [
            ("id", "in", (self | letter | letter.split_ids | self.sudo().split_ids).ids)
        ]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------ checks
    def _check_can_split(self):
        """Raise unless the user may handle the case and it is still worked on."""
        self.ensure_one()
        self.check_access("write")
        if self._is_recused(self.env.user):
            raise AccessError(
                self.env._(
                    "%s: you have a conflict of interest with this case, so somebody "
                    "else splits it.",
                    self.display_name,
                )
            )
        obstacle = self.sudo()._get_split_obstacle()
        if obstacle:
            raise UserError(
                self.env._(
                    "%(case)s: %(obstacle)s",
                    case=self.display_name,
                    obstacle=obstacle,
                )
            )

    def _get_split_obstacle(self):
        """Return why the case cannot be split now, as a sentence; '' if it can."""
        self.ensure_one()
        if not self.is_open:
            return self.env._("the case has ended. Reopen it, or register a new case.")
        return ""

    def _is_recused(self, user):
        """Tell whether somebody must not handle the case: their own, or declared so."""
        self.ensure_one()
        case, user = self.sudo(), user.sudo()
        if case.partner_id and case.partner_id == user.partner_id:
            return True
        excluded = self.env["citizen.recusal"]._get_excluded(user.employee_ids)
        return any(key in excluded for key in case._get_recusal_keys())

    @api.model
    def _check_parts(self, parts):
        """Raise, and say in which row and what, unless each part can be a case."""
        Category = self.env["helpdesk.ticket.category"]
        for part in parts:
            category = Category.browse(part["category_id"] or ())
            part["category_id"] = (
                category.is_service and category.active and category.id
            )
        fault = case_split.find_fault(
            [
                case_split.Part(
                    part["name"] or "",
                    part["text"] or "",
                    part["category_id"] or 0,
                    part["nature"] or "",
                )
                for part in parts
            ],
            MAX_TITLE,
        )
        if fault:
            raise UserError(self._explain_fault(fault))

    @api.model
    def _explain_fault(self, fault):
        """Name the row, the field and what to do."""
        _ = self.env._
        text = {
            "none": _("Matters: add the matter that is to become a case of its own."),
            "too_many": _(
                "Matters: at most %s in one go. Make these first, then split again.",
                case_split.MOST_PARTS,
            ),
            "title": _("Title: say in one line what it is about."),
            "type": _("Service Type: choose one; the team follows from it."),
            "nature": _("Nature: choose what the person wants."),
            "text": _("Text: take over what the letter says of this matter."),
            "long_title": _("Title: at most %s characters.", MAX_TITLE),
            "long_text": _(
                "Text: at most %s characters. Take the rest along as a file.",
                case_split.TEXT_LENGTH,
            ),
        }[fault.kind]
        if not fault.row:
            return text
        return _("Matter %(row)s. %(fault)s", row=fault.row, fault=text)

    # --------------------------------------------------------------- splitting
    def _split_off(self, parts):
        """Make cases of further matters of this letter; all of them or none.

        :param parts: list of dicts ``name``, ``text`` (plain), ``category_id``,
            ``nature``, ``place`` and ``files`` (attachments of this case)
        :return: the new cases, as superuser: they may be out of the user's sight
        """
        self.ensure_one()
        self._check_can_split()
        self._wait_for_lock()
        parts = [dict(part) for part in parts]
        self._check_parts(parts)
        # Defaults in the context were meant for the dialog.
        case = self.sudo().with_context(clean_context(self.env.context))  # pylint: disable=context-overridden
        cases = case.create([case._prepare_part(part) for part in parts])
        for new, part in zip(cases, parts, strict=True):
            case._pass_files(new, part.get("files") or ())
            case._pass_consents(new)
        for number in cases.mapped("number"):
            case._log("split_into", after=number)
        case.with_user(SUPERUSER_ID)._tell_split(cases.with_user(SUPERUSER_ID))
        return cases

    def _prepare_part(self, part):
        """Return the values of a case made of this letter."""
        self.ensure_one()
        category = self.env["helpdesk.ticket.category"].browse(part["category_id"])
        role = case_split.role_of_part(
            self.role,
            category.default_role or "",
            part["nature"],
            not self.partner_id.is_company,
        )
        return {
            "split_from_id": self.id,
            "name": part["name"].strip(),
            "description": plaintext2html(part["text"].strip()),
            "category_id": category.id,
            "nature": part["nature"],
            "role": role,
            "user_id": False,
            "company_id": self.company_id.id,
            "received_date": self.received_date,
            "channel_id": self.channel_id.id,
            "partner_id": self.partner_id.id,
            f"{role}_id": self[f"{role}_id"].id,
            "partner_name": self.partner_name,
            "partner_email": self.partner_email,
            "sender_unverified": self.sender_unverified,
            **self._prepare_part_place(part.get("place")),
            **self._prepare_part_secrecy(),
        }

    def _prepare_part_place(self, place):
        """Return where the matter is; the point on the map if it is the same place."""
        if (place or "").strip() != (self.place or "").strip():
            return {"place": place}
        return {
            "place": self.place,
            "place_latitude": self.place_latitude,
            "place_longitude": self.place_longitude,
            "district_id": self.district_id.id,
        }

    def _prepare_part_secrecy(self):
        """Return who must not see it. Of a secret letter no part is less secret."""
        if not self.confidential:
            return {}
        return {
            "confidential": True,
            "reported_employee_ids": [Command.set(self.reported_employee_ids.ids)],
            "reported_department_id": self.reported_department_id.id,
        }

    def _pass_files(self, new, files):
        """Copy files of the letter; what the person has sent they see there, too."""
        own = self._get_letter_files()
        seen = self._get_portal_attachments()
        for file in own.filtered(lambda file: file.id in set(files)):
            copy = file.copy({"res_id": new.id, "name": file.name})
            if file in seen:
                new.letter_file_ids += copy

    def _get_letter_files(self):
        """Return the files on the case and in its messages, as superuser."""
        self.ensure_one()
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
            ("res_field", "=", False),
            ("type", "=", "binary"),
        ]
        return self.env["ir.attachment"].sudo().search(domain, order="id")

    def _pass_consents(self, new):
        """Let those follow the new case whom the person trusts with the letter."""
        if new.confidential:
            return
        for consent in self.intermediary_ids.filtered("is_current"):
            consent.copy({"case_id": new.id})

    def _get_portal_uploads(self):
        """Return also what the person had sent with the letter."""
        return super()._get_portal_uploads() | self.sudo().letter_file_ids

    # ----------------------------------------------------------------- history
    @api.model
    def _get_told_fields(self):
        return {**super()._get_told_fields(), "origin_id": "split_from_id"}

    def _get_timeline_sentence(self, event):
        if event.kind == "split_from":
            return self.env._(
                "It comes from your case %s, in which you wrote about several matters.",
                event.after,
            )
        if event.kind == "split_into":
            return self.env._(
                "One of its matters became a case of its own: %s.", event.after
            )
        return super()._get_timeline_sentence(event)

    # ----------------------------------------------------------------- telling
    def _tell_split(self, cases):
        """Tell the person all numbers at once, and each team that a case has come.

        The new cases are acknowledged by it. Titles of confidential cases stay out.
        """
        lang = self._get_letter_lang()
        template = self.env.ref("citizen_crm.mail_template_split").sudo()
        rows = [
            {
                "number": case.number,
                "title": "" if case.confidential else case.name,
                "promise": case.with_context(lang=lang).promise_text or "",
            }
            for case in cases
        ]
        told = self._send_notice(template.with_context(split_cases=rows))
        claimed = cases._claim_notice()
        if told:
            claimed._log("acknowledged")
        claimed._notice_team()

    def _get_letter_lang(self):
        """Return the language in which the city writes to the person."""
        city = self.company_id.partner_id
        return self.partner_id.lang or city.lang or self.env.lang
