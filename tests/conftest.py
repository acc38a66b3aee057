"""What the tests with real servers share."""

from __future__ import annotations

import os

import pytest

from dev import core
from dev.odoo import Odoo
from dev.settings import from_environment


@pytest.fixture(scope="session")
def clone() -> Odoo:
    """Return this clone's Odoo on the PostgreSQL that pytest itself uses."""
    settings = from_environment()
    variables = {k: v for k, v in os.environ.items() if k.startswith("PG")}
    return Odoo(settings, core.provide(settings), variables)
