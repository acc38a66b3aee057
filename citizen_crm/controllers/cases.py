from odoo import http
from odoo.fields import Domain
from odoo.http import request

from ..tools.web_files import SHOWN
from ..tools.web_input import clean_text, parse_choice, parse_int
from .base import PortalBase, UnknownPage
from .standby import reads_only

PAGE_SIZE = 20
SEARCH_LIMIT = 100
#: What may stand in an address, and the order it means. Nothing else is an order.
ORDERS = {
    "newest": "received_date desc, id desc",
    "oldest": "received_date, id",
    "number": "number, id",
}
STATES = {
    "open": Domain("is_open", "=", True),
    "ended": Domain("is_open", "=", False),
    "all": Domain.TRUE,
}
_LIST = {"type": "http", "website": True, "methods": ["GET"], "readonly": reads_only}
PATHS = {
    "citizen": "/my/cases",
    "customer": "/my/organisation/cases",
    "represented": "/my/represented",
}


def get_list_title(role):
    """Return what the list of a person's cases of a role is called."""
    if role == "represented":
        return request.env._("Cases of those I act for")
    if role == "citizen":
        return request.env._("My citizen cases")
    return request.env._("My organisation's customer cases")


def get_list_role(case):
    """Return the list in which the person with whose eyes it is read finds a case."""
    return "represented" if case._get_representation() else case.role


def get_case_values(case):
    """Return what the page of a case shows to the person with whose eyes it is read.

    :param case: as superuser after the access check; it is turned into plain values
    """
    return {
        "case": case._get_portal_page(),
        "title": f"{case.number} {case.name}",
        "list_path": PATHS[get_list_role(case)],
        "list_title": get_list_title(get_list_role(case)),
        "done": "",
        "typed": "",
        "error": "",
    }


class CasesController(PortalBase, http.Controller):
    """The cases of a person, and those of the person's organisation, apart."""

    @http.route("/my/cases", auth="user", **_LIST)
    def citizen_cases(self, **_params):
        """List the citizen cases of the person."""
        return self._list("citizen")

    @http.route("/my/organisation/cases", auth="user", **_LIST)
    def customer_cases(self, **_params):
        """List the customer cases of the person's organisation."""
        return self._list("customer")

    @http.route("/my/represented", auth="user", **_LIST)
    def represented_cases(self, **_params):
        """List the cases of those for whom the person acts."""
        return self._list("represented")

    @http.route(
        "/my/case/<string:key>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def case(self, key, **_params):
        """Show one case."""
        return self._answer(self._show_case, key)

    @http.route(
        "/my/case/<string:key>/filed",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def filed(self, key, **_params):
        """Confirm that a case was filed, with its number."""
        return self._answer(self._show_filed, key)

    @http.route(
        "/my/case/<string:key>/file/<string:file_key>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def case_file(self, key, file_key, **_params):
        """Send a file of the case: an own upload or one of a public message."""
        return self._answer(self._send_file, key, file_key)

    # ------------------------------------------------------------------- acts
    def _list(self, role):
        scope = "search" if request.httprequest.args.get("search") else None
        return self._answer(self._show_list, role, scope=scope)

    def _show_list(self, role):
        wanted = self._parse_list()
        Case = request.env["helpdesk.ticket"]
        mine = Case._get_portal_domain(role)
        domain = mine & STATES[wanted["state"]] & self._get_search(wanted["search"])
        total = Case.search_count(domain)
        pages = max(1, -(-total // PAGE_SIZE))
        page = min(wanted["page"], pages)
        cases = Case.search(
            domain,
            order=ORDERS[wanted["sort"]],
            limit=PAGE_SIZE,
            offset=(page - 1) * PAGE_SIZE,
        )
        return self._render(
            "portal_cases",
            {
                **wanted,
                "title": get_list_title(role),
                "role": role,
                "path": PATHS[role],
                "organisation": self._get_person().commercial_partner_id.name or "",
                # The search above went by the person's own rights.
                "cases": [case._get_portal_row() for case in cases.sudo()],
                "total": total,
                "total_all": Case.search_count(mine),
                "page": page,
                "pages": pages,
            },
        )

    def _parse_list(self):
        args = request.httprequest.args
        return {
            "sort": parse_choice(args.get("sort"), ORDERS, default="newest"),
            "state": parse_choice(args.get("state"), STATES, default="all"),
            "search": clean_text(args.get("search"), SEARCH_LIMIT),
            "page": parse_int(args.get("page"), low=1, default=1),
        }

    def _get_search(self, text):
        """Search what the person can see: number, title and place. No messages."""
        if not text:
            return Domain.TRUE
        return Domain.OR(
            Domain(name, "ilike", text) for name in ("number", "name", "place")
        )

    def _show_case(self, key, typed="", error="", status=200):
        case = self._get_case(key).sudo()
        done = parse_choice(
            request.httprequest.args.get("done"),
            {"message", "withdrawn", "rights", "reopened"},
        )
        return self._render(
            "portal_case",
            {
                # As superuser after the access check, turned into plain values.
                **get_case_values(case),
                "form_key": self._make_form_key(),
                "done": done,
                "typed": typed,
                "error": error,
            },
            status=status,
        )

    def _show_filed(self, key):
        case = self._get_case(key).sudo()
        return self._render(
            "portal_filed",
            {
                "title": request.env._("We have received your case"),
                "case": case._get_portal_row(),
                "department": case._get_portal_department(),
                "promise": case.promise_text,
                "email": case.partner_email or "",
                "secret": self._take_secret(case),
                "list_path": PATHS[get_list_role(case)],
            },
        )

    def _take_secret(self, case):
        """Return the secret of a case that was just filed, for the only time."""
        case_id, secret = request.session.pop("citizen_secret", (0, ""))
        return secret if case_id == case.id else ""

    def _send_file(self, key, file_key):
        case = self._get_case(key)
        wanted = parse_int(file_key, low=1)
        file = case._get_portal_attachments().filtered(lambda f: f.id == wanted)
        if not file:
            raise UnknownPage
        stream = request.env["ir.binary"]._get_stream_from(file)
        return stream.get_response(as_attachment=file.mimetype not in SHOWN)
