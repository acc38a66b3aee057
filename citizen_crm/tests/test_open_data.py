import io
from datetime import datetime

from ..tools import open_data
from ..tools.open_data.csv_rows import MAX_ROW_LINES, CsvRows
from . import open_data_samples as samples
from .open_data_common import CLOSED, RECEIVED, OpenDataCase


class TestRecord(OpenDataCase):
    """A row of New York's layout, cell by cell."""

    def test_closed_row(self):
        (record,) = self.read_rows({})
        self.assertEqual((record.line, record.key), (2, "K0"))
        self.assertEqual((record.received, record.closed), (RECEIVED, CLOSED))
        self.assertEqual(record.due, datetime(2011, 5, 12, 13, 15, 30))
        self.assertEqual((record.status, record.phase), ("Closed", "closed"))
        self.assertEqual(record.department.name, "Department of Transportation")
        self.assertEqual(record.service_type.key, "Street Light")
        self.assertEqual(record.channel.record[:14], "helpdesk_mgmt.")
        self.assertEqual(record.district_key, "MANHATTAN / 05 MANHATTAN")
        self.assertEqual([d.name for d in record.districts][1], "05 Manhattan")
        self.assertEqual(record.title, "Lamp Out")
        self.assertEqual(record.place, "12 ELM STREET, NEW YORK 10001")
        self.assertEqual((record.latitude, record.longitude), (40.75, -73.99))
        self.assertEqual(record.answer, "The lamp was replaced.")
        self.assertIn(("Agency Name", "Department of Transportation"), record.details)

    def test_what_empty_means(self):
        rows = samples.nyc_rows(4)
        *_others, tree, pending = self.read(samples.nyc_csv(rows))
        self.assertEqual(tree.district_key, "QUEENS", "no board: the borough itself")
        self.assertEqual(tree.title, 'Branch "hanging" over the path')
        self.assertEqual(pending.districts, ())
        self.assertEqual((pending.latitude, pending.longitude), (None, None))
        self.assertEqual(pending.title, "DOF Property - Owner Issue")
        self.assertEqual(tree.channel, open_data.Label("UNKNOWN", "Unknown"))

    def test_role_and_nature_follow_the_service_type(self):
        light, _pothole, _tree, owner = self.read(samples.nyc_csv(samples.nyc_rows(4)))
        self.assertEqual((light.role, light.nature), ("citizen", "complaint"))
        self.assertEqual((owner.role, owner.nature), ("customer", "service_request"))

    def test_unknown_department_takes_the_name_of_the_file(self):
        (record,) = self.read_rows({"Agency": "XYZ", "Agency Name": "Office of X"})
        self.assertEqual(record.department, open_data.Label("XYZ", "Office of X"))

    def test_another_city_is_another_layout(self):
        layout = open_data.Layout.from_json(samples.other_city_json())
        content = samples.OTHER_CITY_CSV.encode("cp1252")
        lamp, trees = self.read(content, layout)
        self.assertEqual(lamp.received, datetime(2024, 7, 1, 6, 30), "summer time")
        self.assertEqual(trees.received, datetime(2024, 1, 15, 7, 30), "winter time")
        self.assertEqual(lamp.closed, datetime(2024, 7, 1, 22, 0), "a date alone")
        self.assertEqual(lamp.title, "Stra\u00dfenlampe Insel")
        self.assertEqual((lamp.latitude, lamp.longitude), (47.546, 9.684))
        self.assertEqual((lamp.channel, lamp.due), (None, None))
        self.assertEqual((trees.title, trees.phase), ("B\u00e4ume", "routed"))


class TestRowErrors(OpenDataCase):
    """A bad cell costs its row only, and says column and reason."""

    def assertRowError(self, row, column, word):
        good, bad, last = self.read_rows({}, row, {})
        self.assertIsInstance(bad, open_data.RowError)
        self.assertEqual((bad.line, bad.column), (3, column))
        self.assertIn(word, str(bad.reason))
        for record in (good, last):
            self.assertIsInstance(record, open_data.CaseRecord)

    def test_bad_cells(self):
        long = "x" * 201
        cases = [
            ({"Unique Key": " "}, "Unique Key", "empty"),
            ({"Unique Key": long}, "Unique Key", "longer than 200"),
            ({"Created Date": ""}, "Created Date", "empty"),
            ({"Created Date": "yesterday"}, "Created Date", "'yesterday' is not"),
            ({"Created Date": "02/30/2011 01:00:00 AM"}, "Created Date", "not a date"),
            ({"Created Date": "05/02/0011 09:15:30 AM"}, "Created Date", "not a date"),
            ({"Closed Date": "05/01/2011"}, "Closed Date", "before it was received"),
            ({"Closed Date": ""}, "Closed Date", "time is missing"),
            ({"Status": "Pending"}, "Status", "the case is closed"),
            ({"Status": "Lost"}, "Status", "'Lost' is not in the layout"),
            ({"Agency": "N/A"}, "Agency", "empty"),
            ({"Complaint Type": ""}, "Complaint Type", "empty"),
            ({"Complaint Type": long}, "Complaint Type", "longer"),
            ({"Latitude": "north"}, "Latitude", "'north' is not a number"),
            ({"Latitude": "nan"}, "Latitude", "not a number"),
            ({"Latitude": "1_0"}, "Latitude", "not a number"),
            ({"Longitude": "-181"}, "Longitude", "up to 180"),
            ({"Longitude": ""}, "Longitude", "Only one"),
        ]
        for row, column, word in cases:
            with self.subTest(row=row):
                self.assertRowError(row, column, word)

    def test_receipt_in_the_future(self):
        content = samples.nyc_csv([{**samples.CLOSED, "Unique Key": "1"}])
        (record,) = self.read(content, latest=RECEIVED)
        self.assertIsInstance(record, open_data.CaseRecord)
        (error,) = self.read(content, latest=datetime(2011, 5, 2, 13, 10, 29))
        self.assertEqual(error.column, "Created Date")

    def test_duplicate_key_first_good_row_wins(self):
        key = {"Unique Key": "A"}
        bad, first, second = self.read_rows(
            {**key, "Status": "?"}, key, {**key, "Agency": "NYPD"}
        )
        self.assertIsInstance(bad, open_data.RowError)
        self.assertEqual(first.department.key, "DOT")
        self.assertEqual(second.column, "Unique Key")
        self.assertIn("line 3", str(second.reason))


class TestBrokenText(OpenDataCase):
    """Text that is no CSV row: it is named, and the rows around it survive."""

    def outcomes(self, *lines):
        content = "a,b,c\n" + "".join(lines)
        stream = io.StringIO(content, newline="")
        rows = CsvRows(stream, ",", '"')
        rows.width = len(rows.next_row().values)
        return [(type(row).__name__, row.line) for row in rows]

    def test_quoted_newlines_keep_the_line_numbers(self):
        found = self.outcomes('1,"x\ny\nz",3\n', "1,2,3\n", "\n", '1,2,"3"\r\n')
        self.assertEqual(found, [("CsvRow", 2), ("CsvRow", 5), ("CsvRow", 7)])

    def test_open_quote_costs_its_own_line(self):
        found = self.outcomes('1,"x,3\n', "1,2,3\n", '1,"2",3\n', "1,2,3\n")
        self.assertEqual(found[0], ("BrokenRow", 2))
        self.assertEqual([line for kind, line in found if kind == "CsvRow"], [3, 4, 5])

    def test_open_quote_closed_by_chance(self):
        # The quote of line 3 closes the one of line 2, at the end of a cell.
        found = self.outcomes('1,"x,3\n', '1,2",3\n', "1,2,3\n", '1,"x,3\n', "1,2,3")
        self.assertEqual(found[0], ("CsvRow", 2), "three columns: a possible row")
        self.assertEqual(found[1:], [("CsvRow", 4), ("BrokenRow", 5), ("CsvRow", 6)])

    def test_wrong_width_over_several_lines(self):
        found = self.outcomes('1,"x\ny"\n', "1,2,3\n")
        self.assertEqual(found, [("BrokenRow", 2), ("CsvRow", 4)])
        found = self.outcomes('1,"x\n', "1,2,3\n", '4"\n', "1,2,3\n")
        self.assertEqual([row for row in found if row[0] == "CsvRow"][0][1], 3)

    def test_quote_that_never_ends(self):
        lines = ["1,2,3\n"] * (MAX_ROW_LINES + 50)
        found = self.outcomes('1,"x,3\n', *lines)
        self.assertEqual(found[0], ("BrokenRow", 2))
        self.assertEqual(len(found), len(lines) + 1)

    def test_text_after_a_quoted_cell(self):
        found = self.outcomes('"1" x,2,3\n', "1,2,3\n")
        self.assertEqual(found, [("BrokenRow", 2), ("CsvRow", 3)])

    def test_unreadable_bytes_cost_one_row(self):
        rows = samples.nyc_rows(3)
        lines = samples.nyc_csv(rows[:2]).splitlines(keepends=True)
        lines[1] = lines[1].replace(b"ELM", b"\xe9LM")
        lines.insert(2, lines[2].replace(b"ELM", b"\0"))
        first, second, third = self.read(b"".join(lines))
        self.assertIn("bytes", str(first.reason))
        self.assertIn("\\xe9LM", first.values[0])
        self.assertIn("zero byte", str(second.reason))
        self.assertIsInstance(third, open_data.CaseRecord)


class TestRefusedFiles(OpenDataCase):
    """A file that does not fit at all is refused by name, before any row."""

    def test_byte_order_mark_and_windows_lines_are_fine(self):
        content = samples.nyc_csv(samples.nyc_rows(3)[:2]).replace(b"\n", b"\r\n")
        self.assertEqual(len(self.read(b"\xef\xbb\xbf" + content)), 2)

    def test_empty(self):
        for content in (b"", b"\n\n", b"\xef\xbb\xbf"):
            self.assertIn("empty", self.refused(content))

    def test_missing_columns_are_named(self):
        content = samples.nyc_csv(samples.nyc_rows(1))
        content = content.replace(b"Created Date", b"Opened")
        message = self.refused(content.replace(b"Borough,", b"Quarter,", 1))
        self.assertIn("New York 311", message)
        self.assertIn("Borough, Created Date", message)
        self.assertNotIn("Status", message)

    def test_wrong_delimiter(self):
        content = samples.to_csv(samples.NYC_HEADER, [], ";").encode()
        self.assertIn("separated by ';'", self.refused(content))

    def test_column_twice(self):
        content = samples.nyc_csv([]).replace(b"Road Ramp", b"Status")
        self.assertIn("'Status' occurs more than once", self.refused(content))

    def test_not_text(self):
        content = samples.nyc_csv(samples.nyc_rows(1))
        for other in (
            content.decode().encode("utf-16"),
            b"PK\x03\x04\x00\x00" + bytes(range(256)),
            "Nummer;Straße\n".encode("cp1252"),
        ):
            self.assertIn("encoding utf-8", self.refused(other))

    def test_optional_columns_may_be_missing(self):
        content = samples.nyc_csv(samples.nyc_rows(1))
        (record,) = self.read(content.replace(b"Vehicle Type", b"Cars"))
        self.assertIsInstance(record, open_data.CaseRecord)


class TestLayout(OpenDataCase):
    """A layout's mistakes are all named at once."""

    def problems(self, **changes):
        data = {**samples.other_city(), **changes}
        data = {name: value for name, value in data.items() if value is not None}
        with self.assertRaises(open_data.LayoutError) as caught:
            open_data.Layout.from_dict(data)
        return str(caught.exception)

    def test_problems(self):
        status = samples.other_city()["status"]
        cases = [
            ({"key": None, "code": None}, "'code'"),
            ({"timezone": "Mars/Olympus"}, "'timezone' should be a time zone"),
            ({"timezone": "../etc/passwd"}, "'timezone'"),
            ({"encoding": "klingon"}, "'encoding'"),
            ({"encoding": "base64"}, "'encoding'"),
            ({"delimiter": ";;"}, "'delimiter'"),
            ({"quote": ";"}, "same character"),
            ({"date_formats": []}, "'date_formats'"),
            ({"lattitude": "x"}, "'lattitude' is unknown"),
            ({"latitude": None}, "only one of"),
            ({"status": {**status, "phases": {"x": "assigned"}}}, "possible are"),
            ({"status": {"column": "Stand"}}, "'status.phases'"),
            ({"closed": None}, "no column 'closed'"),
            ({"role_default": {"role": "king", "nature": []}}, "role_default.nature"),
            ({"role_rules": [{"contains": [""]}]}, "role_rules.1.contains"),
            ({"districts": [{"column": 3}]}, "districts.1.column"),
            ({"channel": {"column": "x", "values": {"a": "b"}}}, "values.a.name"),
        ]
        for changes, words in cases:
            with self.subTest(changes=changes):
                self.assertIn(words, self.problems(**changes))
        self.assertIn("'key'", self.problems(key=None, code=None))

    def test_not_json(self):
        for text in ("", "{", "[]", "null", "[" * 100_000):
            with self.assertRaises(open_data.LayoutError):
                open_data.Layout.from_json(text)

    def test_time_zone_of_the_source_wins(self):
        layout = open_data.Layout.from_json(samples.other_city_json(), "Asia/Taipei")
        self.assertEqual(layout.zone.key, "Asia/Taipei")

    def test_shipped_layouts_are_valid(self):
        for path in samples.NYC_LAYOUT.parent.glob("*.json"):
            layout = open_data.Layout.from_json(path.read_text())
            self.assertEqual(layout.code, path.stem)
