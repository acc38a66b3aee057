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
PROPOSED = (
    "The letter says that everything gets worse, but not what, where or since when. "
    "A call under the number given was not answered."
)


def load_refusals(city: "DemoCity", plans: list[Plan]) -> None:
    """Load the decisions behind cases that were not handled, and a pending one."""
    Case = city.env["helpdesk.ticket"]
    cases = Case.browse([plan.id for plan in plans])
    petitions = cases.filtered(lambda case: case.role == "citizen")
    refused = petitions.filtered(lambda case: case.phase == "not_handled")
    city.env["citizen.case.refusal"].create(
        [_decided(case, number) for number, case in enumerate(refused)]
    )
    for case in petitions.filtered(lambda case: case.phase == "in_work"):
        handler = case.user_id
        if handler.login == "handler" and case._get_deciders("lead", handler):
            own = case.with_user(handler)
            own.env["citizen.case.refusal"]._propose(own, "no_content", PROPOSED)
            break


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
