"""Who gets a case never depends on how somebody was evaluated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from odoo.tools import file_path

ADDON = Path(file_path("citizen_crm"))
#: Words by which results of people would be read: Odoo's own, and those of the desk.
RESULTS = re.compile(
    r"evaluation|appraisal|rating|quality[._]review|case[._]fact|satisfaction"
    r"|sla[._]clock|clock_ids|miss_reason|is_late"
    r"|citizen[._]measure|custody|funnel|verdict|counts_personally|case_facts?\b"
    r"|late_resolution|late_first_reply|reopened_30d|repeat_contact|documented_close",
    re.IGNORECASE,
)
#: What decides who gets a case. Boards and simulations may look at anything.
DECIDING = [
    *ADDON.glob("tools/duty*.py"),
    *(
        path
        for path in ADDON.glob("models/assignment/*.py")
        if not path.stem.endswith(("_board", "_board_figures"))
    ),
]


def test_the_engine_is_looked_at() -> None:
    names = {path.name for path in DECIDING}
    assert {"duty_ledger.py", "helpdesk_ticket_team_dispatch.py"} <= names


@pytest.mark.parametrize("path", DECIDING, ids=lambda path: path.name)
def test_reads_no_results_of_people(path: Path) -> None:
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if RESULTS.search(line)
    ]
    assert not found
