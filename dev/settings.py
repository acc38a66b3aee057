"""Where things are, read once from the environment."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import SetupError

ADDON = "citizen_crm"
ROOT = Path(__file__).resolve().parent.parent

_DATABASE_NAME = re.compile(r"^[a-z][a-z0-9_]{0,40}$")


@dataclass(frozen=True)
class Settings:
    """Folders, names and choices of one invocation."""

    root: Path
    cache: Path
    state: Path
    odoo_src: Path | None
    port: int
    database: str
    external_postgres: bool

    @property
    def addon(self) -> Path:
        return self.root / ADDON

    @property
    def lock_file(self) -> Path:
        return self.root / "requirements.txt"

    @property
    def venv(self) -> Path:
        return self.state / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def data_dir(self) -> Path:
        """Odoo's data directory: filestore and sessions."""
        return self.state / "data"

    @property
    def clone_id(self) -> str:
        """Short name of this clone, for folders that cannot lie inside it."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:10]


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raise `SetupError` for values that cannot work."""
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    cache_home = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
    odoo_src = environ.get("ODOO_SRC")
    return Settings(
        root=ROOT,
        cache=Path(environ.get("CITIZEN_CRM_CACHE") or cache_home / ADDON).absolute(),
        state=ROOT / ".dev",
        odoo_src=Path(odoo_src).expanduser().absolute() if odoo_src else None,
        port=_port(environ.get("PORT") or "8069"),
        database=database_name(environ.get("DB") or ADDON),
        external_postgres=bool(environ.get("PGHOST")),
    )


def database_name(text: str) -> str:
    """Return `text` if it can name a database here."""
    if not _DATABASE_NAME.match(text):
        raise SetupError(
            f"'{text}' cannot be used as a database name.",
            "Take lower-case letters, digits and underscores, a letter first.",
        )
    return text


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SetupError(f"PORT={text} is not a port.", "Take a number, 1 to 65535.")
    return int(text)
