"""When the personal data of a case go, and how the proof of it is sealed.

Pure functions: :func:`verdict` alone decides whether a case is due, for the dry-run
list and again when it is carried out; :func:`seal` makes the proof checkable.
"""

import json
from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple


class CaseFacts(NamedTuple):
    """What the decision looks at; ``months`` is ``None`` where no class says it."""

    is_open: bool
    closed: datetime | None
    erased: datetime | None = None
    months: int | None = None
    is_kept: bool = False
    is_held: bool = False


def retention_end(closed: datetime, months: int) -> datetime:
    """Return the moment some calendar months after another.

    The last day of a month stands for days that the month does not have.

    >>> retention_end(datetime(2024, 1, 31, 9), 1)
    datetime.datetime(2024, 2, 29, 9, 0)
    >>> retention_end(datetime(2024, 11, 30), 3)
    datetime.datetime(2025, 2, 28, 0, 0)
    """
    year, month = divmod(closed.year * 12 + closed.month - 1 + months, 12)
    day = min(closed.day, monthrange(year, month + 1)[1])
    return closed.replace(year=year, month=month + 1, day=day)


def verdict(case: CaseFacts, now: datetime) -> str:
    """Return ``due``, or the one word that says why the case keeps its data.

    ``erased`` already, ``open`` or ended without a date (the clock does not run),
    ``kept`` for good by its class, ``young`` while retention runs, ``held``.

    >>> old = CaseFacts(False, datetime(2020, 1, 1), months=12)
    >>> now = datetime(2026, 1, 1)
    >>> verdict(old, now), verdict(old._replace(is_held=True), now)
    ('due', 'held')
    >>> verdict(old._replace(is_open=True), now), verdict(old, datetime(2020, 6, 1))
    ('open', 'young')
    """
    if case.erased:
        return "erased"
    if case.is_open or not case.closed:
        return "open"
    if case.is_kept or case.months is None:
        return "kept"
    if retention_end(case.closed, case.months) > now:
        return "young"
    return "held" if case.is_held else "due"


def seal(subject: str, proof: Mapping) -> str:
    """Return the SHA-256 of whose data were erased and what is on record about it.

    >>> a = seal("case 7", {"files": 2, "at": "2026-01-01"})
    >>> a == seal("case 7", {"at": "2026-01-01", "files": 2}), len(a)
    (True, 64)
    >>> a == seal("case 8", {"files": 2, "at": "2026-01-01"})
    False
    """
    text = json.dumps(proof, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(f"{subject}\n{text}".encode()).hexdigest()
