"""Odoo's runner runs what the package imports; pytest runs every file."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[2] / "citizen_crm" / "tests"


def test_odoo_runs_every_test_file() -> None:
    imported = re.findall(r"import (test_\w+)", (TESTS / "__init__.py").read_text())
    files = [path.stem for path in TESTS.glob("test_*.py")]
    assert sorted(imported) == sorted(files)
    assert len(files) > 20
