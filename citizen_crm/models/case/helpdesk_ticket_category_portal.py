from odoo import api, models

#: Natures about rights: always a citizen case, nobody is asked.
RIGHTS_NATURES = frozenset({"misconduct_report", "rights_protection"})
#: Types of question that the portal can ask.
ASKED_TYPES = frozenset(
    {
        "boolean",
        "char",
        "date",
        "datetime",
        "float",
        "integer",
        "selection",
        "separator",
        "tags",
        "text",
    }
)


class HelpdeskTicketCategory(models.Model):
    """What residents see of the catalogue."""

    _inherit = "helpdesk.ticket.category"

    @api.model
    def _search_portal_services(self, ids=None):
        """Return the service types that residents may choose, in catalogue order.

        Found with the rights of the caller; whether a team can be reached is then
        looked up as superuser, since residents may not read teams.
        """
        domain = [("is_service", "=", True), ("show_in_portal", "=", True)]
        if ids is not None:
            domain.append(("id", "in", ids))
        found = self.search(domain, order="sequence, id")
        return found.sudo().filtered(
            lambda service: service.routing_state == "ok" and service._is_shown()
        )

    def _is_shown(self):
        """Tell whether neither this nor a heading above it is hidden."""
        category = self
        while category:
            if not (category.show_in_portal and category.active):
                return False
            category = category.parent_id
        return True

    def _get_portal_questions(self):
        """Return the questions of this service type that a web form can ask."""
        self.ensure_one()
        return [
            question
            for question in self.question_definition or []
            if question.get("type") in ASKED_TYPES and question.get("name")
        ]

    def _get_portal_roles(self, partner):
        """Return the roles this person may choose from, the proposed one first."""
        self.ensure_one()
        if partner.is_company:
            return ["customer"]
        if self.default_nature in RIGHTS_NATURES:
            return ["citizen"]
        first = self.default_role
        return [first, "customer" if first == "citizen" else "citizen"]
