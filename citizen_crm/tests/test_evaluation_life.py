"""An evaluation from the announcement to the appeal, as people live it."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .cycle_common import CycleCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


@tagged("post_install", "-at_install")
class TestEvaluationLife(CycleCommon):
    def _cron(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["citizen.evaluation"]._cron_move_on()

    # ------------------------------------------------------------- announcing
    def test_a_cycle_is_announced_before_it_begins(self):
        """1. The coordinator plans a cycle, by the rights of the role alone.
        2. It cannot begin today; what was announced does not change."""
        Cycle = self.env["citizen.evaluation.cycle"].with_user(self.users["c"])
        cycle = Cycle.create(
            {
                "name": "2026",
                "department_id": self.department.id,
                "date_from": "2026-03-04",
                "date_to": "2026-12-31",
                "steward_id": self.users["s"].id,
            }
        )
        with self.assertRaisesRegex(UserError, "From: a cycle is announced before"):
            cycle.action_announce()
        cycle.date_from = "2026-04-01"
        cycle.action_announce()
        self.assertEqual(cycle.state, "announced")
        self.assertEqual(cycle.evaluation_count, 4)
        self.assertEqual(cycle.settings["min_cases"], 20)
        with self.assertRaises(AccessError):
            cycle.check_days = 1
        with self.assertRaises(AccessError):
            cycle.write({"state": "finished"})
        seen = cycle.with_user(self.users["o"])
        self.assertTrue(seen.measure_ids.mapped("explanation"))

    def test_a_plan_is_complete_and_independent(self):
        values = {"date_from": "2026-07-01", "date_to": "2026-12-31"}
        cases = (
            ({"steward_id": self.users["b"].id}, ValidationError, "outside the line"),
            ({"steward_id": self.users["m"].id}, ValidationError, "outside the line"),
            ({"steward_id": False}, UserError, "Data Steward: name"),
            ({"measure_ids": False}, UserError, "Measures: choose"),
            ({"date_from": "2025-12-01"}, ValidationError, "overlaps"),
        )
        for changes, error, words in cases:
            with (
                self.subTest(words=words, changes=changes),
                self.assertRaisesRegex(error, words),
                self.env.cr.savepoint(),
            ):
                self._create_cycle(**{**values, **changes})

    def test_the_manager_is_the_nearest_head_who_may_evaluate(self):
        """The head of the department is evaluated by the head above."""
        self.assertEqual(self.evaluation.manager_id, self.users["m"])
        top = self._create_user("eval_top", "citizen_crm.group_evaluator")
        self.department.parent_id = self.env["hr.department"].create(
            {"name": "City", "manager_id": self._create_employee("Top", top).id}
        )
        find = self.env["citizen.evaluation"]._find_manager
        self.assertEqual(find(self.cycle, self.boss), top)
        self.assertEqual(find(self.cycle, self.staff["Bob"]), self.users["m"])

    # ------------------------------------------------------------ time limits
    def test_time_moves_on_what_people_do_not(self):
        """1. The period and the days to wait are over: data check, at once.
        2. Ten working days later nobody has said anything: self-assessment.
        3. Ten working days later: the manager's turn, which has no end by itself."""
        self.assertEqual(self.evaluation.state, "planned")
        self._cron()
        self._cron()
        self.assertEqual(self.evaluation.state, "data_check")
        # Wednesday 4 March: ten working days from Thursday on end on the 18th.
        self.assertEqual(str(self.evaluation.deadline.date()), "2026-03-18")
        with freeze_time("2026-03-18 12:00:00"):
            self._cron()
            self.assertEqual(self.evaluation.state, "data_check")
        with freeze_time("2026-03-19 12:00:00"):
            self._cron()
            self.assertEqual(self.evaluation.state, "self")
        with freeze_time("2026-04-03 12:00:00"):
            self._cron()
            self.assertEqual(self.evaluation.state, "manager")
        with freeze_time("2026-09-03 12:00:00"):
            self._cron()
            self.assertEqual(self.evaluation.state, "manager")
            self.assertTrue(self.evaluation.is_overdue)
            self.assertEqual(
                self.env["citizen.evaluation"].search([("is_overdue", "=", True)]),
                self.cycle.evaluation_ids.sorted(),
            )

    def test_silence_of_the_employee_holds_nothing_up(self):
        self._bring_to("shared")
        self._as("m").action_finish()
        with self.assertRaisesRegex(UserError, "Both are to be done"):
            self._as("c").action_publish()
        with freeze_time("2026-05-01 12:00:00"):
            self.evaluation.invalidate_recordset()
            self._as("c").action_publish()
        self.assertEqual(self.evaluation.state, "published")

    def test_an_appeal_has_its_time(self):
        self._bring_to("published")
        with freeze_time("2026-06-01 12:00:00"):
            self.evaluation.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "time for an appeal is over"):
                self._appeal()
            self._cron()
        self.assertEqual(self.evaluation.state, "closed")

    def test_whoever_is_next_has_a_task(self):
        for state, letter in (
            ("data_check", "e"),
            ("claims", "s"),
            ("self", "e"),
            ("manager", "m"),
            ("published", "e"),
            ("appealed", "r"),
        ):
            self._bring_to(state)
            tasks = self.evaluation.activity_ids
            self.assertEqual(tasks.user_id, self.users[letter], state)
        self._bring_to("closed")
        self.assertFalse(self.evaluation.activity_ids)

    # -------------------------------------------------------------- data check
    def test_before_the_check_there_are_counts_alone(self):
        self._bring_to("collecting")
        line = self._get_line(letter="e")
        self.assertEqual(line.word, "so_far")
        self.assertIn("40 cases count, 20 of them", line.sentence)

    def test_it_is_told_what_chance_would_bring(self):
        """1. While cases are collected nothing is said of anybody.
        2. Ann differs from three colleagues: they differ by more than chance.
        3. Without her late cases nobody does."""
        self._bring_to("collecting")
        self.assertFalse(self._as("e").chance_text)
        self.assertFalse(self._get_line(letter="e").colleagues_text)
        self._bring_to("data_check")
        self.env.invalidate_all()
        line = self._get_line(letter="e")
        self.assertIn("differ by more than chance", line.colleagues_text)
        self.assertIn("Comparisons made in this", self._as("e").chance_text)
        self._facts(late_resolution="yes")[8:]._exclude("A strike")
        self.env.invalidate_all()
        self.assertIn("no more than chance", line.colleagues_text)

    def test_an_accepted_claim_changes_the_figures(self):
        """1. Ann objects to one of her late cases; it is still counted.
        2. The steward accepts: one case and one late answer less."""
        self._bring_to("data_check")
        line = self._get_line(letter="e")
        self.assertIn("20 of 40 cases", line.sentence)
        claim = self._claim()
        self._as("e").action_confirm_data()
        self.assertEqual(self.evaluation.open_claim_count, 1)
        with self.assertRaisesRegex(UserError, "Reasons of the Decision"):
            claim.with_user(self.users["s"]).action_accept()
        self._decide("accepted", "The bridge was closed")
        self.assertEqual(self.evaluation.state, "self")
        self.env.invalidate_all()
        self.assertIn("19 of 39 cases", self._get_line(letter="e").sentence)
        self.assertEqual(claim.fact_id.exclude_reason, "The bridge was closed")
        with self.assertRaisesRegex(UserError, "decided already"):
            claim.with_user(self.users["s"]).action_reject()

    def test_claims_are_of_own_cases_once_and_withdrawn(self):
        self._bring_to("data_check")
        claim = self._claim()
        with self.assertRaisesRegex(UserError, "objected to this case already"):
            self._claim()
        foreign = self.env["citizen.case.fact"].search(
            [("handler_id", "=", self.staff["Bob"].id)], limit=1
        )
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self._claim(foreign)
        with self.assertRaisesRegex(UserError, "Reasons"):
            self._claim(self._facts()[5], text=" ")
        claim.action_withdraw()
        self._as("e").action_confirm_data()
        self.assertEqual(self.evaluation.state, "self")

    def test_the_last_claim_withdrawn_lets_it_go_on(self):
        self._bring_to("claims")
        self.evaluation.claim_ids.with_user(self.users["e"]).action_withdraw()
        self.assertEqual(self.evaluation.state, "self")

    @mute_logger(*QUIET)
    def test_the_steward_reads_what_is_claimed_and_no_more(self):
        self._bring_to("claims")
        Fact = self.env["citizen.case.fact"].with_user(self.users["s"])
        self.assertEqual(Fact.search([]), self.evaluation.claim_ids.fact_id)
        self.assertIn("Answer Late: Yes", self._seen_claim("s").fact_text)
        self._decide("rejected")
        self.assertFalse(Fact.search([]))
        for letter in "mcra":
            facts = self.env["citizen.case.fact"].with_user(self.users[letter])
            self.assertFalse(facts.search([]), letter)

    def _seen_claim(self, letter):
        return self.evaluation.claim_ids[:1].with_user(self.users[letter])

    # -------------------------------------------------------------- statements
    @mute_logger(*QUIET)
    def test_a_draft_is_its_authors_alone(self):
        self._bring_to("self")
        action = self._as("e").action_write()
        draft = self.env[action["res_model"]].browse(action["res_id"])
        draft.with_user(self.users["e"]).text = "Not yet"
        self.assertEqual(self._as("e").action_write()["res_id"], draft.id)
        for letter in "bmscraho":
            found = draft.with_user(self.users[letter]).search([])
            self.assertNotIn(draft, found, letter)
            with self.assertRaises(AccessError):
                draft.with_user(self.users[letter]).read(["text"])
        draft.with_user(self.users["e"]).action_submit()
        self.assertEqual(draft.with_user(self.users["m"]).text, "Not yet")
        with self.assertRaisesRegex(AccessError, "stays as it is"):
            draft.with_user(self.users["e"]).text = "Other"

    def test_what_is_different_is_explained_before_it_is_judged(self):
        self._bring_to("manager")
        self.assertEqual(self._get_line(letter="m").word, "outside")
        with self.assertRaisesRegex(UserError, "say a cause"):
            self._write("m", "Bad")
        self._explain()
        self.env.invalidate_all()
        self.assertFalse(self._get_line(letter="e").cause, "not shared yet")
        self._write("m", "A storm year")
        self.assertEqual(self.evaluation.state, "shared")
        self.assertEqual(self._get_line(letter="e").cause, "conditions")

    # ------------------------------------------------------------------ appeal
    def test_who_may_review_an_appeal(self):
        """Neither the manager, nor who is below, nor who had a part."""
        self._bring_to("published")
        appeal = (
            self.env["citizen.evaluation.appeal"]
            .with_user(self.users["e"])
            .create({"evaluation_id": self.evaluation.id, "text": "Not fair"})
        )
        named = appeal.with_user(self.users["c"])
        group = self.env.ref("citizen_crm.group_appeal_reviewer")
        for letter in "embsc":
            self.users[letter].group_ids += group
            with (
                self.subTest(reviewer=letter),
                self.assertRaisesRegex(UserError, "Choose somebody else"),
                self.env.cr.savepoint(),
            ):
                named.reviewer_id = self.users[letter]
        with self.assertRaisesRegex(UserError, "role of a reviewer"):
            named.reviewer_id = self.users["o"]
        named.reviewer_id = self.users["r"]
        with self.assertRaisesRegex(UserError, "Reasons of the Decision"):
            appeal.with_user(self.users["r"]).action_uphold()

    def test_a_decision_makes_a_new_version_and_keeps_the_old(self):
        for state in ("changed", "annulled", "upheld"):
            with self.subTest(state=state):
                savepoint = self.env.cr.savepoint()
                self._bring_to("published")
                first = self.evaluation.version_ids
                text = first.content
                self._appeal()
                self._decide_appeal(state)
                second = self.evaluation.version_ids - first
                self.assertEqual((second.number, second.kind), (2, state))
                content = second._get_content()
                self.assertEqual(content["previous"], first.digest)
                self.assertEqual(content["appeal"]["reviewer"], self.users["r"].name)
                self.assertEqual(first.content, text)
                self.assertTrue(all(self.evaluation.version_ids.mapped("is_intact")))
                line = self._get_line(letter="e")
                self.assertEqual(line.word == "annulled", state == "annulled")
                savepoint.close(rollback=True)

    # --------------------------------------------------------------------- ties
    @mute_logger(*QUIET)
    def test_a_manager_with_other_roles_gains_nothing(self):
        """The manager is coordinator, steward and reviewer as well."""
        boss = self.users["m"]
        for role in ("data_steward", "evaluation_coordinator", "appeal_reviewer"):
            boss.group_ids += self.env.ref(f"citizen_crm.group_{role}")
        self._bring_to("claims")
        self.env["citizen.evaluation.cycle"].flush_model()
        # A steward who was named before becoming the manager.
        self.env.cr.execute(
            "UPDATE citizen_evaluation_cycle SET steward_id = %s", [boss.id]
        )
        self.env.invalidate_all()
        self.assertFalse(self._get_line(letter="m").search([]))
        self.assertFalse(self._seen_claim("m").search([]))
        with self.assertRaises(UserError):
            self._seen_claim("m").action_accept()
        self.cycle.steward_id = self.users["s"]
        self._bring_to("shared")
        self.evaluation.write({"employee_done": True, "manager_done": True})
        with self.assertRaisesRegex(UserError, "You are the manager"):
            self._as("m").action_publish()
        self._bring_to("appealed")
        appeal = self.evaluation.appeal_ids
        # A reviewer who was named by hand in the database.
        self.env.cr.execute(
            "UPDATE citizen_evaluation_appeal SET reviewer_id = %s", [boss.id]
        )
        self.env.invalidate_all()
        self.assertFalse(appeal.with_user(boss).is_mine)
        with self.assertRaises(AccessError):
            appeal.with_user(boss).reasons = "I was right"
        appeal.sudo().reasons = "He was right"
        with self.assertRaises(UserError):
            appeal.with_user(boss).action_uphold()
        self.assertEqual(appeal.state, "filed")

    # ---------------------------------------------------------------- read log
    def test_reading_another_persons_evaluation_is_on_record(self):
        self._bring_to("shared")
        Read = self.env["citizen.evaluation.read"]
        Read.search([]).env.cr.execute("DELETE FROM citizen_evaluation_read")
        self._get_line(letter="e").read(["sentence"])
        self.assertFalse(Read.search([]), "the own one leaves no trace")
        self._as("c").read(["employee_name", "state"])
        self.assertFalse(Read.search([]), "that there is one is no secret to them")
        self._get_line(letter="m").web_read({"sentence": {}})
        self._get_line(letter="m").web_read({"sentence": {}})
        self._as("c").web_read({"line_ids": {"fields": {"word": {}}}})
        rows = Read.search([], order="id")
        self.assertEqual(rows.user_id, self.users["m"] | self.users["c"])
        self.assertEqual(len(rows), 2, "once a day")
        self.assertEqual(set(rows.mapped("state")), {"shared"})
        self.assertEqual(Read.with_user(self.users["e"]).search([]), rows)
        self.assertFalse(Read.with_user(self.users["m"]).search([]))
        for change in (lambda: rows.write({"day": "2020-01-01"}), rows.unlink):
            with self.assertRaises(AccessError):
                change()
