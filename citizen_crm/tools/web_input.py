"""What arrives from the web, turned into typed values or refused.

Everything a browser sends is text that anybody may have written. Each parser takes
the raw text and returns a value of one type within stated bounds, or raises
:class:`InputError` with a code that the caller puts into words.
"""

import ipaddress
import math
import re
import unicodedata
from collections.abc import Collection
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

INT4_MAX = 2**31 - 1
#: Line breaks and tabs are the only control characters that people mean.
_ALLOWED_CONTROLS = frozenset("\n\t")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_CASE_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z/._-]{0,39}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class InputError(ValueError):
    """A value that is refused; ``code`` says why, ``limit`` what was allowed."""

    def __init__(self, code: str, limit: int | float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit


def clean_text(raw: str | None, limit: int, lines: bool = False) -> str:
    """Return trimmed text without control characters, at most ``limit`` long.

    A NUL is refused, because no person types one and the database cannot hold it;
    other control characters, bidirectional overrides and lone surrogates are dropped.
    Codes: ``control``, ``too_long``.

    >>> clean_text("  Broken\\u202e lamp\\x07 \\r\\n here ", 40)
    'Broken lamp here'
    >>> clean_text("one\\r\\ntwo", 40, lines=True)
    'one\\ntwo'
    """
    text = unicodedata.normalize("NFC", raw or "")
    if "\x00" in text:
        raise InputError("control")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in text if _is_printable(char))
    text = text.strip() if lines else " ".join(text.split())
    if len(text) > limit:
        raise InputError("too_long", limit)
    return text


def _is_printable(char: str) -> bool:
    if char in _ALLOWED_CONTROLS:
        return True
    if "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069":
        return False
    return unicodedata.category(char) not in ("Cc", "Cs")


def parse_int(
    raw: str | None, low: int = 0, high: int = INT4_MAX, default: int | None = None
) -> int | None:
    """Return a whole number between bounds; ``default`` when nothing is given.

    Codes: ``number``, ``range``.

    >>> parse_int("42"), parse_int("", default=1)
    (42, 1)
    """
    text = (raw or "").strip()
    if not text:
        return default
    if not _INTEGER.fullmatch(text):
        raise InputError("number")
    value = int(text)
    if not low <= value <= high:
        raise InputError("range", high)
    return value


def parse_decimal(
    raw: str | None, low: float = -1e12, high: float = 1e12
) -> float | None:
    """Return a decimal number; a comma is a decimal point. Nothing gives ``None``.

    Codes: ``number``, ``range``.

    >>> parse_decimal("12,5"), parse_decimal(" ")
    (12.5, None)
    """
    text = (raw or "").strip()
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        raise InputError("number")
    value = float(text.replace(",", "."))
    if not math.isfinite(value) or not low <= value <= high:
        raise InputError("range", high)
    return value


def parse_coordinates(
    latitude: str | None, longitude: str | None
) -> tuple[float, float] | None:
    """Return a point on earth, or ``None`` unless both parts are given.

    >>> parse_coordinates("25.0375", "121.5637")
    (25.0375, 121.5637)
    """
    north = parse_decimal(latitude, -90, 90)
    east = parse_decimal(longitude, -180, 180)
    if north is None or east is None:
        return None
    return north, east


def parse_date(raw: str | None) -> date | None:
    """Return a date written as ``2026-03-31``; nothing gives ``None``.

    Codes: ``date``.

    >>> parse_date("2026-03-31")
    datetime.date(2026, 3, 31)
    """
    text = (raw or "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise InputError("date")
    try:
        value = date.fromisoformat(text)
    except ValueError as error:
        raise InputError("date") from error
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise InputError("date")
    return value


def parse_datetime(raw: str | None, timezone: str | None) -> datetime | None:
    """Return local time ``2026-03-31T09:15`` as naive UTC; nothing gives ``None``.

    Codes: ``date``. An unknown time zone counts as UTC.

    >>> parse_datetime("2026-03-31T09:15", "Asia/Taipei")
    datetime.datetime(2026, 3, 31, 1, 15)
    """
    text = (raw or "").strip()
    if not text:
        return None
    if not re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?", text
    ):
        raise InputError("date")
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("date") from error
    if not _FIRST_YEAR <= local.year <= _LAST_YEAR:
        raise InputError("date")
    aware = local.replace(tzinfo=_get_zone(timezone))
    return aware.astimezone(UTC).replace(tzinfo=None)


def _get_zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def parse_choice(raw: str | None, allowed: Collection[str], default: str = "") -> str:
    """Return one of the allowed words; ``default`` when nothing is given.

    Codes: ``choice``.

    >>> parse_choice("newest", {"newest", "oldest"})
    'newest'
    """
    text = (raw or "").strip()
    if not text:
        return default
    if text not in allowed:
        raise InputError("choice")
    return text


def parse_case_key(raw: str | None) -> str:
    """Return a case number or id as it may stand in an address.

    Codes: ``key``.

    >>> parse_case_key("2026-000123")
    '2026-000123'
    """
    text = raw or ""
    if not _CASE_KEY.fullmatch(text):
        raise InputError("key")
    return text


def parse_local_path(raw: str | None, default: str) -> str:
    """Return a path on this very site, never another host's address.

    >>> parse_local_path("/my/cases?page=2", "/my")
    '/my/cases?page=2'
    >>> parse_local_path("//evil.example/x", "/my")
    '/my'
    """
    text = raw or ""
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return default
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    if parts.scheme or parts.netloc or not text.isprintable() or " " in text:
        return default
    return text


def network_of(address: str | None) -> str:
    """Return what stands for one subscriber: an IPv4 address, an IPv6 /64.

    >>> network_of("203.0.113.9"), network_of("2001:db8::1:2")
    ('203.0.113.9', '2001:db8::/64')
    """
    try:
        parsed = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
