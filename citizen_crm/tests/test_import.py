import base64
from collections import Counter
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from . import open_data_samples as samples
from .import_common import ImportCommon, day


class TestImport(ImportCommon):
    """Scenario: a city's file comes in once, and again, and again changed."""

    def test_counts_equal_the_file(self):
        rows = samples.nyc_rows(20)
        run = self.import_rows(rows)
        self.assertEqual(run.state, "done")
        self.assertFigures(run, created=20)
        cases = self.cases()

        def counts(path):
            return Counter(str(c.mapped(path)[0]) for c in cases if c.mapped(path))

        def in_file(column, **names):
            return Counter(names.get(row[column], row[column]) for row in rows)

        self.assertEqual(counts("category_id.name"), in_file("Complaint Type"))
        self.assertEqual(
            counts("department_id.name"),
            in_file(
                "Agency",
                DOT="Department of Transportation",
                DPR="Department of Parks and Recreation",
                DOF="Department of Finance",
            ),
        )
        self.assertEqual(
            counts("phase"),
            in_file("Status", Closed="closed", Assigned="routed", Pending="in_work"),
        )
        self.assertEqual(
            counts("channel_id.name"),
            in_file(
                "Open Data Channel Type", PHONE="Phone", UNKNOWN="Unknown", ONLINE="Web"
            ),
        )
        self.assertEqual(
            counts("district_id.complete_name"),
            {"Manhattan / 05 Manhattan": 10, "Queens": 5},
        )
        self.assertEqual(len(cases.filtered(lambda c: not c.district_id)), 5)

    def test_a_closed_case(self):
        self.import_rows(samples.nyc_rows(1))
        case = self.cases()
        received, closed = day(5, 2, 13, 15, 30), day(5, 4, 20, 45, 10)
        self.assertEqual(case.received_date, received)
        self.assertEqual(case.due_date, day(5, 12, 13, 15, 30))
        self.assertEqual((case.answered_date, case.closed_date), (closed, closed))
        self.assertEqual(case.last_stage_update, closed)
        self.assertEqual(case.number[:5], "2011-")
        self.assertEqual(case.name, "Lamp Out")
        self.assertEqual(case.place, "12 ELM STREET, NEW YORK 10001")
        self.assertAlmostEqual(case.place_latitude, 40.75)
        self.assertIn("Department of Transportation", case.description)
        self.assertFalse(case.partner_id or case.citizen_id or case.customer_id)
        self.assertFalse(case.user_id)
        self.assertPhase(case, "closed")
        self.assertKinds(case, ["received", "routed", "answered", "closed", "imported"])
        *facts, imported = case.event_ids
        self.assertEqual(facts[2].note, "The lamp was replaced.")
        self.assertEqual([e.at for e in facts], [received, received, closed, closed])
        self.assertFalse(any(event.user_id for event in facts))
        self.assertEqual(imported.user_id, self.importer)
        self.assertIn("line 2; number there K00000, status Closed", imported.note)

    def test_an_open_case(self):
        self.import_rows(samples.nyc_rows(4))
        tree, owner = self.case("K00002"), self.case("K00003")
        self.assertPhase(tree, "routed")
        self.assertKinds(tree, ["received", "routed", "imported"])
        self.assertIn("An inspector will visit.", tree.event_ids[-1].note)
        self.assertFalse(tree.answered_date or tree.closed_date)
        self.assertKinds(owner, ["received", "routed", "in_work", "imported"])
        self.assertEqual((owner.role, owner.nature), ("customer", "service_request"))

    def test_catalogue(self):
        self.import_rows(samples.nyc_rows(4))
        light = self.case("K00000").category_id
        self.assertTrue(light.is_service)
        self.assertEqual(light.code, "test-street-light")
        self.assertEqual(light.team_id.department_id.name, light.parent_id.name)
        self.assertFalse(light.parent_id.is_service)
        self.assertEqual(light.default_nature, "complaint")
        self.assertFalse(light.team_id.message_partner_ids, "nobody is notified")
        channel = self.case("K00000").channel_id
        self.assertEqual(
            channel, self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        )

    def test_codes_that_differ_in_marks_only(self):
        rows = samples.nyc_rows(2)
        rows[0]["Complaint Type"], rows[1]["Complaint Type"] = "Noise: Bar", "Noise Bar"
        self.import_rows(rows)
        codes = self.cases().category_id.mapped("code")
        self.assertEqual(sorted(codes), ["test-noise-bar", "test-noise-bar-2"])

    def test_one_type_in_two_departments(self):
        rows = samples.nyc_rows(2)
        rows[1].update({"Agency": "DEP", "Complaint Type": "Street Light"})
        self.import_rows(rows)
        first, second = self.cases()
        self.assertEqual(first.category_id, second.category_id)
        self.assertEqual(first.category_id.team_id, first.team_id)
        self.assertEqual(
            second.department_id.name, "Department of Environmental Protection"
        )

    def test_department_of_the_same_name_is_the_same(self):
        department = self.env["hr.department"].create({"name": "department of MOONS"})
        self.roads.department_id = department
        rows = samples.nyc_rows(1)
        rows[0].update({"Agency": "DOM", "Agency Name": "Department of Moons"})
        self.import_rows(rows)
        self.assertEqual(self.cases().team_id, self.roads)

    def test_a_value_sent_elsewhere(self):
        self.import_rows(samples.nyc_rows(1))
        values = self.source.value_ids
        values.filtered(lambda v: v.kind == "department").team_id = self.parks
        values.filtered(lambda v: v.kind == "service_type").category_id = self.tree
        self.import_rows(samples.nyc_rows(5))
        later = self.case("K00004")
        self.assertEqual((later.team_id, later.category_id), (self.parks, self.tree))
        self.assertNotEqual(self.case("K00000").team_id, self.parks)

    def test_second_import_changes_nothing(self):
        rows = samples.nyc_rows(12)
        self.import_rows(rows)
        self.env.flush_all()
        before = self.cases().read(load=""), self.table_counts()
        self.assertFigures(self.import_rows(rows), unchanged=12)
        self.env.flush_all()
        self.assertEqual((self.cases().read(load=""), self.table_counts()), before)

    def test_another_city(self):
        source = self.env["citizen.import.source"].create(
            {"name": "Lindau", "code": "lindau", "mapping": samples.other_city_json()}
        )
        run = self.upload(samples.OTHER_CITY_CSV.encode("cp1252"), source)
        run.action_import()
        self.assertFigures(run, created=2)
        lamp, trees = self.cases(source)
        self.assertEqual(lamp.category_id.name, "Stra\u00dfenlampe")
        self.assertEqual(lamp.received_date.isoformat(), "2024-07-01T06:30:00")
        self.assertEqual(lamp.nature, "proposal")
        self.assertFalse(trees.channel_id or trees.due_date)
        self.assertIn("B\u00e4ume", trees.description)

    def test_queries_do_not_grow_with_the_rows(self):
        self.import_rows(samples.nyc_rows(4))
        costs = []
        for count in (50, 200):
            rows = [
                {**row, "Unique Key": f"Q{count}-{number}"}
                for number, row in enumerate(samples.nyc_rows(count))
            ]
            run = self.upload(samples.nyc_csv(rows))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run.action_import()
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
            self.assertFigures(run, created=count)
        # PostgreSQL's driver sends big inserts in pages, hence the few more.
        self.assertLess(costs[1] - costs[0], 30, costs)


class TestCheck(ImportCommon):
    """A check says what an import would do, and does nothing."""

    def test_nothing_is_written(self):
        before = self.table_counts()
        rows = samples.nyc_rows(8)
        rows[3]["Status"] = "?"
        run = self.upload(samples.nyc_csv(rows))
        run.action_check()
        self.assertEqual((run.state, run.dry_run), ("done", True))
        self.assertFigures(run, created=7, rejected=1)
        self.assertEqual(self.table_counts(), before)
        self.assertIn("Department (3): Department of Finance", run.found_summary)
        self.assertIn("Service type (4)", run.found_summary)
        self.assertTrue(run.rejects_file)

    def test_check_and_import_agree(self):
        self.import_rows(samples.nyc_rows(3))
        rows = samples.nyc_rows(8)
        rows[2].update({"Status": "Closed", "Closed Date": "06/01/2011 08:00:00 AM"})
        rows[0]["Borough"] = "BRONX"
        run = self.upload(samples.nyc_csv(rows))
        run.action_check()
        figures = {"created": 5, "updated": 1, "unchanged": 1, "left": 1}
        self.assertFigures(run, **figures)
        self.assertPhase(self.case("K00002"), "routed")
        run.action_import()
        self.assertFalse(run.dry_run)
        self.assertFigures(run, **figures)
        with self.assertRaises(UserError):
            run.action_import()

    def test_wrong_layout_is_refused(self):
        before = self.table_counts()
        rows = samples.nyc_csv(samples.nyc_rows(3))
        for content, words in (
            (rows.replace(b"Agency,", b"Office,"), "Missing columns: Agency"),
            (b"\n", "empty"),
            (b"PK\x03\x04\0\0\0", "not a text file"),
        ):
            run = self.upload(content)
            run.action_import()
            self.assertEqual(run.state, "refused")
            self.assertIn(words, run.message)
        self.assertEqual(self.table_counts(), before)

    def test_wizard(self):
        Wizard = self.env["citizen.import.wizard"].with_user(self.importer)
        wizard = Wizard.create(
            {
                "source_id": self.source.id,
                "file": base64.b64encode(samples.nyc_csv(samples.nyc_rows(4))),
                "file_name": "may.csv",
            }
        )
        action = wizard.action_check()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(
            (run.file_name, run.rejects_name), ("may.csv", "may.rejects.csv")
        )
        self.assertEqual((run.user_id, run.created_count), (self.importer, 4))
        self.assertFalse(self.cases())


class TestAccess(ImportCommon):
    """Only the manager imports; nobody else sees imported rows."""

    def test_others_may_not(self):
        content = samples.nyc_csv(samples.nyc_rows(2))
        for user in (self.clerk, self.handler, self.outsider, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.upload(content, user=user)
            for model in ("citizen.import.run", "citizen.import.row"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
        self.assertFalse(self.cases())

    def test_a_manager_who_lost_the_right(self):
        run = self.upload(samples.nyc_csv(samples.nyc_rows(2)))
        run._start(dry=False)
        self.importer.group_ids -= self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        with mute_logger("odoo.addons.citizen_crm.models.importer"):
            with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
                self.env["citizen.import.run"]._cron_work()
        self.assertEqual(run.sudo().state, "running")
        self.assertFalse(self.cases())

    def test_source_needs_a_good_layout(self):
        with self.assertRaisesRegex(ValidationError, "no entry 'timezone'"):
            self.source.mapping = '{"code": "x", "name": "X"}'
        with self.assertRaisesRegex(ValidationError, "not valid JSON"):
            self.source.mapping = "{"

    def test_find_a_source(self):
        Source = self.env["citizen.import.source"]
        self.assertEqual(Source._find("test")[0], self.source)
        source, layout = Source._find(str(samples.NYC_LAYOUT))
        self.assertEqual(layout.code, "nyc_311")
        self.assertEqual(source.code, "nyc_311")
        with self.assertRaisesRegex(UserError, "no import source atlantis"):
            Source._find("atlantis")
