from odoo import models
from odoo.http import request

from ...tools.unavailable_page import SECURITY_HEADERS, is_ours
from .unavailable import answer_unavailable, is_away


def get_error_words(env):
    """Return title and message of the error pages for residents, per status."""
    _ = env._
    return {
        400: (
            _("We could not read that"),
            _("Something in the address or the form is not as expected."),
        ),
        401: (_("Please sign in again"), _("Your session has ended.")),
        403: (_("Please send it again"), _("This page was open for too long.")),
        404: (
            _("We did not find that"),
            _("The address may be wrong, or the case is not one of yours."),
        ),
        405: (_("We did not find that"), _("There is no page at this address.")),
        413: (_("That is too large"), _("Please send smaller or fewer files.")),
        429: (
            _("Please wait a moment"),
            _("Too much came in from here in a short time. Try again later."),
        ),
        500: (
            _("Something went wrong on our side"),
            _("It has been recorded. Please try again, or call us."),
        ),
        507: (
            _("We cannot take files right now"),
            _("Please send your text without files, or try again later."),
        ),
    }


class IrHttp(models.AbstractModel):
    """Whatever fails before or outside our controllers looks like our own pages."""

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Drop a parameter that would collide with Python's own argument name.

        Also one without a name, which a browser never sends.
        """
        request.params.pop("self", None)
        request.params.pop(None, None)
        return super()._dispatch(endpoint)

    @classmethod
    def _handle_error(cls, exception):
        """Without the database no page can be rendered: send one that needs none."""
        if is_away(exception) and request.dispatcher.routing_type == "http":
            return answer_unavailable(request)
        if not is_ours(request.httprequest.path):
            return super()._handle_error(exception)
        response = super()._handle_error(exception)
        if hasattr(response, "headers"):
            response.headers.update(SECURITY_HEADERS)
        return response

    @classmethod
    def _get_error_html(cls, env, code, values):
        """Say it to residents in their words, without a trace of how it happened."""
        if not is_ours(request.httprequest.path):
            return super()._get_error_html(env, code, values)
        words = get_error_words(env)
        title, message = words.get(code, words[500 if code >= 500 else 400])
        page = {
            "title": title,
            "message": message,
            "kept": [],
            "no_breadcrumbs": True,
            "services_label": env._("Services of the city"),
        }
        view = env["ir.ui.view"]
        return code, view._render_template("citizen_crm.portal_error", page)
