"""The portal served by two processes: limits are counted together, faults survived."""

from __future__ import annotations

import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from html import unescape

import psycopg2
import pytest
import requests
from desk import Desk, Person
from proxy import LAST_WORDS, Wire

from odoo.addons.citizen_crm.models.case.citizen_portal_hit import LIMITS

_SECONDS, PER_PERSON, PER_ADDRESS = LIMITS["file"]
#: Whoever has filed a case is led to a page that says so.
FILED = 303
_FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
WAIT_SECONDS = 20


def file_case(desk: Desk, person: Person, number: int, text: str) -> requests.Response:
    """Send a case to the server with this number, of the two."""
    person.url = desk.servers.url(number)
    path = f"/services/{desk.service_id}"
    return person.post(path, follow=False, description=text)


def test_one_person_floods(desk: Desk) -> None:
    """The limit is reached by what both processes took; others are served by both."""
    text = desk.unique("Flood of a person ")
    codes = [
        file_case(desk, desk.eve, number, text).status_code
        for number in range(PER_PERSON + 4)
    ]
    assert codes == [FILED] * PER_PERSON + [429] * 4
    assert desk.count(text) == PER_PERSON
    for number in range(2):
        assert file_case(desk, desk.ada, number, text).status_code == FILED


def test_one_address_floods(desk: Desk) -> None:
    """The same for one address, in whatever names and from whichever process."""
    people = [desk.person("bot") for _number in range(PER_ADDRESS // PER_PERSON)]
    people.append(desk.mother)
    for person in people:
        person.session.headers["X-Forwarded-For"] = "203.0.113.7"
    text = desk.unique("Flood of an address ")
    codes = [
        file_case(desk, people[number // PER_PERSON], number, text).status_code
        for number in range(PER_ADDRESS + 4)
    ]
    assert codes == [FILED] * PER_ADDRESS + [429] * 4
    assert desk.count(text) == PER_ADDRESS
    people[-1].session.headers["X-Forwarded-For"] = "203.0.114.8"
    for number in range(2):
        assert file_case(desk, people[-1], number, text).status_code == FILED


def test_one_secret_is_guessed(desk: Desk) -> None:
    """Guesses at one case count together, whoever makes them and wherever."""
    _seconds, per_number, _per_address = LIMITS["track"]
    case_id = desk.case(desk.ada)
    number = desk.ask("SELECT number FROM helpdesk_ticket WHERE id = %s", case_id)
    codes = []
    for attempt in range(per_number + 4):
        visitor = desk.visitor()
        visitor.url = desk.servers.url(attempt)
        form = {"number": number, "secret": f"guess {attempt}"}
        codes.append(visitor.post("/track", page="/track", **form).status_code)
    assert codes == [403] * per_number + [429] * 4


def test_links_are_tried_out(desk: Desk) -> None:
    """Whatever kind of link somebody makes up, in whichever process, it is counted."""
    _seconds, _per_person, per_address = LIMITS["miss"]
    visitor, codes = desk.visitor(), []
    for attempt in range(per_address + 4):
        visitor.url = desk.servers.url(attempt)
        page = ("feedback", "confirm", "answer")[attempt % 3]
        codes.append(visitor.get(f"/{page}/made-up-{attempt}").status_code)
    assert codes == [404] * per_address + [429] * 4


def test_one_link_eight_times(desk: Desk) -> None:
    """A case that is confirmed at once in both processes begins once."""
    desk.write("res.company", 1, file_without_account=True)
    text = desk.unique("Filed by nobody ")
    path = f"/services/{desk.service_id}"
    sender = {"name": "Dora Elm", "email": f"{text.split()[-1]}@example.com"}
    page = desk.visitor().post(path, page="/services", description=text, **sender)
    assert page.url.endswith("/services/sent"), page.text[:2000]
    mail = desk.ask("SELECT body_html FROM mail_mail ORDER BY id DESC LIMIT 1")
    link = re.search(r"/confirm/[\w-]{32}", mail)[0]

    def confirm(number: int) -> str:
        visitor = desk.visitor()
        visitor.url = desk.servers.url(number % 2)
        return visitor.post(link, page=link).text

    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(confirm, range(8)))
    begun = [page for page in pages if "We begin with it now" in page]
    before = [page for page in pages if "confirmed this case already" in page]
    assert (len(begun), len(before)) == (1, 7)
    kinds = """
        SELECT count(*) FILTER (WHERE kind = 'confirmed') || '/' ||
               count(*) FILTER (WHERE kind = 'routed') || '/' ||
               count(*) FILTER (WHERE kind = 'acknowledged')
          FROM citizen_case_event AS event
          JOIN helpdesk_ticket AS ticket ON ticket.id = event.case_id
         WHERE ticket.description LIKE %s
    """
    assert desk.ask(kinds, f"%{text}%") == "1/1/1"


@pytest.mark.parametrize("last_words", [b"", LAST_WORDS], ids=["stop", "crash"])
def test_database_away(desk: Desk, wire: Wire, last_words: bytes) -> None:
    """1. A resident has the form open. 2. PostgreSQL stops or crashes. 3. Both
    processes say so and give the text back. 4. PostgreSQL is there again. 5. The same
    form is sent from the page that kept it, twice: it is one case.
    """
    text = desk.unique("Words to keep ")
    form = read_form(desk, desk.ben)
    wire.cut(last_words)
    try:
        for number in range(2):
            desk.ben.url = desk.servers.url(number)
            page = desk.ben.send(form["path"], {**form, "description": text})
            assert_kept(page, text)
            home = desk.ben.get("/my/cases")
            assert home.status_code == 503
    finally:
        wire.mend()
    kept = {name: unescape(value) for name, value in _FIELD.findall(page.text)}
    for number in range(2):
        desk.ben.url = desk.servers.url(number)
        answer = desk.ben.send(form["path"], kept)
        assert answer.status_code == 200, answer.text[:2000]
        assert answer.url.endswith("/filed")
    assert desk.count(text) == 1


def test_database_goes_in_the_middle(desk: Desk, wire: Wire) -> None:
    """The same if PostgreSQL goes while the case is being written."""
    text = desk.unique("Half written ")
    form = {**read_form(desk, desk.ada), "description": text}
    blocker = psycopg2.connect(dbname=desk.servers.name)
    try:
        with ThreadPoolExecutor(1) as pool, blocker.cursor() as cursor:
            cursor.execute("LOCK TABLE helpdesk_ticket IN EXCLUSIVE MODE")
            page = pool.submit(desk.ada.send, form["path"], form)
            wait_for_lock(desk, page)
            wire.cut()
            assert_kept(page.result(WAIT_SECONDS), text)
    finally:
        blocker.close()
        wire.mend()
    assert desk.count(text) == 0
    assert desk.ada.send(form["path"], form).status_code == 200
    assert desk.count(text) == 1


def read_form(desk: Desk, person: Person) -> dict[str, str]:
    """Return what the open page of a service holds."""
    path = f"/services/{desk.service_id}"
    page = person.get(path).text
    key = re.search(r'name="form_key" value="(\w{32})"', page)[1]
    return {"path": path, "form_key": key, "csrf_token": person.get_token(path)}


def assert_kept(page: requests.Response, text: str) -> None:
    assert page.status_code == 503, page.text[:2000]
    assert int(page.headers["Retry-After"]) > 0
    assert "Please try again in a minute" in page.text
    assert text in unescape(page.text)
    assert "Traceback" not in page.text


def wait_for_lock(desk: Desk, page: Future) -> None:
    """Wait until the request has come as far as writing the case."""
    end = time.monotonic() + WAIT_SECONDS
    while not desk.ask(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        " AND wait_event_type = 'Lock'",
        desk.servers.name,
    ):
        assert not page.done(), page.result().text[:2000]
        assert time.monotonic() < end
        time.sleep(0.05)
