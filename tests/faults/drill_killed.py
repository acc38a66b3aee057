"""Workers, nodes and PostgreSQL are killed while residents file: `make drill`."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cluster import Cluster
from desk import OUR_VALUES, Desk
from faulty_city import City
from residents import Residents, gather
from servers import Servers, copied_database, served

PEOPLE = 24
TIMES = 10
EVERY_SECONDS = 4
AWAY_SECONDS = 2


@pytest.fixture(scope="module")
def desk(primary: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One node with two workers, on a PostgreSQL of its own."""
    folder = tmp_path_factory.mktemp("killed")
    with (
        copied_database("drill", folder, primary.variables) as database,
        served(
            database,
            folder,
            "--proxy-mode",
            workers=2,
            env=primary.variables,
            connection=primary.connection,
        ) as servers,
    ):
        yield Desk(servers, **OUR_VALUES)


def test_worker_killed_every_four_seconds(desk: Desk) -> None:
    """A worker that answers requests is killed with -9 while people file."""
    residents = gather(desk, PEOPLE)
    _break(residents, lambda: _kill_worker(desk.servers))
    residents.say(f"worker killed {TIMES} times, every {EVERY_SECONDS} s")


def test_postgresql_restarted(desk: Desk, primary: Cluster) -> None:
    """PostgreSQL is stopped and started, as for an update, while people file."""
    residents = gather(desk, PEOPLE)
    _break(residents, lambda: _take_away(primary, primary.stop))
    residents.say(f"PostgreSQL restarted {TIMES} times, {AWAY_SECONDS} s away")


def test_postgresql_killed(desk: Desk, primary: Cluster) -> None:
    """PostgreSQL dies, is away for a while and repairs itself, again and again."""
    residents = gather(desk, PEOPLE)
    _break(residents, lambda: _take_away(primary, primary.kill))
    residents.say(f"PostgreSQL killed {TIMES} times, {AWAY_SECONDS} s away")


def test_node_killed(city: City) -> None:
    """One of two nodes dies and is started again, while people file at both."""
    servers = city.desk.servers
    residents = gather(city.desk, PEOPLE)
    for number, person in enumerate(residents.people):
        person.url = servers.url(number)

    def lose_node() -> None:
        number = random.randrange(2)
        servers.kill(number)
        servers.start(servers.ports[number])

    _break(residents, lose_node)
    residents.say(f"one of two nodes killed {TIMES} times")


def _break(residents: Residents, break_something: Callable[[], object]) -> None:
    """Break something every few seconds while people file; all of it must be there."""
    with residents.filing() as work:
        for _time in range(TIMES):
            time.sleep(EVERY_SECONDS)
            assert not all(done.done() for done in work), "nobody files any more"
            break_something()
    residents.check()
    assert set(residents.answers) - {200}, "nobody met it"


def _take_away(primary: Cluster, end: Callable[[], None]) -> None:
    """End PostgreSQL in one way or the other, and start it again after a while."""
    end()
    time.sleep(AWAY_SECONDS)
    primary.start()


def _kill_worker(servers: Servers) -> None:
    """Kill a process that has answered requests; the server starts another one."""
    alive = [pid for pid in servers.workers() if Path(f"/proc/{pid}").exists()]
    os.kill(int(random.choice(alive)), signal.SIGKILL)
