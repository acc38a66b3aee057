from odoo import http
from odoo.http import request

#: Seconds after which a proxy may ask another time.
_HEADERS = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]


class HealthController(http.Controller):
    """What the proxy and the people who watch the servers ask.

    The framework's ``/web/health`` says that a process runs. These say whether it can
    do its work; without the database the answer is 503 (``unavailable.py``).
    """

    @http.route(
        "/citizen/health",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
        readonly=False,
    )
    def serves(self, **_params):
        """Tell the proxy whether to send people here; nothing else is told."""
        is_well = request.env["citizen.health"].sudo()._can_serve()
        return request.make_json_response(
            {"status": "pass" if is_well else "fail"},
            headers=_HEADERS,
            status=200 if is_well else 503,
        )

    @http.route(
        "/citizen/health/work",
        type="http",
        auth="bearer",
        methods=["GET"],
        save_session=False,
        readonly=False,
    )
    def works(self, **_params):
        """Tell an employee's key what is late; figures only, no case, no person."""
        if not request.env.user._is_internal():
            return request.not_found()
        report = request.env["citizen.health"].sudo()._get_report()
        status = 503 if report["status"] == "fail" else 200
        return request.make_json_response(report, headers=_HEADERS, status=status)
