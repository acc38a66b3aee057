"""Finding a service type by the words that residents use."""

import unicodedata
from collections.abc import Iterable, Sequence

#: How much a word counts by the field it is found in: name, keywords, help text.
_WEIGHTS = (9, 5, 1)


def fold(text: str) -> str:
    """Return text for comparison: no case, no accents, full-width letters narrowed.

    >>> fold("Ｃafé STRASSE")
    'cafe strasse'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def score(query: str, fields: Sequence[str]) -> int:
    """Return how well some fields match all words of a query; 0 is no match.

    :param fields: name, keywords and help text, in this order

    >>> score("lamp broken", ["Street light", "lamp, lantern", "A broken light"])
    6
    >>> score("lamp bicycle", ["Street light", "lamp", ""])
    0
    """
    folded = [fold(text) for text in fields]
    total = 0
    for word in fold(query).split():
        found = [
            weight
            for weight, text in zip(_WEIGHTS, folded, strict=True)
            if word in text
        ]
        if not found:
            return 0
        total += max(found)
    return total


def rank(query: str, entries: Iterable[tuple[int, Sequence[str]]]) -> list[int]:
    """Return the ids of the entries that match, best first, else in the order given.

    >>> rank("light", [(1, ["Noise", "", ""]), (2, ["Park", "", "light"]),
    ...     (3, ["Street light", "", ""])])
    [3, 2]
    """
    scored = [(score(query, fields), key) for key, fields in entries]
    hits = [(points, key) for points, key in scored if points]
    return [key for _points, key in sorted(hits, key=lambda hit: -hit[0])]
