"""Debian packages fetched beside the system: own state, the machine's own mirror.

Nothing is installed and nothing below /etc or /var changes: `apt-get` runs with a
private state folder, the machine's own sources (mirror, key, proxy, certificates) and
its usual checks of signatures and hashes. `DebianArchive.fetch` downloads packages,
`unpack` lays one out below a folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import process
from .errors import SetupError
from .files import megabytes, write_text
from .progress import progress

_ETC = Path("/etc/apt")
_NO_DEBIAN_HINT = (
    "Name an Odoo 19.0 checkout with ODOO_SRC=/path/to/odoo, or use the containers "
    "of compose.yaml: docker compose up."
)
_CONFIGURATION = """\
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "{state}/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "{state}/empty";
Dir::State::lists "{state}/lists";
Dir::State::status "{status}";
Dir::State::extended_states "{state}/extended_states";
Dir::Cache "{state}/cache";
Dir::Cache::archives "{state}/archives";
Dir::Log "{state}/log";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::Retries "3";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
"""


@dataclass(frozen=True)
class Source:
    """One source of the machine: where Debian is mirrored and who signs it."""

    uris: str
    suites: tuple[str, ...]
    signed_by: str

    def stanza(self, suites: Iterable[str]) -> str:
        """Return a deb822 stanza for `suites` of the component main."""
        lines = [
            "Types: deb",
            f"URIs: {self.uris}",
            f"Suites: {' '.join(suites)}",
            "Components: main",
        ]
        if self.signed_by:
            lines.append(f"Signed-By:{self.signed_by}")
        return "\n".join(lines) + "\n"


def parse_deb822(text: str) -> Iterator[Source]:
    """Yield the Debian sources of a `.sources` file."""
    uncommented = "\n".join(
        line for line in text.splitlines() if not line.startswith("#")
    )
    for stanza in re.split(r"\n\s*\n", uncommented):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1].isspace():
                fields[name] += "\n" + line
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = f" {value.strip()}".rstrip()
        types = fields.get("types", "").split()
        if "deb" in types and fields.get("enabled", " yes").strip() != "no":
            yield from _debian_source(
                fields.get("uris", "").strip(),
                fields.get("suites", "").split(),
                fields.get("components", "").split(),
                fields.get("signed-by", "").rstrip(),
            )


def parse_one_line(text: str) -> Iterator[Source]:
    """Yield the Debian sources of a `sources.list`."""
    for line in text.splitlines():
        match = re.match(r"^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)", line)
        if match:
            options, uri, suite, components = match.groups()
            signed = re.search(r"signed-by=(\S+)", options or "")
            signed_by = f" {signed.group(1)}" if signed else ""
            yield from _debian_source(uri, [suite], components.split(), signed_by)


def _debian_source(
    uris: str, suites: list[str], components: list[str], signed_by: str
) -> Iterator[Source]:
    if "debian" in uris and "main" in components and suites:
        yield Source(uris, tuple(suites), signed_by)


def machine_sources(etc: Path = _ETC) -> list[Source]:
    """Return the machine's Debian sources; raise `SetupError` if it has none."""
    found: list[Source] = []
    for path in sorted(etc.glob("sources.list.d/*.sources")):
        found += parse_deb822(path.read_text())
    for path in (etc / "sources.list", *sorted(etc.glob("sources.list.d/*.list"))):
        if path.is_file():
            found += parse_one_line(path.read_text())
    codename = _os_release().get("VERSION_CODENAME", "")
    own = [
        source
        for source in found
        if any(
            re.match(rf"({codename or 'stable'}|stable|testing|unstable|sid)\b", suite)
            for suite in source.suites
        )
    ]
    if not own or not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        name = _os_release().get("PRETTY_NAME", "This system")
        raise SetupError(
            f"{name} is not a Debian with its own package sources, so Odoo 19 and "
            "Chromium cannot be fetched from there.",
            _NO_DEBIAN_HINT,
        )
    return own


def _os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value.strip("\"'") for name, _, value in pairs}


class DebianArchive:
    """One suite of Debian with a private apt state in `state`."""

    def __init__(self, state: Path, stanzas: str, *, beside_system: bool) -> None:
        """Prepare the state; `beside_system` counts installed packages as there."""
        self.state = state
        for name in ("sources", "empty", "lists/partial", "archives/partial", "log"):
            (state / name).mkdir(parents=True, exist_ok=True)
        nothing = state / "status"
        nothing.touch()
        status = "/var/lib/dpkg/status" if beside_system else nothing
        write_text(state / "sources" / "debian.sources", stanzas)
        self._file = state / "apt.conf"
        write_text(self._file, _CONFIGURATION.format(state=state, status=status))
        self._log = state / "log" / "apt.txt"

    @classmethod
    def sid(cls, state: Path) -> DebianArchive:
        """Return the suite sid of the machine's first Debian mirror."""
        stanza = machine_sources()[0].stanza(["sid"])
        return cls(state, stanza, beside_system=False)

    @classmethod
    def own_suite(cls, state: Path) -> DebianArchive:
        """Return the suites the machine itself is installed from."""
        stanzas = [source.stanza(source.suites) for source in machine_sources()]
        return cls(state, "\n".join(stanzas), beside_system=True)

    def update(self, what: str) -> None:
        """Fetch the package lists; what an incomplete answer lacks, `fetch` misses."""
        with progress.step(f"package lists of Debian ({what})"):
            process.run(
                self._command("update", "-q"),
                log=self._log,
                what="Fetching Debian's package lists",
            )
        if not any(self.state.glob("lists/*_Packages*")):
            raise process.failure("Fetching Debian's package lists", 0, self._log)

    def versions(self, package: str) -> list[str]:
        """Return every version on offer."""
        cache = ["apt-cache", "-c", str(self._file), "madison", package]
        lines = process.output(cache).splitlines()
        return [line.split("|")[1].strip() for line in lines if line.count("|") >= 2]

    def fetch(self, packages: Iterable[str], what: str) -> list[Path]:
        """Download `packages` (name or name=version) and return the files."""
        folder = self.state / "archives"
        wanted = list(packages)
        for earlier in folder.glob("*.deb"):
            earlier.unlink()
        with progress.step(what) as step:
            step.measure = lambda: f"{megabytes(folder)} MB"
            process.run(
                self._command("download", "-q", *wanted),
                log=self._log,
                what=f"Downloading {', '.join(wanted)}",
                cwd=folder,
            )
        names = [name.partition("=")[0] for name in wanted]
        return [next(iter(sorted(folder.glob(f"{name}_*.deb")))) for name in names]

    def closure(self, package: str) -> list[str]:
        """Return `package` and what it needs that the machine does not have."""
        plan = process.output(
            self._command(
                "install",
                "-s",
                "-q",
                "--no-install-recommends",
                "-o",
                "Debug::NoLocking=true",
                package,
            )
        )
        return re.findall(r"^Inst (\S+)", plan, re.M)

    def _command(self, *arguments: str) -> list[str]:
        return ["apt-get", "-c", str(self._file), *arguments]


def unpack(
    deb: Path,
    target: Path,
    wanted: Callable[[str], bool] = lambda name: True,
) -> None:
    """Lay the files of `deb` out below `target`, those that `wanted` accepts."""
    command = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as unpacking:
        with tarfile.open(fileobj=unpacking.stdout, mode="r|", bufsize=1 << 20) as tar:
            # The archive's signature is checked; its links lead outside a folder
            # but never outside `target`.
            tar.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)
            for member in tar:
                if wanted(member.name.removeprefix("./")):
                    member.uid, member.gid = os.getuid(), os.getgid()
                    tar.extract(member, target)
    if unpacking.returncode:
        raise SetupError(
            f"{deb.name} cannot be unpacked (exit code {unpacking.returncode}).",
            f"Delete {deb} and run the same command again.",
        )
