from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

VERIFICATION_FIELDS = {"contact_verified_date", "contact_verified_by_id"}
STAFF = "helpdesk_mgmt.group_helpdesk_user_own"


class ResPartner(models.Model):
    _inherit = "res.partner"

    citizen_ids = fields.One2many("citizen.citizen", "partner_id")
    customer_ids = fields.One2many("citizen.customer", "partner_id")
    contact_verified_date = fields.Datetime(
        string="Contact Verified On",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the e-mail address or phone number was last proven to be the "
        "person's own: by staff, or by the link mailed for a portal account. A change "
        "of either clears it.",
    )
    contact_verified_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups=STAFF
    )
    has_citizen = fields.Boolean(compute="_compute_has_person_records")
    has_customer = fields.Boolean(compute="_compute_has_person_records")

    @api.depends("citizen_ids", "customer_ids")
    @api.depends_context("uid")
    def _compute_has_person_records(self):
        """Contacts are read by many who may not know of these records."""
        for role in ("citizen", "customer"):
            known = self.env[f"citizen.{role}"].has_access("read")
            for partner in self:
                partner[f"has_{role}"] = known and bool(partner[f"{role}_ids"])

    @api.constrains("is_company")
    def _check_citizen_is_individual(self):
        organisations = (
            self.sudo().with_context(active_test=False).filtered("is_company")
        )
        if organisations.citizen_ids:
            raise ValidationError(
                self.env._(
                    "%s has a citizen record; an organisation is no citizen. Create a "
                    "contact of its own for the organisation.",
                    organisations.citizen_ids[0].display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {key.removeprefix("default_") for key in self.env.context}
        self._check_verified_by_button(
            {name for vals in vals_list for name in vals} | defaults
        )
        return super().create(vals_list)

    def write(self, vals):
        """A changed e-mail address or phone number is no longer a verified one."""
        if self.env.context.get("merging_contacts"):
            vals = {k: v for k, v in vals.items() if k not in VERIFICATION_FIELDS}
        self._check_verified_by_button(vals.keys())
        changed = self.browse()
        for name in {"email", "phone"} & vals.keys():
            changed |= self.filtered(lambda p, n=name: (p[n] or "") != (vals[n] or ""))
        result = super().write(vals)
        # Whoever may edit the contact need not be allowed to know whether it was.
        verified = changed.sudo().filtered("contact_verified_date")
        if verified:
            verified.write(dict.fromkeys(VERIFICATION_FIELDS, False))
        if "tz" in vals and self.env["res.company"].sudo().search_count(
            [("partner_id", "in", self.ids)], limit=1
        ):
            # res.company._get_city_tz is cached.
            self.env.registry.clear_cache()
        return result

    def _check_verified_by_button(self, names):
        if VERIFICATION_FIELDS & names and not self.env.su:
            raise UserError(
                self.env._("A contact is verified by the button, not by an edit.")
            )

    def action_verify_contact(self):
        """Record that the present user has checked a contact person of a customer."""
        customers = self.env["citizen.customer"].search(
            [("partner_id", "in", self.commercial_partner_id.ids)]
        )
        customers.check_access("write")
        if self.commercial_partner_id - customers.partner_id:
            raise AccessError(
                self.env._("Only contact persons of a customer are verified here.")
            )
        self.sudo()._set_contact_verified(self.env.user)

    def _set_contact_verified(self, user):
        """Record who has made sure of these contacts, after checking that they may."""
        for partner in self:
            if not (partner.email or partner.phone):
                raise UserError(
                    self.env._(
                        "E-mail, Phone: %s has neither; there is nothing to verify.",
                        partner.display_name,
                    )
                )
        self.write(
            {
                "contact_verified_date": fields.Datetime.now(),
                "contact_verified_by_id": user.id,
            }
        )

    def _get_reachable_at(self):
        """Return what a verification of the contact is about."""
        return self.email_normalized, self.phone

    def _get_verification(self):
        return {
            "contact_verified_date": self.contact_verified_date,
            "contact_verified_by_id": self.contact_verified_by_id.id,
        }

    def action_view_citizen(self):
        """Open the citizen record of this person."""
        self.ensure_one()
        return self._action_view_record("citizen.citizen")

    def action_view_customer(self):
        """Open the customer record of this person or organisation."""
        self.ensure_one()
        return self._action_view_record("citizen.customer")

    def _action_view_record(self, model):
        record = (
            self.env[model]
            .with_context(active_test=False)
            .search([("partner_id", "=", self.id)], limit=1)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env[model]._description,
            "res_model": model,
            "res_id": record.id,
            "view_mode": "form",
            "context": {"default_partner_id": self.id},
        }
