"""Turn one CSV row into a case record, or say which cell is wrong and why."""

import math
import re
from datetime import datetime, timedelta

from .clock import parse_local, to_utc
from .csv_rows import CsvRow
from .layout import Layout
from .layout_check import CLOSED_PHASES
from .reasons import CellError, _
from .record import CaseRecord, Label, RowError

MAX_LABEL_LENGTH = 200
"""Characters of a key, name or code; longer ones come from shifted columns."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a receipt may lie in the future: clocks of two systems differ."""

_EXAMPLE = datetime(2011, 12, 31, 14, 30)
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")

Cells = dict[str, str]


class RowConverter:
    """Convert the rows of one file.

    :param latest: naive UTC now; a case received after it is refused
    """

    def __init__(
        self, layout: Layout, header: tuple[str, ...], latest: datetime | None = None
    ) -> None:
        self._layout = layout
        self._header = header
        self._latest = latest + CLOCK_TOLERANCE if latest else None
        self.key_column = layout.key

    def convert(self, row: CsvRow) -> CaseRecord | RowError:
        """Read a row; never raises for what the row holds."""
        raw = dict(zip(self._header, map(str.strip, row.values), strict=True))
        try:
            return self._record(row, raw)
        except CellError as error:
            key = raw[self._layout.key][:MAX_LABEL_LENGTH]
            return RowError(row.line, error.column, error.reason, row.values, key)

    def _record(self, row: CsvRow, raw: Cells) -> CaseRecord:
        layout = self._layout
        cells = {
            column: "" if layout.is_empty(text) else text
            for column, text in raw.items()
        }
        for column in sorted(layout.required):
            self._needed(cells, column)
        key = self._label(cells, layout.key)
        received, closed, due, updated = self._times(cells)
        status, phase = self._status(raw, closed, updated)
        service_type = self._label(cells, layout.service_type)
        role, nature = layout.role_of(service_type)
        latitude, longitude = self._coordinates(cells)
        return CaseRecord(
            line=row.line,
            key=key,
            received=received,
            closed=closed,
            due=due,
            updated=updated,
            status=status,
            phase=phase,
            department=self._department(cells),
            service_type=Label(service_type, service_type),
            channel=self._channel(raw, cells),
            districts=self._districts(cells),
            role=role,
            nature=nature,
            title=_first_text(layout.title, cells) or service_type,
            place=_first_text(layout.place, cells),
            latitude=latitude,
            longitude=longitude,
            answer=cells.get(layout.answer, ""),
            details=tuple(
                (column, cells[column])
                for column in layout.details
                if cells.get(column)
            ),
            values=row.values,
        )

    def _needed(self, cells: Cells, column: str) -> str:
        text = cells[column]
        if not text:
            raise CellError(column, _("The cell is empty."))
        return text

    def _label(self, cells: Cells, column: str) -> str:
        text = self._needed(cells, column)
        if len(text) > MAX_LABEL_LENGTH:
            raise CellError(
                column,
                _(
                    "The text is longer than %(limit)s characters.",
                    limit=MAX_LABEL_LENGTH,
                ),
            )
        return text

    # ---------------------------------------------------------------- times
    def _times(
        self, cells: Cells
    ) -> tuple[datetime, datetime | None, datetime | None, datetime | None]:
        """Received, closed, due and updated; none lies before the receipt."""
        layout = self._layout
        self._needed(cells, layout.received)
        received = self._time(cells, layout.received, None)
        if self._latest and received > self._latest:
            raise CellError(layout.received, _("The receipt lies in the future."))
        others = []
        for column in (layout.closed, layout.due, layout.updated):
            found = self._time(cells, column, received)
            # A promise or a note dated early is odd but harmless; a closing
            # before the receipt would give a negative duration.
            if found and found < received and column == layout.closed:
                raise CellError(column, _("The case is closed before it was received."))
            others.append(found)
        return (received, *others)

    def _time(
        self, cells: Cells, column: str, not_before: datetime | None
    ) -> datetime | None:
        layout, text = self._layout, cells.get(column, "")
        if not text:
            return None
        local = parse_local(text, layout.date_formats)
        if local is None:
            raise CellError(
                column,
                _(
                    "'%(value)s' is not a date like %(examples)s.",
                    value=text[:MAX_LABEL_LENGTH],
                    examples=", ".join(map(_EXAMPLE.strftime, layout.date_formats)),
                ),
            )
        return to_utc(local, layout.zone, not_before)

    # --------------------------------------------------------- coded values
    def _status(
        self, raw: Cells, closed: datetime | None, updated: datetime | None
    ) -> tuple[str, str]:
        """The status as written and its phase, which has to agree with the times."""
        layout = self._layout
        status = raw[layout.status]
        phase = layout.phases.get(status)
        if phase is None:
            raise CellError(
                layout.status,
                _(
                    "The status '%(value)s' is not in the layout.",
                    value=status[:MAX_LABEL_LENGTH],
                ),
            )
        if phase in CLOSED_PHASES and closed is None:
            raise CellError(
                layout.closed,
                _("The status is '%(value)s' but the time is missing.", value=status),
            )
        if phase not in CLOSED_PHASES and closed is not None:
            raise CellError(
                layout.status,
                _("The status is '%(value)s' but the case is closed.", value=status),
            )
        if phase == "answered" and updated is None:
            raise CellError(
                layout.updated or layout.status,
                _("The status is '%(value)s' but the time is missing.", value=status),
            )
        return status, phase

    def _department(self, cells: Cells) -> Label:
        layout = self._layout
        key = self._label(cells, layout.department)
        named = layout.department_names.get(key) or cells.get(layout.department_name)
        return Label(key, named or key)

    def _channel(self, raw: Cells, cells: Cells) -> Label | None:
        """The channel; a value that the layout does not know keeps its own name."""
        column = self._layout.channel
        if not column:
            return None
        value = raw[column]
        known = self._layout.channels.get(value)
        if known:
            return Label(value, known.name, known.record)
        if not cells[column]:
            return None
        return Label(self._label(cells, column), value)

    def _districts(self, cells: Cells) -> tuple[Label, ...]:
        path: list[Label] = []
        for level in self._layout.districts:
            if self._layout.is_empty(cells[level.column], level):
                continue
            value = self._label(cells, level.column)
            key = f"{path[-1].key} / {value}" if path else value
            path.append(Label(key, value.title() if level.title else value))
        return tuple(path)

    # ---------------------------------------------------------------- place
    def _coordinates(self, cells: Cells) -> tuple[float | None, float | None]:
        layout = self._layout
        latitude = self._number(cells, layout.latitude, 90)
        longitude = self._number(cells, layout.longitude, 180)
        if (latitude is None) != (longitude is None):
            column = layout.latitude if latitude is None else layout.longitude
            raise CellError(column, _("Only one of the two coordinates is given."))
        return latitude, longitude

    def _number(self, cells: Cells, column: str, limit: int) -> float | None:
        text = cells.get(column, "")
        if not text:
            return None
        plain = text.replace(self._layout.decimal, ".")
        number = float(plain) if _NUMBER.fullmatch(plain) else math.nan
        if not abs(number) <= limit:  # also catches nan
            raise CellError(
                column,
                _(
                    "'%(value)s' is not a number of degrees up to %(limit)s.",
                    value=text[:MAX_LABEL_LENGTH],
                    limit=limit,
                ),
            )
        return number


def _first_text(templates, cells: Cells) -> str:
    """The first template all of whose columns are filled in, on one line."""
    texts = (item.render(cells) for item in templates)
    return " ".join(next(filter(None, texts), "").split())
