"""A city's busy minutes on two workers: residents, staff and mails; `make load`.

Requests begin at times drawn beforehand, whether or not earlier ones have been
answered, and a wait is counted from the drawn time: so it shows if servers fall behind.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import requests
from desk import OUR_VALUES, Desk, Person
from servers import copied_database, served

from dev.settings import ROOT

SECONDS = 30
TIMES = (1, 3, 6)
#: Instead of a status, if none came within a minute.
NO_ANSWER = "no answer"
#: Cases that are there before, as tests/benchmark/city.py makes them.
CASES = 3_000
#: A second of the busiest hours of a city of 2.5 million cases a year, ten hours a day:
#: 0.19 cases, two thirds by the portal, and what people read and do around them.
RATES = {
    "resident opens the catalogue": 0.6,
    "resident opens a form": 0.4,
    "resident files a case": 0.13,
    "resident lists the own cases": 0.5,
    "resident reads a case": 0.5,
    "mail becomes a case": 0.06,
    "staff open the list": 1.0,
    "staff open a case": 0.8,
    "staff answer": 0.2,
}
PEOPLE = 16
STAFF = 6
#: What the web client asks for in a list and in a form.
LIST = dict.fromkeys(
    ("number", "name", "partner_id", "team_id", "user_id", "stage_id", "due_date"), {}
)


_SAID = (
    "SELECT count(*) FROM mail_message WHERE body LIKE %s AND message_type = 'comment'"
)


@dataclass
class Measured:
    """What one kind of request waited for, in seconds, and how it was answered."""

    waits: list[float] = field(default_factory=list)
    codes: Counter = field(default_factory=Counter)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("load")
    with copied_database("load", folder) as database:
        script = ROOT / "tests" / "benchmark" / "city.py"
        command = [sys.executable, script, database, "--cases", str(CASES)]
        subprocess.run(command, check=True)
        options = ("--proxy-mode", "--max-cron-threads", "1")
        with served(database, folder, *options, workers=2) as servers:
            yield Desk(servers, **OUR_VALUES)


def test_load(desk: Desk) -> None:
    """One, three and six times the load: no server error, nothing lost."""
    city = City(desk)
    for times in TIMES:
        measured = city.run(times)
        show(times, measured)
        for what, one in measured.items():
            assert set(one.codes) <= {200, NO_ANSWER}, (what, one.codes)
    counts = {text: desk.count(text) for text in city.texts}
    assert all(counts[text] == 1 for text in city.filed), counts
    assert max(counts.values()) == 1, counts
    taken = desk.ask("SELECT count(*) FROM citizen_mail_receipt")
    named = "SELECT count(*) FROM helpdesk_ticket WHERE name = %s"
    letters = Counter(desk.ask(named, name) for name in city.letters)
    waiting = desk.ask("SELECT count(*) FROM citizen_mail_receipt WHERE state = 'new'")
    assert letters[1] + waiting == taken and set(letters) <= {0, 1}, letters
    answers = {text: desk.ask(_SAID, f"%{text}%") for text in city.answers}
    assert all(answers[text] == 1 for text in city.answered), answers
    assert max(answers.values()) == 1, answers
    print(
        f"\n{len(city.filed)} filed, {taken} mails of which {waiting} wait for the job,"
        f" {len(city.answered)} answers: nothing lost, nothing twice"
    )


class City:
    """People who do what ``RATES`` says."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.texts: list[str] = []
        self.letters: list[str] = []
        self.answers: list[str] = []
        #: What the server said it has taken.
        self.filed: list[str] = []
        self.answered: list[str] = []
        self.turn = itertools.count()
        self.path = f"/services/{desk.service_id}"
        self.mailbox = desk.mailbox
        self.people = [desk.person("busy-resident") for _number in range(PEOPLE)]
        self.staff = [
            desk.person("busy-staff", "helpdesk_mgmt.group_helpdesk_user", *desk.staff)
            for _number in range(STAFF)
        ]
        self.cases = {
            person: [desk.case(person) for _number in range(12)]
            for person in self.people
        }
        self.numbers = dict(desk.servers.ask("SELECT id, number FROM helpdesk_ticket"))
        for person in self.people:
            person.get_token(self.path)

    def run(self, times: int) -> dict[str, Measured]:
        """Let people do so many times what ``RATES`` says, for ``SECONDS``."""
        chance, plan = random.Random(times), []
        for what, rate in RATES.items():
            count = round(rate * times * SECONDS)
            plan += [(chance.uniform(0, SECONDS), what) for _number in range(count)]
        measured = {what: Measured() for what in RATES}
        began = time.monotonic()
        with ThreadPoolExecutor(60) as pool:
            for at, what in sorted(plan):
                time.sleep(max(0, began + at - time.monotonic()))
                act = getattr(self, "_" + re.sub(r"\W", "_", what))
                pool.submit(self._measure, measured[what], act, began + at)
        return measured

    def _measure(self, measured: Measured, act: Callable, at: float) -> None:
        try:
            code = act(random)
        except (requests.RequestException, OSError):
            code = NO_ANSWER
        except Exception as error:
            code = f"{type(error).__name__}: {error}"[:300]
        measured.waits.append(time.monotonic() - at)
        measured.codes[code] += 1

    # ------------------------------------------------------------- what is done
    def _resident_opens_the_catalogue(self, chance: random.Random) -> int:
        return chance.choice(self.people).get("/services").status_code

    def _resident_opens_a_form(self, chance: random.Random) -> int:
        return chance.choice(self.people).get(self.path).status_code

    def _resident_files_a_case(self, chance: random.Random) -> int:
        # In turn: a person may file ten in ten minutes.
        person = self.people[next(self.turn) % PEOPLE]
        text = self.desk.unique("A lamp is out in our street ") + "."
        self.texts.append(text)
        form = {"description": text, "form_key": f"{chance.getrandbits(128):032x}"}
        answer = person.post(self.path, page=self.path, **form)
        assert answer.status_code != 200 or answer.url.endswith("/filed"), answer.url
        if answer.status_code == 200:
            self.filed.append(text)
        return answer.status_code

    def _resident_lists_the_own_cases(self, chance: random.Random) -> int:
        return chance.choice(self.people).get("/my/cases").status_code

    def _resident_reads_a_case(self, chance: random.Random) -> int:
        person = chance.choice(self.people)
        case = chance.choice(self.cases[person])
        return person.get(f"/my/case/{self.numbers[case]}").status_code

    def _mail_becomes_a_case(self, chance: random.Random) -> int:
        name = self.desk.unique("letter ")
        self.letters.append(name)
        sender = f"{name.replace(' ', '')}@example.com"
        raw = (
            f"From: {sender}\nTo: {self.mailbox}\nSubject: {name}\n"
            f"Message-Id: <{sender}>\n\nA lamp is out.\n"
        )
        self.desk.servers.deliver(0, raw.encode())
        return 200

    def _staff_open_the_list(self, chance: random.Random) -> int:
        person = chance.choice(self.staff)
        person.call(
            "helpdesk.ticket",
            "web_search_read",
            domain=[("is_open", "=", True)],
            specification=LIST,
            limit=80,
        )
        return 200

    def _staff_open_a_case(self, chance: random.Random) -> int:
        person, case = chance.choice(self.staff), self._draw_case(chance)
        person.call(
            "helpdesk.ticket",
            "web_read",
            [case],
            specification={**LIST, "description": {}, "phase": {}, "role": {}},
        )
        person.route("/mail/thread/messages", **_thread(case))
        return 200

    def _staff_answer(self, chance: random.Random) -> int:
        text = self.desk.unique("We look at it, ") + "."
        self.answers.append(text)
        chance.choice(self.staff).call(
            "helpdesk.ticket",
            "message_post",
            [self._draw_case(chance)],
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.answered.append(text)
        return 200

    def _draw_case(self, chance: random.Random) -> int:
        person: Person = chance.choice(self.people)
        return chance.choice(self.cases[person])


def _thread(case: int) -> dict:
    return {
        "thread_model": "helpdesk.ticket",
        "thread_id": case,
        "fetch_params": {"limit": 30},
    }


def show(times: int, measured: dict[str, Measured]) -> None:
    """Print the table that goes into docs/operations.md."""
    every = sorted(wait for one in measured.values() for wait in one.waits)
    load = os.getloadavg()[0]
    print(f"\n{times} x: {len(every) / SECONDS:.1f} requests a second, load {load:.0f}")
    codes = sum((one.codes for one in measured.values()), Counter())
    for what, one in [*measured.items(), ("all", Measured(every, codes))]:
        waits = sorted(one.waits)
        middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
        others = {code: count for code, count in one.codes.items() if code != 200}
        print(
            f"| {what} | {len(waits)} | {middle * 1000:.0f} ms | {late * 1000:.0f} ms |"
            f" {others or 0} |"
        )
