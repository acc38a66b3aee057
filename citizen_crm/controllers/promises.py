from odoo import http
from odoo.http import request

from .base import PortalBase
from .standby import reads_only


class PromisesController(PortalBase, http.Controller):
    """What the city promises, and how it has kept it: one public page."""

    @http.route(
        "/services/promises",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=reads_only,
    )
    def promises(self, **_params):
        """Show the promises of the rules in force, service by service."""
        return self._answer(self._show_promises)

    def _show_promises(self):
        services = request.env["helpdesk.ticket.category"]._search_portal_services()
        groups = {}
        for service in services:
            group = service.parent_id.complete_name or request.env._("More services")
            groups.setdefault(group, []).append(
                {
                    "id": service.id,
                    "name": service.name,
                    "department": service.department_id.name or "",
                    "promise": service._get_portal_promise(),
                    "kept": service._get_portal_kept(),
                }
            )
        return self._render(
            "portal_promises",
            {
                "title": request.env._("What the city promises"),
                "groups": [
                    {"name": name, "services": rows} for name, rows in groups.items()
                ],
            },
        )
