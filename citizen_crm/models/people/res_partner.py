from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    citizen_ids = fields.One2many("citizen.citizen", "partner_id")
    customer_ids = fields.One2many("citizen.customer", "partner_id")
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

    def write(self, vals):
        """A changed e-mail address or phone number is no longer a verified one."""
        changed = self.browse()
        for name in {"email", "phone"} & vals.keys():
            changed |= self.filtered(lambda p, n=name: (p[n] or "") != (vals[n] or ""))
        result = super().write(vals)
        if changed:
            # Whoever may edit the contact need not be allowed to edit the citizen.
            self.env["citizen.citizen"].sudo().with_context(active_test=False).search(
                [
                    ("partner_id", "in", changed.ids),
                    ("contact_verified_date", "!=", False),
                ]
            ).write({"contact_verified_date": False, "contact_verified_by_id": False})
        if "tz" in vals and self.env["res.company"].sudo().search_count(
            [("partner_id", "in", self.ids)], limit=1
        ):
            # res.company._get_city_tz is cached.
            self.env.registry.clear_cache()
        return result

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
