"""The life of an evaluation: who may do what in which state, and what follows.

Everything that happens to an evaluation is one *move*: a state, a role and an action
give the next state, or a reason why not. There is no other way from state to state, so
the models only ask here, store and tell. What lets a person see figures hangs on the
same states: the employee always, the manager not before the employee has checked them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

# Lists, not tuples: Odoo knows and translates the labels of a list only.
EVALUATION_STATES = [
    ("planned", "Planned"),
    ("collecting", "Collecting"),
    ("data_check", "Data check"),
    ("claims", "Claims"),
    ("self", "Self-assessment"),
    ("manager", "Manager's conclusion"),
    ("shared", "Shared"),
    ("published", "Published"),
    ("appealed", "Appealed"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
STATES = tuple(state for state, _label in EVALUATION_STATES)
ENDED = frozenset({"closed", "cancelled"})
#: States in which the record is sealed.
SEALED = frozenset({"published", "appealed", "closed"})

EMPLOYEE, MANAGER, STEWARD, COORDINATOR, REVIEWER, AUDITOR, SYSTEM = (
    "employee",
    "manager",
    "steward",
    "coordinator",
    "reviewer",
    "auditor",
    "system",
)
ROLES = (EMPLOYEE, MANAGER, STEWARD, COORDINATOR, REVIEWER, AUDITOR, SYSTEM)

#: Why something is not possible.
NOT_NOW, NOT_YOURS, NOT_DUE, NO_CONCLUSION, UNEXPLAINED, NOT_BOTH_DONE, TOO_LATE = (
    "not_now",
    "not_yours",
    "not_due",
    "no_conclusion",
    "unexplained",
    "not_both_done",
    "too_late",
)
NO_REVIEWER, OWN, IN_LINE, IS_MANAGER, SUBORDINATE, EARLIER_ROLE = (
    "no_reviewer",
    "own",
    "in_line",
    "is_manager",
    "subordinate",
    "earlier_role",
)


class Refused(ValueError):
    """What was asked for is not possible; the argument is one of the reasons above."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a move looks at besides state and role."""

    open_claims: int = 0  #: claims that nobody has decided, after the action
    has_conclusion: bool = False  #: the manager has written one
    unexplained: int = 0  #: lines that differ, without a cause and a text
    done: frozenset[str] = field(default_factory=frozenset)  #: who has done the sharing
    is_due: bool = False  #: the time of the state is over
    has_reviewer: bool = False  #: somebody was named for the appeal


class Move(NamedTuple):
    """Who may do it, and what comes of it."""

    roles: frozenset[str]
    to: str
    needs: tuple[str, ...] = ()


def _by(*roles: str) -> frozenset[str]:
    return frozenset(roles)


#: (state, action) -> the move. ``to`` is where it leads when nothing holds it up.
MOVES: dict[tuple[str, str], Move] = {
    ("planned", "start"): Move(_by(SYSTEM), "collecting", (NOT_DUE,)),
    ("collecting", "file_claim"): Move(_by(EMPLOYEE), "collecting"),
    ("collecting", "withdraw_claim"): Move(_by(EMPLOYEE), "collecting"),
    ("collecting", "open_check"): Move(_by(SYSTEM), "data_check", (NOT_DUE,)),
    ("data_check", "file_claim"): Move(_by(EMPLOYEE), "data_check"),
    ("data_check", "withdraw_claim"): Move(_by(EMPLOYEE), "data_check"),
    ("data_check", "confirm_data"): Move(_by(EMPLOYEE), "claims"),
    ("data_check", "time_out"): Move(_by(SYSTEM), "claims", (NOT_DUE,)),
    ("claims", "decide_claim"): Move(_by(STEWARD), "claims"),
    ("claims", "withdraw_claim"): Move(_by(EMPLOYEE), "claims"),
    ("self", "submit_self"): Move(_by(EMPLOYEE), "manager"),
    ("self", "time_out"): Move(_by(SYSTEM), "manager", (NOT_DUE,)),
    ("manager", "explain"): Move(_by(MANAGER), "manager"),
    ("manager", "conclude"): Move(_by(MANAGER), "shared", (NO_CONCLUSION, UNEXPLAINED)),
    ("shared", "explain"): Move(_by(MANAGER), "shared"),
    ("shared", "revise"): Move(_by(MANAGER), "shared", (NO_CONCLUSION, UNEXPLAINED)),
    ("shared", "comment"): Move(_by(EMPLOYEE), "shared"),
    ("shared", "finish"): Move(_by(EMPLOYEE, MANAGER), "shared"),
    ("shared", "publish"): Move(_by(COORDINATOR), "published", (NOT_BOTH_DONE,)),
    ("published", "confirm_receipt"): Move(_by(EMPLOYEE), "published"),
    ("published", "appeal"): Move(_by(EMPLOYEE), "appealed", (TOO_LATE,)),
    ("published", "time_out"): Move(_by(SYSTEM), "closed", (NOT_DUE,)),
    ("appealed", "name_reviewer"): Move(_by(COORDINATOR), "appealed"),
    ("appealed", "confirm_receipt"): Move(_by(EMPLOYEE), "appealed"),
    ("appealed", "decide_appeal"): Move(_by(REVIEWER), "closed", (NO_REVIEWER,)),
    ("closed", "confirm_receipt"): Move(_by(EMPLOYEE), "closed"),
    **{
        (state, "cancel"): Move(_by(COORDINATOR), "cancelled")
        for state in STATES
        if state not in ENDED | SEALED
    },
}
ACTIONS = tuple(sorted({action for _state, action in MOVES}))

#: What somebody may write in a state, by role: the kind of the statement.
WRITINGS = {
    ("self", EMPLOYEE): "self",
    ("manager", MANAGER): "conclusion",
    ("shared", EMPLOYEE): "comment",
    ("shared", MANAGER): "revision",
}

#: In which states each role reads figures and words of an evaluation.
SIGHT = {
    EMPLOYEE: frozenset(STATES) - {"planned"},
    MANAGER: frozenset({"manager", "shared"}) | SEALED,
    STEWARD: frozenset(),
    COORDINATOR: frozenset({"shared"}) | SEALED,
    REVIEWER: frozenset({"appealed", "closed"}),
    AUDITOR: SEALED,
    SYSTEM: frozenset(STATES),
}


def _holds_up(reason: str, facts: Facts) -> bool:
    """Tell whether a need of a move is not met."""
    return {
        NOT_DUE: not facts.is_due,
        NO_CONCLUSION: not facts.has_conclusion,
        UNEXPLAINED: facts.unexplained > 0,
        NOT_BOTH_DONE: not _is_shared(facts),
        TOO_LATE: facts.is_due,
        NO_REVIEWER: not facts.has_reviewer,
    }[reason]


def _is_shared(facts: Facts) -> bool:
    """Tell whether both are done; the employee's silence holds nothing up for ever."""
    return MANAGER in facts.done and (EMPLOYEE in facts.done or facts.is_due)


def step(
    state: str, roles: Collection[str], action: str, facts: Facts = Facts()
) -> str:
    """Return the state after an action, or raise :class:`Refused`.

    :param roles: what the person is in this evaluation
    :param facts: as they are once the action itself is done

    >>> step("data_check", ["employee"], "confirm_data", Facts(open_claims=2))
    'claims'
    >>> step("data_check", ["employee"], "confirm_data"), step(
    ...     "claims", ["steward"], "decide_claim")
    ('self', 'self')
    >>> step("shared", ["manager"], "publish")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Refused: not_yours
    """
    move = MOVES.get((state, action))
    if not move:
        raise Refused(NOT_NOW)
    if not move.roles.intersection(roles):
        raise Refused(NOT_YOURS)
    for reason in move.needs:
        if _holds_up(reason, facts):
            raise Refused(reason)
    if move.to == "claims" and not facts.open_claims:
        return "self"
    return move.to


def allowed(state: str, roles: Collection[str], facts: Facts = Facts()) -> list[str]:
    """Return the actions that are open to somebody now, in the order of the alphabet.

    >>> allowed("published", ["employee"]), allowed("published", ["manager"])
    (['appeal', 'confirm_receipt'], [])
    """
    found = []
    for action in ACTIONS:
        try:
            step(state, roles, action, facts)
        except Refused:
            continue
        found.append(action)
    return found


def sees(state: str, roles: Collection[str]) -> bool:
    """Tell whether any of the roles reads figures and words in this state.

    >>> sees("claims", ["manager"]), sees("manager", ["manager"])
    (False, True)
    """
    return any(state in SIGHT[role] for role in roles)


@dataclass(frozen=True, slots=True)
class Ties:
    """How a person stands to an evaluation, apart from the roles given to them."""

    is_employee: bool = False
    is_manager: bool = False
    is_above: bool = False  #: heads a department above the employee
    is_subordinate: bool = False  #: the manager stands above them
    had_part: bool = False  #: wrote, decided or published something in it


def bar(role: str, ties: Ties) -> str:
    """Return why a person must not have a role in an evaluation; empty if they may.

    >>> bar("reviewer", Ties(is_subordinate=True)), bar("steward", Ties())
    ('subordinate', '')
    >>> bar("coordinator", Ties(is_manager=True)), bar("manager", Ties(True, True))
    ('is_manager', 'own')
    """
    if role in (EMPLOYEE, SYSTEM):
        return ""
    if ties.is_employee:
        return OWN
    if role in (COORDINATOR, STEWARD, REVIEWER) and ties.is_manager:
        return IS_MANAGER
    if role == STEWARD and (ties.is_above or ties.is_subordinate):
        return IN_LINE
    if role == REVIEWER and ties.is_subordinate:
        return SUBORDINATE
    if role == REVIEWER and ties.had_part:
        return EARLIER_ROLE
    return ""
