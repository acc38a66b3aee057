from odoo import http
from odoo.http import request

from ..tools.web_input import InputError
from .base import MAX_REQUEST_BYTES
from .cases import CasesController

MESSAGE_LIMIT = 10_000
_FORM = {"type": "http", "website": True, "methods": ["POST"]}
#: Forms that carry a person's words check token and sign-in themselves, so that the
#: words are not lost when either has expired; see ``PortalBase._check_form``.
_TEXT_FORM = {**_FORM, "auth": "public", "csrf": False}


class CaseActionsController(CasesController):
    """What a person may do to a case. POST only, own cases only."""

    @http.route(
        "/my/case/<string:key>/message",
        max_content_length=MAX_REQUEST_BYTES,
        **_TEXT_FORM,
    )
    def add_message(self, key, **_params):
        """Add a message, files, or both."""
        return self._answer(self._add_message, key, scope="write")

    @http.route("/my/case/<string:key>/reopen", **_TEXT_FORM)
    def reopen(self, key, **_params):
        """Open a closed case again, with the reason."""
        return self._answer(self._reopen, key, scope="write")

    @http.route("/my/case/<string:key>/withdraw", auth="user", **_FORM)
    def withdraw(self, key, **_params):
        """Take the case back."""
        return self._answer(
            self._do, key, "_portal_withdraw", "withdrawn", scope="write"
        )

    @http.route("/my/case/<string:key>/rights", auth="user", **_FORM)
    def claim_rights(self, key, **_params):
        """Turn a customer case into a citizen case."""
        return self._answer(
            self._do, key, "_portal_claim_rights", "rights", scope="write"
        )

    # ------------------------------------------------------------------- acts
    def _do(self, key, method, done):
        case = self._get_case(key)
        getattr(case, method)()
        return self._back(case, done)

    def _say(self, case, text, files):
        case._portal_say(text, files)
        return self._get_page_after(case, "message")

    def _add_message(self, key):
        self._check_form()
        case = self._get_case(key)
        try:
            text = self._get_text("message", MESSAGE_LIMIT, lines=True)
            files = self._parse_files()
            if not text and not files:
                raise InputError("required")
        except InputError as error:
            return self._show_again(key, error)
        return self._once(lambda: self._say(case, text, files))

    def _reopen(self, key):
        self._check_form()
        case = self._get_case(key)
        try:
            text = self._get_text("message", MESSAGE_LIMIT, lines=True)
            if not text:
                raise InputError("required")
        except InputError as error:
            return self._show_again(key, error)
        case._portal_reopen(text)
        return self._back(case, "reopened")

    def _show_again(self, key, error):
        typed = (request.httprequest.form.get("message") or "")[: MESSAGE_LIMIT * 2]
        typed = typed.replace("\x00", "")
        return self._show_case(key, typed, self._explain(error), status=400)

    def _back(self, case, done):
        return request.redirect(self._get_page_after(case, done))

    def _get_page_after(self, case, done):
        return f"/my/case/{case.sudo()._get_portal_key()}?done={done}#done"
