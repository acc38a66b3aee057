from odoo import http
from odoo.http import request

from ..tools.web_input import InputError
from .base import MAX_REQUEST_BYTES, PortalBase, UnknownPage
from .case_actions import MESSAGE_LIMIT

_PAGE = {"type": "http", "auth": "public", "website": True}


class AnswerController(PortalBase, http.Controller):
    """Answering one question without signing in, by the link in the mail, once."""

    @http.route("/answer/<string:token>", methods=["GET"], **_PAGE)
    def answer_page(self, token, **_params):
        """Show the question, and the form."""
        return self._answer(self._show_question, token)

    @http.route(
        "/answer/<string:token>",
        methods=["POST"],
        csrf=False,
        max_content_length=MAX_REQUEST_BYTES,
        **_PAGE,
    )
    def give_answer(self, token, **_params):
        """Take the answer. The token of the form is checked by ``_check_token``."""
        return self._answer(self._give_answer, token, scope="write")

    # ------------------------------------------------------------------- acts
    def _find_link(self, token):
        link = request.env["citizen.case.token"]._find_link("answer", token)
        if not link:
            raise UnknownPage
        return link

    def _show_question(self, token):
        link = self._find_link(token)
        return self._render_answer(link, self._get_state(link))

    def _give_answer(self, token):
        link = self._find_link(token)
        self._check_token()
        try:
            text = self._get_text("message", MESSAGE_LIMIT, lines=True)
            files = self._parse_files()
            if not text and not files:
                raise InputError("required")
        except InputError as error:
            typed = (request.httprequest.form.get("message") or "")[: MESSAGE_LIMIT * 2]
            return self._render_answer(
                link,
                self._get_state(link),
                typed=typed.replace("\x00", ""),
                error=self._explain(error),
                status=400,
            )
        state = self._get_state(link)
        if state == "open" and link._use():
            link.case_id._say_as_holder(text, files)
            state = "done"
        return self._render_answer(link, state)

    def _get_state(self, link):
        """Return what the link can do: open, used already, or over."""
        if link.used_at:
            return "before"
        return "open" if link._is_open() and link.case_id.is_open else "over"

    def _render_answer(self, link, state, typed="", error="", status=200):
        case = link.case_id
        titles = {
            "open": request.env._("Your answer"),
            "done": request.env._("We have your answer"),
            "before": request.env._("We have your answer already"),
            "over": request.env._("This link is no longer valid"),
        }
        return self._render(
            "portal_answer",
            {
                "title": titles[state],
                "state": state,
                "number": case.number,
                "question": case._get_question() if state == "open" else "",
                "typed": typed,
                "error": error,
                "done": "",
            },
            status=status,
        )
