"""Read the headers of a mail without ever failing, however broken the mail is.

Python's own parser gives up in ways that differ from one version to the next. What is
decided about trust must not depend on that, so the few headers that matter are read
here, by rules that fit on a page. Lines end with LF or CRLF only, as for a mail server:
a lone CR inside a line starts no new header.
"""

import hashlib
import re
from collections.abc import Iterable
from email.header import decode_header

Headers = list[tuple[str, str]]

#: Bytes and lines of a header block that are looked at; the rest is noise.
MAX_HEAD = 256 * 1024
MAX_LINES = 4000
#: References looked at, the newest: RFC 5322 §3.6.4 appends them.
MAX_REFERENCES = 32
MAX_MESSAGE_ID = 250

_BODY = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_ATOM = r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]"
# An address begins where its word begins. Without that, every character of a long word
# is tried as a beginning, and one header of 200 kB takes minutes.
_ADDRESS = re.compile(rf"(?<!{_ATOM}){_ATOM}++@[^\s<>()\[\],;:\\\"@=]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
#: Headers that are written by the servers that a mail passes.
_ON_THE_WAY = re.compile(
    r"(?i)(received|delivered-to|x-original-to|envelope-to)[ \t]*:"
)
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean_text(value: object, limit: int | None = None) -> str:
    r"""Return a text that a database can store and a person can read.

    >>> clean_text("a\x00b\udcff", 10)
    'ab'
    """
    text = _UNSTORABLE.sub("", str(value or ""))
    return text[:limit] if limit is not None else text


def split_mail(raw: bytes) -> tuple[bytes, bytes]:
    r"""Return header block and body.

    >>> split_mail(b"Subject: x\r\n\r\nbody")
    (b'Subject: x', b'body')
    >>> split_mail(b"\nno header at all")
    (b'', b'no header at all')
    """
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return b"", raw.lstrip(b"\r\n")
    head, _separator, body = raw.partition(_first_gap(raw))
    return head, body


def _first_gap(raw: bytes) -> bytes:
    found = _BODY.search(raw)
    return found.group() if found else b"\r\n\r\n"


def read_headers(raw: bytes) -> Headers:
    r"""Return the headers in their order, topmost first, names in lower case.

    >>> read_headers(b"From: a\r\nX: 1\r\n  2\r\n\r\nTo: no")
    [('from', 'a'), ('x', '1 2')]
    """
    found = (_HEADER.fullmatch(line) for line in _read_lines(raw))
    return [
        (match.group(1).lower(), clean_text(match.group(2)).strip())
        for match in found
        if match
    ]


def _read_lines(raw: bytes) -> list[str]:
    """Return the lines of the header block, each with those folded into it."""
    head = split_mail(raw)[0][:MAX_HEAD].decode("utf-8", "replace")
    lines: list[str] = []
    for line in head.split("\n")[:MAX_LINES]:
        line = line.rstrip("\r").replace("\r", " ")
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return lines


def get_all(headers: Headers, *names: str) -> list[str]:
    """Return the values of these headers, in the order of the mail."""
    return [value for name, value in headers if name in names]


def decode_words(value: str) -> str:
    """Return a header text with its encoded words (RFC 2047) decoded.

    >>> decode_words("=?utf-8?q?Stra=C3=9Fe?=")
    'Straße'
    >>> decode_words("=?none?q?x?=")
    '=?none?q?x?='
    """
    try:
        return clean_text(
            "".join(
                part.decode(charset or "ascii", "replace")
                if isinstance(part, bytes)
                else part
                for part, charset in decode_header(value)
            )
        )
    except Exception:  # noqa: BLE001 an unknown charset, broken base64, ...
        return clean_text(value)


def strip_quotes_and_comments(value: str) -> str:
    r"""Remove quoted strings and (nested) comments, RFC 5322 §3.2.

    >>> strip_quotes_and_comments('"a@b" (c (d) e) <f@g>')
    '  <f@g>'
    """
    result: list[str] = []
    depth, quoted, skip = 0, False, False
    for char in value:
        if skip:
            skip = False
        elif char == "\\" and (quoted or depth):
            skip = True
        elif quoted:
            quoted = char != '"'
        elif char == '"' and not depth:
            quoted = True
        elif char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
        elif not depth:
            result.append(char)
    return "".join(result)


def find_addresses(values: Iterable[str]) -> list[str]:
    """Return everything that looks like an address, in lower case, once each.

    >>> find_addresses(['"x@y" <A@City.example>, b@city.example'])
    ['a@city.example', 'b@city.example']
    """
    found: dict[str, None] = {}
    for value in values:
        for match in _ADDRESS.finditer(strip_quotes_and_comments(value)):
            found[match.group().lower().rstrip(".")] = None
    return list(found)


def single_address(values: list[str]) -> str:
    """Return the one address of a From header, or "" if it is not exactly one.

    Several From headers, several addresses and addresses hidden in a name are ways to
    show the reader somebody else than the mail server has checked.

    >>> single_address(["Ada <ada@example.com>"])
    'ada@example.com'
    >>> single_address(["ada@example.com, eve@example.org"])
    ''
    """
    if len(values) != 1:
        return ""
    text = strip_quotes_and_comments(values[0]).strip()
    found = find_addresses([text])
    if len(found) != 1 or text.count("@") != 1:
        return ""
    if "<" in text or ">" in text:
        bracketed = re.search(r"<([^<>]*)>\s*$", text)
        if not bracketed or text.count("<") != 1 or text.count(">") != 1:
            return ""
        text = bracketed.group(1).strip()
    return found[0] if text.lower().rstrip(".") == found[0] else ""


def find_references(headers: Headers) -> list[str]:
    """Return the Message-Ids that a mail answers to, the newest last."""
    values = get_all(headers, "references") + get_all(headers, "in-reply-to")
    ids = dict.fromkeys(
        found for value in values for found in _MESSAGE_ID.findall(value)
    )
    return list(ids)[-MAX_REFERENCES:]


def body_digest(raw: bytes) -> str:
    """Return a fingerprint of what was written, apart from the way it took here."""
    return hashlib.sha256(b" ".join(split_mail(raw)[1].split())).hexdigest()


def find_message_id(headers: Headers, raw: bytes) -> str:
    """Return the Message-Id, or one that is made from the mail itself.

    The same mail always gets the same one, whatever servers it passed.
    """
    for value in get_all(headers, "message-id"):
        found = _MESSAGE_ID.search(value)
        if found and len(found.group()) <= MAX_MESSAGE_ID:
            return found.group()
    kept = get_all(headers, "from", "to", "date", "subject", "message-id")
    if not any(kept) and not split_mail(raw)[1].strip():
        # Nothing but scraps; but those of two mails are not one mail.
        kept = [line for line in _read_lines(raw) if not _ON_THE_WAY.match(line)]
    text = "\n".join([*kept, body_digest(raw)])
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"<{digest[:40]}@no-message-id.invalid>"
