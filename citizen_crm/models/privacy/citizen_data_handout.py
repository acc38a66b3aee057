from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_normalize, escape_psql


class CitizenDataHandout(models.Model):
    """That a person was given the own data: to whom, when, by whom. Append-only."""

    _name = "citizen.data.handout"
    _description = "Data Handed Out"
    _order = "at desc, id desc"
    _rec_name = "at"

    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose data were handed out; empty for an address without a contact.",
    )
    at = fields.Datetime(
        string="Handed Out",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When the file was made.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="The privacy officer, or the person themselves on the portal.",
    )
    identity = fields.Char(
        readonly=True,
        help="How the privacy officer made sure that it was the person.",
    )
    case_numbers = fields.Char(
        string="Cases", readonly=True, help="The cases in the file."
    )

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("What was handed out is on record for good."))

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("What was handed out is on record for good."))

    @api.model
    def _enter(self, partner, cases, identity=False):
        """Record a handing-out; returns the row."""
        return self.sudo().create(
            {
                "partner_id": partner.id,
                "user_id": self.env.uid,
                "identity": identity,
                "case_numbers": ", ".join(cases.sudo().mapped("number")),
            }
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _find_by_address(self, email):
        """Return the contacts with an address, and the cases that name it.

        Cases without a contact are found by the address they came from.
        """
        address = email_normalize(email or "") or ""
        Case = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        if not address:
            return self.browse(), Case
        people = self.sudo().search([("email_normalized", "=", address)])
        loose = Domain("partner_id", "=", False)
        loose &= Domain("partner_email", "=ilike", escape_psql(address))
        cases = Case.search(Domain("partner_id", "in", people.ids) | loose)
        return people, cases

    def _get_own_data(self, cases):
        """Return what the city holds of a person, as plain values for a file.

        Call it as superuser, after having made sure who asks.

        :param cases: the cases to put in
        """
        citizen, customer = self.citizen_ids[:1], self.customer_ids[:1]
        to_text = fields.Datetime.to_string
        return {
            "made_on": to_text(fields.Datetime.now()),
            "city": self.env.company.name,
            "person": {
                "name": self.name or "",
                "email": self.email or "",
                "phone": self.phone or "",
                "address": self._display_address(without_company=True).strip(),
                "language": self.lang or "",
                "organisation": self.parent_id.name or "",
                "contact_verified_on": to_text(self.contact_verified_date) or "",
                "citizen_number": citizen.reference or "",
                "account_number": customer.account_number or "",
                "district": citizen.district_id.name or "",
                "declared_needs": citizen.need_ids.mapped("name"),
                "wants_to_be_reached": (citizen or customer).contact_preference or "",
            },
            "account": [
                {"login": user.login, "since": to_text(user.create_date)}
                for user in self.user_ids
            ],
            "consents": [
                {
                    "case": consent.case_id.number,
                    "intermediary": consent.partner_id.name,
                    "from": fields.Date.to_string(consent.consent_date),
                    "until": fields.Date.to_string(consent.date_to) or "",
                }
                for consent in cases.intermediary_ids
            ],
            "cases": [case._get_case_copy() for case in cases],
        }
