"""Load what citizens and handlers wrote to each other, and what is planned."""

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

from .content import conversations
from .plans import Plan

if TYPE_CHECKING:
    from .loader import DemoCity

#: How many cases out of one text get the conversation that belongs to it.
CASES_PER_TALK = 2
ACTIVITIES = [
    ("mail.mail_activity_data_todo", "Inspect the place"),
    ("mail.mail_activity_data_call", "Call the citizen back"),
    ("mail.mail_activity_data_todo", "Check the photos of the crew"),
    ("mail.mail_activity_data_meeting", "Meet on site"),
    ("mail.mail_activity_data_todo", "Remind the contractor"),
    ("mail.mail_activity_data_email", "Write the answer"),
]


def load_messages(city: "DemoCity", plans: list[Plan]) -> None:
    """Put conversations and replies into the chatter, with their real dates."""
    talks, used, rows = conversations(), Counter(), []
    for plan in plans:
        lines = talks.get(plan.talk, [])
        if lines and _can_talk(plan, lines) and used[plan.talk] < CASES_PER_TALK:
            used[plan.talk] += 1
            rows += _talk(city, plan, lines)
        answered = plan.life.last("answered")
        if plan.reply and answered and plan.handler_partner_id:
            rows.append(_message(city, plan, "h", plan.reply, answered))
    city.env["mail.message"].create(rows)


def load_activities(city: "DemoCity", plans: list[Plan]) -> None:
    """Plan the next step of some cases for their handlers."""
    busy = [
        p for p in plans if p.handler_id and p.life.phase in ("assigned", "in_work")
    ]
    chosen = city.rng.sample(busy, min(len(busy), 28))
    model = city.env["ir.model"]._get("helpdesk.ticket")
    rows = []
    for plan in chosen:
        kind, summary = city.rng.choice(ACTIVITIES)
        day = city.today + timedelta(days=city.rng.randint(-2, 6))
        rows.append(
            {
                "res_model_id": model.id,
                "res_id": plan.id,
                "user_id": plan.handler_id,
                "activity_type_id": city.env.ref(kind).id,
                "summary": summary,
                "date_deadline": day,
            }
        )
    city.env["mail.activity"].with_context(mail_activity_quick_update=True).create(rows)


def _can_talk(plan: Plan, lines: list[tuple[str, str]]) -> bool:
    """Say whether there is a handler at work and, if needed, a known citizen."""
    citizen = plan.person or all(who == "h" for who, _text in lines)
    return bool(citizen and plan.life.last("in_work"))


def _talk(city: "DemoCity", plan: Plan, lines: list[tuple[str, str]]) -> list[dict]:
    """Spread the lines over the time between taking in work and the answer."""
    life = plan.life
    start = life.last("waiting") if life.phase == "waiting" else life.last("in_work")
    end = life.last("answered") or city.clock.now
    if end <= start:
        end = city.clock.now
    minutes = city.clock.between(start, end)
    lag = timedelta(minutes=city.rng.randint(5, 50))
    messages = []
    for number, (who, text) in enumerate(lines):
        at = city.clock.add(start + lag, minutes * number / (len(lines) + 1))
        messages.append(_message(city, plan, who, text, min(at, end)))
    return messages


def _message(city: "DemoCity", plan: Plan, who: str, text: str, at: datetime) -> dict:
    partner_id = plan.person.partner_id if who == "c" else plan.handler_partner_id
    author = city.env["res.partner"].browse(partner_id)
    return {
        "model": "helpdesk.ticket",
        "res_id": plan.id,
        "author_id": author.id,
        "email_from": author.email_formatted,
        "body": Markup("<p>%s</p>") % text,
        "date": city.clock.to_utc(at),
        "message_type": "comment",
        "subtype_id": city.env.ref("mail.mt_comment").id,
    }
