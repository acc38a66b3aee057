"""Placeholders in texts that are prepared for replies: a fixed set, and no code.

A placeholder is a name in braces. Text that is filled in is never looked at again, so a
title with braces in it stays what it is.
"""

import re
from collections.abc import Mapping

#: What a prepared text may ask for.
PLACEHOLDERS = ("number", "title", "received", "department")
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled in; unknown ones stay.

    >>> fill("Case {number}, {other}", {"number": "{title}", "title": "Hole"})
    'Case {title}, {other}'
    """
    return _PLACEHOLDER.sub(
        lambda found: values.get(found[1].strip(), found[0]), text or ""
    )


def unknown(text: str) -> list[str]:
    """Return the placeholders that nobody can fill in, each once.

    >>> unknown("{number} {name} {name} {}")
    ['name', '']
    """
    names = (found.strip() for found in _PLACEHOLDER.findall(text or ""))
    return [name for name in dict.fromkeys(names) if name not in PLACEHOLDERS]
