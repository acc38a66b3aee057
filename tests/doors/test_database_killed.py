"""PostgreSQL is killed under two worker processes, and comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from cluster import Cluster
from desk import OUR_VALUES, Desk
from servers import copied_database, served

from dev.odoo import Odoo

_FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
#: Enough for both processes to have a turn, and to have had dead connections.
TRIES = 6


@pytest.fixture(scope="module")
def cluster(clone: Odoo) -> Iterator[Cluster]:
    with Cluster(clone.settings) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def served_desk(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("killed")
    with (
        copied_database("killed", folder, cluster.variables) as database,
        served(
            database,
            folder,
            "--proxy-mode",
            workers=2,
            env=cluster.variables,
            connection=cluster.connection,
        ) as servers,
    ):
        yield Desk(servers, **OUR_VALUES)


def test_typed_text_is_kept(served_desk: Desk, cluster: Cluster) -> None:
    """1. A resident has the form open. 2. PostgreSQL is killed. 3. Every request is
    answered with 503, and the text is given back. 4. PostgreSQL is started again. 5.
    The form is sent from the page that kept it, many times: it is one case.
    """
    desk, text = served_desk, served_desk.unique("Words to keep ")
    path = f"/services/{desk.service_id}"
    page = desk.ben.get(path).text
    form = {
        "form_key": re.search(r'name="form_key" value="(\w{32})"', page)[1],
        "csrf_token": desk.ben.get_token(path),
        "description": text,
    }
    cluster.kill()
    try:
        for _try in range(TRIES):
            page = desk.ben.send(path, form)
            assert page.status_code == 503, page.text[:2000]
            assert int(page.headers["Retry-After"]) > 0
            assert text in unescape(page.text)
            assert desk.ben.get("/my/cases").status_code == 503
    finally:
        cluster.start()
    kept = {name: unescape(value) for name, value in _FIELD.findall(page.text)}
    for _try in range(TRIES):
        answer = desk.ben.send(path, kept)
        assert answer.status_code == 200, answer.text[:2000]
        assert answer.url.endswith("/filed")
    assert desk.count(text) == 1
    assert len(desk.servers.workers()) == 2
