from odoo import api, fields, models
from odoo.fields import Domain

from .counted import ON_RECORD


class CitizenPersonMixin(models.AbstractModel):
    """The cases of a person, counted apart for each of their two records."""

    _inherit = "citizen.person.mixin"

    case_count = fields.Integer(compute="_compute_case_count", string="Cases")
    open_case_count = fields.Integer(compute="_compute_case_count", string="Open Cases")

    @api.depends_context("uid")
    def _compute_case_count(self):
        field = self._fields["case_ids"].inverse_name
        totals, opens = dict.fromkeys(self.ids, 0), dict.fromkeys(self.ids, 0)
        for person, is_open, count in self.env["helpdesk.ticket"]._read_group(
            Domain(field, "in", self.ids) & ON_RECORD, [field, "is_open"], ["__count"]
        ):
            totals[person.id] += count
            if is_open:
                opens[person.id] += count
        for person in self:
            person.case_count = totals.get(person._origin.id, 0)
            person.open_case_count = opens.get(person._origin.id, 0)

    def action_view_cases(self):
        """Open the cases of this record."""
        self.ensure_one()
        field = self._fields["case_ids"].inverse_name
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.helpdesk_ticket_action"
        )
        action["domain"] = list(Domain(field, "=", self.id) & ON_RECORD)
        action["context"] = {
            f"default_{field}": self.id,
            "default_role": field.removesuffix("_id"),
        }
        return action


class CitizenCitizen(models.Model):
    _inherit = "citizen.citizen"

    case_ids = fields.One2many(
        "helpdesk.ticket",
        "citizen_id",
        context={"active_test": False},
        string="Citizen Cases",
    )


class CitizenCustomer(models.Model):
    _inherit = "citizen.customer"

    case_ids = fields.One2many(
        "helpdesk.ticket",
        "customer_id",
        context={"active_test": False},
        string="Customer Cases",
    )
