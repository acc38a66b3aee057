import io
from datetime import datetime

from ..tools import open_data
from . import open_data_samples as samples
from .open_data_common import CLOSED, RECEIVED, OpenDataCase


class TestHistory(OpenDataCase):
    """What a record tells, and what a later one changes."""

    def record(self, **row):
        (record,) = self.read_rows(row)
        return record

    def known(self, record, **changes):
        values = {"fingerprint": open_data.fingerprint(record), "phase": record.phase}
        return open_data.KnownCase(**{**values, **changes})

    def test_closed(self):
        events = open_data.history_of(self.record())
        self.assertEqual(
            [(event.kind, event.at, event.note) for event in events],
            [
                ("received", RECEIVED, ""),
                ("routed", RECEIVED, ""),
                ("answered", CLOSED, "The lamp was replaced."),
                ("closed", CLOSED, ""),
            ],
        )

    def test_pending(self):
        events = open_data.history_of(self.record(**samples.PENDING))
        self.assertEqual(
            [event.kind for event in events], ["received", "routed", "in_work"]
        )
        self.assertEqual(events[-1].at, datetime(2011, 5, 3, 12, 0))
        self.assertEqual(events[-1].note, "", "an inspector will visit: no answer")

    def test_unchanged(self):
        record = self.record()
        self.assertIsNone(open_data.plan_update(self.known(record), record))
        later = self.record(**{"Location Type": "Street"})
        self.assertIsNone(open_data.plan_update(self.known(record), later))

    def test_closed_at_the_source(self):
        before = self.record(**samples.OPEN)
        closed = {"Status": "Closed", "Closed Date": "05/04/2011 04:45:10 PM"}
        after = self.record(**{**samples.OPEN, **closed})
        for has_handler in (False, True):
            known = self.known(before, has_handler=has_handler)
            update = open_data.plan_update(known, after)
            self.assertEqual((update.phase, update.left), ("closed", ()))
            self.assertIsNone(
                open_data.plan_update(
                    open_data.KnownCase(update.fingerprint, "closed"), after
                )
            )

    def test_backwards_is_left_to_the_staff(self):
        before, after = self.record(), self.record(**samples.OPEN)
        update = open_data.plan_update(self.known(before), after)
        self.assertEqual(update.phase, "")
        self.assertFalse(update.take_due)
        self.assertIn("status", update.left)
        known = open_data.KnownCase(update.fingerprint, "closed")
        again = open_data.plan_update(known, after)
        self.assertEqual(again.left, update.left, "reported until it is settled")
        self.assertFalse(again.takes_something)

    def test_a_handlers_case_is_not_moved_about(self):
        before = self.record(**samples.OPEN)
        after = self.record(**{**samples.OPEN, "Status": "In Progress"})
        free = open_data.plan_update(self.known(before), after)
        self.assertEqual(free.phase, "in_work")
        held = self.known(before, phase="assigned", has_handler=True)
        self.assertEqual(open_data.plan_update(held, after).left, ("status",))

    def test_new_due_date_and_answer(self):
        before = self.record(**samples.OPEN)
        after = self.record(
            **{
                **samples.OPEN,
                "Due Date": "06/01/2011",
                "Resolution Description": "Inspected.",
                "Incident Address": "14 ELM STREET",
            }
        )
        update = open_data.plan_update(self.known(before), after)
        self.assertTrue(update.take_due)
        self.assertTrue(update.take_answer)
        self.assertEqual((update.phase, update.left), ("", ("place",)))


class TestRejects(OpenDataCase):
    """The rejects file can be mended and imported again."""

    def test_round_trip(self):
        row = {**samples.CLOSED, "Unique Key": "1", "Status": "?"}
        (error,) = self.read(samples.nyc_csv([row]))
        stream = io.StringIO()
        writer = open_data.RejectsWriter(stream, samples.NYC_HEADER, ",", '"')
        writer.write(error.values, error.line, error.column, str(error.reason))
        text = stream.getvalue()
        self.assertIn("2,Status,The status '?' is not in the layout.", text)
        mended = text.replace(",?,", ",Closed,")
        (record,) = self.read(mended.encode())
        self.assertEqual(record.answer, "The lamp was replaced.")

    def test_rows_of_a_wrong_width_keep_their_text(self):
        stream = io.StringIO()
        writer = open_data.RejectsWriter(stream, ("a", "b"), ",", '"')
        writer.write(("1", "2", "3"), 2, "", "wide")
        writer.write(("1",), 3, "", "narrow")
        self.assertEqual(
            stream.getvalue().splitlines()[1:], ['1,"2,3",2,,wide', "1,,3,,narrow"]
        )
