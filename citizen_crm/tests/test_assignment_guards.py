"""What nobody may say by a remote call, and work that is charged once."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime

from .assignment_common import AssignmentCommon

#: What the system notes of a case and of a team, and what somebody might claim.
NOTED = {
    "queued_date": "2020-01-01 00:00:00",
    "queue_alerted_date": "2020-01-01 00:00:00",
    "cover_since": "2020-01-01 00:00:00",
}


class TestGuards(AssignmentCommon):
    def test_what_the_system_notes_is_not_sent(self):
        """Not by write, not by create, and not as a default either."""
        case = self._file()
        for name, value in NOTED.items():
            for user in (self.lead, self.manager):
                Case = self.Case.with_user(user)
                with self.subTest(name=name, user=user.login):
                    with self.assertRaises(UserError):
                        case.with_user(user).write({name: value})
                    with self.assertRaises(UserError):
                        Case.create(self._case_values(**{name: value}))
                    by_default = Case.with_context(**{f"default_{name}": value})
                    made = by_default.create(self._case_values())
                    self.assertNotEqual(made[name], Datetime.to_datetime(value))

    def test_what_the_system_notes_of_a_team_is_not_sent(self):
        for name in ("dispatched_at", "ledger_kept_on", "told_number"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.roads.with_user(self.manager).write({name: False})
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket.team"].with_user(self.manager).create(
                {"name": "Forged", "ledger_kept_on": "2026-03-04"}
            )

    def test_rules_are_not_put_into_force_by_a_default(self):
        Rule = self.env["citizen.assignment.rule"].with_user(self.admin)
        with self.assertRaises(UserError):
            Rule.with_context(default_state="active").create({"team_id": self.parks.id})

    def test_no_way_around_the_reason(self):
        """Team and handler, or service type and handler, in one write."""
        case = self._file(category_id=self.tree.id)
        (self.roads + self.parks).user_id = self.clerk
        for values in (
            {"team_id": self.roads.id},
            {"category_id": self.pothole.id},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "Assign…"),
            ):
                case.with_user(self.clerk).write(
                    {**values, "user_id": self.bob.user_id.id}
                )
        case.with_user(self.clerk).write({"team_id": self.roads.id, "user_id": False})
        self.assertTrue(case.queued_date)

    def test_leaving_the_shared_team_needs_no_reason(self):
        """Who leads both teams may say who has the case there."""
        self.parks.user_ids += self.handler
        (self.roads + self.parks).user_id = self.clerk
        case = self._file()
        case.with_user(self.clerk).write(
            {"team_id": self.parks.id, "user_id": self.handler.id}
        )
        self.assertEqual(case.user_id, self.handler)


class TestChargedOnce(AssignmentCommon):
    def _kinds(self, case):
        entries = self.env["citizen.assignment.entry"].sudo()
        found = entries.search([("case_id", "=", case.id)], order="step")
        return found.mapped("kind")

    def test_reopening_an_own_case_earns_nothing(self):
        case = self._file()
        self._dispatch()
        handler = case.user_id
        before = self._balances()
        for _time in range(3):
            case.with_user(handler).stage_id = self._stage("closed")
            case.with_user(handler).stage_id = self._stage("in_work")
        self.assertEqual(case.user_id, handler)
        self.assertEqual(self._balances(), before)
        rows = self.roads.assignment_balance_ids
        self.assertEqual(sum(rows.mapped("open_milli")), 1000)
        self.assertEqual(self.roads._find_ledger_problem(), "")
        entries = self.env["citizen.assignment.entry"].sudo()
        last = entries.search([("case_id", "=", case.id)], order="step desc", limit=1)
        self.assertIn("Reopened", last.explanation)

    def test_reopened_by_others_is_work_anew(self):
        """Given out like a new case, and without a word of by hand."""
        case = self._file()
        self._dispatch()
        case.stage_id = self._stage("closed")
        case.with_user(self.clerk).stage_id = self._stage("in_work")
        self.assertTrue(case.queued_date)
        self._dispatch()
        self.assertEqual(self._kinds(case), ["charge", "finish", "charge"])
        self.assertEqual(self.roads._find_ledger_problem(), "")

    def _import(self, kinds, **values):
        at = Datetime.now() - timedelta(days=30)
        events = [{"kind": kind, "at": at} for kind in kinds]
        values = self._case_values(category_id=self.pothole.id, **values)
        return self.Case._create_backdated([(values, events)])

    def test_imported_with_a_handler_is_open_work(self):
        """Earlier records cost nobody points; what is open counts as open."""
        case = self._import(["received", "assigned"], user_id=self.ann.user_id.id)
        self.assertEqual(self._kinds(case), ["opening"])
        self.assertEqual(self._balances(), [0, 0, 0])
        rows = self.roads.assignment_balance_ids
        self.assertEqual(sum(rows.mapped("open_milli")), 1000)

    def test_imported_reopened_keeps_its_handler(self):
        case = self._import(
            ["received", "assigned", "closed", "reopened"],
            user_id=self.ann.user_id.id,
            stage_id=self._stage("in_work").id,
        )
        self.assertEqual(case.user_id, self.ann.user_id)
        self.assertEqual(self._kinds(case), ["opening"])

    def test_two_employees_of_one_user_count_once(self):
        """The same login in two companies: the ledger knows one of them."""
        other = self.env["res.company"].create({"name": "Works"})
        employee = self.env["hr.employee"].create(
            {
                "name": "Ann of the Works",
                "user_id": self.ann.user_id.id,
                "company_id": other.id,
                "resource_calendar_id": self.office.id,
            }
        )
        self.env["citizen.team.member"].create(
            {
                "team_id": self.roads.id,
                "employee_id": employee.id,
                "date_from": "2020-01-01",
            }
        )
        cases = self._file(8)
        self._dispatch()
        self.assertFalse(cases.filtered("queued_date"))
        self.assertEqual(self.roads._find_ledger_problem(), "")
        held = sorted(len(group) for group in cases.grouped("user_id").values())
        self.assertEqual(held, [2, 3, 3])

    def test_savepoint_rolled_back(self):
        """Who is called in vain is called again."""
        cron = self.env.ref("citizen_crm.ir_cron_dispatch")
        triggers = self.env["ir.cron.trigger"]
        self.env.cr.precommit.data.pop("citizen_crm.dispatcher_called", None)
        before = triggers.search_count([("cron_id", "=", cron.id)])
        with self.assertRaises(ValueError), self.env.cr.savepoint():
            self._file()
            raise ValueError
        self._file()
        after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)
