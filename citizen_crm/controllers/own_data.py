import json

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .base import PortalBase

KINDS = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}


class OwnDataController(PortalBase, http.Controller):
    """What the city holds of a person, for the person to take along."""

    @http.route("/my/data", type="http", auth="user", website=True, methods=["GET"])
    def own_data(self, **_params):
        """Say what there is and offer it."""
        return self._answer(self._show_own_data)

    @http.route(
        "/my/data/download", type="http", auth="user", website=True, methods=["GET"]
    )
    def download_own_data(self, **_params):
        """Send all own data as JSON."""
        return self._answer(self._send_own_data, scope="write")

    @http.route(
        "/my/case/<string:key>/copy",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def case_copy(self, key, **_params):
        """Send the whole case as PDF, or as a page where there is no PDF."""
        return self._answer(self._send_copy, key, scope="write")

    # ------------------------------------------------------------------- acts
    def _show_own_data(self):
        cases = self._get_own_cases()
        return self._render(
            "portal_own_data",
            {"title": request.env._("My data"), "case_count": len(cases)},
        )

    def _send_own_data(self):
        # Found with the person's own rights; the person themselves asks.
        cases, person = self._get_own_cases().sudo(), self._get_person().sudo()
        data = json.dumps(person._get_own_data(cases), ensure_ascii=False, indent=2)
        request.env["citizen.data.handout"]._enter(person, cases)
        return self._send(data.encode(), "application/json", "data.json")

    def _send_copy(self, key):
        case = self._get_case(key)
        content, kind = case.sudo()._render_copies(request.env.lang)
        name = f"{case._get_portal_key()}.{kind}" if kind == "pdf" else ""
        return self._send(content, KINDS[kind], name)

    def _get_own_cases(self):
        """Return the cases that are the person's alone to have."""
        person = self._get_person()
        Case = request.env["helpdesk.ticket"]
        domain = Case._get_portal_domain() & Domain("partner_id", "=", person.id)
        return Case.search(domain, order="id")

    def _send(self, content, kind, name):
        headers = [("Content-Type", kind), ("Content-Length", str(len(content)))]
        if name:
            headers.append(("Content-Disposition", f'attachment; filename="{name}"'))
        return request.make_response(content, headers)
