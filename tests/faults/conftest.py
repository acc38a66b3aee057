"""Two Odoo servers on one database that has a standby, and what the drills share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cluster import Cluster
from desk import OUR_VALUES, Desk
from faulty_city import City
from servers import copied_database, served

from dev.odoo import Odoo


@pytest.fixture(scope="module")
def primary(clone: Odoo) -> Iterator[Cluster]:
    with Cluster(clone.settings) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def city(
    clone: Odoo, primary: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("faults")
    with (
        copied_database("faults", folder, primary.variables) as database,
        Cluster(clone.settings, follows=primary) as standby,
        served(
            database,
            folder,
            "--proxy-mode",
            f"--db_replica_host={standby.connection['host']}",
            "--db_replica_port=5432",
            count=2,
            env=primary.variables,
            connection=primary.connection,
        ) as servers,
    ):
        yield City(Desk(servers, **OUR_VALUES), primary, standby)
