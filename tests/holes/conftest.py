"""Two helpdesks, served side by side: the stock base, and ours by two processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from desk import OUR_VALUES, Desk
from mail_holes import MX
from servers import Servers, copied_database, served

from odoo.tests.common import get_db_name

from dev.database import Databases
from dev.odoo import Odoo

#: What one process keeps in mind, another one does not know.
WORKERS = 2


@contextmanager
def stock_database(clone: Odoo) -> Iterator[str]:
    """Copy the template: helpdesk_mgmt and what it needs, no addon of ours."""
    databases = Databases(clone)
    name = f"{get_db_name()}_stock"
    databases.copy(databases.template(demo=False), name)
    try:
        yield name
    finally:
        databases.drop(name)


@pytest.fixture(scope="module")
def desks(
    clone: Odoo, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Desk]]:
    """Serve both and return a desk for each."""
    folder = tmp_path_factory.mktemp("holes")
    with ExitStack() as stack:
        enter = stack.enter_context
        stock, ours = (
            enter(served(enter(database), folder, "--proxy-mode", workers=workers))
            for database, workers in (
                (stock_database(clone), 0),
                (copied_database("holes", folder), WORKERS),
            )
        )
        yield {"stock": Desk(stock), "ours": our_desk(ours)}


def our_desk(servers: Servers) -> Desk:
    """Return our desk, which believes what the city's mail server says."""
    desk = Desk(servers, **OUR_VALUES)
    desk.admin("ir.config_parameter", "set_param", "citizen_crm.mail_authserv_id", MX)
    return desk
