"""The commands of the manual that back up and restore a desk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from dev.settings import ROOT

DEPLOY = ROOT / "deploy"


def run(
    variables: Mapping[str, str], *command: str | Path
) -> subprocess.CompletedProcess:
    """Run a command on the PostgreSQL that the ``PG*`` variables name."""
    return subprocess.run(
        [*map(str, command)],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )


def hashes(variables: Mapping[str, str], database: str) -> dict[str, str]:
    """Return for each table how many rows it has and a sum over their hashes."""
    script = DEPLOY / "hashes.sql"
    done = run(
        variables, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", script, database
    )
    assert done.returncode == 0, done.stderr
    return read_hashes(done.stdout)


def read_hashes(text: str) -> dict[str, str]:
    return dict(line.split("|", 1) for line in text.splitlines())
