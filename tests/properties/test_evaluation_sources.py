"""Nothing about what a person got can reach what is counted of an employee."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from odoo.tools import file_path

ADDON = Path(file_path("citizen_crm"))
#: Words by which one would learn whether people got what they wanted: the case's
#: outcome, the first question of the feedback, remarks, ratings, complaints' results.
GOT = re.compile(
    r"\boutcome|got_it|got_count|got_share|partly_count|not_count|not_solved"
    r"|\bremarks?\b|\brating|satisf|\bon_time|_tell_outcome|field[._]check",
    re.IGNORECASE,
)
#: The same where other things may have an outcome: an appeal, a claim.
GOT_BY_NAME = re.compile(
    r"got_it|case[._]feedback|field[._]check|rating[._]rating|case(_id)?\.outcome"
)
#: What makes facts and measures; lines of people stand on these alone.
COUNTING = [
    ADDON / "tools/custody.py",
    *ADDON.glob("models/evaluation/citizen_case_fact*.py"),
    *ADDON.glob("models/evaluation/citizen_measure*.py"),
    *ADDON.glob("models/evaluation/citizen_case_event*.py"),
]
ROOM = [*ADDON.glob("models/evaluation/*.py")]
#: The only columns of what people said that are read, and in which file alone.
SAID = {"answered_at", "asked_at", "case_id", "expires_at", "fair", "id", "understood"}
READS = "citizen_case_fact_settling.py"


def test_the_counting_is_looked_at() -> None:
    names = {path.name for path in COUNTING}
    assert {READS, "citizen_case_fact_figures.py", "custody.py"} <= names


@pytest.mark.parametrize("path", COUNTING, ids=lambda path: path.name)
def test_reads_nothing_about_what_people_got(path: Path) -> None:
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if GOT.search(line)
    ]
    assert not found


@pytest.mark.parametrize("path", ROOM, ids=lambda path: path.name)
def test_only_facts_know_of_feedback(path: Path) -> None:
    found = set(GOT_BY_NAME.findall(path.read_text()))
    assert path.name == READS or not found


def test_only_two_questions_are_read() -> None:
    """Fairness and clearness: no other column of what people said is named."""
    text = (ADDON / "models/evaluation" / READS).read_text()
    assert set(re.findall(r"\bfeedback\.(\w+)", text)) == SAID
    assert not re.search(r"feedback\.\*|case\.feedback\"\]", text)
