"""Remember what a source said about a case, without keeping a second copy of it.

The fingerprint of a record is one short hash per fact, side by side. Comparing two
of them tells *which* facts changed at the source since the last import, whatever
the staff have done to the case in between.
"""

from collections.abc import Iterable
from hashlib import blake2b

from .record import CaseRecord

#: The facts in the order of the fingerprint; a new one goes to the end.
FACTS = (
    "received",
    "closed",
    "due",
    "status",
    "answer",
    "service_type",
    "department",
    "district",
    "channel",
    "title",
    "place",
)
_WIDTH = 6
"""Hex digits per fact: a change goes unnoticed once in 16.8 million."""


def fingerprint(record: CaseRecord) -> str:
    """Hash every fact of a record."""
    values = (
        record.received,
        record.closed,
        record.due,
        record.status,
        record.answer,
        record.service_type.key,
        record.department.key,
        record.district_key,
        record.channel and record.channel.key,
        record.title,
        (record.place, record.latitude, record.longitude),
    )
    return "".join(map(_hash, values))


def changed_facts(before: str, after: str) -> tuple[str, ...]:
    """Name the facts that differ between two fingerprints.

    >>> changed_facts("a" * 6 * 11, "a" * 6 * 10 + "b" * 6)
    ('place',)
    """
    pairs = zip(_parts(before), _parts(after), strict=True)
    return tuple(
        fact for fact, (old, new) in zip(FACTS, pairs, strict=True) if old != new
    )


def merge_fingerprint(before: str, after: str, taken: Iterable[str]) -> str:
    """The old fingerprint with the new hashes of the facts taken over."""
    taken = set(taken)
    parts = zip(FACTS, _parts(before), _parts(after), strict=True)
    return "".join(new if fact in taken else old for fact, old, new in parts)


def _hash(value: object) -> str:
    return blake2b(repr(value).encode(), digest_size=_WIDTH // 2).hexdigest()


def _parts(text: str) -> list[str]:
    """Cut a fingerprint; one of an older version is filled up with "unknown"."""
    text = text.ljust(_WIDTH * len(FACTS), "?")
    return [text[i * _WIDTH : (i + 1) * _WIDTH] for i in range(len(FACTS))]
