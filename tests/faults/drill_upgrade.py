"""The last release's database is upgraded with its data kept; see `make drill`."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from dev.database import Databases
from dev.odoo import Odoo
from dev.settings import ADDON

NAME = "drill_upgrade"
_VERSION = re.compile(r'"version": "([^"]+)"')
MANIFEST = f"{ADDON}/__manifest__.py"
#: What is on record, written so that every release can answer it.
QUERIES = {
    "cases": """
        SELECT id, number, name, description, partner_id, role, phase, team_id,
               category_id, user_id, received_date, answered_date, closed_date
          FROM helpdesk_ticket ORDER BY id
    """,
    "history": """
        SELECT id, case_id, kind, at FROM citizen_case_event ORDER BY id
    """,
    "clocks": """
        SELECT case_id, kind, due, state FROM citizen_sla_clock ORDER BY id
    """,
    "ledger": """
        SELECT id, team_id, employee_id, case_id, kind, points
          FROM citizen_assignment_entry ORDER BY id
    """,
    "facts": """
        SELECT id, case_id, handler_id, team_id, began_at, ended_at, worked_hours,
               late_resolution, excluded
          FROM citizen_case_fact ORDER BY id
    """,
    "cycles": """
        SELECT id, name, state, date_from, date_to, settings
          FROM citizen_evaluation_cycle ORDER BY id
    """,
    "sealed records": """
        SELECT id, evaluation_id, number, kind, digest, content
          FROM citizen_evaluation_version ORDER BY id
    """,
    "messages": """
        SELECT id, body, author_id FROM mail_message
         WHERE model = 'helpdesk.ticket' ORDER BY id
    """,
}


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], check=True, capture_output=True).stdout


def find_last_release() -> tuple[str, str]:
    """Return the commit that gave the addon its version before this one, and which."""
    current = _VERSION.search(Path(MANIFEST).read_text())[1]
    log = git("log", "--format=%H", "-G", '"version": ', "--", MANIFEST).decode()
    for commit in log.split():
        version = _VERSION.search(git("show", f"{commit}:{MANIFEST}").decode())[1]
        if version != current:
            return commit, version
    raise AssertionError("no earlier release in the history")


@pytest.fixture
def release(tmp_path: Path) -> tuple[Path, str]:
    """Return a folder with the addon of the last release, and its version."""
    commit, version = find_last_release()
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit, ADDON))) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path, version


@pytest.fixture
def databases(clone: Odoo) -> Iterator[Databases]:
    databases = Databases(clone)
    yield databases
    databases.drop(NAME)


def test_last_release_is_upgraded(
    clone: Odoo, databases: Databases, release: tuple[Path, str]
) -> None:
    """1. The last release is installed with its demo city. 2. The addon of today is
    updated in it. 3. Cases, history, clocks, ledger, evaluations and messages are what
    they were.
    """
    folder, version = release
    databases.copy(databases.template(demo=True), NAME)
    addons = ",".join(map(str, [*clone.core.addons, folder]))
    began = time.monotonic()
    old = run(clone, "-i", ADDON, "--addons-path", addons)
    installed = time.monotonic()
    before = read()
    assert all(before.values()), old[-3000:]
    log = run(clone, "-u", ADDON)
    updated = time.monotonic()
    after = read()
    for name, rows in before.items():
        # An update may add to the history, and to nothing else.
        assert after[name][: len(rows)] == rows, name
    assert not re.search(r" (WARNING|ERROR|CRITICAL) ", log), log
    print(
        f"\n{version} installed in {installed - began:.0f} s, updated in"
        f" {updated - installed:.0f} s; kept: "
        + ", ".join(f"{len(rows)} {name}" for name, rows in before.items())
    )


def run(clone: Odoo, *arguments: str) -> str:
    """Run Odoo to its end; return what it logged."""
    command = [str(clone.program), "-d", NAME, "--stop-after-init", "--no-http"]
    done = subprocess.run(
        [*command, *arguments],
        env={**os.environ, **clone.environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    return done.stderr


def read() -> dict[str, list[tuple]]:
    """Return what is on record."""
    connection = psycopg2.connect(dbname=NAME)
    try:
        with connection.cursor() as cursor:
            found = {}
            for name, query in QUERIES.items():
                cursor.execute(query)
                found[name] = cursor.fetchall()
            return found
    finally:
        connection.close()
