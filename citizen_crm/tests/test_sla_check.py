from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from . import sla_common

ANSWER = {"unit": "hours", "amount": 8}


@freeze_time("2026-03-04 08:00:00")
class TestSlaCheck(sla_common.SlaCommon):
    """Gaps and overlaps are found, and each finding leads to what is to be mended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ours = cls.pothole + cls.tree + cls.bin
        cls.env["helpdesk.ticket.category"].search([("id", "not in", ours.ids)]).write(
            {"active": False}
        )
        teams = cls.env["helpdesk.ticket.team"].search([])
        (teams - cls.roads - cls.parks).write({"active": False})

    def _check(self):
        findings = self.env["citizen.sla.finding"].with_user(self.admin)
        action = findings.action_check()
        self.assertEqual(action["res_model"], findings._name)
        return findings.search([])

    def _about(self, record):
        return self._check().filtered(
            lambda f: (f.res_model, f.res_id) == (record._name, record.id)
        )

    def test_service_types_without_promise(self):
        self._create_rule(ANSWER, role="citizen")
        self._create_rule({**ANSWER, "kind": "first_reply"})
        findings = self._check()
        self.assertEqual(findings.mapped("res_id"), self.bin.ids)
        self.assertIn("promised no answer", findings.name)
        self.assertEqual(findings.severity, "warning")
        self.assertEqual(findings.action_open()["res_id"], self.bin.id)
        services = self.env["helpdesk.ticket.category"].with_user(self.admin)
        self.assertEqual(services.search([("promise_text", "=", False)]), self.bin)
        self.assertIn("within 8 working hours", self.pothole.promise_text)
        self.assertFalse(self.bin.promise_text)

    def test_some_cases_only(self):
        self._create_rule(ANSWER, role="citizen")
        for priority in ("2", "3"):
            self._create_rule(ANSWER, role="customer", priority=priority)
        self.assertIn("only some of its cases", self._about(self.bin).name)
        for priority in ("0", "1"):
            self._create_rule(ANSWER, role="customer", priority=priority)
        self.assertFalse(self._about(self.bin))

    def test_filter_and_channel_promise_some_only(self):
        channel = self.env["helpdesk.ticket.channel"].search([], limit=1)
        self._create_rule(ANSWER, role="citizen", domain="[('name', 'ilike', 'x')]")
        self._create_rule(ANSWER, role="customer", channel_ids=channel.ids)
        for service in self.pothole + self.bin:
            self.assertIn("only some of its cases", self._about(service).name)

    def test_rule_that_never_decides(self):
        self._create_rule(ANSWER, name="All", sequence=1)
        narrow = self._create_rule(ANSWER, name="Roads", sequence=2, role="citizen")
        finding = self._about(narrow)
        self.assertIn("Roads (version 1) never decides: All (version 1)", finding.name)
        self.assertEqual(narrow.with_user(self.admin).problem_text, finding.name)
        narrow.with_user(self.admin).sequence = 0
        self.assertFalse(self._about(narrow))
        self.assertFalse(narrow.problem_text)

    def test_promise_that_never_decides(self):
        self._create_rule(ANSWER, sequence=1)
        rule = self._create_rule(ANSWER, {**ANSWER, "kind": "first_reply"}, sequence=2)
        self.assertIn("never decides on: Answer.", self._about(rule).name)

    def test_draft_that_would_never_decide(self):
        """It says so on its form before it is activated; the check is silent."""
        self._create_rule(ANSWER, sequence=1)
        draft = self._create_rule(ANSWER, sequence=2, activate=False)
        self.assertIn("never decides", draft.with_user(self.admin).problem_text)
        self.assertFalse(self._about(draft))

    def test_new_version_is_not_shadowed_by_the_one_it_replaces(self):
        rule = self._create_rule(ANSWER)
        draft = rule.browse(rule.with_user(self.admin).action_new_version()["res_id"])
        self.assertFalse(draft.problem_text)

    def test_same_place_in_the_order(self):
        self._create_rule(ANSWER, role="citizen", sequence=5)
        second = self._create_rule(
            ANSWER, category_ids=self.pothole.ids, sequence=5, name="Second"
        )
        self.assertIn("same place in the order", self._about(second).mapped("name")[-1])
        third = self._create_rule(ANSWER, role="customer", sequence=5)
        names = " ".join(self._about(third).mapped("name"))
        self.assertNotIn("Answers (version 1) and Answers", names)

    def test_broken_filter(self):
        rule = self._create_rule(ANSWER)
        self.env.cr.execute(
            "UPDATE citizen_sla_rule SET domain = %s WHERE id = %s",
            ("[('no_such_field', '=', 1)]", rule.id),
        )
        rule.invalidate_recordset()
        self.env.registry.clear_cache()
        finding = self._about(rule)
        self.assertEqual(finding.severity, "error")
        self.assertIn("further filter", finding.name)

    def test_unusable_calendars(self):
        rule = self._create_rule(ANSWER, calendar_id=self._create_calendar("Own").id)
        rule.calendar_id.attendance_ids.unlink()
        self.assertIn("Own", self._about(rule).name)
        self.roads.resource_calendar_id = self._create_calendar("Never", days=())
        finding = self._about(self.roads)
        self.assertEqual(finding.severity, "error")
        self.assertIn("Never", finding.name)
        self.roads.resource_calendar_id = self.office
        self.assertFalse(self._about(self.roads))

    def test_retired_without_successor(self):
        rule = self._create_rule(ANSWER)
        later = self._create_rule(ANSWER, sequence=90)
        rule.with_user(self.admin).action_retire()
        self.assertEqual(self._about(rule).severity, "info")
        rule.active = False
        self.assertFalse(self._about(rule))
        draft = later.browse(later.with_user(self.admin).action_new_version()["res_id"])
        draft.action_activate()
        self.assertFalse(self._about(later))

    def test_checked_again(self):
        first = self._check()
        second = self._check()
        self.assertEqual(len(first), len(second))
        self.assertFalse(first.exists())

    def test_admins_only(self):
        for user in (self.manager, self.clerk):
            with self.assertRaises(AccessError):
                self.env["citizen.sla.finding"].with_user(user).action_check()
