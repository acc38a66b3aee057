"""Rank the service types of a catalogue by the words somebody typed."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from .similarity import normal_form, similarity

#: What a word found in the name, the keywords, the code or the group counts.
_NAME, _KEYWORD, _CODE, _GROUP = 4.0, 3.0, 5.0, 1.0
_WHOLE_WORD, _START, _INSIDE = 1.0, 0.8, 0.4
#: A misspelt word counts when it is this like a word of the name or the keywords.
_MISSPELT = 0.45


_K = TypeVar("_K", bound=Hashable)


def rank(term: str, types: Mapping[_K, Sequence[str | None]]) -> list[_K]:
    """Return the keys of the types that match most of the words, the best first.

    ``types`` gives for each key the name, keywords, code and name of the group.

    >>> types = {1: ("Pothole or damaged road", "hole, asphalt", "POT", "Roads"),
    ...          2: ("Street light out", "lamp, dark", "LGT", "Roads")}
    >>> rank("hole", types), rank("roads", types), rank("lgt", types)
    ([1], [1, 2], [2])
    >>> rank("pothle", types), rank("a dark street", types), rank("zebra", types)
    ([1], [2], [])
    """
    words = normal_form(term).split()
    scored = []
    for key, texts in types.items():
        fields = [normal_form(text or "").split() for text in texts]
        scores = [score for word in words if (score := _score(word, fields))]
        if scores:
            scored.append((-len(scores), -sum(scores), len(scored), key))
    scored.sort(key=lambda row: row[:3])
    return [key for matched, _s, _o, key in scored if matched == scored[0][0]]


def _score(word: str, fields: Sequence[Sequence[str]]) -> float:
    found = (
        weight * _match(word, candidate)
        for weight, words in zip((_NAME, _KEYWORD, _CODE, _GROUP), fields, strict=True)
        for candidate in words
    )
    best = max(found, default=0.0)
    if best or len(word) < 4:
        return best
    alike = (similarity(word, other) for words in fields[:2] for other in words)
    likeness = max(alike, default=0.0)
    return likeness if likeness >= _MISSPELT else 0.0


def _match(word: str, candidate: str) -> float:
    if word == candidate:
        return _WHOLE_WORD
    if candidate.startswith(word):
        return _START
    return _INSIDE if word in candidate and len(word) > 2 else 0.0
