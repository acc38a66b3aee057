"""What stands in an evaluation: one measurement, a city that stays, answers, times."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models.evaluation.citizen_evaluation_figures import _tell_answers
from ..tools.nonresponse import weigh_answers
from .cycle_common import CycleCommon

HIDDEN = {"positive", "share", "limits_95", "bounds"}


class FiguresCommon(CycleCommon):
    @contextmanager
    def _count_measurements(self):
        """Yield the list of departments that were measured, ``None`` for the city."""
        found, facts = [], type(self.env["citizen.case.fact"])
        measure = facts._measure

        def count(self, date_from, date_to, departments=None, *args, **kwargs):
            found.append(departments and departments.name)
            return measure(self, date_from, date_to, departments, *args, **kwargs)

        with patch.object(facts, "_measure", count):
            yield found

    def _ask(self, name, positive, negative, silent):
        """Let so many residents of somebody's cases answer, or not."""
        employee, said = self.staff[name], {"invited": "yes", "answered": "yes"}
        self._add_facts(employee, positive, 0, **said, positive="yes")
        self._add_facts(employee, negative, 0, **said, positive="no")
        self._add_facts(employee, silent, 0, invited="yes", answered="no")

    def _read(self, code, letter="e"):
        self.env.invalidate_all()
        return self._get_line(code, letter)


@tagged("post_install", "-at_install")
class TestEvaluationFigures(FiguresCommon):
    def test_many_evaluations_are_one_measurement(self):
        self.cycle._freeze_city()
        self.env.invalidate_all()
        with self._count_measurements() as found:
            words = self.cycle.evaluation_ids.line_ids.mapped("word")
        self.assertEqual(len(words), 4 * len(self.cycle.measure_ids))
        self.assertEqual(found, [self.department.name])

    def test_publishing_all_is_one_measurement(self):
        evaluations = self.cycle.evaluation_ids
        evaluations.sudo().write({"employee_done": True, "manager_done": True})
        for evaluation in evaluations:
            evaluation._enter("shared")
        self.env["citizen.evaluation.statement"].sudo().create(
            [
                {
                    "evaluation_id": evaluation.id,
                    "kind": "conclusion",
                    "author_id": self.users["m"].id,
                    "author_name": "Boss",
                    "text": "Good",
                    "state": "submitted",
                    "submitted_at": "2026-03-01 00:00:00",
                }
                for evaluation in evaluations
            ]
        )
        evaluations.line_ids.sudo().said = {"cause": "data", "explanation": "Bridge"}
        self.cycle._freeze_city()
        self.env.flush_all()
        self.env.invalidate_all()
        chosen = evaluations.with_user(self.users["c"]).browse(evaluations.ids)
        with self._count_measurements() as found:
            chosen.action_publish()
        self.assertEqual(set(evaluations.mapped("state")), {"published"})
        self.assertEqual(found, [self.department.name])

    # ---------------------------------------------------------------- the city
    def _add_city(self):
        """Let twelve people of another department differ much in being late."""
        parks = self.env["hr.department"].create({"name": "Parks"})
        for number in range(12):
            person = self._create_employee(f"Gardener {number}", None)
            there = {"department_id": parks.id}
            self._add_facts(person, 40, 4 + 30 * (number % 2), **there)

    def test_the_city_is_taken_once_and_stays(self):
        """1. While the period runs nothing is judged, and no city is taken.
        2. Whoever needs figures first after it takes the city; its day is kept.
        3. Whatever becomes of other departments, the figures stay as they are.
        """
        self._add_city()
        with freeze_time("2026-01-15 08:00:00"), self._count_measurements() as found:
            self.assertEqual(self.cycle._measure().measured["T2"].tau2, 0)
            self.assertEqual(found, [self.department.name])
        self.assertFalse(self.cycle.city_frozen_at)
        self._bring_to("data_check")
        tau2 = self._read("T2").figures["department"]["tau2"]
        self.assertGreater(tau2, 0)
        self.assertEqual(self.cycle.city_tau2["T2"], tau2)
        self.assertEqual(str(self.cycle.city_frozen_at), "2026-03-04 08:00:00")
        self.assertEqual(
            set(self.cycle.city_tau2),
            set(self.cycle.measure_ids.mapped("code")) - {"T4", "Q1"},
        )
        parks = [("department_id", "!=", self.department.id)]
        facts = self.env["citizen.case.fact"].search(
            [*parks, ("late_resolution", "=", "yes")]
        )
        facts._exclude("Not theirs")
        with self._count_measurements() as found:
            line = self._read("T2")
            self.assertEqual(line.figures["department"]["tau2"], tau2)
        self.assertEqual(found, [self.department.name])

    def test_the_nightly_job_takes_it_before_anybody_asks(self):
        later = self._create_cycle(
            name="2026", date_from="2026-01-01", date_to="2026-03-01"
        )
        with self._count_measurements() as found:
            self.env["citizen.evaluation.cycle"]._cron_freeze_city()
            self.env["citizen.evaluation.cycle"]._cron_freeze_city()
        self.assertEqual(found.count(None), 1)
        self.assertTrue(self.cycle.city_frozen_at)
        self.assertFalse(later.city_frozen_at, "its cases may still come back")

    # ----------------------------------------------------------------- answers
    def test_who_answered_is_always_told(self):
        for name in ("Bob", "Cid", "Dan"):
            self._ask(name, 20, 10, 0)
        self._ask("Ann", 14, 10, 24)
        self._bring_to("data_check")
        line = self._read("C2")
        self.assertEqual(line.word, "within")
        answers = line.figures["answers"]
        told = [answers[name] for name in ("invited", "answered", "positive")]
        self.assertEqual(told, [48, 24, 14])
        self.assertEqual(answers["bounds"], [14 / 48, 38 / 48])
        self.assertTrue(
            line.sentence.endswith(
                "Residents asked: 48; answered: 24 (50 %); fair and clear: 14. "
                "Whatever the others think, that is between 29 % and 79 % of all who "
                "were asked."
            ),
            line.sentence,
        )
        self.assertEqual(line.figures["counts"], [24, 14])

    def test_few_who_answer_give_no_verdict(self):
        """A sixth of those who were asked: figures, a word, no ratio and no dot."""
        for name in ("Bob", "Cid", "Dan"):
            self._ask(name, 20, 10, 0)
        self._ask("Ann", 4, 20, 130)
        self._bring_to("data_check")
        line = self._read("C2")
        self.assertEqual(line.word, "low_response")
        self.assertIn("fewer than 20 %", line.sentence)
        self.assertIn("fair and clear: 4", line.sentence)
        self.assertIsNone(line.figures["verdict"]["numbers"]["ratio"])
        self.assertEqual(line.funnel["points"], [])
        whole = self.cycle._measure()
        ann = self.staff["Ann"].id
        self.assertEqual(whole.measured["C2"].people[ann].gate, "response")
        self.assertLess(whole.measured["C2"].people[ann].p, 0.001)
        self.assertNotIn(("C2", ann), whole.discoveries)
        self.assertFalse(line.sudo()._needs_explanation())

    def test_fewer_than_ten_answers_are_too_few(self):
        for name in ("Bob", "Cid", "Dan"):
            self._ask(name, 20, 10, 0)
        self._ask("Ann", 5, 3, 2)
        self._bring_to("data_check")
        line = self._read("C2")
        self.assertEqual(line.word, "too_few")
        self.assertIn("answered: 8 (80 %); fair and clear: 5.", line.sentence)

    def test_what_few_say_is_not_told(self):
        """Nor what can be made out from the rest of all answers."""
        for counts, counted, is_told in (
            ((40, 4, 3), 4, False),
            ((40, 5, 3), 5, True),
            ((40, 20, 9), 20, True),
            ((40, 20, 9), 16, False),
            ((40, 20, 9), 15, True),
            ((40, 20, 9), 3, True),
            ((0, 0, 0), 0, False),
        ):
            with self.subTest(counts=counts, counted=counted):
                told = _tell_answers(weigh_answers(*counts), counted)
                self.assertEqual(told["invited"], counts[0])
                hidden = {name for name, value in told.items() if value is None}
                self.assertEqual(HIDDEN <= hidden, not is_told)

    # ------------------------------------------------------------------- times
    def test_a_typical_time_is_shown_and_not_judged(self):
        """1. Cases take Ann five times as long; that has a sentence and no verdict.
        2. Nobody has to explain it, there is no funnel, and the seal keeps it."""
        for name in self.staff:
            for hours in (1, 2, 3):
                slow = hours * (5 if name == "Ann" else 1)
                self._add_facts(self.staff[name], 8, 0, worked_hours=slow)
        self._bring_to("data_check")
        line = self._read("T4")
        self.assertEqual(line.word, "shown")
        # The mean of the logarithms is a quarter of ln 5 higher.
        ratio = 5**0.75
        self.assertIn(f"24 cases typically took {ratio:.2f} times", line.sentence)
        self.assertFalse(line.funnel)
        self.assertFalse(line.strata_html)
        self.assertIn("15.0 h", line.cases_html)
        self.assertFalse(line.sudo()._needs_explanation())
        before = (line.sentence, line.cases_html)
        self._bring_to("published")
        line = self._read("T4")
        self.assertEqual(line.word, "shown")
        self.assertEqual((line.sentence, line.cases_html), before)
        sealed = self.evaluation.sudo().version_ids._get_content()["lines"]
        sealed = next(one for one in sealed if one["code"] == "T4")
        self.assertAlmostEqual(sealed["pace"]["ratio"], ratio)
        self.assertIsNone(sealed["standing"]["side"])

    def test_few_times_are_not_compared(self):
        self._bring_to("collecting")
        self.assertEqual(self._read("T4").word, "so_far")
        self._bring_to("data_check")
        self.assertEqual(self._read("T4").word, "too_few")
        for name in self.staff:
            self._add_facts(self.staff[name], 9, 0, worked_hours=2)
        line = self._read("T4")
        self.assertEqual(line.word, "too_few")
        self.assertIn("9 cases; at least 20 are needed", line.sentence)
