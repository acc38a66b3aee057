from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalCatalogue(PortalCase):
    def test_visitor_reads_catalogue_without_account(self):
        response = self.url_open("/services")
        self.assertStatus(response, 200)
        text = self._text(response)
        for words in ("Portal roads", "Portal pothole", "We come within two days."):
            self.assertIn(words, text)

    def test_search_looks_at_name_keywords_and_help(self):
        for query in ("pothole", "CRATER", "two days", "port asph"):
            with self.subTest(query=query):
                text = self._text(self.url_open(f"/services?q={query}"))
                self.assertIn("Portal pothole", text)
                self.assertNotIn("Portal bin", text)
        text = self._text(self.url_open("/services?q=xyzzy"))
        self.assertIn("0 services for “xyzzy”", text)

    def test_visitor_reads_what_is_promised_and_kept(self):
        service = "Portal pothole"
        self.assertIn("What the city promises", self._text(self.url_open("/services")))
        text = self._text(self.url_open("/services/promises"))
        self.assertIn(service, text)
        self.assertNotIn("In time in the last 12 months", text)
        self.pothole.write({"kept_share": 87.9, "kept_cases": 240})
        text = self._text(self.url_open("/services/promises"))
        self.assertIn("In time in the last 12 months: 87 % of 240 answers.", text)

    def test_hidden_and_unrouted_types_are_not_offered(self):
        hidden = self._create_service("Portal hidden", show_in_portal=False)
        empty = self.env["helpdesk.ticket.team"].create({"name": "Nobody"})
        unreachable = self._create_service("Portal unreachable", team_id=empty.id)
        below = self.env["helpdesk.ticket.category"].create(
            {"name": "Portal secret", "show_in_portal": False, "company_id": False}
        )
        inside = self._create_service("Portal inside", parent_id=below.id)
        text = self._text(self.url_open("/services"))
        self._login(self.eve)
        for service in hidden + unreachable + inside:
            with self.subTest(service=service.name):
                self.assertNotIn(service.name, text)
                self.assertStatus(self.url_open(f"/services/{service.id}"), 404)
                self.assertStatus(self._file_case(service), 404)
                self.assertFalse(self._last_case(self.eve))

    def test_visitor_sees_help_and_is_asked_to_sign_in(self):
        text = self._text(self.url_open(f"/services/{self.pothole.id}"))
        self.assertIn("We come within two days.", text)
        self.assertIn("Who answers: Roads Department", text)
        self.assertIn("Sign in to send it", text)
        self.assertNotIn("Send to the city", text)

    def test_form_asks_the_questions_of_the_type(self):
        self._login(self.eve)
        response = self.url_open(f"/services/{self.pothole.id}")
        text = self._text(response)
        for words in ("How large is it?", "Since when?", "Cyclists", "Details"):
            self.assertIn(words, text)
        self.assertIn('type="datetime-local"', response.text)
        self.assertIn("As a citizen", text)
        self.assertIn("As a customer", text)

    def test_page_has_a_language(self):
        """Fails on the stock base because its pages have no lang attribute."""
        self.assertIn('<html lang="en-US"', self.url_open("/services").text)
