"""A letter of the demo city that speaks of three matters, and became three cases."""

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from .loader import DemoCity


class Matter(NamedTuple):
    """One matter: its service type, and how it is told."""

    type: str
    title: str
    text: str
    place: str


LETTER = Matter(
    "ROAD-LGT",
    "Three things in our street",
    "Three things in our street. The lamp at the corner of Mill Lane has been dark for "
    "two weeks. The lime tree in front of number 9 is dead, and branches come down in "
    "the wind. And somebody leaves rubbish behind the bus stop every Friday night.",
    "Mill Lane 9",
)
PARTS = (
    Matter(
        "GRN-TRE",
        "The lime tree in front of number 9 is dead.",
        "The lime tree in front of number 9 is dead, and branches come down in the "
        "wind.",
        "Mill Lane 9",
    ),
    Matter(
        "WST-DMP",
        "Rubbish behind the bus stop",
        "And somebody leaves rubbish behind the bus stop every Friday night.",
        "Bus stop Mill Lane",
    ),
)
#: How long ago the letter came, and how long it took until it was split.
HOURS, SPLIT_AFTER = 45, 3


def load_matters(city: "DemoCity") -> None:
    """Register the letter and the cases that were made of it, with their history."""
    Case = city.env["helpdesk.ticket"]
    clerk = city.env["res.users"].search([("login", "=", "clerk")])
    received = city.utcnow - timedelta(hours=HOURS)
    split = received + timedelta(hours=SPLIT_AFTER)
    [letter] = Case._create_backdated(
        [_prepare(city, LETTER, [("received", received), ("routed", received)])]
    )
    events = [("received", received), ("split_from", split), ("routed", split)]
    parts = Case._create_backdated(
        [
            _prepare(city, part, events, split_from_id=letter.id, by=clerk.id)
            for part in PARTS
        ]
    )
    told = [
        {"kind": "split_into", "after": number, "at": split, "user_id": clerk.id}
        for number in parts.mapped("number")
    ]
    for event in told:
        city.env["citizen.case.event"].create(
            {
                **event,
                "case_id": letter.id,
                "stage_id": letter.stage_id.id,
                "team_id": letter.team_id.id,
                "is_backdated": True,
            }
        )


def _prepare(
    city: "DemoCity", matter: Matter, events: list, by: int = 0, **values: int
) -> tuple[dict, list[dict]]:
    service = city.service(matter.type)
    person = city.env["res.users"].search([("login", "=", "citizen")]).partner_id
    email = city.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
    letter = city.env["helpdesk.ticket"].browse(values.get("split_from_id", ()))
    return {
        "name": matter.title,
        "description": Markup("<p>%s</p>") % matter.text,
        "category_id": service.id,
        "role": "citizen",
        "nature": service.default_nature,
        "partner_id": person.id,
        "channel_id": email.id,
        "place": matter.place,
        "received_date": events[0][1],
        **values,
    }, [
        {
            "kind": kind,
            "at": at,
            "team_id": service.team_id.id,
            "user_id": by if kind == "split_from" else False,
            "after": letter.number if kind == "split_from" else False,
        }
        for kind, at in events
    ]
