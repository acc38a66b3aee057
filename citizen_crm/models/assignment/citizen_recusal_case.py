from odoo import models
from odoo.fields import Domain


class CitizenRecusal(models.Model):
    """Which conflicts of interest hold for the members of a team today."""

    _inherit = "citizen.recusal"

    def _get_excluded(self, employees):
        """Return dict ``(kind, id) -> employee ids``, of what is in force today.

        :param employees: whom the dispatcher looks at
        """
        today = self._get_today()
        recusals = self.sudo().search(
            Domain("employee_id", "in", employees.ids)
            & Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )
        excluded = {}
        for recusal in recusals:
            excluded.setdefault(recusal._get_key(), set()).add(recusal.employee_id.id)
        return excluded

    def _get_key(self):
        """Return kind and id of what this is about, as cases name them."""
        self.ensure_one()
        if self.kind == "person":
            return self.kind, self.partner_id.id
        if self.kind == "organisation":
            return self.kind, self.partner_id.commercial_partner_id.id
        subject = self.category_id if self.kind == "type" else self.case_id
        return self.kind, subject.id


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _get_recused(self, members):
        """Add who has declared a conflict of interest, by one query for the batch."""
        found = super()._get_recused(members)
        excluded = self.env["citizen.recusal"]._get_excluded(members.employee_id)
        if not excluded:
            return found
        for case in self:
            for key in case._get_recusal_keys():
                for employee_id in excluded.get(key, ()):
                    found[case.id][employee_id] = "recused"
        return found

    def _get_recusal_keys(self):
        """Yield all that a conflict of interest with this case may be about."""
        self.ensure_one()
        yield "case", self.id
        yield "person", self.partner_id.id
        yield "organisation", self.commercial_partner_id.id
        for category_id in (self.category_id.parent_path or "").split("/"):
            if category_id:
                yield "type", int(category_id)

    def action_declare_conflict(self):
        """Open the form by which one declares a conflict of interest with a case."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_recusal_action_new"
        )
        context = {"default_kind": "case", "default_case_number": self.number}
        return {**action, "context": context}
