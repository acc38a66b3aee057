"""Load evaluations: two periods that are done, one that runs, others under way.

Everything is done by the buttons, as the people who have them, at the time at which
they would have done it. Figures come from the facts alone: whoever is different from
what is expected is so by the cases of ``past.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from ..models.evaluation.citizen_evaluation_part import Then
from .past import PERIODS
from .quality import review_cases

if TYPE_CHECKING:
    from .loader import DemoCity

COORDINATOR, STEWARD, REVIEWER = "fairweather", "dunmore", "abara"
#: Days after the check of the data opened on which people do their parts.
PACE = {
    "data_check": 0,
    "claims": 8,
    "decide": 16,
    "self": 23,
    "conclusion": 35,
    "comment": 43,
    "publish": 47,
    "receive": 49,
    "appeal": 51,
    "review": 59,
    "end": 80,
}
QUICK = PACE | {"claims": 5, "decide": 6, "self": 7, "conclusion": 11}


MOSTLY = "We have gone through the cases one by one. Most of them hung on others."
POLICE = "The road was closed by the police until the next day. Nobody could get there."
FEW = (
    "Too few cases yet to say anything by figures. We have talked about what helps: a "
    "second tablet, and routes that fit half a day."
)
COUNTY = (
    "Plans beside the county road need the county's signature. It came two to three "
    "weeks after it was asked for."
)


@dataclass(frozen=True, slots=True)
class Story:
    """What an evaluation comes to, and what its people say.

    :param claim: kind of the objection and its reasons, to a case answered late
    :param decision: on the objection, which is accepted
    :param cause: where a difference comes from, and what the manager has found
    :param appeal: what the employee says against it
    :param reasons: of the reviewer, and the conclusion in place of the manager's
    """

    state: str
    self_assessment: str = ""
    claim: tuple[str, str] | None = None
    decision: str = ""
    cause: tuple[str, str] = ("conditions", MOSTLY)
    conclusion: str = "Steady, careful work in all kinds of cases. Nothing to change."
    comment: str = ""
    appeal: str = ""
    reasons: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle, by days back from today; stories by employee."""

    department: str
    name: str
    first: int
    last: int
    stories: Mapping[str, Story] = field(default_factory=dict)
    pace: Mapping[str, int] = field(default_factory=lambda: PACE)
    wait_days: int = 30
    is_reviewed: bool = False  #: its cases were drawn for a review of quality


CYCLES = (
    Cycle(
        "roads",
        "Roads and Traffic",
        *PERIODS[0],
        {
            "brandt": Story("closed", self_assessment=COUNTY),
            "okafor": Story("closed"),
            "lindqvist": Story("closed"),
            "nkemelu": Story("closed"),
            "varga": Story("closed"),
        },
    ),
    Cycle(
        "roads",
        "Roads and Traffic",
        *PERIODS[1],
        {
            "brandt": Story(
                "closed",
                self_assessment=COUNTY + " I asked on the day on which each came in.",
                cause=("practice", "Plans wait too long before they are asked for."),
                conclusion="Answers are late more often than expected. Ask for "
                "signatures earlier.",
                comment="Asking earlier would not have helped: see the dates.",
                appeal="I am told to ask earlier. I asked on the day on which each "
                "case came in, and have the letters.",
                reasons=(
                    "The letters to the county bear the dates of receipt. What took "
                    "so long was the county's signature, in most of the cases.",
                    "Answers are late more often than expected, because the county "
                    "signs late. The department agrees on dates with the county.",
                ),
            ),
            "okafor": Story(
                "published",
                claim=("not_my_doing", POLICE),
                decision="The closure is in the police report of that day.",
                conclusion="Reliable, also where a street is hard to get to. Will show "
                "two colleagues how he plans his routes.",
                comment="Glad to.",
            ),
            "ferrer": Story("published", conclusion=FEW, comment="Thank you."),
            "lindqvist": Story("published"),
            "nkemelu": Story("published"),
            "varga": Story("published"),
        },
        is_reviewed=True,
    ),
    Cycle("roads", "Roads and Traffic", PERIODS[1][1] - 1, -90),
    Cycle(
        "waste",
        "Waste, trial",
        89,
        31,
        {
            "delgado": Story("shared", self_assessment="One lorry was out of order."),
            "pryce": Story("manager"),
            "weiss": Story(
                "claims", claim=("conditions", "The yard was under water that day.")
            ),
        },
        pace=QUICK,
        wait_days=14,
    ),
    Cycle("waste", "Waste and Street Cleansing", -14, -196),
)


def load_evaluations(city: "DemoCity") -> None:
    """Announce the cycles, and let people do their parts in time."""
    for plan in CYCLES:
        cycle = _announce(city, plan)
        if plan.is_reviewed:
            review_cases(city, cycle)
        stories = {
            city.records.ref(f"employee_{name}"): story
            for name, story in plan.stories.items()
        }
        for evaluation in cycle.evaluation_ids:
            story = stories.get(evaluation.employee_id)
            if story:
                _Course(city, plan, evaluation, story).run()
            elif plan.first > 0:
                begun = evaluation.with_context(
                    evaluation_then=Then(evaluation.deadline)
                )
                begun._move_by_time()


def _user(city: "DemoCity", name: str):
    return city.records.ref(f"user_{name}")


def _announce(city: "DemoCity", plan: Cycle):
    """Announce a cycle, two weeks before it begins."""
    first, last = (
        city.today - timedelta(days=days) for days in (plan.first, plan.last)
    )
    announced = datetime.combine(first - timedelta(days=14), time(9))
    then = Then(min(announced, city.utcnow))
    cycle = city.env["citizen.evaluation.cycle"].create(
        {
            "name": f"{plan.name}, {first:%b %Y} to {last:%b %Y}",
            "department_id": city.records.ref(f"department_{plan.department}").id,
            "date_from": first,
            "date_to": last,
            "coordinator_id": _user(city, COORDINATOR).id,
            "steward_id": _user(city, STEWARD).id,
            "wait_days": plan.wait_days,
        }
    )
    cycle.with_context(evaluation_then=then)._announce()
    return cycle


class _Course:
    """An evaluation on its way to where its story ends."""

    def __init__(self, city: "DemoCity", plan: Cycle, evaluation, story: Story) -> None:
        self.city, self.plan = city, plan
        self.evaluation, self.story = evaluation, story
        self.employee = evaluation.employee_id.user_id
        self.manager = evaluation.manager_id
        self.coordinator = _user(city, COORDINATOR)

    def run(self) -> None:
        """Let everybody do their part, until the evaluation is in its state."""
        for act in (
            self._begin,
            self._check,
            self._decide,
            self._assess,
            self._conclude,
            self._share,
            self._publish,
            self._receive,
            self._end,
        ):
            act()
            if self.evaluation.state == self.story.state:
                return

    def _at(self, step: str, records, user=None):
        """Return records as a person has them at a step of the pace."""
        opened = self.plan.last - self.plan.wait_days - 1
        days = opened - self.plan.pace[step]
        day = self.city.clock.working_days_back(
            self.city.today - timedelta(days=max(days, 0))
        )
        # Not all in the same minute.
        minute = 7 * self.evaluation.employee_id.id % 300
        moment = self.city.clock.to_utc(
            datetime.combine(day, time(9)) + timedelta(minutes=minute)
        )
        then = Then(min(moment, self.city.utcnow))
        return records.with_user(user or self.city.env.user).with_context(
            evaluation_then=then
        )

    # --------------------------------------------------------------------- steps
    def _begin(self) -> None:
        evaluation = self._at("data_check", self.evaluation).sudo()
        evaluation._move_by_time()
        evaluation._move_by_time()

    def _check(self) -> None:
        """Look at the data, and object to a case that was late."""
        evaluation = self._at("claims", self.evaluation, self.employee)
        if self.story.claim:
            kind, text = self.story.claim
            fact = self._find_case()
            evaluation.claim_ids.create(
                {"fact_id": fact.id, "kind": kind, "text": text}
            )
        evaluation.action_confirm_data()

    def _find_case(self):
        """Return a case of the period that was answered late, or any."""
        facts = self.city.env["citizen.case.fact"].search(
            [("handler_id", "=", self.evaluation.employee_id.id)],
            order="closed_on desc, id",
        )
        found = facts.with_user(self.employee).filtered("may_contest")
        return (found.filtered(lambda f: f.late_resolution == "yes") or found)[:1]

    def _decide(self) -> None:
        steward = _user(self.city, STEWARD)
        for claim in self._at("decide", self.evaluation.claim_ids, steward):
            claim.decision = self.story.decision
            claim.action_accept()

    def _assess(self) -> None:
        if self.story.self_assessment:
            self._say("self", self.employee, self.story.self_assessment)
        else:
            evaluation = self._at("self", self.evaluation, self.employee)
            evaluation.action_submit_self()

    def _conclude(self) -> None:
        """Say what was found where somebody is different, and conclude."""
        cause, found = self.story.cause
        lines = self._at("conclusion", self.evaluation.line_ids, self.manager)
        for line in lines.filtered(lambda line: line.word == "outside"):
            line.write({"cause": cause, "explanation": found})
        self._say("conclusion", self.manager, self.story.conclusion)

    def _share(self) -> None:
        if self.story.comment:
            self._say("comment", self.employee, self.story.comment)
        for user in (self.employee, self.manager):
            self._at("comment", self.evaluation, user).action_finish()

    def _publish(self) -> None:
        self._at("publish", self.evaluation, self.coordinator).action_publish()

    def _receive(self) -> None:
        """Confirm receipt, and appeal, where there is something to say."""
        self._at("receive", self.evaluation, self.employee).action_confirm_receipt()
        if not self.story.reasons:
            return
        appeals = self._at("appeal", self.evaluation.appeal_ids, self.employee)
        appeal = appeals.create(
            {"evaluation_id": self.evaluation.id, "text": self.story.appeal}
        )
        reviewer = _user(self.city, REVIEWER)
        self._at("appeal", appeal, self.coordinator).reviewer_id = reviewer
        decided = self._at("review", appeal, reviewer)
        reasons, conclusion = self.story.reasons
        decided.write({"reasons": reasons, "new_conclusion": conclusion})
        decided.action_change()

    def _end(self) -> None:
        """The time for an appeal goes by."""
        self._at("end", self.evaluation).sudo()._move_by_time()

    def _say(self, step: str, user, text: str) -> None:
        """Write and submit a statement."""
        evaluation = self._at(step, self.evaluation, user)
        draft = evaluation.action_write()
        said = evaluation.env[draft["res_model"]].browse(draft["res_id"])
        said.text = text
        said.action_submit()
