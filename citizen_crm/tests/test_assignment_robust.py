"""A dispatcher and an upkeep that go on, whatever is wrong with one thing."""

from unittest.mock import patch

from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..models.assignment import helpdesk_ticket_team_dispatch as dispatch
from .assignment_common import AssignmentCommon

LOGGER = "odoo.addons.citizen_crm.models.assignment"


class TestRobust(AssignmentCommon):
    def test_whom_the_caller_works_with_does_not_matter(self):
        """A lead of two companies asks about colleagues of one."""
        other = self.env["res.company"].create({"name": "Works"})
        self.lead.company_ids += other
        case = self._file()
        companies = (self.company + other).ids
        asked = case.with_user(self.lead).with_context(allowed_company_ids=companies)
        case.sudo().cover_since = case.received_date
        self.assertTrue(asked.proposed_user_id)
        action = (
            self.roads.with_user(self.lead)
            .with_context(allowed_company_ids=companies)
            .action_assign_now()
        )
        self.assertIn("1 given out", action["params"]["message"])
        asked._hand_to(self.bob.user_id, "Near")
        self.assertEqual(case.user_id, self.bob.user_id)

    def test_a_notice_that_fails_stops_no_work(self):
        cases = self._file(3)
        entries = type(self.env["citizen.assignment.entry"])
        notify, told = entries._notify_handler, []

        def broken(records, user):
            if user == self.ann.user_id:
                raise ValueError("no mail")
            told.append(user)
            notify(records, user)

        self.patch(entries, "_notify_handler", broken)
        with mute_logger(f"{LOGGER}.helpdesk_ticket_handed_notice"):
            self.roads.with_user(self.lead).action_assign_now()
        self.assertEqual(len(cases.filtered("user_id")), 3)
        self.assertEqual(len(told), 2)
        self.assertEqual(self.roads._find_ledger_problem(), "")

    def test_the_undecidable_hold_nobody_up(self):
        """More of them than a batch holds, and all before the others."""
        skill = self.env["citizen.skill"].create({"name": "Dive", "code": "dive"})
        diving = self._create_service_type("Wreck", self.roads, skill_ids=skill.ids)
        self._file(5, category_id=diving.id)
        last = self._file(2)
        with patch.object(dispatch, "BATCH", 2):
            self._dispatch()
        self.assertEqual(len(last.filtered("user_id")), 2)

    def test_nobody_is_asked_when_nobody_can(self):
        """At night a long queue is not gone through, case by case."""
        self._file(6)
        with freeze_time("2026-03-04 22:00:00"), patch.object(dispatch, "BATCH", 2):
            self.assertEqual(self.roads._dispatch(dispatch.Run()), (0, 0))

    def test_a_ledger_out_of_step_stops_nobody(self):
        """A case that waits although the ledger has it with somebody."""
        odd, sound = self._file(2)
        odd.with_user(self.lead)._hand_to(self.ann.user_id, "Near")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET user_id = NULL, queued_date = now()"
            " WHERE id = %s",
            [odd.id],
        )
        self.env.invalidate_all()
        with mute_logger(f"{LOGGER}.helpdesk_ticket_team_dispatch"):
            self._dispatch()
        self.assertTrue(sound.user_id)
        self.assertEqual(self.roads._find_ledger_problem(), "")

    def test_costs_of_a_batch_do_not_grow_with_it(self):
        """What is asked of the database for each further case."""
        counts = {}
        for count in (20, 20, 120):
            self._create_assignment_rule(cap_points=0)
            self._file(count)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._dispatch()
            self.env.flush_all()
            counts[count] = self.env.cr.sql_log_count - before
        self.assertLess(counts[120] - counts[20], 60, counts)


class TestUpkeepRobust(AssignmentCommon):
    def _tasks(self, case):
        kinds = [
            self.env.ref(f"citizen_crm.mail_activity_type_{kind}").id
            for kind in ("queue", "cover")
        ]
        return case.activity_ids.filtered(lambda a: a.activity_type_id.id in kinds)

    def test_broken_calendar(self):
        """Absences are looked after also where no hours can be counted."""
        cases = self._file(3)
        self._dispatch()
        anns = cases.filtered(lambda c: c.user_id == self.ann.user_id)
        self._file(category_id=self.pothole.id, nature="misconduct_report")
        self._give_leave(self.ann, 5)
        self.roads.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "None", "tz": "UTC", "attendance_ids": [(5, 0, 0)]}
        )
        with freeze_time("2026-03-05 13:00:00"):
            done = self.roads._keep_up()
        self.assertEqual((done["returned"], done["told"]), (1, 1))
        self.assertFalse(anns.user_id)

    def test_no_calendar_at_all(self):
        self.roads.resource_calendar_id = False
        self.company.resource_calendar_id = False
        self._file(nature="misconduct_report")
        self.roads._keep_up()

    def test_tasks_end_with_the_case(self):
        case = self._file()
        case.with_user(self.lead)._hand_to(self.ann.user_id, "Near")
        case.stage_id = self._stage("in_work")
        self._give_leave(self.ann, 5)
        self.roads._keep_up()
        self.assertTrue(case.cover_since)
        case.stage_id = self._stage("closed")
        self.assertFalse(case.cover_since)
        self.assertFalse(self._tasks(case))

    def test_waiting_tasks_end_with_the_case(self):
        self.pothole.skill_ids = self.env["citizen.skill"].create(
            {"name": "Dive", "code": "dive"}
        )
        ended, moved = self._file(2)
        with freeze_time("2026-03-05 13:00:00"):
            self.roads._keep_up()
            self.assertTrue(self._tasks(ended))
            ended.stage_id = self._stage("not_handled")
            moved.sudo().category_id = self.tree
        self.assertFalse(self._tasks(ended))
        self.assertEqual(moved.team_id, self.parks)
        self.assertFalse(moved.queue_alerted_date, "another lead is told anew")
        self.assertFalse(self._tasks(moved))

    def test_what_was_given_to_somebody_away_stays_there(self):
        """The lead is asked, once; the desk does not take it back with each run."""
        self._give_leave(self.ann, 5)
        case = self._file()
        case.with_user(self.lead)._hand_to(self.ann.user_id, "For next week")
        for covered in (1, 0):
            done = self.roads._keep_up()
            self.assertEqual((done["returned"], done["covered"]), (0, covered))
        self.assertEqual(case.user_id, self.ann.user_id)

    def test_the_only_one_is_away(self):
        """What goes back waits; it does not come and go with every run."""
        (self.bob + self.cid).date_to = "2026-03-03"
        case = self._file()
        self._dispatch()
        self.assertEqual(case.user_id, self.ann.user_id)
        self._give_leave(self.ann, 5)
        runs = []
        for _run in range(3):
            runs.append(self.roads._keep_up()["returned"])
            self._dispatch()
        self.assertEqual(runs, [1, 0, 0])
        self.assertTrue(case.queued_date)
