from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CitizenCustomer(models.Model):
    """A person or an organisation as the user of a city service."""

    _name = "citizen.customer"
    _description = "Customer"
    _inherit = ["citizen.person.mixin"]
    _inherits = {"res.partner": "partner_id"}
    _order = "account_number desc, id desc"
    _number_field = "account_number"
    _rec_names_search = [
        "account_number",
        "partner_id.name",
        "partner_id.email",
        "partner_id.phone",
    ]

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact Record",
        required=True,
        ondelete="restrict",
        help="The person or organisation; its contacts may act for it.",
    )
    account_number = fields.Char(
        string="Account No.", readonly=True, copy=False, default="/"
    )
    citizen_ids = fields.One2many(related="partner_id.citizen_ids")

    _partner_unique = models.Constraint(
        "UNIQUE (partner_id)",
        "This person or organisation already has a customer record.",
    )
    _account_number_unique = models.UniqueIndex(
        "(account_number) WHERE account_number != '/'",
        "This account number is already used by another customer.",
    )

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for customer in self:
            partner = customer.partner_id
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "Contact: %(contact)s acts for %(organisation)s. The customer "
                        "record belongs to the organisation, which lists its contacts.",
                        contact=partner.name,
                        organisation=partner.commercial_partner_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if (vals.get("account_number") or "/") == "/":
                vals["account_number"] = self.env["ir.sequence"].next_by_code(
                    "citizen.customer"
                )
        return super().create(vals_list)

    @api.model
    def _find_or_create(self, partners):
        """As for any person, but the record is the one of the organisation."""
        commercial = super()._find_or_create(partners.commercial_partner_id)
        return {
            partner.id: commercial[partner.commercial_partner_id.id]
            for partner in partners
        }

    def action_view_citizen(self):
        """Open the same person's citizen record."""
        self.ensure_one()
        return self.partner_id.action_view_citizen()
