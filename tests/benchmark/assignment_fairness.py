"""How equally a quarter's requests are shared in the demo city, by three rules.

The requests are those of a file of open data (999 real ones of New York) or, without
one, as many in the mix of the demo city. The file covers two days, so its requests are
laid over 13 weeks, in their order and at their time of day, as many on each day. Each
goes to the team that has had the fewest for its capacity, so that every team has
enough to be compared: the file's agencies are not the demo city's teams. A request
weighs what its service type weighs in the demo city.

People, capacities, hours, absences, leavers and joiners are those of the demo city.
The work of a request takes so long that the team is busy for a given share of its
hours: the more idle a team, the more a rule that looks at open cases gives to the few.

The figure is Jain's index over all people of the city of the effort points given for
each hour on duty, divided by their team's mean, so that a team with more work than
another makes no difference, and every rule is measured on the same people.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from table import Line

from odoo.addons.citizen_crm.demo.content import HERE, read_rows, service_mix
from odoo.addons.citizen_crm.tools.assignment_simulation import (
    DAY,
    Arrival,
    Outcome,
    Person,
    Rule,
    simulate,
)
from odoo.addons.citizen_crm.tools.duty_ledger import FULL_TIME
from odoo.addons.citizen_crm.tools.inequality import jain
from odoo.addons.citizen_crm.tools.open_data import CaseRecord, Layout, OpenDataReader

GOAL = 0.99
REQUESTS = 999
#: Monday of the first week, days of arrivals, the demo city's today, days to finish.
FIRST = (date(2026, 3, 2) - date(1970, 1, 1)).days
DAYS, TODAY, AFTER = 91, 46, 120
RIVALS = {"balanced": "OCA 17.0 balanced", "round_robin": "round robin"}
#: Share of the hours on duty that the requests take, in percent.
BUSY = (60, 85)
#: Minutes on duty of a week, Monday first, as in demo/company_demo.xml.
WEEKS = {
    "city_hall": (480, 480, 480, 480, 420, 0, 0),
    "service_centre": (540, 540, 540, 540, 0, 240, 0),
    "early_shift": (390, 390, 390, 390, 390, 390, 0),
    "half_time": (240, 240, 240, 240, 210, 0, 0),
    "three_days": (468, 468, 468, 0, 0, 0, 0),
    "four_days": (468, 468, 468, 468, 0, 0, 0),
}
#: What the complaint types of New York come nearest to in the demo city's catalogue.
TYPES = {
    "Noise": "ORD-NOI",
    "Blocked Driveway": "ROAD-ILL",
    "Illegal Parking": "ROAD-ILL",
    "Derelict Vehicle": "WST-DMP",
    "SCRIE": "SOC-BEN",
    "DHS": "SOC-BEN",
    "DOF Property": "CIV-TAX",
    "DOF Parking": "ROAD-FIN",
    "Consumer": "ORD-MKT",
    "DCA": "ORD-MKT",
    "Taxi": "GOV-STF",
}
AGENCIES = {
    "DPR": "GRN-TRE",
    "DOHMH": "ORD-CON",
    "DOT": "ROAD-PAV",
    "DFTA": "SOC-BEN",
    "DSNY": "WST-CLN",
}
OTHER = "ORD-NOI"


class Request(NamedTuple):
    """A request: its minute of the day and its service type in the demo city."""

    minute: int
    type: str


def measure(source: Path | None) -> Iterator[Line]:
    """Yield the index of the ledger beside each other rule."""
    requests = read_requests(source) if source else make_requests()
    teams = make_teams()
    arrivals = deal(requests, teams)
    origin = "real" if source else "generated"
    for busy in BUSY:
        outcomes = {
            method: _replay(teams, arrivals, method, busy)
            for method in ("ledger", *RIVALS)
        }
        figures = {method: index(run) for method, run in outcomes.items()}
        for method, name in RIVALS.items():
            yield Line(
                f"fairness beside {name}, {busy} % busy",
                name,
                [(figures[method], figures["ledger"])],
                GOAL,
                f"{len(requests)} {origin} requests; "
                + _tell(outcomes[method], outcomes["ledger"]),
                unit="",
                bound=">=",
            )


def _tell(known: Iterable[Outcome], ours: Iterable[Outcome]) -> str:
    """Say how long cases take by both rules, and how the worst team fares."""
    slow, worst = (
        [max(run.slow_days or math.inf for run in side) for side in (known, ours)],
        [min(run.jain or 0 for run in side) for side in (known, ours)],
    )
    return (
        f"worst team {worst[0]:.3f} and {worst[1]:.3f}; in the slowest 9 of 10 cases "
        f"end in {slow[0]:.0f} and {slow[1]:.0f} days"
    )


def index(outcomes: Iterable[Outcome]) -> float:
    """Return Jain's index over all people, each against their team's mean."""
    shares: list[float] = []
    for outcome in outcomes:
        mean = sum(outcome.rates.values()) / len(outcome.rates)
        shares += [rate / mean for rate in outcome.rates.values()]
    return jain(shares) or 0.0


def _replay(
    teams: Mapping[str, list[Person]],
    arrivals: Mapping[str, list[Arrival]],
    method: str,
    busy: int,
) -> list[Outcome]:
    """Deal each team's arrivals by a rule, with work for a share of its hours."""
    outcomes = []
    for team, people in teams.items():
        cases = arrivals[team]
        hours = sum(
            minutes
            for person in people
            for day, minutes in person.duty.items()
            if day < FIRST + DAYS
        )
        effort = sum(case.points for case in cases)
        weighed = [
            Arrival(
                case.id,
                case.at,
                case.points,
                case.points * hours * busy // 100 // effort,
            )
            for case in cases
        ]
        outcomes.append(simulate(people, weighed, Rule(method)))
    return outcomes


# ------------------------------------------------------------------- the requests
def read_requests(source: Path) -> list[Request]:
    """Read a file of open data in the layout of New York, in order of receipt."""
    layout_file = HERE.parent / "data" / "open_data_layouts" / "nyc_311.json"
    layout = Layout.from_json(layout_file.read_text())
    zone = ZoneInfo("America/New_York")
    with source.open("rb") as stream:
        records = [
            record
            for record in OpenDataReader(stream, layout)
            if isinstance(record, CaseRecord)
        ]
    records.sort(key=lambda record: (record.received, record.key))
    return [
        Request(_minute(record.received, zone), service_type(record))
        for record in records
    ]


def _minute(moment: datetime, zone: ZoneInfo) -> int:
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    return local.hour * 60 + local.minute


def service_type(record: CaseRecord) -> str:
    """Return the service type of the demo city that a request comes nearest to."""
    for beginning, code in TYPES.items():
        if record.service_type.key.startswith(beginning):
            return code
    return AGENCIES.get(record.department.key, OTHER)


def make_requests() -> list[Request]:
    """Make requests in the mix of the demo city, in office hours and evenings."""
    dice = Random(311)
    mix = service_mix()
    types = dice.choices(
        [row.type for row in mix], [row.cases for row in mix], k=REQUESTS
    )
    return [Request(round(dice.triangular(360, 1380, 660)), code) for code in types]


# --------------------------------------------------------------------- the city
def deal(
    requests: list[Request], teams: Mapping[str, list[Person]]
) -> dict[str, list[Arrival]]:
    """Lay requests over the days, and give each to the team with the fewest."""
    weights = _read_weights()
    capacity = {
        team: sum(person.full_time for person in people)
        for team, people in teams.items()
    }
    had: Counter[str] = Counter()
    arrivals = defaultdict(list)
    for number, request in enumerate(requests):
        team = min(teams, key=lambda name: (had[name] / capacity[name], name))
        had[team] += 1
        at = (FIRST + number * DAYS // len(requests)) * DAY + request.minute
        arrivals[team].append(Arrival(number + 1, at, weights[request.type], 0))
    return arrivals


def _read_weights() -> dict[str, int]:
    """Return the effort of the demo city's service types in thousandths."""
    record = re.compile(
        r'name="code">([^<]+)<(?:(?!</record>).)*?name="effort_points">([^<]+)<', re.S
    )
    return {
        code: round(float(points) * 1000)
        for path in sorted(HERE.glob("service_*_demo.xml"))
        for code, points in record.findall(path.read_text())
    }


def make_teams() -> dict[str, list[Person]]:
    """Make the demo city's teams as they are on duty in the period."""
    absent = _read_absences()
    teams: dict[str, list[Person]] = {}
    for number, row in enumerate(read_rows("employees"), 1):
        if not row["team"]:
            continue
        member = range(
            TODAY + int(row["from_days"]),
            TODAY + int(row["to_days"]) + 1 if row["to_days"] else DAYS + AFTER,
        )
        week = WEEKS[row["calendar"]]
        duty = {
            FIRST + day: week[day % 7]
            for day in range(DAYS + AFTER)
            if week[day % 7] and day in member and day not in absent[row["id"]]
        }
        capacity = round(float(row["capacity"]) * FULL_TIME)
        teams.setdefault(row["team"], []).append(Person(number, duty, capacity))
    return teams


def _read_absences() -> dict[str, set[int]]:
    """Return the days of leave of each employee."""
    absent: dict[str, set[int]] = defaultdict(set)
    for row in read_rows("leaves"):
        first, last = TODAY + int(row["from_days"]), TODAY + int(row["to_days"])
        absent[row["employee"]] |= set(range(first, last + 1))
    return absent
