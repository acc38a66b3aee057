from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time

from .calendar_common import CalendarCommon
from .common import NOW


class TestApplyToOpenCases(CalendarCommon):
    """Open cases learn of a new version only when somebody says so, and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roads.resource_calendar_id = cls.office
        cls.parks.resource_calendar_id = cls._create_calendar("Garden")
        cls.open = cls._create_case(category_id=cls.pothole.id)
        cls.closed = cls._create_case(category_id=cls.pothole.id)
        cls._move(cls.closed.with_user(cls.clerk), "closed")
        cls.other = cls._create_case(category_id=cls.tree.id)
        cls.before = cls.office._get_version()

    def _apply(self, since=NOW, reason="Typhoon Gaemi", user=None):
        office = self.office.with_user(user or self.admin)
        return office._apply_to_open_cases(since, reason)

    def _get_told(self, case):
        return case.sudo().event_ids.filtered(lambda e: e.kind == "calendar_changed")

    def test_a_change_alone_tells_nobody(self):
        self._create_day("2026-03-04", hours="09:00-14:00")
        self.office._get_version()
        self.assertFalse(self._get_told(self.open))

    def test_open_cases_of_the_calendar_are_told(self):
        """The administrator sees no case, and needs not: no clearance is given."""
        self._create_day("2026-03-04", hours="09:00-14:00")
        since = NOW + timedelta(hours=-1)
        self.open.sudo().received_date = NOW + timedelta(hours=-5)
        self.assertEqual(self._apply(since), self.open)
        event = self._get_told(self.open)
        self.assertEqual(event.at, since)
        self.assertEqual(event.note, "Typhoon Gaemi")
        self.assertEqual(event.user_id, self.admin)
        self.assertEqual(event.calendar_version_id, self.office._get_version())
        self.assertNotEqual(event.calendar_version_id, self.before)
        self.assertEqual(event.after, "Office, version 2")
        self.assertFalse(self._get_told(self.closed + self.other))
        self.assertFalse(self.open.with_user(self.admin).has_access("read"))

    def test_what_has_not_changed_is_told_to_nobody(self):
        """They count on it since they were received; no history is filled with it."""
        self.assertFalse(self._apply())
        self.assertFalse(self._apply(NOW - timedelta(days=3)))
        self._create_day("2026-03-04", hours="09:00-14:00")
        late = self._create_case(category_id=self.pothole.id)
        self.assertEqual(self._apply(), self.open)
        self.assertFalse(self._get_told(late))

    def test_earlier_than_it_counts_is_a_change(self):
        """Routed on the new calendar, received on the old one: from receipt on."""
        with freeze_time("2026-03-04 06:00:00"):
            case = self._create_case(category_id=self.pothole.id)
            self.open.sudo().active = False
        self._create_day("2026-03-04", hours="09:00-14:00")
        case.sudo().team_id = self.parks
        case.sudo().team_id = self.roads
        self.assertFalse(self._apply(NOW))
        self.assertEqual(self._apply(NOW - timedelta(hours=1)), case)

    def test_nothing_happens_before_the_receipt(self):
        self._create_day("2026-03-04", hours="09:00-14:00")
        self.assertEqual(self._apply(NOW - timedelta(days=3)), self.open)
        self.assertEqual(self._get_told(self.open).at, self.open.received_date)

    def test_pressing_twice_tells_once(self):
        self._create_day("2026-03-04", hours="09:00-14:00")
        self._apply()
        self.assertFalse(self._apply())
        self.assertEqual(len(self._get_told(self.open)), 1)

    def test_a_correction_is_told_again(self):
        """1. Closed from two o'clock, told. 2. No: from three. 3. No closure at all.
        Expected: three events, the last with the first version.
        """
        day = self._create_day("2026-03-04", hours="09:00-14:00")
        self._apply()
        day.hours = "09:00-15:00"
        self._apply()
        day.unlink()
        self._apply()
        told = self._get_told(self.open).sorted("id")
        self.assertEqual(
            told.calendar_version_id.sorted("number").mapped("number"), [1, 2, 3]
        )
        self.assertEqual(told[-1].calendar_version_id, self.before)

    def test_many_cases_cost_what_one_costs(self):
        cases = self.Case.create(
            [self._case_values(category_id=self.pothole.id) for _i in range(40)]
        )
        self._create_day("2026-03-04")
        self.office._get_version()
        self.env.flush_all()
        with self.assertQueryCount(20):
            told = self._apply()
            self.env.flush_all()
        self.assertEqual(told, self.open + cases)

    def test_only_administrators(self):
        for user in (self.handler, self.clerk, self.manager, self.outsider):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._apply(user=user)
            with self.assertRaises(AccessError):
                self.office.with_user(user).action_apply_to_open_cases()
        self.assertFalse(self._get_told(self.open))

    # ---------------------------------------------------------------- wizard
    def _get_wizard(self, action, **values):
        self.assertEqual(action["res_model"], "citizen.calendar.apply")
        form = Form(
            self.env["citizen.calendar.apply"]
            .with_user(self.admin)
            .with_context(**action["context"])
        )
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def test_from_the_calendar_and_from_the_holidays(self):
        for record in (self.office, self.holidays):
            self._create_day(fields.Date.today() + timedelta(days=record.id % 300 + 1))
            action = record.with_user(self.admin).action_apply_to_open_cases()
            form = self._get_wizard(action, reason="New holiday")
            self.assertEqual(form.since, NOW)
            self.assertEqual((form.case_count, form.change_count), (1, 1))
            result = form.save().action_apply()
            self.assertIn("1", result["params"]["message"])
        self.assertEqual(len(self._get_told(self.open)), 2)

    def test_the_dialog_says_that_nothing_changes(self):
        """Looking at it makes no version, and applying it tells nobody."""
        action = self.office.with_user(self.admin).action_apply_to_open_cases()
        form = self._get_wizard(action, reason="Just in case")
        self.assertEqual((form.case_count, form.change_count), (1, 0))
        result = form.save().action_apply()
        self.assertIn("No case was changed", result["params"]["message"])
        self._create_day("2026-03-05")
        self.assertEqual(self._get_wizard(action).change_count, 1)
        self.assertEqual(self.office.version_ids, self.before)

    def test_not_in_the_future(self):
        action = self.office.with_user(self.admin).action_apply_to_open_cases()
        form = self._get_wizard(action, reason="Soon", since=NOW + timedelta(hours=1))
        with self.assertRaisesRegex(ValidationError, "future"):
            form.save()

    def test_a_calendar_on_which_nothing_can_be_counted(self):
        self.office.attendance_ids.unlink()
        action = self.office.with_user(self.admin).action_apply_to_open_cases()
        form = self._get_wizard(action, reason="New hours")
        self.assertIn("no working hours", form.problem)
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "Office.*no working hours"):
            wizard.action_apply()
        self.assertFalse(self._get_told(self.open))
