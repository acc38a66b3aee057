from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .assignment_common import AssignmentCommon
from .common import CLEARED


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class TestFieldCheck(AssignmentCommon):
    """Of what Ann has closed, Bob or Cid looks at some, as the draw will have it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Sample = cls.env["citizen.field.sample"]
        cls.pothole.is_on_site = True
        cls.sign = cls._create_service_type("Sign", cls.roads, code="T-SIGN")
        cls.head = cls._create_user(
            "above", f"citizen_crm.group_department_head,{CLEARED}"
        )
        cls.watch = cls._create_user("watch", "citizen_crm.group_oversight")

    def _close(self, count, user=None, **values):
        cases = self._file(count, partner_id=self.ada.id, role="citizen", **values)
        cases._hand_to(user or self.ann.user_id, "Knows the street")
        for case in cases:
            self._move(case, "in_work", "answered", "closed")
        return cases

    def _draw(self, seed="test"):
        with freeze_time("2026-03-05 08:00:00"):
            return self.Sample._draw_next(seed)

    def _checks(self, sample):
        return self.env["citizen.field.check"].search([("sample_id", "=", sample.id)])

    def _check_one(self, finding, got=None, note=False):
        """Draw one closed case, record a finding; return the check."""
        self.pothole.field_check_rate = 100
        case = self._close(1)
        if got:
            feedback = self.env["citizen.case.feedback"]._prepare(case)
            feedback = self.env["citizen.case.feedback"].create(feedback)
            feedback._answer({"got_it": got}, "")
        check = self._checks(self._draw())
        mine = check.with_user(check.checker_id)
        mine.write({"finding": finding, "note": note})
        mine.action_record()
        return check

    # ---------------------------------------------------------------- drawing
    def test_rate_of_a_type(self):
        self.assertEqual(self.pothole.field_check_rate, 5)
        self.assertEqual(self.tree.field_check_rate, 0)
        with self.assertRaises(ValidationError):
            self.pothole.field_check_rate = 101

    def test_draw_can_be_drawn_again(self):
        self.pothole.field_check_rate = 25
        cases = self._close(16)
        self._close(2, category_id=self.sign.id)
        sample = self._draw()
        checks = self._checks(sample)
        self.assertEqual(len(checks), 4)
        self.assertEqual((sample.population_count, sample.drawn_count), (16, 4))
        self.assertLessEqual(checks.case_id, cases)
        self.assertTrue(sample.is_reproduced)
        self.assertEqual(
            sorted(sample.population[0]["cases"]), sorted(cases.mapped("number"))
        )
        # What happens to the cases later does not change what was drawn.
        cases[0].category_id = self.sign
        sample.invalidate_recordset()
        self.assertTrue(sample.is_reproduced)
        with self.assertRaises(AccessError):
            sample.seed = "another"

    def test_each_closing_is_in_one_draw(self):
        self.pothole.field_check_rate = 100
        first = self._close(2)
        self.assertEqual(self._checks(self._draw()).case_id, first)
        with freeze_time("2026-03-06 08:00:00"):
            second = self._close(1)
        with freeze_time("2026-03-12 08:00:00"):
            sample = self.Sample._draw_next("next")
        self.assertEqual(self._checks(sample).case_id, second)

    def test_confidential_cases_are_never_drawn(self):
        self.pothole.field_check_rate = 100
        case = self._close(1)
        case.sudo().confidential = True
        self.assertFalse(self._checks(self._draw()))

    def test_nobody_checks_the_own_work(self):
        self.pothole.field_check_rate = 100
        cases = self._close(6)
        cases[:3].sudo().write({"outcome": "unknown"})
        checkers = self._checks(self._draw()).mapped("checker_id")
        self.assertNotIn(self.ann.user_id, checkers)
        self.assertLessEqual(checkers, self.bob.user_id | self.cid.user_id | self.lead)
        self.assertGreater(len(checkers), 1, "the draw decides for each case")

    def test_task_and_passing_on(self):
        self.pothole.field_check_rate = 100
        self._close(1)
        check = self._checks(self._draw())
        first = check.checker_id
        self.assertEqual(check.activity_ids.user_id, first)
        with self.assertRaises(UserError):
            check.with_user(self.ann.user_id).action_pass_on()
        check.with_user(first).action_pass_on()
        self.assertNotEqual(check.checker_id, first)
        self.assertEqual(check.passed_user_ids, first)
        self.assertEqual(check.activity_ids.user_id, check.checker_id)
        while check.checker_id:
            check.with_user(check.checker_id).action_pass_on()
        self.assertEqual(check.state, "todo", "it waits, and is seen as such")

    # -------------------------------------------------------------- recording
    def test_finding_becomes_the_outcome(self):
        self.pothole.field_check_rate = 100
        self._close(3)
        checks = self._checks(self._draw())
        outcomes = {"done": "confirmed", "partly": "partly", "not_done": "not_solved"}
        for check, (finding, outcome) in zip(checks, outcomes.items(), strict=True):
            with self.subTest(finding):
                mine = check.with_user(check.checker_id)
                mine.finding = finding
                mine.action_record()
                self.assertEqual(check.case_id.outcome, outcome)
                events = check.case_id.event_ids.sorted("id")[-2:]
                kinds = ["field_checked", "outcome_recorded"]
                self.assertEqual(events.mapped("kind"), kinds)
                self.assertEqual(events.user_id, check.checker_id)

    def test_contradiction_is_disputed(self):
        check = self._check_one("not_done", got="yes")
        self.assertEqual(check.case_id.outcome, "disputed")
        self.assertTrue(check.is_disputed)

    def test_cannot_tell_leaves_the_persons_word(self):
        with self.assertRaisesRegex(UserError, "say why"):
            self._check_one("cannot_tell", got="no")
        check = self.env["citizen.field.check"].search([])
        mine = check.with_user(check.checker_id)
        mine.note = "The street was closed."
        mine.action_record()
        self.assertEqual(check.case_id.outcome, "not_solved")

    def test_later_word_does_not_undo_what_was_seen(self):
        check = self._check_one("not_done")
        feedback = self.env["citizen.case.feedback"].search(
            [("case_id", "=", check.case_id.id)], limit=1
        )
        if not feedback:
            values = self.env["citizen.case.feedback"]._prepare(check.case_id)
            feedback = self.env["citizen.case.feedback"].create(values)
        feedback._answer({"got_it": "yes"}, "")
        self.assertEqual(check.case_id.outcome, "not_solved")

    def test_only_the_checker_writes_and_once(self):
        self.pothole.field_check_rate = 100
        self._close(1)
        check = self._checks(self._draw())
        mine = check.with_user(check.checker_id)
        with self.assertRaisesRegex(UserError, "say what"):
            mine.action_record()
        with self.assertRaises(AccessError):
            mine.write({"checker_id": self.ann.user_id.id})
        with self.assertRaises(UserError):
            check.with_user(self.ann.user_id).write({"finding": "done"})
        mine.finding = "done"
        mine.action_record()
        for call in (lambda: mine.write({"finding": "partly"}), mine.action_record):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                call()
        with self.assertRaises(AccessError):
            check.sudo().unlink()

    def test_figures_of_at_least_five(self):
        self.pothole.field_check_rate = 100
        self._close(6)
        for number, check in enumerate(self._checks(self._draw())):
            Report = self.env["citizen.field.check.report"].with_user(self.watch)
            self.env.flush_all()
            self.assertEqual(bool(Report.search([])), number >= 5)
            mine = check.with_user(check.checker_id)
            mine.finding = "not_done" if number == 0 else "done"
            mine.action_record()
        self.env.flush_all()
        self.env.invalidate_all()
        row = Report.search([])
        self.assertEqual((row.checked_count, row.not_done_count), (6, 1))
        [(share,)] = Report._read_group([], [], ["done_share:avg"])
        self.assertAlmostEqual(share, 500 / 6, 5)

    def test_no_figure_is_about_a_person(self):
        for name in ("citizen.field.check.report", "citizen.failure.demand.report"):
            for field in self.env[name]._fields.values():
                if field.name not in ("create_uid", "write_uid"):
                    self.assertNotIn(
                        field.comodel_name, ("res.users", "hr.employee", "res.partner")
                    )


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class TestFailureDemand(AssignmentCommon):
    """Contacts and repeats of a small history, counted by hand."""

    def _count(self):
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env["citizen.failure.demand.report"]
        [row] = report._read_group(
            [],
            [],
            [
                f"{name}_count:sum"
                for name in ("contact", "repeat", "after_closing", "joined", "asking")
            ],
        )
        before = getattr(self, "before", (0,) * 5)
        row = tuple(value or 0 for value in row)
        return tuple(now - then for now, then in zip(row, before, strict=True)), row

    def setUp(self):
        super().setUp()
        _counts, self.before = self._count()

    def _at(self, **delta):
        return freeze_time(fields.Datetime.now() + timedelta(**delta))

    def _write(self, case, partner=None):
        case._portal_post("Well?", [], partner or self.ada)

    def test_first_contact_is_no_repeat(self):
        self._file(2, partner_id=self.ada.id)
        self._file(1)  # nobody has signed it
        self.assertEqual(self._count()[0], (3, 0, 0, 0, 0))

    def test_again_within_thirty_days_after_closing(self):
        [case] = self._file(partner_id=self.ada.id)
        self._move(case, "closed")
        for days, person, category in (
            (29, self.ada, self.pothole),
            (31, self.ada, self.pothole),
            (5, self.ben, self.pothole),
            (5, self.ada, self.tree),
        ):
            with self._at(days=days):
                self._file(partner_id=person.id, category_id=category.id)
        self.assertEqual(self._count()[0], (5, 1, 1, 0, 0))

    def test_message_to_a_closed_case(self):
        [case] = self._file(partner_id=self.ada.id)
        with self._at(hours=2):
            self._move(case, "closed")
        with self._at(days=2):
            case.sudo()._reopen_for(self.ada, "It is there still")
        self.assertEqual(self._count()[0], (2, 1, 1, 0, 0))

    def test_joined_matter(self):
        lead, other = self._file(2)
        other.duplicate_id = lead
        self.assertEqual(self._count()[0], (2, 1, 0, 1, 0))

    def test_asking_again_when_nobody_answered_in_time(self):
        [case] = self._file(partner_id=self.ada.id)
        case.due_date = fields.Datetime.now() + timedelta(days=3)
        with self._at(days=2):
            self._write(case)  # adds something in time: a contact, no repeat
        with self._at(days=4):
            self._write(case)
        self.assertEqual(self._count()[0], (3, 1, 0, 0, 1))
        with self._at(days=5):
            self._ask(case.with_user(self.lead), "We are late, sorry.")
        with self._at(days=6):
            self._write(case)
        self.assertEqual(self._count()[0], (4, 1, 0, 0, 1))
