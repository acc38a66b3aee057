from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import tagged

from ..tools.case_secret import token_hash
from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalFeedback(PortalCase):
    """The page behind the link, and the one of a signed-in person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(cls.ada)
        cls._move(cls.case, "closed")
        cls.Feedback = cls.env["citizen.case.feedback"]
        cls.feedback = cls.Feedback.search([("case_id", "=", cls.case.id)])
        cls.secret = "s" * 32
        cls.feedback.token_hash = token_hash(cls.secret)
        cls.path = f"/feedback/{cls.secret}"

    @classmethod
    def _move(cls, case, phase):
        case.stage_id = cls.env.ref(f"citizen_crm.stage_{phase}")

    def _send(self, path=None, **data):
        return self.url_open(path or self.path, data=data)

    def test_looking_stores_nothing(self):
        """Programs that check mails open every link in them, several times."""
        before = self.feedback.read()
        hits = self.env["citizen.portal.hit"].search_count([])
        for _time in range(3):
            page = self.url_open(self.path)
            self.assertStatus(page, 200)
        self.assertIn("Did you get what you needed?", self._text(page))
        self.assertIn('<textarea id="f_message"', page.text)
        self.assertIn("no-store", page.headers["Cache-Control"])
        self.env.invalidate_all()
        self.assertEqual(self.feedback.read(), before)
        self.assertEqual(self.env["citizen.portal.hit"].search_count([]), hits)

    def test_answer_without_signing_in_once(self):
        page = self._send(got_it="no", fair="yes", message="It leaks still.")
        self.assertStatus(page, 200)
        self.assertIn("Thank you", self._text(page))
        self.assertIn("Open the case again", self._text(page))
        self.assertIn('<textarea id="f_message"', page.text)
        again = self._send(got_it="yes", message="x")
        self.assertStatus(again, 200)
        self.assertIn("Thank you", self._text(again))
        self.env.invalidate_all()
        self.assertEqual(self.feedback.got_it, "no")
        self.assertEqual(self.feedback.remark, "It leaks still.")
        self.assertEqual(self.case.outcome, "not_solved")
        self.assertIn("Thank you", self._text(self.url_open(self.path)))

    def test_who_got_it_is_offered_nothing_further(self):
        page = self._send(got_it="yes")
        self.assertNotIn("Open the case again", self._text(page))

    def test_bad_input_is_refused_kindly_and_kept(self):
        for data, words in (
            ({"fair": "yes", "message": "My words"}, "Please fill this in."),
            ({"got_it": "maybe", "message": "My words"}, "Please choose one of"),
            ({"got_it": "no", "message": "My words" * 400}, "at most 2000"),
        ):
            with self.subTest(words):
                page = self._send(**data)
                self.assertStatus(page, 400)
                self.assertIn(words, self._text(page))
                self.assertIn("My words", self._text(page))
        self.env.invalidate_all()
        self.assertFalse(self.feedback.answered_at)

    def test_wrong_and_ended_links_are_told_alike(self):
        wrong = self.url_open("/feedback/" + "x" * 32)
        self.feedback.expires_at = Datetime.now() - timedelta(days=1)
        ended = self.url_open(self.path)
        for page in (wrong, ended):
            self.assertStatus(page, 404)
        self.assertEqual(self._text(wrong), self._text(ended))
        self.assertStatus(self._send(got_it="yes"), 404)
        self.assertStatus(self._send(f"{self.path}/reopen", message="x"), 404)

    def test_reopen_by_link(self):
        self._send(got_it="no")
        refused = self._send(f"{self.path}/reopen", message=" ")
        self.assertStatus(refused, 400)
        page = self._send(f"{self.path}/reopen", message="It leaks still.")
        self.assertStatus(page, 200)
        self.assertIn("The case is open again", self._text(page))
        self.env.invalidate_all()
        self.assertTrue(self.case.is_open)
        message = self._last_message(self.case)
        self.assertIn("It leaks still.", message.body)
        self.assertEqual(message.author_id, self.ada.partner_id)
        late = self._send(f"{self.path}/reopen", message="Again")
        self.assertStatus(late, 400)
        self.assertIn("cannot be opened again", self._text(late))

    def test_reopen_of_a_person_without_contact(self):
        """Known by the address alone: it is the person who wrote, not the city."""
        case = self.Case.create(
            {
                "name": "Hole",
                "description": "<p>Deep.</p>",
                "category_id": self.pothole.id,
                "partner_email": "carl@example.org",
            }
        )
        self._move(case, "closed")
        feedback = self.Feedback.search([("case_id", "=", case.id)])
        feedback.token_hash = token_hash("c" * 32)
        path = f"/feedback/{'c' * 32}"
        self._send(path, got_it="no")
        self.assertStatus(self._send(f"{path}/reopen", message="Still there"), 200)
        self.env.invalidate_all()
        self.assertTrue(case.is_open)
        self.assertIn("wrote", case.event_ids.mapped("kind"))
        self.assertIn("carl@example.org", self._last_message(case).email_from)

    def test_the_page_speaks_the_persons_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.ada.partner_id.lang = "es_ES"
        page = self.url_open(self.path)
        self.assertIn('lang="es-ES"', page.text)

    # -------------------------------------------------------------- signed in
    def test_offered_on_the_own_closed_case(self):
        self._login(self.ada)
        path = f"/my/case/{self.case.number}"
        self.assertIn("How was it?", self._text(self.url_open(path)))
        page = self.url_open(f"{path}/feedback")
        self.assertIn("Were you treated fairly?", self._text(page))
        refused = self._post(f"{path}/feedback", fair="no")
        self.assertStatus(refused, 400)
        page = self._post(f"{path}/feedback", got_it="partly", message="Nearly.")
        self.assertStatus(page, 200)
        self.env.invalidate_all()
        self.assertEqual(self.feedback.got_it, "partly", "the one asked by mail")
        self.assertNotIn("How was it?", self._text(self.url_open(path)))

    def test_who_was_not_asked_by_mail_may_answer(self):
        self.ada.partner_id.email = False
        case = self._create_case(self.ada, partner_email=False)
        self._move(case, "closed")
        self.assertFalse(self.Feedback.search([("case_id", "=", case.id)]))
        self._login(self.ada)
        page = self._post(f"/my/case/{case.number}/feedback", got_it="yes")
        self.assertStatus(page, 200)
        self.env.invalidate_all()
        self.assertEqual(case.outcome, "confirmed")

    def test_only_about_the_own_closed_case(self):
        open_case = self._create_case(self.ada)
        order = self._create_case(self.ada, role="customer", category_id=self.bin.id)
        self._move(order, "closed")
        self._login(self.ada)
        page = self._post(f"/my/case/{open_case.number}/feedback", got_it="yes")
        self.assertStatus(page, 400)
        for user, case in ((self.ben, order), (self.eve, self.case)):
            with self.subTest(user.login):
                self._login(user)
                path = f"/my/case/{case.number}/feedback"
                self.assertStatus(self._post(path, got_it="yes"), 404)
                self.env.invalidate_all()
                self.assertEqual(case.outcome, "unknown")
        without = self._post(f"/my/case/{self.case.number}/feedback", token=False)
        self.assertStatus(without, 403)
