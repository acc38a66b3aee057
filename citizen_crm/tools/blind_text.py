"""Leaving names out of a text, so that who judges it does not know whose work it is."""

import re
from collections.abc import Iterable

#: Parts of a name that are shorter stand in too many words.
LEAST_LETTERS = 3
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: Scripts without spaces between words: a name is left out wherever it stands.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def leave_out(
    text: str, names: Iterable[str], mark: str, mail_mark: str | None = None
) -> str:
    """Return a text without names, whole or in part, and without mail addresses.

    A part of a name goes where it stands as a word of its own; rather a word too many
    than a name too few.

    :param names: full names; titles and initials may stand beside them
    :param mark: what stands for a name
    :param mail_mark: what stands for a mail address; ``mark`` if it is not given

    >>> leave_out("Ask Daniel Okafor, or D. Okafor <do@x.example>.",
    ...           ["Daniel Okafor"], "[…]")
    'Ask […], or D. […] <[…]>.'
    >>> leave_out("OKAFOR's desk, not Okaforia", ["Daniel Okafor"], "[…]")
    "[…]'s desk, not Okaforia"
    >>> leave_out("承辦人林美玲敬上", ["林美玲 Lin Mei-Ling"], "[…]")
    '承辦人[…]敬上'
    """
    text = _MAIL.sub(lambda _found: mark if mail_mark is None else mail_mark, text)
    parts = sorted(set(_get_parts(names)), key=lambda part: (-len(part), part))
    if not parts:
        return text
    whole = "|".join(map(_to_pattern, parts))
    one = f"(?:{whole})"
    # A full name is left out once, not part by part.
    return re.sub(
        rf"{one}(?:[ ,.\u3000]{{1,2}}{one})*", lambda _found: mark, text, flags=re.I
    )


def _get_parts(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        for part in _WORD.findall(name or ""):
            if len(part) >= LEAST_LETTERS or _UNSPACED.search(part):
                yield part


def _to_pattern(part: str) -> str:
    found = re.escape(part)
    return found if _UNSPACED.search(part) else rf"(?<!\w){found}(?!\w)"
