"""Folders that are there whole or not at all, locks and fingerprints."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import SetupError
from .progress import progress


@contextmanager
def building(target: Path) -> Iterator[Path]:
    """Yield a temporary folder that becomes `target` if the block succeeds.

    An interrupted run leaves no `target`; its temporary folder is swept by the next
    `building` of the same target.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left_over in target.parent.glob(f".{target.name}.*.part"):
        shutil.rmtree(left_over, ignore_errors=True)
    temporary = Path(
        tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    )
    temporary.chmod(0o755)
    try:
        yield temporary
        if target.exists():
            shutil.rmtree(target)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


@contextmanager
def exclusive(path: Path, what: str) -> Iterator[None]:
    """Hold the lock file `path`; wait, and say so, while another run holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step(f"waiting for another run ({what})"):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `path` in one go: readers see the old text or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.write_text(text)
    temporary.chmod(mode)
    temporary.replace(path)


def fingerprint(*parts: str | bytes | Path) -> str:
    """Return a short hash over texts and the contents of files."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part
        data = data.encode() if isinstance(data, str) else data
        digest.update(str(len(data)).encode() + b":" + data)
    return digest.hexdigest()[:16]


def tree_fingerprint(folder: Path, leave_out: Iterable[str] = ()) -> str:
    """Return a short hash over the names and contents of a folder's files."""
    left_out = {"__pycache__", *leave_out}
    parts: list[str | bytes | Path] = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not left_out.intersection(relative.parts):
            parts += [str(relative), path]
    return fingerprint(*parts)


def megabytes(folder: Path) -> int:
    """Return the size of the files directly in and one level below `folder`."""
    files = [*folder.glob("*"), *folder.glob("*/*")]
    return sum(path.stat().st_size for path in files if path.is_file()) // 1_000_000


def require_space(folder: Path, megabytes: int) -> None:
    """Raise `SetupError` if the disk that holds `folder` is nearly full."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free // 1_000_000
    if free < megabytes:
        raise SetupError(
            f"The disk of {existing} has {free} MB free; {megabytes} MB are needed.",
            "Free some space, or name another disk with CITIZEN_CRM_CACHE=/path.",
        )
