"""What the tests with real servers share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from servers import Servers, copied_database, served

from dev import core
from dev.odoo import Odoo
from dev.settings import from_environment


@pytest.fixture(scope="session")
def clone() -> Odoo:
    """Return this clone's Odoo on the PostgreSQL that pytest itself uses."""
    settings = from_environment()
    variables = {k: v for k, v in os.environ.items() if k.startswith("PG")}
    return Odoo(settings, core.provide(settings), variables)


@pytest.fixture(scope="module")
def two_servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    """Start two servers whose scheduled jobs run, on a database of their own."""
    name = request.path.parent.name
    folder = tmp_path_factory.mktemp(name)
    with (
        copied_database(name, folder) as database,
        served(database, folder, "--max-cron-threads", "1", count=2) as servers,
    ):
        yield servers
