"""Share the work of the last weeks by the duty ledger, as the desk would have done.

The teams' rule has been in force since ``SINCE_DAYS`` ago. Who gets a case from then on
is chosen by the ledger's own functions on the ledger as it stood; what was chosen is
stored as entries, so that replaying them gives the balances that people see.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

from odoo.tools import SQL

from ..models.assignment.helpdesk_ticket_eligibility import to_candidates
from ..tools.duty_ledger import (
    FULL_TIME,
    MILLI,
    Candidate,
    Entry,
    Ledger,
    choose,
)
from .plans import Plan
from .staff import leads_by_team

if TYPE_CHECKING:
    from .loader import DemoCity

SEED = 20260601
SINCE_DAYS = 42
#: Teams that give their work by hand, and keep no ledger.
BY_HAND_TEAMS = {"integrity", "csc"}
CAP_POINTS, SLACK_POINTS = 18.0, 3.0
#: Working days before a leave without new work, and from what length of leave.
WIND_DOWN = (1, 3)
#: How many of a hundred cases leads give by hand.
BY_HAND = 7
REASONS = (
    "Knows the street from an earlier case",
    "Is on site there today anyway",
    "Has spoken with the person on the telephone",
    "Belongs to a project of theirs",
    "To learn this kind of case, with a colleague beside",
)
#: Why leads give a case by hand that the desk cannot give to anybody.
AFTER_HOURS = "Nobody was on duty any more, and it could not wait"
NOBODY_LEFT = "Nobody could be given it by the rule, and it could not wait"
ENDED = ("closed", "not_handled", "withdrawn")


class Choice(NamedTuple):
    """Who gets a case, and what the entry says of it; no reason for the desk's own."""

    member: int
    method: str
    reason: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(slots=True)
class Line:
    """One line of a ledger, in local time."""

    plan: Plan
    at: datetime
    entry: Entry
    choice: Choice | None = None


def plan_fair_work(city: "DemoCity", plans: list[Plan]) -> None:
    """Choose the handlers of the cases that were given out under the rule."""
    first = _next_case_id(city)
    for number, plan in enumerate(plans):
        plan.id = first + number
    for team in _ledger_teams(city, plans):
        for line in team.run():
            if line.entry.kind == "charge":
                user = team.members[line.entry.member].user_id
                line.plan.handler_id = user.id
                line.plan.handler_partner_id = user.partner_id.id
                line.plan.by_desk = line.choice.method != "manual"


def is_by_rule(city: "DemoCity", plan: Plan) -> bool:
    """Tell whether a case was given out after its team's rule came into force."""
    given = plan.life.last("assigned")
    return bool(given and given >= _start(city) and _team_code(city, plan))


def load_fair_work(city: "DemoCity", plans: list[Plan]) -> None:
    """Put the rules into force, and write the ledgers of the cases."""
    for team in _ledger_teams(city, plans):
        rule = _load_rule(city, team)
        lines = list(team.run(is_given=True))
        city.env["citizen.assignment.entry"].create(
            list(_rows(city, team, rule, lines))
        )
        city.env["citizen.assignment.balance"]._book(team.team)
    _backdate_queue(city, plans)


def _start(city: "DemoCity") -> datetime:
    day = city.clock.now - timedelta(days=SINCE_DAYS)
    return city.clock.add(day.replace(hour=8, minute=0, second=0), 15)


def _next_case_id(city: "DemoCity") -> int:
    """Return the id that the next case will get."""
    [(last, is_called)] = city.env.execute_query(
        SQL("SELECT last_value, is_called FROM helpdesk_ticket_id_seq")
    )
    return last + is_called


def _team_code(city: "DemoCity", plan: Plan) -> str:
    """Return the short name of a plan's team, empty without a rule."""
    if not plan.type:
        return ""
    code = city.team_code(city.service(plan.type).team_id)
    return "" if code in BY_HAND_TEAMS else code


def _ledger_teams(city: "DemoCity", plans: list[Plan]) -> "Iterator[TeamWork]":
    """Yield the teams that share by the ledger, with the plans of each."""
    work: dict[str, list[Plan]] = defaultdict(list)
    for plan in plans:
        if code := _team_code(city, plan):
            work[code].append(plan)
    leads = leads_by_team(city)
    for code in sorted(work):
        yield TeamWork(city, code, work[code], leads[code])


class TeamWork:
    """A team's ledger, from the day its rule came into force until now."""

    def __init__(
        self, city: "DemoCity", code: str, plans: list[Plan], lead_id: int
    ) -> None:
        self.city, self.code, self.plans = city, code, plans
        self.lead_id = lead_id
        self.team = city.records.ref(f"team_{code}")
        current = self.team._get_current_members()
        self.members = {member.employee_id.id: member for member in current}
        self.capacity = {
            key: round(member.capacity * FULL_TIME)
            for key, member in self.members.items()
        }
        self.by_user = {m.user_id.id: key for key, m in self.members.items()}
        self.spoken = {
            key: {"en_US", *member.language_ids.mapped("code")}
            for key, member in self.members.items()
        }
        self.start = _start(city)

    def run(self, is_given: bool = False) -> Iterator[Line]:
        """Yield the lines of the ledger in their order.

        :param is_given: the handlers are known already and stay; what the ledger would
            not have chosen was given by hand
        """
        self.ledger, self.rng = Ledger(), Random(f"{SEED} {self.code}")
        self.open: Counter[int] = Counter()
        self.last_second: dict[int, int] = {}
        for at, _order, plan, kind in sorted(self._steps(), key=lambda step: step[:2]):
            line = self._line(plan, at, kind, is_given)
            if line:
                self._post(line)
                yield line

    def _steps(self) -> Iterator[tuple[datetime, int, Plan, str]]:
        """Yield when a case is held, given and finished."""
        for number, plan in enumerate(self.plans):
            given = plan.life.last("assigned")
            ended = plan.life.phase in ENDED and plan.life.last(plan.life.phase)
            if not given or (ended and ended < self.start):
                continue
            kind = "charge" if given >= self.start else "opening"
            yield max(given, self.start), number, plan, kind
            if ended:
                yield max(ended, given), len(self.plans) + number, plan, "finish"

    def _line(self, plan: Plan, at: datetime, kind: str, is_given: bool) -> Line | None:
        points = self.city.service(plan.type)._get_effort()
        if kind == "charge":
            duty = self._get_duty(at)
            choice = self._choose(plan, at, duty)
            member = self.by_user[plan.handler_id] if is_given else choice.member
            if choice.member != member:
                choice = Choice(member, "manual", REASONS[0])
            hours = self.team._get_hours(duty)
            return Line(plan, at, Entry(kind, plan.id, member, points, hours), choice)
        if kind == "opening":
            member = self.by_user.get(plan.handler_id)
            return member and Line(plan, at, Entry(kind, plan.id, member, points))
        held = self.ledger.held.get(plan.id)
        return held and Line(plan, at, Entry(kind, plan.id, *held))

    def _post(self, line: Line) -> None:
        """Book a line, as the dispatcher's ``Book`` does."""
        before = self.ledger.held.get(line.plan.id)
        self.ledger.post(line.entry)
        after = self.ledger.held.get(line.plan.id)
        for held, sign in ((before, -1), (after, 1)):
            if held:
                self.open[held[0]] += sign * held[1]
        if line.entry.kind == "charge":
            at = self.city.clock.to_utc(line.at)
            self.last_second[line.entry.member] = int(at.timestamp())

    def _get_duty(self, at: datetime):
        members = self.team._get_current_members()
        return members._get_duty(self.city.clock.to_utc(at), WIND_DOWN)

    def _choose(self, plan: Plan, at: datetime, duty) -> Choice:
        """Choose by the rule, or now and then as leads do."""
        candidates = self._candidates(plan, duty)
        by_hand = self.rng.randrange(100) < BY_HAND
        # Drawn each time, so that nothing else moves when one choice is another.
        reason, pick = self.rng.choice(REASONS), self.rng.random()
        if plan.handler:
            asked = self.city.records.ref(f"employee_{plan.handler}").id
            return Choice(asked, "manual", REASONS[0])
        present = [key for key, on in duty.items() if not on.exclusion]
        if by_hand and present:
            return Choice(present[int(pick * len(present))], "manual", reason)
        slack = round(SLACK_POINTS * MILLI)
        choice = choose(plan.id, candidates, slack=slack)
        if choice:
            return Choice(choice.id, choice.method, "", tuple(candidates))
        anybody = present or list(self.members)
        why = NOBODY_LEFT if present else AFTER_HOURS
        return Choice(anybody[int(pick * len(anybody))], "manual", why)

    def _candidates(self, plan: Plan, duty) -> list[Candidate]:
        """Return the members as the dispatcher would have seen them."""
        book = SimpleNamespace(
            ledger=self.ledger, open=self.open, last_second=self.last_second
        )
        cap = round(CAP_POINTS * MILLI)
        found = to_candidates(self.capacity, book, duty, cap)
        wanted = plan.person and plan.lang
        if wanted not in set().union(*self.spoken.values()):
            return found
        return [
            who
            if wanted in self.spoken[who.id]
            else who._replace(exclusion=who.exclusion or "language")
            for who in found
        ]


def _load_rule(city: "DemoCity", team: TeamWork):
    return city.records.load(
        "citizen.assignment.rule",
        [
            (
                f"assignment_rule_{team.code}",
                {
                    "team_id": team.team.id,
                    "state": "active",
                    "valid_from": city.clock.to_utc(team.start),
                    "activated_by_id": city.records.ref("user_raman").id,
                    "cap_points": CAP_POINTS,
                    "slack_points": SLACK_POINTS,
                    "wind_down_days": WIND_DOWN[0],
                    "long_leave_days": WIND_DOWN[1],
                },
            )
        ],
    )


def _rows(city: "DemoCity", team: TeamWork, rule, lines: list[Line]) -> Iterator[dict]:
    """Yield the values of the entries."""
    steps: Counter[int] = Counter()
    cases = city.env["helpdesk.ticket"].browse(line.plan.id for line in lines)
    numbers = {case.id: case.number for case in cases}
    for line in lines:
        case_id = line.plan.id
        steps[case_id] += 1
        row = {
            "team_id": team.team.id,
            "kind": line.entry.kind,
            "case_id": case_id,
            "case_number": numbers[case_id],
            "category_id": city.service(line.plan.type).id,
            "step": steps[case_id],
            "employee_id": line.entry.member,
            "points": line.entry.points,
            "at": city.clock.to_utc(line.at),
            "rule_id": rule.id,
        }
        yield row | (_charge(team, line) if line.choice else {})


def _charge(team: TeamWork, line: Line) -> dict:
    choice = line.choice
    values = {
        "method": choice.method,
        "hours": {str(key): span for key, span in line.entry.hours.items()},
    }
    if choice.method == "manual":
        return values | {"user_id": team.lead_id, "reason": choice.reason}
    return values | {
        "decision": {
            "candidates": [list(who) for who in choice.candidates],
            "earlier": 0,
            "slack": round(SLACK_POINTS * MILLI),
        }
    }


def _backdate_queue(city: "DemoCity", plans: list[Plan]) -> None:
    """Let cases wait since they were routed, not since they were loaded."""
    for plan in plans:
        routed = plan.life.last("transferred") or plan.life.first("routed")
        if routed and not plan.handler_id:
            city.env.cr.execute(
                "UPDATE helpdesk_ticket SET queued_date = %s"
                " WHERE id = %s AND queued_date IS NOT NULL",
                (city.clock.to_utc(routed), plan.id),
            )
    city.env["helpdesk.ticket"].invalidate_model(["queued_date"])
