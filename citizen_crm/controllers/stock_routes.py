"""The addresses of the base, closed or led to ours.

They stay because mails and bookmarks hold them. The classes come after the base's in
the order of inheritance, so these methods are the ones that are served.
"""

from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from ..tools.web_input import InputError, parse_case_key
from .base import PortalBase, UnknownPage


class StockTicketController(PortalBase, HelpdeskTicketController):
    """``/new/ticket``, ``/submitted/ticket`` and ``/ticket/close`` of the base."""

    @http.route(methods=["GET", "POST"])
    def create_new_ticket(self, **_params):
        """Lead to the catalogue, where a new case begins with the service."""
        return self._answer(self._lead_to, "/services")

    @http.route(methods=["POST"])
    def submit_ticket(self, **_params):
        """File nothing: a case needs a service type, which that form lacks."""
        return self._answer(self._lead_to, "/services")

    @http.route(methods=["POST"], website=True)
    def support_ticket_close(self, **_params):
        """Withdraw an own case; whatever stage is asked for, it is no other."""
        return self._answer(self._withdraw, scope="write")

    def _lead_to(self, path):
        return request.redirect(path)

    def _withdraw(self):
        case = self._get_case(request.httprequest.form.get("ticket_id"))
        case._portal_withdraw()
        return request.redirect(f"/my/case/{case.sudo()._get_portal_key()}")


class StockPortalController(PortalBase, CustomerPortalHelpdesk):
    """``/my/tickets`` and ``/my/ticket/<id>`` of the base."""

    @http.route(methods=["GET"])
    def portal_my_tickets(self, **_params):
        """Lead to the person's citizen cases."""
        return self._answer(self._lead_to, "/my/cases")

    @http.route(
        [
            "/my/ticket/<string:ticket_id>",
            "/my/ticket/<string:ticket_id>/<string:access_token>",
        ],
        type="http",
        auth="user",
        methods=["GET"],
    )
    def portal_my_ticket(self, ticket_id, **_params):
        """Lead to the case; a token in the address opens nothing."""
        return self._answer(self._lead_to_case, ticket_id)

    def _lead_to(self, path):
        return request.redirect(path)

    def _lead_to_case(self, key):
        try:
            parse_case_key(key)
        except InputError as error:
            raise UnknownPage from error
        return request.redirect(f"/my/case/{key}")
