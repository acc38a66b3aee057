"""Odoo 19's core: Debian's package laid out in the cache, or a checkout of yours."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .apt import DebianArchive, unpack
from .errors import SetupError
from .files import building
from .progress import progress
from .settings import Settings

PINNED = "19.0.0+dfsg-1"
LANGUAGES = frozenset({"es", "fr", "zh_TW"})

# Raise it when `unpack` or `_repair` changes, so that older caches are left aside.
_LAYOUT = "1"
_BESIDE = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
)
_PACKAGES = "usr/lib/python3/dist-packages"
# A partial duplicate of odoo/addons, metadata of another layout, a service's set-up.
_UNWANTED = (
    f"{_PACKAGES}/addons",
    f"{_PACKAGES}/doc",
    f"{_PACKAGES}/setup",
    f"{_PACKAGES}/odoo-19.0.egg-info",
    "etc",
    "usr/share/doc",
    "usr/share/lintian",
)


@dataclass(frozen=True)
class Core:
    """A copy of Odoo: `python_path` holds the package `odoo`."""

    python_path: Path
    addons: tuple[Path, ...]
    version: str


def provide(settings: Settings) -> Core:
    """Return the core to use, fetching it the first time."""
    if settings.odoo_src:
        return _from_checkout(settings.odoo_src)
    known = _cached(settings.cache)
    return known or _from_debian(settings.cache)


def _from_checkout(folder: Path) -> Core:
    release = folder / "odoo" / "release.py"
    if not release.is_file():
        raise SetupError(
            f"ODOO_SRC={folder} holds no Odoo (odoo/release.py is missing).",
            "Name the root of an Odoo 19.0 checkout, or unset ODOO_SRC.",
        )
    version = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.M)
    series = ".".join(version.groups()) if version else "unknown"
    if series != "19.0":
        raise SetupError(
            f"ODOO_SRC={folder} is Odoo {series}; the addon is for 19.0.",
            "Check out the branch 19.0, or unset ODOO_SRC.",
        )
    addons = folder / "addons"
    return Core(folder, (addons,) if addons.is_dir() else (), f"{series} checkout")


def _cached(cache: Path) -> Core | None:
    suffix = f"-layout{_LAYOUT}"
    found = sorted((cache / "odoo").glob(f"19.0.*{suffix}"))
    pinned = cache / "odoo" / f"{PINNED}{suffix}"
    folder = pinned if pinned in found else next(iter(found[::-1]), None)
    if folder is None:
        return None
    return Core(folder / _PACKAGES, (), folder.name.removesuffix(suffix))


def _from_debian(cache: Path) -> Core:
    archive = DebianArchive.sid(cache / "apt" / "sid")
    archive.update("sid")
    version = _choose_version(archive)
    debs = archive.fetch(
        [f"odoo-19={version}", *_BESIDE], f"Odoo {version} from Debian"
    )
    target = cache / "odoo" / f"{version}-layout{_LAYOUT}"
    with progress.step("unpacking Odoo"), building(target) as folder:
        for deb in debs:
            unpack(deb, folder, _is_wanted)
        _repair(folder / _PACKAGES / "odoo" / "addons")
    for deb in debs:
        deb.unlink()
    return Core(target / _PACKAGES, (), version)


def _choose_version(archive: DebianArchive) -> str:
    offered = archive.versions("odoo-19")
    if PINNED in offered:
        return PINNED
    usable = [version for version in offered if version.startswith("19.0.")]
    if not usable:
        raise SetupError(
            "Debian's suite sid offers no odoo-19 (is the network up?).",
            "Run the same command again later, name an Odoo 19.0 checkout with "
            "ODOO_SRC=/path/to/odoo, or use compose.yaml.",
        )
    progress.say(f"  Debian no longer has odoo-19 {PINNED}; taking {usable[0]}.")
    return usable[0]


def _is_wanted(name: str) -> bool:
    if name.startswith(_UNWANTED):
        return False
    path = Path(name)
    return path.suffix != ".po" or path.stem in LANGUAGES


def _repair(addons: Path) -> None:
    """Put back a file that Debian strips and the browser asks for."""
    stripped = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    script = addons / stripped
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text("/* Left out by Debian: background blur in calls. */\n")


def add_fonts(core: Core, fonts: Path) -> None:
    """Put Font Awesome 4, which Debian dropped, where the core's links lead."""
    target = core.python_path.parents[3] / "usr/share/fonts-font-awesome/fonts"
    if core.version.endswith("checkout") or target.is_dir():
        return
    with building(target) as folder:
        shutil.copytree(fonts, folder, dirs_exist_ok=True)
