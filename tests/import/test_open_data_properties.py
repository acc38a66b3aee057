"""Whatever bytes come in, the parser answers with its own words only."""

import csv
import io
import json
import re
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tests import open_data_samples as samples
from odoo.addons.citizen_crm.tools import open_data
from odoo.addons.citizen_crm.tools.open_data.clock import to_utc
from odoo.addons.citizen_crm.tools.open_data.csv_rows import CsvRow, CsvRows

LAYOUT = open_data.Layout.from_json(samples.NYC_LAYOUT.read_text())
HEADER = samples.nyc_csv([])
ROWS = samples.nyc_csv(samples.nyc_rows(4))[len(HEADER) :]
BERLIN = ZoneInfo("Europe/Berlin")

# Texts as they stand in cells, rich in what CSV stumbles over.
cells = st.text(
    st.one_of(
        st.sampled_from(',"\n\r;\t '),
        st.characters(codec="utf-8", exclude_characters="\0"),
    ),
    max_size=12,
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(*[cells] * width).filter(lambda row: any(row)),
        min_size=1,
        max_size=8,
    )
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


def read(content: bytes) -> list[open_data.CaseRecord | open_data.RowError]:
    return list(open_data.OpenDataReader(io.BytesIO(content), LAYOUT))


@given(st.binary(max_size=300))
@example(b"\xff\xfeU\0n\0")
def test_any_bytes_are_refused_as_a_file(content):
    with pytest.raises(open_data.FileRefusedError):
        read(content)


@given(st.binary(max_size=300))
@example(b'"')
@example(b"\0\n")
def test_any_bytes_behind_a_header_are_rows_or_errors(content):
    lines = 0
    for outcome in read(HEADER + content):
        assert outcome.line > max(lines, 1), "lines go up"
        lines = outcome.line
        # What is reported can be stored and written.
        json.dumps(outcome.values).encode()
        assert "\0" not in "".join(outcome.values)
        assert str(outcome.reason)


@given(st.lists(cells, max_size=5), st.integers(0, 4))
def test_junk_between_good_rows_costs_no_good_row_after_it(junk, place):
    """Junk that opens no quote leaves every good row as it is."""
    text = "\n".join(junk).replace('"', "'") + "\n"
    rows = ROWS.splitlines(keepends=True)
    # The third sample row runs over two lines: never cut it.
    starts = [0, 1, 2, 4, 5]
    rows.insert(starts[place], text.encode())
    found = {
        outcome.key
        for outcome in read(HEADER + b"".join(rows))
        if isinstance(outcome, open_data.CaseRecord)
    }
    assert found == {"K00000", "K00001", "K00002", "K00003"}


@given(st.integers(0, 3), st.binary(min_size=1, max_size=6), st.data())
def test_damage_in_one_row_keeps_the_rows_two_further_on(number, bytes_, data):
    """Damage costs its row, at worst the one a stray quote happens to end in."""
    rows = [
        samples.nyc_csv([row])[len(HEADER) :]
        for row in samples.nyc_rows(8)
        if "\n" not in row["Descriptor"]
    ]
    wanted = [row[:6].decode() for row in rows]
    place = data.draw(st.integers(0, len(rows[number]) - 1))
    damaged = bytes_.replace(b"\n", b"").replace(b"\r", b"")
    rows[number] = rows[number][:place] + damaged + rows[number][place:]
    keys = {
        outcome.key
        for outcome in read(HEADER + b"".join(rows))
        if isinstance(outcome, open_data.CaseRecord)
    }
    assert keys >= {k for i, k in enumerate(wanted) if i < number or i > number + 1}


@given(tables, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]))
def test_round_trip_and_line_numbers(table, delimiter, newline):
    """What Python's writer writes is read back, each row on its own line number."""
    stream = io.StringIO(newline="")
    writer = csv.writer(
        # Python's writer forgets to quote a lone \r when lines end with \n.
        stream,
        delimiter=delimiter,
        lineterminator=newline,
        quoting=csv.QUOTE_ALL if newline == "\n" else csv.QUOTE_MINIMAL,
    )
    lines = []
    for row in table:
        before = stream.getvalue()
        # A line ends with \n, \r\n or \r, inside of a quoted cell as well.
        lines.append(len(io.StringIO(before, newline="").readlines()) + 1)
        writer.writerow(row)
    rows = CsvRows(io.StringIO(stream.getvalue(), newline=""), delimiter, '"')
    rows.width = len(table[0])
    found = list(rows)
    assert all(isinstance(row, CsvRow) for row in found)
    assert [row.values for row in found] == table
    assert [row.line for row in found] == lines


@given(json_values)
def test_any_json_is_refused_as_a_layout(data):
    with pytest.raises(open_data.LayoutError) as caught:
        open_data.Layout.from_dict(data)
    assert str(caught.value)


@given(st.sampled_from(sorted(samples.other_city())), json_values)
@settings(max_examples=300)
def test_any_entry_of_a_layout_is_checked(name, value):
    """A layout with one entry replaced is refused, or can read a file."""
    data = {**samples.other_city(), name: value}
    try:
        layout = open_data.Layout.from_dict(data)
        stream = io.BytesIO(samples.OTHER_CITY_CSV.encode("cp1252"))
        list(open_data.OpenDataReader(stream, layout))
    except open_data.OpenDataError as error:
        assert str(error)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)))
@example(datetime(2024, 3, 31, 2, 30))
@example(datetime(2024, 10, 27, 2, 30))
def test_local_times_survive_the_way_to_utc_and_back(local):
    utc = to_utc(local, BERLIN)
    back = utc.replace(tzinfo=ZoneInfo("UTC")).astimezone(BERLIN)
    shown = back.replace(tzinfo=None)
    assert shown == local or shown == local + timedelta(hours=1), "the lost hour"
    assert to_utc(shown, BERLIN) == utc


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)))
@example(datetime(2024, 10, 27, 2, 59))
def test_an_ambiguous_closing_is_never_before_the_receipt(local):
    received = to_utc(local, BERLIN) + timedelta(minutes=30)
    back = received.replace(tzinfo=ZoneInfo("UTC")).astimezone(BERLIN)
    assert to_utc(back.replace(tzinfo=None), BERLIN, received) >= received


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Reading 3,000 rows takes no more memory at its peak than reading 800."""
    peaks = []
    for count in (800, 3_000):
        path = tmp_path / f"{count}.csv"
        path.write_bytes(samples.nyc_csv(samples.nyc_rows(count)))
        with path.open("rb") as stream:
            tracemalloc.start()
            found = sum(1 for _row in open_data.OpenDataReader(stream, LAYOUT))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert found == count
    assert peaks[1] < peaks[0] + 100_000, peaks


def test_the_layout_in_the_manual_is_valid():
    manual = Path(__file__).parents[2] / "docs/manual/import.md"
    (example,) = re.findall(r"```json\n(.*?)```", manual.read_text(), re.S)
    layout = open_data.Layout.from_json(example)
    (_lamp, trees) = open_data.OpenDataReader(
        io.BytesIO(samples.OTHER_CITY_CSV.encode("cp1252")), layout
    )
    assert (trees.title, trees.phase) == ("B\u00e4ume", "routed")
