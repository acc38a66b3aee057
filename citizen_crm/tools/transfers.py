"""How a case goes from one team to another: proposed, answered, at last decided.

A case has exactly one team at any time. A transfer moves it only by being accepted, or
by the arbiter's decision. Every dispute is a *bounce*, and so is every hand-on by a
team that got the case by a transfer itself; after :data:`LIMIT` of them nobody argues
any more, and the arbiter decides. Who holds the case by that decision keeps it, unless
there are new facts: so the number of proposals is bounded.

The models store the proposals; :func:`stand` reads off them how things stand, and the
other functions say what may happen next. Teams are ids, 0 for none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

#: After so many bounces the arbiter decides.
LIMIT = 3
#: So many proposals are answered at most before the arbiter has decided: the first that
#: is accepted is no bounce, and the last may come after the limit was reached.
MOST_PROPOSALS = LIMIT + 2

# Lists, not tuples: Odoo knows and translates the labels of a list only.
TRANSFER_STATES = [
    ("proposed", "Waiting for an answer"),
    ("disputed", "Disputed"),
    ("arbitration", "Before the arbiter"),
    ("accepted", "Accepted"),
    ("decided", "Decided by the arbiter"),
    ("withdrawn", "Withdrawn"),
]
#: A transfer that somebody still has to answer.
OPEN = frozenset({"proposed", "arbitration"})

#: Why something is not possible.
TRIAGE, PENDING, SAME_TEAM, BOUND, NOT_PROPOSED, NOT_BEFORE_ARBITER, NOT_OPEN = (
    "triage",
    "pending",
    "same_team",
    "bound",
    "not_proposed",
    "not_before_arbiter",
    "not_open",
)


class Refused(ValueError):
    """What was asked for is not possible; the argument is one of the reasons above."""


class Past(NamedTuple):
    """What is stored of one proposal."""

    state: str
    to_team: int
    disputed: bool = False
    #: who has the case by the arbiter's decision
    final_team: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How the transfers of a case stand."""

    team: int
    arrivals: int = 0  #: transfers by which the case has moved
    bounces: int = 0
    state: str = ""  #: "proposed" or "arbitration" while a transfer is open
    to_team: int = 0  #: where the open transfer would bring it
    bound: int = 0  #: the team to which the arbiter gave it last

    @property
    def is_exhausted(self) -> bool:
        """Whether the next proposal goes to the arbiter at once."""
        return self.bounces >= LIMIT

    @property
    def needs_facts(self) -> bool:
        """Whether the team may propose only with new facts."""
        return bool(self.bound) and self.bound == self.team


def stand(team: int, past: Iterable[Past]) -> Standing:
    """Return how things stand, from who has the case and its proposals in order.

    >>> stand(7, [Past("disputed", 8, True), Past("accepted", 7), Past("proposed", 9)])
    Standing(team=7, arrivals=1, bounces=1, state='proposed', to_team=9, bound=0)
    """
    now = Standing(team)
    for one in past:
        bounces = now.bounces + one.disputed
        if one.state == "accepted":
            bounces += now.arrivals > 0
            now = replace(now, arrivals=now.arrivals + 1)
        now = replace(now, bounces=bounces)
        if one.state == "decided":
            now = replace(now, bound=one.final_team)
        if one.state in OPEN:
            now = replace(now, state=one.state, to_team=one.to_team)
    return now


def propose(now: Standing, to_team: int, *, new_facts: bool = False) -> Standing:
    """Propose that another team takes the case; it stays where it is until then.

    >>> propose(Standing(7), 8).state, propose(Standing(7, bounces=3), 8).state
    ('proposed', 'arbitration')
    >>> propose(Standing(7, bound=7), 8)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Refused: bound
    """
    if not now.team:
        raise Refused(TRIAGE)
    if now.state:
        raise Refused(PENDING)
    if to_team in (0, now.team):
        raise Refused(SAME_TEAM)
    if now.needs_facts and not new_facts:
        raise Refused(BOUND)
    state = "arbitration" if now.is_exhausted else "proposed"
    return replace(now, state=state, to_team=to_team)


def accept(now: Standing) -> Standing:
    """Move the case to the team that was asked; to hand it on is a bounce."""
    if now.state != "proposed":
        raise Refused(NOT_PROPOSED)
    return replace(
        now,
        team=now.to_team,
        arrivals=now.arrivals + 1,
        bounces=now.bounces + (now.arrivals > 0),
        state="",
        to_team=0,
    )


def dispute(now: Standing) -> Standing:
    """Return the case to who has it; the bounce that is one too many goes up.

    >>> dispute(propose(Standing(7, bounces=2), 8)).state
    'arbitration'
    """
    if now.state != "proposed":
        raise Refused(NOT_PROPOSED)
    bounced = replace(now, bounces=now.bounces + 1)
    if bounced.is_exhausted:
        return replace(bounced, state="arbitration")
    return replace(bounced, state="", to_team=0)


def decide(now: Standing, team: int) -> Standing:
    """Give the case to a team for good."""
    if now.state != "arbitration":
        raise Refused(NOT_BEFORE_ARBITER)
    if not team:
        raise Refused(SAME_TEAM)
    return replace(now, team=team, state="", to_team=0, bound=team)


def withdraw(now: Standing) -> Standing:
    """Take an open proposal back, as if it had not been made but for its bounce."""
    if not now.state:
        raise Refused(NOT_OPEN)
    return replace(now, state="", to_team=0)


def nearest_common(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Return the departments above both, the nearest first.

    :param one: a department and those above it, from below
    :param other: the same for the other team

    >>> nearest_common([3, 2, 1], [5, 2, 1]), nearest_common([3], [5])
    ([2, 1], [])
    """
    above = set(other)
    return [department for department in one if department in above]
