"""What leaves the repository: the addon's wheel, its files of translations."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from . import process
from .core import LANGUAGES
from .database import Databases
from .errors import SetupError
from .odoo import Odoo
from .progress import progress
from .settings import ADDON

_BUILD = "import sys; from whool.buildapi import build_wheel; build_wheel(sys.argv[1])"


def build_wheel(odoo: Odoo, folder: Path) -> Path:
    """Build the wheel of what git knows of the addon into `folder`."""
    unknown = process.output(
        ["git", "ls-files", "--others", "--exclude-standard", odoo.settings.addon],
        cwd=odoo.settings.root,
    )
    if unknown.strip():
        raise SetupError(
            f"The wheel would lack files that git does not know:\n{unknown.rstrip()}",
            "git add them, or remove them.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("odoo_addon_citizen_crm-*.whl"):
        earlier.unlink()
    process.run(
        [odoo.settings.python, "-c", _BUILD, folder],
        log=odoo.settings.logs / "wheel.txt",
        what="Building the wheel",
        cwd=odoo.settings.addon,
        env=odoo.environment,
    )
    return next(folder.glob("odoo_addon_citizen_crm-*.whl"))


def export_translations(odoo: Odoo, database: str) -> None:
    """Write `i18n/citizen_crm.pot` and the `.po` files that are there anew.

    The scratch database holds no demo data, so that only the addon's own terms appear.
    """
    present = {path.stem for path in (odoo.settings.addon / "i18n").glob("*.po")}
    languages = sorted(present & LANGUAGES or {"es", "zh_TW"})
    databases = Databases(odoo)
    databases.create(database, demo=False)
    common = ["-d", database, "-l"]
    folder = odoo.settings.addon / "i18n"
    with (
        progress.step("exporting translations"),
        tempfile.TemporaryDirectory() as former,
    ):
        shutil.copytree(folder, former, dirs_exist_ok=True)
        odoo.run(
            ["i18n", "loadlang", *common, *languages], "odoo i18n loadlang", "i18n-load"
        )
        odoo.run(
            ["i18n", "export", *common, "pot", *languages, "--", ADDON],
            "odoo i18n export",
            "i18n-export",
        )
        for language in sorted(present & LANGUAGES):
            name = f"{language}.po"
            _keep_translations(odoo, Path(former) / name, folder / name)
    databases.drop(database)


def _keep_translations(odoo: Odoo, former: Path, new: Path) -> None:
    python = odoo.settings.venv / "bin" / "python"
    script = Path(__file__).with_name("keep_translations.py")
    subprocess.run([python, script, former, new], check=True)
