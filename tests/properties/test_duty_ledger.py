"""What always holds in the duty ledger (I1 to I7), over random worlds."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.duty_ledger import (
    FULL_TIME,
    Candidate,
    Decision,
    Entry,
    Ledger,
    LedgerError,
    choose,
    debt_to_write_off,
    first_difference,
    share,
)
from odoo.addons.citizen_crm.tools.inequality import jain

SKILLS = ("none", "permits", "trees")
points = st.sampled_from((250, 500, 1000, 1700, 3000))


@dataclass(frozen=True)
class Person:
    id: int
    full_time: int
    skills: frozenset[str]
    absent: frozenset[int]


@dataclass
class World:
    """A team that works through days; everything that can happen to a case happens."""

    people: list[Person]
    slack: int
    cap: int
    ledger: Ledger = field(default_factory=Ledger)
    decisions: list[Decision] = field(default_factory=list)
    last_at: dict[int, int] = field(default_factory=dict)
    earlier: dict[int, int] = field(default_factory=dict)
    queue: list[tuple[int, int, str]] = field(default_factory=list)
    day: int = 0
    clock: int = 0

    def hours(self) -> dict[int, int]:
        return {
            who.id: who.full_time for who in self.people if self.day not in who.absent
        }

    def candidates(self, skill: str) -> list[Candidate]:
        return [self._candidate(who, skill) for who in self.people]

    def _candidate(self, who: Person, skill: str) -> Candidate:
        exclusion = ""
        if self.day in who.absent:
            exclusion = "away"
        elif skill != "none" and skill not in who.skills:
            exclusion = "skill"
        elif self.ledger.open_points(who.id) >= self.cap:
            exclusion = "cap"
        return Candidate(
            who.id,
            self.ledger.balance(who.id),
            who.full_time,
            self.last_at.get(who.id, 0),
            exclusion,
        )

    def post(self, entry: Entry, method: str = "", **stored) -> None:
        self.decisions.append(Decision(entry, method, **stored))
        self.ledger.post(entry)

    def give(self, case: int, weight: int, skill: str) -> bool:
        team = self.candidates(skill)
        earlier = self.earlier.get(case, 0)
        choice = choose(case, team, earlier=earlier, slack=self.slack)
        if not choice:
            return False
        self.clock += 1
        self.last_at[choice.id] = self.clock
        self.earlier[case] = choice.id
        self.post(
            Entry("charge", case, choice.id, weight, self.hours()),
            choice.method,
            candidates=tuple(team),
            earlier=earlier,
            slack=self.slack,
        )
        return True

    def drain(self) -> None:
        self.queue = [waiting for waiting in self.queue if not self.give(*waiting)]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Ten days of a team of part-timers with absences, skills, caps and overrides."""
    people = [
        Person(
            number,
            draw(st.sampled_from((400, 500, 800, FULL_TIME))),
            draw(st.frozensets(st.sampled_from(SKILLS[1:]))),
            draw(st.frozensets(st.integers(0, 9), max_size=4)),
        )
        for number in range(1, draw(st.integers(1, 6)) + 1)
    ]
    world = World(people, draw(st.sampled_from((0, 1000, 3000))), 9000)
    for case in range(-draw(st.integers(0, 4)), 0):
        world.post(Entry("opening", case, draw(points) % len(people) + 1, draw(points)))
    case = 0
    for world.day in range(10):
        for _number in range(draw(st.integers(0, 6))):
            case += 1
            world.queue.append((case, draw(points), draw(st.sampled_from(SKILLS))))
        world.drain()
        _draw_trouble(draw, world)
    return world


def _draw_trouble(draw: st.DrawFn, world: World) -> None:
    """Take back, cancel, finish, weigh anew, give by hand, write off."""
    held = sorted(world.ledger.held)
    on_duty = world.hours()
    for case in held:
        fate = draw(st.sampled_from(("keep", "finish", "back", "object")))
        member, weight = world.ledger.held[case]
        if fate == "finish":
            world.post(Entry("finish", case))
        elif fate == "back":
            world.post(Entry("reversal", case))
            if draw(st.booleans()):
                world.queue.append((case, weight, "none"))
            else:
                world.post(Entry("cancellation", case))
        elif fate == "object" and on_duty:
            delta = draw(st.integers(-200, 900))
            who = draw(st.sampled_from([member, *sorted(on_duty)]))
            world.post(Entry("objection", case, who, delta, on_duty))
    if world.queue and on_duty and draw(st.booleans()):
        case, weight, _skill = world.queue.pop()
        by_hand = draw(st.sampled_from(sorted(on_duty)))
        world.earlier[case] = by_hand
        world.post(Entry("charge", case, by_hand, weight, on_duty), "manual")
    for who in world.people:
        others = {member: span for member, span in on_duty.items() if member != who.id}
        debt = debt_to_write_off(world.ledger.balance(who.id), who.full_time, 2000)
        if who.id in on_duty and others and debt:
            world.post(Entry("write_off", 0, who.id, debt, others))


@given(st.integers(-9000, 9000), st.dictionaries(st.integers(1, 40), st.integers(0, 9)))
def test_shares_are_exact(amount: int, hours: dict[int, int]) -> None:
    """Nothing is lost by rounding, and nobody is a whole point off."""
    total = sum(hours.values())
    if not total:
        return
    parts = share(amount, hours)
    assert sum(parts.values()) == amount
    for member, part in parts.items():
        assert abs(part - amount * hours[member] / total) < 1


@given(
    st.integers(0, 9000),
    st.dictionaries(st.integers(1, 40), st.integers(0, 9)),
    st.integers(0, 10**6),
)
def test_shares_are_those_of_the_definition(
    amount: int, hours: dict[int, int], case: int
) -> None:
    """The largest remainders first, then the lowest hash: ledgers rest on it."""
    total = sum(hours.values())
    if not total:
        return

    def rank(member: int) -> tuple[int, bytes]:
        text = f"{case}:{member}".encode()
        remainder = amount * hours[member] % total
        return -remainder, blake2b(text, digest_size=8).digest()

    expected = {who: amount * span // total for who, span in hours.items() if span}
    for member in sorted(expected, key=rank)[: amount - sum(expected.values())]:
        expected[member] += 1
    assert share(amount, hours, case) == expected


@given(worlds(), st.data())
def test_what_is_refused_changes_nothing(world: World, data: st.DataObject) -> None:
    """The ledger goes on as if the entry had never been there, as it is replayed."""
    held = data.draw(st.sampled_from([0, *sorted(world.ledger.held)]))
    limbo = data.draw(st.sampled_from([0, *sorted(world.ledger.limbo)]))
    before = deepcopy(world.ledger)
    for entry in (
        Entry("charge", 10**6, 1, 1000),
        Entry("charge", held, 1, 1000, {1: 480} if held else {}),
        Entry("opening", held, 1, 1000) if held else Entry("finish", 10**6),
        Entry("reversal", limbo or 10**6),
        Entry("cancellation", held or 10**6),
        Entry("objection", held, 1, 1000),
        Entry("write_off", 0, 1, 1000, {1: 480}),
    ):
        with pytest.raises(LedgerError):
            world.ledger.post(entry)
        assert world.ledger == before


@given(worlds())
def test_i1_sum_is_zero(world: World) -> None:
    ledger = Ledger()
    for decision in world.decisions:
        ledger.post(decision.entry)
        assert sum(ledger.balances.values()) == -ledger.in_limbo()


@given(worlds())
def test_i2_no_justified_complaint(world: World) -> None:
    for decision in world.decisions:
        if decision.entry.kind != "charge" or decision.method == "manual":
            continue
        keys = {who.id: who.key for who in decision.candidates if not who.exclusion}
        own = keys[decision.entry.member]
        slack = decision.slack if decision.method == "continuity" else 0
        assert own <= min(keys.values()) + slack


@settings(max_examples=60)
@given(
    st.lists(points, min_size=1, max_size=120),
    st.lists(st.sampled_from((400, 500, 800, FULL_TIME)), min_size=2, max_size=7),
    st.sampled_from((0, 1000, 3000)),
    st.data(),
)
def test_i3_the_bound(
    weights: list[int], shares: list[int], slack: int, data: st.DataObject
) -> None:
    """Equally available and eligible: at most one largest case apart, plus slack."""
    people = [
        Person(number, full_time, frozenset(), frozenset())
        for number, full_time in enumerate(shares, 1)
    ]
    world = World(people, slack, 10**9)
    for case, weight in enumerate(weights, 1):
        if slack and case > 1:
            world.earlier[case] = data.draw(st.integers(1, len(people)))
        world.give(case, weight, "none")
        keys = [who.key for who in world.candidates("none")]
        # Shares are whole points and keys are rounded down: a point each way.
        bound = max(weights) * FULL_TIME // min(shares) + slack + 2 * len(weights)
        assert max(keys) - min(keys) <= bound


@given(worlds())
def test_i4_replay(world: World) -> None:
    entries = [decision.entry for decision in world.decisions]
    assert Ledger.replay(entries) == world.ledger
    assert first_difference(world.decisions) is None


@given(worlds(), st.data())
def test_i4_replay_finds_a_forgery(world: World, data: st.DataObject) -> None:
    """A balance or a choice that was changed afterwards is found at its line."""
    charges = [
        position
        for position, decision in enumerate(world.decisions)
        if decision.entry.kind == "charge" and decision.candidates
    ]
    if not charges:
        return
    position = data.draw(st.sampled_from(charges))
    decision = world.decisions[position]
    first, *others = decision.candidates
    forged = decision._replace(
        candidates=(first._replace(balance=first.balance + 1), *others)
    )
    found = first_difference(
        [*world.decisions[:position], forged, *world.decisions[position + 1 :]]
    )
    assert found is not None
    assert (found.position, found.what, found.member) == (position, "balance", first.id)
    outsider = replace(decision.entry, member=99)
    found = first_difference(
        [*world.decisions[:position], decision._replace(entry=outsider)]
    )
    assert found is not None
    assert (found.position, found.what, found.found) == (position, "choice", 99)


@given(worlds())
def test_i5_absence_is_neutral(world: World) -> None:
    """Who is away neither gets nor owes anything for the cases of that day."""
    ledger = Ledger()
    for decision in world.decisions:
        entry = decision.entry
        deltas = ledger.post(entry)
        if entry.hours:
            assert set(deltas) <= {*entry.hours, entry.member}
        if entry.kind == "charge":
            assert entry.member in entry.hours


@given(worlds())
def test_i6_nobody_waits_in_vain(world: World) -> None:
    """After draining, whatever still waits has no eligible person."""
    world.drain()
    for _case, _weight, skill in world.queue:
        assert all(who.exclusion for who in world.candidates(skill))


@given(
    st.lists(
        st.tuples(st.integers(-9000, 9000), st.sampled_from((400, 800, FULL_TIME))),
        min_size=1,
        max_size=8,
    ),
    st.permutations(range(1, 9)),
)
def test_i7_names_do_not_matter(team: list[tuple[int, int]], names: list[int]) -> None:
    """The same balances under other names give the same place in the team."""

    def chosen(ids: list[int]) -> int:
        candidates = [
            Candidate(who, balance, full_time, last_at=place)
            for place, (who, (balance, full_time)) in enumerate(
                zip(ids, team, strict=False), 1
            )
        ]
        choice = choose(5, candidates)
        assert choice is not None
        return ids.index(choice.id)

    assert chosen(list(range(1, 9))) == chosen(names)


@given(st.lists(st.floats(0, 100), max_size=20))
def test_jain_is_a_share(shares: list[float]) -> None:
    index = jain(shares)
    assert index is None or 0 < index <= 1 + 1e-9
