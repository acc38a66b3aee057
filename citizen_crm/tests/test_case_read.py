"""Who read a confidential case is on record, by whatever way; others cost nothing."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import CLEARED, CitizenCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"
TRUSTED = f"citizen_crm.group_intake_clerk,citizen_crm.group_confidential,{CLEARED}"


@tagged("post_install", "-at_install")
class TestCaseRead(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Read = cls.env["citizen.case.read"]
        cls.trusted = cls._create_user("trusted", TRUSTED)
        cls.trusted.group_ids += cls.env.ref("base.group_allow_export")
        cls.officer = cls._create_user("officer", "citizen_crm.group_privacy_officer")
        cls.report = cls._create_case(
            partner_id=cls.ada.id,
            nature="misconduct_report",
            role="citizen",
            category_id=cls.pothole.id,
        ).sudo()
        cls.plain = cls._create_case(partner_id=cls.ben.id)
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.env.invalidate_all()
        self.mine = self.report.sudo(False).with_user(self.trusted)

    def _told(self):
        """Return who is on record for the report, and how."""
        rows = self.Read.search([("case_id", "=", self.report.id)], order="id")
        return [(row.user_id, row.way, row.standing) for row in rows]

    def test_form(self):
        self.mine.web_read({"name": {}, "read_reason_needed": {}})
        self.assertEqual(self._told(), [(self.trusted, "form", "other")])
        self.mine.web_read({"name": {}})
        self.assertEqual(len(self._told()), 1, "once a day")
        with freeze_time("2026-03-05 09:00:00"):
            self.mine.web_read({"name": {}})
        self.assertEqual(len(self._told()), 2)

    def test_every_way_that_tells_the_contents(self):
        both = [("id", "in", (self.report + self.plain).ids)]
        Case = self.Case.with_user(self.trusted)
        for way, read in (
            ("list", lambda: Case.search_read(both, ["name"])),
            ("list", lambda: Case.web_search_read(both, {"place": {}})),
            ("list", lambda: Case.name_search(self.report.number)),
            ("export", lambda: Case.search(both).export_data(["name"])),
            ("grouped", lambda: Case._read_group(both, ["partner_id"])),
            ("grouped", lambda: Case.formatted_read_group(both, ["partner_id"], [])),
            (
                "grouped",
                lambda: Case.web_read_group(both, ["partner_id"], ["__count"]),
            ),
            (
                "grouped",
                lambda: Case._read_group(both, [], ["partner_name:array_agg"]),
            ),
        ):
            with self.subTest(way=way):
                self.env.cr.execute("DELETE FROM citizen_case_read")
                self.env.invalidate_all()
                read()
                self.assertIn((self.trusted, way, "other"), self._told())
        self.assertFalse(self.Read.search([("case_id", "=", self.plain.id)]))

    def test_what_tells_nothing_is_no_reading(self):
        Case = self.Case.with_user(self.trusted)
        Case.search_read([("id", "=", self.report.id)], ["number", "stage_id"])
        Case._read_group([], ["team_id"], ["__count"])
        Case.search_count([])
        self.assertFalse(self._told())

    def test_handler_and_lead_are_not_asked(self):
        self.assertTrue(self.mine.read_reason_needed)
        self.report.team_id.user_id = self.trusted
        self.mine.invalidate_recordset()
        self.assertFalse(self.mine.read_reason_needed)
        self.mine.read(["name"])
        self.assertEqual(self._told(), [(self.trusted, "form", "lead")])
        self.report.team_id.user_id = False
        self.report.user_id = self.trusted
        self.env.invalidate_all()
        self.assertFalse(self.mine.read_reason_needed)
        with freeze_time("2026-03-05 09:00:00"):
            self.mine.read(["name"])
        self.assertEqual(self._told()[-1], (self.trusted, "form", "handler"))

    def test_the_reason_is_asked_once_a_day(self):
        self.mine.read(["name"])
        wizard = (
            self.env["citizen.case.read.reason"]
            .with_user(self.trusted)
            .create({"case_id": self.report.id, "reason": "I stand in"})
        )
        wizard.action_confirm()
        self.assertFalse(self.mine.read_reason_needed)
        self.mine.export_data(["name"])
        rows = self.Read.search([("case_id", "=", self.report.id)])
        self.assertEqual(rows.mapped("reason"), ["I stand in"] * 2)
        wizard.reason = "Something better"
        wizard.action_confirm()
        rows.invalidate_recordset()
        self.assertEqual(set(rows.mapped("reason")), {"I stand in"}, "said is said")
        with freeze_time("2026-03-05 09:00:00"):
            self.mine.invalidate_recordset()
            self.assertTrue(self.mine.read_reason_needed)

    def test_reason_only_for_what_one_may_read(self):
        Wizard = self.env["citizen.case.read.reason"]
        for user, case, error in (
            (self.clerk, self.report, AccessError),
            (self.trusted, self.plain, UserError),
        ):
            with self.assertRaises(error), mute_logger(*QUIET):
                Wizard.with_user(user).create(
                    {"case_id": case.id, "reason": "Curious"}
                ).action_confirm()
        with self.assertRaisesRegex(UserError, "say in a few words"):
            Wizard.with_user(self.trusted).create(
                {"case_id": self.report.id, "reason": "   "}
            ).action_confirm()

    def test_nobody_changes_the_record(self):
        self.mine.read(["name"])
        row = self.Read.search([("case_id", "=", self.report.id)])
        for user in (self.officer, self.trusted, self.clerk, self.manager):
            for act in (
                lambda r: r.unlink(),
                lambda r: r.write({"reason": "x"}),
                lambda r: r.copy(),
            ):
                with self.assertRaises(AccessError), mute_logger(*QUIET):
                    act(row.with_user(user))
        for act in (row.unlink, lambda: row.write({"reason": "x"})):
            with self.assertRaises(AccessError):
                act()
        seen = row.with_user(self.officer)
        self.assertEqual(seen.case_number, self.report.number)
        with self.assertRaises(AccessError):
            seen.read(["case_id"])

    def test_cases_that_are_not_confidential_cost_nothing(self):
        """A list of 80 costs as many queries as without the record of reads."""
        cases = self.Case.create([self._case_values(name=str(n)) for n in range(80)])
        for user in (self.clerk, self.trusted):
            self.env.flush_all()
            domain = [("id", "in", cases.ids)]
            spec = {"number": {}, "name": {}, "place": {}, "stage_id": {}}
            Case = self.Case.with_user(user)
            Case.web_search_read(domain, spec)  # warm the caches of rules and rights
            counts = []
            for watches in (True, False):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                if watches:
                    Case.web_search_read(domain, spec)
                else:
                    with self._unwatched():
                        Case.web_search_read(domain, spec)
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(counts[0], counts[1], user.login)

    def _unwatched(self):
        model = self.env.registry["helpdesk.ticket"]
        return patch.object(model, "_watches_reads", lambda _self: False)


@tagged("post_install", "-at_install")
class TestCaseReadAtPortal(CitizenCommon, HttpCase):
    def test_person_reads_the_own_report_unrecorded(self):
        report = self._create_case(
            partner_id=self.portal.partner_id.id,
            nature="misconduct_report",
            role="citizen",
        ).sudo()
        self.authenticate("test_portal", "test_portal")
        page = self.url_open(f"/my/case/{report.number}")
        self.assertEqual(page.status_code, 200)
        Read = self.env["citizen.case.read"]
        self.assertFalse(Read.search([("case_id", "=", report.id)]))
        report.with_user(self.clerk).sudo()._get_portal_page()
        row = Read.search([("case_id", "=", report.id)])
        self.assertEqual((row.user_id, row.way), (self.clerk, "portal"))
