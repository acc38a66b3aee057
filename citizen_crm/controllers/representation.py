from odoo import http
from odoo.http import request

from ..tools.web_input import parse_int
from .base import PortalBase


class RepresentationController(PortalBase, http.Controller):
    """Whom the person acts for, and who acts for the person."""

    @http.route(
        "/my/representations", type="http", auth="user", website=True, methods=["GET"]
    )
    def representations(self, **_params):
        """Say who acts for whom, and until when."""
        return self._answer(self._show)

    @http.route(
        "/my/representations/<string:key>/end",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def end(self, key, **_params):
        """End one of them at once: one's own office, or one's own consent."""
        return self._answer(self._end, key, scope="write")

    def _show(self):
        found = request.env["citizen.representation"]._get_portal_representations()
        return self._render(
            "portal_representations",
            {
                **found,
                "title": request.env._("Acting for others"),
                "done": request.httprequest.args.get("done") == "1",
            },
        )

    def _end(self, key):
        request.env["citizen.representation"]._portal_end(parse_int(key, low=1))
        return request.redirect("/my/representations?done=1#done")
