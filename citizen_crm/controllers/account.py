from odoo import http
from odoo.http import request
from odoo.tools import email_normalize

from odoo.addons.auth_signup.controllers.main import AuthSignupHome

from ..tools.web_input import InputError, clean_text, network_of
from .base import PortalBase, TooManyRequests, UnknownPage

NAME_LIMIT, EMAIL_LIMIT = 100, 254


def parse_sender():
    """Return name and address from the form, and what is refused (name -> error)."""
    form, typed, refused = request.httprequest.form, {}, {}
    for name, limit in (("name", NAME_LIMIT), ("email", EMAIL_LIMIT)):
        try:
            typed[name] = clean_text(form.get(name), limit)
            if not typed[name]:
                raise InputError("required")
        except InputError as error:
            refused[name] = error
    if typed.get("email"):
        email = email_normalize(typed["email"])
        if email:
            typed["email"] = email
        else:
            refused["email"] = InputError("email")
    return typed, refused


class AccountController(PortalBase, http.Controller):
    """How a resident gets an account: by a link to the e-mail address."""

    @http.route(
        "/services/account", type="http", auth="public", website=True, methods=["GET"]
    )
    def account(self, **_params):
        """Ask for name and e-mail address."""
        return self._answer(self._show_account)

    @http.route(
        "/services/account", type="http", auth="public", website=True, methods=["POST"]
    )
    def invite(self, **_params):
        """Send the link."""
        return self._answer(self._invite)

    def _show_account(self):
        self._check_allowed()
        if self._get_person():
            return request.redirect("/my")
        return self._render_account({}, {})

    def _invite(self):
        self._check_allowed()
        typed, errors = self._parse_account()
        if errors:
            return self._render_account(typed, errors, status=400)
        wait = request.env["citizen.portal.hit"]._take(
            "account",
            f"mail {typed['email']}",
            f"net {network_of(request.httprequest.remote_addr)}",
        )
        if wait:
            raise TooManyRequests(wait)
        request.env["res.users"]._invite_resident(typed["name"], typed["email"])
        return self._render(
            "portal_account_sent",
            {"title": request.env._("Look into your mail"), "email": typed["email"]},
        )

    def _check_allowed(self):
        if request.env["res.users"]._get_signup_invitation_scope() != "b2c":
            raise UnknownPage

    def _parse_account(self):
        typed, refused = parse_sender()
        return typed, {name: self._explain(error) for name, error in refused.items()}

    def _render_account(self, typed, errors, status=200):
        labels = {
            "name": request.env._("Your name"),
            "email": request.env._("Your e-mail address"),
        }
        return self._render(
            "portal_account",
            {
                "title": request.env._("Create an account"),
                "typed": typed,
                "errors": errors,
                "summary": [(name, labels[name], errors[name]) for name in errors],
            },
            status=status,
        )


class SignupController(AuthSignupHome):
    """Sign-up goes through our page; who signs in is served in their language."""

    @http.route()
    def web_login(self, *args, **kw):
        """Go on in the language of the account, not in that of the login page.

        The login page leaves its language in a cookie, and the cookie would win.
        """
        self._complete_credentials()
        response = super().web_login(*args, **kw)
        if request.session.uid and request.params.get("login_success"):
            lang = request.env["res.users"].browse(request.session.uid).sudo().lang
            if lang:
                request.future_response.set_cookie("frontend_lang", lang)
        return response

    def _complete_credentials(self):
        """Let what is missing be wrong: the framework answers it with an error."""
        if request.httprequest.method == "POST":
            for name in ("login", "password"):
                typed = str(request.params.get(name) or "").replace("\x00", "")
                request.params[name] = typed or " "

    @http.route()
    def web_auth_signup(self, *args, **kw):
        """Serve people who come with a link by mail; lead others to ours."""
        if not self.get_auth_signup_qcontext().get("token"):
            return request.redirect("/services/account")
        return super().web_auth_signup(*args, **kw)
