from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time

from .effort_common import HOUR, MONDAY, EffortCommon
from .objection_common import ObjectionCommon


@freeze_time("2026-03-04 08:00:00")
class TestEffortReview(EffortCommon):
    """The sheet: figures of the last year, new points for all lines or for none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pothole.effort_points = 1
        cls.tree.effort_points = 2
        for category, hours, count in (
            (cls.pothole, 1, 30),
            (cls.tree, 2, 20),
            (cls.bin, 3, 3),
        ):
            cls._finish(category, hours, count)

    @classmethod
    def _finish(cls, category, hours, count, start=MONDAY):
        """Create cases that were in hand for so many hours each."""
        end = start + hours * HOUR
        story = (("received", start), ("assigned", start), ("closed", end))
        cls.Case._create_backdated(
            [
                (
                    cls._case_values(
                        category_id=category.id,
                        received_date=start,
                        closed_date=end,
                        stage_id=cls._stage("closed").id,
                    ),
                    [{"kind": kind, "at": at} for kind, at in story],
                )
                for _number in range(count)
            ]
        )

    def _start(self, user=None):
        """Open the sheet as the menu does."""
        action = self.env["citizen.effort.review"].with_user(user or self.admin)
        return action.browse(action.action_start()["res_id"])

    def _line(self, sheet, category):
        return sheet.line_ids.filtered(lambda line: line.category_id == category)

    def test_figures(self):
        sheet = self._start()
        self.assertEqual(sheet.date_from, date(2025, 3, 5))
        self.assertEqual(sheet.date_to, date(2026, 3, 4))
        self.assertEqual(sheet.case_count, 53)
        self.assertEqual(sheet.median_hours, 1)
        # 33 cases of one point and 20 of two.
        self.assertEqual(sheet.mean_points, 1.38)
        for category, expected in {
            self.pothole: (1, 30, 30, 1, 1.5, "higher", 1),
            self.tree: (2, 20, 20, 2, 2.75, False, 2),
            self.bin: (1, 3, 3, 3, 0, "few", 1),
        }.items():
            line = self._line(sheet, category)
            with self.subTest(category=category.name):
                self.assertEqual(
                    (
                        line.points,
                        line.case_count,
                        line.measured_count,
                        line.median_hours,
                        line.suggested_points,
                        line.hint,
                        line.new_points,
                    ),
                    expected,
                )
                self.assertEqual(line.objection_count, 0)

    def test_another_period(self):
        """The days are those of the city, both included."""
        self.company.citizen_tz = "Asia/Taipei"
        late = datetime(2025, 12, 31, 17)  # 1 January, one o'clock in Taipei
        self._finish(self.bin, 0, 1, start=late)
        sheet = self._start()
        for span, count in (
            (("2026-01-01", "2026-01-31"), 1),
            (("2025-12-31", "2025-12-31"), 0),
            (("2026-02-02", "2026-02-02"), 53),
        ):
            with self.subTest(span=span):
                sheet.write({"date_from": span[0], "date_to": span[1]})
                sheet.action_measure()
                self.assertEqual(sheet.case_count, count)
                self.assertEqual(bool(sheet.line_ids), bool(count))
        with self.assertRaisesRegex(ValidationError, "To: the period"):
            sheet.date_to = "2026-01-01"

    def test_new_points_are_applied_with_their_reasons(self):
        sheet = self._start()
        self._line(sheet, self.pothole).write({"new_points": 1.5, "reason": "Visits"})
        self._line(sheet, self.tree).new_points = 2.25
        sheet.reason = "Yearly review"
        sheet.action_apply()
        self.assertEqual(self._versions(self.pothole)[-1], (1.5, "Visits", self.admin))
        self.assertEqual(
            self._versions(self.tree)[-1], (2.25, "Yearly review", self.admin)
        )
        self.assertEqual(len(self._versions(self.bin)), 1)
        # The sheet stands anew, with nothing left to apply.
        self.assertEqual(self._line(sheet, self.pothole).points, 1.5)
        with self.assertRaisesRegex(UserError, "no line has other points"):
            sheet.action_apply()

    def test_all_or_nothing(self):
        """Each line that cannot be applied is named, and none is applied."""
        sheet = self._start()
        self._line(sheet, self.pothole).write({"new_points": 1.5, "reason": "Visits"})
        self._line(sheet, self.tree).new_points = 2.25
        self._line(sheet, self.bin).write({"new_points": -1, "reason": "Typing error"})
        self._check_refused(sheet, "Reason of Tree pruning", "New Points of New bin")
        self._line(sheet, self.bin).new_points = 1
        self._check_refused(sheet, "Reason of Tree pruning")

    def _check_refused(self, sheet, *messages):
        before = [self._versions(line.category_id) for line in sheet.line_ids]
        with self.assertRaises(UserError) as refused:
            sheet.action_apply()
        for message in messages:
            self.assertIn(message, str(refused.exception))
        after = [self._versions(line.category_id) for line in sheet.line_ids]
        self.assertEqual(after, before)

    def test_bad_points(self):
        sheet = self._start()
        sheet.reason = "Review"
        for points in (0, -0.5, 1000):
            with self.subTest(points=points):
                self._line(sheet, self.pothole).new_points = points
                self._check_refused(sheet, "New Points of Pothole")

    def test_somebody_else_was_first(self):
        sheet = self._start()
        self._line(sheet, self.pothole).write({"new_points": 1.5, "reason": "Visits"})
        self.pothole.effort_points = 4
        self._check_refused(sheet, "Measure again")

    def test_a_department_head_reads(self):
        sheet = self._start(self.head)
        self.assertEqual(sheet.case_count, 53)
        self.assertFalse(sheet.can_apply)
        sheet.date_from = "2026-02-01"
        sheet.action_measure()
        line = self._line(sheet, self.pothole)
        with self.assertRaises(AccessError):
            line.new_points = 5
        line.sudo().write({"new_points": 5, "reason": "Visits"})
        with self.assertRaises(AccessError):
            sheet.action_apply()

    def test_others_do_not(self):
        for user in (self.handler, self.lead, self.manager, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._start(user)
        sheet = self._start()
        with self.assertRaises(AccessError):
            sheet.with_user(self.handler).action_measure()

    def test_the_form(self):
        """As the screen does it."""
        with Form(self._start()) as form:
            with form.line_ids.edit(0) as line:
                line.new_points = 3
                self.assertTrue(line.is_changed)
            form.reason = "Review"
        form.record.action_apply()
        self.assertEqual(form.record.line_ids[0].category_id.effort_points, 3)

    def test_no_case_at_all(self):
        sheet = self._start()
        sheet.write({"date_from": "2020-01-01", "date_to": "2020-12-31"})
        sheet.action_measure()
        self.assertEqual((sheet.case_count, sheet.mean_points), (0, 0))
        self.assertFalse(sheet.line_ids)


class TestObjectionsOnTheSheet(ObjectionCommon):
    """Those to the points of the type that were upheld in the period, and no others."""

    def test_objections(self):
        self.case.sudo().write({"stage_id": self._stage("closed").id})
        self._decide(self._object(kind="type", points=2), granted_points=1.5)
        self._decide(self._object(kind="type", points=2), "refused")
        self._decide(self._object(kind="case", points=9), granted_points=5)
        self._object(kind="type", points=3)
        sheet = self.env["citizen.effort.review"].with_user(self.head).create({})
        for day, count in (("2026-03-04", 1), ("2026-03-03", 0)):
            self.case.sudo().closed_date = f"{day} 08:00:00"
            sheet.write({"date_from": day, "date_to": day})
            sheet.action_measure()
            line = sheet.line_ids
            self.assertEqual((line.category_id, line.points), (self.pothole, 1.5))
            self.assertEqual(line.objection_count, count)
