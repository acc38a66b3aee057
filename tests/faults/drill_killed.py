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

PEOPLE = 6
EVERY_SECONDS = 4


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
    killed = _break(residents, lambda: _kill_worker(desk.servers))
    residents.check()
    residents.say(f"worker killed {killed} times, every {EVERY_SECONDS} s")
    assert killed >= 3


def test_postgresql_restarted(desk: Desk, primary: Cluster) -> None:
    """PostgreSQL is restarted, as for an update, while people file."""
    residents = gather(desk, PEOPLE)
    restarted = _break(residents, primary.restart)
    residents.check()
    residents.say(f"PostgreSQL restarted {restarted} times")
    assert restarted >= 3


def test_postgresql_killed(desk: Desk, primary: Cluster) -> None:
    """PostgreSQL dies, is away for two seconds and repairs itself, again and again."""
    residents = gather(desk, PEOPLE)

    def crash() -> None:
        primary.kill()
        time.sleep(2)
        primary.start()

    crashed = _break(residents, crash)
    residents.check()
    residents.say(f"PostgreSQL killed {crashed} times, 2 s away")
    assert crashed >= 3


def test_node_killed(city: City) -> None:
    """One of two nodes dies and is started again, while people file at both."""
    servers = city.desk.servers
    residents = gather(city.desk, PEOPLE * 3)
    for number, person in enumerate(residents.people):
        person.url = servers.url(number)

    def lose_node() -> None:
        number = random.randrange(2)
        servers.kill(number)
        servers.start(servers.ports[number])

    lost = _break(residents, lose_node)
    residents.check()
    residents.say(f"one of two nodes killed {lost} times")
    assert lost >= 2
    assert residents.answers["none"], "nobody met it"


def _break(residents: Residents, break_something: Callable[[], object]) -> int:
    """Break something every few seconds until all is filed; return how often."""
    times = 0
    with residents.filing() as work:
        while not all(done.done() for done in work):
            time.sleep(EVERY_SECONDS)
            break_something()
            times += 1
    return times


def _kill_worker(servers: Servers) -> None:
    """Kill a process that has answered requests; the server starts another one."""
    alive = [pid for pid in servers.workers() if Path(f"/proc/{pid}").exists()]
    os.kill(int(random.choice(alive)), signal.SIGKILL)
