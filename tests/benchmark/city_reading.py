"""What reading and filing cost in a city with few cases and with many.

Each row is done in turn on the stock base and on the desk, with 10,000 cases and with
as many as a city has in some years, by the same person in the same process. Both have
the same cases (`city.py`). Shown are medians; the ratio to the base is of the rounds in
the large city, growth is large against small.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from email.message import EmailMessage
from itertools import count

from city_scene import SEARCHED, Scene, opened
from city_table import Reading, Work, show, show_head

ROUNDS = 5
PAGE, COUNTED = 80, 10_001
#: Cases that the job archives in one transaction.
ARCHIVED = 500
MONTHS = {True: "received_date:month", False: "create_date:month"}
DESK = "helpdesk.ticket"
_serial = count(1)


def measure(cities: dict[int, tuple[str, str]], rounds: int = ROUNDS) -> list[Reading]:
    """Measure all rows; print each as soon as it is there.

    :param cities: number of cases -> names of the databases, the base and the desk
    """
    show_head(cities)
    with ExitStack() as stack:
        scenes = {
            size: tuple(stack.enter_context(opened(name)) for name in names)
            for size, names in cities.items()
        }
        return [show(_measure(work, scenes, rounds)) for work in WORKS]


def _measure(
    work: Work, scenes: dict[int, tuple[Scene, Scene]], rounds: int
) -> Reading:
    reading = Reading(work)
    works = {
        size: tuple(
            (scene, work.do(scene)) if work.has_peer or scene.is_desk else None
            for scene in sides
        )
        for size, sides in scenes.items()
    }
    for number in range(rounds + 1):
        for size, sides in works.items():
            pair = tuple(side and side[0].measure(side[1]) for side in sides)
            if number:  # the first one warms up
                reading.rounds.setdefault(size, []).append(pair)
    return reading


# ------------------------------------------------------------------------- the rows
def _list(user: str, domain: Callable[[Scene], list]) -> Callable:
    def prepare(scene: Scene):
        who = getattr(scene, user)
        specification = scene.specify(who, "list")
        wanted = domain(scene)
        return lambda: scene.of(who).web_search_read(
            wanted, specification, limit=PAGE, count_limit=COUNTED
        )

    return prepare


def _open(scene: Scene):
    specification = scene.specify(scene.handler, "form")
    case = scene.of(scene.handler).browse(scene.open_case)
    return lambda: case.web_read(specification)


def _portal(scene: Scene):
    """The page of a resident's cases, without the page: what it asks the database."""
    Case = scene.of(scene.resident)
    if scene.is_desk:

        def show():
            mine = Case._get_portal_domain(role)
            Case.search_count(mine)
            cases = Case.search(mine, order="received_date desc, id desc", limit=20)
            assert cases
            [case._get_portal_row() for case in cases.sudo()]
            Case.search_count(mine)

        # Whichever role the person's cases have.
        roles = ("citizen", "customer")
        counts = {r: Case.search_count(Case._get_portal_domain(r)) for r in roles}
        role = max(counts, key=counts.get)
        return show

    def show_stock():
        domain = scene.env["ir.rule"].with_user(scene.resident)
        domain = domain._compute_domain(Case._name, "read")
        Case.search_count(domain)
        cases = Case.search(domain, order="create_date desc", limit=20)
        assert cases
        cases.read(["number", "name", "stage_id", "category_id", "create_date"])

    return show_stock


def _kanban(scene: Scene):
    specification = scene.specify(scene.handler, "kanban")
    return lambda: scene.of(scene.handler).web_read_group(
        scene.mine,
        ["stage_id"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=specification,
    )


def _count_stages(scene: Scene):
    return lambda: scene.of(scene.manager).formatted_read_group(
        scene.open, ["stage_id"], ["__count"]
    )


def _count_teams(scene: Scene):
    teams = scene.of(scene.manager, "helpdesk.ticket.team").search([])
    names = [
        f"todo_ticket_count{ending}"
        for ending in ("", "_unassigned", "_unattended", "_high_priority")
    ]
    return lambda: teams.read(names)


def _pivot(scene: Scene):
    month = MONTHS[scene.is_desk]
    sets = [[], ["team_id"], [month], ["team_id", month]]
    return lambda: scene.of(scene.manager).formatted_read_grouping_sets(
        [], sets, ["__count"]
    )


def _report(scene: Scene):
    # Figures, which whoever sees all of them may group as they like.
    Report = scene.env["citizen.sla.report"]
    return lambda: Report.formatted_read_group(
        [], ["team_id", "state"], ["promise_count:sum", "share_met:avg"]
    )


def _daily_pivot(scene: Scene):
    """The same as `_pivot`, as oversight has it: from daily figures."""
    Rollup = scene.env["citizen.case.rollup"]
    sets = [[], ["team_id"], ["day:month"], ["team_id", "day:month"]]
    return lambda: Rollup.formatted_read_grouping_sets([], sets, ["received_count:sum"])


def _daily_report(scene: Scene):
    """The same as `_report`, where states are columns: from daily figures."""
    Rollup = scene.env["citizen.sla.rollup"]
    states = ("met", "missed", "excluded", "open", "undetermined")
    sums = [f"{state}_count:sum" for state in states]
    return lambda: Rollup.formatted_read_group(
        [], ["team_id"], ["promise_count:sum", *sums, "share_met:avg"]
    )


def _count_a_day(scene: Scene):
    """What the job does after a case of a month ago has changed."""
    scene.cr.execute(
        "SELECT id FROM helpdesk_ticket WHERE received_date <"
        " (SELECT max(received_date) FROM helpdesk_ticket) - interval '30 days'"
        " ORDER BY received_date DESC LIMIT 1"
    )
    case = scene.cases.browse(scene.cr.fetchone()[0])
    districts = scene.env["citizen.district"].search([], limit=2).ids

    def change_and_count():
        other = districts[case.district_id.id == districts[0]]
        case._write({"district_id": other})
        scene.env["citizen.rollup"]._refresh()

    return change_and_count


def _move(scene: Scene):
    case = scene.of(scene.handler).browse(scene.open_case)
    if scene.is_desk:
        stage = scene.env["helpdesk.ticket.stage"].search([("phase", "=", "in_work")])
        # A copied life has other days of the week, so its clocks are not those that
        # its history gives; of any case that the desk has had they are.
        scene.cases.browse(scene.open_case)._sync_clocks()
    else:
        stage = scene.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
    return lambda: case.write({"stage_id": stage[:1].id})


def _create(number: int) -> Callable:
    def prepare(scene: Scene):
        category = scene.env["helpdesk.ticket.category"].search(
            [("name", "=", "Type 3")]
        )
        # Who has written before, as most have; the base asks nobody in either case.
        people = scene.env["res.partner"].search(
            [("name", "=like", "Resident citizen %")], limit=10, order="id desc"
        )
        team = {} if scene.is_desk else {"team_id": scene.team.id}
        values = [
            {
                "name": "Hole",
                "description": "<p>Deep.</p>",
                "partner_id": people[place % len(people)].id,
                "partner_name": people[place % len(people)].name,
                "category_id": category.id,
                **team,
            }
            for place in range(number)
        ]
        # Fresh ones each time: the base notes in them what it has looked up.
        return lambda: scene.cases.create([dict(row) for row in values])

    return prepare


def _archive(scene: Scene):
    """What the job does in a transaction, with the oldest cases."""
    retention = scene.env["citizen.retention.class"].create(
        {"name": "Bench", "law": "-", "is_kept": True, "archive_months": 1}
    )
    scene.env["ir.config_parameter"].set_param(
        "citizen_crm.retention_class_id", retention.id
    )
    due = scene.cases._find_due_for_archive()[:ARCHIVED]
    assert len(due) == ARCHIVED

    def archive():
        assert scene.cases._archive_due(due) == ARCHIVED

    return archive


def _mail(scene: Scene):
    defaults = {}
    alias = scene.env.ref("citizen_crm.mail_alias_mayor", False)
    if alias:
        scene.env["ir.config_parameter"].set_param(
            "citizen_crm.mail_authserv_id", "mx.city.example"
        )
    else:
        # The desk acknowledges each mail, so the base is set up to do so.
        stage = scene.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        stage.mail_template_id = scene.env.ref("helpdesk_mgmt.changed_stage_template")
        defaults["stage_id"] = stage.id  # as an alias would say, else none is sent
    mails = scene.env["mail.mail"]

    def deliver():
        before = mails.search_count([])
        mail = EmailMessage()
        mail["From"] = "Ada Fox <ada@stranger.example>"
        mail["To"] = "mayor@city.example"
        mail["Subject"] = "Hole in Mill Lane"
        mail["Message-Id"] = f"<bench-{next(_serial)}@stranger.example>"
        mail["Date"] = "Wed, 04 Mar 2026 07:00:00 +0000"
        mail["Authentication-Results"] = (
            "mx.city.example; dmarc=pass header.from=stranger.example"
        )
        mail.set_content("Please mend it. " * 20)
        gateway = scene.env["mail.thread"]
        case_id = gateway.message_process(DESK, mail.as_bytes(), {**defaults})
        scene.cr.flush()
        assert case_id, "no case came of the mail"
        assert mails.search_count([]) == before + 1, "it was not acknowledged"

    return deliver


def _team(scene: Scene) -> list:
    return scene.mine


def _all(_scene: Scene) -> list:
    return []


def _find(domain: Callable[[Scene], list]) -> Callable:
    """The first page without what is shown of it, and how many there are."""

    def prepare(scene: Scene):
        Case, wanted = scene.of(scene.manager), domain(scene)

        def find():
            assert Case.search(wanted, limit=PAGE)
            Case.search_count(wanted, limit=COUNTED)

        return find

    return prepare


def _late(_scene: Scene) -> list:
    return [("is_late", "=", True)]


def _search_two(scene: Scene) -> list:
    """What the search bar asks for when somebody types two characters."""
    if scene.is_desk:
        return [("display_name", "ilike", SEARCHED)]
    return ["|", ("number", "ilike", SEARCHED), ("name", "ilike", SEARCHED)]


WORKS = (
    Work("list of my team's open cases", _list("handler", _team), 19, growth=2),
    Work("list of all cases", _list("manager", _all), 19, growth=2),
    Work("finding the late ones", _find(_late), 4, ms=10, has_peer=False),
    Work("open one case", _open, 58, growth=2),
    Work("a resident's cases", _portal, 13, ms=50),
    Work("kanban of my team, by stage", _kanban, 22, ms=200),
    Work("open cases by stage", _count_stages, 3, ms=200),
    Work("four counts of each team", _count_teams, 4, ms=200),
    Work("pivot, team by month", _pivot, 3, ms=1000),
    # Over every clock; the goal is for the daily figures below.
    Work("promises by team and state", _report, 3, has_peer=False),
    Work("pivot, from daily figures", _daily_pivot, 3, ms=1000, has_peer=False),
    Work("promises, from daily figures", _daily_report, 3, ms=1000, has_peer=False),
    Work("counting a changed day again", _count_a_day, 16, has_peer=False),
    Work(f"finding {SEARCHED} in titles", _find(_search_two), 4, ms=50),
    Work("move one case to another stage", _move, 13, ratio=1.3),
    Work("register one case", _create(1), 17, ratio=1.0),
    Work("register 100 cases", _create(100), 20, ratio=0.6),
    Work("a mail becomes a case, acknowledged", _mail, 80, ratio=1.2),
    Work(f"archiving {ARCHIVED} ended cases", _archive, 85, has_peer=False),
)
