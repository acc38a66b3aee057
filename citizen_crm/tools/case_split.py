"""One letter, several matters: what a case made of one of them takes from the letter.

The case decides what it is about: its type and nature, and by them its route, its
promise and its duties. The letter decides the rest: who wrote it, when and how it came,
who may see it. Nobody has fewer rights for having written one letter instead of two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

#: Cases that are made of one letter in one go, at most.
MOST_PARTS = 10
#: Natures in which somebody exercises a right, whatever the letter was filed as.
RIGHTS = frozenset({"misconduct_report", "rights_protection"})
#: Longest text of one matter, in characters; a description of a case holds it, escaped.
TEXT_LENGTH = 15_000
#: Length of a title that is proposed, in characters.
TITLE_LENGTH = 80


class Part(NamedTuple):
    """One matter of a letter, as the clerk has taken it out."""

    title: str
    text: str
    type_id: int = 0
    nature: str = ""


class Fault(NamedTuple):
    """What is wrong with the parts: of which one, counted from 1, and what."""

    row: int
    kind: str


def role_of_part(letter: str, of_type: str, nature: str, is_person: bool) -> str:
    """Return the role of a case made of a letter.

    A citizen case stays one: what was due for it stays due. What a customer wrote is
    a citizen case where it is about rights; only a person has these.

    >>> role_of_part("citizen", "customer", "service_request", is_person=True)
    'citizen'
    >>> role_of_part("customer", "customer", "rights_protection", is_person=True)
    'citizen'
    >>> role_of_part("customer", "citizen", "complaint", is_person=False)
    'customer'
    """
    if letter == "citizen":
        return "citizen"
    is_right = of_type == "citizen" or nature in RIGHTS
    return "citizen" if is_right and is_person else "customer"


def propose_title(text: str) -> str:
    """Return the first words of a text, to begin a title with.

    >>> propose_title("The bins at the school are full.  Since Monday.")
    'The bins at the school are full.'
    >>> propose_title("")
    ''
    >>> len(propose_title("word " * 40)) <= TITLE_LENGTH
    True
    """
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    sentence = line.partition(". ")[0]
    if sentence != line:
        sentence += "."
    if len(sentence) <= TITLE_LENGTH:
        return sentence
    cut = sentence[: TITLE_LENGTH - 1]
    head, space, _rest = cut.rpartition(" ")
    return f"{head if space else cut}…"


def find_fault(parts: Sequence[Part], longest_title: int) -> Fault | None:
    """Return the first thing that keeps a letter from being split so, or None.

    >>> find_fault([], 200)
    Fault(row=0, kind='none')
    >>> whole = Part("Bins", "They are full.", 7, "complaint")
    >>> find_fault([whole, whole._replace(text=" ")], 200)
    Fault(row=2, kind='text')
    >>> find_fault([whole], 200) is None
    True
    """
    if not parts:
        return Fault(0, "none")
    if len(parts) > MOST_PARTS:
        return Fault(0, "too_many")
    for row, part in enumerate(parts, 1):
        missing = {
            "title": not part.title.strip(),
            "type": not part.type_id,
            "nature": not part.nature,
            "text": not part.text.strip(),
            "long_title": len(part.title.strip()) > longest_title,
            "long_text": len(part.text.strip()) > TEXT_LENGTH,
        }
        for kind, holds in missing.items():
            if holds:
                return Fault(row, kind)
    return None
