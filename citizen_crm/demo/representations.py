"""Who acts for whom in the demo city: in force, to be verified, to come, over."""

from datetime import timedelta
from typing import TYPE_CHECKING

from .plans import Plan

if TYPE_CHECKING:
    from .loader import DemoCity

#: Login of who acts (none: a resident without an account), kind, basis, document, days
#: since the beginning, until the end, whether it is verified, why it was withdrawn.
ROWS = (
    (
        "citizen",
        "guardian",
        "court",
        "Order of the District Court of Larkhaven, 7 G 112/25, original seen",
        200,
        0,
        True,
        "",
    ),
    (
        "citizen.es",
        "proxy",
        "consent",
        "Letter of authority, signed at the counter",
        30,
        150,
        True,
        "",
    ),
    ("", "proxy", "consent", "Letter of authority by mail", 2, 360, False, ""),
    ("", "parent", "law", "Birth certificate", -5, 900, True, ""),
    ("", "guardian", "court", "Order 7 G 34/24, copy seen", 700, -40, True, ""),
    (
        "",
        "proxy",
        "consent",
        "Letter of authority, signed at the counter",
        90,
        100,
        True,
        "The person called: they write to the city themselves again.",
    ),
)


def load_representations(city: "DemoCity", plans: list[Plan]) -> None:
    """Load one representation of each kind and state, and one of an organisation."""
    people = iter(_get_residents(city, plans))
    rows = []
    for login, *row in ROWS:
        actor = _get_user(city, login).partner_id if login else next(people)
        rows.append(_prepare(city, next(people), actor, *row))
    rows.append(_prepare_organisation(city))
    city.env["citizen.representation"].create(rows)


def _prepare(
    city: "DemoCity",
    person,
    actor,
    kind: str,
    basis: str,
    document: str,
    since: int,
    until: int,
    verified: bool,
    withdrawn: str,
) -> dict:
    clerk, lead = _get_user(city, "clerk"), _get_user(city, "lead")
    begin = city.today - timedelta(days=since)
    values = {
        "partner_id": person.id,
        "representative_id": actor.id,
        "kind": kind,
        "basis": basis,
        "document": document,
        "date_from": begin,
        "date_to": until and city.today + timedelta(days=until),
        "may_withdraw": kind != "proxy",
        "recorded_by_id": clerk.id,
    }
    if verified:
        seen = min(city.utcnow, city.utcnow - timedelta(days=since - 1))
        values |= {"verified_by_id": lead.id, "verified_at": seen}
    if withdrawn:
        values |= {
            "withdrawn_by_id": clerk.id,
            "withdrawn_at": city.utcnow - timedelta(days=3),
            "withdrawal_reason": withdrawn,
        }
    return values


def _prepare_organisation(city: "DemoCity") -> dict:
    """Return a tax adviser who acts for an organisation that is not her own."""
    own = _get_user(city, "company").commercial_partner_id
    organisation = city.env["citizen.customer"].search(
        [("is_company", "=", True), ("partner_id", "!=", own.id)], order="id", limit=1
    )
    return _prepare(
        city,
        organisation.partner_id,
        _get_user(city, "citizen.zh").partner_id,
        "organisation",
        "register",
        "Extract of the register of companies, seen",
        60,
        300,
        True,
        "",
    )


def _get_user(city: "DemoCity", login: str):
    return city.env["res.users"].search([("login", "=", login)], limit=1)


def _get_residents(city: "DemoCity", plans: list[Plan]):
    """Return private persons who have filed cases and have no account."""
    cases = city.env["helpdesk.ticket"].browse(plan.id for plan in plans)
    own = cases.filtered(lambda case: case.role == "citizen" and not case.confidential)
    return own.partner_id.filtered(
        lambda person: (
            not person.user_ids
            and not person.is_company
            and person.commercial_partner_id == person
        )
    ).sorted("id")
