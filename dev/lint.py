"""The linters, all from the lock file."""

from __future__ import annotations

from pathlib import Path

from .odoo import Odoo
from .settings import ADDON


def check(odoo: Odoo) -> str:
    """Run every linter; return what they complain about."""
    binaries = odoo.settings.venv / "bin"
    commands = {
        "ruff check": [binaries / "ruff", "check", "."],
        "ruff format": [binaries / "ruff", "format", "--check", "."],
        "pylint-odoo": [binaries / "pylint", "--rcfile", ".pylintrc", ADDON],
        "oca-checks-odoo-module": [binaries / "oca-checks-odoo-module", ADDON],
    }
    problems = []
    for name, command in commands.items():
        log = odoo.settings.logs / f"lint-{name.replace(' ', '-')}.txt"
        if odoo.record(command, log):
            problems.append(f"{name}:\n{_tail(log)}")
    return "\n\n".join(problems)


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(lines[-60:])
