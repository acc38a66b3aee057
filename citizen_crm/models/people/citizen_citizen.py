from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CitizenCitizen(models.Model):
    """A person as a bearer of rights.

    The record says how the person can be reached and what the city must do to reach
    them equally. It never says what the person is worth: there is deliberately no
    score, value, rank, revenue or flag here, and nothing may be added that is.
    """

    _name = "citizen.citizen"
    _description = "Citizen"
    _inherit = ["citizen.person.mixin"]
    _inherits = {"res.partner": "partner_id"}
    _order = "reference desc, id desc"
    _number_field = "reference"
    _rec_names_search = [
        "reference",
        "partner_id.name",
        "partner_id.email",
        "partner_id.phone",
    ]

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact Record",
        required=True,
        ondelete="restrict",
        domain=[("is_company", "=", False)],
        help="The person's contact record: name, address, e-mail, phone, language.",
    )
    reference = fields.Char(
        string="Citizen No.", readonly=True, copy=False, default="/"
    )
    district_id = fields.Many2one(
        "citizen.district",
        index="btree_not_null",
        ondelete="restrict",
        help="Where the person lives. A case has its own district: where the matter "
        "is.",
    )
    need_ids = fields.Many2many(
        "citizen.need",
        string="Declared Needs",
        help="What the person asked the city to do to be reached equally. Declared "
        "by the person, never guessed.",
    )
    customer_ids = fields.One2many(related="partner_id.customer_ids")

    _partner_unique = models.Constraint(
        "UNIQUE (partner_id)", "This person already has a citizen record."
    )
    _reference_unique = models.UniqueIndex(
        "(reference) WHERE reference != '/'",
        "This citizen number is already used by another citizen.",
    )

    @api.constrains("partner_id")
    def _check_individual(self):
        for citizen in self:
            if citizen.partner_id.is_company:
                raise ValidationError(
                    self.env._(
                        "Contact: %s is an organisation. A citizen is an individual; "
                        "open a customer record for the organisation instead.",
                        citizen.partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if (vals.get("reference") or "/") == "/":
                vals["reference"] = self.env["ir.sequence"].next_by_code(
                    "citizen.citizen"
                )
        return super().create(vals_list)

    @api.model
    def _get_fields_to_find(self):
        return [*super()._get_fields_to_find(), "district_id"]

    def _prepare_merged_values(self, others):
        values = super()._prepare_merged_values(others)
        values["district_id"] = (self.district_id or others.district_id[:1]).id
        return values

    def action_view_customer(self):
        """Open the same person's customer record."""
        self.ensure_one()
        return self.partner_id.action_view_customer()
