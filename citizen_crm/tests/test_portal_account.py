from unittest.mock import patch

from odoo import http
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalAccount(PortalCase):
    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _ask(self, email="new.resident@example.com", name="Nora New"):
        return self._post("/services/account", name=name, email=email)

    def _get_user(self, email="new.resident@example.com"):
        return self.env["res.users"].search([("login", "=", email)])

    def test_account_needs_the_link_by_mail(self):
        """Fails on the stock base because its sign-up takes any address at once, and
        with it somebody else's name for mail."""
        sent_to = []

        def send(mails, *_args, **_kwargs):
            sent_to.extend(mails.mapped("email_to"))

        with patch.object(self.env.registry["mail.mail"], "_send", send):
            self.assertStatus(self._ask(), 200)
        self.assertIn("new.resident@example.com", "".join(sent_to))
        user = self._get_user()
        self.assertTrue(user.share)
        self.assertEqual(user.state, "new")
        self.assertTrue(user.partner_id.sudo().signup_type)

    def test_signing_in_with_something_missing(self):
        """Fails on the stock base, where each of these is a server error."""
        for values in (
            {"x": "1"},
            {"login": "p_ada"},
            {"login": "\0", "password": "x"},
        ):
            with self.subTest(values):
                page = self._post("/web/login", **values)
                self.assertStatus(page, 200)
                self.assertIn("Wrong login/password", page.text)

    def _sign_up(self, partner, **values):
        """Use the link that was mailed, the way its page does."""
        token = partner.sudo()._generate_signup_token()
        self.env["res.users"].sudo().signup(
            {"login": "x@example.com", "password": "secret-12345", **values}, token
        )

    def test_link_by_mail_verifies_the_address(self):
        self._ask()
        user = self._get_user()
        self.assertFalse(user.partner_id.contact_verified_date)
        self._sign_up(user.partner_id)
        self.assertTrue(user.partner_id.contact_verified_date)
        self.assertEqual(user.partner_id.contact_verified_by_id, user)

    def test_link_verifies_no_address_but_its_own(self):
        """Neither one entered since the link was sent, nor one typed in its page."""
        self._ask()
        partner = self._get_user().partner_id
        partner.email = "victim@example.com"
        self._sign_up(partner)
        self.assertFalse(partner.contact_verified_date)
        invited = self.env["res.partner"].create(
            {"name": "Ivo", "email": "ivo@example.com", "signup_type": "signup"}
        )
        self._sign_up(invited, login="victim@example.com")
        self.assertFalse(invited.contact_verified_date)

    def test_employee_is_not_verified_by_a_password_link(self):
        self.handler.partner_id.signup_prepare("reset")
        self._sign_up(self.handler.partner_id)
        self.assertFalse(self.handler.partner_id.contact_verified_date)

    def test_stock_sign_up_leads_here(self):
        response = self.url_open("/web/signup")
        self.assertTrue(response.url.endswith("/services/account"))
        data = {"login": "x@example.com", "name": "X", "password": "secret-12345"}
        data["confirm_password"] = data["password"]
        response = self._post("/web/signup", **data)
        self.assertTrue(response.url.endswith("/services/account"))
        self.assertFalse(self._get_user("x@example.com"))

    def test_same_answer_for_known_and_unknown_addresses(self):
        known = self._text(self._ask(self.eve.email))
        unknown = self._text(self._ask())
        self.assertEqual(
            known.replace(self.eve.email, "?"),
            unknown.replace("new.resident@example.com", "?"),
        )
        self.assertEqual(len(self._get_user(self.eve.login)), 1)

    def test_form_says_what_is_wrong(self):
        for name, email in (("", "a@b.example"), ("Nora", "nonsense"), ("Nora", "")):
            with self.subTest(name=name, email=email):
                response = self._ask(email, name)
                self.assertStatus(response, 400)
                self.assertIn("Please look at this again", self._text(response))

    def test_nobody_is_flooded_with_mail(self):
        codes = [self._ask().status_code for _i in range(4)]
        self.assertEqual(codes, [200, 200, 200, 429])

    def test_only_where_the_city_allows_it(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("auth_signup.invitation_scope", "b2b")
        self.assertStatus(self.url_open("/services/account"), 404)
        self.assertStatus(self._ask(), 404)
        self.assertFalse(self._get_user())
        page = self.url_open(f"/services/{self.pothole.id}")
        self.assertNotIn("Create an account", self._text(page))

    def test_the_language_of_the_account_outlives_the_login_page(self):
        """The login page leaves the visitor's language in a cookie, which would win."""
        self.env["res.lang"]._activate_lang("es_ES")
        self.ada.lang = "es_ES"
        self.opener.cookies["frontend_lang"] = "en_US"
        response = self.url_open(
            "/web/login",
            data={
                "login": self.ada.login,
                "password": self.ada.login.ljust(8, "x"),
                "csrf_token": http.Request.csrf_token(self),
            },
            headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"},
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn('lang="es-ES"', self.url_open("/my").text)
