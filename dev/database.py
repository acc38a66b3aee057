"""Databases: made from a cached template, complete or not there at all.

The template holds what the addon depends on, installed once per version of the core,
the lock file and the list of dependencies. It lives in the cluster and, as a dump with
its filestore, in the cache, where later clones find it.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import process
from .errors import SetupError
from .files import building, exclusive, fingerprint, tree_fingerprint
from .odoo import Odoo
from .progress import progress
from .settings import ADDON

_COMPLETE = "complete"
_BUILD_ASSETS = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""


def dependencies(odoo: Odoo) -> list[str]:
    """Return the modules that the addon's manifest names."""
    manifest = odoo.settings.addon / "__manifest__.py"
    return sorted(ast.literal_eval(manifest.read_text())["depends"])


def addon_fingerprint(odoo: Odoo) -> str:
    """Return a hash over what an update of the addon would load."""
    return tree_fingerprint(odoo.settings.addon, leave_out=("tests", "readme"))


@dataclass(frozen=True)
class Databases:
    """The databases of one server and their filestores."""

    odoo: Odoo

    def state(self, name: str) -> str | None:
        """Return the mark left by `mark`, "" if not ours, None without database."""
        query = (
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '-') "
            "FROM pg_database WHERE datname = :'name'"
        )
        found = self._psql(query, name=name).strip()
        if found not in ("", "-") and not self.filestore(name).is_dir():
            # Of a clone that is no longer here, on a server that outlived it.
            return ""
        return {"": None, "-": ""}.get(found, found)

    def mark(self, name: str, text: str) -> None:
        """Note `text` on the database, so that it goes and moves with it."""
        self._psql("COMMENT ON DATABASE :\"name\" IS :'text'", name=name, text=text)

    def drop(self, name: str) -> None:
        """Remove a database and its filestore, whether or not they exist."""
        self._psql('DROP DATABASE IF EXISTS :"name" WITH (FORCE)', name=name)
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def copy(self, source: str, target: str) -> None:
        """Create `target` as a copy of `source`, filestore included."""
        external = self.odoo.settings.external_postgres
        strategy = "" if external else "STRATEGY FILE_COPY"
        self.drop(target)
        self._psql(
            f'CREATE DATABASE :"target" TEMPLATE :"source" {strategy}',
            source=source,
            target=target,
        )
        if self.filestore(source).is_dir():
            # Its files are named by their content and never change: links suffice.
            shutil.copytree(
                self.filestore(source), self.filestore(target), copy_function=os.link
            )

    def rename(self, source: str, target: str) -> None:
        """Move a database and its filestore."""
        self._psql(
            'ALTER DATABASE :"source" RENAME TO :"target"',
            source=source,
            target=target,
        )
        shutil.rmtree(self.filestore(target), ignore_errors=True)
        if self.filestore(source).is_dir():
            self.filestore(source).rename(self.filestore(target))

    def filestore(self, name: str) -> Path:
        return self.odoo.settings.data_dir / "filestore" / name

    def ensure(self, name: str, *, demo: bool) -> str:
        """Create the database with the addon, or bring it up to date.

        Return "created", "updated" or "kept".
        """
        current = addon_fingerprint(self.odoo)
        with exclusive(self.odoo.settings.state / f"{name}.lock", f"database {name}"):
            before = self.state(name)
            if before == current:
                return "kept"
            if before:
                with progress.step(f"updating {ADDON} in {name}"):
                    self._odoo(["-d", name, "-u", ADDON], f"update-{name}")
            else:
                if before == "":
                    raise SetupError(
                        f"A database '{name}' exists that this clone did not make.",
                        "Take another name (make run DB=another_name), or remove it "
                        f"with all it holds: make dropdb DB={name}",
                    )
                self.create(name, demo=demo)
            self.mark(name, current)
            return "updated" if before else "created"

    def create(self, name: str, *, demo: bool) -> None:
        """Create the database from the template and install the addon in it."""
        unfinished = f"{name}__part"
        template = self.template(demo=demo)
        with progress.step(f"installing {ADDON} in {name}"):
            self.copy(template, unfinished)
            self._odoo(["-d", unfinished, "-i", ADDON], f"install-{name}")
            self.drop(name)
            self.rename(unfinished, name)

    def build_assets(self, name: str) -> None:
        """Build the scripts and styles of the pages, as their first visit would."""
        with progress.step(f"scripts and styles of the pages in {name}"):
            arguments = ["shell", "-d", name, "--no-http"]
            self.odoo.run(arguments, "odoo shell", f"assets-{name}", _BUILD_ASSETS)

    def template(self, *, demo: bool) -> str:
        """Return the template with the addon's dependencies, made if missing."""
        kind = "demo" if demo else "plain"
        depends = dependencies(self.odoo)
        locked = self.odoo.settings.lock_file.read_text()
        key = fingerprint(
            str(self.odoo.core.python_path),
            self.odoo.core.version,
            *re.findall(r"^odoo-addon-\S+", locked, re.M),
            *depends,
        )
        name = f"citizen_base_{kind}_{key[:12]}"
        if self.odoo.settings.external_postgres:
            name += f"_{self.odoo.settings.clone_id}"
        lock = self.odoo.settings.state / f"template-{kind}.lock"
        with exclusive(lock, f"template {kind}"):
            if self.state(name) != _COMPLETE:
                stored = self.odoo.settings.cache / "templates" / f"{kind}-{key}"
                # A dump of the private server may be too new for another one.
                cached = not self.odoo.settings.external_postgres
                if cached and stored.is_dir():
                    self._restore(stored, name)
                else:
                    self._build(name, depends, demo)
                    if cached:
                        self._store(name, stored)
                self.mark(name, _COMPLETE)
        return name

    def _build(self, name: str, depends: list[str], demo: bool) -> None:
        flavour = "with" if demo else "without"
        with progress.step(f"database of Odoo {flavour} demo data"):
            self.drop(name)
            arguments = ["-d", name, "-i", ",".join(depends)]
            if demo:
                arguments.append("--with-demo")
            self._odoo(arguments, name)

    def _store(self, name: str, target: Path) -> None:
        """Keep a template in the cache; other clones may do so at the same time."""
        lock = self.odoo.settings.cache / "templates.lock"
        with exclusive(lock, "cache"), building(target) as folder:
            self._client("pg_dump", "-Fc", "-Z1", "-f", str(folder / "dump"), name)
            shutil.copytree(self.filestore(name), folder / "filestore")

    def _restore(self, stored: Path, name: str) -> None:
        with progress.step("database of Odoo from the cache"):
            self.drop(name)
            self._psql('CREATE DATABASE :"name" TEMPLATE template0', name=name)
            self._client(
                "pg_restore", "--no-owner", "-j2", "-d", name, str(stored / "dump")
            )
            shutil.copytree(stored / "filestore", self.filestore(name))

    def _odoo(self, arguments: list[str], log: str) -> None:
        self.odoo.run(
            [*arguments, "--stop-after-init", "--no-http"], f"odoo {arguments[2]}", log
        )

    def _client(self, tool: str, *arguments: str) -> None:
        process.run(
            [tool, *arguments],
            log=self.odoo.settings.logs / f"{tool}.txt",
            what=tool,
            env=self.odoo.environment,
        )

    def _psql(self, query: str, **variables: str) -> str:
        """Run one statement; `:'name'` and `:"name"` quote a variable."""
        command = ["psql", "-X", "-q", "-A", "-t", "-d", "postgres"]
        command += ["-v", "ON_ERROR_STOP=1"]
        for name, text in variables.items():
            command += ["-v", f"{name}={text}"]
        environment = {
            **self.odoo.environment,
            "PGOPTIONS": "-c client_min_messages=error",
        }
        done = subprocess.run(
            command, input=query, capture_output=True, text=True, env=environment
        )
        if done.returncode:
            raise SetupError(
                f"PostgreSQL refused: {done.stderr.strip()}",
                "The role needs CREATEDB and no other program may hold the database.",
            )
        return done.stdout
