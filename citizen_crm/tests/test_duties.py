from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time

from ..models.catalogue.helpdesk_ticket_category import NATURES
from .common import NOW
from .intake_common import IntakeCommon
from .reply_common import ReplyCommon


class TestDuties(ReplyCommon):
    """Nature and role say what is owed; nobody answers or closes before."""

    def assertRefused(self, case, phase, *names):
        """The move is refused, names all that is missing, and leaves no trace."""
        message = self.assertNoTrace(case, lambda: self._move(case, phase))
        for name in names:
            self.assertIn(name, message)
        return message

    # ------------------------------------------------------------ exceptions
    def test_nobody_to_tell(self):
        case = self._create_case(nature="complaint").with_user(self.clerk)
        self.assertEqual(self._owed(case), "")
        self._move(case, "answered", "closed")

    def test_withdrawn_and_not_handled_owe_nothing(self):
        case = self._file(nature="complaint")
        self._move(case, "withdrawn")
        self.assertPhase(case, "withdrawn")
        order = self._file(role="customer", nature="service_request")
        self._move(order, "not_handled")
        self.assertPhase(order, "not_handled")

    def test_the_system_is_not_asked(self):
        case = self._file(nature="complaint")
        self._move(case.sudo(), "answered", "closed")
        self.assertPhase(case, "closed")

    def test_born_answered(self):
        """Registering a case as answered is no way around."""
        for phase in ("answered", "closed"):
            with self.assertRaisesRegex(UserError, "Reasoned reply"):
                self._create_case(
                    partner_id=self.ada.id, stage_id=self._stage(phase).id
                )

    def test_nature_changed_in_the_same_breath(self):
        """What is owed after the change counts, not what was owed before."""
        case = self._file(nature="praise")
        self._ask(case, "Thank you!")
        values = {"nature": "complaint", "stage_id": self._stage("answered").id}
        with self.assertRaises(UserError) as caught:
            case.write(values)
        self.assertIn("Notice of remedies", str(caught.exception))
        self.assertEqual(case.nature, "praise")

    def test_several_cases_are_named(self):
        cases = self.Case.union(*(self._file(nature="inquiry") for _n in range(7)))
        cases = cases.with_user(self.handler)
        message = self.assertRefused(cases[0], "closed", cases[0].number)
        with self.assertRaises(UserError) as caught:
            self._move(cases, "closed")
        self.assertIn(cases[4].number, str(caught.exception))
        self.assertIn("2 more cases", str(caught.exception))
        self.assertNotIn(cases[1].number, message)

    def test_reopened_is_owed_another_answer(self):
        case = self._file(nature="inquiry")
        self._answer(case)
        self._move(case, "closed")
        with freeze_time("2026-03-05 08:00:00"):
            self._move(case, "in_work")
            self.assertTrue(case.is_reply_owed)
            self.assertRefused(case, "closed", "Reasoned reply")
            self._answer(case)
            self._move(case, "closed")

    def test_joined_is_answered_with_its_lead(self):
        lead, case = self._file(nature="inquiry"), self._file(nature="inquiry")
        case.sudo().duplicate_id = lead
        self.assertEqual(self._owed(case), "acknowledge")
        self.assertEqual(self._owed(lead), "acknowledge reply")

    def test_answer_of_earlier_records(self):
        """Records of another system know no replies; an answer there is one."""
        [case] = self.Case.sudo()._create_backdated(
            [
                (
                    self._case_values(partner_id=self.ada.id),
                    [
                        {"kind": "received", "at": datetime(2026, 3, 1)},
                        {"kind": "answered", "at": datetime(2026, 3, 2)},
                    ],
                )
            ]
        )
        self.assertFalse(case._get_missing())

    # ------------------------------------------------------------ the catalogue
    def test_new_duties_hold_for_new_cases(self):
        old = self._file(nature="praise")
        admin = self._create_user("admin", "citizen_crm.group_catalogue_admin")
        with freeze_time("2026-03-05 08:00:00"):
            duty = (
                self.env["citizen.duty"]
                .with_user(admin)
                .create(
                    {
                        "name": "Thanks",
                        "kind": "reply",
                        "role": "citizen",
                        "nature": "praise",
                    }
                )
            )
        with freeze_time("2026-03-06 08:00:00"):
            new = self._file(nature="praise")
        with freeze_time("2026-03-07 08:00:00"):
            duty.active = False
            newest = self._file(nature="praise")
        owed = [self._owed(case) for case in (old, new, newest)]
        self.assertEqual(owed, ["acknowledge", "acknowledge reply", "acknowledge"])
        duty.active = True
        self.assertEqual(self._owed(newest), "acknowledge reply")

    def test_what_is_owed_does_not_change(self):
        admin = self._create_user("admin", "citizen_crm.group_catalogue_admin")
        duty = self.env.ref("citizen_crm.duty_reply_inquiry").with_user(admin)
        duty.name = "Answer"
        duty.write({"since": NOW, "until": NOW})
        self.assertFalse(duty.since or duty.until)
        with self.assertRaisesRegex(UserError, "^Nature: "):
            duty.nature = "praise"
        with self.assertRaises(AccessError):
            duty.unlink()
        with self.assertRaises(AccessError):
            duty.with_user(self.handler).active = False
        with self.assertRaisesRegex(UserError, "Archive it"):
            duty.sudo().unlink()

    def test_duties_of_the_other_role(self):
        for role, kind in (("customer", "reply"), ("citizen", "result")):
            with self.assertRaisesRegex(ValidationError, "^Done When: "):
                self.env["citizen.duty"].create(
                    {"name": "Wrong", "kind": kind, "role": role}
                )

    # --------------------------------------------------------------- the screen
    def test_summary(self):
        case = self._file(nature="complaint")
        self.assertIn("Notice of remedies", case.duty_summary)
        self.assertEqual(case.duty_summary.count("fa-square-o"), 4)
        self._ask(case)
        case.invalidate_recordset()
        self.assertEqual(case.duty_summary.count("fa-check-square-o"), 1)
        self.assertIn("03/04/2026, Handler", case.duty_summary)
        self._answer(case)
        case.invalidate_recordset()
        self.assertEqual(case.duty_summary.count("fa-check-square-o"), 4)
        self.assertIn("Reply_head", case.duty_summary)
        self.assertFalse(self._file(nature="praise", partner_id=False).duty_summary)

    def test_search_says_what_the_field_says(self):
        cases = self.Case
        for role in ("citizen", "customer"):
            for nature in dict(NATURES):
                for _n in range(3):
                    cases += self._file(role=role, nature=nature)
                self._ask(cases[-2].with_user(self.handler))
                self._answer(cases[-1].with_user(self.handler))
        self._move(cases[2].with_user(self.handler), "closed", "in_work")
        cases[3].sudo().duplicate_id = cases[0]
        self._move(cases[6], "withdrawn")
        cases += self._file(nature="complaint", partner_id=False)
        self.assertGreater(len(cases.filtered("has_duties_missing")), 9)
        self.assertSearchAgrees(
            self.Case,
            "has_duties_missing",
            (True, False),
            [("id", "in", cases.ids)],
        )


class TestSpoken(IntakeCommon):
    """A spoken petition is read back before it is answered."""

    def test_read_back(self):
        case = self._registered(self._register(oral_record_state="read_back"))
        case.sudo().oral_record_state = "not_needed"
        names = [duty.kind for _c, duties in case._get_missing() for duty in duties]
        self.assertIn("read_back", names)
        self.assertTrue(case.has_duties_missing)
        case.sudo().oral_record_state = "read_back"
        case.invalidate_recordset()
        names = [duty.kind for _c, duties in case._get_missing() for duty in duties]
        self.assertNotIn("read_back", names)
        self.assertIn("fa-check-square-o", case.duty_summary)
