"""A layout: which column of a city's file means what. Data, not code.

A layout is a JSON object; ``docs/manual/import.md`` describes every entry and
``data/open_data_layouts/nyc_311.json`` is the worked example.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

from .layout_check import check_layout
from .reasons import LayoutError, _

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A text made of columns: ``"{Street}, {City}"``.

    >>> Template("{Street}, {City}").render({"Street": "5 AVENUE", "City": "X"})
    '5 AVENUE, X'
    >>> Template("{Street}, {City}").render({"Street": "", "City": "X"})
    ''
    """

    text: str

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(_PLACEHOLDER.findall(self.text))

    def render(self, cells: dict[str, str]) -> str:
        """Fill in the columns; empty as soon as one of them is."""
        if not all(cells.get(column) for column in self.columns):
            return ""
        return _PLACEHOLDER.sub(lambda match: cells[match[1]], self.text)


@dataclass(frozen=True, slots=True)
class DistrictLevel:
    """One level of the district tree, the largest first."""

    column: str
    empty: tuple[str, ...]
    """More patterns (``*`` and ``?``) that mean "not known" on this level."""
    title: bool
    """Show ``STATEN ISLAND`` as ``Staten Island``."""


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Service types whose name contains one of ``words`` are of this kind."""

    words: tuple[str, ...]
    role: str
    nature: str

    def fits(self, service_type: str) -> bool:
        name = service_type.casefold()
        return any(word in name for word in self.words)


@dataclass(frozen=True, slots=True)
class ChannelName:
    """The channel that a value of the file stands for."""

    name: str
    record: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A checked layout. Build it with :meth:`from_json` or :meth:`from_dict`."""

    code: str
    name: str
    zone: ZoneInfo
    encoding: str
    delimiter: str
    quote: str
    decimal: str
    date_formats: tuple[str, ...]
    empty: frozenset[str]
    key: str
    received: str
    closed: str
    due: str
    updated: str
    status: str
    phases: dict[str, str]
    department: str
    department_name: str
    department_names: dict[str, str]
    service_type: str
    channel: str
    channels: dict[str, ChannelName]
    role_rules: tuple[RoleRule, ...]
    districts: tuple[DistrictLevel, ...]
    title: tuple[Template, ...]
    place: tuple[Template, ...]
    latitude: str
    longitude: str
    answer: str
    details: tuple[str, ...]
    required: frozenset[str]

    @classmethod
    def from_json(cls, text: str, timezone: str = "") -> "Layout":
        """Read a layout; ``timezone`` wins over the one in the text.

        :raise LayoutError: naming everything that is wrong with it.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise LayoutError(
                _("The layout is not valid JSON: %(error)s", error=error)
            ) from error
        if timezone and isinstance(data, dict):
            data["timezone"] = timezone
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: Any) -> "Layout":
        """Build a layout from plain data.

        :raise LayoutError: naming everything that is wrong with it.
        """
        problems = tuple(check_layout(data))
        if problems:
            raise LayoutError(*problems)
        texts = {
            name: data.get(name, "")
            for name in ("closed", "due", "updated", "latitude", "longitude", "answer")
        }
        return cls(
            **{name: data[name] for name in ("code", "name", "key", "received")},
            **texts,
            zone=ZoneInfo(data["timezone"]),
            encoding=data.get("encoding", "utf-8"),
            delimiter=data.get("delimiter", ","),
            quote=data.get("quote", '"'),
            decimal=data.get("decimal", "."),
            date_formats=tuple(data["date_formats"]),
            empty=frozenset(data.get("empty", ())) | {""},
            title=tuple(map(Template, data["title"])),
            place=tuple(map(Template, data.get("place", ()))),
            details=tuple(data.get("details", ())),
            required=frozenset(data.get("required", ())),
            **_coded_columns(data),
            role_rules=tuple(_role_rules(data)),
            districts=tuple(_district_levels(data)),
        )

    @property
    def needed_columns(self) -> frozenset[str]:
        """The columns that a file must have; ``details`` may be missing."""
        single = {
            *(self.key, self.received, self.closed, self.due, self.updated),
            *(self.status, self.department, self.department_name),
            *(self.service_type, self.channel, self.answer),
            *(self.latitude, self.longitude),
        }
        templates = {
            column
            for template in (*self.title, *self.place)
            for column in template.columns
        }
        levels = {level.column for level in self.districts}
        return (single | templates | levels | self.required) - {""}

    def is_empty(self, text: str, level: DistrictLevel | None = None) -> bool:
        """Tell whether a cell says "nothing", at all or on a district level."""
        if text in self.empty:
            return True
        return bool(level) and any(fnmatchcase(text, p) for p in level.empty)

    def role_of(self, service_type: str) -> tuple[str, str]:
        """The role and nature of a service type: the first rule that fits."""
        rule = next(rule for rule in self.role_rules if rule.fits(service_type))
        return rule.role, rule.nature


def _coded_columns(data: dict[str, Any]) -> dict[str, Any]:
    """Columns whose values are codes that the layout translates."""
    department, channel = data["department"], data.get("channel", {})
    return {
        "status": data["status"]["column"],
        "phases": data["status"]["phases"],
        "department": department["column"],
        "department_name": department.get("name_column", ""),
        "department_names": department.get("names", {}),
        "service_type": data["service_type"]["column"],
        "channel": channel.get("column", ""),
        "channels": {
            value: ChannelName(entry["name"], entry.get("record", ""))
            for value, entry in channel.get("values", {}).items()
        },
    }


def _role_rules(data: dict[str, Any]) -> Iterator[RoleRule]:
    """The rules in their order; the default fits everything (an empty word)."""
    for rule in data.get("role_rules", ()):
        words = tuple(word.casefold() for word in rule["contains"])
        yield RoleRule(words, rule["role"], rule["nature"])
    default = data["role_default"]
    yield RoleRule(("",), default["role"], default["nature"])


def _district_levels(data: dict[str, Any]) -> Iterator[DistrictLevel]:
    for level in data.get("districts", ()):
        empty = tuple(level.get("empty", ()))
        yield DistrictLevel(level["column"], empty, bool(level.get("title")))
