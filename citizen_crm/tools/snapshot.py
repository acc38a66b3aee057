"""A record that can be proven unchanged: canonical JSON and its SHA-256.

The same content always gives the same text, whatever the order in which it was put
together, so anybody who has the text can compute the hash again, with any program.
"""

import json
from hashlib import sha256
from typing import Any


def canonical(content: Any) -> str:
    """Return the one JSON text of some content: keys in order, no spaces.

    :raise ValueError: for numbers that JSON does not know, like NaN

    >>> canonical({"b": [1.5, None], "a": "é"})
    '{"a":"é","b":[1.5,null]}'
    """
    return json.dumps(
        content,
        allow_nan=False,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def seal(content: Any) -> tuple[str, str]:
    """Return the text of some content, and its hash.

    >>> seal({})
    ('{}', '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
    """
    text = canonical(content)
    return text, digest(text)


def is_intact(text: str, sealed: str) -> bool:
    """Tell whether a text is canonical and has the hash it was sealed with.

    >>> is_intact(*seal({"a": 1})), is_intact('{"a": 1}', seal({"a": 1})[1])
    (True, False)
    """
    try:
        content = json.loads(text)
        return canonical(content) == text and digest(text) == sealed
    except ValueError:
        return False
