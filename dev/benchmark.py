"""`make bench`: the databases that the benchmarks compare, and their run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from . import python_env
from .database import Databases
from .errors import SetupError
from .files import building, exclusive, fingerprint, require_space
from .odoo import Odoo
from .progress import progress

#: Addons that ours is compared with, each in a database of its own.
_RIVALS = {"oca": "helpdesk_mgmt_sla", "assign": "helpdesk_mgmt_assign_method"}
#: Cases of the small city, with which every other one is compared.
_SMALL = 10_000
#: What a case takes on the disk while its city is filled, on both sides together.
_KILOBYTES_EACH = 24
#: How city.py ends in a database that was filled with another city.
_STALE = 3


@dataclass(frozen=True)
class Benchmarks:
    """The benchmarks in tests/benchmark, on databases named after `name`."""

    odoo: Odoo
    name: str

    def run(self, *, quick: bool, requests: str, only_city: bool, cases: int) -> int:
        """Prepare the databases, print the tables; return 0 if the goals are met.

        :param only_city: measure nothing but reading and filing in a city
        :param cases: of the large city; quick measures the small one alone
        """
        databases = Databases(self.odoo)
        desk = f"{self.name}_bench"
        settings = self.odoo.settings
        command: list[str | Path] = [settings.python, _script(self.odoo, "run"), desk]
        command += ["--json", settings.state / "bench.json"]
        if only_city:
            addons = list(self.odoo.core.addons) + [settings.root]
            command += ["--only-city", "--addons-path", ",".join(map(str, addons))]
        else:
            databases.ensure(desk, demo=False)
            folder = self._provide_rivals()
            for suffix, module in _RIVALS.items():
                self._ensure_rival(databases, f"{desk}_{suffix}", module, folder)
                command += [f"--{suffix}={desk}_{suffix}"]
            command += ["--addons-path", self._addons_path(folder)]
            command += ["--requests", requests] if requests else []
        for size in [_SMALL] if quick else sorted({_SMALL, cases}):
            names = self._ensure_city(databases, f"{desk}_{size // 1000}k", size)
            command += ["--city", str(size), *names]
        return self.odoo.attend([*command, *(["--quick"] if quick else [])])

    def _ensure_city(
        self, databases: Databases, desk: str, cases: int
    ) -> tuple[str, str]:
        """Make the databases with so many cases; return their names, the base first.

        They stay for the next run; a desk is updated with the addon.
        """
        base = f"{desk}_base"
        if databases.state(desk) is None or databases.state(base) is None:
            folder = self.odoo.settings.state
            require_space(folder, cases * _KILOBYTES_EACH // 1000)
        for name, is_desk in ((base, False), (desk, True)):
            self._prepare_city(databases, name, is_desk)
            status = self._fill(name, cases)
            if status == _STALE:
                databases.drop(name)
                self._prepare_city(databases, name, is_desk)
                status = self._fill(name, cases)
            if status:
                raise SetupError(
                    f"The cases of {name} could not be made.",
                    f"The reason is above. make dropdb DB={name} begins anew.",
                )
        return base, desk

    def _prepare_city(self, databases: Databases, name: str, is_desk: bool) -> None:
        if is_desk:
            databases.ensure(name, demo=False)
            return
        template = databases.template(demo=False)
        with exclusive(self.odoo.settings.state / f"{name}.lock", f"database {name}"):
            if databases.state(name) != template:
                databases.copy(template, name)
                databases.mark(name, template)

    def _fill(self, name: str, cases: int) -> int:
        script = _script(self.odoo, "city")
        return self.odoo.attend(
            [self.odoo.settings.python, script, name, "--cases", str(cases)]
        )

    def _provide_rivals(self) -> Path:
        """Return the folder with the addons that ours is compared with."""
        settings = self.odoo.settings
        wanted = settings.root / "tests" / "benchmark" / "requirements.txt"
        folder = settings.state / f"bench-{fingerprint(wanted)[:12]}"
        if not folder.is_dir():
            uv = python_env.provide_uv(settings, python_env.find_python())
            with progress.step("addons to compare with"), building(folder) as target:
                python_env.install(
                    uv,
                    settings.venv,
                    ["--target", str(target), "--require-hashes", "-r", str(wanted)],
                    settings,
                )
                for module in _RIVALS.values():
                    _adapt_version(target / "odoo" / "addons" / module)
        return folder / "odoo" / "addons"

    def _ensure_rival(
        self, databases: Databases, name: str, module: str, addons: Path
    ) -> None:
        """Make the database with a rival on the stock base, if it is not there."""
        template = databases.template(demo=False)
        stamp = f"{template} {addons.parents[1].name}"
        with exclusive(self.odoo.settings.state / f"{name}.lock", f"database {name}"):
            if databases.state(name) == stamp:
                return
            with progress.step(f"installing {module} in {name}"):
                databases.copy(template, name)
                self.odoo.run(
                    ["-d", name, "-i", module, "--stop-after-init", "--no-http"]
                    + ["--addons-path", self._addons_path(addons)],
                    f"odoo -i {module}",
                    f"install-{name}",
                )
            databases.mark(name, stamp)

    def _addons_path(self, addons: Path) -> str:
        core = self.odoo.core.addons
        return ",".join(map(str, (*core, self.odoo.settings.root, addons)))


def _script(odoo: Odoo, name: str) -> Path:
    return odoo.settings.root / "tests" / "benchmark" / f"{name}.py"


def _adapt_version(addon: Path) -> None:
    """Let Odoo 19 install an addon made for an earlier one, its code unchanged."""
    manifest = addon / "__manifest__.py"
    text = manifest.read_text()
    # The file may be a link to a cached one, which must stay as it is.
    manifest.unlink()
    manifest.write_text(re.sub(r"([\"'])1[78]\.0\.", r"\g<1>19.0.", text))
