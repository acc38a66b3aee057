"""How alike two places or two texts are, for finding cases of one matter.

The measure is the one of PostgreSQL's ``pg_trgm``, so that a database without that
extension finds the same cases, only slower. Texts are compared in normal form, see
:func:`normal_form`. Pure Python; no ORM.
"""

import math
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

#: Chinese characters, Japanese kana, Korean syllables: scripts without spaces.
UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(f"[{UNSPACED}]+")
_WORD = re.compile(r"[^\W_]+")
EARTH_RADIUS_M = 6_371_000
#: Farther apart than this, two places are not the same matter.
NEAR_M = 500
FAR_M = 2_000
#: Share of the place in the score; the rest is how alike the words are.
PLACE_WEIGHT = 0.75
SAME_PERSON_BONUS = 0.1
OTHER_NUMBER_FACTOR = 0.85
FAR_FACTOR = 0.4
#: Words of no more Latin letters are in every text.
SHORT_WORD = 3


def normal_form(text: str) -> str:
    """Return the words of a text, lower case and without accents.

    A run of Chinese characters becomes its overlapping pairs: trigrams need three
    characters, and most Chinese words have two.

    >>> normal_form("Élan Street, 12-B")
    'elan street 12 b'
    >>> normal_form("中山北路100號")
    '中山 山北 北路 100 號'
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    folded = unicodedata.normalize("NFC", folded)
    spaced = _RUN.sub(_pairs, folded)
    return " ".join(_WORD.findall(spaced))


def unspaced_characters(text: str) -> list[str]:
    """Return the different characters of scripts without spaces in a text, in order.

    >>> unspaced_characters("Mill 路燈 路")
    ['燈', '路']
    """
    return sorted({character for run in _RUN.findall(text) for character in run})


def _pairs(run: re.Match[str]) -> str:
    text = run.group()
    pairs = (text[i : i + 2] for i in range(max(len(text) - 1, 1)))
    return f" {' '.join(pairs)} "


def without(text: str, words: str) -> str:
    """Return a text in normal form without the words of another one.

    >>> without("pothole mill street", "pothole road")
    'mill street'
    """
    dropped = set(words.split())
    return " ".join(word for word in text.split() if word not in dropped)


def telling_words(text: str) -> str:
    """Return the words of a text in normal form that are not in every text.

    >>> telling_words("mill street 12 a deep hole at the bakery 路面")
    'mill street 12 deep hole bakery 路面'
    """
    return " ".join(
        word
        for word in text.split()
        if len(word) > SHORT_WORD or word.isdecimal() or not word.isascii()
    )


def share_of_words(part: str, whole: str) -> float:
    """Return how many of the words of a text in normal form are in another one.

    Trigrams of a short text are all in a long one by chance; whole words are not.

    >>> share_of_words("mill street 12", "a hole in mill street 12 again")
    1.0
    >>> share_of_words("", "mill street")
    0.0
    """
    words = set(part.split())
    return len(words & set(whole.split())) / len(words) if words else 0.0


@lru_cache(maxsize=64)  # one text is compared with many, each for place and words
def trigrams(text: str) -> frozenset[str]:
    """Return the trigrams of a text in normal form, as ``show_trgm`` does.

    >>> sorted(trigrams("cat"))
    ['  c', ' ca', 'at ', 'cat']
    """
    return frozenset(
        padded[i : i + 3]
        for padded in (f"  {word} " for word in text.split())
        for i in range(len(padded) - 2)
    )


def similarity(one: str, other: str) -> float:
    """Return the share of trigrams that two texts in normal form have in common.

    >>> similarity("mill street", "mill street"), similarity("mill", "oak")
    (1.0, 0.0)
    """
    left, right = trigrams(one), trigrams(other)
    together = left | right
    return len(left & right) / len(together) if together else 0.0


def containment(part: str, whole: str) -> float:
    """Return how much of a text in normal form is found in another one.

    >>> containment("mill street", "corner of mill street and oak lane")
    1.0
    >>> containment("中山", normal_form("台北市中山路二段"))
    1.0
    """
    wanted = trigrams(part)
    return len(wanted & trigrams(whole)) / len(wanted) if wanted else 0.0


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the distance of two places in metres; the earth is flat at this scale.

    >>> round(distance_m(25.0330, 121.5654, 25.0340, 121.5654))
    111
    """
    north = math.radians(lat2 - lat1)
    east = math.radians(lon2 - lon1) * math.cos(math.radians((lat1 + lat2) / 2))
    return EARTH_RADIUS_M * math.hypot(north, east)


def degrees_around(latitude: float, metres: float) -> tuple[float, float]:
    """Return how many degrees north and east a distance is at a latitude.

    >>> tuple(round(d, 4) for d in degrees_around(60.0, 1000))
    (0.009, 0.018)
    """
    north = math.degrees(metres / EARTH_RADIUS_M)
    return north, north / max(math.cos(math.radians(latitude)), 0.01)


class Likeness(NamedTuple):
    """How alike a case is to another; ``distance`` in metres, None if not known."""

    place: float = 0.0
    words: float = 0.0
    distance: float | None = None
    same_number: bool = True
    same_person: bool = False

    @property
    def score(self) -> float:
        """Return one figure from 0 to 1.

        >>> Likeness(place=1.0, words=1.0).score
        1.0
        >>> Likeness(place=1.0, words=1.0, distance=5000).score < 0.6
        True
        """
        location = self.place
        if not self.same_number:
            location *= OTHER_NUMBER_FACTOR
        if self.distance is not None:
            near = max(0.0, 1 - self.distance / (2 * NEAR_M))
            location = max(location, near)
            if self.distance > FAR_M:
                location *= FAR_FACTOR
        score = PLACE_WEIGHT * location + (1 - PLACE_WEIGHT) * self.words
        return min(1.0, score + SAME_PERSON_BONUS * self.same_person)


def same_numbers(one: str, other: str) -> bool:
    """Tell whether two places do not contradict each other by their numbers.

    >>> same_numbers("mill street 12", "12 mill street")
    True
    >>> same_numbers("mill street 12", "mill street 112")
    False
    >>> same_numbers("mill street", "mill street 112")
    True
    """
    left, right = (
        {word for word in text.split() if word.isdecimal()} for text in (one, other)
    )
    return not left or not right or bool(left & right)
