"""Two nodes, one primary and one standby: what is read where, and what if it dies."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
from backup import DEPLOY, hashes, read_hashes, run
from desk import Desk, Person
from faulty_city import City
from servers import wait_until

from odoo.tests.common import get_db_name
from odoo.tools import config

from odoo.addons.citizen_crm.controllers.standby import SETTLE_SECONDS

LISTS = ("/my/cases", "/my/organisation/cases", "/my/represented")
PUBLIC = ("/services", "/services/promises")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


def test_reads_go_to_the_standby_writers_to_the_primary(city: City) -> None:
    """1. The standby stops replaying what the primary does. 2. Ada's case is
    registered by the desk; Ben files one himself. 3. Ada, who has written nothing of
    late, reads the standby: on no node does she see her case yet. Ben, who has, reads
    the primary: he sees his on both. 4. The standby goes on: Ada sees hers.
    """
    desk = city.desk
    ada, ben = desk.ada, desk.ben
    path = f"/services/{desk.service_id}"
    for page in PUBLIC:
        assert desk.visitor().get(page).status_code == 200
    _let_settle(ada)
    city.standby.ask("SELECT pg_wal_replay_pause()")
    try:
        name = desk.unique("Registered by the desk ")
        desk.case(ada, name)
        text = desk.unique("Filed by Ben ")
        assert ben.post(path, page=path, description=text).url.endswith("/filed")
        number = desk.ask(
            "SELECT number FROM helpdesk_ticket WHERE description LIKE %s", f"%{text}%"
        )
        for node in range(2):
            ada.url = ben.url = desk.servers.url(node)
            assert name not in ada.get("/my/cases").text, "read from the primary"
            assert number in ben.get("/my/cases").text, "read from the standby"
            # What is counted is written, and goes to the primary.
            assert name in ada.get("/my/cases", search=name).text
    finally:
        city.standby.ask("SELECT pg_wal_replay_resume()")
    wait_until(lambda: name in ada.get("/my/cases").text, 20)
    for page in LISTS + PUBLIC:
        assert ada.get(page).status_code == 200
    assert _watch(desk)["standby_behind"]["status"] == "pass"
    for node in range(2):
        # A page that writes is made twice, and the log says so.
        assert "retrying with a read/write cursor" not in desk.servers.log(node)


def test_a_year_begins_for_many_at_once(city: City) -> None:
    """The first cases of a year come in at both nodes at once: none is refused."""
    desk = city.desk

    def register(number: int) -> object:
        values = {"name": "First of the year", "description": "<p>A lamp.</p>"}
        values["received_date"] = "2019-01-02 09:00:00"
        return desk.servers.call(number, "helpdesk.ticket", "create", values)

    with ThreadPoolExecutor(8) as pool:
        cases = list(pool.map(register, range(8)))
    numbers = desk.servers.ask(
        "SELECT DISTINCT number FROM helpdesk_ticket WHERE id = ANY(%s)", cases
    )
    assert len(numbers) == len(cases)


def test_backup_and_restore(city: City, tmp_path: Path) -> None:
    """1. A case with a photo is filed. 2. The desk is backed up while it is served.
    3. It is restored under a new name: cases, history, ledger, evaluations and files
    are equal. 4. A changed row is seen. 5. No command writes over anything.
    """
    desk, variables = city.desk, city.primary.variables
    text, path = desk.unique("With a photo "), f"/services/{desk.service_id}"
    photo = {"files": ("hole.png", PNG)}
    assert desk.ben.post(path, photo, path, description=text).url.endswith("/filed")
    _add_files(desk.servers.name)
    source, target = desk.servers.name, f"{desk.servers.name}_restored"
    files, copy = Path(config.filestore(source)), tmp_path / "backup"
    restored_files = tmp_path / "files"
    backup, restore = DEPLOY / "backup.sh", DEPLOY / "restore.sh"
    done = run(variables, backup, source, files, copy)
    assert done.returncode == 0, done.stderr
    done = run(variables, restore, copy, target, restored_files)
    assert done.returncode == 0, done.stderr
    assert "are equal" in done.stdout, done.stdout
    before, after = hashes(variables, source), hashes(variables, target)
    assert before == after == read_hashes((copy / "hashes").read_text())
    tables = {"citizen_assignment_entry", "citizen_evaluation_version"}
    assert tables <= set(before)
    for table in ("helpdesk_ticket", "citizen_case_event", "ir_attachment"):
        assert int(before[table].partition("|")[0]) > 0
    stored = desk.ask("SELECT store_fname FROM ir_attachment WHERE name = 'hole.png'")
    assert (restored_files / stored).read_bytes() == PNG
    _change(city, target)
    changed = dict(hashes(variables, target).items() ^ before.items())
    assert set(changed) == {"helpdesk_ticket"}
    for command in (
        (backup, source, files, copy),
        (restore, copy, "another", restored_files),
        (restore, tmp_path, "another", tmp_path / "new"),
    ):
        done = run(variables, *command)
        assert (done.returncode, bool(done.stderr)) == (1, True)


def _add_files(database: str) -> None:
    """Give a copied database the files that it speaks of."""
    there, here = config.filestore(get_db_name()), config.filestore(database)
    shutil.copytree(there, here, dirs_exist_ok=True)


def _change(city: City, database: str) -> None:
    """Change one letter of one case past everything that keeps a history."""
    connection = psycopg2.connect(dbname=database, **city.primary.connection)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE helpdesk_ticket SET name = name || '!'"
            " WHERE id = (SELECT max(id) FROM helpdesk_ticket)"
        )
    connection.close()


def test_standby_dies(city: City) -> None:
    """1. The standby is killed. 2. Every page is served by both nodes all the same,
    and whoever watches is told. 3. A case is filed.
    """
    desk, ada = city.desk, city.desk.ada
    _let_settle(ada)
    assert ada.get("/my/cases").status_code == 200
    city.standby.kill()
    for node in range(2):
        ada.url = desk.servers.url(node)
        for page in LISTS + PUBLIC:
            assert ada.get(page).status_code == 200, page
        assert ada.get("/citizen/health").status_code == 200
    assert _watch(desk)["standby_missing"]["status"] == "warn"
    text, path = desk.unique("Filed without it "), f"/services/{desk.service_id}"
    assert ada.post(path, page=path, description=text).url.endswith("/filed")
    assert desk.count(text) == 1


def _let_settle(person: Person) -> None:
    """Let the time pass in which a person reads from the primary.

    The session says when they signed in and wrote; it is a file of the servers.
    """
    key = person.session.cookies["session_id"]
    file = Path(config.session_dir) / key[:2] / key
    session = json.loads(file.read_text())
    session["create_time"] -= SETTLE_SECONDS + 1
    session.pop("citizen_wrote", None)
    file.write_text(json.dumps(session))


def _watch(desk: Desk) -> dict:
    """Return what a person who watches the servers sees with their browser."""
    headers = {
        "Sec-Fetch-Dest": "document",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-User": "?1",
    }
    answer = desk.officer.session.get(
        f"{desk.servers.url()}/citizen/health/work", headers=headers, timeout=60
    )
    return answer.json()["checks"]
