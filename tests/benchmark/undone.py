"""A database to measure in, which is afterwards as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry


@contextmanager
def undone(database: str, **context: object) -> Iterator[api.Environment]:
    """Yield an environment of the superuser; whatever is done in it is undone.

    Nothing may be committed. What the server remembers of it is forgotten as well, or
    the next measurement would look for records that are gone.
    """
    with Registry(database).cursor() as cr:
        context = {"lang": "en_US", "tz": "UTC", **context}
        env = api.Environment(cr, SUPERUSER_ID, context)
        try:
            yield env
        finally:
            cr.rollback()
            env.registry.clear_all_caches()


def vacuum(database: str) -> None:
    """Drop the rows that measurements before have undone: tables are read past them."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
