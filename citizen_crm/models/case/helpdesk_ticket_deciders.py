from odoo import api, models
from odoo.fields import Domain

#: Who decides on a wish of a handler, at least; the head may do what a lead may.
LEVELS = [("lead", "Team lead"), ("head", "Department head")]


class HelpdeskTicket(models.Model):
    """Who decides on what is asked for in a case: nobody on what they ask for."""

    _inherit = "helpdesk.ticket"

    def _get_deciders(self, level, asker):
        """Return who may decide, whoever is asked first coming first.

        :param level: one of ``LEVELS``
        :param asker: ``res.users`` who has asked; it goes to whoever stands above
        """
        self.ensure_one()
        case = self.sudo()
        users = case.department_id._get_heads()
        if level == "lead":
            users = case.team_id.user_id | users
        return case._filter_readers(users - asker)

    @api.model
    def _get_deciding_domain(self):
        """Return the domain of rows that the user may decide on.

        For a model with ``case_id``, ``level`` and ``asked_by_id``.
        """
        user = self.env.user
        below = self.env["hr.department"]._get_headed()
        as_head = Domain("case_id.department_id", "in", below.ids)
        as_lead = Domain("level", "=", "lead") & Domain(
            "case_id.team_id.user_id", "=", user.id
        )
        return Domain("asked_by_id", "!=", user.id) & (as_head | as_lead)
