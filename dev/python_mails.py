"""The mails that CPython tests its own parser with, kept in the cache.

They are no part of this repository: the interpreter's own copy is used if it came with
its tests, else Debian's package of them, fetched as the core is.
"""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

from .apt import DebianArchive, unpack
from .errors import SetupError
from .files import building, exclusive
from .settings import Settings

_FOLDER = "test/test_email/data"
_MAILS = "msg_*.txt"
#: The mails hardly differ between versions, so any will do; Debian has one of them.
_MINORS = range(14, 10, -1)


def provide(settings: Settings) -> Path:
    """Return a folder with `msg_*.txt`, fetching it the first time."""
    own = Path(sysconfig.get_path("stdlib")) / _FOLDER
    if any(own.glob(_MAILS)):
        return own
    folder = settings.cache / "python-mails"
    with exclusive(settings.cache / "lock", "set-up"):
        if not folder.is_dir():
            _fetch(DebianArchive.own_suite(settings.cache / "apt" / "own"), folder)
    return folder


def _fetch(archive: DebianArchive, folder: Path) -> None:
    archive.update("own suite")
    names = [f"libpython3.{minor}-testsuite" for minor in _MINORS]
    offered = next((name for name in names if archive.versions(name)), None)
    if offered is None:
        raise SetupError(
            "This Debian has no package of Python's tests, which hold the mails.",
            "Use a Python that came with its tests: PYTHON=/path/to/python3.",
        )
    (deb,) = archive.fetch([offered], "mails of Python's tests from Debian")
    with building(folder) as target:
        unpack(deb, target, lambda name: f"/{_FOLDER}/msg_" in name)
        for path in target.glob(f"usr/lib/python3*/{_FOLDER}/{_MAILS}"):
            path.rename(target / path.name)
        shutil.rmtree(target / "usr")
    deb.unlink()
