"""Two servers on a database of their own, and a mail server that they send to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers import Servers, copied_database, served


@pytest.fixture(scope="module")
def two_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Start two servers and wait until both answer."""
    folder = tmp_path_factory.mktemp("mail")
    with (
        copied_database("mail", folder) as database,
        served(database, folder, count=2) as servers,
    ):
        yield servers
