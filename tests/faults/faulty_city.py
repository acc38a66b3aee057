"""A desk served by two nodes, with a primary and a standby of PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

from cluster import Cluster
from desk import Desk


@dataclass
class City:
    """What the drills of tests/faults break, one part at a time."""

    desk: Desk
    primary: Cluster
    standby: Cluster
