"""What the front line may settle by itself, and who decides on more.

An authority is given to everybody who handles certain cases. Its limits look at the
case, the amount and how often it was used; never at who the person is. Amounts are
counted in the smallest unit of the currency (cents), so that sums are exact.
"""

from collections.abc import Collection
from typing import NamedTuple

#: Kinds of remedies. A list, so that Odoo knows and translates the labels.
REMEDIES = [
    ("refund", "Refund"),
    ("waiver", "Waiver of a fee or fine"),
    ("replacement", "Replacement"),
    ("visit", "Visit or extra service"),
    ("other", "Other remedy"),
]
#: Why a use is beyond what the front line decides.
BEYOND = ("amount", "case", "year")


class Scope(NamedTuple):
    """For which cases an authority is given; empty for all of them."""

    role: str = ""
    teams: Collection[int] = ()
    categories: Collection[int] = ()


class Case(NamedTuple):
    """What an authority looks at in a case.

    ``teams`` and ``categories`` are the ids of its team and service type with those of
    everything above them.
    """

    role: str
    teams: Collection[int] = ()
    categories: Collection[int] = ()


class Limits(NamedTuple):
    """Up to where which level decides.

    ``amount`` and ``lead_amount`` hold for all uses in a case together, so that nothing
    is gained by splitting; with an ``amount`` of 0 no money is given. ``per_case`` and
    ``per_person`` (in twelve months) count uses, 0 for any number.
    """

    amount: int = 0
    lead_amount: int = 0
    per_case: int = 1
    per_person: int = 0


class Use(NamedTuple):
    """A use that is asked for, and what there was before it."""

    amount: int = 0
    amount_before: int = 0
    in_case: int = 0
    by_person: int = 0


class Verdict(NamedTuple):
    """``level`` that decides, "" for the front line, and why it is not enough."""

    level: str
    reasons: tuple[str, ...] = ()


def covers(scope: Scope, case: Case) -> bool:
    """Tell whether an authority is given for a case.

    >>> roads = Scope(teams={3})
    >>> covers(roads, Case("citizen", teams={3, 8})), covers(roads, Case("citizen"))
    (True, False)
    >>> covers(Scope("customer"), Case("citizen")), covers(Scope(), Case("citizen"))
    (False, True)
    """
    return (
        (not scope.role or scope.role == case.role)
        and (not scope.teams or bool(set(scope.teams) & set(case.teams)))
        and (not scope.categories or bool(set(scope.categories) & set(case.categories)))
    )


def judge(limits: Limits, use: Use) -> Verdict:
    """Return who decides on a use.

    >>> bins = Limits(per_case=1)
    >>> judge(bins, Use())
    Verdict(level='', reasons=())
    >>> judge(bins, Use(in_case=1))
    Verdict(level='lead', reasons=('case',))
    >>> refund = Limits(amount=5000, lead_amount=20000, per_case=0)
    >>> judge(refund, Use(amount=3000, amount_before=3000))
    Verdict(level='lead', reasons=('amount',))
    >>> judge(refund, Use(amount=20001)).level
    'head'
    """
    total = use.amount_before + use.amount
    passed = {
        "amount": total > limits.amount,
        "case": 0 < limits.per_case <= use.in_case,
        "year": 0 < limits.per_person <= use.by_person,
    }
    reasons = tuple(name for name in BEYOND if passed[name])
    if not reasons:
        return Verdict("")
    is_grave = passed["amount"] and total > limits.lead_amount
    return Verdict("head" if is_grave else "lead", reasons)
