from odoo import http
from odoo.http import request

from .base import PortalBase, UnknownPage

_PAGE = {"type": "http", "auth": "public", "website": True}


class ConfirmationController(PortalBase, http.Controller):
    """How somebody without an account says: I have sent this.

    Programs that look through mails open every link in them, so opening the link
    shows a page, and only its button confirms.
    """

    @http.route("/services/sent", methods=["GET"], **_PAGE)
    def sent(self, **_params):
        """Say that a mail with a link is on its way."""
        return self._answer(self._show_sent)

    @http.route("/services/sent", methods=["POST"], **_PAGE)
    def send_again(self, **_params):
        """Mail the link once more."""
        return self._answer(self._send_again, scope="write")

    @http.route("/confirm/<string:token>", methods=["GET"], **_PAGE)
    def confirm_page(self, token, **_params):
        """Show what is to be confirmed, and the button."""
        return self._answer(self._show_confirm, token)

    @http.route("/confirm/<string:token>", methods=["POST"], **_PAGE)
    def confirm(self, token, **_params):
        """Confirm the case."""
        return self._answer(self._confirm, token, scope="write")

    # ------------------------------------------------------------------- acts
    def _show_sent(self, again=None):
        case = self._get_asked_case()
        _ = request.env._
        until = case.confirm_until
        day = until and case._format_day(case._get_city_day(until))
        return self._render(
            "portal_confirmation_sent",
            {
                "title": _("Look into your mail"),
                "number": case.number,
                "told": _(
                    "We have sent a link to %s. Open it and confirm that this case is "
                    "from you.",
                    case.partner_email,
                ),
                "until": until
                and _(
                    "We begin when you have confirmed it, by %s at the latest. If "
                    "nobody confirms it, the case ends.",
                    day,
                ),
                "again": again,
            },
            status=429 if again == "limit" else 200,
        )

    def _send_again(self):
        case = self._get_asked_case()
        sent = case.confirm_until and case.is_open and case._ask_to_confirm()
        return self._show_sent("sent" if sent else "limit")

    def _get_asked_case(self):
        """Return the case that was filed in this browser session, as superuser."""
        case_id = request.session.get("citizen_asked")
        case = request.env["helpdesk.ticket"].sudo().browse(case_id or ()).exists()
        if not case:
            raise UnknownPage
        return case

    def _find_link(self, token):
        link = request.env["citizen.case.token"]._find_link("confirm", token)
        if not link:
            raise UnknownPage
        return link

    def _show_confirm(self, token):
        link = self._find_link(token)
        return self._render_confirm(link, self._get_state(link))

    def _confirm(self, token):
        link = self._find_link(token)
        state = self._get_state(link)
        if state == "open" and link._use() and link.case_id._confirm():
            state = "done"
        return self._render_confirm(link, state)

    def _get_state(self, link):
        """Return what the link can do: open, confirmed already, or over."""
        case = link.case_id
        if not case.confirm_until:
            return "before"
        return "open" if link._is_open() and case.is_open else "over"

    def _render_confirm(self, link, state):
        case = link.case_id
        titles = {
            "open": request.env._("Is this from you?"),
            "done": request.env._("We have received your case"),
            "before": request.env._("You have confirmed this case already"),
            "over": request.env._("This link is no longer valid"),
        }
        return self._render(
            "portal_confirm",
            {
                "title": titles[state],
                "state": state,
                "number": case.number,
                "service": case.category_id.name or "",
                "told": request.env._(
                    "On %s somebody wrote to the city and gave your e-mail address.",
                    case._format_portal_date(case.received_date),
                ),
                "department": case._get_portal_department(),
                "promise": case.promise_text,
                "secret": case._get_secret_to_tell() if state == "done" else "",
            },
        )
