"""What the city owes for a case before it is answered, and what of it is missing.

A duty is a row of the catalogue: so much is owed in such a role for such a nature.
The duties in force when the case was received hold for it, whatever becomes of the
catalogue later. Instants are anything that can be compared, ``None`` for none.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

# Lists, not tuples: Odoo knows and translates the labels of a list only.
#: Kinds of duties in the order in which they are done.
DUTY_KINDS = [
    ("acknowledge", "Receipt is confirmed"),
    ("read_back", "What was said is read back"),
    ("reply", "Reasoned reply is sent"),
    ("remedies", "Reply tells the remedies"),
    ("approval", "Reply is approved"),
    ("result", "Result of the service is told"),
]
#: Who approves, from below to above.
LEVEL_ORDER = ("", "lead", "head")
#: Duties of telling somebody something; nobody owes them to those who cannot be told.
TOLD = frozenset({"acknowledge", "reply", "remedies", "approval", "result"})
#: Duties that the lead case of a matter has for the cases joined to it.
OF_LEAD = frozenset({"reply", "remedies", "approval", "result"})
_ORDER = [kind for kind, _label in DUTY_KINDS]


class Duty(NamedTuple):
    """A row of the catalogue; an empty nature stands for every nature of the role."""

    id: int
    kind: str
    role: str
    nature: str = ""
    level: str = ""
    since: object = None  #: in force for cases received from here on
    until: object = None  #: and before this


class Matter(NamedTuple):
    """The part of a case that decides what is owed for it."""

    role: str
    nature: str
    received: object
    is_oral: bool = False
    can_be_told: bool = True
    is_joined: bool = False  #: to the lead case of a matter, which is answered


def owed(duties: Iterable[Duty], matter: Matter) -> list[Duty]:
    """Return the duties of a case, one of each kind, in the order of doing them.

    Of several of one kind the one that asks for most is owed.

    >>> book = [Duty(1, "approval", "citizen", "complaint", "lead"),
    ...     Duty(2, "approval", "citizen", "", "head"), Duty(3, "reply", "citizen")]
    >>> [duty.id for duty in owed(book, Matter("citizen", "complaint", 5))]
    [3, 2]
    >>> owed(book, Matter("citizen", "complaint", 5, can_be_told=False))
    []
    """
    found: dict[str, Duty] = {}
    for duty in duties:
        if not _holds(duty, matter):
            continue
        other = found.get(duty.kind)
        if other is None or _weight(duty) > _weight(other):
            found[duty.kind] = duty
    return sorted(found.values(), key=lambda duty: _ORDER.index(duty.kind))


def missing(
    duties: Iterable[Duty], done: Collection[str], approved: str = ""
) -> list[Duty]:
    """Return those of the owed duties that are not done.

    :param done: kinds of duties that were done
    :param approved: the level at which the reply was approved, empty for none

    >>> due = [Duty(1, "reply", "citizen"), Duty(2, "approval", "citizen", "", "head")]
    >>> [duty.kind for duty in missing(due, {"reply", "approval"}, "lead")]
    ['approval']
    """
    return [
        duty
        for duty in duties
        if duty.kind not in done
        or (duty.kind == "approval" and not reaches(approved, duty.level))
    ]


def reaches(level: str, wanted: str) -> bool:
    """Tell whether an approval at one level is enough where another is wanted.

    >>> reaches("head", "lead"), reaches("lead", "head")
    (True, False)
    """
    return LEVEL_ORDER.index(level) >= LEVEL_ORDER.index(wanted)


def _holds(duty: Duty, matter: Matter) -> bool:
    if duty.role != matter.role or duty.nature not in ("", matter.nature):
        return False
    if duty.since is not None and matter.received < duty.since:
        return False
    if duty.until is not None and matter.received >= duty.until:
        return False
    if duty.kind == "read_back" and not matter.is_oral:
        return False
    if duty.kind in TOLD and not matter.can_be_told:
        return False
    return not (duty.kind in OF_LEAD and matter.is_joined)


def _weight(duty: Duty) -> tuple[int, bool, int]:
    return LEVEL_ORDER.index(duty.level), bool(duty.nature), -duty.id
