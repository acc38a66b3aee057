from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.case_secret import token_hash
from .assignment_common import AssignmentCommon
from .common import CLEARED
from .portal_common import PortalCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class TestReview(AssignmentCommon):
    """Ann has handled the case; Bob, Cid and the head are the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = cls._create_user(
            "chief", f"citizen_crm.group_department_head,{CLEARED}"
        )
        cls.roads.department_id = cls.env["hr.department"].create(
            {
                "name": "Roads",
                "manager_id": cls._create_employee("Chief", cls.chief).id,
                "remedies_notice": "Appeal to the court.\nWithin one month.",
            }
        )
        cls.ann_user, cls.bob_user = cls.ann.user_id, cls.bob.user_id

    def _end(self, phase="closed", user=None, **values):
        """Return a citizen case that Ann has answered."""
        person = {"partner_id": self.ada.id, "role": "citizen"}
        [case] = self._file(**{**person, **values})
        case._hand_to(user or self.ann_user, "Knows the street")
        self._move(case, "in_work", "answered")
        if phase != "answered":
            self._move(case, phase)
        return case

    def _ask(self, case, ground="wrong_fact"):
        return case._ask_review(self.ada, ground, "It was another street.")

    def _decide(self, review, button="action_uphold"):
        mine = review.with_user(review.reviewer_id)
        mine.finding = "Seen on site."
        getattr(mine, button)()

    def _get_entries(self, case):
        Entry = self.env["citizen.assignment.entry"]
        return Entry.search([("case_id", "=", case.id)], order="step")

    # ------------------------------------------------------------------ asking
    def test_review_opens_the_case_for_somebody_else(self):
        case = self._end()
        review = self._ask(case)
        self.assertTrue(case.is_open)
        self.assertFalse(case.user_id)
        self.assertEqual(review.earlier_user_ids, self.ann_user)
        kinds = case.event_ids.sorted("id").mapped("kind")
        self.assertIn("reopened", kinds[kinds.index("review_asked") :])
        self.assertIn("It was another street.", case.message_ids[0].body)
        self.assertEqual(case.message_ids[0].author_id, self.ada)
        self._dispatch()
        self.assertIn(case.user_id, self.bob_user | self.cid.user_id)
        self.assertEqual(review.state, "in_review")
        self.assertEqual(review.reviewer_id, case.user_id)
        entry = self.env["citizen.assignment.entry"].search(
            [("case_id", "=", case.id)], order="id desc", limit=1
        )
        self.assertIn("1 handled it before the review", entry.explanation)

    def test_who_has_answered_a_case_keeps_its_points(self):
        """Closed or only answered, the work was done; the review is work anew."""
        for phase in ("closed", "answered"):
            with self.subTest(phase):
                case = self._end(phase)
                before = self._balance(self.ann)
                self._ask(case)
                self.assertEqual(self._balance(self.ann), before)
                others = self._balance(self.bob) + self._balance(self.cid)
                self._dispatch()
                self.assertTrue(case.user_id)
                entries = self._get_entries(case)
                self.assertEqual(entries.mapped("kind"), ["charge", "finish", "charge"])
                self.assertEqual(entries[0].points, entries[2].points)
                self.assertGreater(
                    self._balance(self.bob) + self._balance(self.cid), others
                )

    def test_who_answers_and_goes_on_has_it_once(self):
        """The person writes again, and the same handler looks at it again."""
        case = self._end("answered")
        before = self._balance(self.ann)
        self._move(case, "in_work", "answered", "closed")
        self.assertEqual(self._get_entries(case).mapped("kind"), ["charge", "finish"])
        self.assertEqual(self._balance(self.ann), before)

    def test_nobody_gets_it_back_by_hand(self):
        case = self._end()
        self._ask(case)
        with self.assertRaisesRegex(ValidationError, "has handled"):
            case.with_user(self.lead)._hand_to(self.ann_user, "Knows the street")
        with self.assertRaises(ValidationError):
            case.sudo().user_id = self.ann_user
        case.with_user(self.lead)._hand_to(self.bob_user, "Has time")
        self.assertEqual(case.review_ids.reviewer_id, self.bob_user)

    def test_an_answered_case_is_reviewed_as_well(self):
        case = self._end("answered")
        self._ask(case)
        self.assertEqual((case.phase, case.user_id.id), ("routed", False))

    def test_disagreeing_is_answered_at_once(self):
        case = self._end()
        self.ada.email = "ada@example.com"
        review = self._ask(case, "disagree")
        self.assertEqual(review.state, "remedies")
        self.assertFalse(case.is_open, "nobody handles it a second time")
        notice = case.message_ids[0]
        self.assertIn("Within one month.", notice.body)
        self.assertIn("ada@example.com", notice.notified_partner_ids.mapped("email"))
        timeline = [line["text"] for line in case.sudo()._get_portal_timeline()]
        self.assertIn("We told you which legal remedies you have.", timeline)
        self.assertTrue(case._can_ask_review(), "a fact may be wrong all the same")

    def test_wrong_states_are_told_in_plain_words(self):
        case = self._end()
        customer = self._end(partner_id=self.ben.id, role="customer")
        open_case = self._file(partner_id=self.ada.id, role="citizen")[0]
        late = self._end()
        with freeze_time("2026-04-03 09:00:00"):
            self.assertFalse(late._can_ask_review())
            with self.assertRaisesRegex(UserError, "within 30 days"):
                self._ask(late)
        with self.assertRaisesRegex(UserError, "within 30 days"):
            self._ask(open_case)
        with self.assertRaisesRegex(UserError, "citizen case"):
            self._ask(customer)
        self._ask(case)
        with self.assertRaisesRegex(UserError, "already"):
            self._ask(case)

    def test_window_is_a_setting(self):
        case = self._end()
        self.env["ir.config_parameter"].set_param("citizen_crm.review_days", "90")
        with freeze_time(fields.Datetime.now() + timedelta(days=60)):
            self.assertTrue(case._can_ask_review())

    @mute_logger("odoo.sql_db")
    def test_one_open_review_at_a_time(self):
        review = self._ask(self._end())
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            review.copy()

    # ---------------------------------------------------------------- deciding
    def test_only_the_reviewer_decides_and_says_why(self):
        case = self._end()
        review = self._ask(case)
        case.with_user(self.lead)._hand_to(self.bob_user, "Has time")
        for user in (self.ann_user, self.lead):
            with self.subTest(user.login), self.assertRaises(UserError):
                review.with_user(user).write({"finding": "Nothing."})
        mine = review.with_user(self.bob_user)
        self.assertTrue(mine.may_decide)
        with self.assertRaisesRegex(UserError, "Finding"):
            mine.action_uphold()
        with self.assertRaises(AccessError):
            mine.write({"state": "upheld"})
        self._decide(review)
        self.assertEqual(review.state, "upheld")
        self.assertTrue(mine.is_answer_missing)
        with self.assertRaisesRegex(ValidationError, "Write to the person"):
            self._move(case, "answered")
        self._reply(case.with_user(self.bob_user))
        self.assertEqual(case.phase, "answered")
        self.assertFalse(mine.is_answer_missing)
        self.assertNotIn("Seen on site", "".join(case.message_ids.mapped("body")))
        with self.assertRaisesRegex(UserError, "has been decided"):
            mine.write({"finding": "Else."})
        event = case.event_ids.filtered(lambda e: e.kind == "review_decided")
        self.assertEqual((event.after, event.detail), ("upheld", "Upheld"))

    def test_a_case_is_not_answered_over_a_review(self):
        case = self._end()
        self._ask(case)
        case.with_user(self.lead)._hand_to(self.bob_user, "Has time")
        for phase in ("answered", "closed"):
            with (
                self.subTest(phase),
                self.assertRaisesRegex(ValidationError, "Decide on it first"),
            ):
                self._move(case, phase)
        self._move(case, "withdrawn")
        self.assertEqual(case.review_ids.state, "withdrawn")

    def test_the_second_review_goes_to_the_head(self):
        case = self._end()
        first = self._ask(case)
        case.with_user(self.lead)._hand_to(self.bob_user, "Has time")
        self._decide(first, "action_reject")
        self._reply(case.with_user(self.bob_user))
        second = self._ask(case)
        self.assertEqual(second.level, "head")
        self.assertEqual(case.user_id, self.chief)
        self.assertEqual(second.reviewer_id, self.chief)
        self.assertEqual(second.earlier_user_ids, self.ann_user | self.bob_user)
        self._decide(second, "action_uphold_partly")
        self._reply(case.with_user(self.chief))
        with self.assertRaisesRegex(UserError, "head of the department has reviewed"):
            self._ask(case)

    def test_the_case_goes_back_and_on(self):
        case = self._end()
        review = self._ask(case)
        case.with_user(self.lead)._hand_to(self.bob_user, "Has time")
        case.with_user(self.lead)._hand_to(self.env["res.users"], "Ill")
        self.assertEqual((review.state, review.reviewer_id.id), ("asked", False))

    def test_lead_is_asked_where_work_is_given_by_hand(self):
        self.rule.action_retire()
        case = self._end()
        self._ask(case)
        self.assertEqual(case.activity_ids.user_id, self.lead)


@tagged("post_install", "-at_install")
class TestPortalReview(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(cls.ada)
        cls.case.user_id = cls.handler
        cls.case.stage_id = cls.env.ref("citizen_crm.stage_closed")
        cls.path = f"/my/case/{cls.case.number}"

    def test_ask_for_a_review(self):
        self._login(self.ada)
        self.assertIn("Ask for a review", self._text(self.url_open(self.path)))
        page = self.url_open(f"{self.path}/review")
        self.assertIn("A fact is wrong", self._text(page))
        refused = self._post(f"{self.path}/review", message="It was number 7.")
        self.assertStatus(refused, 400)
        self.assertIn("It was number 7.", self._text(refused))
        sent = {"ground": "wrong_fact", "message": "It was number 7."}
        page = self._post(f"{self.path}/review", **sent)
        self.assertStatus(page, 200)
        self.assertIn("Somebody who has not handled it", self._text(page))
        self.env.invalidate_all()
        self.assertEqual(self.case.review_ids.state, "asked")
        again = self._post(f"{self.path}/review", **sent)
        self.assertStatus(again, 400)
        self.assertIn("already", self._text(again))
        case_page = self._text(self.url_open(self.path))
        self.assertIn("A review was asked for.", case_page)
        self.assertNotIn("Not content with our answer?", case_page)

    def test_ask_by_the_link_of_the_feedback(self):
        Feedback = self.env["citizen.case.feedback"]
        feedback = Feedback.search([("case_id", "=", self.case.id)])
        feedback.token_hash = token_hash("r" * 32)
        path = f"/feedback/{'r' * 32}"
        page = self.url_open(path, data={"got_it": "no"})
        self.assertIn("Ask for a review", self._text(page))
        self.assertIn("What is it about?", self._text(self.url_open(f"{path}/review")))
        sent = {"ground": "disagree", "message": "I do not think so."}
        page = self.url_open(f"{path}/review", data=sent)
        self.assertStatus(page, 200)
        self.assertIn("what you can do against the decision", self._text(page))
        self.env.invalidate_all()
        self.assertEqual(self.case.review_ids.state, "remedies")

    def test_only_the_petitioner(self):
        order = self._create_case(self.ada, role="customer", category_id=self.bin.id)
        order.stage_id = self.env.ref("citizen_crm.stage_closed")
        sent = {"ground": "manner", "message": "x"}
        for user, case, status in (
            (self.eve, self.case, 404),
            (self.ben, order, 404),
            (self.ada, order, 400),
        ):
            with self.subTest(user.login, case=case.number):
                self._login(user)
                path = f"/my/case/{case.number}/review"
                self.assertStatus(self._post(path, **sent), status)
                self.assertFalse(case.review_ids)
