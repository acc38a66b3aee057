import base64

from odoo.exceptions import AccessError, UserError, ValidationError

from .calendar_common import CalendarCommon


def to_file(*events, name="Days off"):
    """Return a calendar file; an event is a list of lines without BEGIN and END."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN"]
    if name:
        lines.append(f"X-WR-CALNAME:{name}")
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def event(uid, start, summary="Holiday", *more):
    return [f"UID:{uid}", f"DTSTART;VALUE=DATE:{start}", f"SUMMARY:{summary}", *more]


NATION = event("nation", "20261010", "National Day")
NEW_YEAR = event("spring", "20260216", "Spring Festival", "DTEND;VALUE=DATE:20260221")
MAKEUP = event("makeup", "20260207", "補班日")


class TestHolidayImport(CalendarCommon):
    """A file of holidays is shown first, then done; doing it twice changes nothing."""

    def _preview(self, data, user=None, **values):
        wizard = (
            self.env["citizen.holiday.import"]
            .with_user(user or self.admin)
            .create(
                {
                    "holiday_calendar_id": self.holidays.id,
                    "file": base64.b64encode(data),
                    "file_name": "days.ics",
                    **values,
                }
            )
        )
        wizard.action_preview()
        return wizard

    def _import(self, data, **values):
        wizard = self._preview(data, **values)
        wizard.action_import()
        return wizard

    def assertDays(self, expected):
        """The holiday calendar has exactly these ``date name kind [hours]``."""
        told = [
            " ".join(
                filter(
                    None,
                    (str(day.date), day.name, day.kind, day.hours or day.weekday),
                )
            )
            for day in self.holidays.day_ids.sorted("date")
        ]
        self.assertEqual(told, expected)

    def _get_actions(self, wizard):
        return [(str(line.date), line.action) for line in wizard.line_ids]

    # --------------------------------------------------------------- reading
    def test_nothing_is_written_before_it_is_shown(self):
        wizard = self._preview(to_file(NATION, NEW_YEAR, MAKEUP))
        self.assertDays([])
        self.assertEqual(wizard.summary.split()[0], "7")
        self.assertEqual(wizard.source, "Days off")
        wizard.action_back()
        self.assertEqual((wizard.state, len(wizard.line_ids)), ("file", 0))
        wizard.action_preview()
        wizard.action_import()
        self.assertDays(
            [
                "2026-02-07 補班日 makeup 0",
                *(f"2026-02-{day} Spring Festival closed" for day in range(16, 21)),
                "2026-10-10 National Day closed",
            ]
        )

    def test_make_up_days_with_hours_of_their_own(self):
        self._import(
            to_file(MAKEUP, event("b", "20260926", "MAKE-UP day")),
            makeup_hours="9:00-12:00",
        )
        self.assertDays(
            [
                "2026-02-07 補班日 special 09:00-12:00",
                "2026-09-26 MAKE-UP day special 09:00-12:00",
            ]
        )

    def test_own_words(self):
        data = to_file(event("a", "20260207", "Bridge day"), MAKEUP)
        self._import(data, makeup_words="bridge；nothing", makeup_weekday="4")
        self.assertDays(["2026-02-07 Bridge day makeup 4"])

    def test_two_events_on_a_date_are_one_day(self):
        data = to_file(
            NATION, event("other", "20261010", "Double Ten"), event("again", "20261010")
        )
        self._import(data)
        self.assertDays(["2026-10-10 Holiday / National Day / Double Ten closed"])
        self.assertEqual(
            self._get_actions(self._preview(data)), [("2026-10-10", "keep")]
        )

    def test_part_of_a_day_is_shown_and_left_out(self):
        eve = ["UID:eve", "DTSTART:20261224T040000Z", "DTEND:20261224T160000Z"]
        wizard = self._import(to_file([*eve, "SUMMARY:Christmas Eve"], NATION))
        self.assertDays(["2026-10-10 National Day closed"])
        part = wizard.line_ids.filtered(lambda line: line.action == "skip")
        self.assertEqual((part.name, part.reason), ("Christmas Eve", "part"))

    def test_a_name_that_is_missing(self):
        self._import(to_file(["UID:a", "DTSTART;VALUE=DATE:20261010"]))
        self.assertDays(["2026-10-10 Holiday closed"])

    # ------------------------------------------------------------ once again
    def test_a_second_time_changes_nothing(self):
        data = to_file(NATION, NEW_YEAR, MAKEUP)
        self._import(data)
        days = self.holidays.day_ids
        before = days.mapped("write_date")
        wizard = self._import(data)
        self.assertEqual(set(wizard.line_ids.mapped("action")), {"keep"})
        self.assertEqual(self.holidays.day_ids, days)
        self.assertEqual(days.mapped("write_date"), before)

    def test_the_next_edition(self):
        """Renamed, moved, cancelled and dropped: what the file says holds."""
        self._import(to_file(NATION, NEW_YEAR, MAKEUP, event("gone", "20260501")))
        wizard = self._import(
            to_file(
                event("nation", "20261009", "National Day"),
                [*NEW_YEAR, "STATUS:CANCELLED"],
                event("makeup", "20260207", "補班 (Saturday)"),
            )
        )
        self.assertDays(
            [
                "2026-02-07 補班 (Saturday) makeup 0",
                "2026-10-09 National Day closed",
            ]
        )
        self.assertEqual(
            [line.action for line in wizard.line_ids],
            ["add", "change"] + ["remove"] * 7,
        )

    def test_what_was_entered_by_hand_stays(self):
        self._create_day("2026-10-10", "Our own", hours="09:00-12:00")
        self._create_day("2026-10-12", "Ours alone")
        wizard = self._import(to_file(NATION))
        self.assertEqual(wizard.line_ids.reason, "by_hand")
        self.assertDays(
            [
                "2026-10-10 Our own special 09:00-12:00",
                "2026-10-12 Ours alone closed",
            ]
        )

    def test_what_is_not_wanted_is_left_out(self):
        wizard = self._preview(to_file(NATION, MAKEUP))
        wizard.line_ids.filtered(lambda line: line.name == "補班日").is_wanted = False
        self.assertEqual(wizard.summary.split()[0], "1")
        wizard.action_import()
        self.assertDays(["2026-10-10 National Day closed"])

    def test_two_files_fill_one_calendar(self):
        """A file does not take away what another brought, nor other years."""
        self._import(to_file(NATION, name="Nation"))
        self._import(to_file(event("fair", "20260601", "Fair"), name="City"))
        self._import(
            to_file(event("fair", "20270601", "Fair"), name="City"),
            date_from="2027-01-01",
            date_to="2027-12-31",
        )
        self.assertDays(
            [
                "2026-06-01 Fair closed",
                "2026-10-10 National Day closed",
                "2027-06-01 Fair closed",
            ]
        )

    def test_an_import_moves_deadlines_once(self):
        version = self.office._get_version()
        data = to_file(NATION, NEW_YEAR, MAKEUP)
        self._import(data)
        changed = self.office._get_version()
        self.assertEqual(changed.number, version.number + 1)
        self._import(data)
        self.assertEqual(self.office._get_version(), changed)
        self.assertEqual(self._work(self.office, "2026-02-01", "2026-03-01"), 8 * 16)

    # ------------------------------------------------------------- bad files
    def test_bad_files_are_refused_and_nothing_is_written(self):
        good = to_file(NATION)
        rule = "RRULE:FREQ=SECONDLY"
        for data, told in (
            (b"", "Choose a calendar file"),
            (b"Date;Name\n2026-10-10;National Day\n", "no calendar file"),
            (b"\x89PNG\r\n\x1a\n\x00\xff", "UTF-8"),
            ("Größe".encode("latin-1"), "UTF-8"),
            (good[: len(good) // 2], "no calendar file"),
            (b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n", "no calendar is in it"),
            (to_file(NATION, event("x", "20261340", "Never")), "“Never”"),
            (to_file(NATION, ["UID:x", "SUMMARY:Timeless"]), "“Timeless”"),
            (to_file(NATION, event("x", "20260101", "Bomb", rule)), "“Bomb”"),
            (to_file(*[NATION] * 5001), "too many events"),
            (good + b" " * 2**21, "too large"),
        ):
            with self.subTest(told=told), self.assertRaisesRegex(UserError, told):
                self._preview(data)
        self.assertDays([])

    def test_dates_and_hours_that_cannot_be(self):
        with self.assertRaisesRegex(ValidationError, "last date"):
            self._preview(to_file(NATION), date_from="2026-02-01", date_to="2026-01-01")
        with self.assertRaisesRegex(ValidationError, "last date"):
            self._preview(to_file(NATION), date_from="1026-02-01")
        with self.assertRaisesRegex(UserError, "Make-up hours: “9-5”"):
            self._preview(to_file(NATION), makeup_hours="9-5")

    def test_an_empty_file_takes_its_days_away(self):
        self._import(to_file(NATION))
        wizard = self._import(to_file())
        self.assertEqual(wizard.line_ids.mapped("action"), ["remove"])
        self.assertDays([])

    def test_only_administrators(self):
        for user in (self.clerk, self.manager, self.outsider):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._preview(to_file(NATION), user=user)
            with self.assertRaises(AccessError):
                self.holidays.with_user(user).action_import()

    def test_from_the_calendar_and_back(self):
        holidays = self.holidays.with_user(self.admin)
        action = holidays.action_import()
        wizard = self.env[action["res_model"]].with_user(self.admin)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual(wizard.tz, "Asia/Taipei")
        self.assertEqual(str(wizard.date_from), "2026-01-01")
        self.assertEqual(str(wizard.date_to), "2027-12-31")
        wizard.file = base64.b64encode(to_file(NATION))
        wizard.action_preview()
        shown = wizard.action_import()
        days = self.env[shown["res_model"]].search(shown["domain"])
        self.assertEqual(days, self.holidays.day_ids)
        self.assertEqual(holidays.day_count, 1)
