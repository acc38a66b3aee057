"""What others try at the pages that were built since: links, secrets, own data.

Others are a colleague from the same firm, another resident, and somebody without an
account. As with the holes of the base, every function returns what was gained.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import requests
from desk import Desk, Person, Visitor

from odoo.addons.citizen_crm.tools import case_secret

#: What the page of a case shows, and a page about it tells.
WORDS = "Every night."
#: Answers that give nothing. "Too often" would only hide what the page itself does.
REFUSALS = (400, 401, 403, 404, 405)


class Victim(NamedTuple):
    """A case of Ada's, and what opens it to her without an account."""

    case_id: int
    number: str
    title: str
    secret: str
    links: dict[str, str]


def make_victim(desk: Desk, **values: str) -> Victim:
    """Register a case of Ada's with a secret, a link to confirm and one to answer."""
    title = desk.unique("Noise of the neighbour ")
    case_id = desk.case(desk.ada, name=title, **values)
    number = desk.ask("SELECT number FROM helpdesk_ticket WHERE id = %s", case_id)
    secret = case_secret.new_secret()
    links = {purpose: case_secret.new_token() for purpose in ("confirm", "answer")}
    hashes = {purpose: case_secret.token_hash(link) for purpose, link in links.items()}
    hashes["track"] = case_secret.secret_hash(secret)
    for purpose, stored in hashes.items():
        desk.servers.execute(
            "INSERT INTO citizen_case_token (case_id, purpose, token_hash)"
            " VALUES (%s, %s, %s)",
            case_id,
            purpose,
            stored,
        )
    return Victim(case_id, number, title, secret, links)


def close(desk: Desk, victim: Victim) -> str:
    """Close the case; return the secret of the link by which Ada is asked about it."""
    closed = desk.ref("citizen_crm.stage_closed")
    desk.servers.execute(
        "UPDATE helpdesk_ticket SET stage_id = %s, phase = 'closed', is_open = false,"
        " closed_date = now() at time zone 'UTC' WHERE id = %s",
        closed,
        victim.case_id,
    )
    secret = case_secret.new_token()
    desk.servers.execute(
        "INSERT INTO citizen_case_feedback (case_id, token_hash, asked_at, expires_at)"
        " VALUES (%s, %s, now() at time zone 'UTC', now() + interval '9 days')",
        victim.case_id,
        case_secret.token_hash(secret),
    )
    return secret


def others(desk: Desk) -> Iterator[Visitor]:
    """Yield who has no business with a case of Ada's, each with nothing counted yet."""
    for who in (desk.ben, desk.eve, desk.visitor()):
        desk.servers.execute("DELETE FROM citizen_portal_hit")
        yield who


def count_traces(desk: Desk, victim: Victim) -> dict[str, int]:
    """Count everything that somebody could have done to the case."""
    of_case = "model = 'helpdesk.ticket' AND res_id = %s"
    queries = {
        "message": f"mail_message WHERE {of_case}",
        "file": f"ir_attachment WHERE res_{of_case}",
        "event": "citizen_case_event WHERE case_id = %s",
        "used": "citizen_case_token WHERE case_id = %s AND used_at IS NOT NULL",
        "said": "citizen_case_feedback WHERE case_id = %s AND answered_at IS NOT NULL",
        "review": "citizen_case_review WHERE case_id = %s",
    }
    return {
        word: desk.ask(f"SELECT count(*) FROM {query}", victim.case_id)  # noqa: S608
        for word, query in queries.items()
    }


def compare_traces(desk: Desk, victim: Victim, before: dict[str, int]) -> list[str]:
    after = count_traces(desk, victim)
    return [word for word, count in before.items() if after[word] != count]


def tells(page: requests.Response, victim: Victim) -> bool:
    """Tell whether a page says anything about the case."""
    path = page.url.partition("?")[0]
    told = (WORDS, victim.title)
    return any(words in page.text for words in told) and "/web/login" not in path


def gained(who: Visitor, page: requests.Response, victim: Victim) -> list[str]:
    """Return what somebody got, if anything, by asking for a page."""
    name = getattr(who, "email", "somebody without an account")
    signs_in = "/web/login" in page.url
    if tells(page, victim) or not (signs_in or page.status_code in REFUSALS):
        return [f"{name}: {page.request.method} {page.url} {page.status_code}"]
    return []


def enter(who: Visitor, number: str, secret: str) -> requests.Response:
    """Ask for a case with its number and a secret; the session is another one then."""
    page = who.post("/track", page="/track", number=number, secret=secret)
    who.forget_tokens()
    return page


# ------------------------------------------------------------------------ tracking
def track_without_the_secret(desk: Desk) -> list[str]:
    """Number and another case's secret, a link instead of it, or no visit at all."""
    victim, another = make_victim(desk), make_victim(desk)
    found = []
    for who in others(desk):
        for secret in ("", another.secret, victim.links["answer"], victim.number):
            found += gained(who, enter(who, victim.number, secret), victim)
        page = who.get("/track/case")
        found += [page.url] if tells(page, victim) else []
    return found


def leave_the_tracked_case(desk: Desk) -> list[str]:
    """Whoever follows the own case takes a file of, or writes to, another one."""
    victim, own = make_victim(desk), make_victim(desk)
    file_id = desk.create(
        "ir.attachment", name="memo.txt", raw=WORDS, mimetype="text/plain"
    )
    desk.write(
        "ir.attachment", file_id, res_model="helpdesk.ticket", res_id=victim.case_id
    )
    before = count_traces(desk, victim)
    found = []
    for who in others(desk):
        page = enter(who, own.number, own.secret)
        assert own.title in page.text, "the own case was not even shown"
        found += gained(who, who.get(f"/track/case/file/{file_id}"), victim)
        who.post(
            "/track/case/message",
            page="/track",
            message="x",
            case_id=victim.case_id,
            key=victim.number,
        )
        who.post("/track/leave", page="/track")
        found += gained(who, who.get(f"/track/case/file/{file_id}"), victim)
    return found + compare_traces(desk, victim, before)


# ---------------------------------------------------------------- links in the mails
def use_a_link_for_something_else(desk: Desk) -> list[str]:
    """A link opens what it was mailed for alone, and nothing else is close to one."""
    victim = make_victim(desk)
    asked = close(desk, victim)
    confirm, answer = victim.links["confirm"], victim.links["answer"]
    pages = {
        "/answer/%s": (confirm, answer),
        "/confirm/%s": (answer, confirm),
        "/feedback/%s": (answer, asked),
        "/feedback/%s/review": (confirm, asked),
    }
    before = count_traces(desk, victim)
    found = []
    for who in others(desk):
        for path, (wrong, right) in pages.items():
            for token in (wrong, right[:-1], right.swapcase()):
                found += gained(who, who.get(path % token), victim)
            form = {"message": "x", "got_it": "no", "ground": "manner"}
            sent = who.post(path % wrong, page="/track", **form)
            found += gained(who, sent, victim)
        sent = who.post(f"/feedback/{answer}/reopen", page="/track", message="x")
        found += gained(who, sent, victim)
    for path, (_wrong, right) in pages.items():
        assert desk.visitor().get(path % right).status_code == 200, path
    return found + compare_traces(desk, victim, before)


def confirm_by_looking(desk: Desk) -> list[str]:
    """Programs that open every link of a mail confirm or answer by it."""
    victim = make_victim(desk)
    desk.servers.execute(
        "UPDATE helpdesk_ticket SET confirm_until = now() + interval '1 day',"
        " team_id = NULL WHERE id = %s",
        victim.case_id,
    )
    before = count_traces(desk, victim)
    for purpose, link in victim.links.items():
        page = desk.visitor().get(f"/{purpose}/{link}")
        assert victim.number in page.text, "the link does not even open its page"
    found = compare_traces(desk, victim, before)
    waits = "SELECT confirm_until IS NOT NULL FROM helpdesk_ticket WHERE id = %s"
    return found if desk.ask(waits, victim.case_id) else [*found, "confirmed"]


def see_what_another_browser_filed(desk: Desk) -> list[str]:
    """The page that says where the link was sent, and sends it again."""
    victim = make_victim(desk)
    found = []
    for who in others(desk):
        found += gained(who, who.get("/services/sent"), victim)
        sent = who.post("/services/sent", page="/track", case_id=victim.case_id)
        found += gained(who, sent, victim)
    return found


# -------------------------------------------------------------- feedback and reviews
def speak_for_the_petitioner(desk: Desk) -> list[str]:
    """Say how it was, ask for a review or open a case again in Ada's name."""
    victim = make_victim(desk)
    close(desk, victim)
    before = count_traces(desk, victim)
    form = {"got_it": "no", "ground": "manner", "message": "x"}
    found = []
    for who in others(desk):
        for name in ("feedback", "review", "reopen", "withdraw", "rights", "message"):
            for key in (victim.number, victim.case_id):
                path = f"/my/case/{key}/{name}"
                if name in ("feedback", "review"):
                    found += gained(who, who.get(path), victim)
                found += gained(who, who.post(path, page="/track", **form), victim)
    for name in ("feedback", "review"):
        page = desk.ada.get(f"/my/case/{victim.number}/{name}")
        assert page.status_code == 200, page.text[:2000]
    return found + compare_traces(desk, victim, before)


def speak_for_the_firm(desk: Desk) -> list[str]:
    """A colleague reads the firm's customer case, but says nothing in Ada's name."""
    victim = make_victim(desk, role="customer")
    before, found = count_traces(desk, victim), []
    form = {"got_it": "no", "ground": "manner", "message": "x"}
    state = "SELECT role || ' ' || phase FROM helpdesk_ticket WHERE id = %s"
    for names in (("withdraw", "rights"), ("feedback", "review", "reopen")):
        stood = desk.ask(state, victim.case_id)
        for who in others(desk):
            for name in names:
                path = f"/my/case/{victim.number}/{name}"
                sent = who.post(path, page="/track", **form)
                if who is not desk.ben:
                    found += gained(who, sent, victim)
        if (stands := desk.ask(state, victim.case_id)) != stood:
            found.append(stands)
        close(desk, victim)
    assert WORDS in desk.ben.get(f"/my/case/{victim.number}").text
    return found + compare_traces(desk, victim, before)


def read_what_people_said(desk: Desk) -> list[str]:
    """Rows of feedback, reviews, links and handouts, by calls; staff try it as well."""
    victim = make_victim(desk)
    close(desk, victim)
    models = {
        "citizen.case.feedback": "case_id",
        "citizen.case.token": "case_id",
        "citizen.data.handout": "id",
        "citizen.case.review": "case_id",
    }
    found = []
    for person in (desk.ben, desk.eve, desk.ada, desk.officer):
        for model, name in models.items():
            if person is desk.officer and model == "citizen.case.review":
                continue  # who reviews a case reads what is asked
            domain = [[name, "!=", False]]
            calls = {
                "search_read": ([domain, [name]], {}),
                "search_count": ([domain], {}),
                "formatted_read_group": ([domain, [], ["__count"]], {}),
            }
            for method, (args, kwargs) in calls.items():
                if person.try_call(model, method, *args, **kwargs):
                    found.append(f"{person.email}: {model}.{method}")
    return found


# --------------------------------------------------------------------------- own data
def take_anothers_data(desk: Desk) -> list[str]:
    """The copy of a case, or the file of all own data with another's case in it."""
    victim = make_victim(desk)
    handed = "SELECT count(*) FROM citizen_data_handout WHERE partner_id = %s"
    before, found = desk.ask(handed, desk.ada.partner_id), []
    for who in others(desk):
        for key in (victim.number, victim.case_id):
            found += gained(who, who.get(f"/my/case/{key}/copy"), victim)
        for query in ({}, {"partner_id": desk.ada.partner_id}, {"id": 1}):
            answer = who.get("/my/data/download", **query)
            # Not WORDS: others have cases of their own that say the same.
            told = (victim.number, victim.title, desk.ada.email)
            found += [words for words in told if words in answer.text]
        page = who.get("/my/data", partner_id=desk.ada.partner_id)
        found += [page.url] if tells(page, victim) else []
    if desk.ask(handed, desk.ada.partner_id) != before:
        found.append("a handout to Ada")
    assert victim.title in desk.ada.get("/my/data/download").text
    return found


def read_what_was_entrusted(desk: Desk) -> list[str]:
    """The list of intermediaries, and replies that are not sent yet."""
    victim = make_victim(desk)
    reply_id = desk.create(
        "citizen.case.reply", case_id=victim.case_id, summary=victim.title
    )
    found = []
    for who in [*others(desk), desk.ada]:
        page = who.get(f"/citizen/reply/{reply_id}/preview")
        found += gained(who, page, victim)
        page = who.get("/my/entrusted")
        found += [page.url] if tells(page, victim) else []
        if isinstance(who, Person):
            rows = who.try_call("citizen.case.reply", "search_count", [])
            found += ["replies by calls"] if rows else []
    return found


ROOMS = [
    track_without_the_secret,
    leave_the_tracked_case,
    use_a_link_for_something_else,
    confirm_by_looking,
    see_what_another_browser_filed,
    speak_for_the_petitioner,
    speak_for_the_firm,
    read_what_people_said,
    take_anothers_data,
    read_what_was_entrusted,
]
