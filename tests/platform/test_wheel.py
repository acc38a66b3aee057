"""The addon as a wheel: into a helpdesk that is in use, and out of it again.

1. Build the wheel; it asks for `odoo-addon-helpdesk-mgmt`.
2. Install it in a clean virtual environment beside Odoo.
3. On a database with tickets of `helpdesk_mgmt`: install, update, uninstall.

Expected: every step's log is free of warnings; the tickets, their messages and files
are the same at the end, and customer cases in between; nothing of the addon is left.
"""

from __future__ import annotations

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

#: What must hold, run in the shell of an Odoo that knows nothing of this repository.
_CHECKS = Path(__file__).with_name("takeover_checks.py")


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

    def check(self, function: str) -> None:
        """Run one function of `takeover_checks` in Odoo's shell."""
        script = f"{_CHECKS.read_text()}\n\n{function}(env)\nprint('CHECKED')\n"
        printed = self._run(["shell", "-d", self.database, "--no-http"], script)
        assert "CHECKED" in printed, printed[-5000:]

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
    installation.check("seed")
    installation.odoo("-d", installation.database, "-i", ADDON)
    installation.check("check_installed")
    installation.odoo("-d", installation.database, "-u", ADDON)
    installation.check("check_installed")
    installation.module("uninstall")
    installation.check("check_uninstalled")
