"""`make wheel`: the addon as a wheel for any Odoo 19."""

from __future__ import annotations

from pathlib import Path

from . import process
from .errors import SetupError
from .odoo import Odoo

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
