"""What the front line of the demo city may give by itself, and what it has given."""

from datetime import timedelta
from typing import TYPE_CHECKING

from .plans import Plan

if TYPE_CHECKING:
    from .loader import DemoCity

#: Remedy: service types, and the rest of its values.
AUTHORITIES = {
    "Pay a small damage": (
        ("ROAD-POT", "ROAD-PAV"),
        {
            "kind": "refund",
            "amount_limit": 60,
            "lead_limit": 300,
            "case_limit": 2,
            "explanation": "A tyre, a shoe, a walking frame: damaged by a defect that "
            "was known to us. Look at a bill or a photo. Not for injuries.",
            "sentence": "We pay you {amount} for the damage.",
        },
    ),
    "Give a permit fee back": (
        ("ROAD-PRM", "ROAD-RES"),
        {
            "kind": "refund",
            "amount_limit": 50,
            "lead_limit": 250,
            "explanation": "The permit came too late to be of use, by our fault.",
            "sentence": "We have paid the fee of {amount} back to you.",
        },
    ),
    "Replace a bin": (
        ("WST-BIN", "WST-MIS"),
        {
            "kind": "replacement",
            "person_limit": 2,
            "explanation": "Broken or lost when it was emptied. No photo needed.",
            "sentence": "You get a new bin, free of charge.",
        },
    ),
    "Collect once more": (
        ("WST-MIS", "WST-BLK"),
        {
            "kind": "visit",
            "case_limit": 1,
            "explanation": "We passed by and did not take it. Agree on a day.",
            "sentence": "We come once more and collect what was left, free of charge.",
        },
    ),
    "Waive a late fee": (
        ("WTR-BIL", "CIV-TAX", "ROAD-FIN"),
        {
            "kind": "waiver",
            "amount_limit": 30,
            "lead_limit": 120,
            "person_limit": 1,
            "explanation": "The first time, or if our letter came too late.",
            "sentence": "You need not pay the late fee of {amount}.",
        },
    ),
}
#: Not in force yet.
DRAFT = {
    "name": "Look at it together on site",
    "kind": "visit",
    "case_limit": 1,
    "explanation": "The person and we do not agree on what is there.",
    "sentence": "One of us meets you on site. We ring you for a day.",
}
#: What was given: remedy, amount, why.
USES = (
    ("Pay a small damage", 42, "Tyre cut by the edge of the hole; bill seen."),
    ("Pay a small damage", 18.5, "Inner tube, photo seen."),
    ("Pay a small damage", 180, "Wheel and tyre, bill of the garage seen."),
    ("Give a permit fee back", 35, "Permit came a day after the move."),
    ("Give a permit fee back", 35, "Issued for the wrong street."),
    ("Replace a bin", 0, "Lid torn off by the lorry."),
    ("Replace a bin", 0, "Fell into the lorry."),
    ("Replace a bin", 0, "Cracked, seen by the crew."),
    ("Collect once more", 0, "Street was passed by because of road works."),
    ("Collect once more", 0, "The crew forgot the yard."),
    ("Waive a late fee", 15, "Bill went to the old address."),
    ("Waive a late fee", 15, "First time."),
    ("Waive a late fee", 48, "Three reminders in one week by our fault."),
)
#: What waits to be decided: remedy, amount, why.
PROPOSED = (
    ("Pay a small damage", 140, "Rim and tyre. The hole was reported three times."),
    ("Waive a late fee", 60, "In hospital when the bills came; letter seen."),
)
WHY_NOT = "The insurance of the building firm pays it; I have written to them."


def load_authorities(city: "DemoCity", plans: list[Plan]) -> None:
    """Load authorities in each state, uses of them, and what is to be decided."""
    given = {name: _grant(city, name, *row) for name, row in AUTHORITIES.items()}
    given["Waive a late fee"] = _raise_limit(given["Waive a late fee"])
    city.env["citizen.authority"].create({**DRAFT, "team_ids": _roads(city)})
    done, at_work = _sort(city, plans)
    for name, amount, why in USES:
        case = _take(done, given[name])
        if case:
            _load_use(city, case, given[name], amount, why)
    _load_proposals(given, at_work)


def _grant(city: "DemoCity", name: str, services, values):
    authority = city.env["citizen.authority"].create(
        {
            "name": name,
            "category_ids": [(6, 0, [city.service(code).id for code in services])],
            **values,
        }
    )
    authority.action_activate()
    return authority


def _raise_limit(authority):
    """Put a second version into force; the first one is retired."""
    draft = authority.browse(authority.action_new_version()["res_id"])
    draft.write({"amount_limit": 40, "lead_limit": 150})
    draft.action_activate()
    return draft


def _roads(city: "DemoCity") -> list:
    return [(6, 0, city.records.ref("team_roads").ids)]


def _sort(city: "DemoCity", plans: list[Plan]):
    """Return the cases that were answered, and those that somebody works on."""
    Case = city.env["helpdesk.ticket"]
    cases = Case.browse(plan.id for plan in plans if plan.handler_id and not plan.lead)
    known = cases.filtered(lambda case: case.partner_id and case.user_id)
    done = known.filtered(lambda case: case.answered_date and not case.confidential)
    at_work = known.filtered(lambda case: case.phase in ("assigned", "in_work"))
    own = at_work.filtered(lambda case: case.user_id.login == "handler")
    return list(done.sorted("answered_date", reverse=True)), list(own | at_work)


def _take(cases: list, authority):
    """Return the next case that the authority is given for, each of them once."""
    for case in cases:
        if case.category_id in authority.category_ids:
            cases.remove(case)
            return case
    return None


def _load_use(city: "DemoCity", case, authority, amount, why) -> None:
    """Store what was given an hour before the answer, as it is noted today."""
    at = max(case.answered_date - timedelta(hours=1), case.received_date)
    verdict = case._judge_settlement(authority, amount)
    decider = case._get_deciders(verdict.level or "lead", case.user_id)[:1]
    if verdict.level and not decider:
        return
    words = authority.name
    if amount:
        words += f": {authority.currency_id.format(amount)}"
    event = {
        "case_id": case.id,
        "kind": "settled",
        "at": at,
        "user_id": (decider if verdict.level else case.user_id).id,
        "team_id": case.team_id.id,
        "after": words,
        "note": why,
        "is_backdated": True,
    }
    city.env["citizen.authority.use"].create(
        {
            "case_id": case.id,
            "authority_id": authority.id,
            "kind": authority.kind,
            "amount": amount,
            "currency_id": authority.currency_id.id,
            "at": at,
            "user_id": case.user_id.id,
            "reason": why,
            "level": verdict.level or "front",
            "decided_by_id": decider.id if verdict.level else False,
            "team_id": case.team_id.id,
            "category_id": case.category_id.id,
            "department_id": case.department_id.id,
            "event_id": city.env["citizen.case.event"].create(event).id,
        }
    )


def _load_proposals(given: dict, at_work: list) -> None:
    """Let handlers propose what is beyond their limit; the last of it is not given."""
    wishes = [_propose(given, at_work, *row) for row in (*PROPOSED, PROPOSED[0])]
    if wishes[-1]:
        wishes[-1].with_user(wishes[-1]._get_deciders()[:1])._decline(WHY_NOT)


def _propose(given: dict, at_work: list, name: str, amount: int, why: str):
    """Return the proposal; none if no case is there, or nobody to decide."""
    case = _take(at_work, given[name])
    if not case or not case._get_deciders("lead", case.user_id):
        return None
    own = case.with_user(case.user_id)
    authority = given[name].with_user(case.user_id)
    return own.env["citizen.authority.proposal"]._propose(own, authority, amount, why)
