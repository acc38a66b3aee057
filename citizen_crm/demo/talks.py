"""Load what citizens and handlers wrote to each other, and what is planned."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

from .content import conversations
from .plans import Line, Plan

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


#: What a handler writes on taking a case in work, by the language of the person.
FIRST_WORDS = {
    "en_US": (
        "Good day, I have your case in hand now. I look at it and write to you again.",
        "Thank you for writing. I have passed the place on to our inspector.",
        "Your case has reached me. If you have more to add, simply answer here.",
    ),
    "es_ES": (
        "Buenos días, me ocupo de su caso desde hoy y le escribo en cuanto sepa más.",
        "Gracias por su aviso. He pedido a nuestra inspectora que lo revise.",
    ),
    "zh_TW": (
        "您好，您的案件已由本人承辦，查明後將再回復您。",
        "感謝您的來信，已請同仁前往現場查看。",
    ),
}
#: How often they do.
FIRST_WORDS_SHARE = 0.8


def plan_talks(city: "DemoCity", plans: list[Plan]) -> None:
    """Decide who writes what when, apart from the answers."""
    talks, used = conversations(), Counter()
    for plan in plans:
        lines = talks.get(plan.talk, [])
        if lines and _can_talk(plan, lines) and used[plan.talk] < CASES_PER_TALK:
            used[plan.talk] += 1
            plan.lines = _talk(city, plan, lines)
        elif _can_talk(plan, [("c", "")]) and city.rng.random() < FIRST_WORDS_SHARE:
            text = city.rng.choice(FIRST_WORDS[plan.lang])
            plan.lines = [Line("h", text, plan.life.first("in_work"))]


def load_messages(city: "DemoCity", plans: list[Plan]) -> None:
    """Put conversations and answers into the chatter, with their real dates."""
    rows = []
    for plan in plans:
        lines = list(plan.lines)
        answered = plan.life.last("answered")
        if plan.reply and answered and plan.handler_partner_id:
            lines.append(Line("h", plan.reply, answered))
        rows += [_message(city, plan, line) for line in lines]
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


def _talk(city: "DemoCity", plan: Plan, lines: list[tuple[str, str]]) -> list[Line]:
    """Spread the lines over the time between taking in work and the answer."""
    life = plan.life
    start = life.last("waiting") if life.phase == "waiting" else life.last("in_work")
    end = life.last("answered") or city.clock.now
    if end <= start:
        end = city.clock.now
    minutes = city.clock.between(start, end)
    lag = timedelta(minutes=city.rng.randint(5, 50))
    told = []
    for number, (who, text) in enumerate(lines):
        at = city.clock.add(start + lag, minutes * number / (len(lines) + 1))
        told.append(Line(who, text, min(at, end)))
    return told


def _message(city: "DemoCity", plan: Plan, line: Line) -> dict:
    partner_id = plan.person.partner_id if line.who == "c" else plan.handler_partner_id
    author = city.env["res.partner"].browse(partner_id)
    return {
        "model": "helpdesk.ticket",
        "res_id": plan.id,
        "author_id": author.id,
        "email_from": author.email_formatted,
        "body": Markup("<p>%s</p>") % line.text,
        "date": city.clock.to_utc(line.at),
        "message_type": "comment",
        "subtype_id": city.env.ref("mail.mt_comment").id,
    }
