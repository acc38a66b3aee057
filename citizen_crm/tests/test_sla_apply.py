from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from . import sla_common

SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}


@freeze_time("2026-03-04 08:00:00")
class TestSlaApply(sla_common.SlaCommon):
    """Open cases get other promises only through an administrator, with a reason."""

    def _new_version(self, rule, amount):
        rule = rule.with_user(self.admin)
        draft = rule.browse(rule.action_new_version()["res_id"])
        draft.target_ids.amount = amount
        draft.action_activate()
        return draft

    def _wizard(self, **values):
        return (
            self.env["citizen.sla.apply"]
            .with_user(self.admin)
            .create({"reason": "Decision of the council of 1 March.", **values})
        )

    def test_new_version_for_open_cases(self):
        rule = self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        closed = self._create_case(category_id=self.pothole.id)
        self._move(closed, "closed")
        draft = self._new_version(rule, 2)
        with freeze_time("2026-03-05 09:00:00"):
            wizard = self._wizard(rule_id=draft.id)
            self.assertEqual((wizard.open_count, wizard.change_count), (1, 1))
            wizard.action_apply()
        old, new = case.sudo().clock_ids.sorted("number")
        self.assertEqual((old.state, old.reason), ("not_applicable", "replaced"))
        self.assertEqual(new.target_id, draft.target_ids)
        self.assertEqual(case.due_date, datetime(2026, 3, 6, 23, 59, 59))
        self.assertEqual(closed.sudo().clock_ids.target_id, rule.target_ids)
        told = case.sudo().event_ids.filtered("note")
        self.assertEqual(set(told.mapped("kind")), {"promised", "unpromised"})
        self.assertEqual(set(told.mapped("note")), {wizard.reason})
        self.assertEqual(told.user_id, self.admin)
        self.assertEqual(self._wizard(rule_id=draft.id).change_count, 0)

    def test_missed_stays_missed(self):
        rule = self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        with freeze_time("2026-03-16 09:00:00"):
            case._sync_clocks()
            draft = self._new_version(rule, 60)
            wizard = self._wizard(rule_id=draft.id)
            self.assertEqual((wizard.change_count, wizard.missed_count), (0, 1))
            wizard.action_apply()
        clock = case.sudo().clock_ids
        self.assertEqual((clock.state, clock.target_id), ("missed", rule.target_ids))
        self.assertTrue(case.with_context(tz="UTC").due_date < datetime(2026, 3, 16))

    def test_one_rule_leaves_the_others(self):
        first = self._create_rule(SIX_DAYS)
        other = self._create_rule(
            {"kind": "first_reply", "unit": "hours", "amount": 8}, name="Replies"
        )
        case = self._create_case(category_id=self.pothole.id, partner_id=self.ada.id)
        draft = self._new_version(first, 3)
        self._new_version(other, 3)
        with freeze_time("2026-03-04 10:00:00"):
            self._wizard(rule_id=draft.id).action_apply()
            self.assertEqual(self._clock(case, "first_reply").number, 1)
            self.assertEqual(self._clock(case).number, 2)
            self._wizard(scope="all").action_apply()
            self.assertEqual(self._clock(case, "first_reply").number, 2)

    def test_first_rules_of_a_city(self):
        """Cases that were promised nothing get the promises of new rules."""
        case = self._create_case(category_id=self.pothole.id)
        with freeze_time("2026-03-04 09:00:00"):
            self._create_rule(SIX_DAYS, valid_from=False)
            self.assertFalse(case.sudo().clock_ids)
            self._wizard(scope="all").action_apply()
        self.assertEqual(case.due_date, datetime(2026, 3, 12, 23, 59, 59))

    def test_retired_rule_promises_nothing_more(self):
        rule = self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        with freeze_time("2026-03-04 09:00:00"):
            rule.with_user(self.admin).action_retire()
            self.assertEqual(self._clock(case).state, "running")
            self._wizard(scope="all").action_apply()
        self.assertEqual(self._clock(case).reason, "replaced")
        self.assertFalse(case.due_date)

    def test_reason_and_rule_are_asked_for(self):
        rule = self._create_rule(SIX_DAYS)
        with self.assertRaisesRegex(UserError, "Reason"):
            self._wizard(rule_id=rule.id, reason="  ").action_apply()
        with self.assertRaisesRegex(UserError, "Rule"):
            self._wizard().action_apply()
        for user in (self.manager, self.lead, self.clerk):
            with self.assertRaises(AccessError):
                self.env["citizen.sla.apply"].with_user(user).create({"reason": "x"})

    def test_opened_from_a_rule(self):
        rule = self._create_rule(SIX_DAYS)
        context = rule.with_user(self.admin).action_apply()["context"]
        wizard = self.env["citizen.sla.apply"].with_context(**context)
        self.assertEqual(wizard.create({"reason": "x"}).rule_id, rule)

    # --------------------------------------------------------- deadline problems
    def test_calendar_that_was_mended(self):
        self._create_rule(SIX_DAYS)
        self.roads.resource_calendar_id = self._create_calendar("Never", days=())
        case = self._create_case(category_id=self.pothole.id)
        self.assertEqual(self._clock(case).state, "undetermined")
        wizard = self._wizard(scope="problems")
        self.assertEqual(wizard.change_count, 1)
        message = wizard.action_apply()["params"]["message"]
        self.assertIn("1 still have a problem", message)
        self.assertIn("Never", case.sla_problem)
        self.roads.resource_calendar_id = self.office
        message = self._wizard(scope="problems").action_apply()["params"]["message"]
        self.assertIn("0 still have a problem", message)
        self.assertFalse(case.sla_problem)
        self.assertEqual(case.due_date, datetime(2026, 3, 12, 23, 59, 59))
        self.assertEqual(self._clock(case).state, "running")

    def test_calendar_of_a_rule_that_was_mended(self):
        own = self._create_calendar("Own")
        self._create_rule(SIX_DAYS, calendar_id=own.id)
        hours = own.attendance_ids.copy_data()
        own.attendance_ids.unlink()
        case = self._create_case(category_id=self.pothole.id)
        self.assertEqual(self._clock(case).state, "undetermined")
        own.attendance_ids = [(0, 0, values) for values in hours]
        self._wizard(scope="problems").action_apply()
        self.assertFalse(case.sla_problem)
        self.assertEqual(case.due_date, datetime(2026, 3, 12, 23, 59, 59))

    def test_filter_that_was_replaced(self):
        rule = self._create_rule(SIX_DAYS)
        self.env.cr.execute(
            "UPDATE citizen_sla_rule SET domain = %s WHERE id = %s",
            ("[('no_such_field', '=', 1)]", rule.id),
        )
        rule.invalidate_recordset()
        self.env.registry.clear_cache()
        case = self._create_case(category_id=self.pothole.id)
        self.assertFalse(case.sudo().clock_ids)
        self._create_rule(SIX_DAYS, sequence=1)
        self._wizard(scope="problems").action_apply()
        self.assertFalse(case.sla_problem)
        self.assertEqual(self._clock(case).state, "running")

    def test_usual_rules(self):
        rules = self.env["citizen.sla.rule"].with_user(self.admin)
        self.assertFalse(rules.search([]), "a fresh install promises nothing by itself")
        rules.action_add_usual_rules()
        usual = rules.search([])
        self.assertEqual(len(usual), 4)
        self.assertEqual(set(usual.mapped("state")), {"draft"})
        rules.action_add_usual_rules()
        self.assertEqual(rules.search([]), usual, "they are added once")
        usual.action_activate()
        case = self._create_case(category_id=self.pothole.id, partner_id=self.ada.id)
        self.assertEqual(
            set(case.sudo().clock_ids.mapped("kind")),
            {"resolve", "acknowledge", "transfer"},
        )
        self.assertEqual(case.due_date, datetime(2026, 3, 12, 23, 59, 59))
        self.assertFalse([text for text in usual.mapped("problem_text") if text])
        with self.assertRaises(AccessError):
            rules.with_user(self.manager).action_add_usual_rules()
