"""Create demo records with external ids, one batch per model."""

from collections.abc import Iterable
from typing import Any

MODULE = "citizen_crm"
Values = dict[str, Any]


def xmlid(name: str) -> str:
    """Return the external id of a demo record.

    >>> xmlid("team_roads")
    'citizen_crm.team_roads_demo'
    """
    return f"{MODULE}.{name}_demo"


class Records:
    """Create records and find them again by their short names."""

    def __init__(self, env) -> None:
        self.env = env

    def load(self, model: str, rows: Iterable[tuple[str, Values]]):
        """Create ``(short name, values)`` rows and return the records in order."""
        return self.env[model]._load_records(
            [
                {"xml_id": xmlid(name), "values": values, "noupdate": True}
                for name, values in rows
            ]
        )

    def name(self, names: Iterable[str], records) -> None:
        """Give external ids to records that exist already."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": xmlid(name), "record": record, "noupdate": True}
                for name, record in zip(names, records, strict=True)
            ]
        )

    def ref(self, name: str):
        """Return the demo record with this short name."""
        return self.env.ref(xmlid(name))
