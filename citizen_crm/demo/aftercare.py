"""What people of the demo city said after their case was closed."""

from datetime import timedelta
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING

from ..models.assignment.helpdesk_ticket_ledger import Handing
from .plans import Plan

if TYPE_CHECKING:
    from .loader import DemoCity

SEED = 20260701
LINK_DAYS = 30
#: What was said to the first question, by the outcome it led to.
SAID = {"confirmed": "yes", "partly": "partly", "not_solved": "no", "disputed": "yes"}
#: How often people who say so feel understood, fairly treated and served in time.
CONTENT = {"yes": (0.9, 0.95, 0.85), "partly": (0.6, 0.8, 0.6), "no": (0.3, 0.5, 0.4)}
REMARKS = {
    "yes": (
        "Quick and friendly, thank you.",
        "The crew came a day earlier than promised.",
        "I was told at each step what happens next.",
        "Good that I could send a photo.",
    ),
    "partly": (
        "One half is done, the other half was forgotten.",
        "It took two reminders.",
    ),
    "no": (
        "Nobody came, and the case was closed all the same.",
        "The letter was about another street.",
    ),
}
REMARK_SHARE = 0.35
REMEDIES = (
    "You can appeal to the Administrative Court of Larkhaven within one month of our "
    "answer, in writing or at its counter.\n"
    "An appeal costs nothing until the court decides."
)
#: Ground, the person's words, and how far it has come.
REVIEWS = (
    ("promise", "The answer says it was done last week. Nothing was done.", "asked"),
    ("wrong_fact", "You looked at the wrong side of the street.", "in_review"),
    ("not_answered", "I had two questions; only one was answered.", "upheld"),
    ("manner", "I was spoken to as if I had done it myself.", "rejected"),
)
#: Types whose work can be seen, and how much of it is looked at in the demo city.
ON_SITE = (
    "ROAD-POT",
    "ROAD-PAV",
    "ROAD-LGT",
    "ROAD-SIG",
    "WST-MIS",
    "WST-DMP",
    "WST-CLN",
    "WTR-BUR",
    "WTR-DRN",
    "GRN-TRE",
    "GRN-PLY",
    "ORD-GRF",
)
DEMO_RATE, WEEKS = 30, 5
FOUND = (
    ("done", "Repaired, clean edges."),
    ("done", "As it was said in the answer."),
    ("done", False),
    ("partly", "The carriageway is done, the kerb is not."),
    ("done", "Seen on the way to another place."),
    ("not_done", "Nothing has been done here."),
    ("cannot_tell", "Behind a fence of a building site."),
)
FINDING = "Read the file and spoke with the colleague who was there."
ANSWER = "We have looked at your case again and answer every point in it below."


def load_aftercare(city: "DemoCity", plans: list[Plan]) -> None:
    """Load what people were asked and have answered, in one batch."""
    rng = Random(SEED)
    asked = [
        plan
        for plan in plans
        if plan.person and plan.type and plan.life.phase == "closed"
    ]
    city.env["citizen.case.feedback"].create(
        [prepare_feedback(city, rng, plan) for plan in asked]
    )
    city.env.ref("base.main_company").remedies_notice = REMEDIES
    _load_field_checks(city)
    _load_reviews(city, asked)


def _load_field_checks(city: "DemoCity") -> None:
    """Draw in each of the last weeks; all but the last draw has been looked at."""
    types = city.env["helpdesk.ticket.category"].search([("code", "in", ON_SITE)])
    # A city of this size would hardly see any at the usual rate.
    types.write({"is_on_site": True, "field_check_rate": DEMO_RATE})
    Sample, found = city.env["citizen.field.sample"], cycle(FOUND)
    for week in range(WEEKS, -1, -1):
        now = city.utcnow - timedelta(weeks=week)
        sample = Sample._draw_next(f"Larkhaven {WEEKS - week}", now)
        if not week:
            return
        checks = city.env["citizen.field.check"].search([("sample_id", "=", sample.id)])
        for check in checks.filtered("checker_id"):
            finding, note = next(found)
            mine = check.with_user(check.checker_id)
            mine.write({"finding": finding, "note": note})
            mine.action_record()
            check.checked_at = now + timedelta(days=2)


def _load_reviews(city: "DemoCity", asked: list[Plan]) -> None:
    """Let people ask for reviews of late closings, each in another team."""
    cases = city.env["helpdesk.ticket"].browse(plan.id for plan in reversed(asked))
    # Nothing is mailed out of the demo city.
    cases = cases.with_context(mail_notify_force_send=False)
    teams = city.env["helpdesk.ticket.team"]
    stories = iter(REVIEWS)
    for case in cases:
        if case.team_id in teams or not case._can_ask_review() or not case.user_id:
            continue
        story = next(stories, None)
        if not story:
            break
        teams |= case.team_id
        _review(case, *story)
    for team in teams:
        city.env["citizen.assignment.balance"]._book(team)
    about = [("model", "=", cases._name), ("res_id", "in", cases.ids)]
    city.env["mail.mail"].search(about).unlink()
    city.env["mail.message"].search(about).notification_ids.unlink()


def _review(case, ground: str, text: str, state: str) -> None:
    """Ask for a review and bring it to a state, as people would."""
    review = case._ask_review(case.partner_id, ground, text)
    others = case.team_id._get_current_members().user_id - review.earlier_user_ids
    if state == "asked" or not others:
        return
    case = case.with_context(handing=Handing("Has not handled the case before"))
    case.user_id = others[0]
    if state == "in_review":
        return
    mine = review.with_user(others[0])
    mine.finding = FINDING
    mine._decide(state)
    case.message_post(
        body=ANSWER,
        author_id=others[0].partner_id.id,
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    case._move_to_phase("answered")


def prepare_feedback(city: "DemoCity", rng: Random, plan: Plan) -> dict:
    asked = city.clock.to_utc(plan.life.last("closed"))
    service = city.service(plan.type)
    row = {
        "case_id": plan.id,
        "asked_at": asked,
        "expires_at": asked + timedelta(days=LINK_DAYS),
        "category_id": service.id,
        "team_id": service.team_id.id,
        "district_id": city.district(plan.place.district).id,
    }
    got = SAID.get(plan.outcome)
    if not got:
        return row
    answers = (_say(rng, chance) for chance in CONTENT[got])
    remark = rng.choice(REMARKS[got]) if rng.random() < REMARK_SHARE else False
    return {
        **row,
        "got_it": got,
        **dict(zip(("understood", "fair", "on_time"), answers, strict=True)),
        "remark": remark,
        "answered_at": min(asked + timedelta(hours=11), city.utcnow),
    }


def _say(rng: Random, chance: float) -> str:
    if rng.random() < 0.1:
        return "unsure"
    return "yes" if rng.random() < chance else "no"
