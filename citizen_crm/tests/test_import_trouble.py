import base64
import csv
import io
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..models.importer import citizen_import_run_work as work
from ..models.importer import import_job
from . import open_data_samples as samples
from .import_common import ImportCommon, day


class TestRejects(ImportCommon):
    """A bad row is named, and costs nothing else."""

    def rejects(self, run):
        text = base64.b64decode(run.rejects_file).decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def test_broken_rows(self):
        rows = samples.nyc_rows(60)
        for number in range(0, 60, 6):
            rows[number]["Created Date"] = f"broken {number}"
        with patch.object(import_job, "BATCH_SIZE", 7):
            run = self.import_rows(rows)
        self.assertFigures(run, created=50, rejected=10)
        found = self.rejects(run)
        self.assertEqual(
            [row["Unique Key"] for row in found],
            [rows[number]["Unique Key"] for number in range(0, 60, 6)],
        )
        lines = samples.nyc_csv(rows).decode().splitlines()
        for row in found:
            self.assertIn(row["Unique Key"], lines[int(row["import_line"]) - 1])
            self.assertEqual(row["import_column"], "Created Date")
            self.assertIn("'broken", row["import_reason"])
        mended = base64.b64decode(run.rejects_file)
        for number in range(0, 60, 6):
            mended = mended.replace(
                f"broken {number},".encode(), b"05/02/2011 09:15:30 AM,"
            )
        again = self.upload(mended)
        again.action_import()
        self.assertFigures(again, created=10)

    @mute_logger("odoo.sql_db")
    def test_a_row_that_the_desk_refuses(self):
        """What the reader cannot know: a type was made a heading meanwhile."""
        self.import_rows(samples.nyc_rows(4))
        pothole = self.case("K00001").category_id
        pothole.is_service = False
        pothole.copy({"parent_id": pothole.id, "code": "below"})
        run = self.import_rows(samples.nyc_rows(12))
        self.assertFigures(run, unchanged=4, created=6, rejected=2)
        self.assertEqual(run.row_ids.mapped("key"), ["K00005", "K00009"])
        self.assertIn("is a group heading", run.row_ids[0].reason)
        self.assertEqual(self.rejects(run)[1]["Unique Key"], "K00009")

    def test_unreadable_text_can_be_stored(self):
        lines = samples.nyc_csv(samples.nyc_rows(2)).splitlines(keepends=True)
        bad = [lines[1].replace(b"ELM", b"\xff\0M"), b'junk,"\n', b"\n"]
        run = self.upload(b"".join([lines[0], *bad, *lines[1:]]))
        run.action_import()
        self.assertFigures(run, created=2, rejected=2)
        self.assertIn("\\xff\\x00M", self.rejects(run)[0]["Unique Key"])


class TestChangedAtTheSource(ImportCommon):
    """Newer facts go forward; everything else is the staff's."""

    def setUp(self):
        super().setUp()
        self.import_rows(samples.nyc_rows(4))
        self.rows = samples.nyc_rows(4)
        self.tree = self.case("K00002")

    def close_tree(self):
        self.rows[2].update(
            {
                "Status": "Closed",
                "Closed Date": "05/20/2011 10:00:00 AM",
                "Resolution Description": "The branch was cut.",
            }
        )

    def test_closed_there(self):
        self.close_tree()
        run = self.import_rows(self.rows)
        self.assertFigures(run, updated=1, unchanged=3)
        self.assertPhase(self.tree, "closed")
        self.assertEqual(self.tree.closed_date, day(5, 20, 14))
        self.assertEqual(self.tree.answered_date, day(5, 20, 14))
        kinds = ["received", "routed", "answered", "closed", "imported", "imported"]
        self.assertKinds(self.tree, kinds)
        closed = self.tree.event_ids.filtered(lambda e: e.kind == "closed")
        self.assertEqual(closed.at, day(5, 20, 14))
        self.assertFigures(self.import_rows(self.rows), unchanged=4)
        self.assertKinds(self.tree, kinds)

    def test_in_the_hands_of_a_handler(self):
        self.tree.team_id.user_ids = self.handler
        self.tree.user_id = self.handler
        self.rows[2]["Status"] = "In Progress"
        run = self.import_rows(self.rows)
        self.assertFigures(run, left=1, unchanged=3)
        self.assertPhase(self.tree, "assigned")
        self.assertEqual(run.row_ids.kind, "left")
        self.assertIn("status", run.row_ids.reason)
        self.close_tree()
        self.assertFigures(self.import_rows(self.rows), updated=1, unchanged=3)
        self.assertPhase(self.tree, "closed")
        self.assertEqual(self.tree.user_id, self.handler)

    def test_due_date_and_answer(self):
        self.rows[2]["Due Date"] = "07/01/2011 09:00:00 AM"
        self.rows[2]["Resolution Description"] = "Inspected, to be cut."
        self.assertFigures(self.import_rows(self.rows), updated=1, unchanged=3)
        self.assertEqual(self.tree.due_date, day(7, 1, 13))
        self.assertPhase(self.tree, "routed")
        self.assertIn("Inspected, to be cut.", self.tree.event_ids[-1].note)

    def test_reopened_there(self):
        self.rows[0].update({"Status": "Open", "Closed Date": ""})
        run = self.import_rows(self.rows)
        self.assertFigures(run, left=1, unchanged=3)
        self.assertPhase(self.case("K00000"), "closed")
        self.assertEqual(run.row_ids.reason.split(": ")[1], "closed, status.")

    def test_what_the_staff_did_stays(self):
        owner = self.case("K00003")
        owner.stage_id = self._stage("closed")
        owner.name = "Changed here"
        self.assertFigures(self.import_rows(self.rows), unchanged=4)
        self.assertPhase(owner, "closed")
        self.assertEqual(owner.name, "Changed here")


class TestInterruption(ImportCommon):
    """Whatever stops an import, it goes on behind the last batch."""

    def setUp(self):
        super().setUp()
        self.classPatch(import_job, "BATCH_SIZE", 5)
        rows = samples.nyc_rows(24)
        rows[1]["Status"] = rows[22]["Status"] = "?"
        rows[23]["Unique Key"] = "K00000"
        self.content = samples.nyc_csv(rows)
        self.figures = {"created": 21, "rejected": 3}

    def test_a_turn_that_ends(self):
        run = self.upload(self.content)
        run._start(dry=False)
        turns = 1
        while not run._work_on_upload(-1):
            self.assertEqual(run.read_count, min(5 * turns, 24))
            self.assertEqual(len(self.cases()), run.created_count)
            self.assertGreater(run.progress, 0)
            turns += 1
        self.assertEqual((run.state, turns), ("done", 5 + 1))
        self.assertFigures(run, **self.figures)
        self.assertEqual(run.row_ids.mapped("line")[0], 3)
        self.assertIn("already used on line 2", run.row_ids[-1].reason)

    def test_a_crash(self):
        run = self.upload(self.content)
        run._start(dry=False)
        Case = type(self.env["helpdesk.ticket"])
        create = Case._create_from_source
        calls = []

        def crash(cases, *args):
            calls.append(1)
            if len(calls) == 3:
                raise MemoryError
            return create(cases, *args)

        crashed = False
        with patch.object(Case, "_create_from_source", crash):
            try:  # assertRaises would take back what was committed before
                run._work_on_upload(60)
            except MemoryError:
                crashed = True
        self.assertTrue(crashed)
        self.assertEqual((run.state, run.read_count), ("running", 10))
        run.action_continue()
        self.assertEqual(run.state, "done")
        self.assertFigures(run, **self.figures)
        self.assertEqual(len(self.cases()), 21)

    def test_the_background_takes_over(self):
        cron = self.env.ref("citizen_crm.ir_cron_citizen_import")
        with (
            patch.object(work, "REQUEST_SECONDS", -1),
            patch.object(work, "CRON_SECONDS", -1),
            patch.object(type(cron), "_commit_progress", return_value=1) as progress,
        ):
            run = self.upload(self.content)
            run.action_import()
            self.assertEqual((run.state, run.read_count), ("running", 5))
            triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
            self.assertTrue(triggers)
            for _turn in range(4):
                self.env["citizen.import.run"]._cron_work()
                self.assertEqual(progress.call_args.kwargs, {"remaining": 1})
            self.env["citizen.import.run"]._cron_work()
        self.assertEqual(progress.call_args.kwargs, {"remaining": 0})
        self.assertEqual(run.state, "done")
        self.assertFigures(run, **self.figures)
        imported = self.cases()[0].event_ids[-1]
        self.assertEqual(imported.user_id, self.importer, "not the cron's user")

    def test_one_import_of_a_source_at_a_time(self):
        run = self.upload(self.content)
        with self.source._lock():
            with self.assertRaisesRegex(UserError, "Another import from Test City"):
                run.action_import()
            other = self.source.copy({"code": "other"})
            with other._lock():
                pass
        self.assertFalse(self.cases())
        run.action_continue()
        self.assertFigures(run, **self.figures)

    def test_the_command_line_goes_on_with_the_same_file_only(self):
        Run = self.env["citizen.import.run"].with_user(self.importer)
        stream = io.BytesIO(self.content)
        run = Run._begin(self.source, stream, "requests.csv")
        self.assertFalse(run._work_on(stream, -1))
        again = Run._begin(self.source, io.BytesIO(self.content), "requests.csv")
        self.assertEqual(again, run)
        other = Run._begin(self.source, io.BytesIO(self.content + b"\n"), "x.csv")
        self.assertNotEqual(other, run)
        with self.assertRaisesRegex(UserError, "is not in the database"):
            run.action_continue()
