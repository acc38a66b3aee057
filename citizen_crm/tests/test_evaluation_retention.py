"""Evaluations go when their retention is over, by two people, and not a day before."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .cycle_common import CycleCommon

#: Evaluations of these tests end on 4 March 2026 and are kept for 36 months.
EARLY, LATER = "2029-03-03 08:00:00", "2029-03-04 09:00:00"
OFFICER = "citizen_crm.group_privacy_officer"
PARTS = ("line", "statement", "claim", "appeal", "version", "read")


@tagged("post_install", "-at_install")
class TestEvaluationRetention(CycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._create_user("eval_officer", OFFICER)
        cls.second = cls._create_user("eval_second", OFFICER)
        cls.Erasure = cls.env["citizen.erasure"]
        cls.company.evaluation_retention_months = 36

    def setUp(self):
        super().setUp()
        self.evaluation = self.evaluation.sudo()
        self._bring_to("closed")
        self._as("a").version_ids.read(["content_text"])
        self.env.flush_all()

    def _list_due(self):
        known = self.Erasure.search([])
        self.Erasure._cron_list_due()
        return (self.Erasure.search([]) - known).filtered("cycle_id")

    def _agree(self, run, second=None):
        run.with_user(self.officer).action_propose()
        run.with_user(second or self.second).action_approve()

    def _work(self, run):
        while run._erase_batch():
            pass
        run._finish()

    def _delete(self):
        """List, agree and carry out, three years later."""
        with freeze_time(LATER):
            run = self._list_due()
            self._agree(run)
            self._work(run)
        return run

    # ------------------------------------------------------------------- limits
    def test_it_closes_by_itself_when_the_time_for_an_appeal_is_over(self):
        other = self.cycle.evaluation_ids.filtered(
            lambda one: one.employee_id == self.staff["Bob"]
        )
        other._enter("published")
        with self.assertRaises(UserError):
            other._move_by_time()
        with freeze_time(other.deadline + timedelta(minutes=1)):
            other._move_by_time()
        self.assertEqual(other.state, "closed")

    def test_nothing_is_listed_early(self):
        with freeze_time(EARLY):
            self.assertFalse(self._list_due())
        with freeze_time(LATER):
            run = self._list_due()
            self.assertEqual((run.cycle_id, run.due_count), (self.cycle, 1))
            self.assertFalse(run.department_id)
            self.assertIn("36 months", run.line_ids.why)
            # Once on a list, it is not put on another.
            self.assertFalse(self._list_due())

    def test_what_has_not_ended_stays(self):
        """Published ones that nobody has closed and cancelled ones: the latter go."""
        one, two, three = self.cycle.evaluation_ids - self.evaluation
        one._enter("published")
        two._enter("manager")
        three._enter("cancelled")
        with freeze_time(LATER):
            run = self._list_due()
        names = set(run.line_ids.mapped("employee_name"))
        self.assertEqual(names, {"Ann", three.employee_name})

    def test_a_longer_time_set_since_holds(self):
        with freeze_time(LATER):
            run = self._list_due()
            self._agree(run)
            self.company.evaluation_retention_months = 48
            self._work(run)
        self.assertTrue(self.evaluation.exists())
        self.assertEqual(run.line_ids.state, "skipped")
        self.assertEqual(run.state, "done")

    def test_the_setting_has_a_limit(self):
        for months in (11, 0, -1):
            with self.assertRaisesRegex(ValidationError, "Months to Keep Evaluations"):
                self.company.evaluation_retention_months = months

    @mute_logger("odoo.sql_db")
    def test_nobody_deletes_it_otherwise(self):
        """Neither with its parts nor with its people; accounts may go before it."""
        for record in (self.evaluation, self.evaluation.version_ids, self.cycle):
            with self.assertRaises(AccessError):
                record.unlink()
        ann = self.staff["Ann"]
        user = ann.user_id
        ann.write({"active": False, "user_id": False})
        self.env["mail.activity"].search([("user_id", "=", user.id)]).unlink()
        user.sudo().unlink()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            ann.unlink()
        self.env.invalidate_all()
        version = self._as("a").version_ids[:1]
        self.assertIn("Ann", version.content_text)
        self.assertTrue(version.is_intact)

    # --------------------------------------------------------------- two people
    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_two_people_agree(self):
        """A privacy officer proposes; another one or a coordinator approves, and
        neither the manager nor the head of the department."""
        with freeze_time(LATER):
            run = self._list_due()
            for letter in "cma":
                with self.assertRaises(AccessError):
                    run.with_user(self.users[letter]).action_propose()
            run.with_user(self.officer).action_propose()
            self.users["m"].group_ids += self.env.ref(
                "citizen_crm.group_department_head"
            )
            for user in (self.officer, self.users["m"], self.users["e"]):
                with self.assertRaises(AccessError):
                    run.with_user(user).action_approve()
            run.with_user(self.users["c"]).action_approve()
        self.assertEqual(run.approved_by_id, self.users["c"])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_whoever_answers_for_it_reads_no_evaluation(self):
        with freeze_time(LATER):
            run = self._list_due()
        line = run.line_ids.with_user(self.officer)
        self.assertEqual(line.read(["employee_name"])[0]["employee_name"], "Ann")
        with self.assertRaises(AccessError):
            line.read(["evaluation_id"])
        with self.assertRaises(AccessError):
            self.evaluation.with_user(self.officer).read(["state"])

    # ----------------------------------------------------------------- deletion
    def test_all_of_it_goes_and_the_hash_stays(self):
        digests = self.evaluation.version_ids.sorted("number").mapped("digest")
        number, cycle = self.evaluation.id, self.cycle
        facts = self.env["citizen.case.fact"].search_count([])
        before = cycle._measure().measured["T2"]
        run = self._delete()
        for name in ("", *(f"_{part}" for part in PARTS)):
            column = "evaluation_id" if name else "id"
            self.env.cr.execute(
                f"SELECT count(*) FROM citizen_evaluation{name} WHERE {column} = %s",  # noqa: S608
                (number,),
            )
            self.assertEqual(self.env.cr.fetchone(), (0,), name)
        proof = run.proof_ids
        self.assertEqual(proof.subject, f"evaluation {number}")
        self.assertEqual(len(digests), 2)
        self.assertEqual(proof.kept["sha256"], digests)
        self.assertEqual(proof.kept["cycle"], cycle.name)
        self.assertTrue(proof.is_intact)
        self.assertIn(digests[1], proof.kept_text)
        for said in (proof.kept, proof.counts, proof.subject):
            self.assertNotIn("Ann", str(said))
        self.assertEqual((run.state, run.line_ids.state), ("done", "erased"))
        self.assertFalse(run.line_ids.employee_name)
        # What is counted of the teams stays, and so does the cycle.
        self.assertEqual(cycle.state, "running")
        self.assertEqual(self.env["citizen.case.fact"].search_count([]), facts)
        self.assertEqual(cycle._measure().measured["T2"].people, before.people)

    def test_a_changed_proof_is_found(self):
        proof = self._delete().proof_ids
        self.env.cr.execute(
            "UPDATE citizen_erasure_proof SET kept = jsonb_set(kept, '{cycle}', '1')"
        )
        self.env.invalidate_all()
        self.assertFalse(proof.is_intact)

    # --------------------------------------------------------------------- hold
    def _hold(self, **values):
        return (
            self.env["citizen.legal.hold"]
            .with_user(self.officer)
            .create({"reason": "Lawsuit 1/2029", **values})
        )

    def test_a_hold_on_the_cycle_or_on_the_person(self):
        person = self.staff["Ann"].user_id.partner_id
        for values in (
            {"cycle_ids": [(6, 0, self.cycle.ids)]},
            {"partner_id": person.id},
        ):
            with freeze_time(LATER):
                hold = self._hold(**values)
                self.assertFalse(self._list_due())
                hold.action_end()
            with freeze_time(fields.Datetime.to_datetime(LATER) + timedelta(days=1)):
                run = self._list_due()
                self.assertEqual(run.due_count, 1)
                run.with_user(self.officer).action_cancel()

    def test_a_hold_that_comes_later_is_in_time(self):
        with freeze_time(LATER):
            run = self._list_due()
            self._agree(run)
            self._hold(cycle_ids=[(6, 0, self.cycle.ids)])
            self._work(run)
        self.assertTrue(self.evaluation.exists())
        self.assertEqual(run.line_ids.state, "skipped")
