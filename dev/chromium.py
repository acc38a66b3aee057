"""A Chromium for browser tests: the machine's own, else Debian's beside the system.

Odoo starts the first `chromium` on PATH; `provide` returns a folder whose `chromium`
is a launcher with the switches that keep it from calling home.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .apt import DebianArchive, unpack
from .errors import SetupError
from .files import building, require_space, write_text
from .progress import progress
from .settings import Settings

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-quic --disable-domain-reliability --no-pings --no-first-run"
)
_LAUNCHER = """\
#!/bin/sh
# Made by dev/chromium.py.
{variables}exec {program} {quiet} "$@"
"""
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>{folder}/usr/share/fonts</dir>
  <cachedir>{folder}/fontconfig</cachedir>
</fontconfig>
"""


def provide(settings: Settings) -> Path:
    """Return a folder with a `chromium` that starts."""
    folder = settings.state / "browser"
    launcher = folder / "chromium"
    if launcher.is_file() and _starts(launcher):
        return folder
    own = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if own:
        _write_launcher(launcher, own)
    else:
        _write_launcher_beside_system(launcher, settings.cache / "chromium")
    if not _starts(launcher):
        raise SetupError(
            f"Chromium ({own or 'unpacked in ' + str(settings.cache)}) does not start.",
            "Install one for the whole system (as root: apt-get install chromium), "
            f"remove {settings.cache / 'chromium'}, and run the same command again.",
        )
    return folder


def _write_launcher_beside_system(launcher: Path, folder: Path) -> None:
    """Unpack Chromium and the libraries that the machine lacks."""
    _write_launcher(launcher, *_program_and_variables(folder))
    if folder.is_dir() and _starts(launcher):
        return
    require_space(folder, 1500)
    archive = DebianArchive.own_suite(folder.parent / "apt" / "own")
    archive.update("own suite")
    debs = archive.fetch(archive.closure("chromium"), "Chromium from Debian")
    with progress.step("unpacking Chromium"), building(folder) as target:
        for deb in debs:
            unpack(deb, target)
        write_text(target / "fonts.conf", _FONTS.format(folder=folder))
    for deb in debs:
        deb.unlink()


def _program_and_variables(folder: Path) -> tuple[str, dict[str, str]]:
    program = f"{folder}/usr/lib/chromium/chromium"
    multiarch = f"{os.uname().machine}-linux-gnu"
    libraries = (
        f"{folder}/usr/lib/{multiarch}",
        f"{folder}/lib/{multiarch}",
        f"{folder}/usr/lib/{multiarch}/nss",
        f"{folder}/usr/lib/{multiarch}/pulseaudio",
    )
    variables = {
        "LD_LIBRARY_PATH": ":".join(libraries),
        "FONTCONFIG_FILE": f"{folder}/fonts.conf",
    }
    return program, variables


def _write_launcher(
    launcher: Path, program: str, variables: dict[str, str] | None = None
) -> None:
    lines = [f"export {name}='{text}'\n" for name, text in (variables or {}).items()]
    text = _LAUNCHER.format(variables="".join(lines), program=program, quiet=_QUIET)
    write_text(launcher, text, 0o755)


def _starts(launcher: Path) -> bool:
    """Return whether the browser shows an empty page without a screen."""
    command = [launcher, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    try:
        done = subprocess.run(
            [*command, "about:blank"], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "<html" in done.stdout
