"""The duty ledger: equal work over time, as arithmetic that everybody can repeat.

Whoever gets a case is charged its effort points; the same points are credited to all
who are on duty that day, by their hours. The balance says who has had more (above 0) or
less (below 0) than the own share, and the next case goes to the lowest balance for each
full-time equivalent. Pure functions; points are ``int`` thousandths of an effort point,
hours any whole unit, full time is 1000.

Conventions:

* The sum of all balances is minus the points in limbo (cases taken back and not given
  again), exactly: shares are rounded by largest remainder.
* A case is credited once. Taken back and given again, it is charged to the next person
  without a second credit; if it is never given again, the credits are taken back. So
  whoever ends a case has its points, and a case that leaves the team leaves no trace.
* Cases that were held when the ledger began count as open work and cost nobody points.
* Whoever is not on duty has no hours, so neither credit nor charge.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

FULL_TIME = 1000
#: Thousandths in an effort point.
MILLI = 1000

#: Why somebody cannot get a case; of several reasons the first is told.
EXCLUSIONS = (
    "away",
    "leaving",
    "skill",
    "language",
    "clearance",
    "recused",
    "earlier",
    "objection",
    "cap",
)
#: How a case came to somebody.
METHODS = [
    ("lowest", "Lowest balance"),
    ("continuity", "Earlier handler"),
    ("manual", "By hand"),
]
ENTRY_KINDS = [
    ("opening", "Held when the ledger began"),
    ("charge", "Case given"),
    ("reversal", "Case taken back"),
    ("cancellation", "Case not given again"),
    ("weight", "Case weighed anew"),
    ("objection", "Objection upheld"),
    ("write_off", "Debt written off"),
    ("finish", "Case finished"),
]
#: Kinds by which somebody comes to have a case.
HELD = frozenset({"opening", "charge"})


class LedgerError(ValueError):
    """An entry that cannot be in this ledger; the message says why."""


class Candidate(NamedTuple):
    """A member of the team, as far as the choice looks at them."""

    id: int
    balance: int
    full_time: int = FULL_TIME
    last_at: int = 0  #: when the last case was given, 0 for never
    exclusion: str = ""  #: one of ``EXCLUSIONS``, empty for eligible

    @property
    def key(self) -> int:
        """Balance for each full-time equivalent; the lowest is next."""
        return self.balance * FULL_TIME // self.full_time


class Choice(NamedTuple):
    """Who gets a case, how, and who was next."""

    id: int
    method: str
    key: int
    next_key: int | None
    eligible: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    :param hours: who is on duty and for how long, of those credited by this entry
    """

    kind: str
    case: int = 0
    member: int = 0
    points: int = 0
    hours: Mapping[int, int] = field(default_factory=dict)


def share(points: int, hours: Mapping[int, int], case: int = 0) -> dict[int, int]:
    """Divide points by hours, with the largest remainders rounded up.

    :param case: of equal remainders, a hash of case and person decides
    :return: whole points by id, with exactly ``points`` as their sum
    :raise LedgerError: nobody has hours

    >>> share(1000, {1: 8, 2: 8, 3: 4})
    {1: 400, 2: 400, 3: 200}
    >>> sorted(share(1000, {1: 1, 2: 1, 3: 1}).values())
    [333, 333, 334]
    """
    if points < 0:
        return {member: -part for member, part in share(-points, hours, case).items()}
    # Most of a team are on duty equally long, so it is divided once for all of them.
    equals: defaultdict[int, list[int]] = defaultdict(list)
    for member, span in hours.items():
        if span > 0:
            equals[span].append(member)
    total = sum(span * len(members) for span, members in equals.items())
    if not total:
        raise LedgerError("Nobody is on duty to share the points.")
    parts: dict[int, int] = {}
    remainders: defaultdict[int, list[int]] = defaultdict(list)
    left = points
    for span, members in equals.items():
        part, remainder = divmod(points * span, total)
        parts.update(dict.fromkeys(members, part))
        remainders[remainder] += members
        left -= part * len(members)
    for remainder in sorted(remainders, reverse=True):
        if not left:
            break
        members = remainders[remainder]
        if left < len(members):
            # Only here somebody has to decide between equals.
            members = sorted(members, key=tie_breaks(case, members).__getitem__)
        for member in members[:left]:
            parts[member] += 1
        left -= min(left, len(members))
    return parts


def choose(
    case: int,
    candidates: Iterable[Candidate],
    *,
    earlier: int = 0,
    slack: int = 0,
) -> Choice | None:
    """Return who gets a case, ``None`` if nobody is eligible.

    The lowest balance for each full-time equivalent; of equals, who has waited longest,
    then a hash of case and person. The earlier handler of the case goes first while
    their key is within ``slack`` of the lowest.

    >>> away = Candidate(3, -900, exclusion="away")
    >>> team = [Candidate(1, 500), Candidate(2, -200), away]
    >>> choose(7, team)
    Choice(id=2, method='lowest', key=-200, next_key=500, eligible=2)
    >>> choose(7, team, earlier=1, slack=1000).method
    'continuity'
    """
    eligible = [candidate for candidate in candidates if not candidate.exclusion]
    if not eligible:
        return None
    keys = [candidate.key for candidate in eligible]
    least, method = min(keys), "lowest"
    place = _first_of_equals(
        case, eligible, [place for place, key in enumerate(keys) if key == least]
    )
    for other, candidate in enumerate(eligible):
        if candidate.id == earlier and keys[other] <= least + slack:
            method = "lowest" if keys[other] == least else "continuity"
            place = other
    chosen, key = eligible[place], keys.pop(place)
    next_key = min(keys, default=None)
    return Choice(chosen.id, method, key, next_key, len(eligible))


def _first_of_equals(
    case: int, candidates: Sequence[Candidate], places: Sequence[int]
) -> int:
    """Return the place of who has waited longest, then of the lowest hash."""
    if len(places) == 1:
        return places[0]
    longest = min(candidates[place].last_at for place in places)
    equals = {
        candidates[place].id: place
        for place in places
        if candidates[place].last_at == longest
    }
    return equals[min(equals, key=tie_breaks(case, equals).__getitem__)]


def tie_breaks(case: int, members: Iterable[int]) -> dict[int, bytes]:
    """Return what decides between equals: a hash of case and person for each member.

    It is the same everywhere and favours nobody over time.
    """
    # Of all at once: this is most of what a ledger costs.
    copy = blake2b(b"%d:" % case, digest_size=8).copy
    found = {}
    for member in members:
        tie_break = copy()
        tie_break.update(b"%d" % member)
        found[member] = tie_break.digest()
    return found


@dataclass(slots=True)
class Ledger:
    """Balances, open work and limbo, computed from entries alone."""

    balances: dict[int, int] = field(default_factory=dict)
    #: who has a case now and how many points they were charged for it
    held: dict[int, tuple[int, int]] = field(default_factory=dict)
    #: points of cases that were taken back and not given again
    limbo: dict[int, int] = field(default_factory=dict)
    #: who was credited for a case, to be taken back if it is never given again
    credited: dict[int, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def replay(cls, entries: Iterable[Entry]) -> "Ledger":
        """Return the ledger after these entries, in their order."""
        ledger = cls()
        for entry in entries:
            ledger.post(entry)
        return ledger

    def balance(self, member: int) -> int:
        """Return the balance of a member, 0 for somebody new."""
        return self.balances.get(member, 0)

    def post(self, entry: Entry) -> dict[int, int]:
        """Book an entry; return by how much it changes each balance.

        :raise LedgerError: the entry does not fit what was booked before
        """
        deltas = _BOOK[entry.kind](self, entry)
        balances = self.balances
        for member, delta in deltas.items():
            balances[member] = balances.get(member, 0) + delta
        return deltas

    def _open(self, entry: Entry) -> dict[int, int]:
        if entry.case in self.held:
            raise LedgerError(f"Case {entry.case} is given already.")
        self.held[entry.case] = entry.member, entry.points
        # As if charged and credited to the holder alone, so it can leave without trace.
        self.credited[entry.case] = {entry.member: entry.points}
        return {}

    def _charge(self, entry: Entry) -> dict[int, int]:
        if entry.case in self.held:
            raise LedgerError(f"Case {entry.case} is given already.")
        points = self.limbo.pop(entry.case, None)
        if points is not None:
            self.held[entry.case] = entry.member, points
            return {entry.member: points}
        credit = share(entry.points, entry.hours, entry.case)
        self.held[entry.case] = entry.member, entry.points
        self.credited[entry.case] = credit
        return _charge_for(entry, credit)

    def _reverse(self, entry: Entry) -> dict[int, int]:
        if entry.case not in self.held:
            raise LedgerError(f"Case {entry.case} is not given to anybody.")
        member, points = self.held.pop(entry.case)
        self.limbo[entry.case] = points
        return {member: -points}

    def _cancel(self, entry: Entry) -> dict[int, int]:
        if entry.case not in self.limbo:
            raise LedgerError(f"Case {entry.case} waits for nobody.")
        del self.limbo[entry.case]
        return dict(self.credited.pop(entry.case))

    def _weigh(self, entry: Entry) -> dict[int, int]:
        """A case weighs more (or less) than was charged: the next cases compensate.

        Whoever has given the case away since has the points all the same; they are
        then no part of the case any more.
        """
        credit = share(entry.points, entry.hours, entry.case)
        holder, points = self.held.get(entry.case, (0, 0))
        if holder == entry.member:
            self.held[entry.case] = holder, points + entry.points
            credited = self.credited[entry.case]
            for member, part in credit.items():
                credited[member] = credited.get(member, 0) + part
        return _charge_for(entry, credit)

    def _write_off(self, entry: Entry) -> dict[int, int]:
        """A debt that nobody can work off is forgiven at the cost of the others."""
        if entry.member in entry.hours:
            raise LedgerError("A debt is not written off at the debtor's own cost.")
        return _charge_for(entry, share(entry.points, entry.hours, entry.case))

    def in_limbo(self) -> int:
        """Return the points of the cases that wait to be given again."""
        return sum(self.limbo.values())

    def open_points(self, member: int) -> int:
        """Return the points of the cases that somebody has now."""
        return sum(points for who, points in self.held.values() if who == member)

    def _finish(self, entry: Entry) -> dict[int, int]:
        """A finished case is no longer open; its points stay charged."""
        if entry.case not in self.held:
            raise LedgerError(f"Case {entry.case} is not given to anybody.")
        del self.held[entry.case]
        self.credited.pop(entry.case, None)
        return {}


_BOOK = {
    "opening": Ledger._open,
    "charge": Ledger._charge,
    "reversal": Ledger._reverse,
    "cancellation": Ledger._cancel,
    "weight": Ledger._weigh,
    "objection": Ledger._weigh,
    "write_off": Ledger._write_off,
    "finish": Ledger._finish,
}


def _charge_for(entry: Entry, credit: Mapping[int, int]) -> dict[int, int]:
    """Return by how much balances change: one is charged what all are credited."""
    deltas = {member: -part for member, part in credit.items()}
    deltas[entry.member] = deltas.get(entry.member, 0) + entry.points
    return deltas


def debt_to_write_off(balance: int, full_time: int, day: int) -> int:
    """Return by how much a debt goes below two average days of work, 0 for none.

    :param day: points of an average day of a full-time employee

    >>> debt_to_write_off(-9000, 1000, 4000), debt_to_write_off(-9000, 500, 4000)
    (1000, 5000)
    """
    return max(0, -balance - 2 * day * full_time // FULL_TIME)


# ------------------------------------------------------------------------- replay
class Decision(NamedTuple):
    """What a charge was decided on: stored with it, to be checked by anybody."""

    entry: Entry
    method: str
    candidates: Sequence[Candidate] = ()
    earlier: int = 0
    slack: int = 0


class Explanation(NamedTuple):
    """Why somebody got a case, to be said in words; thousandths of a point."""

    member: int
    points: int
    method: str
    key: int | None = None  #: balance for each full-time equivalent, before the case
    next_key: int | None = None  #: the lowest of the others who were eligible
    eligible: int = 0
    excluded: tuple[tuple[str, int], ...] = ()  #: how many for which reason


def explain(decision: Decision) -> Explanation:
    """Return why somebody got a case, from what was stored with the choice.

    >>> team = (Candidate(1, 500), Candidate(2, -200), Candidate(3, 0, exclusion="cap"))
    >>> explain(Decision(Entry("charge", 7, 2, 1000), "lowest", team))[3:]
    (-200, 500, 2, (('cap', 1),))
    """
    entry = decision.entry
    chosen = next((w for w in decision.candidates if w.id == entry.member), None)
    if chosen is None or decision.method == "manual":
        return Explanation(entry.member, entry.points, decision.method)
    eligible = [who for who in decision.candidates if not who.exclusion]
    counts = Counter(who.exclusion for who in decision.candidates if who.exclusion)
    return Explanation(
        entry.member,
        entry.points,
        decision.method,
        chosen.key,
        min((who.key for who in eligible if who.id != chosen.id), default=None),
        len(eligible),
        tuple((code, counts[code]) for code in EXCLUSIONS if counts[code]),
    )


class Difference(NamedTuple):
    """The first line of a ledger that does not follow from the lines before it."""

    position: int
    what: str  #: "balance", "choice" or "entry"
    member: int = 0
    found: int = 0
    expected: int = 0


def first_difference(
    decisions: Iterable[Decision], ledger: Ledger | None = None
) -> Difference | None:
    """Replay a ledger; return where it does not add up, ``None`` if it does.

    Checked are the balances that the candidates are said to have had, and that the
    choice follows from the candidates by the rule, unless it was made by hand.

    :param ledger: an empty one, to which the entries are posted
    """
    ledger = Ledger() if ledger is None else ledger
    for position, decision in enumerate(decisions):
        entry = decision.entry
        balances = ledger.balances
        for who in decision.candidates:
            expected = balances.get(who.id, 0)
            if who.balance != expected:
                return Difference(position, "balance", who.id, who.balance, expected)
        if entry.kind == "charge" and decision.method != "manual":
            choice = choose(
                entry.case,
                decision.candidates,
                earlier=decision.earlier,
                slack=decision.slack,
            )
            expected = choice.id if choice else 0
            if expected != entry.member:
                return Difference(position, "choice", 0, entry.member, expected)
        try:
            ledger.post(entry)
        except LedgerError:
            return Difference(position, "entry", entry.member)
    return None
