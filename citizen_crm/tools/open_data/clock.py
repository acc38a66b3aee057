"""Local wall-clock times of a city to UTC.

The rule for the two odd hours of a year:

* a time that exists twice (clocks put back) is read as its *first* occurrence,
  unless it would then lie before ``not_before`` (a case cannot be closed before
  it was received): then it is the second;
* a time that does not exist (clocks put forward) is read as if the clock had
  not been put forward yet, so 02:30 means half an hour after the jump.

>>> from zoneinfo import ZoneInfo
>>> new_york = ZoneInfo("America/New_York")
>>> to_utc(datetime(2011, 3, 1, 14, 27, 57), new_york)
datetime.datetime(2011, 3, 1, 19, 27, 57)
>>> to_utc(datetime(2011, 11, 6, 1, 30), new_york)
datetime.datetime(2011, 11, 6, 5, 30)
>>> to_utc(datetime(2011, 11, 6, 1, 30), new_york, datetime(2011, 11, 6, 6, 0))
datetime.datetime(2011, 11, 6, 6, 30)
>>> to_utc(datetime(2011, 3, 13, 2, 30), new_york)
datetime.datetime(2011, 3, 13, 7, 30)
"""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

# Outside these years a date is a typing error, and PostgreSQL, Odoo and
# zoneinfo stop agreeing about what it means.
YEARS = range(1900, 2200)


def parse_local(text: str, formats: Iterable[str]) -> datetime | None:
    """Read a wall-clock time in the first format that fits, else ``None``."""
    for date_format in formats:
        try:
            found = datetime.strptime(text, date_format)
        except ValueError:
            continue
        if found.year in YEARS:
            return found.replace(microsecond=0)
    return None


def to_utc(
    local: datetime, zone: tzinfo, not_before: datetime | None = None
) -> datetime:
    """Turn a local time into naive UTC by the rule of this module."""
    if local.tzinfo is not None:  # the format read an offset (%z)
        return local.astimezone(UTC).replace(tzinfo=None)
    first, second = (
        local.replace(tzinfo=zone, fold=fold).astimezone(UTC).replace(tzinfo=None)
        for fold in (0, 1)
    )
    if not_before and first < not_before <= second:
        return second
    return first
