"""Cases of people without an account: some wait for their sender, some do not."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from .loader import DemoCity


class Filed(NamedTuple):
    """What somebody filed, how long ago, and what came of it."""

    type: str
    hours: int  #: since the receipt
    state: str  #: waiting, confirmed or ended
    channel: str
    name: str
    email: str
    lang: str
    title: str
    text: str
    place: str


FILED = (
    Filed(
        "ROAD-LGT", 3, "waiting", "web", "Imogen Hale", "imogen.hale@example.net",
        "en_US", "Street light out: Quay Street 14", "The lamp has been dark since "
        "Sunday, and the steps down to the ferry cannot be seen.", "Quay Street 14",
    ),
    Filed(
        "ROAD-POT", 27, "waiting", "web", "Rafael Ortega", "r.ortega@example.net",
        "es_ES", "Pothole: Harbour Road", "Hay un agujero muy hondo delante de la "
        "panadería. Ayer se cayó un ciclista.", "Harbour Road",
    ),
    Filed(
        "ROAD-POT", 70, "waiting", "email", "Ned Brill", "ned.brill@example.net",
        "", "The road by the school", "The edge of the road by the school has broken "
        "away. Please look at it before winter.", "",
    ),
    Filed(
        "ROAD-LGT", 50, "confirmed", "web", "林雅婷", "yating.lin@example.net",
        "zh_TW", "Street light out: Mill Lane 8", "巷口的路燈已經三天不亮了，"
        "晚上走路很危險。", "Mill Lane 8",
    ),
    Filed(
        "ROAD-POT", 260, "ended", "web", "Asdf", "nobody@example.net",
        "en_US", "Pothole", "There is a hole somewhere.", "",
    ),
)  # fmt: skip


def load_without_account(city: "DemoCity") -> None:
    """Let the city take cases without an account, and register some."""
    city.company.write({"file_without_account": True, "confirm_mails": True})
    cases = city.env["helpdesk.ticket"]._create_backdated(
        [_prepare(city, filed) for filed in FILED]
    )
    # They have been asked: the job that asks whoever was not sends no mail to them.
    for case in cases:
        until = case.confirm_until or case.received_date
        city.env["citizen.case.token"]._issue_link(case, "confirm", until)


def _prepare(city: "DemoCity", filed: Filed) -> tuple[dict, list[dict]]:
    service = city.service(filed.type)
    received = city.utcnow - timedelta(hours=filed.hours)
    last = received.date() + timedelta(days=city.company.confirm_days)
    until = datetime.combine(last, time(23, 59, 59))
    is_confirmed = filed.state == "confirmed"
    values = {
        "name": filed.title,
        "description": Markup("<p>%s</p>") % filed.text,
        "category_id": service.id,
        "role": "citizen",
        "nature": service.default_nature,
        "partner_name": filed.name,
        "partner_email": filed.email,
        "contact_lang": filed.lang,
        "sender_unverified": filed.channel == "email",
        "channel_id": city.env.ref(
            f"helpdesk_mgmt.helpdesk_ticket_channel_{filed.channel}"
        ).id,
        "place": filed.place,
        "received_date": received,
        "team_id": is_confirmed and service.team_id.id,
        "confirm_until": not is_confirmed and until,
    }
    events = [("received", received), ("unconfirmed", received)]
    if is_confirmed:
        confirmed = received + timedelta(minutes=12)
        events += [("confirmed", confirmed), ("routed", confirmed)]
    elif filed.state == "ended":
        ended = until + timedelta(minutes=30)
        events += [("not_confirmed", ended), ("withdrawn", ended)]
        stage = city.env.ref("citizen_crm.stage_withdrawn")
        values |= {"stage_id": stage.id, "closed_date": ended}
    return values, [
        {"kind": kind, "at": at, "team_id": values["team_id"]} for kind, at in events
    ]
