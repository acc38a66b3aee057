"""What becomes of the work of people who are away, and of cases nobody can get."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .assignment_common import AssignmentCommon


class TestAbsence(AssignmentCommon):
    def setUp(self):
        super().setUp()
        # Cases of days that are past are dispatched on those days.
        self.cases = self._file(3)
        self._dispatch()
        self.anns = self.cases.filtered(lambda c: c.user_id == self.ann.user_id)
        self.balance = self._balance(self.ann)

    def _start(self, case):
        case.stage_id = self.env["helpdesk.ticket.stage"].search(
            [("phase", "=", "in_work")]
        )[:1]

    def _tasks(self, case, kind):
        activity_type = self.env.ref(f"citizen_crm.mail_activity_type_{kind}")
        return case.activity_ids.filtered(lambda a: a.activity_type_id == activity_type)

    def test_unbegun_cases_go_back(self):
        self._give_leave(self.ann, 5)
        done = self.roads._keep_up()
        self.assertEqual(done["returned"], 1)
        self.assertFalse(self.anns.user_id)
        self.assertTrue(self.anns.queued_date)
        self.assertEqual(self._balance(self.ann), self.balance - 1000)
        self._dispatch()
        self.assertIn(self.anns.user_id, self.bob.user_id + self.cid.user_id)
        self.assertEqual(sum(self._balances()), 0)

    def test_away_owes_nothing_on_return(self):
        """Neither charge nor credit while away: back where one left."""
        self._give_leave(self.ann, 2)
        self.roads._keep_up()
        self._dispatch()
        left_with = self._balance(self.ann)
        for day in (4, 5):
            with freeze_time(f"2026-03-0{day} 08:00:00"):
                cases = self._file(6)
                self._dispatch()
                self.assertNotIn(self.ann.user_id, cases.user_id)
        self.assertEqual(self._balance(self.ann), left_with)
        with freeze_time("2026-03-06 08:00:00"):
            cases = self._file(3)
            self._dispatch()
            self.assertIn(self.ann.user_id, cases.user_id)

    def test_begun_cases_are_the_leads(self):
        self._start(self.anns)
        self._give_leave(self.ann, 5)
        done = self.roads._keep_up()
        self.assertEqual((done["returned"], done["covered"]), (0, 1))
        self.assertEqual(self.anns.user_id, self.ann.user_id)
        self.assertTrue(self.anns.cover_since)
        (task,) = self._tasks(self.anns, "cover")
        self.assertEqual(task.user_id, self.lead)
        proposed = self.anns.with_user(self.lead).proposed_user_id
        self.assertIn(proposed, self.bob.user_id + self.cid.user_id)
        self.assertEqual(self.roads._keep_up()["covered"], 0, "asked once")
        action = self.anns.with_user(self.lead).action_cover()
        wizard = (
            self.env["citizen.case.handing"]
            .with_user(self.lead)
            .with_context(**action["context"])
            .create({"reason": "Ann is away"})
        )
        wizard.action_confirm()
        self.assertEqual(self.anns.user_id, proposed)
        self.assertFalse(self.anns.cover_since)
        self.assertFalse(self._tasks(self.anns, "cover"))

    def test_cases_of_who_has_left_the_city(self):
        begun = self._file(user_id=self.ann.user_id.id)
        self._start(begun)
        self.ann.user_id.active = False
        done = self.roads._keep_up()
        self.assertEqual((done["returned"], done["covered"]), (1, 1))
        self.assertTrue(self.anns.queued_date)
        self.assertTrue(begun.cover_since)
        self.assertEqual(self._tasks(begun, "cover").user_id, self.lead)
        self._dispatch()
        self.assertIn(self.anns.user_id, self.bob.user_id + self.cid.user_id)
        # Once: the lead may let it wait.
        self.assertFalse(self.roads._keep_up()["covered"])

    def test_back_again(self):
        self._start(self.anns)
        leave = self._give_leave(self.ann, 5)
        self.roads._keep_up()
        leave.unlink()
        self.roads._keep_up()
        self.assertFalse(self.anns.cover_since)
        self.assertFalse(self._tasks(self.anns, "cover"))

    def test_short_absence_keeps_the_cases(self):
        self._create_assignment_rule(return_days=3)
        self._give_leave(self.ann, 2)
        self.assertEqual(self.roads._keep_up()["returned"], 0)
        self.assertEqual(self.anns.user_id, self.ann.user_id)

    def test_leave_takes_effect_at_once(self):
        cron = self.env.ref("citizen_crm.ir_cron_upkeep")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._give_leave(self.ann, 5)
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)


class TestLongWaits(AssignmentCommon):
    def test_lead_is_told_once(self):
        skill = self.env["citizen.skill"].create({"name": "Dive", "code": "dive"})
        self.pothole.skill_ids = skill
        case = self._file()
        self._dispatch()
        self.assertEqual(self.roads._keep_up()["told"], 0)
        # Four working hours and the lunch break later.
        with freeze_time("2026-03-04 13:00:00"):
            self.assertEqual(self.roads._keep_up()["told"], 1)
            self.assertEqual(self.roads._keep_up()["told"], 0)
        self.assertEqual(case.activity_ids.user_id, self.lead)
        self.ann.skill_ids = skill
        self._dispatch()
        self.assertEqual(case.user_id, self.ann.user_id)
        self.assertFalse(case.queue_alerted_date)
        self.assertFalse(case.activity_ids)

    def test_told_who_may_see_it(self):
        """The lead has no clearance for confidential cases: nobody learns of one."""
        case = self._file(nature="misconduct_report")
        self._dispatch()
        with freeze_time("2026-03-05 08:00:00"):
            self.roads._keep_up()
        self.assertNotIn(self.lead, case.activity_ids.user_id)


class TestUpkeep(AssignmentCommon):
    def test_debts_are_written_off(self):
        """Who lacks the skill for all cases is not in debt for ever."""
        skill = self.env["citizen.skill"].create({"name": "Dive", "code": "dive"})
        self.pothole.skill_ids = skill
        (self.ann + self.bob).skill_ids = skill
        self._create_assignment_rule(cap_points=0)
        for day in (2, 3, 4):
            with freeze_time(f"2026-03-0{day} 08:00:00"):
                self._file(15)
                self._dispatch()
        self.assertAlmostEqual(self._balance(self.cid), -15000, delta=50)
        self.assertEqual(self.roads._get_average_day(), 5000)
        self.assertEqual(self.roads._keep_up()["written_off"], 1)
        self.assertAlmostEqual(self._balance(self.cid), -10000, delta=50)
        self.assertEqual(sum(self._balances()), 0)
        self.assertEqual(self.roads._keep_up()["written_off"], 0, "once a day")
        self.assertEqual(self.roads._find_ledger_problem(), "")

    def test_check_names_what_was_forged(self):
        self._file(4)
        self._dispatch()
        self.assertEqual(self.roads._find_ledger_problem(), "")
        with self.assertRaises(AccessError):
            self.roads.with_user(self.ann.user_id).action_check_ledger()
        action = self.roads.with_user(self.lead).action_check_ledger()
        self.assertEqual(action["params"]["type"], "success")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE citizen_assignment_entry SET points = 9000 WHERE team_id = %s"
            " AND number = 2",
            [self.roads.id],
        )
        self.env.invalidate_all()
        action = self.roads.with_user(self.lead).action_check_ledger()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("Entry 3 (balance of", action["params"]["message"])
        with self.assertLogs(
            "odoo.addons.citizen_crm.models.assignment.helpdesk_ticket_team_replay",
            "ERROR",
        ):
            self.roads._check_ledger()
