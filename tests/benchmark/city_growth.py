"""What a case takes on the disk, and how many messages its life writes.

Bytes a case are counted by `deploy/size.sql`, tables with their indexes and long texts,
in the largest city: on the stock base and on the desk, which hold the same cases. The
goal is 1.1 times the base's. In a small city it is not judged: half-filled pages and
what earlier measurements have undone weigh too much there.

Messages are rows of `mail_message`. The lives of the city have the letters alone, the
same on both sides: `city.py` leaves out what the models write beside them. So one life
is lived here by the models, on both sides: registered, given to a handler by somebody
else, begun, two letters out and one in, answered and closed, which the base does in one
step. All rows it leaves are counted, tracked changes and mails too. The goal is 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg2
from city_scene import Scene, opened
from table import Line
from undone import undone

SIZES = Path(__file__).parents[2] / "deploy" / "size.sql"
#: Bytes of a case against the base's, and messages in a life, at most.
BYTES_GOAL, MESSAGES_GOAL = 1.1, 6
#: Stages that a life goes through: names of the base, phases of a desk.
STEPS = {False: ("in_progress", "done"), True: ("in_work", "answered", "closed")}
#: Who writes, between the first step and the next.
LETTERS = ("handler", "person", "handler")


def measure(cities: dict[int, tuple[str, str]], quick: bool) -> Iterator[Line]:
    """Yield bytes and messages of a case, on both sides."""
    size = max(cities)
    base, desk = (weigh(database) for database in cities[size])
    yield Line(
        f"bytes of a case, {size:,} cases",
        "stock base",
        [(1.0, desk["all"] / base["all"])],
        0 if quick else BYTES_GOAL,
        "; ".join(f"{part} {base.get(part, 0):,}, {desk[part]:,}" for part in desk),
        unit=" times",
        bound="<=",
    )
    letters = [count_letters(database) for database in cities[size]]
    lived = []
    for database in cities[size]:
        with opened(database) as scene:
            lived.append(live(scene))
    yield Line(
        "messages in the life of a case",
        "stock base",
        [tuple(len(kinds) for kinds in lived)],
        MESSAGES_GOAL,
        "; ".join(_tell(kinds) for kinds in lived)
        + "; generated lives have {:.1f} and {:.1f}, the letters".format(*letters),
        unit="",
        bound="<=",
    )


def weigh(database: str) -> dict[str, int]:
    """Return the bytes a case, by the part of `size.sql` and "all"."""
    connection = psycopg2.connect(dbname=database)
    with connection.cursor() as cursor:
        cursor.execute(SIZES.read_text())
        found = {part: int(per_case) for part, _total, per_case in cursor.fetchall()}
    connection.close()
    return found


def count_letters(database: str) -> float:
    """Return the messages a case of the generated lives."""
    with undone(database) as env:
        env.cr.execute(
            "SELECT (SELECT count(*) FROM mail_message WHERE model = 'helpdesk.ticket')"
            "::float / (SELECT count(*) FROM helpdesk_ticket)"
        )
        return env.cr.fetchone()[0]


def live(scene: Scene) -> list[str]:
    """Live one life with the models; return the kinds of the messages it has left."""
    scene.cr.flush()
    scene.cr.execute("SELECT max(id) FROM mail_message")
    (last,) = scene.cr.fetchone()
    case, person = _register(scene)
    case.user_id = scene.handler
    scene.cr.flush()  # tracked changes are told at the end of a transaction
    begun, *ends = STEPS[scene.is_desk]
    _move(scene, case, begun)
    for who in LETTERS:
        author = person if who == "person" else scene.handler.partner_id
        case.message_post(
            body="We order the repair.",
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        scene.cr.flush()
    for end in ends:
        _move(scene, case, end)
    scene.cr.execute(
        "SELECT message_type FROM mail_message WHERE id > %s ORDER BY id", (last,)
    )
    return [kind for (kind,) in scene.cr.fetchall()]


def _register(scene: Scene):
    """Return a new case that is not with the handler yet, and whose it is."""
    person = scene.env["res.partner"].search(
        [("name", "=like", "Resident citizen %")], limit=1, order="id desc"
    )
    category = scene.env["helpdesk.ticket.category"].search([("name", "=", "Type 3")])
    team = {} if scene.is_desk else {"team_id": scene.team.id}
    case = scene.cases.create(
        {
            "name": "Hole",
            "description": "<p>Deep.</p>",
            "partner_id": person.id,
            "category_id": category.id,
            **team,
        }
    )
    scene.cr.flush()
    assert case.team_id and case.user_id != scene.handler
    return case, person


def _move(scene: Scene, case, name: str) -> None:
    if scene.is_desk:
        stages = scene.env["helpdesk.ticket.stage"]
        case.stage_id = stages.search([("phase", "=", name)], limit=1)
    else:
        case.stage_id = scene.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
    scene.cr.flush()


def _tell(kinds: list[str]) -> str:
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
