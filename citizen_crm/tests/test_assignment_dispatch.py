"""Who the dispatcher gives a case to, and who it passes over, with the reason."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..tools.duty_ledger import explain
from .assignment_common import AssignmentCommon


class TestDispatch(AssignmentCommon):
    def _charge(self, case):
        entries = self.env["citizen.assignment.entry"].sudo()
        return entries.search(
            [("case_id", "=", case.id), ("kind", "=", "charge")], order="id desc"
        )[:1]

    def _excluded(self, case):
        """Return the exclusions stored with the last choice, by name."""
        names = {m.employee_id.id: m.employee_id.name for m in self.roads.member_ids}
        candidates = self._charge(case).decision["candidates"]
        return {names[row[0]]: row[4] for row in candidates if row[4]}

    def test_leave(self):
        self._give_leave(self.ann, 5)
        cases = self._file(4)
        self._dispatch()
        self.assertNotIn(self.ann.user_id, cases.user_id)
        self.assertEqual(self._excluded(cases[0]), {"Ann": "away"})
        self.assertEqual(self._balance(self.ann), 0)

    def test_part_of_the_day(self):
        """Half a day of leave is half a share; nobody gets more after work."""
        leave = self._give_leave(self.ann, 1)
        leave.date_from = leave.date_from.replace(hour=12)
        duty = self.roads._get_duty()
        self.assertEqual(duty[self.ann.employee_id.id].minutes, 240)
        with freeze_time("2026-03-04 13:00:00"):
            case = self._file()
            self._dispatch()
            self.assertEqual(self._excluded(case), {"Ann": "away"})
        with freeze_time("2026-03-04 19:00:00"):
            late = self._file()
            self._dispatch()
            self.assertFalse(late.user_id)
            self.assertTrue(late.queued_date)
        with freeze_time("2026-03-05 08:00:00"):
            self._dispatch()
            self.assertTrue(late.user_id)

    def test_holiday(self):
        holidays = self.env["citizen.holiday.calendar"].create({"name": "City"})
        self.env["citizen.holiday"].create(
            {
                "name": "Founders",
                "date": "2026-03-04",
                "holiday_calendar_id": holidays.id,
                "kind": "closed",
            }
        )
        self.office.holiday_calendar_id = holidays
        case = self._file()
        self._dispatch()
        self.assertFalse(case.user_id)

    def test_wind_down(self):
        self._give_leave(self.bob, 5, start=1)
        case = self._file()
        self._dispatch()
        self.assertEqual(self._excluded(case), {"Bob": "leaving"})
        self.assertEqual(self._balance(self.bob), 0)

    def test_short_leave_needs_no_wind_down(self):
        self._give_leave(self.bob, 1, start=1)
        case = self._file()
        self._dispatch()
        self.assertEqual(self._excluded(case), {})

    def test_skill(self):
        skill = self.env["citizen.skill"].create({"name": "Asphalt", "code": "asphalt"})
        self.pothole.skill_ids = skill
        self.cid.skill_ids = skill
        cases = self._file(2)
        self._dispatch()
        self.assertEqual(cases.user_id, self.cid.user_id)
        self.assertEqual(self._excluded(cases[0]), {"Ann": "skill", "Bob": "skill"})
        # All share the points; the skill decides only who gets the case.
        for balance, share in zip(self._balances(), (-667, -667, 1334), strict=True):
            self.assertAlmostEqual(balance, share, delta=2)

    def test_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self._create_assignment_rule(match_language=True)
        self.ada.lang = "es_ES"
        case = self._file(partner_id=self.ada.id)
        self._dispatch()
        self.assertEqual(self._excluded(case), {}, "nobody speaks it: no bar")
        self.bob.language_ids = self.env.ref("base.lang_es")
        case = self._file(partner_id=self.ada.id)
        self._dispatch()
        self.assertEqual(self._excluded(case), {"Ann": "language", "Cid": "language"})

    def test_recused(self):
        case = self._file(partner_id=self.ann.user_id.partner_id.id)
        self._dispatch()
        self.assertEqual(self._excluded(case), {"Ann": "recused"})

    def test_clearance(self):
        self.ann.user_id.group_ids -= self.env.ref(
            "citizen_crm.group_clearance_citizen"
        )
        case = self._file()
        self._dispatch()
        self.assertEqual(self._excluded(case), {"Ann": "clearance"})
        secret = self._file(nature="misconduct_report", name="Bribe")
        self._dispatch()
        self.assertFalse(secret.user_id, "nobody has the clearance for it")

    def test_cap(self):
        self._create_assignment_rule(cap_points=2)
        cases = self._file(8)
        self._dispatch()
        self.assertEqual(len(cases.filtered("user_id")), 6)
        waiting = cases.filtered("queued_date")
        self.assertEqual(len(waiting), 2)
        done = cases.filtered("user_id")[0]
        handler = done.user_id
        done.stage_id = self.env["helpdesk.ticket.stage"].search(
            [("phase", "=", "closed")]
        )[:1]
        self._dispatch()
        self.assertEqual(len(cases.filtered("queued_date")), 1)
        self.assertEqual((waiting - cases.filtered("queued_date")).user_id, handler)

    def test_one_who_cannot_be_written_stops_nobody(self):
        cases = self._file(3)
        case = cases[1]
        write = type(case).write

        def broken(records, vals):
            if case in records and vals.get("user_id"):
                raise ValueError("broken")
            return write(records, vals)

        self.patch(type(case), "write", broken)
        with mute_logger(
            "odoo.addons.citizen_crm.models.assignment.helpdesk_ticket_team_dispatch"
        ):
            self._dispatch()
        self.assertEqual(cases.filtered("user_id"), cases - case)
        self.assertIsNone(self.roads._find_first_difference()[0])

    def test_broken_filter_gives_out_nothing(self):
        rule = self._create_assignment_rule(domain="[('priority', '=', '3')]")
        self.env.cr.execute(
            "UPDATE citizen_assignment_rule SET domain = %s WHERE id = %s",
            ("[('no_such_field', '=', 1)]", rule.id),
        )
        rule.invalidate_recordset()
        case = self._file(priority="3")
        logger = "odoo.addons.citizen_crm.models.assignment.citizen_assignment_rule"
        with self.assertLogs(logger, "WARNING"):
            self._dispatch()
        self.assertTrue(case.queued_date)

    def test_which_cases(self):
        self._create_assignment_rule(role="customer")
        citizen = self._file()
        customer = self._file(role="customer")
        self._dispatch()
        self.assertFalse(citizen.user_id)
        self.assertTrue(customer.user_id)

    def test_the_urgent_and_then_the_oldest_first(self):
        self._create_assignment_rule(cap_points=1)
        old, new = self._file(2)
        urgent = self._file(priority="3")
        more = self._file(1)
        self._dispatch()
        self.assertEqual(
            (old + new + urgent + more).filtered("user_id"), old + new + urgent
        )

    def test_continuity_by_the_matter(self):
        lead_case = self._file()
        lead_case.with_user(self.lead)._hand_to(self.ann.user_id, "Near")
        follower = self._file(duplicate_id=lead_case.id)
        self._dispatch()
        self.assertEqual(follower.user_id, self.ann.user_id)
        self.assertEqual(self._charge(follower).method, "continuity")

    def test_explanation_is_recomputed_equal(self):
        self._give_leave(self.ann, 5)
        cases = self._file(5)
        self._dispatch()
        cases[0].with_user(self.lead)._hand_to(self.bob.user_id, "Better")
        entries = self.env["citizen.assignment.entry"].sudo()
        for entry in entries.search([("team_id", "=", self.roads.id)]):
            stored = entry._get_pure_decision()
            self.assertEqual(explain(stored), explain(entry._replay_decision()))
        entry = self._charge(cases[1])
        self.assertEqual(
            entry.with_user(entry.employee_id.user_id).explanation,
            "Given to you: lowest of 2 eligible (balance −0.5; next +0.5). "
            "1 not on duty.",
        )

    def test_points_are_written_as_in_the_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        case = self._file()
        self._dispatch()
        entry = self._charge(case).with_user(self.ann.user_id)
        self.assertIn("0.0", entry.explanation)
        self.assertIn("0,0", entry.with_context(lang="es_ES").explanation)

    def test_assign_now(self):
        case = self._file()
        with self.assertRaises(AccessError):
            self.roads.with_user(self.ann.user_id).action_assign_now()
        action = self.roads.with_user(self.lead).action_assign_now()
        self.assertTrue(case.user_id)
        self.assertIn("1 given out", action["params"]["message"])
        self._create_assignment_rule(method="manual")
        with self.assertRaisesRegex(UserError, "by hand"):
            self.roads.with_user(self.lead).action_assign_now()

    def test_handlers_are_told_once(self):
        """One notice for what a run gave, with numbers and reasons; by hand none."""
        cases = self._file(8)
        by_hand = self._file()
        by_hand.with_user(self.lead)._hand_to(self.ann.user_id, "Near")
        self._dispatch()
        partners = (self.ann + self.bob + self.cid).user_id.partner_id
        before = self.env["mail.message"].search([])
        self.roads._tell_handlers()
        notices = self.env["mail.message"].search([]) - before
        self.assertEqual(notices.notified_partner_ids, partners)
        self.assertEqual(len(notices), 3)
        for partner in partners:
            notice = notices.filtered(lambda n, p=partner: n.notified_partner_ids == p)
            mine = cases.filtered(lambda c, p=partner: c.user_id.partner_id == p)
            self.assertIn(f"{len(mine)} cases were given", notice.subject)
            for case in mine:
                self.assertIn(case.number, notice.body)
                self.assertNotIn(case.name, notice.body)
        self.assertNotIn(by_hand.number, "".join(notices.mapped("body")))
        self.assertIn("Given to you: lowest of 3 eligible", notices[0].body)
        self.roads._tell_handlers()
        self.assertEqual(self.env["mail.message"].search([]) - before, notices)

    def test_a_killed_run_is_told_of_later(self):
        self._file(2)
        self._dispatch()
        self.assertIn(self.roads.id, self.env[self.roads._name]._find_busy_teams())
        self.roads._tell_handlers()
        self.assertNotIn(self.roads.id, self.env[self.roads._name]._find_busy_teams())

    def test_called_at_once(self):
        cron = self.env.ref("citizen_crm.ir_cron_dispatch")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.env.cr.precommit.data.clear()  # what this transaction has called already
        self._file()
        more = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(more - triggers)

    def test_rule_versions(self):
        admin = self.rule.with_user(self.admin)
        with self.assertRaisesRegex(UserError, "new version"):
            admin.cap_points = 3
        action = admin.action_new_version()
        draft = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((draft.version, draft.state), (2, "draft"))
        draft.with_user(self.admin).cap_points = 3
        draft.with_user(self.admin).action_activate()
        self.assertEqual((self.rule.state, draft.state), ("retired", "active"))
        self.assertEqual(self.roads.assignment_rule_id, draft)
        with self.assertRaises(AccessError):
            self.rule.with_user(self.lead).action_new_version()
        draft.with_user(self.admin).action_retire()
        case = self._file()
        self._dispatch()
        self.assertTrue(case.queued_date)
        case.with_user(self.lead).user_id = self.ann.user_id
        self.assertEqual(self._charge(case).method, "manual")

    def test_rule_in_plain_sentences(self):
        rule = self._create_assignment_rule(activate=False, wind_down_days=2)
        self.assertIn("least of the own share", rule.summary)
        self.assertIn("On the last 2 working days before a leave of 3", rule.summary)
        rule.write({"wind_down_days": 1, "return_days": 0, "method": "manual"})
        self.assertIn("On the last working day before", rule.summary)
        self.assertIn("People give cases by hand", rule.summary)
        self.assertNotIn("gives back", rule.summary)
