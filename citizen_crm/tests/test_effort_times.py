from collections import defaultdict
from datetime import datetime
from random import Random

from ..models.sla.instants import to_instant
from .effort_common import HOUR, MONDAY, EffortCommon


class TestTimesInHand(EffortCommon):
    """What the one statement measures is what the histories say, read slowly."""

    def _measure(self, since=datetime(2026, 2, 1), until=datetime(2026, 4, 1)):
        """Return hours in hand by service type, and the number of all its cases."""
        cases = self.Case.with_context(allowed_company_ids=self.company.ids)
        found = cases._read_times_in_hand(since, until)
        return {
            self.env["helpdesk.ticket.category"].browse(kind): (
                count,
                sorted(second / 3600 for second in seconds),
            )
            for kind, (count, seconds) in found.items()
        }

    def _live(self, *story, category=None, **values):
        """Create a case that was closed after ``story``: ``(hours, kind, values)``."""
        category = category or self.pothole
        events = [
            {"kind": kind, "at": MONDAY + after * HOUR, **(more[0] if more else {})}
            for after, kind, *more in story
        ]
        vals = self._case_values(
            category_id=category.id,
            received_date=events[0]["at"],
            closed_date=events[-1]["at"],
            stage_id=self._stage("closed").id,
            **values,
        )
        return self.Case._create_backdated([(vals, events)])

    def assertHours(self, *hours, count=1):
        self.assertEqual(self._measure()[self.pothole], (count, list(hours)))

    def test_from_the_handler_to_the_answer(self):
        """Neither the queue before nor the wait for closing; lunch is no work."""
        self._live(
            (0, "received"),
            (1, "assigned"),
            (2, "in_work"),
            (5, "answered"),
            (99, "closed"),
        )
        self.assertHours(3.0)

    def test_waiting_for_the_citizen_is_left_out(self):
        self._live(
            (0, "received"),
            (0, "assigned"),
            (1, "waiting"),
            (48, "resumed"),
            (49, "answered"),
            (50, "closed"),
        )
        self.assertHours(2.0)

    def test_nobody_has_it_in_between(self):
        self._live(
            (0, "received"),
            (0, "assigned"),
            (1, "transferred"),
            (1, "unassigned"),
            (72, "assigned"),
            (74, "answered"),
            (75, "closed"),
        )
        self.assertHours(3.0)

    def test_a_second_round_counts_too(self):
        self._live(
            (0, "received"),
            (0, "assigned"),
            (1, "answered"),
            (2, "closed"),
            (24, "reopened"),
            (25, "answered"),
            (26, "closed"),
        )
        self.assertHours(2.0)

    def test_night_and_weekend_are_no_work(self):
        # From Friday at four to Monday at nine.
        self._live(
            (0, "received"), (103, "assigned"), (168, "answered"), (169, "closed")
        )
        self.assertHours(2.0)

    def test_on_the_calendar_of_the_team_that_had_it(self):
        nights = self._create_calendar("Nights", hours=((0, 8), (8, 24)))
        self.parks.resource_calendar_id = nights
        self._live(
            (0, "received", {"team_id": self.roads.id}),
            (0, "assigned"),
            # The office closes eight hours later; the other team does not.
            (24, "transferred", {"team_id": self.parks.id}),
            (36, "answered"),
            (37, "closed"),
        )
        self.assertHours(8.0 + 12.0)

    def test_without_a_handler_it_is_counted_and_not_measured(self):
        self._live((0, "received"), (5, "closed"))
        self.assertHours(count=1)

    def test_closing_in_bulk_is_not_measured(self):
        """But a case that was answered before had its time."""
        start = (0, "received"), (0, "assigned")
        bulk = (50, "closed", {"in_bulk": True})
        self._live(*start, bulk)
        self._live(*start, (1, "answered"), bulk)
        self.assertHours(1.0, count=2)

    def test_answered_on_the_spot_takes_no_time(self):
        self._live((0, "received"), (0, "assigned"), (0, "answered"), (0, "closed"))
        self.assertHours(0.0)

    def test_which_cases(self):
        """Closed in the period; not refused, joined, open or of another company."""
        story = (0, "received"), (0, "assigned"), (1, "answered"), (2, "closed")
        lead = self._live(*story)
        self._live(*story, duplicate_id=lead.id)
        self._live(*story, active=False)
        refused = self._live(*story)
        refused.stage_id = self._stage("not_handled")
        self._live(*story).stage_id = self._stage("in_work")
        self._live(*story).company_id = self.env["res.company"].create({"name": "X"})
        self.assertHours(1.0, 1.0, count=2)
        end = MONDAY + 2 * HOUR
        self.assertFalse(self._measure(until=end))
        self.assertTrue(self._measure(since=end, until=end + HOUR))

    def test_without_any_calendar_nothing_is_measured(self):
        self.company.resource_calendar_id = False
        self.roads.resource_calendar_id = False
        self._live((0, "received"), (0, "assigned"), (1, "closed"))
        self.assertHours(count=1)

    def test_random_histories(self):
        """The statement agrees with a walk through each history."""
        random, told = Random(5), defaultdict(list)
        kinds = "assigned unassigned in_work waiting resumed answered reopened routed"
        for number in range(60):
            category = random.choice((self.pothole, self.tree, self.bin))
            hours = sorted(random.randrange(400) for _ in range(random.randrange(9)))
            story = [(hour, random.choice(kinds.split())) for hour in hours]
            story = [(0, "received"), *story, (400 + number, "closed")]
            self._live(*story, category=category)
            told[category].append(self._walk(story))
        for category, (count, hours) in self._measure().items():
            self.assertEqual(count, len(told[category]))
            self.assertEqual(hours, sorted(h for h in told[category] if h is not None))
        self.assertEqual(len(told), 3)

    def _walk(self, story):
        """Return the hours in hand of a history, hour by hour; None without any."""
        has, goes, total, ever = False, True, 0, False
        table = self.office._get_version()._get_timetable(2026)
        for (hour, kind), (until, _next) in zip(story, story[1:], strict=False):
            has = kind in ("assigned", "in_work") or (has and kind != "unassigned")
            goes = kind in ("resumed", "in_work", "reopened") or (
                goes and kind not in ("waiting", "answered")
            )
            if has and goes:
                ever = True
                total += sum(
                    table.work_between(to_instant(at), to_instant(at + HOUR))
                    for at in (MONDAY + n * HOUR for n in range(hour, until))
                )
        return total / 3600 if ever else None
