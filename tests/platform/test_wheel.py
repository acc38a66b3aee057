"""The addon as a wheel: into a helpdesk that is in use, and out of it again.

1. Build the wheel; it asks for `odoo-addon-helpdesk-mgmt`.
2. Install it in a clean virtual environment beside Odoo.
3. On a database with tickets of `helpdesk_mgmt`: install, update, uninstall.

Expected: every step's log is free of warnings; the tickets, their messages and files
are the same at the end, and customer cases in between; nothing of the addon is left.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest

from odoo.tests.common import get_db_name

from dev import packaging, python_env
from dev.database import Databases
from dev.files import write_text
from dev.odoo import Odoo
from dev.process import clean_environment
from dev.settings import ADDON
from dev.testing import complaints

_WRITE_TICKETS = """
import base64, json
agent = env["res.users"].create({"name": "Agent", "login": "agent"})
partner = env["res.partner"].create({"name": "Ana Ruiz", "email": "ana@example.com"})
team = env["helpdesk.ticket.team"].create({"name": "Roads", "user_ids": agent.ids})
category = env["helpdesk.ticket.category"].create({"name": "Pothole"})
stages = env["helpdesk.ticket.stage"].search([])
for number in range(30):
    ticket = env["helpdesk.ticket"].create({
        "name": f"Pothole {number}",
        "description": f"<p>In front of house {number}</p>",
        "partner_id": partner.id if number % 3 else False,
        "partner_name": "Walk-in",
        "team_id": team.id if number % 2 else False,
        "category_id": category.id if number % 2 else False,
        "user_id": agent.id if number % 4 == 1 else False,
        "stage_id": stages[number % len(stages)].id,
        "priority": str(number % 4),
    })
    ticket.message_post(body="Seen on site")
    env["ir.attachment"].create({
        "name": "photo.txt", "raw": b"photo", "res_model": ticket._name,
        "res_id": ticket.id,
    })
env.cr.commit()
"""
_READ_TICKETS = """
import json
names = ["number", "name", "description", "partner_id", "partner_name", "team_id",
         "category_id", "user_id", "stage_id", "priority", "create_date", "active"]
tickets = env["helpdesk.ticket"].with_context(active_test=False).search([], order="id")
rows = tickets.read(names, load=None)
for row, ticket in zip(rows, tickets):
    row["attachments"] = env["ir.attachment"].search_count(
        [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)])
    row["said"] = len(ticket.message_ids.filtered(lambda m: "Seen on site" in m.body))
print("RESULT " + json.dumps(rows, default=str))
"""
_READ_CASES = """
import json
cases = env["helpdesk.ticket"].with_context(active_test=False).search([])
print("RESULT " + json.dumps({
    "cases": len(cases),
    "roles": sorted(set(cases.mapped("role"))),
    "customers": len(cases.filtered("partner_id")),
    "with_customer": len(cases.filtered("customer_id")),
}))
"""
_READ_REST = """
import json
env.cr.execute(
    "SELECT model FROM ir_model WHERE model LIKE 'citizen.%' UNION ALL "
    "SELECT tablename FROM pg_tables WHERE tablename LIKE 'citizen\\\\_%' UNION ALL "
    "SELECT name FROM ir_model_data WHERE module = 'citizen_crm' UNION ALL "
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_name = 'helpdesk_ticket' AND column_name IN ('role', 'nature')")
print("RESULT " + json.dumps([name for (name,) in env.cr.fetchall()]))
"""


@dataclass(frozen=True)
class Installation:
    """An Odoo of its own: virtual environment, configuration and one database."""

    folder: Path
    database: str
    environment: dict[str, str]

    def odoo(self, *arguments: str) -> str:
        """Run one Odoo command; return its log, which must hold no complaint."""
        done = self._run([*arguments, "--no-http", "--stop-after-init"], "")
        assert not complaints(done), complaints(done)
        return done

    def module(self, action: str) -> str:
        """Run `odoo module ACTION` on the addon."""
        done = self._run(["module", action, "-d", self.database, ADDON], "")
        assert not complaints(done), complaints(done)
        return done

    def read(self, script: str) -> object:
        """Run `script` in Odoo's shell; return what it prints after RESULT."""
        printed = self._run(["shell", "-d", self.database, "--no-http"], script)
        results = [line for line in printed.splitlines() if "RESULT " in line]
        assert results, printed
        return json.loads(results[-1].partition("RESULT ")[2])

    def _run(self, arguments: list[str], script: str) -> str:
        done = subprocess.run(
            [self.folder / "bin" / "odoo", *arguments],
            input=script,
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.folder,
        )
        text = done.stdout + done.stderr
        assert done.returncode == 0, text[-5000:]
        return text


@pytest.fixture(scope="module")
def wheel(clone: Odoo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packaging.build_wheel(clone, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installation(
    clone: Odoo, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Yield a clean environment with the wheel and a helpdesk in use."""
    settings = clone.settings
    folder = tmp_path_factory.mktemp("clean") / "venv"
    python = python_env.find_python()
    uv = python_env.provide_uv(settings, python)
    python_env.create(uv, python, folder, settings)
    python_env.install(uv, folder, ["-r", str(settings.lock_file)], settings)
    python_env.join(clone.core, folder)
    # With what the wheel requires: it has to be there already.
    subprocess.run(
        [uv, "pip", "install", "--offline", "--python", folder / "bin/python", wheel],
        check=True,
        env=python_env.uv_environment(settings),
    )
    addons = ",".join(str(path) for path in clone.core.addons)
    write_text(
        folder / "odoo.conf",
        f"[options]\ndata_dir = {settings.data_dir}\n"
        + (f"addons_path = {addons}\n" if addons else ""),
    )
    databases = Databases(clone)
    name = f"{get_db_name()}_wheel"
    databases.copy(databases.template(demo=False), name)
    environment = {
        **clean_environment(),
        **clone.variables,
        "ODOO_RC": str(folder / "odoo.conf"),
    }
    environment.pop("PGDATABASE", None)
    try:
        yield Installation(folder, name, environment)
    finally:
        databases.drop(name)
        shutil.rmtree(folder, ignore_errors=True)


def test_wheel_names_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith("/METADATA"))
        headers = Parser().parsestr(archive.read(metadata).decode())
    requires = headers.get_all("Requires-Dist")
    assert wheel.name.startswith("odoo_addon_citizen_crm-19.0.")
    assert "odoo-addon-helpdesk-mgmt==19.0.*" in [
        requirement.replace("_", "-") for requirement in requires
    ]
    assert f"odoo/addons/{ADDON}/__manifest__.py" in names


def test_tickets_outlive_the_addon(installation: Installation) -> None:
    installation.read(_WRITE_TICKETS + "print('RESULT 0')")
    before = installation.read(_READ_TICKETS)
    assert len(before) == 30

    installation.odoo("-d", installation.database, "-i", ADDON)
    assert _but_stage(installation.read(_READ_TICKETS)) == _but_stage(before)
    assert installation.read(_READ_CASES) == {
        "cases": 30,
        "roles": ["customer"],
        "customers": 20,
        "with_customer": 20,
    }

    installation.odoo("-d", installation.database, "-u", ADDON)
    assert _but_stage(installation.read(_READ_TICKETS)) == _but_stage(before)

    installation.module("uninstall")
    assert installation.read(_READ_TICKETS) == before
    assert installation.read(_READ_REST) == []


def _but_stage(tickets: list[dict]) -> list[dict]:
    """The addon gives its own stages to the tickets, and takes them back."""
    return [{**ticket, "stage_id": None} for ticket in tickets]
