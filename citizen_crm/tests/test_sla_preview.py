from collections import Counter
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..models.sla import citizen_sla_preview_work as work
from ..models.sla.instants import to_instant
from ..tools.sla_clock import read_clocks
from ..tools.sla_preview import outcome
from ..tools.sla_promises import Entry
from . import sla_common

DAYS = {"basis": "statutory", "unit": "statutory_working_days"}


@freeze_time("2026-03-04 08:00:00")
class TestSlaPreview(sla_common.SlaCommon):
    """The preview's numbers are those of replaying the same cases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.works = cls.env["hr.department"].create({"name": "Works"})
        cls.roads.department_id = cls.works
        cls.rule = cls._create_rule({**DAYS, "amount": 6}, role="citizen")
        cls.cases = cls._create_past()

    @classmethod
    def _create_past(cls):
        """Register cases of the last weeks that took 0 to 9 days to be answered."""
        plans = []
        for number in range(30):
            service = (cls.pothole, cls.tree, cls.bin)[number % 3]
            received = datetime(2026, 1, 12, 9) + timedelta(days=number)
            events = [
                {"kind": "received", "at": received},
                {
                    "kind": "routed",
                    "at": received + timedelta(minutes=5),
                    "team_id": service.team_id.id,
                },
            ]
            if number % 5 == 4:
                events.append({"kind": "withdrawn", "at": received + timedelta(days=1)})
            elif number % 7:
                answered = received + timedelta(days=number % 10, hours=2)
                events.append({"kind": "answered", "at": answered})
                events.append({"kind": "closed", "at": answered + timedelta(minutes=9)})
            plans.append(
                (
                    cls._case_values(
                        category_id=service.id,
                        role=service.default_role,
                        nature=service.default_nature,
                        team_id=service.team_id.id,
                        received_date=received,
                        partner_id=cls.ada.id,
                    ),
                    events,
                )
            )
        return cls.Case.with_user(cls.clerk)._create_backdated(plans)

    def _draft(self, amount=2, **values):
        rule = self.rule.with_user(self.admin)
        draft = rule.browse(rule.action_new_version()["res_id"])
        draft.target_ids.amount = amount
        draft.write(values)
        return draft

    def _preview(self, draft):
        return draft.env["citizen.sla.preview"].browse(draft.action_preview()["res_id"])

    def _total(self, preview):
        return preview.row_ids.filtered("is_total")

    def _replayed(self, draft, cases):
        """Replay the logs of cases with the draft's targets pinned at receipt."""
        tally = Counter()
        targets = {target.id: target._get_pure() for target in draft.target_ids}
        logs = cases.sudo()._get_logs()
        for case in cases.sudo():
            log = [e for e in logs[case.id] if not e.kind.endswith("promised")]
            pinned = [Entry(log[0].at, "promised", target=id) for id in targets]
            tally.update(
                outcome(reading)
                for reading in read_clocks(
                    log + pinned,
                    targets,
                    case._get_table,
                    now=to_instant(datetime(2026, 3, 4, 8)),
                )
            )
        return tally

    def test_equals_replaying_the_same_cases(self):
        draft = self._draft()
        preview = self._preview(draft)
        self.assertEqual(preview.state, "done")
        citizens = self.cases.filtered(lambda case: case.role == "citizen")
        then, now = (self._replayed(rule, citizens) for rule in (draft, self.rule))
        total = self._total(preview)
        self.assertEqual(total.case_count, len(citizens))
        self.assertEqual(
            (total.met_then, total.missed_then), (then["met"], then["missed"])
        )
        self.assertEqual((total.met_now, total.missed_now), (now["met"], now["missed"]))
        self.assertEqual(total.not_applicable_then, then["not_applicable"])
        self.assertEqual(total.open_then, then["open"])
        self.assertGreater(total.missed_then, total.missed_now)
        self.assertTrue(all((now["met"], now["missed"], then["met"])))
        self.assertAlmostEqual(
            total.difference,
            then["met"] / (then["met"] + then["missed"])
            - now["met"] / (now["met"] + now["missed"]),
        )

    def test_equals_the_clocks_of_cases_made_under_the_rule(self):
        """The same cases, registered after the activation, have the same clocks."""
        draft = self._draft(valid_from="2026-01-01 00:00:00")
        total = self._total(self._preview(draft))
        draft.action_activate()
        clocks = self._create_past().sudo().clock_ids
        self.assertEqual(clocks.target_id.rule_id, draft)
        states = Counter(clocks.mapped("state"))
        late_and_open = clocks.filtered(lambda c: c.state == "missed" and not c.stop)
        self.assertTrue(late_and_open)
        self.assertEqual(
            (total.met_then, total.missed_then, total.not_applicable_then),
            (states["met"], states["missed"], states["not_applicable"]),
        )

    def test_by_department(self):
        preview = self._preview(self._draft())
        by_department = preview.row_ids.filtered(lambda row: not row.is_total)
        self.assertEqual(by_department.department_id, self.works)
        self.assertEqual(len(by_department), 2, "Parks have no department")
        for name in ("case_count", "met_now", "missed_now", "met_then", "missed_then"):
            self.assertEqual(
                sum(by_department.mapped(name)), self._total(preview)[name], name
            )

    def test_draft_for_other_cases(self):
        """Cases that leave the rule, and cases that come to it, are both counted."""
        draft = self._draft(role="customer")
        total = self._total(self._preview(draft))
        self.assertEqual(total.case_count, len(self.cases))
        customers = self.cases.filtered(lambda case: case.role == "customer")
        then = self._replayed(draft, customers)
        self.assertEqual(total.met_then, then["met"])
        self.assertEqual(
            total.other_then, len(self.cases) - len(customers), "no longer promised"
        )

    def test_promise_that_stays(self):
        """A draft that changes another promise has the same figures for this one."""
        draft = self._draft(amount=6)
        hours = {"kind": "first_reply", "unit": "hours", "amount": 24}
        draft.target_ids = [(0, 0, hours)]
        total = self._total(self._preview(draft))
        kept = total.filtered(lambda row: row.kind == "resolve")
        came = total - kept
        self.assertEqual(kept.met_now, kept.met_then)
        self.assertEqual(kept.missed_now, kept.missed_then)
        self.assertTrue(kept.met_now and kept.missed_now)
        self.assertEqual((came.met_now, came.missed_now), (0, 0))
        self.assertTrue(came.met_then and came.missed_then)

    def test_another_rule_goes_first(self):
        self._create_rule({**DAYS, "amount": 1}, name="First", sequence=1)
        self.assertFalse(self._preview(self._draft()).row_ids)

    def test_period(self):
        draft = self._draft()
        preview = self._preview(draft)
        preview.days = 30
        preview.action_start()
        recent = self.cases.filtered(
            lambda case: (
                case.role == "citizen" and case.received_date >= datetime(2026, 2, 2, 8)
            )
        )
        self.assertEqual(self._total(preview).case_count, len(recent))
        self.env["ir.config_parameter"].set_param("citizen_crm.sla_preview_days", "40")
        self.assertEqual(self._preview(draft).days, 40)

    def test_batches_give_the_same_and_say_how_far_they_are(self):
        draft = self._draft()
        whole = self._total(self._preview(draft))
        with patch.object(work, "BATCH", 7), patch.object(work, "MOMENT", -1):
            preview = self._preview(draft)
            self.assertEqual((preview.state, preview.read_count), ("running", 0))
            preview.sudo()._work(7)
            self.assertIn("The 7 newest of 20 cases", preview.coverage)
            with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
                preview.sudo()._cron_work()
        self.assertEqual(preview.state, "done")
        self.assertIn("All 20 cases", preview.coverage)
        names = ("case_count", "met_now", "missed_now", "met_then", "missed_then")
        self.assertEqual(
            self._total(preview).read(names, load=None)[0] | {"id": 0},
            whole.read(names, load=None)[0] | {"id": 0},
        )

    def test_stopped(self):
        draft = self._draft()
        with patch.object(work, "MOMENT", -1):
            preview = self._preview(draft)
        preview.sudo()._work(5)
        preview.action_stop()
        self.assertEqual(preview.state, "done")
        self.assertEqual(self._total(preview).case_count, 5)
        self.assertIn("The 5 newest of 20 cases", preview.coverage)
        newest = self.cases.filtered(lambda case: case.role == "citizen")
        newest = newest.sorted("received_date", reverse=True)[:5]
        self.assertEqual(preview.sudo().line_ids.case_id, newest)

    def test_writes_nothing_to_the_cases(self):
        clocks = self.cases.sudo().clock_ids
        before = clocks.read(), len(self.cases.sudo().event_ids)
        self._preview(self._draft())
        self.assertEqual((clocks.read(), len(self.cases.sudo().event_ids)), before)

    def test_stale(self):
        draft = self._draft()
        preview = self._preview(draft)
        preview.sudo().at = datetime(2000, 1, 1)
        self.assertTrue(preview.is_stale)

    def test_draft_that_cannot_be_previewed(self):
        draft = self._draft()
        draft.target_ids.unlink()
        with self.assertRaisesRegex(UserError, "Promises"):
            draft.action_preview()

    def test_cases_are_seen_with_their_rights(self):
        """The figures count all cases; the list shows those that one may see."""
        preview = self._preview(self._draft())
        lines = self.env["citizen.sla.preview.line"].with_user(self.admin)
        domain = preview.action_view_lines()["domain"]
        self.assertFalse(lines.search(domain), "an admin has no clearance")
        self.admin.group_ids += self.env.ref("citizen_crm.group_clearance_citizen")
        self.assertEqual(len(lines.search(domain)), 20)
        row = preview.row_ids.filtered("department_id")
        domain = row.action_view_lines()["domain"]
        self.assertEqual(len(lines.search(domain)), row.case_count)
        with self.assertRaises(AccessError):
            preview.with_user(self.manager).action_start()
