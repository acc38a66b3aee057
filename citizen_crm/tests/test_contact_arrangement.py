from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time

from .common import CLEARED, CitizenCommon

TERMS = "Please write letters. We answer once a week."
REASON = "On 2 and 3 March you shouted at our staff."


@freeze_time("2026-03-04 08:00:00")
class TestContactArrangement(CitizenCommon):
    """Approved by the head, read by the person, for a time; no right is taken away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada.lang = "en_US"
        cls.lead = cls._create_user("lead", f"citizen_crm.group_team_lead,{CLEARED}")
        cls.head = cls._create_user(
            "head", f"citizen_crm.group_department_head,{CLEARED}"
        )
        cls.roads.user_id = cls.lead
        works = {
            "name": "Works",
            "manager_id": cls._create_employee("Head", cls.head).id,
        }
        cls.roads.department_id = cls.env["hr.department"].create(works)
        cls.Arrangement = cls.env["citizen.contact.arrangement"]

    def setUp(self):
        super().setUp()
        self.case = self._file()

    def _file(self, partner=None, **values):
        values = {"category_id": self.pothole.id, "user_id": self.handler.id, **values}
        case = self._create_case(partner_id=(partner or self.ada).id, **values)
        return case.with_user(self.handler)

    def _propose(self, case=None, user=None, **values):
        action = (case or self.case).with_user(user or self.handler)
        action = action.action_arrange_contact()
        model = self.env[action["res_model"]].with_user(user or self.handler)
        return model.with_context(**action["context"]).create(
            {
                "terms": TERMS,
                "reason": REASON,
                "date_to": "2026-09-04",
                "review_date": "2026-06-04",
                **values,
            }
        )

    def test_approved_and_told(self):
        arrangement = self._propose()
        self.assertEqual(arrangement.state, "asked")
        self.assertFalse(self.case.contact_terms)
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.head)
        found = self.Arrangement.with_user(self.head)
        self.assertEqual(found.search([("may_decide", "=", True)]), arrangement)
        arrangement.with_user(self.head).action_approve()
        self.assertEqual(arrangement.state, "approved")
        self.assertEqual(arrangement.date_from, date(2026, 3, 4))
        message = self.case.sudo().message_ids[0]
        self.assertEqual(message.notified_partner_ids, self.ada)
        for words in (TERMS, REASON, "September 4, 2026", "at any time"):
            self.assertIn(words, message.body)
        review = self.case.sudo().activity_ids
        self.assertEqual(review.user_id, self.head)
        self.assertEqual(review.date_deadline, date(2026, 6, 4))

    def test_it_blocks_no_new_matter(self):
        """Every case is handled as before; reports of wrongdoing do not show it."""
        self._propose().with_user(self.head).action_approve()
        new = self._file(category_id=self.tree.id, user_id=False)
        self.assertEqual((new.phase, new.contact_terms), ("routed", TERMS))
        report = self._file(nature="misconduct_report", user_id=False)
        self.assertFalse(report.sudo().contact_terms)
        self.assertFalse(self._file(self.ben).contact_terms)

    def test_it_ends(self):
        arrangement = self._propose()
        arrangement.with_user(self.head).action_approve()
        with freeze_time("2026-09-05 08:00:00"):
            self.env.invalidate_all()
            self.assertFalse(self.case.contact_terms)
            self.assertFalse(arrangement.is_current)
        with self.assertRaises(AccessError):
            arrangement.with_user(self.handler).action_end()
        arrangement.with_user(self.head).action_end()
        self.assertFalse(self.case.contact_terms)
        self.assertIn("has ended", self.case.sudo().message_ids[0].body)

    def test_only_another_head_approves(self):
        arrangement = self._propose()
        for user in (self.handler, self.lead, self.clerk):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                arrangement.with_user(user).action_approve()
        with self.assertRaisesRegex(UserError, "Nobody can decide"):
            self._propose(self._file(), user=self.head)

    def test_decided_once(self):
        arrangement = self._propose()
        arrangement.with_user(self.head).action_refuse()
        with self.assertRaisesRegex(UserError, "decided on already"):
            arrangement.with_user(self.head).action_approve()
        self.assertFalse(self.case.contact_terms)

    def test_one_at_a_time(self):
        self._propose().with_user(self.head).action_approve()
        second = self._propose(self._file())
        with self.assertRaisesRegex(ValidationError, "in force"):
            second.with_user(self.head).action_approve()

    def test_bad_terms_are_refused(self):
        for values, words in (
            ({"date_to": "2027-03-06"}, "within a year"),
            ({"date_to": "2026-03-04"}, "after today"),
            ({"review_date": "2026-09-04", "date_to": "2027-03-04"}, "half a year"),
            ({"review_date": "2026-10-04"}, "before it ends"),
        ):
            with self.subTest(**values), self.assertRaisesRegex(ValidationError, words):
                self._propose(self._file(), **values)
        nobody = self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id, role="citizen"
        )
        with self.assertRaisesRegex(ValidationError, "nobody knows who"):
            self._propose(nobody)

    def test_nobody_puts_one_into_force_by_remote_call(self):
        arrangement = self._propose(state="approved", asked_by_id=self.clerk.id)
        self.assertEqual(arrangement.state, "asked")
        self.assertEqual(arrangement.asked_by_id, self.handler)
        for user in (self.handler, self.head, self.manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                arrangement.with_user(user).write({"state": "approved"})
        forged = self.Arrangement.with_user(self.handler).with_context(
            default_state="approved", default_date_from="2026-03-01"
        )
        values = {"terms": TERMS, "reason": REASON, "case_id": self._file().id}
        values |= {"date_to": "2026-09-04", "review_date": "2026-06-04"}
        self.assertEqual(forged.create(values).state, "asked")
        self.assertFalse(self.case.contact_terms)
        with self.assertRaises(AccessError):
            forged.with_user(self.portal).create(values)
        with self.assertRaisesRegex(UserError, "name the case"):
            forged.create({"terms": TERMS, "reason": REASON})

    def test_the_person_reads_it(self):
        case = self._file(self.portal.partner_id)
        self._propose(case).with_user(self.head).action_approve()
        page = case.with_user(self.portal).sudo()._get_portal_page()["arrangement"]
        self.assertEqual((page["terms"], page["reason"]), (TERMS, REASON))
        with self.assertRaises(AccessError):
            case.with_user(self.portal).read(["contact_terms"])
