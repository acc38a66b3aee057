"""The virtual environment: hash-locked wheels, laid out by a hash-pinned uv."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from . import process
from .apt import DebianArchive, unpack
from .core import Core, add_fonts
from .errors import SetupError
from .files import building, fingerprint, write_text
from .progress import progress
from .settings import Settings

# reportlab's renderer of barcodes has wheels for these only.
PREFERRED = ((3, 11), (3, 12))
SUPPORTED = (*PREFERRED, (3, 13))

_LAUNCHER = """\
#!{python}
from odoo.cli.command import main

main()
"""
_METADATA = """\
Metadata-Version: 2.1
Name: odoo
Version: 19.0
Summary: Marks the Odoo of odoo_core.pth as installed, for addons that require it
"""


def provide(settings: Settings) -> None:
    """Create or renew the virtual environment for the lock file."""
    python = find_python()
    stamp = fingerprint(settings.lock_file, python, str(settings.venv))
    marker = settings.venv / "lock"
    if not marker.is_file() or marker.read_text() != stamp:
        uv = provide_uv(settings, python)
        with progress.step("Python packages"), building(settings.venv) as folder:
            create(uv, python, folder, settings)
            install(uv, folder, ["-r", str(settings.lock_file)], settings)
            write_text(folder / "lock", stamp)


def create(uv: Path, python: str, folder: Path, settings: Settings) -> None:
    """Create an empty, relocatable virtual environment."""
    process.run(
        [uv, "venv", "--relocatable", "--allow-existing", "--python", python, folder],
        log=settings.logs / "venv.txt",
        what="Creating the virtual environment",
        env=uv_environment(settings),
    )


def install(uv: Path, venv: Path, wanted: Iterable[str], settings: Settings) -> None:
    """Install what the lock file (or a list of wheels) names, wheels only."""
    process.run(
        [uv, "pip", "install", "--python", venv / "bin" / "python", "--no-deps",
         "--only-binary", ":all:", "--link-mode", "hardlink", *wanted],
        log=settings.logs / "packages.txt",
        what="Installing the Python packages",
        env=uv_environment(settings),
    )  # fmt: skip


def join(core: Core, venv: Path) -> None:
    """Make `core` the Odoo of `venv`, with the launcher `bin/odoo`."""
    site_packages = next(venv.glob("lib/python3.*/site-packages"))
    path_file = site_packages / "odoo_core.pth"
    if path_file.is_file() and path_file.read_text().strip() == str(core.python_path):
        return
    metadata = site_packages / "odoo-19.0.dist-info"
    write_text(metadata / "METADATA", _METADATA)
    write_text(metadata / "INSTALLER", "make\n")
    write_text(metadata / "RECORD", "")
    python = venv / "bin" / "python"
    write_text(venv / "bin" / "odoo", _LAUNCHER.format(python=python), 0o755)
    add_fonts(core, site_packages / "xstatic/pkg/font_awesome/data/fonts")
    write_text(path_file, f"{core.python_path}\n")


def find_python() -> str:
    """Return the interpreter to use; raise `SetupError` if none fits."""
    named = os.environ.get("PYTHON")
    names = [named] if named else ["python3", "python3.12", "python3.11", "python3.13"]
    versions = {name: version for name in names if (version := _version(name))}
    for wanted in (PREFERRED, SUPPORTED):
        for name, version in versions.items():
            if version in wanted:
                return shutil.which(name) or name
    seen = ", ".join(f"{name} is {a}.{b}" for name, (a, b) in versions.items())
    raise SetupError(
        f"Odoo 19 needs Python 3.11, 3.12 or 3.13 ({seen or 'none was found'}).",
        "Install one (Debian 12 and 13 have it as python3) or name it: "
        "make run PYTHON=/path/to/python3.12",
    )


def _version(name: str) -> tuple[int, int] | None:
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([name, "-c", code], capture_output=True, text=True)
    except OSError:
        return None
    numbers = done.stdout.split()
    if done.returncode or len(numbers) != 2:
        return None
    return int(numbers[0]), int(numbers[1])


def provide_uv(settings: Settings, python: str) -> Path:
    """Return the uv of the lock file, fetched with pip and checked by its hashes."""
    pin, version = _uv_pin(settings.lock_file.read_text())
    target = settings.cache / f"uv-{version}"
    if not target.is_dir():
        with progress.step(f"uv {version}"), building(target) as folder:
            requirement = folder / "uv.txt"
            requirement.write_text(pin)
            process.run(
                [python, *_pip(settings, python), "download", "--quiet", "--no-deps",
                 "--disable-pip-version-check", "--only-binary", ":all:",
                 "--require-hashes", "-d", folder, "-r", requirement],
                log=settings.logs / "uv.txt",
                what="Downloading uv",
                env=process.clean_environment(),
            )  # fmt: skip
            _take_binary(next(folder.glob("uv-*.whl")), folder / "uv")
    return target / "uv"


def _uv_pin(lock: str) -> tuple[str, str]:
    match = re.search(r"^uv==(\S+)(?:.*\\\n)(?:\s+--hash=\S+(?: \\)?\n)+", lock, re.M)
    if not match:
        raise SetupError(
            "requirements.txt pins no uv.", "Restore the file: git checkout it."
        )
    return match.group(0), match.group(1)


def _take_binary(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".data/scripts/uv"))
        with archive.open(name) as packed, target.open("wb") as binary:
            shutil.copyfileobj(packed, binary)
    target.chmod(0o755)
    wheel.unlink()


def _pip(settings: Settings, python: str) -> list[str]:
    """Return how to call pip: the interpreter's own, else the one of Debian."""
    if not subprocess.run([python, "-m", "pip", "-V"], capture_output=True).returncode:
        return ["-m", "pip"]
    folder = settings.cache / "pip"
    if not folder.is_dir():
        try:
            archive = DebianArchive.own_suite(settings.cache / "apt" / "own")
        except SetupError:
            raise SetupError(
                f"{python} has no pip.", f"Install it: {python} -m ensurepip"
            ) from None
        archive.update("own suite")
        (deb,) = archive.fetch(["python3-pip-whl"], "pip from Debian")
        with building(folder) as target:
            unpack(deb, target)
    wheel = next(folder.glob("usr/share/python-wheels/pip-*.whl"))
    return [f"{wheel}/pip"]


def uv_environment(settings: Settings) -> Mapping[str, str]:
    """Return the environment for uv, with the machine's settings of pip."""
    environment = process.clean_environment()
    for pip_name, uv_name in (
        ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
        ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
        ("PIP_CERT", "SSL_CERT_FILE"),
    ):
        if pip_name in environment:
            environment.setdefault(uv_name, environment[pip_name])
    environment["UV_CACHE_DIR"] = str(settings.cache / "uv")
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment["UV_NO_PROGRESS"] = "1"
    # The certificates that the machine trusts, not only those that uv brings: a city's
    # network may have a certificate authority of its own.
    environment.setdefault("UV_SYSTEM_CERTS", "1")
    environment.setdefault("UV_NATIVE_TLS", "1")
    return environment
