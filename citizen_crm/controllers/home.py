from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


class HomeController(CustomerPortalHelpdesk):
    """The counts on the portal's home page, citizen and customer apart."""

    def _prepare_portal_layout_values(self):
        """Say whether there is anything to show of who acts for whom."""
        known = request.env["citizen.representation"]._get_portal_representations()
        return {
            **super()._prepare_portal_layout_values(),
            "has_representations": bool(known["acting"] or known["acted"]),
        }

    def _prepare_home_portal_values(self, counters):
        # The base would count every ticket that the user's rules show.
        ours = {"citizen_case_count": "citizen", "customer_case_count": "customer"}
        values = super()._prepare_home_portal_values(
            [name for name in counters if name != "ticket_count"]
        )
        Case = request.env["helpdesk.ticket"]
        for name in ours.keys() & set(counters):
            domain = Case._get_portal_domain(ours[name])
            values[name] = Case.search_count(domain) if Case.has_access("read") else 0
        if "entrusted_case_count" in counters:
            person = request.env.user.partner_id
            values["entrusted_case_count"] = len(Case._get_intermediary_cases(person))
        if "representation_count" in counters:
            known = request.env["citizen.representation"]._get_portal_representations()
            values["representation_count"] = len(known["acting"] + known["acted"])
        return values
