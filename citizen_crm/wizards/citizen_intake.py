from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

from ..models.access.helpdesk_ticket_access import MAX_TITLE
from ..models.catalogue.helpdesk_ticket_category import NATURES, ROLES
from ..models.intake.helpdesk_ticket_oral_record import (
    ORAL_RECORD_REASONS,
    ORAL_RECORD_STATES,
)


class CitizenIntake(models.TransientModel):
    """What a clerk writes down while a person speaks, until the case is registered.

    The screen New Intake calls :meth:`register` once, with everything; the case, the
    person and the join to a matter are written in one transaction or not at all.
    """

    _name = "citizen.intake"
    _description = "New Intake"
    _rec_name = "title"

    channel_id = fields.Many2one("helpdesk.ticket.channel")
    person_kind = fields.Selection(
        [("known", "Known"), ("new", "New"), ("anonymous", "Anonymous")],
        string="Person",
        default="anonymous",
        required=True,
    )
    partner_id = fields.Many2one("res.partner", string="Known Person")
    person_name = fields.Char(string="Name")
    phone = fields.Char()
    email = fields.Char(string="E-mail")
    lang = fields.Char(string="Language")
    home_district_id = fields.Many2one("citizen.district")
    need_ids = fields.Many2many("citizen.need", string="Declared Needs")
    organisation_id = fields.Many2one("res.partner", string="Known Organisation")
    organisation_name = fields.Char(string="Organisation")
    category_id = fields.Many2one("helpdesk.ticket.category", string="Service Type")
    role = fields.Selection(ROLES)
    nature = fields.Selection(NATURES)
    answers = fields.Json()
    place = fields.Char()
    place_latitude = fields.Float(string="Latitude", digits=(10, 7))
    place_longitude = fields.Float(string="Longitude", digits=(10, 7))
    district_id = fields.Many2one("citizen.district")
    title = fields.Char()
    description = fields.Text()
    lead_id = fields.Many2one("helpdesk.ticket", string="Same Matter As")
    oral_record_state = fields.Selection(ORAL_RECORD_STATES, string="Oral Record")
    oral_record_reason = fields.Selection(
        ORAL_RECORD_REASONS, string="Why Not Read Back"
    )
    oral_record_note = fields.Char(string="Note on the Oral Record")

    @api.model
    def register(self, values):
        """Register a case from the values of the screen; return what it shows then.

        Nothing of it stays here: the written-down values go when the case exists.
        """
        intake = self.create(values)
        result = intake.action_register()
        intake.unlink()
        return result

    def action_register(self):
        """Register the case in one transaction and tell the person its number."""
        self.ensure_one()
        self._check_complete()
        partner = self._get_partner()
        case = self._create_case(partner)
        self._save_declarations(partner)
        self._remember_channel()
        self._send_notice(case)
        return self._get_confirmation(case)

    # ---------------------------------------------------------------- checks
    def _check_complete(self):
        """Name the first field that is missing or wrong."""
        self.ensure_one()
        if not self.channel_id:
            raise ValidationError(
                self.env._("Channel: choose how the person reached you.")
            )
        if not self.category_id or not self.category_id.is_service:
            raise ValidationError(
                self.env._("Service Type: choose what the case is about from the list.")
            )
        if len(self.title or "") > MAX_TITLE:
            raise ValidationError(
                self.env._("Title: at most %s characters.", MAX_TITLE)
            )
        self._check_person()
        self._check_lead()
        self._check_oral_record()

    def _check_person(self):
        if self.person_kind == "known" and not self.partner_id:
            raise ValidationError(self.env._("Person: choose somebody from the list."))
        if self.person_kind == "new" and not self.person_name:
            raise ValidationError(self.env._("Name: a new person needs a name."))
        if self._get_role() == "customer" and self.person_kind == "anonymous":
            raise ValidationError(
                self.env._(
                    "Person: a customer case needs to know whom the service is for."
                )
            )
        if self._get_role() == "citizen" and self.partner_id.is_company:
            raise ValidationError(
                self.env._(
                    "Person: %s is an organisation. Choose the contact who speaks, or "
                    "make it a customer case.",
                    self.partner_id.display_name,
                )
            )

    def _check_lead(self):
        """A case is joined only to one that the clerk may see."""
        lead = self.lead_id
        if lead and (not lead.has_access("read") or lead.confidential):
            raise ValidationError(
                self.env._("Same Matter As: this case cannot be joined.")
            )

    def _check_oral_record(self):
        if self.oral_record_state == "not_read_back" and not self.oral_record_reason:
            raise ValidationError(
                self.env._(
                    "Why Not Read Back: choose the reason why the record was not read "
                    "back."
                )
            )

    def _check_clerk(self):
        """Let only those in who may register a case."""
        self.browse().check_access("create")

    def _get_role(self):
        return self.role or self.category_id.default_role

    def _get_nature(self):
        return self.nature or self.category_id.default_nature

    # ---------------------------------------------------------------- person
    def _get_partner(self):
        """Return the person's contact, made as superuser if it is a new one.

        Whoever may register a case may thereby register the person, who need not be
        able to edit contacts otherwise.
        """
        self.ensure_one()
        Partner = self.env["res.partner"]
        if self.person_kind == "known":
            self.partner_id.check_access("read")
            return self.partner_id
        if self.person_kind == "anonymous":
            return Partner
        self.env[f"citizen.{self._get_role()}"].browse().check_access("create")
        parent = self._get_organisation()
        return (
            Partner.sudo()
            .create({**self._prepare_partner_values(), "parent_id": parent.id})
            .sudo(False)
        )

    def _get_organisation(self):
        if self.organisation_id:
            self.organisation_id.check_access("read")
            return self.organisation_id.commercial_partner_id
        if self.organisation_name:
            return (
                self.env["res.partner"]
                .sudo()
                .create({"name": self.organisation_name.strip(), "is_company": True})
            )
        return self.env["res.partner"]

    def _prepare_partner_values(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return {
            "name": self.person_name.strip(),
            "phone": (self.phone or "").strip() or False,
            "email": (self.email or "").strip() or False,
            "lang": self.lang if self.lang in installed else self.env.user.lang,
            "user_id": False,
        }

    def _save_declarations(self, partner):
        """Keep what a new person declared: the home district and the needs."""
        if self.person_kind != "new" or not (self.need_ids or self.home_district_id):
            return
        citizen = self.env["citizen.citizen"].sudo()._find_or_create(partner.sudo())
        citizen[partner.id].write(
            {
                "need_ids": [fields.Command.set(self.need_ids.ids)],
                "district_id": self.home_district_id.id,
            }
        )

    # ------------------------------------------------------------------ case
    def _create_case(self, partner):
        """Register the case with the clerk's rights.

        A clerk registers what a resident brings, cleared for it or not: the case may
        be out of the clerk's sight from then on.
        """
        return self.env["helpdesk.ticket"].create(self._prepare_case_values(partner))

    def _prepare_case_values(self, partner):
        lead = self.lead_id.duplicate_id or self.lead_id
        description = (self.description or "").strip() or self._get_title()
        return {
            "channel_id": self.channel_id.id,
            "category_id": self.category_id.id,
            "role": self._get_role(),
            "nature": self._get_nature(),
            "partner_id": partner.id,
            "answers": self._get_answers(),
            "place": self.place,
            "place_latitude": self.place_latitude,
            "place_longitude": self.place_longitude,
            "district_id": self.district_id.id,
            "name": self._get_title(),
            "description": plaintext2html(description),
            "duplicate_id": lead.id,
            **self._prepare_oral_record(),
        }

    def _prepare_oral_record(self):
        if self._get_role() != "citizen" or not self.channel_id.is_oral:
            return {"oral_record_state": "not_needed"}
        return {
            "oral_record_state": self.oral_record_state or "not_needed",
            "oral_record_reason": self.oral_record_reason,
            "oral_record_note": self.oral_record_note,
        }

    def _get_title(self):
        proposed = " – ".join(filter(None, (self.category_id.name, self.place)))
        return ((self.title or "").strip() or proposed)[:MAX_TITLE]

    def _get_answers(self):
        """Return the answers to questions that the type really asks."""
        asked = {q["name"] for q in self.category_id._get_intake_questions()}
        answers = self.answers or {}
        return {name: value for name, value in answers.items() if name in asked}

    # ----------------------------------------------------------------- after
    def _send_notice(self, case):
        case.sudo()._notice_received()

    def _remember_channel(self):
        settings = self.env["res.users.settings"]._find_or_create_for_user(
            self.env.user
        )
        if settings.intake_channel_id != self.channel_id:
            settings.intake_channel_id = self.channel_id

    def _get_confirmation(self, case):
        """Return what the clerk tells the person; the number even out of sight."""
        told = case.sudo()
        visible = case.has_access("read")
        return {
            "id": case.id if visible else False,
            "number": told.number,
            "title": told.name,
            "role": told.role,
            "person": told.partner_id.display_name or False,
            "email": told.partner_id.email or False,
            "team": told.team_id.display_name or False,
            "lead": told.duplicate_id.number or False,
            "receipt_url": told._get_receipt_url() if visible else False,
            "receipt_page": False if visible else case._render_receipt(),
        }
