"""Load transfers: those that have happened, and some that wait for an answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .plans import Plan
from .staff import leads_by_team

if TYPE_CHECKING:
    from .loader import DemoCity

#: How long before it moved a transfer was proposed, at most.
ANSWERED_IN = timedelta(hours=7)
GROUNDS = ("not_competent", "wrong_type", "not_competent", "larger_matter")
#: Proposed at this moment: service type, other team, ground, what is said.
PROPOSED = (
    (
        "WST-DMP",
        "roads",
        "not_competent",
        "It lies on the verge, which the road keeps.",
    ),
    ("GRN-TRE", "roads", "wrong_type", "The tree stands at the road, not in a park."),
    ("ROAD-POT", "water", "not_competent", "The surface gives way over a water pipe."),
)
#: Not wanted: service type, other team, ground, what was said on both sides, whether
#: it has gone back and forth often enough for the arbiter.
DISPUTED = (
    (
        "ROAD-POT",
        "water",
        "not_competent",
        "The road gives way over a pipe.",
        "We have looked: the pipe is dry and sound.",
        False,
    ),
    (
        "WST-DMP",
        "parks",
        "larger_matter",
        "The place belongs to the park that is being cleared anyway.",
        "The park ends at the fence; this lies in front of it.",
        True,
    ),
)
#: Parts that other teams are asked for: service type, other team, question, what it
#: answered, and why it gave the question back.
CONTRIBUTIONS = (
    (
        "WTR-BUR",
        "roads",
        "When was the road over the pipe mended last, and by whom?",
        "",
        "",
    ),
    (
        "ROAD-PAV",
        "parks",
        "May the roots of the tree beside be cut when we mend the pavement?",
        "Up to a hand's breadth, between November and February, with one of us beside.",
        "",
    ),
    (
        "ROAD-POT",
        "waste",
        "Who cleans the drain beside this place? The water comes from there.",
        "",
        "Drains are cleaned by Water and Drainage.",
    ),
)


def load_transfers(city: "DemoCity", plans: list[Plan]) -> None:
    """Put the transfers into the city, after its cases and ledgers."""
    _load_past(city, plans)
    cases = OpenCases(city, plans)
    for row in DISPUTED:
        _load_dispute(city, cases, *row)
    for service, to_team, ground, note in PROPOSED:
        case = cases.take(service)
        if not case:
            continue
        user = case.user_id or case.team_id.user_id
        city.env["citizen.case.transfer"].with_user(user)._propose(
            case.with_user(user),
            city.records.ref(f"team_{to_team}").with_user(user),
            {"ground_id": _ground(city, ground), "note": note},
        )
    for row in CONTRIBUTIONS:
        _load_contribution(city, cases, *row)


class OpenCases:
    """The cases that somebody works on, each of them given out once."""

    def __init__(self, city: "DemoCity", plans: list[Plan]) -> None:
        self.city = city
        self.plans = [
            plan
            for plan in plans
            if plan.handler_id
            and plan.type
            and plan.life.phase in ("assigned", "in_work")
            and not plan.life.last("transferred")
            and not plan.lead
        ]

    def take(self, service: str):
        """Return the newest case of a service type, or none if all are given out."""
        found = [plan for plan in self.plans if plan.type == service][-1:]
        for plan in found:
            self.plans.remove(plan)
        return self.city.env["helpdesk.ticket"].browse(plan.id for plan in found)


def _ground(city: "DemoCity", name: str) -> int:
    return city.env.ref(f"citizen_crm.transfer_ground_{name}").id


def _load_past(city: "DemoCity", plans: list[Plan]) -> None:
    """Store how the cases came from the service desk to their teams."""
    csc = city.records.ref("team_csc")
    moved = [
        plan
        for plan in plans
        if plan.life.last("transferred") and city.service(plan.type).team_id != csc
    ]
    city.env["citizen.case.transfer"].create(list(_past_rows(city, moved)))


def _past_rows(city: "DemoCity", plans: list[Plan]) -> Iterator[dict]:
    csc, leads = city.records.ref("team_csc"), leads_by_team(city)
    for number, plan in enumerate(plans):
        routed, moved = plan.life.first("routed"), plan.life.last("transferred")
        proposed = city.clock.to_utc(max(routed, moved - ANSWERED_IN))
        team = city.service(plan.type).team_id
        propose_by = csc._get_end_of_day(1, city.clock.to_utc(routed))
        yield {
            "case_id": plan.id,
            "from_team_id": csc.id,
            "to_team_id": team.id,
            "ground_id": _ground(city, GROUNDS[number % len(GROUNDS)]),
            "state": "accepted",
            "proposed_by_id": leads["csc"],
            "proposed_at": proposed,
            "propose_by": propose_by,
            "is_late": proposed > propose_by,
            "answer_by": team._get_end_of_day(1, proposed),
            "answered_by_id": leads[city.team_code(team)],
            "answered_at": city.clock.to_utc(moved),
            "first_team_id": csc.id,
            "first_category_id": city.service(plan.type).id,
            "is_routed_by_staff": True,
        }


def _load_dispute(
    city: "DemoCity",
    cases: OpenCases,
    service: str,
    to_team: str,
    ground: str,
    note: str,
    reason: str,
    goes_up: bool,
) -> None:
    """Store a proposal that the other team did not want, or three of them."""
    case, leads = cases.take(service), leads_by_team(city)
    if not case:
        return
    count = 3 if goes_up else 1
    for number in range(count):
        is_last = number == count - 1
        proposed = city.utcnow - timedelta(days=2 * (count - number))
        answered = proposed + timedelta(hours=20)
        row = {
            "case_id": case.id,
            "from_team_id": case.team_id.id,
            "to_team_id": city.records.ref(f"team_{to_team}").id,
            "ground_id": _ground(city, ground),
            "note": note,
            "state": "arbitration" if goes_up and is_last else "disputed",
            "proposed_by_id": case.user_id.id,
            "proposed_at": proposed,
            "propose_by": proposed + timedelta(days=1),
            "answer_by": proposed + timedelta(days=1),
            "is_disputed": True,
            "reason": reason,
            "answered_by_id": leads[to_team],
            "answered_at": answered,
            "first_team_id": case.team_id.id,
            "first_category_id": case.category_id.id,
        }
        transfer = city.env["citizen.case.transfer"].create(row)
        _tell(city, transfer, "transfer_proposed", proposed, case.user_id.id, note)
        _tell(city, transfer, "transfer_disputed", answered, leads[to_team], reason)
    case._note_guests()
    if goes_up:
        transfer._call_arbiter()


def _load_contribution(
    city: "DemoCity",
    cases: OpenCases,
    service: str,
    other: str,
    question: str,
    text: str,
    reason: str,
) -> None:
    """Ask another team for its part; let it answer, or give the question back."""
    case = cases.take(service)
    if not case:
        return
    team = city.records.ref(f"team_{other}")
    Part = city.env["citizen.case.contribution"].with_user(case.user_id)
    part = Part._ask(case.with_user(case.user_id), team, question)
    lead = city.env["res.users"].browse(leads_by_team(city)[other])
    if text:
        part.with_user(lead)._answer(text)
    elif reason:
        part.with_user(lead)._return(reason)


def _tell(
    city: "DemoCity", transfer, kind: str, at: datetime, user_id: int, note: str
) -> None:
    case = transfer.case_id
    city.env["citizen.case.event"].create(
        {
            "is_backdated": True,
            "case_id": case.id,
            "kind": kind,
            "at": max(at, case.received_date),
            "user_id": user_id,
            "team_id": case.team_id.id,
            "assignee_id": case.user_id.id,
            "stage_id": case.stage_id.id,
            "before": transfer.from_team_id.name,
            "after": transfer.to_team_id.name,
            "note": note,
        }
    )
