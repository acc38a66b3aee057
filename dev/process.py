"""Run other programs: output in a log, its end shown only when they fail."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import SetupError

_TAIL = 25
# The second where a folder of PATH, or a file of that name, is closed to the user.
_NOT_STARTED = (FileNotFoundError, PermissionError)
_CAUSES = (
    (
        re.compile(r"No space left on device|disk full|Disk quota exceeded", re.I),
        "The disk is full: free some space, or name another with CITIZEN_CRM_CACHE.",
    ),
    (
        re.compile(
            r"Temporary failure resolving|Could not resolve|Failed to resolve"
            r"|dns error|Name or service not known|Network is unreachable"
            r"|Connection refused|Connection timed out|NewConnectionError",
            re.I,
        ),
        "The network (or the proxy) does not answer: check the connection and run "
        "the same command again; what is already there is kept.",
    ),
)


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    what: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    hint: str = "",
    text: str = "",
) -> None:
    """Run `command`, which reads `text`, with its output in `log`.

    Raise `SetupError` naming `what`, the end of the output and, where the output
    tells the cause, the way out.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as handle:
        try:
            status = subprocess.run(
                [str(part) for part in command],
                input=text.encode(),
                stdout=handle,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=dict(env) if env is not None else None,
                **as_user(user),
            ).returncode
        except _NOT_STARTED:
            raise missing(str(command[0])) from None
    if status:
        raise failure(what, status, log, hint)


def failure(what: str, status: int, log: Path, hint: str = "") -> SetupError:
    """Return the error for a program that ended with `status`."""
    text = log.read_text(errors="replace")
    tail = "\n".join(f"    {line}" for line in text.splitlines()[-_TAIL:])
    cause = next((way for pattern, way in _CAUSES if pattern.search(text)), "")
    code = f" (exit code {status})" if status else ""
    return SetupError(
        f"{what} failed{code}. The end of {log}:\n{tail}",
        cause or hint or f"The whole output is in {log}.",
    )


def output(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Return what `command` prints; raise `SetupError` if it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=dict(env) if env is not None else None,
            cwd=cwd,
        )
    except _NOT_STARTED:
        raise missing(str(command[0])) from None
    if done.returncode:
        raise SetupError(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def missing(tool: str) -> SetupError:
    """Return the error for a program that is not there for this user."""
    return SetupError(
        f"The program '{tool}' is not installed, or not for this user.",
        f"Install it (on Debian: apt-get install {Path(tool).name}) and run the "
        "same command again.",
    )


def as_user(user: str | None) -> dict[str, object]:
    """Return the `subprocess` arguments that run a program as `user`."""
    if user is None:
        return {}
    group = pwd.getpwnam(user).pw_gid
    return {"user": user, "group": group, "extra_groups": [], "umask": 0o022}


def clean_environment() -> dict[str, str]:
    """Return the environment without what slows Python down or breaks a tool."""
    unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {name: text for name, text in os.environ.items() if name not in unwanted}
