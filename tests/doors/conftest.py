"""Two servers on one database, behind a wire that can be cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk import OUR_VALUES, Desk
from proxy import Wire
from servers import copied_database, served


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture(scope="module")
def desk(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("doors")
    with (
        copied_database("doors", folder) as database,
        served(
            database, folder, "--proxy-mode", count=2, env=wire.variables
        ) as servers,
    ):
        yield Desk(servers, **OUR_VALUES)
