"""What leaves the repository: the addon's wheel, its files of translations."""

from __future__ import annotations

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
    with progress.step("exporting translations"):
        odoo.run(
            ["i18n", "loadlang", *common, *languages], "odoo i18n loadlang", "i18n-load"
        )
        odoo.run(
            ["i18n", "export", *common, "pot", *languages, "--", ADDON],
            "odoo i18n export",
            "i18n-export",
        )
    databases.drop(database)
