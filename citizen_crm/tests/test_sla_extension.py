from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from . import sla_common
from .common import CLEARED

RULE = {
    "basis": "statutory",
    "amount": 6,
    "unit": "statutory_working_days",
    "extension_count": 2,
    "extension_days": 6,
    "extension_lead_days": 3,
}
#: The sixth working day after Wednesday, 4 March, and three and six further ones.
PROMISED = datetime(2026, 3, 12, 23, 59, 59)
LATER = datetime(2026, 3, 17, 23, 59, 59)
LATEST = datetime(2026, 3, 20, 23, 59, 59)
WHY = "The expert who has to look at it is ill."


@freeze_time("2026-03-04 08:00:00")
class TestExtension(sla_common.SlaCommon):
    """Asked for with a reason, approved by length, told, and only then in force."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada.lang = "en_US"
        cls.roads.user_ids += cls.lead
        head = "citizen_crm.group_department_head,citizen_crm.group_clearance_citizen"
        cls.head = cls._create_user("head", head)
        cls.works = cls.env["hr.department"].create(
            {
                "name": "Works",
                "manager_id": cls._create_employee("Head", cls.head).id,
            }
        )
        cls.roads.department_id = cls.works
        cls._create_rule(RULE, role="citizen")
        cls.Extension = cls.env["citizen.sla.extension"]

    def setUp(self):
        super().setUp()
        self.case = self._create_case(
            partner_id=self.ada.id, category_id=self.pothole.id, user_id=self.handler.id
        ).with_user(self.handler)

    def _ask(self, days=3, user=None, reason=WHY, case=None):
        case = (case or self.case).with_user(user or self.handler)
        action = case.action_ask_extension()
        form = Form(
            self.env[action["res_model"]]
            .with_user(user or self.handler)
            .with_context(**action["context"])
        )
        form.days = days
        form.reason = reason
        form.save().action_confirm()
        return case.extension_ids.sorted("id")[-1:]

    def _decide(self, extension, user, kind, **values):
        action = getattr(extension.with_user(user), f"action_{kind}")()
        decision = (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(values)
        )
        decision.action_confirm()

    # ------------------------------------------------------------------- life
    def test_approved_and_told(self):
        """1. Asked: the deadline stands, the lead has an activity.
        2. Approved: the citizen is told old and new date and why; the deadline moves.
        """
        extension = self._ask()
        self.assertEqual(self.case.due_date, PROMISED)
        self.assertEqual((extension.state, extension.level), ("asked", "lead"))
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.lead)
        extension.with_user(self.lead).action_approve()
        self.assertEqual(extension.state, "told")
        self.assertEqual(extension.decided_by_id, self.lead)
        self.assertEqual((extension.old_due, extension.new_due), (PROMISED, LATER))
        clock = self._clock(self.case)
        self.assertEqual((clock.due, clock.original_due), (LATER, PROMISED))
        self.assertEqual(self.case.due_date, LATER)
        message = self.case.sudo().message_ids[0]
        self.assertEqual(message.notified_partner_ids, self.ada)
        for words in (WHY, "March 12, 2026", "March 17, 2026"):
            self.assertIn(words, message.body)
        event = self.case.sudo().event_ids.sorted("id")[-1]
        self.assertEqual((event.kind, event.days), ("extended", 3))
        self.assertEqual((event.user_id, event.note), (self.lead, WHY))
        self.assertFalse(self.case.sudo().activity_ids)

    def test_refused(self):
        extension = self._ask()
        with self.assertRaisesRegex(UserError, "why"):
            self._decide(extension, self.lead, "refuse")
        self._decide(extension, self.lead, "refuse", note="Ask the deputy.")
        self.assertEqual(extension.state, "refused")
        self.assertEqual(extension.refusal, "Ask the deputy.")
        self.assertEqual(self.case.due_date, PROMISED)
        activity = self.case.sudo().activity_ids
        self.assertEqual(activity.user_id, self.handler)
        self.assertIn("Ask the deputy.", activity.note)
        self.assertNotIn("extended", self.case.sudo().event_ids.mapped("kind"))

    def test_decided_once(self):
        extension = self._ask()
        extension.with_user(self.lead).action_approve()
        for call in (
            extension.with_user(self.lead).action_approve,
            lambda: self._decide(extension, self.lead, "refuse", note="No."),
        ):
            with self.assertRaisesRegex(UserError, "decided on already"):
                call()
        self.assertEqual(self._clock(self.case).due, LATER)

    def test_one_at_a_time(self):
        self._ask()
        with self.assertRaisesRegex(UserError, "waits to be decided"):
            self._ask()

    # ---------------------------------------------------------------- telling
    def test_who_wants_letters_is_told_first(self):
        """Without the notice the deadline does not move."""
        self.case.sudo().citizen_id.contact_preference = "letter"
        extension = self._ask()
        extension.with_user(self.lead).action_approve()
        self.assertEqual(extension.state, "approved")
        self.assertEqual(self.case.due_date, PROMISED)
        self.assertIn(
            "Tell the citizen of the extension, then record it",
            self.case.sudo().activity_ids.mapped("summary"),
        )
        with self.assertRaisesRegex(UserError, "how the citizen was told"):
            self._decide(extension, self.handler, "told")
        with self.assertRaisesRegex(UserError, "between the approval and now"):
            self._decide(
                extension, self.handler, "told", at="2026-03-03 08:00:00", note="Letter"
            )
        with freeze_time("2026-03-05 09:00:00"):
            self._decide(
                extension, self.handler, "told", at="2026-03-05 08:00:00", note="Letter"
            )
        self.assertEqual((extension.state, extension.told_how), ("told", "Letter"))
        self.assertEqual(extension.told_at, datetime(2026, 3, 5, 8))
        self.assertEqual(self.case.due_date, LATER)

    def test_nobody_to_write_to(self):
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        extension = self._ask(case=case)
        extension.with_user(self.lead).action_approve()
        self.assertEqual(extension.state, "approved")
        self._decide(extension, self.handler, "told", note="Poster at the site.")
        self.assertEqual(case.due_date, LATER)

    def test_portal_readers_are_told_there(self):
        citizen = self.case.sudo().citizen_id
        citizen.contact_preference = "portal"
        extension = self._ask()
        extension.with_user(self.lead).action_approve()
        self.assertEqual(extension.state, "approved", "no account to read it with")
        case = self._create_case(
            partner_id=self.portal.partner_id.id,
            category_id=self.pothole.id,
            user_id=self.handler.id,
            role="citizen",
        )
        case.sudo().citizen_id.contact_preference = "portal"
        extension = self._ask(case=case)
        extension.with_user(self.lead).action_approve()
        self.assertEqual(extension.state, "told")

    def test_told_too_late(self):
        """An approval that nobody was told of in time moves nothing."""
        self.case.sudo().citizen_id.contact_preference = "phone"
        extension = self._ask()
        extension.with_user(self.lead).action_approve()
        with freeze_time("2026-03-13 09:00:00"):
            with self.assertRaisesRegex(UserError, "deadline is over"):
                self._decide(extension, self.handler, "told", note="Call")
            self._decide(extension, self.lead, "refuse", note="Not told in time.")
        self.assertEqual(extension.state, "refused")

    # ---------------------------------------------------------------- deciding
    def test_long_ones_go_to_the_department_head(self):
        extension = self._ask(days=4)
        self.assertEqual(extension.level, "head")
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.head)
        with self.assertRaises(AccessError):
            extension.with_user(self.lead).action_approve()
        extension.with_user(self.head).action_approve()
        self.assertEqual(extension.state, "told")

    def test_nobody_decides_on_their_own(self):
        self.case.sudo().user_id = self.lead
        extension = self._ask(user=self.lead)
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.head)
        with self.assertRaises(AccessError):
            extension.with_user(self.lead).action_approve()
        extension.with_user(self.head).action_approve()
        self.assertEqual(extension.state, "told")

    def test_nobody_to_decide(self):
        self.works.manager_id = False
        with self.assertRaisesRegex(UserError, "Nobody can decide"):
            self._ask(days=4)

    def test_others_do_not_decide(self):
        extension = self._ask()
        for user in (self.handler, self.teamworker, self.clerk, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                extension.with_user(user).action_approve()
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._decide(extension, user, "refuse", note="No.")

    def test_search_finds_what_is_mine(self):
        mine = self._ask()
        other = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        long = self._ask(days=5, case=other)
        both = mine + long
        for user, found in (
            (self.lead, mine),
            (self.head, both),
            (self.handler, self.Extension),
            (self.clerk, self.Extension),
        ):
            with self.subTest(user.login):
                extensions = self.Extension.with_user(user)
                self.assertEqual(
                    extensions.search([("may_decide", "=", True)], order="id"), found
                )
                self.assertEqual(
                    both.with_user(user).filtered("may_decide").ids, found.ids
                )

    def test_nobody_writes_extensions(self):
        extension = self._ask()
        for user in (self.handler, self.lead, self.head, self.manager, self.admin):
            own = extension.with_user(user)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(own.has_access(operation), user.login)
            with self.assertRaises(AccessError):
                own.write({"state": "told"})

    # ------------------------------------------------------------------ limits
    def test_limits_of_the_rule(self):
        for days in (7, 0, -1):
            with self.subTest(days=days):
                with self.assertRaisesRegex(UserError, "from 1 to 6"):
                    self._ask(days=days)
        with self.assertRaisesRegex(UserError, "Reason"):
            self._ask(reason=" ")
        self._ask().with_user(self.lead).action_approve()
        self._ask().with_user(self.lead).action_approve()
        self.assertEqual(self._clock(self.case).due, LATEST)
        with self.assertRaisesRegex(UserError, "allows 2 extensions"):
            self._ask()

    def test_refused_ones_do_not_count(self):
        for _number in range(3):
            self._decide(self._ask(), self.lead, "refuse", note="No.")
        self._ask()

    def test_late_stays_late(self):
        extension = self._ask()
        with freeze_time("2026-03-13 09:00:00"):
            with self.assertRaisesRegex(UserError, "late stays late"):
                extension.with_user(self.lead).action_approve()
            other = self._create_case(
                category_id=self.pothole.id, received_date="2026-03-02 08:00:00"
            )
            with self.assertRaisesRegex(UserError, "late stays late"):
                self._ask(case=other, user=self.clerk)

    def test_nothing_promised(self):
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self._move(case, "closed")
        with self.assertRaisesRegex(UserError, "No answer is promised"):
            self._ask(case=case)

    def test_not_while_the_case_waits(self):
        self._create_rule(
            {
                "basis": "service",
                "amount": 20,
                "unit": "hours",
                "pausing_reason_ids": self.supplement.ids,
                "extension_count": 1,
                "extension_days": 3,
            },
            role="customer",
            sequence=1,
        )
        case = self._create_case(category_id=self.bin.id)
        self._move(case, "waiting")
        with self.assertRaisesRegex(UserError, "stands still"):
            self._ask(case=case, user=self.clerk)

    def test_statutory_deadline_decides(self):
        """The limits are those of the law where a standard is promised beside it."""
        self._create_rule(
            {"basis": "service", "amount": 2, "unit": "statutory_working_days"},
            sequence=1,
        )
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        extension = self._ask(case=case)
        self.assertEqual(extension.clock_id.basis, "statutory")

    def test_lapses_with_the_promise(self):
        """An answered case needs no more time, and a reopened one may ask anew."""
        extension = self._ask()
        self._reply(self.case)
        self.assertEqual(extension.state, "lapsed")
        self.assertFalse(self.case.sudo().activity_ids)
        self._move(self.case, "closed", "in_work")
        self.assertEqual(self._ask().clock_id.number, 2)

    def test_transfer_asks_the_lead_who_decides_now(self):
        """The former lead cannot even read the case any more."""
        gardener = self._create_user(
            "gardener", f"citizen_crm.group_team_lead,{CLEARED}"
        )
        self.parks.write({"department_id": self.works.id, "user_id": gardener.id})
        self.parks.user_ids += gardener
        extension = self._ask()
        task = self.case.sudo().activity_ids
        self.assertEqual(task.user_id, self.lead)
        self.case.sudo().team_id = self.parks
        self.assertEqual(self.case.sudo().activity_ids, task)
        self.assertEqual(task.user_id, gardener)
        extension.with_user(gardener).action_approve()
        self.assertFalse(task.exists())

    def test_transfer_leaves_the_task_with_who_still_decides(self):
        """The head decides on long ones, of both teams."""
        self.parks.department_id = self.works
        self._ask(days=6)
        self.case.sudo().team_id = self.parks
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.head)

    def test_transfer_keeps_the_extension(self):
        extension = self._ask()
        extension.with_user(self.lead).action_approve()
        self.case.sudo().team_id = self.parks
        self.assertEqual(self._clock(self.case).due, LATER)
