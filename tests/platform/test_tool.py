"""The parts of the set-up tool that decide something."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dev import core, files, postgres, process, server, settings, testing
from dev.commands import explain
from dev.errors import SetupError


def test_building_leaves_nothing_half_done(tmp_path: Path) -> None:
    target = tmp_path / "core"
    with pytest.raises(RuntimeError), files.building(target) as folder:
        (folder / "part").write_text("x")
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_building_sweeps_what_a_killed_run_left(tmp_path: Path) -> None:
    (tmp_path / ".core.killed.part").mkdir()
    with files.building(tmp_path / "core") as folder:
        (folder / "whole").write_text("x")
    assert [path.name for path in tmp_path.iterdir()] == ["core"]
    assert (tmp_path / "core" / "whole").is_file()


def test_fingerprint_sees_names_contents_and_their_limits(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "__pycache__").mkdir()
    before = files.tree_fingerprint(tmp_path)
    (tmp_path / "__pycache__" / "a.pyc").write_text("2")
    assert files.tree_fingerprint(tmp_path) == before
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert files.tree_fingerprint(tmp_path) != before
    assert files.fingerprint("ab", "c") != files.fingerprint("a", "bc")


def test_a_full_disk_is_noticed_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        files.require_space(tmp_path / "not" / "there", 10**9)
    assert "CITIZEN_CRM_CACHE" in caught.value.hint


@pytest.mark.parametrize(
    ("number", "word"), [(errno.ENOSPC, "full"), (errno.EACCES, "written")]
)
def test_errors_of_the_disk_are_explained(number: int, word: str) -> None:
    error = explain(OSError(number, os.strerror(number), "/cache"))
    assert word in error.problem
    assert "CITIZEN_CRM_CACHE" in error.hint


def test_other_errors_of_the_system_are_not_hidden() -> None:
    with pytest.raises(ConnectionResetError):
        explain(ConnectionResetError())


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SetupError, match="PORT"):
        settings.from_environment({"PORT": port, "HOME": "/root"})


@pytest.mark.parametrize("name", ["", "1city", "City", "a-b", "a b", "x" * 60])
def test_a_database_name_that_needs_quotes_is_refused(name: str) -> None:
    with pytest.raises(SetupError, match="database name"):
        settings.database_name(name)


def test_an_occupied_port_is_named_with_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetupError) as caught:
            server.require_free(port)
    assert str(port) in caught.value.problem
    assert f"PORT={port + 1}" in caught.value.hint


def test_a_socket_of_a_deep_clone_moves_to_a_short_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    short = postgres._socket_folder(deep, f"test{os.getpid()}")
    try:
        assert len(str(short / ".s.PGSQL.5432")) < 108
        assert short.stat().st_mode & 0o777 == 0o700
    finally:
        short.rmdir()


def test_a_checkout_of_another_series_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0, 'final')")
    with pytest.raises(SetupError, match=r"18\.0"):
        core._from_checkout(tmp_path)


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no-such-program"):
        process.run(["no-such-program"], log=tmp_path / "log", what="Trying")


def test_a_closed_program_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a folder of another user is in PATH."""
    (tmp_path / "no-such-program").touch(0o600)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="not for this user"):
        process.run(["no-such-program"], log=tmp_path / "log", what="Trying")


def test_a_network_that_is_down_is_told_apart(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('Could not resolve x')"]
    with pytest.raises(SetupError) as caught:
        process.run(command, log=tmp_path / "log", what="Fetching")
    assert "network" in caught.value.hint


def test_an_old_python_is_told_which_one_to_take() -> None:
    main = (settings.ROOT / "dev" / "__main__.py").read_text()
    old = "import sys; sys.version_info = (3, 9, 2, 'final', 0)\n"
    done = subprocess.run(
        [sys.executable, "-c", old + main], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "3.11" in done.stderr
    assert "PYTHON=" in done.stderr


WARNING = "2026-01-01 10:00:00,000 7 WARNING db odoo.fields: Two fields"
INFO = "2026-01-01 10:00:00,000 7 INFO db odoo.modules.loading: 0 failed"
SKIPPED = "2026-01-01 10:00:00,000 7 INFO db odoo.tests: skipped Test.test_x : no"
FAILED = "2026-01-01 10:00:00,000 7 ERROR db odoo.tests: FAIL\nTraceback (most\n  x"


def test_the_log_of_odoo_is_checked_for_complaints() -> None:
    assert testing.complaints(f"{INFO}\n{INFO}") == ""
    assert testing.complaints(f"{INFO}\n{WARNING}\n{INFO}") == WARNING
    assert testing.complaints(f"{SKIPPED}\n") == SKIPPED
    assert testing.complaints(f"{INFO}\n{FAILED}\n{INFO}") == FAILED
    assert testing.complaints("Traceback (most recent call last):\n")


def test_the_cluster_of_a_deleted_clone_is_not_taken_over(tmp_path: Path) -> None:
    clone = replace(settings.from_environment(), state=tmp_path / "clone")
    base = tmp_path / "base"
    (base / "cluster").mkdir(parents=True)
    postgres._forget_earlier_clone(clone, base, "nobody")
    assert not (base / "cluster").exists()
    (base / "cluster").mkdir()
    postgres._forget_earlier_clone(clone, base, "nobody")
    assert (base / "cluster").exists()
