"""Ended cases leave the everyday lists when their class says so, and nothing else."""

from datetime import datetime
from unittest.mock import patch

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..tools.erasure import retention_end
from .common import CLEARED
from .privacy_common import LATER, PrivacyCommon
from .rollup_common import RollupMixin

DUE = "2028-03-04 09:00:00"
EARLY = "2028-03-04 08:59:59"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class TestArchive(RollupMixin, PrivacyCommon):
    """Cases end on 4 March 2026 at nine; the general class archives after two years."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.general.archive_months = 24
        cls.ended = cls._create_ended(partner_id=cls.ada.id)

    def _archive(self, at=DUE):
        """Do what the job does at a time, in this transaction."""
        with freeze_time(at):
            Case = self.env["helpdesk.ticket"]
            return Case._archive_due(Case._find_due_for_archive())

    # --------------------------------------------------------------- what is due
    def test_months_run_from_the_end(self):
        self.assertEqual(self.ended.archive_from, datetime(2028, 3, 4, 9))
        self.assertEqual(self._archive(EARLY), 0)
        self.assertEqual(self._archive(), 1)
        self.assertFalse(self.ended.active)
        self.assertFalse(self.ended.archive_from)
        told = self.ended.sudo().event_ids.sorted("id")[-1]
        self.assertEqual(told.kind, "archived")
        self.assertEqual(self._archive(), 0)

    def test_months_end_as_retention_does(self):
        """The database and Python agree on months that are shorter than others."""
        for closed in ("2026-03-31 10:00:00", "2024-02-29 10:00:00"):
            self.ended.closed_date = closed
            for months in (1, 6, 11, 12, 13, 47):
                self.general.archive_months = months
                end = retention_end(self.ended.closed_date, months)
                with self.subTest(closed=closed, months=months):
                    for at, due in ((end, 1), (end.replace(minute=59, hour=9), 0)):
                        with freeze_time(at):
                            found = self.Case._find_due_for_archive(self.ended.ids)
                        self.assertEqual(len(found), due)

    def test_class_of_the_type_decides(self):
        never = self.env["citizen.retention.class"].create(
            {"name": "At hand", "law": "By-law 7", "is_kept": True}
        )
        self.pothole.retention_class_id = never
        self.assertFalse(self.ended.archive_from)
        self.assertEqual(self._archive(), 0)
        never.archive_months = 1
        self.assertEqual(self._archive("2026-04-04 09:00:00"), 1)

    def test_without_a_class_nothing_is_archived(self):
        self.env["ir.config_parameter"].set_param(
            "citizen_crm.retention_class_id", False
        )
        self.assertEqual(self._archive(), 0)

    def test_what_is_not_at_its_end_stays(self):
        """Open cases, those with a task, and those of a matter that is open."""
        lead = self._create_case(category_id=self.pothole.id)
        joined = self._create_ended(duplicate_id=lead.id)
        other_lead = self._create_ended()
        open_joined = self._create_case(
            category_id=self.pothole.id, duplicate_id=other_lead.id
        )
        tasked = self._create_ended()
        task = tasked.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.handler.id
        )
        self.assertEqual(self._archive(), 1)
        self.assertFalse(self.ended.active)
        cases = lead + joined + other_lead + open_joined + tasked
        self.assertEqual(cases.mapped("active"), [True] * 5)
        task.action_done()
        (lead + open_joined).write({"stage_id": self._stage("closed").id})
        (lead + open_joined).sudo().closed_date = datetime(2026, 3, 4, 9)
        self.assertEqual(self._archive(), 5)

    def test_opened_after_it_was_found(self):
        """What was opened between finding and locking stays."""
        with freeze_time(DUE):
            found = self.Case._find_due_for_archive()
            self.ended.stage_id = self._stage("in_work")
            self.assertEqual(self.Case._archive_due(found), 0)
        self.assertTrue(self.ended.active)

    # ------------------------------------------------------------------ and back
    def test_opening_it_again_brings_it_back(self):
        self._archive()
        with freeze_time("2028-06-01 08:00:00"):
            self.ended.with_user(self.manager).stage_id = self._stage("in_work")
            self.assertTrue(self.ended.active)
            self.assertEqual(self._archive("2031-01-01 08:00:00"), 0)
            self.ended.stage_id = self._stage("closed")
        self.assertEqual(self._archive("2030-05-31 08:00:00"), 0)
        self.assertEqual(self._archive("2030-06-02 08:00:00"), 1)

    def test_an_open_case_that_was_taken_out_stays_so(self):
        taken_out = self._create_case(category_id=self.pothole.id)
        taken_out.active = False
        taken_out.stage_id = self._stage("in_work")
        self.assertFalse(taken_out.active)

    def test_what_somebody_brought_back_stays(self):
        """Until it has been opened and ended once more."""
        self._archive()
        with freeze_time("2028-04-01 08:00:00"):
            self.ended.with_user(self.manager).action_unarchive()
            self.assertEqual(self._archive("2028-04-02 08:00:00"), 0)
            self.ended.stage_id = self._stage("in_work")
        with freeze_time("2028-05-01 08:00:00"):
            self.ended.stage_id = self._stage("closed")
        self.assertEqual(self._archive("2030-05-02 08:00:00"), 1)

    # ------------------------------------------------------------ who still finds it
    def test_staff_find_it_by_number_and_person(self):
        number = self.ended.number
        citizen = self.ended.citizen_id
        self._archive()
        Case = self.Case.with_user(self.manager)
        self.assertNotIn(self.ended, Case.search([]))
        self.assertIn(self.ended, Case.search(self._get_facet("display_name", number)))
        self.assertIn(self.ended, Case.search(self._get_facet("with_archived")))
        action = citizen.with_user(self.clerk).action_view_cases()
        self.assertIn(self.ended, self.Case.search(action["domain"]))
        self.assertEqual(citizen.with_user(self.clerk).case_count, 1)
        desk = self._create_user("desk", f"citizen_crm.group_intake_clerk,{CLEARED}")
        intake = self.env["citizen.intake"].with_user(desk)
        row = intake.search_people("ada")["people"][0]
        self.assertEqual([case["number"] for case in row["cases"]], [number])

    def _get_facet(self, name, value=None):
        """Return the domain of a field or filter of the search view."""
        view = self.env.ref("citizen_crm.helpdesk_ticket_view_search")
        arch = self.Case.get_view(view.id, "search")["arch"]
        node = etree.fromstring(arch).find(f".//*[@name='{name}']")
        text = node.get("filter_domain") or node.get("domain")
        return safe_eval(text, {"self": value})

    def test_residents_see_no_difference(self):
        account = self.portal
        account.partner_id.email = "p@example.com"
        mine = self._create_ended(partner_id=account.partner_id.id)
        out = self._create_case(
            category_id=self.pothole.id, partner_id=account.partner_id.id
        )
        out.active = False
        self._archive()
        Case = self.Case.with_user(account)
        self.assertFalse(mine.active)
        self.assertEqual(Case.search(Case._get_portal_domain()), mine)
        self.assertEqual(Case._find_portal_case(mine.number), mine)
        self.assertFalse(Case._find_portal_case(out.number))

    def test_privacy_reaches_archived_cases(self):
        """They are held, handed out and erased as others are."""
        self._archive()
        hold = (
            self.env["citizen.legal.hold"]
            .with_user(self.officer)
            .create({"case_ids": self.ended.ids, "reason": "Lawsuit"})
        )
        hold.invalidate_recordset()
        self.assertEqual((hold.case_ids, hold.case_count), (self.ended, 1))
        export = (
            self.env["citizen.data.export"]
            .with_user(self.officer)
            .create({"partner_id": self.ada.id})
        )
        export.invalidate_recordset()
        self.assertIn(self.ended, export._find_cases())
        with freeze_time(LATER):
            self.assertFalse(self._list_due())
            hold.action_end()
        with freeze_time("2032-03-12 08:00:00"):
            lines = self._list_due().line_ids
        self.assertEqual(lines.case_id.with_context(active_test=False), self.ended)

    # ----------------------------------------------------------------- figures
    def test_figures_stay(self):
        """No figure is another one, and no day is counted again for it."""
        taken_out = self._create_case(category_id=self.pothole.id)
        taken_out.active = False
        self._refresh()
        self.assertCounted()
        before = self._read_figures()
        self.assertEqual(self._archive(), 1)
        self.assertFalse(self._get_marks())
        self.assertCounted()
        self.assertEqual(self._read_figures(), before)
        received = self.env["citizen.case.report"].sudo().search_count([])
        self.assertEqual(received, len(self._seen()))

    def _read_figures(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return [
            self.env[model].sudo()._read_group([], ["team_id"], ["__count"])
            for model in (
                "citizen.case.report",
                "citizen.sla.report",
                "citizen.failure.demand.report",
            )
        ]

    def test_taking_out_an_open_case_marks_its_days(self):
        case = self._create_case(category_id=self.pothole.id)
        self._refresh()
        case.active = False
        self.assertTrue(self._get_marks())
        self._refresh()
        self.assertCounted()

    # ------------------------------------------------------------------- the job
    def test_job_works_in_batches(self):
        for _number in range(4):
            self._create_ended()
        with (
            freeze_time(DUE),
            patch(
                "odoo.addons.citizen_crm.models.privacy.helpdesk_ticket_archive.BATCH",
                2,
            ),
            patch.object(
                self.env.registry["ir.cron"],
                "_commit_progress",
                side_effect=[60.0, 60.0, 0.0],
            ) as progress,
        ):
            self.Case._cron_archive()
        told = [call.args[-1] for call in progress.call_args_list if call.args]
        self.assertEqual(told, [2, 2], "it stops when its time is up")
        self.assertEqual(self._archive(), 1, "and goes on with the rest")

    def test_cost_grows_by_the_batch(self):
        """Thirty more cases cost no more statements than a few."""
        counts = []
        for number in (3, 33):
            cases = self.Case.browse()
            for _number in range(number):
                cases += self._create_ended()
            self.env.flush_all()
            self.env.invalidate_all()
            began = self.env.cr.sql_log_count
            self.assertGreaterEqual(self._archive(), number)
            counts.append(self.env.cr.sql_log_count - began)
        self.assertLess(counts[1] - counts[0], 10)

    # ------------------------------------------------------------------ the class
    def test_class_says_how_many_are_due(self):
        officer = self.general.with_user(self.officer)
        self.assertEqual(officer.archive_count, 0)
        with freeze_time(DUE):
            officer.invalidate_recordset()
            self.assertEqual(officer.archive_count, 1)
            action = officer.action_view_archive()
            self.assertEqual(self.Case.search(action["domain"]), self.ended)

    def test_who_may_say_when(self):
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            self.general.with_user(self.manager).archive_months = 1
        self.general.with_user(self.officer).archive_months = 12
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.general.archive_months = -1
            self.general.flush_recordset()
