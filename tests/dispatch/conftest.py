"""Two servers whose scheduled jobs run, on a database of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers import Servers, copied_database, served


@pytest.fixture(scope="module")
def two_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Start two servers with a thread each for scheduled jobs."""
    folder = tmp_path_factory.mktemp("dispatch")
    with (
        copied_database("dispatch", folder) as database,
        served(database, folder, "--max-cron-threads", "1", count=2) as servers,
    ):
        yield servers
