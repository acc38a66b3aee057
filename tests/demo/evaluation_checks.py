"""What the demo city shows of evaluations, read as its people read it."""

from __future__ import annotations

from odoo import fields
from odoo.tools.safe_eval import safe_eval

from odoo.addons.citizen_crm.demo.past import PERIODS, WORK

#: What the form shows of an evaluation, as it asks for it.
FORM = {
    "employee_name": {},
    "state": {},
    "my_actions": {},
    "context_text": {},
    "line_ids": {"fields": {"code": {}, "word": {}, "sentence": {}}},
    "claim_ids": {"fields": {"case_number": {}, "state": {}, "decision": {}}},
    "appeal_ids": {"fields": {"state": {}, "reasons": {}, "reviewer_name": {}}},
    "version_ids": {"fields": {"number": {}, "kind": {}, "is_intact": {}}},
}


class EvaluationChecks:
    """For the test of the demo city, which loads it once."""

    def _get_cycles(self, department: str):
        """Return the cycles of a department as the coordinator sees them, by date."""
        cycles = self._as("coordinator")["citizen.evaluation.cycle"]
        domain = [("department_id", "=", self._ref(f"department_{department}").id)]
        return cycles.search(domain, order="date_from")

    def _find(self, employee: str, place: int):
        """Return an evaluation of Roads, by the place of its cycle, oldest first."""
        evaluations = self._get_cycles("roads")[place].sudo().evaluation_ids
        person = self._ref(f"employee_{employee}")
        return evaluations.filtered(lambda one: one.employee_id == person)

    def _open(self, login: str, evaluation) -> dict:
        """Return what somebody's form shows of an evaluation; lines by their codes."""
        self.env.flush_all()
        self.env.invalidate_all()
        (seen,) = evaluation.with_env(self._as(login)).web_read(FORM)
        seen["lines"] = {line["code"]: line for line in seen["line_ids"]}
        return seen

    def _open_line(self, login: str, evaluation, code: str):
        """Return a line as somebody opens it."""
        lines = evaluation.with_env(self._as(login)).line_ids
        return lines.filtered(lambda line: line.code == code)

    def test_two_periods_are_done_and_one_runs(self):
        first, second, running = self._get_cycles("roads")
        for cycle, (begin, end) in zip((first, second), PERIODS, strict=True):
            days = (fields.Date.today() - cycle.date_to).days
            self.assertAlmostEqual(days, end, delta=1)
            self.assertEqual((cycle.date_to - cycle.date_from).days, begin - end)
        self.assertEqual(first.state, "finished")
        states = set(second.sudo().evaluation_ids.mapped("state"))
        self.assertEqual(states, {"published", "closed"})
        self.assertEqual(running.state, "running")
        self.assertEqual(
            set(running.sudo().evaluation_ids.mapped("state")), {"collecting"}
        )
        trial, *_reviewed, planned = self._get_cycles("waste")
        self.assertEqual(
            set(trial.sudo().evaluation_ids.mapped("state")),
            {"claims", "manager", "shared"},
        )
        self.assertEqual(planned.state, "announced")
        self.assertFalse(
            (first | second | running | trial | planned)
            .sudo()
            .evaluation_ids.filtered("is_overdue")
        )

    def test_records_are_sealed_when_their_time_was(self):
        for place in (0, 1):
            cycle = self._get_cycles("roads")[place].sudo()
            for version in cycle.evaluation_ids.version_ids:
                said = version.evaluation_id.statement_ids.mapped("submitted_at")
                self.assertGreater(version.sealed_at.date(), cycle.date_to)
                self.assertLess(version.sealed_at, fields.Datetime.now())
                self.assertGreaterEqual(version.sealed_at, max(said))
                self.assertTrue(version.is_intact)

    def test_most_are_within_the_limits(self):
        for name in ("okafor", "lindqvist", "nkemelu", "varga"):
            with self.subTest(employee=name):
                line = self._open("head", self._find(name, 1))["lines"]["T2"]
                self.assertEqual(line["word"], "within")
                self.assertRegex(line["sentence"], "^As expected: .* of .* cases")

    def test_one_is_different_by_more_than_chance(self):
        """1. In both periods answers are late more often; at first it may be chance.
        2. In the second they are outside, beyond what many comparisons bring by chance.
        3. The manager has said why, and the picture shows where."""
        before = self._open("head", self._find("brandt", 0))["lines"]["T2"]
        self.assertIn(before["word"], ("within", "near_edge"))
        evaluation = self._find("brandt", 1)
        seen = self._open("head", evaluation)["lines"]["T2"]
        self.assertEqual(seen["word"], "outside")
        self.assertRegex(seen["sentence"], "^Different from expected: 20 of 38 cases")
        line = self._open_line("head", evaluation, "T2")
        self.assertEqual(line.cause, "practice")
        self.assertTrue(line.explanation)
        (own,) = line.funnel["points"]
        self.assertTrue(own["own"])
        beyond = next(
            high
            for x, high in zip(
                line.funnel["limits"]["x"],
                line.funnel["limits"]["high998"],
                strict=True,
            )
            if x >= own["x"]
        )
        self.assertGreater(own["y"], beyond)
        for other in evaluation.cycle_id.evaluation_ids - evaluation:
            words = [line["word"] for line in self._open("head", other)["line_ids"]]
            self.assertNotIn("outside", words)

    def test_of_few_cases_nothing_is_said(self):
        evaluation = self._find("ferrer", 1)
        line = self._open("parttimer", evaluation)["lines"]["T2"]
        self.assertEqual(line["word"], "too_few")
        self.assertRegex(
            line["sentence"],
            r"^Not enough cases to judge: 12 cases, about [\d.]+ expected; at least 20 "
            "and 5 are needed",
        )
        self.assertFalse(
            self._open_line("parttimer", evaluation, "T2").funnel["points"]
        )

    def test_an_objection_was_upheld(self):
        """The case is left out, and what remains is what is said."""
        evaluation = self._find("okafor", 1)
        seen = self._open("handler", evaluation)
        (claim,) = seen["claim_ids"]
        self.assertEqual(claim["state"], "accepted")
        self.assertIn("police report", claim["decision"])
        self.assertIn(": 8 of 45 cases", seen["lines"]["T2"]["sentence"])
        self.assertIn("Of 46 cases 45 count", seen["context_text"])
        self.assertIn("left out after an objection: 1.", seen["context_text"])
        fact = evaluation.claim_ids.fact_id.with_env(self._as("handler"))
        self.assertEqual(fact.late_resolution, "yes")
        self.assertTrue(fact.excluded)
        self.assertIn("police report", fact.exclude_reason)

    def test_an_appeal_was_decided(self):
        """The reviewer had no part; a new version stands, and the old is kept."""
        evaluation = self._find("brandt", 1)
        seen = self._open("reviewer", evaluation)
        self.assertEqual(seen["state"], "closed")
        (appeal,) = seen["appeal_ids"]
        self.assertEqual(appeal["state"], "changed")
        self.assertEqual(appeal["reviewer_name"], "Joseph Abara")
        kinds = [version["kind"] for version in seen["version_ids"]]
        self.assertEqual(kinds, ["published", "changed"])
        old, new = evaluation.version_ids
        content = new._get_content()
        self.assertEqual(content["previous"], old.digest)
        self.assertEqual(content["statements"][-1]["kind"], "decision")
        self.assertNotIn(
            "decision", {s["kind"] for s in old._get_content()["statements"]}
        )

    def test_whoever_opens_my_evaluation_finds_one_that_is_done(self):
        action = self.env.ref("citizen_crm.citizen_evaluation_action_my")
        for login in ("handler", "parttimer", "lead"):
            env = self._as(login)
            mine = env["citizen.evaluation"].search(
                safe_eval(action.domain, {"uid": env.uid})
            )
            with self.subTest(persona=login):
                self.assertEqual(mine.sudo().employee_id.user_id, env.user)
                self.assertIn("collecting", mine.mapped("state"))
                done = mine.filtered(lambda one: one.state == "published")
                seen = self._open(login, done)
                self.assertIn("appeal", seen["my_actions"])
                self.assertTrue(all(v["is_intact"] for v in seen["version_ids"]))
                self.assertTrue(all(line["sentence"] for line in seen["line_ids"]))

    def test_ended_cases_are_in_nobodys_way(self):
        """What is there for evaluations alone is in no queue, clock or list of work."""
        past = self.env["helpdesk.ticket"].search(
            [
                (
                    "received_date",
                    "<",
                    self.cases.sorted("received_date")[0].received_date,
                ),
                (
                    "team_id",
                    "in",
                    (self._ref("team_roads") | self._ref("team_lights")).ids,
                ),
            ]
        )
        count = sum(work.cases for works in WORK for work in works)
        self.assertTrue(0.98 * count <= len(past) <= count, len(past))
        self.assertEqual(set(past.mapped("phase")), {"closed"})
        self.assertFalse(past & self.cases)
        self.assertEqual(past, past.filtered("closed_date"))
        self.assertFalse(past.clock_ids.filtered(lambda clock: not clock.stop))
        self.assertFalse(
            self.env["citizen.assignment.entry"].search([("case_id", "in", past.ids)])
        )
        self.assertFalse(
            self.env["citizen.erasure.line"].search([("case_id", "in", past.ids)])
        )
