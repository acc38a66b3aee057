import time

from odoo import http
from odoo.http import request

from ..tools.web_files import SHOWN
from ..tools.web_input import InputError, clean_text, network_of, parse_int
from .base import (
    MAX_REQUEST_BYTES,
    PortalBase,
    TextKept,
    TooManyRequests,
    UnknownPage,
)
from .case_actions import MESSAGE_LIMIT

NUMBER_LIMIT, SECRET_LIMIT = 40, 60
#: A visit ends so long after the last page.
VISIT_SECONDS = 30 * 60
_PAGE = {"type": "http", "auth": "public", "website": True}


def get_tracked_values(case):
    """Return what the page of a case shows to the holder of number and secret.

    :param case: as superuser after the secret was checked, or the rights of staff
    """
    page = case._get_tracked_page()
    return {
        "case": page,
        "title": f"{case.number} {page.get('name', '')}".strip(),
        "done": "",
        "typed": "",
        "error": "",
    }


class TrackingController(PortalBase, http.Controller):
    """Following one case with its number and secret, for half an hour."""

    @http.route("/track", methods=["GET"], **_PAGE)
    def track(self, **_params):
        """Ask for number and secret."""
        return self._answer(self._show_entry)

    @http.route("/track", methods=["POST"], **_PAGE)
    def enter(self, **_params):
        """Open the case, if the two belong together."""
        return self._answer(self._enter)

    @http.route("/track/case", methods=["GET"], **_PAGE)
    def tracked_case(self, **_params):
        """Show the case."""
        return self._answer(self._show_tracked)

    @http.route("/track/case/file/<string:key>", methods=["GET"], **_PAGE)
    def tracked_file(self, key, **_params):
        """Send a file of the case."""
        return self._answer(self._send_tracked_file, key)

    @http.route(
        "/track/case/message",
        methods=["POST"],
        csrf=False,
        max_content_length=MAX_REQUEST_BYTES,
        **_PAGE,
    )
    def say(self, **_params):
        """Add a message. The token is checked by ``_check_token``."""
        return self._answer(self._say, scope="write")

    @http.route("/track/leave", methods=["POST"], **_PAGE)
    def leave(self, **_params):
        """End the visit."""
        return self._answer(self._leave)

    # ------------------------------------------------------------------- acts
    def _show_entry(self):
        if self._find_tracked():
            return request.redirect("/track/case")
        return self._render_entry()

    def _enter(self):
        form = request.httprequest.form
        try:
            number = clean_text(form.get("number"), NUMBER_LIMIT)
            secret = clean_text(form.get("secret"), SECRET_LIMIT)
        except InputError:
            number = secret = ""
        self._limit_number(number)
        row = request.env["helpdesk.ticket"]._find_tracked(number, secret)
        if not row:
            return self._render_entry(number, is_wrong=True)
        request.session["citizen_tracked"] = [row.id, time.time() + VISIT_SECONDS]
        # Whoever has planted a session in this browser shall not read along.
        request.session.should_rotate = True
        return request.redirect("/track/case")

    def _limit_number(self, number):
        """Count the try for the number, whether it exists or not, and the network."""
        wait = request.env["citizen.portal.hit"]._take(
            "track",
            f"number {number.casefold()}",
            f"net {network_of(request.httprequest.remote_addr)}",
        )
        if wait:
            raise TooManyRequests(wait)

    def _render_entry(self, number="", is_wrong=False):
        return self._render(
            "portal_track",
            {
                "title": request.env._("Follow a case"),
                "number": number,
                "is_wrong": is_wrong,
            },
            status=403 if is_wrong else 200,
        )

    def _find_tracked(self):
        """Return the case of this visit, as superuser; empty if there is none.

        A visit ends half an hour after its last page, and with its secret.
        """
        row_id, until = request.session.get("citizen_tracked", (0, 0))
        row = request.env["citizen.case.token"].sudo().browse(row_id).exists()
        if not row or not row._is_open() or until < time.time():
            request.session.pop("citizen_tracked", None)
            return request.env["helpdesk.ticket"].sudo()
        request.session["citizen_tracked"] = [row.id, time.time() + VISIT_SECONDS]
        return row.case_id

    def _show_tracked(self, typed="", error="", done="", status=200):
        case = self._find_tracked()
        if not case:
            return request.redirect("/track")
        done = done or request.httprequest.args.get("done") == "message"
        return self._render(
            "portal_tracked",
            {
                **get_tracked_values(case),
                "case_path": "/track/case",
                "form_key": self._make_form_key(),
                "typed": typed,
                "error": error,
                "done": "message" if done else "",
            },
            status=status,
        )

    def _say(self):
        case = self._find_tracked()
        if not case:
            raise TextKept(
                request.env._(
                    "Your visit has ended. Enter number and secret again in another "
                    "window, then come back here and send your text again."
                ),
                401,
            )
        self._check_token()
        if case.confidential:
            raise UnknownPage
        try:
            text = self._get_text("message", MESSAGE_LIMIT, lines=True)
            files = self._parse_files()
            if not text and not files:
                raise InputError("required")
        except InputError as error:
            typed = (request.httprequest.form.get("message") or "")[: MESSAGE_LIMIT * 2]
            typed = typed.replace("\x00", "")
            return self._show_tracked(typed, self._explain(error), status=400)
        return self._once(lambda: self._say_as_holder(case, text, files))

    def _say_as_holder(self, case, text, files):
        case._say_as_holder(text, files)
        return "/track/case?done=message#done"

    def _send_tracked_file(self, key):
        case = self._find_tracked()
        wanted = parse_int(key, low=1)
        file = case and case._get_tracked_files().filtered(lambda f: f.id == wanted)
        if not file:
            raise UnknownPage
        stream = request.env["ir.binary"]._get_stream_from(file)
        return stream.get_response(as_attachment=file.mimetype not in SHOWN)

    def _leave(self):
        request.session.pop("citizen_tracked", None)
        return request.redirect("/track")
