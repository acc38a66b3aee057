from odoo import api, models
from odoo.tools import format_date, html2plaintext

from ..models.catalogue.helpdesk_ticket_category import NATURES
from ..models.intake.helpdesk_ticket_oral_record import ORAL_RECORD_REASONS

DUPLICATES_SHOWN = 4


class CitizenIntake(models.TransientModel):
    """What the screen asks the server for while the clerk types."""

    _inherit = "citizen.intake"

    @api.model
    def get_start(self):
        """Return the choices that stay the same from one intake to the next."""
        self._check_clerk()
        settings = self.env.user.res_users_settings_id
        channels = self.env["helpdesk.ticket.channel"].search(
            [("is_intake", "=", True)]
        )
        return {
            "channels": [
                {"id": c.id, "name": c.name, "is_oral": c.is_oral} for c in channels
            ],
            "channel_id": (settings.intake_channel_id & channels or channels)[:1].id,
            "districts": self._get_choices("citizen.district"),
            "needs": self._get_choices("citizen.need"),
            "languages": self.env["res.lang"].get_installed(),
            "lang": self.env.lang,
            "natures": self._get_labels("helpdesk.ticket", "nature", NATURES),
            "oral_reasons": self._get_labels(
                "helpdesk.ticket", "oral_record_reason", ORAL_RECORD_REASONS
            ),
        }

    @api.model
    def _get_choices(self, model):
        return [
            {"id": record.id, "name": record.display_name}
            for record in self.env[model].search([])
        ]

    @api.model
    def _get_labels(self, model, field, selection):
        labels = dict(self.env[model]._fields[field]._description_selection(self.env))
        return [[value, labels[value]] for value, _label in selection]

    @api.model
    def search_service_types(self, term):
        """Return the service types for some words, the best first."""
        self._check_clerk()
        return [
            {
                "id": kind.id,
                "name": kind.name,
                "code": kind.code,
                "group": kind.parent_id.name,
                "team": kind.team_id.name,
                "keywords": kind.keywords,
            }
            for kind in self.env["helpdesk.ticket.category"]._find_service_types(term)
        ]

    @api.model
    def get_service_type(self, type_id):
        """Return the questions, the proposals and the words that explain them."""
        self._check_clerk()
        kind = self.env["helpdesk.ticket.category"].browse(type_id)
        kind.check_access("read")
        return {
            "id": kind.id,
            "name": kind.name,
            "group": kind.parent_id.name,
            "team": kind.team_id.name,
            "help": html2plaintext(kind.resident_help or ""),
            "questions": kind._get_intake_questions(),
            "role": kind.default_role,
            "nature": kind.default_nature,
            "explanations": self._explain_roles(),
            "nature_notes": self._explain_natures(),
        }

    @api.model
    def _explain_roles(self):
        """Say in plain words what either role means for the person and the city."""
        return {
            "citizen": self.env._(
                "The person exercises a right. The city must confirm receipt, answer "
                "with reasons and name the remedies. The deadline counts in working "
                "days from tomorrow's working day; a transfer never resets it. Only "
                "this person and the department in charge see the case."
            ),
            "customer": self.env._(
                "The person uses a service. The service standard applies, and its "
                "clock may pause while the city waits for them. Everybody who acts "
                "for the same customer sees the case."
            ),
        }

    @api.model
    def _explain_natures(self):
        """Say what a nature changes beyond its role, where it changes something."""
        return {
            "misconduct_report": self.env._(
                "Confidential: only named staff see it, never the person or unit "
                "reported. You will not find it again after registering."
            ),
            "rights_protection": self.env._(
                "The reply names the legal remedies in full."
            ),
            "praise": self.env._("It is passed on to those it is about; no deadline."),
        }

    @api.model
    def find_duplicates(self, values):
        """Return probable duplicates of what is typed so far, for the side panel."""
        self._check_clerk()
        found = self.env["helpdesk.ticket"]._find_probable_duplicates(
            values, limit=DUPLICATES_SHOWN
        )
        return [
            {
                "id": row["case"].id,
                "number": row["case"].number,
                "title": row["case"].name,
                "place": row["case"].place,
                "stage": row["case"].stage_id.name,
                "is_open": row["case"].is_open,
                "received": format_date(self.env, row["case"].received_date.date()),
                "lead": row["case"].duplicate_id.number,
                "district_id": row["case"].district_id.id,
                "score": row["score"],
                "reasons": row["reasons"],
            }
            for row in found
        ]
