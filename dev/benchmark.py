"""`make bench`: the databases that the benchmarks compare, and their run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import python_env
from .database import Databases
from .files import building, exclusive, fingerprint
from .odoo import Odoo
from .progress import progress

_RIVAL = "helpdesk_mgmt_sla"


@dataclass(frozen=True)
class Benchmarks:
    """The benchmarks in tests/benchmark, on databases named after `name`."""

    odoo: Odoo
    name: str

    def run(self, *, quick: bool) -> int:
        """Prepare both databases, print the tables; return 0 if the goals are met."""
        databases = Databases(self.odoo)
        desk, rival = f"{self.name}_bench", f"{self.name}_bench_oca"
        databases.ensure(desk, demo=False)
        addons = self._provide_rival()
        self._ensure_rival(databases, rival, addons)
        settings = self.odoo.settings
        script = settings.root / "tests" / "benchmark" / "run.py"
        command: list[str | Path] = [settings.python, script, rival, desk]
        command += ["--addons-path", self._addons_path(addons)]
        command += ["--json", settings.state / "bench.json"]
        return self.odoo.attend([*command, *(["--quick"] if quick else [])])

    def _provide_rival(self) -> Path:
        """Return the folder with the addon that ours is compared with."""
        settings = self.odoo.settings
        wanted = settings.root / "tests" / "benchmark" / "requirements.txt"
        folder = settings.state / f"bench-{fingerprint(wanted)[:12]}"
        if not folder.is_dir():
            uv = python_env.provide_uv(settings, python_env.find_python())
            with progress.step("addon to compare with"), building(folder) as target:
                python_env.install(
                    uv,
                    settings.venv,
                    ["--target", str(target), "--require-hashes", "-r", str(wanted)],
                    settings,
                )
        return folder / "odoo" / "addons"

    def _ensure_rival(self, databases: Databases, name: str, addons: Path) -> None:
        """Make the database with the rival on the stock base, if it is not there."""
        template = databases.template(demo=False)
        stamp = f"{template} {addons.parents[1].name}"
        with exclusive(self.odoo.settings.state / f"{name}.lock", f"database {name}"):
            if databases.state(name) == stamp:
                return
            with progress.step(f"installing {_RIVAL} in {name}"):
                databases.copy(template, name)
                self.odoo.run(
                    ["-d", name, "-i", _RIVAL, "--stop-after-init", "--no-http"]
                    + ["--addons-path", self._addons_path(addons)],
                    f"odoo -i {_RIVAL}",
                    f"install-{name}",
                )
            databases.mark(name, stamp)

    def _addons_path(self, addons: Path) -> str:
        core = self.odoo.core.addons
        return ",".join(map(str, (*core, self.odoo.settings.root, addons)))
