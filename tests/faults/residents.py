"""Residents who file cases and do not give up, whatever answers they get."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from threading import Event

import requests
from desk import Desk, Person

#: A person may file ten cases in ten minutes.
FORMS_OF_A_PERSON = 9
#: How long people rest after a form, on average: nine of them fill a minute and a half.
REST_SECONDS = 10
GIVE_UP_SECONDS = 90
_KEY = re.compile(r'name="form_key" value="(\w{32})"')


@dataclass
class Residents:
    """So many people who file one case after the other, until it is ``enough``.

    Nobody files more than ``FORMS_OF_A_PERSON``. ``answers`` counts what each try was
    answered with, "none" for no answer at all.
    """

    desk: Desk
    people: list[Person]
    answers: Counter = field(default_factory=Counter)
    waited: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    #: Where all go, if not to one server or the other.
    pinned: str = ""
    enough: Event = field(default_factory=Event)

    @contextmanager
    def filing(self) -> Iterator[list[Future]]:
        """Let all of them file at once; in the end each one ends the form begun."""
        with ThreadPoolExecutor(len(self.people)) as pool:
            work = [pool.submit(self._file_all, person) for person in self.people]
            try:
                yield work
            finally:
                self.enough.set()
            for done in work:
                done.result()

    def _file_all(self, person: Person) -> None:
        for _form in range(FORMS_OF_A_PERSON):
            text = self.desk.unique(f"Filed by {person.user_id} and nobody else ") + "."
            self.texts.append(text)
            began = time.monotonic()
            self._file(person, text)
            self.waited.append(time.monotonic() - began)
            if self.enough.wait(random.uniform(0, 2 * REST_SECONDS)):
                return

    def _file(self, person: Person, text: str) -> None:
        """Open the form, send it, and send it again until it is taken."""
        path = f"/services/{self.desk.service_id}"
        page = self._insist(lambda: self._get(person, path), person)
        form = {
            "form_key": _KEY.search(page.text)[1],
            "csrf_token": re.search(r'csrf_token: "([^"]+)"', page.text)[1],
            "description": text,
        }

        def send() -> requests.Response:
            answer = person.send(path, form)
            self.answers[answer.status_code] += 1
            # Filed, and only the page that says so did not come: it is not a form.
            if answer.status_code == 503 and answer.request.method == "POST":
                assert text in unescape(answer.text), "the text was not kept"
            return answer

        answer = self._insist(send, person)
        assert answer.url.endswith("/filed"), answer.url

    def _get(self, person: Person, path: str) -> requests.Response:
        answer = person.get(path)
        self.answers[answer.status_code] += 1
        return answer

    def _insist(
        self, ask: Callable[[], requests.Response], person: Person
    ) -> requests.Response:
        """Ask until there is a page; of several servers another one each time."""
        end = time.monotonic() + GIVE_UP_SECONDS
        met: list[object] = []
        while True:
            try:
                answer = ask()
                if answer.status_code == 200:
                    return answer
                assert answer.status_code == 503, answer.text[:2000]
                met.append(answer.headers)
            except requests.RequestException as error:
                self.answers["none"] += 1
                met.append(error)
            assert time.monotonic() < end, f"gave up: {met[-3:]}"
            person.url = self.pinned or self.desk.servers.url(random.randrange(100))
            time.sleep(0.5)

    def check(self) -> None:
        """Every text is in one case, every case has one beginning and its number."""
        counts = Counter(self.desk.count(text) for text in self.texts)
        assert counts == {1: len(self.texts)}, counts
        wrong = self.desk.servers.ask(
            """
            SELECT ticket.id FROM helpdesk_ticket AS ticket
              LEFT JOIN citizen_case_event AS event
                     ON event.case_id = ticket.id AND event.kind = 'received'
             GROUP BY ticket.id HAVING count(event.id) != 1
            UNION ALL
            SELECT min(id) FROM helpdesk_ticket GROUP BY number HAVING count(*) > 1
            """
        )
        assert not wrong

    def say(self, what: str) -> None:
        """Print the line that goes into docs/operations.md."""
        waited = sorted(self.waited)
        answers = ", ".join(f"{code}: {count}" for code, count in self.answers.items())
        print(
            f"\n{what}: {len(self.texts)} forms, 0 lost, 0 twice; answers {answers};"
            f" a form took {waited[len(waited) // 2]:.1f} s (median),"
            f" {waited[-1]:.1f} s (slowest)"
        )


def gather(desk: Desk, count: int) -> Residents:
    """Return so many people with an account, signed in."""
    assert desk.service_id
    return Residents(desk, [desk.person("resident") for _number in range(count)])
