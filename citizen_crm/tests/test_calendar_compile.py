from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from psycopg2.errors import UniqueViolation

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from ..tools.deadlines import Segment, deadline
from .calendar_common import CalendarCommon

#: Zones that change their clocks at different times, by different amounts, or never.
ZONES = (
    "Asia/Taipei",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Atlantic/Azores",
    "Asia/Kathmandu",
)
#: Days of a week and hours; none begins or ends while clocks change.
PATTERNS = (
    (range(5), ((9, 12), (13, 18))),
    (range(5), ((8.25, 16.75),)),
    (range(6), ((7, 11.5), (12, 14), (14, 20))),
    (range(7), ((0, 23.75),)),
    ((1, 3, 6), ((10, 19.25),)),
)
#: Around these dates clocks change in one of the zones.
CHANGES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25")
CASES = 100


def to_instant(moment):
    return int(moment.replace(tzinfo=UTC).timestamp())


class TestLikeOdoo(CalendarCommon):
    """What a version says is what Odoo's own, slower functions say."""

    def _create_random(self, dice, number):
        lines = []
        turns = dice.choice((1, 1, 2))
        for turn in range(turns):
            days, hours = dice.choice(PATTERNS)
            more = {"week_type": str(turn)} if turns == 2 else {}
            lines += [(day, *span, more) for day in days for span in hours]
            if hours == ((9, 12), (13, 18)):
                lines.append((0, 12, 12.5, {**more, "day_period": "lunch"}))
        calendar = self._create_calendar(
            f"Random {number}",
            lines=lines,
            two_weeks_calendar=turns == 2,
            tz=dice.choice(ZONES),
        )
        start = datetime.fromisoformat(dice.choice(CHANGES))
        for general in (False, True):
            begin = start + timedelta(minutes=15 * dice.randrange(-900, 900))
            self._create_leave(
                begin,
                begin + timedelta(minutes=15 * dice.randrange(1, 400)),
                calendar_id=False if general else calendar.id,
            )
        return calendar, start + timedelta(minutes=15 * dice.randrange(-1500, 1500))

    def _get_domain(self):
        """What a user of the company sees; a superuser would see everybody's leaves."""
        return [
            ("time_type", "=", "leave"),
            ("company_id", "in", [self.company.id, False]),
        ]

    def test_random_cases(self):
        """Weeks that take turns, breaks, leaves and changes of clocks, by the dozen.

        Expected: deadlines and durations equal Odoo's, to the second.
        """
        dice = Random(20260304)
        for number in range(CASES):
            calendar, start = self._create_random(dice, number)
            table = calendar._get_version()._get_timetable(2026)
            hours = dice.choice((0.25, 1, 4, 7.75, 8, 16, 40.5, 90))
            end = start + timedelta(minutes=15 * dice.randrange(1, 3000))
            with self.subTest(calendar=calendar.name, start=str(start), hours=hours):
                expected = calendar.plan_hours(
                    hours, start, compute_leaves=True, domain=self._get_domain()
                )
                due = deadline(
                    "minutes", int(hours * 60), to_instant(start), [Segment(0, table)]
                )
                self.assertEqual(due, to_instant(expected))
                work = calendar.get_work_duration_data(
                    start, end, domain=self._get_domain()
                )["hours"]
                self.assertEqual(
                    table.work_between(to_instant(start), to_instant(end)),
                    round(work * 3600),
                )

    def test_around_the_clock_in_a_week_in_which_clocks_change(self):
        calendar = self._create_calendar("Berlin", tz="Europe/Berlin", days=range(7))
        table = calendar._get_version()._get_timetable(2026)
        for week in ("2026-03-26", "2026-10-22"):
            for hour in range(0, 24 * 7, 2):
                start = datetime.fromisoformat(week) + timedelta(hours=hour)
                expected = calendar.plan_hours(10, start, compute_leaves=True)
                due = deadline("hours", 10, to_instant(start), [Segment(0, table)])
                self.assertEqual(due, to_instant(expected), str(start))


class TestCompile(CalendarCommon):
    """What of a calendar counts, and what does not."""

    def test_breaks_and_sections_are_no_work(self):
        lines = [
            (0, 8, 12, {}),
            (0, 12, 13, {"day_period": "lunch"}),
            (0, 13, 17, {}),
            (0, 0, 0, {"display_type": "line_section"}),
        ]
        calendar = self._create_calendar("Monday", lines=lines, tz="UTC")
        self.assertEqual(self._work(calendar, "2026-03-02", "2026-03-09"), 8)

    def test_hours_are_rounded_to_the_minute_and_end_at_midnight(self):
        """16.33 is 16:20, as Odoo shows it; 24 is the end of the day."""
        lines = [(0, 16.33, 24, {}), (1, 0, 7.999, {})]
        calendar = self._create_calendar("Night", lines=lines, tz="UTC")
        self.assertAlmostEqual(
            self._work(calendar, "2026-03-02", "2026-03-09"), 7 + 40 / 60 + 8
        )

    def test_weeks_take_turns_as_odoo_counts_them(self):
        lines = [(0, 8, 12, {"week_type": "0"}), (1, 8, 14, {"week_type": "1"})]
        calendar = self._create_calendar(
            "Turns", lines=lines, two_weeks_calendar=True, tz="UTC"
        )
        week_type = self.env["resource.calendar.attendance"].get_week_type
        for start, end in (("2026-12-28", "2027-01-04"), ("2027-01-04", "2027-01-11")):
            first = week_type(datetime.fromisoformat(start).date()) == 0
            self.assertEqual(self._work(calendar, start, end), 4 if first else 6)

    def test_whose_leaves_count(self):
        """The calendar's own and the company's; nobody's absence, nor another's city.

        Odoo counts a leave of another company for whoever may see it.
        """
        other = self.env["res.company"].create({"name": "Second City"})
        employee = self._create_employee("Mei", resource_calendar_id=self.office.id)
        day = ("2026-03-10 00:00:00", "2026-03-10 15:59:59")
        week = ("2026-03-08", "2026-03-15")
        leaves = self.env["resource.calendar.leaves"].with_company(other)
        leave = leaves.create({"date_from": day[0], "date_to": day[1]})
        self.assertEqual((leave.company_id, leave.calendar_id.id), (other, False))
        self._create_leave(*day, resource_id=employee.resource_id.id)
        self._create_leave(*day, calendar_id=self._create_calendar("Depot").id)
        self._create_leave(*day, calendar_id=self.office.id, time_type="other")
        self.assertEqual(self._work(self.office, *week), 40)
        self.assertEqual(
            self.office.with_company(other)._get_version(), self.office._get_version()
        )
        leave = self._create_leave(*day, calendar_id=self.office.id)
        self.assertEqual(self._work(self.office, *week), 32)
        leave.unlink()
        self._create_leave(*day)
        self.assertEqual(self._work(self.office, *week), 32)

    def test_a_leave_of_a_whole_day_leaves_no_second_of_work(self):
        """Odoo ends it at 23:59:59, so a calendar round the clock kept one second.

        Fails if the second is left: the holiday would count as a working date.
        """
        calendar = self._create_calendar("Always", ((0, 24),), range(7), tz="UTC")
        self._create_leave("2026-03-10 00:00:00", "2026-03-10 23:59:59")
        table = calendar._get_version()._get_timetable(2026)
        day = datetime(2026, 3, 10).date()
        self.assertFalse(table.is_working_date(day))
        self.assertTrue(table.is_working_date(day + timedelta(days=1)))

    def test_closed_days_are_dates_of_the_calendar_s_zone(self):
        self._create_day("2026-03-10")
        zone = ZoneInfo("Asia/Taipei")
        table = self.office._get_version()._get_timetable(2026)
        worked = {
            datetime.fromtimestamp(start, zone).day
            for start, _end in table.spans_between(
                to_instant(datetime(2026, 3, 8)), to_instant(datetime(2026, 3, 15))
            )
        }
        self.assertEqual(worked, {9, 11, 12, 13})

    def test_special_hours_replace_pattern_and_leaves(self):
        self._create_day("2026-03-10", hours="09:00-12:00")
        self._create_day("2026-03-14", "Open Saturday", hours="10:00-16:00")
        self._create_leave("2026-03-09 16:00:00", "2026-03-10 16:00:00")
        self.assertEqual(
            self._work(self.office, "2026-03-08", "2026-03-15"), 32 + 3 + 6
        )

    def test_a_make_up_day_has_the_hours_of_each_calendar(self):
        depot = self._create_calendar(
            "Depot", ((6, 11),), holiday_calendar_id=self.holidays.id
        )
        self._create_day("2026-03-14", "Make-up", kind="makeup", weekday="0")
        week = ("2026-03-08", "2026-03-15")
        self.assertEqual(self._work(self.office, *week), 48)
        self.assertEqual(self._work(depot, *week), 30)

    def test_make_up_day_in_the_week_whose_turn_it_is(self):
        lines = [(0, 8, 12, {"week_type": "0"}), (0, 8, 14, {"week_type": "1"})]
        calendar = self._create_calendar(
            "Turns",
            lines=lines,
            two_weeks_calendar=True,
            tz="UTC",
            holiday_calendar_id=self.holidays.id,
        )
        for saturday in ("2026-03-07", "2026-03-14"):
            self._create_day(saturday, "Make-up", kind="makeup", weekday="0")
        for start, end in (("2026-03-02", "2026-03-09"), ("2026-03-09", "2026-03-16")):
            monday = self._work(calendar, start, f"{start} 23:00:00")
            self.assertEqual(self._work(calendar, start, end), 2 * monday)


class TestHolidays(CalendarCommon):
    """Days as an administrator enters them."""

    def test_hours_are_tidied(self):
        day = self._create_day("2026-12-24", hours=" 8:00 – 12:00;13:00-14:30 ")
        self.assertEqual(day.hours, "08:00-12:00, 13:00-14:30")
        day.kind = "closed"
        self.assertFalse(day.hours)

    def test_hours_that_cannot_be(self):
        day = self._create_day("2026-12-24", hours="08:00-12:00")
        for hours, told in (
            ("8-12", "8-12"),
            ("12:00-08:00", "12:00-08:00"),
            ("08:00-12:60", "08:00-12:60"),
            ("08:00-12:00, 11:00-13:00", "11:00-13:00"),
            ("08:00-12:00,", "“”"),
            ("20:00-24:01", "20:00-24:01"),
            ("all day", "all day"),
            ("", "“”"),
        ):
            with (
                self.subTest(hours=hours),
                self.assertRaisesRegex(ValidationError, told),
                self.env.cr.savepoint(),
            ):
                day.hours = hours
        self.assertEqual(day.hours, "08:00-12:00")

    def test_a_make_up_day_needs_its_weekday(self):
        with self.assertRaisesRegex(ValidationError, "choose the weekday"):
            self._create_day("2026-12-26", kind="makeup")

    @mute_logger("odoo.sql_db")
    def test_each_date_once(self):
        self._create_day("2026-12-25")
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self._create_day("2026-12-25")

    def test_weekday_is_shown(self):
        day = self._create_day("2026-03-04")
        self.assertEqual(day.weekday_name, "Wednesday")

    def test_administrators_do_all_of_it(self):
        """Calendars, too: whoever sets up deadlines sets up what they count on."""
        admin = self.admin
        holidays = self.holidays.with_user(admin)
        holidays.day_ids.create(
            {"holiday_calendar_id": holidays.id, "date": "2026-05-01", "name": "May"}
        )
        calendar = (
            self.env["resource.calendar"]
            .with_user(admin)
            .create({"name": "Depot", "tz": "UTC"})
        )
        holidays.calendar_ids += calendar
        calendar.attendance_ids[0].hour_from = 7
        self.assertEqual(calendar.holiday_calendar_id, holidays)
        self.assertEqual(calendar._get_version().number, 1)
