"""The command line, on a database of its own: real commits, real kills.

Scenario of the kill:

1. an import commits its first batch and is stopped in the middle of the next;
2. meanwhile a second import of the same source is refused;
3. the first is killed for good, and the command is started again;
4. Expected: it goes on behind the committed batch, and the cases are the same as
   those of an import that nobody disturbed.
"""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from odoo.addons.citizen_crm.tests import open_data_samples as samples

ROWS = 1100
SEEN = """
    SELECT t.source_key, t.name, t.phase, t.received_date, t.due_date, t.closed_date,
           t.answered_date, t.role, t.nature, t.place, t.place_latitude, t.source_facts,
           t.description, c.name, d.name, g.name, k.name,
           (SELECT array_agg(concat(e.kind, e.at) ORDER BY e.id)
              FROM citizen_case_event e
             WHERE e.case_id = t.id AND e.kind != 'imported'),
           (SELECT count(*) FROM citizen_case_event e WHERE e.case_id = t.id)
      FROM helpdesk_ticket t
      JOIN citizen_import_source s ON s.id = t.source_id AND s.code = %s
      LEFT JOIN helpdesk_ticket_category c ON c.id = t.category_id
      LEFT JOIN citizen_district d ON d.id = t.district_id
      LEFT JOIN hr_department g ON g.id = t.department_id
      LEFT JOIN helpdesk_ticket_channel k ON k.id = t.channel_id
     ORDER BY t.source_key
"""
COUNT = """
    SELECT count(*) FROM helpdesk_ticket t
      JOIN citizen_import_source s ON s.id = t.source_id AND s.code = %s
"""


def layout_file(folder: Path, code: str) -> Path:
    path = folder / f"{code}.json"
    data = json.loads(samples.NYC_LAYOUT.read_text())
    path.write_text(json.dumps({**data, "code": code, "name": f"City of {code}"}))
    return path


def test_killed_in_the_middle(scratch, tmp_path):
    file = tmp_path / "requests.csv"
    rows = samples.nyc_rows(ROWS)
    for row in (rows[3], rows[ROWS - 1]):
        row["Status"] = "?"
    file.write_bytes(samples.nyc_csv(rows))
    killed = layout_file(tmp_path, "killed")
    first = scratch.start(file, "-l", killed)
    while not scratch.ask(COUNT, "killed")[0][0]:
        assert first.poll() is None, first.communicate()
        time.sleep(0.05)
    first.send_signal(signal.SIGSTOP)
    code, said = scratch.run(file, "-l", "killed")
    assert (code, "Another import from City of killed" in said) == (2, True), said
    first.send_signal(signal.SIGKILL)
    assert first.wait(10) == -signal.SIGKILL
    (before,) = scratch.ask(COUNT, "killed")[0]
    assert before in (499, 999), "whole batches, less the rejected row"

    code, said = scratch.run(file, "-l", "killed")
    assert code == 0, said
    assert "Going on behind line" in said
    assert f"{ROWS:,} rows read" in said and f"{ROWS - 2:,} new cases" in said
    assert len((tmp_path / "requests.rejects.csv").read_text().splitlines()) == 3

    code, said = scratch.run(file, "-l", layout_file(tmp_path, "whole"))
    assert code == 0 and "Going on" not in said, said
    after_kill, undisturbed = scratch.ask(SEEN, "killed"), scratch.ask(SEEN, "whole")
    assert len(after_kill) == ROWS - 2
    assert after_kill == undisturbed


def test_check_writes_nothing(scratch, tmp_path):
    file = tmp_path / "requests.csv"
    rows = samples.nyc_rows(30)
    rows[4]["Latitude"] = "north"
    file.write_bytes(samples.nyc_csv(rows))
    before = scratch.table_counts()
    # One source that is not there yet, one that is.
    for layout in (layout_file(tmp_path, "new"), "nyc_311"):
        code, said = scratch.run(file, "-l", layout, "--dry-run")
        assert code == 0, said
        assert "29 new cases" in said and "1 rejected" in said
        assert "line 7, Latitude: 'north' is not a number" in said
        assert "Nothing was written." in said
    assert scratch.table_counts() == before


def test_second_import_changes_nothing(scratch, tmp_path):
    file = tmp_path / "requests.csv"
    file.write_bytes(samples.nyc_csv(samples.nyc_rows(8)))
    layout = layout_file(tmp_path, "twice")
    scratch.run(file, "-l", layout)
    before = scratch.table_counts(), scratch.ask(SEEN, "twice")
    code, said = scratch.run(file, "-l", layout)
    assert code == 0 and "8 unchanged" in said, said
    after = scratch.table_counts(), scratch.ask(SEEN, "twice")
    before[0]["citizen_import_run"] += 1
    assert after == before
    assert not (tmp_path / "requests.rejects.csv").exists()


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        (b"a,b\n1,2\n", (), "Missing columns: Agency"),
        (b"a,b\n1,2\n", ("--dry-run",), "Missing columns: Agency"),
        (None, (), "No such file"),
    ],
)
def test_refused_before_anything_is_written(
    scratch, tmp_path, content, arguments, words
):
    file = tmp_path / "requests.csv"
    if content is not None:
        file.write_bytes(content)
    before = scratch.table_counts()
    code, said = scratch.run(file, *arguments)
    assert (code, words in said) == (2, True), said
    assert "Traceback" not in said
    after = scratch.table_counts()
    # The refusal itself is kept on record.
    after["citizen_import_run"] = before["citizen_import_run"]
    assert after == before


def test_only_who_may(scratch, tmp_path):
    file = tmp_path / "requests.csv"
    file.write_bytes(samples.nyc_csv(samples.nyc_rows(1)))
    code, said = scratch.run(file, "-u", "nobody")
    assert code and "There is no user 'nobody'" in said
