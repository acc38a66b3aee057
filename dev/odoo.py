"""Odoo's command line, with the environment of this clone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from . import postgres, process
from .core import Core
from .files import write_text
from .settings import Settings

_CONFIGURATION = """\
[options]
addons_path = {addons_path}
data_dir = {data_dir}
http_interface = 127.0.0.1
list_db = False
"""


@dataclass(frozen=True)
class Odoo:
    """The core, the virtual environment and a running PostgreSQL together."""

    settings: Settings
    core: Core
    variables: dict[str, str]

    def configure(self) -> None:
        """Write the configuration file that every command of this clone reads."""
        addons = [*self.core.addons, self.settings.root]
        self.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = _CONFIGURATION.format(
            addons_path=",".join(str(path) for path in addons),
            data_dir=self.settings.data_dir,
        )
        write_text(self.configuration, text)

    @property
    def configuration(self) -> Path:
        return self.settings.state / "odoo.conf"

    @property
    def program(self) -> Path:
        return self.settings.venv / "bin" / "odoo"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that any program needs to work with this clone's Odoo."""
        environment = process.clean_environment()
        first = map(str, (self.settings.venv / "bin", postgres.programs(self.settings)))
        environment.update(self.variables)
        environment["PATH"] = os.pathsep.join([*first, environment.get("PATH", "")])
        environment["ODOO_RC"] = str(self.configuration)
        environment.pop("PGDATABASE", None)
        return environment

    def run(
        self, arguments: Sequence[str | Path], what: str, log: str, text: str = ""
    ) -> Path:
        """Run one Odoo command, which reads `text`, to its end; return its log."""
        path = self.settings.logs / f"{log}.txt"
        process.run(
            [self.program, *arguments],
            log=path,
            what=what,
            env=self.environment,
            cwd=self.settings.root,
            text=text,
        )
        return path

    def attend(
        self, command: Sequence[str | Path], env: Mapping[str, str] | None = None
    ) -> int:
        """Run a program in the foreground, on this terminal; return its status."""
        return self._call(command, env)

    def record(
        self,
        command: Sequence[str | Path],
        log: Path,
        env: Mapping[str, str] | None = None,
    ) -> int:
        """Run a program with its output in `log`; return its status."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            return self._call(
                command,
                env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _call(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str] | None,
        **streams: int | IO[bytes],
    ) -> int:
        return subprocess.run(
            [str(part) for part in command],
            env={**self.environment, **(env or {})},
            cwd=self.settings.root,
            **streams,
        ).returncode
