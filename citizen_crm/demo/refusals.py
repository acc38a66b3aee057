"""Petitions of the demo city that are not handled, and one that may not be."""

from datetime import timedelta
from typing import TYPE_CHECKING

from .plans import Plan

if TYPE_CHECKING:
    from .loader import DemoCity

#: Why petitions were not handled, as their persons read it.
REASONS = (
    "We asked you twice which house it is about, and have heard nothing.",
    "You do not say what we should look at. Tell us the street and the day, please.",
)
COPY = (
    "You have written to the road authority of the county, too. It maintains this "
    "road, not we, and it has confirmed to us that it has your letter."
)
ARRANGED = {
    "terms": "Please write to us, by letter or on this page. We answer once a week and "
    "do not take calls about this matter.",
    "reason": "In one week you called 43 times and shouted at three of our staff.",
}
ANSWERED = {
    "en_US": "We explained it to you in that case. Your new letter names no new facts.",
    "es_ES": "Se lo explicamos en ese caso. Su escrito no contiene hechos nuevos.",
    "zh_TW": "我們已在該案件中向您說明，新的來信未提出新的事實。",
}


def load_refusals(city: "DemoCity", plans: list[Plan]) -> None:
    """Load the decisions behind cases that were not handled, and a pending one."""
    Case = city.env["helpdesk.ticket"]
    cases = Case.browse([plan.id for plan in plans])
    petitions = cases.filtered(lambda case: case.role == "citizen")
    refused = petitions.filtered(lambda case: case.phase == "not_handled")
    city.env["citizen.case.refusal"].create(
        [_decided(case, number) for number, case in enumerate(refused)]
    )
    in_work = petitions.filtered(lambda case: case.phase == "in_work")
    _propose(in_work.filtered(lambda case: case.user_id.login == "handler")[-1:], COPY)
    held = petitions.filtered(lambda case: case.is_open and case.user_id)
    for case in held.filtered("citizen_id").sorted("received_date"):
        earlier = (petitions - case).filtered(
            lambda other, case=case: (
                other.answered_date
                and other.citizen_id == case.citizen_id
                and other.category_id == case.category_id
            )
        )
        if earlier and _propose(case, ANSWERED[case.partner_id.lang], earlier[0]):
            break


def _propose(case, reason: str, answered=None) -> bool:
    """Let the handler propose it, if there is somebody to decide."""
    own = case.with_user(case.user_id)
    Refusal = own.env["citizen.case.refusal"]
    if not own or not case._get_deciders(Refusal._get_level(case), case.user_id):
        return False
    ground = "answered" if answered else "copies"
    Refusal._propose(own, ground, reason, answered and answered.with_env(own.env))
    return True


def load_arrangement(city: "DemoCity", plans: list[Plan]) -> None:
    """Load one contact arrangement, in force since last month."""
    cases = city.env["helpdesk.ticket"].browse([plan.id for plan in plans])
    for case in cases.filtered(lambda case: case.role == "citizen" and case.user_id):
        head = case._get_deciders("head", case.user_id)[:1]
        if case.phase == "closed" and case.citizen_id and head:
            since = city.today - timedelta(days=30)
            city.env["citizen.contact.arrangement"].create(
                {
                    **ARRANGED,
                    "case_id": case.id,
                    "state": "approved",
                    "date_from": since,
                    "date_to": since + timedelta(days=180),
                    "review_date": since + timedelta(days=90),
                    "asked_by_id": case.user_id.id,
                    "asked_at": city.utcnow - timedelta(days=31),
                    "decided_by_id": head.id,
                    "decided_at": city.utcnow - timedelta(days=30),
                }
            )
            return


def _decided(case, number: int) -> dict:
    """Return a decision as it was taken when the case ended."""
    level = case.env["citizen.case.refusal"]._get_level(case)
    asker = case.user_id or case.team_id.user_id
    decider = (
        case._get_deciders(level, asker)[:1] or case.department_id.manager_id.user_id
    )
    return {
        "case_id": case.id,
        "state": "decided",
        "ground": "no_content",
        "reason": REASONS[number % len(REASONS)],
        "level": level,
        "asked_by_id": asker.id or case.env.uid,
        "asked_at": case.closed_date - timedelta(hours=5),
        "decided_by_id": decider.id,
        "decided_at": case.closed_date,
    }
