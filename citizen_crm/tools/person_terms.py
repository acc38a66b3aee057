"""What somebody typed to find a person: a number, a phone, an address or a name."""

import re
from typing import NamedTuple

_PHONE = re.compile(r"[\d\s+()./\-–]+")
_RECORD_NUMBER = re.compile(r"[a-z]\d{2,}", re.I)
#: Fewer digits find half the city.
MIN_DIGITS = 4
#: The end of a phone number that tells it from others, without the area's prefix.
SIGNIFICANT_DIGITS = 8


class PersonTerm(NamedTuple):
    """The kind of a search term and the value to look for."""

    kind: str
    value: str


def parse_person_term(text: str) -> PersonTerm:
    """Tell what kind of search term a text is.

    >>> parse_person_term("+44 (0)1632 960-210")
    PersonTerm(kind='phone', value='32960210')
    >>> parse_person_term("01632 960210").value
    '32960210'
    >>> parse_person_term("c000012"), parse_person_term(" 12 ")
    (PersonTerm(kind='number', value='C000012'), PersonTerm(kind='short', value='12'))
    >>> parse_person_term("Ann@Example.org").kind, parse_person_term("Ann  Lee")
    ('email', PersonTerm(kind='name', value='Ann Lee'))
    """
    text = " ".join(text.split())
    if "@" in text:
        return PersonTerm("email", text)
    if _RECORD_NUMBER.fullmatch(text):
        return PersonTerm("number", text.upper())
    if text and _PHONE.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        if len(digits) < MIN_DIGITS:
            return PersonTerm("short", digits)
        return PersonTerm("phone", digits[-SIGNIFICANT_DIGITS:])
    # One Chinese character is a surname already; one letter is not a name.
    if len(text) < 2 and text.isascii():
        return PersonTerm("short", text)
    return PersonTerm("name", text)
