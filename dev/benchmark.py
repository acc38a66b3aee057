"""`make bench`: the databases that the benchmarks compare, and their run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from . import python_env
from .database import Databases
from .files import building, exclusive, fingerprint
from .odoo import Odoo
from .progress import progress

#: Addons that ours is compared with, each in a database of its own.
_RIVALS = {"oca": "helpdesk_mgmt_sla", "assign": "helpdesk_mgmt_assign_method"}


@dataclass(frozen=True)
class Benchmarks:
    """The benchmarks in tests/benchmark, on databases named after `name`."""

    odoo: Odoo
    name: str

    def run(self, *, quick: bool, requests: str) -> int:
        """Prepare the databases, print the tables; return 0 if the goals are met."""
        databases = Databases(self.odoo)
        desk = f"{self.name}_bench"
        databases.ensure(desk, demo=False)
        addons = self._provide_rivals()
        rivals = {suffix: f"{desk}_{suffix}" for suffix in _RIVALS}
        for suffix, rival in rivals.items():
            self._ensure_rival(databases, rival, _RIVALS[suffix], addons)
        settings = self.odoo.settings
        script = settings.root / "tests" / "benchmark" / "run.py"
        command: list[str | Path] = [settings.python, script, desk]
        command += [f"--{suffix}={rival}" for suffix, rival in rivals.items()]
        command += ["--addons-path", self._addons_path(addons)]
        command += ["--json", settings.state / "bench.json"]
        command += ["--requests", requests] if requests else []
        return self.odoo.attend([*command, *(["--quick"] if quick else [])])

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


def _adapt_version(addon: Path) -> None:
    """Let Odoo 19 install an addon made for an earlier one, its code unchanged."""
    manifest = addon / "__manifest__.py"
    text = manifest.read_text()
    # The file may be a link to a cached one, which must stay as it is.
    manifest.unlink()
    manifest.write_text(re.sub(r"([\"'])1[78]\.0\.", r"\g<1>19.0.", text))
