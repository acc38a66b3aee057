"""Odoo keeps times as naive UTC, the clocks count seconds since 1970."""

from datetime import UTC, datetime


def to_instant(moment: datetime) -> int:
    """Return the seconds since 1970 of a naive UTC time."""
    return int(moment.replace(tzinfo=UTC).timestamp())


def to_moment(instant: int | None) -> datetime | bool:
    """Return an instant as naive UTC; False for none, as fields have it."""
    if instant is None:
        return False
    return datetime.fromtimestamp(instant, UTC).replace(tzinfo=None)
