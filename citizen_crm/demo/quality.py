"""Let finished cases of a cycle be drawn, and reviewers of other departments read them.

What is found is made up, but for the draw and who reviews what: that is the system's.
Reviewers see most things alike, as people do who were shown how.
"""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .loader import DemoCity

#: What is not met, out of a hundred, by criterion.
MISSED = {10: 10, 20: 12, 30: 25, 40: 20, 50: 35, 60: 18, 70: 4, 80: 30}
#: Decisions by which something is refused.
REFUSALS = ("unfounded", "partly", "not_delivered", "not_handled")
#: How often a reviewer sees something otherwise than the other one, out of a hundred.
OTHERWISE = 5
COMMENTS = {
    10: "The second question is not taken up.",
    20: "It does not say how the office knows.",
    30: "No date is given.",
    40: "It refuses without naming the rule.",
    50: "Nothing is said of what the person can do next.",
    60: "Two sentences of over forty words, and terms of the trade.",
    70: "The second paragraph sounds as if it were the person's fault.",
    80: "Nobody wrote when it took longer than promised.",
}
#: A cycle whose reviews are under way: days back from today, by department.
UNDER_WAY = ("waste", "Waste, review of quality", 30, 1)


def load_quality(city: "DemoCity") -> None:
    """Announce a cycle whose period is just over, and let half of it be reviewed."""
    department, name, first, last = UNDER_WAY
    cycle = city.env["citizen.evaluation.cycle"].create(
        {
            "name": name,
            "department_id": city.records.ref(f"department_{department}").id,
            "date_from": city.today - timedelta(days=first),
            "date_to": city.today - timedelta(days=last),
            "coordinator_id": city.records.ref("user_fairweather").id,
            "steward_id": city.records.ref("user_dunmore").id,
            "review_size": 8,
        }
    )
    cycle._announce()
    for evaluation in cycle.evaluation_ids:
        evaluation._move_by_time()
    review_cases(city, cycle, part=0.6)


def review_cases(city: "DemoCity", cycle, part: float = 1.0) -> None:
    """Draw finished cases of a cycle and let a part of the reviews be done."""
    if not cycle._get_population():
        return
    reviews = cycle._draw_reviews(f"larkhaven {cycle.name}").review_ids
    reviews = reviews.sorted("number").filtered("reviewer_id")
    for review in reviews[: round(part * len(reviews))]:
        mine = review.with_user(review.reviewer_id)
        mine.scoring = [_find(review, row) for row in mine.scoring]
        mine.action_submit()


def _find(review, row: dict) -> dict:
    """Return what a reviewer finds of a criterion: mostly what the other one finds."""
    score = review.score_ids.browse(row["id"])
    sequence = score.criterion_id.sequence
    seen = Random(f"{review.case_id.number} {sequence}")
    applies = _applies(review.fact_id, sequence) and seen.randrange(100) < 95
    missed = seen.randrange(100) < MISSED.get(sequence, 15)
    eye = Random(f"{review.case_id.number} {sequence} {review.place}")
    if eye.randrange(100) < OTHERWISE:
        missed = not missed
    verdict = ("not_met" if missed else "met") if applies else "not_applicable"
    comment = COMMENTS.get(sequence, "") if verdict == "not_met" else ""
    return {**row, "verdict": verdict, "comment": comment}


def _applies(fact, sequence: int) -> bool:
    """Tell whether reasons, or word of a delay, were owed in a case."""
    if sequence == 40:
        return fact.decision in REFUSALS
    return sequence != 80 or fact.late_resolution == "yes"
