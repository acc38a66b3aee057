from odoo import http
from odoo.http import request
from odoo.tools import html2plaintext, is_html_empty

from ..tools.catalogue_search import rank
from ..tools.web_input import clean_text
from .base import PortalBase
from .standby import reads_only

QUERY_LIMIT = 100


class CatalogueController(PortalBase, http.Controller):
    """The catalogue of services, readable without an account."""

    @http.route(
        "/services",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=reads_only,
    )
    def services(self, **_params):
        """Show the service types that residents may choose, found by words."""
        scope = "search" if request.httprequest.args.get("q") else None
        return self._answer(self._show_catalogue, scope=scope)

    def _show_catalogue(self):
        query = self._get_query()
        services = request.env["helpdesk.ticket.category"]._search_portal_services()
        entries = {service.id: self._get_entry(service) for service in services}
        if query:
            found = rank(query, [(key, e["searched"]) for key, e in entries.items()])
        else:
            found = list(entries)
        return self._render(
            "portal_catalogue",
            {
                "title": request.env._("Services of the city"),
                "query": query,
                "can_file": request.env.company.sudo().file_without_account,
                "count": len(found),
                "groups": self._group([entries[key] for key in found]),
            },
        )

    def _get_query(self):
        return clean_text(request.httprequest.args.get("q"), QUERY_LIMIT)

    def _get_entry(self, service):
        """Return what a card shows and what the search looks at."""
        text = (
            ""
            if is_html_empty(service.resident_help)
            else html2plaintext(service.resident_help)
        )
        text = " ".join(text.split())
        return {
            "id": service.id,
            "name": service.name,
            "group": service.parent_id.complete_name or "",
            "hint": text if len(text) <= 140 else text[:140].rsplit(" ", 1)[0] + " …",
            "searched": (
                f"{service.name} {service.code or ''}",
                f"{service.keywords or ''} {service.parent_id.complete_name or ''}",
                text,
            ),
        }

    def _group(self, entries):
        """Return the entries by group heading, in the order of the catalogue."""
        groups = {}
        for entry in entries:
            groups.setdefault(entry["group"], []).append(entry)
        other = request.env._("More services")
        return [
            {"name": name or other, "entries": cards} for name, cards in groups.items()
        ]
