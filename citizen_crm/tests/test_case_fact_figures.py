"""Figures of people, and what stands behind and above them."""

import json
from dataclasses import asdict
from datetime import date, timedelta
from math import exp, log
from random import Random

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..tools.funnel import Rules
from .assignment_common import AssignmentCommon
from .evaluation_common import MONDAY, PERIOD, EvaluationCommon

CODES = {"T1", "T2", "T3", "C1", "C2", "C3", "Q2"}


@tagged("post_install", "-at_install")
class TestCaseFactFigures(EvaluationCommon):
    def _live_at_random(self, count):
        """Let cases live at random, of three types and four people; return nothing."""
        random = Random(7)
        people = [self.ann, self.bob, self.cleo, self._hire("Dora")]
        for number in range(count):
            first, second = random.sample(people, 2)
            hand_on = random.choice((1, 5, 40))
            story = [
                (0, "received"),
                (0, "routed"),
                (0, "assigned", first),
                *([(hand_on, "assigned", second)] if random.random() < 0.4 else ()),
                (hand_on + random.choice((2, 9, 60)), "answered"),
            ]
            ended = story[-1][0] + 1
            self._live(
                *story,
                (ended, "closed"),
                start=MONDAY + timedelta(days=number % 5),
                category_id=random.choice((self.pothole, self.tree, self.bin)).id,
                priority=random.choice("012"),
                role="citizen",
            )

    def test_nothing_is_lost(self):
        """Observed and expected are equal in sum, and so are the slow counts."""
        self._promise()
        self._live_at_random(60)
        self.Fact._catch_up()
        found = self.Fact._measure(*PERIOD, self.works)
        self.assertEqual(set(found), CODES)
        for code, measured in found.items():
            behind = {
                person: self.Fact._get_facts_behind(person, *PERIOD, code)
                for person in self.Fact.search([]).handler_id
            }
            if code not in ("C2", "T3"):
                self.assertEqual(
                    {
                        person.id: len(facts)
                        for person, facts in behind.items()
                        if facts
                    },
                    {key: standing.n for key, standing in measured.people.items()},
                )
                events = [
                    pair
                    for facts in behind.values()
                    for pair in facts._get_events(code)
                ]
                self.assertEqual(measured.observed, sum(event for _c, event in events))
            self.assertAlmostEqual(measured.observed, measured.expected, places=9)
            json.dumps(asdict(measured), allow_nan=False)
        self.assertGreater(found["T2"].observed, 5)
        self.assertGreater(found["T2"].n, found["T2"].observed)

    def test_open_cases_count_with_their_hours(self):
        """Who leaves cases open is not faster than who closes them."""
        for person in (self.ann, self.bob, self.cleo):
            for _number in range(7):
                self._finish(person, hours=3)
        story = (0, "received"), (0, "routed"), (0, "assigned", self.ann)
        for _number in range(6):
            self._live(*story, phase="assigned")
        # Received when the period was over.
        late = MONDAY + timedelta(days=20)
        self._live(*story, phase="assigned", start=late)
        self.Fact._catch_up()
        period = date(2026, 1, 1), date(2026, 2, 15)
        speed = self.Fact._measure(*period, self.works, ["T3"])["T3"]
        ann, bob = (speed.people[person.id] for person in (self.ann, self.bob))
        self.assertEqual((ann.n, ann.observed, bob.n, bob.observed), (13, 7, 7, 7))
        self.assertLess(ann.ratio, 1)
        self.assertGreater(bob.ratio, 1)
        self.assertAlmostEqual(speed.observed, speed.expected)
        self.assertEqual(len(self.Fact._get_open_rows(period[1], self.works)), 6)

    def test_which_facts(self):
        """Of the period and the department; personal ones that were not left out."""
        self._insert(self.ann, 3, late_resolution="yes")
        self._insert(self.bob, 2, late_resolution="no")
        self._insert(self.bob, counts_personally=False, late_resolution="yes")
        self._insert(self.bob, closed_on="2026-07-01 00:00:00", late_resolution="yes")
        self._insert(self.bob, department_id=False, late_resolution="yes")
        self._insert(self.bob)
        left_out = self._insert(self.ann, late_resolution="yes")
        left_out._exclude("It was not hers.")
        found = self.Fact._measure(*PERIOD, self.works, ["T2"])
        self.assertEqual(set(found), {"T2"})
        people = found["T2"].people
        self.assertEqual((people[self.ann.id].n, people[self.bob.id].n), (3, 2))
        self.assertEqual((found["T2"].n, found["T2"].observed), (5, 3))
        whole = self.Fact._measure(*PERIOD, None, ["T2"])
        self.assertEqual(whole["T2"].n, 6)
        self.assertEqual(left_out.exclude_reason, "It was not hers.")
        with self.assertRaisesRegex(UserError, "Reason"):
            left_out._exclude(" ")

    def test_few_differ_as_people_of_the_city_do(self):
        """Twelve have cases, of three something may be said: that is too few."""
        for person in (self.ann, self.bob, self.cleo):
            self._insert(person, 8, late_resolution="yes")
            self._insert(person, 24, late_resolution="no")
        parks = self.env["hr.department"].create({"name": "Parks"})
        for number in range(11):
            person = self._create_employee(f"Gardener {number}", None)
            self._insert(person, late_resolution="no")
            there = {"department_id": parks.id, "late_resolution": "yes"}
            self._insert(person, 4 + 28 * (number % 2), **there)
            there["late_resolution"] = "no"
            self._insert(person, 32 - 28 * (number % 2), **there)
        city = self.Fact._measure(*PERIOD, None, ["T2"])["T2"]
        works = self.Fact._measure(*PERIOD, self.works, ["T2"])["T2"]
        self.assertTrue(city.is_own_tau2)
        self.assertGreater(city.tau2, 0)
        self.assertEqual(self.Fact._measure_city(*PERIOD, ["T2"]), {"T2": city.tau2})
        self.assertGreater(len(works.people), 12)
        self.assertEqual((works.compared, works.is_own_tau2), (3, False))
        self.assertEqual(works.tau2, 0)

    def test_how_the_city_differs_in_speed(self):
        """It is that of the only department in which something may be said."""
        parks = self.env["hr.department"].create({"name": "Parks"})
        for number in range(12):
            person = self._create_employee(f"Gardener {number}", None)
            hours = 2 + 9 * (number % 2)
            there = {"department_id": parks.id, "worked_hours": hours}
            self._insert(person, 24, **there)
        self._insert(self.ann, 2, worked_hours=5)
        own = self.Fact._measure(*PERIOD, parks, ["T3"])["T3"]
        self.assertTrue(own.is_own_tau2)
        self.assertGreater(own.tau2, 0)
        self.assertEqual(self.Fact._measure_city(*PERIOD, ["T3"]), {"T3": own.tau2})

    def test_rules_of_a_cycle_hold_for_times(self):
        for person in (self.ann, self.bob, self.cleo):
            self._insert(person, 6, worked_hours=2)
            self._insert(person, 6, worked_hours=3)
        rules = Rules(min_cases=12)
        strict = self.Fact._measure(*PERIOD, self.works, ["T3"])["T3"]
        found = self.Fact._measure(*PERIOD, self.works, ["T3"], rules)["T3"]
        self.assertEqual({one.gate for one in strict.people.values()}, {"cases"})
        self.assertEqual({one.gate for one in found.people.values()}, {None})
        strict = self.Fact._compare_times(*PERIOD, self.works)
        found = self.Fact._compare_times(*PERIOD, self.works, rules)
        self.assertIsNone(strict[self.ann.id].ratio)
        self.assertIsNotNone(found[self.ann.id].ratio)

    def test_typical_times(self):
        """The ratio of geometric means, of closed cases; next to no time is 6 minutes.

        Two kinds of cases: potholes take Ann twice as long as others, trees as long.
        """
        people = (self.ann, self.bob, self.cleo)
        for person in people:
            for hours in (1, 2, 3):
                slow = hours * (2 if person == self.ann else 1)
                self._insert(person, 8, worked_hours=slow)
                self._insert(person, 8, worked_hours=hours, category_id=self.tree.id)
        self._insert(self.bob, 8, worked_hours=99, ended_by="passed_on")
        self._insert(self.bob, 8, worked_hours=99, counts_personally=False)
        found = self.Fact._compare_times(*PERIOD, self.works)
        self.assertEqual({pace.n for pace in found.values()}, {48})
        # Of potholes the mean of the logarithms is a third of ln 2 higher.
        self.assertAlmostEqual(found[self.ann.id].ratio, exp(log(2) / 3))
        self.assertAlmostEqual(found[self.bob.id].ratio, exp(-log(2) / 6))
        low, high = found[self.ann.id].limits_95
        self.assertTrue(1 < low < found[self.ann.id].ratio < high)
        self.assertEqual(len(self.Fact._get_facts_behind(self.bob, *PERIOD, "T4")), 48)
        self._insert(self.cleo, 24, worked_hours=0)
        pace = self.Fact._compare_times(*PERIOD, self.works)[self.cleo.id]
        self.assertLess(pace.ratio, found[self.cleo.id].ratio)
        self.assertGreater(pace.limits_95[0], 0)

    def test_answers_are_counted_of_all_who_were_asked(self):
        said = {"invited": "yes", "answered": "yes"}
        self._insert(self.ann, 9, **said, positive="yes")
        self._insert(self.ann, 3, **said, positive="no", decision="unfounded")
        self._insert(self.ann, 28, invited="yes", answered="no")
        self._insert(self.ann, 5, invited="no")
        self._insert(self.ann, 5, **said, positive="no", counts_personally=False)
        self._insert(self.bob, 60, invited="yes")
        found = self.Fact._weigh_answers(*PERIOD, self.works)
        ann, bob = found[self.ann.id], found[self.bob.id]
        self.assertEqual((ann.invited, ann.answered, ann.positive), (40, 12, 9))
        self.assertEqual((ann.bounds, ann.gate), ((9 / 40, 37 / 40), None))
        self.assertEqual((bob.answered, bob.gate), (0, "answers"))
        rules = Rules(min_response=0.5)
        strict = self.Fact._weigh_answers(*PERIOD, self.works, rules)
        self.assertEqual(strict[self.ann.id].gate, "response")

    def test_rules_of_a_cycle_hold(self):
        """As announced: with the usual ones something may be said of these people."""
        for person in (self.ann, self.bob, self.cleo):
            self._insert(person, 8, late_resolution="yes")
            self._insert(person, 24, late_resolution="no")
        usual = self.Fact._measure(*PERIOD, self.works, ["T2"])["T2"]
        rules = Rules(min_cases=33)
        strict = self.Fact._measure(*PERIOD, self.works, ["T2"], rules)["T2"]
        self.assertEqual((usual.compared, strict.compared), (3, 0))
        self.assertEqual({one.gate for one in strict.people.values()}, {"cases"})

    def test_days_are_those_of_the_city(self):
        self.company.citizen_tz = "Asia/Taipei"
        for closed_on in ("2026-06-30 15:59:59", "2026-06-30 16:00:00"):
            self._insert(self.ann, closed_on=closed_on, late_resolution="no")
        self.assertEqual(self.Fact._measure(*PERIOD, self.works, ["T2"])["T2"].n, 1)

    def test_one_pass(self):
        """All measures of a period are one statement over the facts."""
        self._insert(self.ann, 3, late_resolution="yes", reopened_30d="no")
        for person in (self.bob, self.cleo):
            self._insert(person, 3, late_resolution="no", reopened_30d="no")
        measures = self.env["citizen.measure"].search([("is_current", "=", True)])
        measures.mapped("good")
        self.Fact._measure(*PERIOD, None, measures)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Fact._measure(*PERIOD, None, measures)

    def test_who_said_what_is_told_nobody(self):
        """Behind the figure stand all who were asked, and no word of what they said."""
        self._insert(self.ann, 2, invited="yes", answered="yes", positive="no")
        self._insert(self.ann, 1, invited="yes", answered="no")
        behind = self.Fact._get_facts_behind(self.ann, *PERIOD, "C2")
        self.assertEqual(len(behind), 3)
        self.assertEqual({event for _case, event in behind._get_events("C2")}, {None})
        measured = self.Fact._measure(*PERIOD, self.works, ["C2"])["C2"]
        self.assertEqual((measured.n, measured.observed), (2, 0))
        self.assertEqual(measured.good, "high")

    def test_decisions_are_compared_with_their_like(self):
        """A refusal is compared with refusals, in that measure alone."""
        for decision, positive in (("founded", "yes"), ("unfounded", "no")):
            for person in (self.ann, self.bob, self.cleo):
                self._insert(
                    person,
                    7,
                    decision=decision,
                    positive=positive,
                    late_resolution=positive,
                )
        found = self.Fact._measure(*PERIOD, self.works, ["C2", "T2"])
        ann = {code: one.people[self.ann.id] for code, one in found.items()}
        # All refused are alike and all others are, so chance has no part in it.
        self.assertEqual(ann["C2"].variance, 0)
        self.assertGreater(ann["T2"].variance, 0)
        self.assertEqual(len(ann["T2"].strata), 1)
        self.assertFalse(ann["C2"].strata, "a kind with one case tells who said what")


@tagged("post_install", "-at_install")
class TestCaseFactContext(AssignmentCommon):
    """The workload is read off the duty ledger."""

    def _context(self, member, until=date(2026, 4, 30)):
        facts = self.env["citizen.case.fact"]
        return facts._get_context(member.employee_id, date(2026, 3, 2), until)

    def _give(self, member, count):
        cases = self._file(count)
        cases.with_user(self.lead)._hand_to(member.user_id, "Near")
        return cases

    def test_finished_and_given(self):
        cases = self._give(self.ann, 4)
        cases[0].stage_id = self._stage("closed")
        context = self._context(self.ann)
        self.assertEqual((context["finished"], context["assigned"]), (1, 4))
        self.assertEqual((context["points"], context["finished_share"]), (1.0, 0.25))
        # Monday to Wednesday.
        self.assertEqual(context["available_days"], 3.0)
        self.assertAlmostEqual(context["points_per_day"], 1 / 3)
        self.assertEqual((context["weeks"], context["load_ratio"]), (0, None))
        json.dumps(context, allow_nan=False)

    def test_leave_is_not_available(self):
        with freeze_time("2026-03-02 08:00:00"):
            self._give_leave(self.ann, 1)
        self.assertEqual(self._context(self.ann)["available_days"], 2.0)

    def test_overloaded(self):
        """Twelve open cases where four would be fair, week for week."""
        self._give(self.ann, 12)
        with freeze_time("2026-03-31 08:00:00"):
            ann, bob = self._context(self.ann), self._context(self.bob)
        self.assertEqual(ann["weeks"], 4)
        self.assertGreater(ann["load_ratio"], 1.25)
        self.assertEqual((ann["overloaded_weeks"], ann["is_overloaded"]), (4, True))
        self.assertEqual((bob["load_ratio"], bob["is_overloaded"]), (0.0, False))

    def test_of_next_to_nothing_nobody_has_too_much(self):
        self._give(self.ann, 1)
        with freeze_time("2026-03-31 08:00:00"):
            self.assertFalse(self._context(self.ann)["is_overloaded"])

    def test_load_goes_with_the_case(self):
        """Finished, handed on and weighed anew: what counts is what is open."""
        cases = self._give(self.ann, 9)
        with freeze_time("2026-03-10 12:00:00"):
            cases[:3].write({"stage_id": self._stage("closed").id})
            cases[3:9].with_user(self.lead)._hand_to(self.bob.user_id, "Balance")
        with freeze_time("2026-03-31 08:00:00"):
            ann, bob = self._context(self.ann), self._context(self.bob)
        self.assertGreater(ann["ratios"][0], 0)
        self.assertEqual(ann["ratios"][1:], [0.0] * 3)
        self.assertEqual(bob["ratios"][0], 0)
        self.assertGreater(bob["ratios"][-1], 1)


@tagged("post_install", "-at_install")
class TestCaseFactReport(EvaluationCommon):
    """Teams, five people at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oversight = cls._create_user("oversight", "citizen_crm.group_oversight")
        cls.people = [cls.ann, cls.bob, cls.cleo, cls._hire("Dora"), cls._hire("Eve")]

    def _rows(self, *names):
        """Return the rows that oversight reads, as plain values."""
        self.env.flush_all()
        report = self.env["citizen.case.fact.report"].with_user(self.oversight)
        return [
            tuple(
                row[name].name if row._fields[name].relational else row[name]
                for name in ("team_id", "category_id", *names)
            )
            for row in report.search([])
        ]

    def test_five_people(self):
        for person in self.people[:4]:
            self._insert(person, 3, late_resolution="no")
        self.assertEqual(self._rows(), [])
        self._insert(self.people[4], 2, late_resolution="yes", worked_hours=2.5)
        self.assertEqual(
            self._rows("case_count", "resolution_late", "worked_hours"),
            [("Roads", "Pothole", 14, 2, 5.0)],
        )
        report = self.env["citizen.case.fact.report"].with_user(self.oversight)
        (row,) = report._read_group([], [], ["resolution_share:avg"])
        self.assertAlmostEqual(row[0], 200 / 14)

    def test_few_are_put_together(self):
        """Two types with three people each become one row of the team."""
        for person in self.people[:3]:
            self._insert(person, 2)
        for person in self.people[2:]:
            self._insert(person, 1, category_id=self.tree.id)
        self.assertEqual(self._rows("case_count"), [("Roads", False, 9)])

    def test_small_teams_are_put_together(self):
        """Within their department, else in the city."""
        for person in self.people[:3]:
            self._insert(person, 2)
        for person in self.people[3:]:
            self._insert(person, 1, team_id=self.parks.id)
        self.assertEqual(self._rows("case_count"), [(False, False, 8)])
        report = self.env["citizen.case.fact.report"].with_user(self.oversight)
        self.assertEqual(report.search([]).department_id, self.works)
        far = {"department_id": False, "closed_on": "2026-05-01 00:00:00"}
        for person in self.people[:3]:
            self._insert(person, 1, closed_on=far["closed_on"])
        for person in self.people[3:]:
            self._insert(person, 1, **far, team_id=self.parks.id)
        self.env.flush_all()
        may = report.search([("month", "=", "2026-05-01")])
        self.assertEqual((may.case_count, may.department_id.ids), (5, []))

    def test_left_out_is_not_counted(self):
        for person in self.people:
            self._insert(person, 2)
        self._insert(self.ann)._exclude("Not hers")
        self.assertEqual(self._rows("case_count"), [("Roads", "Pothole", 10)])

    def test_no_person_in_it(self):
        for model in (
            "citizen.case.fact.equity",
            "citizen.case.fact.question",
            "citizen.case.fact.report",
            "citizen.workload.month",
        ):
            names = {
                field.comodel_name
                for name, field in self.env[model]._fields.items()
                if field.relational and not name.endswith("_uid")
            }
            self.assertLessEqual(
                names,
                {"helpdesk.ticket.team", "hr.department", "helpdesk.ticket.category"},
            )

    # ----------------------------------------------------------------- questions
    def _questions(self):
        self.env.flush_all()
        found = self.env["citizen.case.fact.question"].with_user(self.oversight)
        return {row.signal: row for row in found.search([])}

    def _insert_teams(self, there, **here):
        """Ten cases of each person in either team, ``here`` in Roads."""
        for person in self.people:
            self._insert(person, 10, **here)
            self._insert(person, 10, team_id=self.parks.id, **there)

    def test_alike_asks_nothing(self):
        same = {"late_resolution": "no", "has_deadline": True, "left_at_end": 0.01}
        self._insert_teams(same, **same)
        self.assertEqual(self._questions(), {})

    def test_close_to_the_limit(self):
        far = {"late_resolution": "no", "has_deadline": True, "left_at_end": 0.6}
        self._insert_teams(far, **{**far, "left_at_end": 0.02})
        (signal, row), *others = self._questions().items()
        self.assertEqual((signal, others, row.team_id), ("bunching", [], self.roads))
        self.assertEqual((row.share, row.other_share), (100.0, 0.0))
        self.assertIn("100 % of the answers", row.question)
        self.assertTrue(row.question.endswith("?"))

    def test_all_signals(self):
        plain = {"worked_hours": 1.0, "waited_hours": 0.1}
        passed = {"ended_by": "passed_on", "has_deadline": True}
        self._insert_teams(
            {**plain, **passed, "left_at_end": 0.9},
            worked_hours=1.0,
            waited_hours=1.0,
            **passed,
            left_at_end=0.1,
            excluded=True,
        )
        self._insert_teams({}, is_reclassified=True)
        self.assertEqual(
            set(self._questions()),
            {"pausing", "late_transfer", "reclassified", "excluded"},
        )

    def test_four_people_are_asked_nothing(self):
        far = {"late_resolution": "no", "has_deadline": True, "left_at_end": 0.6}
        for person in self.people[:4]:
            self._insert(person, 10, **{**far, "left_at_end": 0.02})
        for person in self.people:
            self._insert(person, 10, team_id=self.parks.id, **far)
        self.assertEqual(self._questions(), {})
