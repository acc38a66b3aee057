"""What people of the demo city said after their case was closed."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

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


def load_aftercare(city: "DemoCity", plans: list[Plan]) -> None:
    """Load what people were asked and have answered, in one batch."""
    rng = Random(SEED)
    asked = [
        plan
        for plan in plans
        if plan.person and plan.type and plan.life.phase == "closed"
    ]
    city.env["citizen.case.feedback"].create(
        [_feedback(city, rng, plan) for plan in asked]
    )


def _feedback(city: "DemoCity", rng: Random, plan: Plan) -> dict:
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
