from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time

from . import sla_common

SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}
PROMISED = datetime(2026, 3, 12, 23, 59, 59)
OTHER = datetime(2026, 4, 1, 12)


@freeze_time("2026-03-04 08:00:00")
class TestDueDate(sla_common.SlaCommon):
    """The due date follows a rule, or was given; nobody moves a rule's by hand."""

    def test_nobody_moves_the_date_of_a_rule(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        self.assertTrue(case.due_is_ruled)
        for user in (self.clerk, self.manager, self.lead):
            with (
                self.subTest(user.login),
                self.assertRaisesRegex(UserError, "extension"),
            ):
                case.with_user(user).due_date = OTHER
        with self.assertRaises(UserError):
            case.due_date = False
        case.write({"due_date": PROMISED, "place": "Mill Lane"})
        self.assertFalse(case.due_is_given)
        self.assertEqual(case.due_date, PROMISED)

    def test_by_hand_where_no_rule_promises(self):
        case = self._create_case(category_id=self.pothole.id)
        self.assertFalse(case.due_is_ruled)
        case.due_date = OTHER
        self.assertTrue(case.due_is_given)
        case.due_date = False
        self.assertFalse(case.due_is_given)

    def test_after_the_answer(self):
        """The promise is over; a date for what is left may be set."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        self._move(case, "closed")
        self.assertFalse(case.due_is_ruled)
        case.due_date = OTHER
        self.assertTrue(case.due_is_given)

    def test_given_with_the_case(self):
        """A date that came with the case stays, whatever the rules promise."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id, due_date=OTHER)
        self.assertEqual((case.due_date, case.due_is_given), (OTHER, True))
        self.assertEqual(self._clock(case).due, PROMISED)
        case.sudo().category_id = self.tree
        self.assertEqual(case.due_date, OTHER)
        case.due_date = False
        self.assertEqual((case.due_date, case.due_is_given), (PROMISED, False))

    def test_earlier_records(self):
        self._create_rule(SIX_DAYS)
        received = datetime(2026, 3, 3, 9)
        case = self.Case.with_user(self.clerk)._create_backdated(
            [
                (
                    self._case_values(received_date=received, due_date=OTHER),
                    [{"kind": "received", "at": received}],
                )
            ]
        )
        self.assertEqual((case.due_date, case.due_is_given), (OTHER, True))

    def test_nobody_says_that_the_date_was_given(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        with self.assertRaisesRegex(UserError, "follows from"):
            case.due_is_given = True

    def test_form_shows_the_date_of_a_rule_read_only(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        view = "citizen_crm.helpdesk_ticket_view_form"
        with (
            Form(case, view) as form,
            self.assertRaisesRegex(AssertionError, "readonly"),
        ):
            form.due_date = OTHER
        case = self._create_case(category_id=self.pothole.id, due_date=OTHER)
        with Form(case, view) as form:
            form.due_date = PROMISED
        self.assertEqual(case.due_date, PROMISED)
