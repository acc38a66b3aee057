from odoo import http
from odoo.http import request

from .base import PortalBase


class IntermediaryController(PortalBase, http.Controller):
    """What people have entrusted to an intermediary: status and answers."""

    @http.route(
        "/my/entrusted", type="http", auth="user", website=True, methods=["GET"]
    )
    def entrusted(self, **_params):
        """List the cases in which the signed-in person is a current intermediary."""
        return self._answer(self._list_entrusted)

    def _list_entrusted(self):
        Case = request.env["helpdesk.ticket"]
        return self._render(
            "portal_entrusted",
            {"entries": Case._get_intermediary_cases(self._get_person())},
        )
