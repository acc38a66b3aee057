"""What other promises would have done to a case: its log, replayed with them pinned.

Pure functions over :mod:`sla_clock`. A promise is pinned at receipt, as if its rule had
been in force then; whatever was promised in fact is left out of the log.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from .sla_clock import Reading, read_clocks
from .sla_promises import Entry, Target
from .working_time import Timetable

Key = tuple[str, str]
#: What came of a clock, as a preview counts it.
OUTCOMES = [
    ("met", "Met"),
    ("missed", "Missed"),
    ("not_applicable", "Not applicable"),
    ("open", "Still open"),
    ("undetermined", "No deadline"),
    ("none", "Not promised"),
]


class Replay(NamedTuple):
    """How a case is replayed: by which calendars, at which instant."""

    table_of: Callable[[int], Timetable]
    version_of: Callable[
        [int], int
    ]  #: calendar of a rule -> its version, 0 if unusable
    now: int


class Comparison(NamedTuple):
    """One clock of a case under two sets of promises."""

    kind: str
    basis: str
    number: int
    before: Reading | None
    after: Reading | None


def outcome(reading: Reading | None) -> str:
    """Return what came of a clock as a key of ``OUTCOMES``."""
    if reading is None:
        return "none"
    return "open" if reading.state in ("running", "paused") else reading.state


def replay(
    log: Sequence[Entry], targets: Iterable[Target], how: Replay
) -> list[Reading]:
    """Return the clocks of a case with these promises made at its receipt."""
    start = min((entry.at for entry in log), default=0)
    pinned = [
        Entry(start, "promised", target=t.id, table=how.version_of(t.calendar))
        for t in targets
    ]
    happened = [e for e in log if e.kind not in ("promised", "unpromised")]
    return read_clocks(
        [*pinned, *happened],
        {target.id: target for target in targets},
        how.table_of,
        now=how.now,
    )


def compare(
    log: Sequence[Entry],
    before: Mapping[Key, Target],
    after: Mapping[Key, Target],
    changed: Iterable[int],
    how: Replay,
) -> list[Comparison]:
    """Return the clocks that a rule decides, before or after a change of it.

    :param before: promises by kind and basis under the rules as they are
    :param after: the same under the rules as they would be
    :param changed: ids of the targets of both versions of the rule
    """
    ours = set(changed)
    keys = [
        key
        for key in {**before, **after}
        if any(key in side and side[key].id in ours for side in (before, after))
    ]
    kept = [key for key in keys if _is_same(before.get(key), after.get(key))]
    new = _by_number(replay(log, [after[k] for k in keys if k in after], how))
    old = _by_number(
        replay(log, [before[k] for k in keys if k in before and k not in kept], how)
    )
    old |= {number: reading for number, reading in new.items() if number[:2] in kept}
    return [Comparison(*key, old.get(key), new.get(key)) for key in {**old, **new}]


def _is_same(before: Target | None, after: Target | None) -> bool:
    """Tell whether two promises are the same but for their version."""
    return bool(before and after) and replace(before, id=after.id) == after


def _by_number(readings: Iterable[Reading]) -> dict[tuple[str, str, int], Reading]:
    return {(r.target.kind, r.target.basis, r.number): r for r in readings}
