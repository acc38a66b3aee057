"""Read open-data files of 311 requests: pure Python, no ORM.

How it works: a :class:`Layout` (a JSON file, one per city) names the columns;
:class:`OpenDataReader` streams a file through it and yields, row by row, either
a :class:`CaseRecord` or a :class:`RowError`. Nothing here knows a database, so
another program may read 311 files with it.

How to use::

    layout = Layout.from_json(Path("nyc_311.json").read_text())
    with open("requests.csv", "rb") as stream:
        for outcome in OpenDataReader(stream, layout):
            ...
"""

from .convert import RowConverter
from .csv_rows import BrokenRow, CsvRow
from .facts import changed_facts, fingerprint, merge_fingerprint
from .history import (
    Event,
    KnownCase,
    Update,
    history_of,
    interim_note,
    phase_events,
    plan_update,
)
from .layout import Layout
from .reader import OpenDataReader
from .reasons import FileRefusedError, LayoutError, OpenDataError, Reason
from .record import CaseRecord, Label, RowError
from .rejects import RejectsWriter
