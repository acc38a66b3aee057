"""What one row of an open-data file becomes."""

from dataclasses import dataclass, field
from datetime import datetime

from .reasons import Reason


@dataclass(frozen=True, slots=True)
class Label:
    """A value of the source (``key``, as written) and the name shown for it."""

    key: str
    name: str
    record: str = ""
    """External id of an existing record that the value stands for, if any."""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One valid row. Times are naive UTC, to the second, as Odoo stores them."""

    line: int
    key: str
    received: datetime
    closed: datetime | None
    due: datetime | None
    updated: datetime | None
    status: str
    phase: str
    department: Label
    service_type: Label
    channel: Label | None
    districts: tuple[Label, ...]
    """Path from the largest district to the smallest; keys are whole paths."""
    role: str
    nature: str
    title: str
    place: str
    latitude: float | None
    longitude: float | None
    answer: str
    details: tuple[tuple[str, str], ...]
    values: tuple[str, ...] = field(repr=False)
    """The row as it stands in the file."""

    @property
    def district_key(self) -> str:
        """The key of the smallest known district, empty when none is known."""
        return self.districts[-1].key if self.districts else ""


@dataclass(frozen=True, slots=True)
class RowError:
    """One row that cannot be taken over, with the place and the reason."""

    line: int
    column: str
    reason: Reason
    values: tuple[str, ...]
    key: str = ""
