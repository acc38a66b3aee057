"""Load evaluations of two departments, at every stage, and a cycle that runs.

The demo city remembers a quarter of a year, so most people have too few cases to judge;
that is what a city of this size would see, too. Everything is done by the buttons, as
the people who have them.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from .quality import review_cases

if TYPE_CHECKING:
    from .loader import DemoCity

COORDINATOR, STEWARD, REVIEWER = "fairweather", "dunmore", "abara"
#: Days back from today in which the first period lies; 30 days are waited after it.
FIRST, LAST = 89, 31
#: Department, name of the cycle, and how far each person has come, by name.
CYCLES = (
    (
        "roads",
        "Roads, spring trial",
        ("closed", "published", "shared", "manager", "claims", "data_check"),
    ),
    ("waste", "Waste, spring trial", ("published", "published", "published")),
)
SAID = {
    "self": "Two of the inspectors were at the bridge works for a month, so the rest "
    "of us drove further. I have written down each time.",
    "conclusion": "There are too few cases to say anything by figures. We have talked "
    "about what helps: a second tablet, and the bridge works in the calendar.",
    "comment": "The tablet would help most.",
}
CLAIM = {
    "kind": "not_my_doing",
    "text": "The road was closed by the police until the next day.",
}
DECISION = "The closure is in the police report of that day."
APPEAL = "The conclusion does not say that I stood in for two colleagues."
REASONS = "The duty ledger shows it: the cases of two colleagues for three weeks."
NEW = "As before, and: stood in for two colleagues for three weeks, without delay."


def load_evaluations(city: "DemoCity") -> None:
    """Announce the cycles, and let people do their parts, as if in time."""
    for department, name, states in CYCLES:
        cycle = _announce(city, department, name, FIRST, LAST)
        review_cases(city, cycle)
        evaluations = cycle.evaluation_ids.sorted("employee_name")
        for evaluation, state in zip(evaluations, states, strict=False):
            _bring_to(city, evaluation, state)
    running = _announce(city, "roads", "Roads, this half-year", LAST - 1, -150)
    for evaluation in running.evaluation_ids:
        evaluation._move_by_time()


def _user(city: "DemoCity", name: str):
    return city.records.ref(f"user_{name}")


def _announce(city: "DemoCity", department: str, name: str, first: int, last: int):
    """Announce a cycle from so many days ago to so many days ago."""
    cycle = city.env["citizen.evaluation.cycle"].create(
        {
            "name": name,
            "department_id": city.records.ref(f"department_{department}").id,
            "date_from": city.today - timedelta(days=first),
            "date_to": city.today - timedelta(days=last),
            "coordinator_id": _user(city, COORDINATOR).id,
            "steward_id": _user(city, STEWARD).id,
        }
    )
    cycle._announce()
    return cycle


def _bring_to(city: "DemoCity", evaluation, state: str) -> None:
    """Let everybody do their part, until the evaluation is in a state."""
    employee, manager = evaluation.employee_id.user_id, evaluation.manager_id
    steps = {
        "collecting": evaluation._move_by_time,
        "data_check": evaluation._move_by_time,
        "claims": lambda: _check(city, evaluation, state in ("claims", "closed")),
        "self": lambda: _decide(city, evaluation),
        "manager": lambda: _say(evaluation, employee, "self"),
        "shared": lambda: _say(evaluation, manager, "conclusion"),
        "published": lambda: _publish(city, evaluation),
        "closed": lambda: _appeal(city, evaluation, employee),
    }
    for name, act in steps.items():
        act()
        if name == state:
            return


def _check(city: "DemoCity", evaluation, has_claim: bool) -> None:
    """Look at the data, and object to a case that was late, if there is one."""
    user = evaluation.employee_id.user_id
    if has_claim:
        facts = city.env["citizen.case.fact"].search(
            [("handler_id", "=", evaluation.employee_id.id)],
            order="late_resolution desc, id",
        )
        found = facts.with_user(user).filtered("may_contest")
        found = found.filtered(lambda fact: fact.late_resolution == "yes") or found
        rows = [{"fact_id": fact.id, **CLAIM} for fact in found[:1]]
        city.env["citizen.evaluation.claim"].with_user(user).create(rows)
    evaluation.with_user(user).action_confirm_data()


def _decide(city: "DemoCity", evaluation) -> None:
    for claim in evaluation.claim_ids.with_user(_user(city, STEWARD)):
        claim.decision = DECISION
        claim.action_accept()


def _publish(city: "DemoCity", evaluation) -> None:
    employee = evaluation.employee_id.user_id
    _say(evaluation, employee, "comment")
    evaluation.with_user(employee).action_finish()
    evaluation.with_user(evaluation.manager_id).action_finish()
    evaluation.with_user(_user(city, COORDINATOR)).action_publish()


def _say(evaluation, user, kind: str) -> None:
    """Write and submit a statement; the manager has explained what is different."""
    if kind == "conclusion":
        for line in evaluation.line_ids.with_user(user):
            if line.word == "outside":
                line.write({"cause": "conditions", "explanation": SAID["self"]})
    draft = evaluation.with_user(user).action_write()
    said = evaluation.env[draft["res_model"]].browse(draft["res_id"]).with_user(user)
    said.text = SAID[kind]
    said.action_submit()


def _appeal(city: "DemoCity", evaluation, employee) -> None:
    """Appeal, and let somebody without a part decide."""
    appeals = city.env["citizen.evaluation.appeal"].with_user(employee)
    appeal = appeals.create({"evaluation_id": evaluation.id, "text": APPEAL})
    appeal.with_user(_user(city, COORDINATOR)).reviewer_id = _user(city, REVIEWER)
    decided = appeal.with_user(_user(city, REVIEWER))
    decided.write({"reasons": REASONS, "new_conclusion": NEW})
    decided.action_change()
