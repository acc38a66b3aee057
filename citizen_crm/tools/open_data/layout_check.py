"""Check a layout before it is used, so that a mistake is named, not met later."""

import codecs
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from .reasons import Reason, _

ROLES = ("citizen", "customer")
NATURES = (
    "inquiry",
    "service_request",
    "complaint",
    "proposal",
    "misconduct_report",
    "rights_protection",
    "praise",
)
# A file has no handlers, so no case of it can stand in "assigned", and every
# row names a department, so none waits unrouted in "received".
OPEN_PHASES = ("routed", "in_work", "waiting", "answered")
CLOSED_PHASES = ("closed", "not_handled", "withdrawn")
PHASES = (*OPEN_PHASES, *CLOSED_PHASES)

Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_some_texts(value: Any) -> bool:
    return _is_texts(value) and all(map(_is_text, value)) and bool(value)


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_char(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1 and value not in "\r\n\0"


def _is_zone(value: Any) -> bool:
    try:
        return _is_text(value) and bool(ZoneInfo(value))
    # ZoneInfo raises all of these, depending on what is wrong with the name.
    except (KeyError, ValueError, OSError):
        return False


def _is_encoding(value: Any) -> bool:
    try:
        return _is_text(value) and codecs.lookup(value)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


#: entry -> (must be there, check, what it should be)
TOP: dict[str, tuple[bool, Check, str]] = {
    "code": (True, _is_text, "text"),
    "name": (True, _is_text, "text"),
    "timezone": (True, _is_zone, "a time zone such as America/New_York"),
    "encoding": (False, _is_encoding, "a text encoding such as utf-8"),
    "delimiter": (False, _is_char, "one character"),
    "quote": (False, _is_char, "one character"),
    "decimal": (False, _is_char, "one character"),
    "date_formats": (True, _is_some_texts, "a list of date formats"),
    "empty": (False, _is_texts, "a list of texts"),
    "key": (True, _is_text, "the name of a column"),
    "received": (True, _is_text, "the name of a column"),
    "closed": (False, _is_text, "the name of a column"),
    "due": (False, _is_text, "the name of a column"),
    "updated": (False, _is_text, "the name of a column"),
    "status": (True, _is_object, "an object"),
    "department": (True, _is_object, "an object"),
    "service_type": (True, _is_object, "an object"),
    "channel": (False, _is_object, "an object"),
    "role_rules": (False, _is_objects, "a list of objects"),
    "role_default": (True, _is_object, "an object"),
    "districts": (False, _is_objects, "a list of objects"),
    "title": (True, _is_some_texts, "a list of texts"),
    "place": (False, _is_texts, "a list of texts"),
    "latitude": (False, _is_text, "the name of a column"),
    "longitude": (False, _is_text, "the name of a column"),
    "answer": (False, _is_text, "the name of a column"),
    "details": (False, _is_texts, "a list of columns"),
    "required": (False, _is_texts, "a list of columns"),
}
COLUMN = {"column": (True, _is_text, "the name of a column")}
STATUS = {**COLUMN, "phases": (True, _is_map, "texts by value")}
DEPARTMENT = {
    **COLUMN,
    "name_column": (False, _is_text, "the name of a column"),
    "names": (False, _is_map, "texts by value"),
}
CHANNEL = {**COLUMN, "values": (False, _is_object, "an object")}
CHANNEL_VALUE = {
    "name": (True, _is_text, "text"),
    "record": (False, _is_text, "an external id"),
}
DISTRICT = {
    **COLUMN,
    "empty": (False, _is_texts, "a list of texts"),
    "title": (False, _is_flag, "true or false"),
}
KIND = {
    "role": (True, ROLES.__contains__, "one of " + ", ".join(ROLES)),
    "nature": (True, NATURES.__contains__, "one of " + ", ".join(NATURES)),
}
ROLE_RULE = {"contains": (True, _is_some_texts, "a list of words"), **KIND}


def check_layout(data: Any) -> Iterator[Reason]:
    """Yield every problem of a layout; nothing means that it can be used."""
    if not isinstance(data, dict):
        yield _("The layout is not a JSON object.")
        return
    found = list(_check_object("", data, TOP))
    yield from found
    if not found:
        yield from _check_parts(data)
        yield from _check_together(data)


def _check_object(
    where: str, data: dict[str, Any], schema: dict[str, tuple[bool, Check, str]]
) -> Iterator[Reason]:
    for name, (needed, check, wanted) in schema.items():
        entry = where + name
        if name not in data:
            if needed:
                yield _("The layout has no entry '%(entry)s'.", entry=entry)
        elif not _holds(check, data[name]):
            yield _(
                "The layout's entry '%(entry)s' should be %(wanted)s.",
                entry=entry,
                wanted=wanted,
            )
    for name in data.keys() - schema.keys():
        # A key that nobody reads is a typing error, or a hope that fails.
        if not name.startswith("#"):
            yield _("The layout's entry '%(entry)s' is unknown.", entry=where + name)


def _holds(check: Check, value: Any) -> bool:
    try:
        return check(value)
    except TypeError:  # an unhashable or incomparable value
        return False


def _check_parts(data: dict[str, Any]) -> Iterator[Reason]:
    yield from _check_object("status.", data["status"], STATUS)
    yield from _check_object("department.", data["department"], DEPARTMENT)
    yield from _check_object("service_type.", data["service_type"], COLUMN)
    yield from _check_object("role_default.", data["role_default"], KIND)
    if "channel" in data:
        yield from _check_object("channel.", data["channel"], CHANNEL)
        values = data["channel"].get("values", {})
        for value, entry in values.items() if _is_object(values) else ():
            entry = entry if _is_object(entry) else {}
            yield from _check_object(f"channel.values.{value}.", entry, CHANNEL_VALUE)
    for number, rule in enumerate(data.get("role_rules", ()), 1):
        yield from _check_object(f"role_rules.{number}.", rule, ROLE_RULE)
    for number, level in enumerate(data.get("districts", ()), 1):
        yield from _check_object(f"districts.{number}.", level, DISTRICT)


def _check_together(data: dict[str, Any]) -> Iterator[Reason]:
    """Check entries against each other."""
    phases = data["status"].get("phases")
    for value, phase in phases.items() if _is_map(phases) else ():
        if phase not in PHASES:
            yield _(
                "The layout maps the status '%(value)s' to '%(phase)s'; "
                "possible are %(phases)s.",
                value=value,
                phase=phase,
                phases=", ".join(PHASES),
            )
        elif phase in CLOSED_PHASES and "closed" not in data:
            yield _(
                "The layout maps the status '%(value)s' to '%(phase)s' but names "
                "no column 'closed' for the time.",
                value=value,
                phase=phase,
            )
    if ("latitude" in data) != ("longitude" in data):
        yield _("The layout names only one of 'latitude' and 'longitude'.")
    if data.get("delimiter", ",") == data.get("quote", '"'):
        yield _("The layout's delimiter and quote are the same character.")
