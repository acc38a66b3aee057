"""The disk with the filestore fills up while residents send photos: `make drill`."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from desk import OUR_VALUES, Desk
from servers import copied_database, served

MEGABYTE = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
PHOTOS, PEOPLE = 12, 3


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of six megabytes, in memory."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    assert not done.returncode, (
        f"This drill makes a small disk, which only root may: {done.stderr.strip()}\n"
        "Run it as root, or without it: make drill K='not disk'"
    )
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="module")
def desk(small_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("logs")
    with (
        copied_database("disk", folder) as database,
        served(
            database, folder, "--proxy-mode", f"--data-dir={small_disk}", count=2
        ) as servers,
    ):
        yield Desk(servers, **OUR_VALUES)


def test_full_disk(desk: Desk, small_disk: Path) -> None:
    """1. Photos fill the disk. 2. The next one is refused with the text kept, the
    text alone is taken. 3. There is room again: the same photo is taken.
    """
    path = f"/services/{desk.service_id}"
    people = [desk.person("photographer") for _number in range(PEOPLE)]
    for person in people:
        person.get_token(path)
    filler = _fill(small_disk)
    answers: Counter[int] = Counter()
    for number in range(PHOTOS):
        photo = ("hole.png", PNG + os.urandom(MEGABYTE // 3))
        text = desk.unique("A hole in the road ")
        person = people[number % PEOPLE]
        person.url = desk.servers.url(number)
        form = {"description": text, "form_key": f"{number:032x}"}
        answer = person.post(path, {"files": photo}, path, **form)
        answers[answer.status_code] += 1
        if answer.status_code != 200:
            assert answer.status_code == 507, answer.text[:2000]
            assert text in unescape(answer.text)
            assert desk.count(text) == 0
            assert person.post(path, page=path, **form).url.endswith("/filed")
            refused = photo
        assert desk.count(text) == 1
    assert answers[200] and answers[507], answers
    filler.unlink()
    again = people[0].post(path, {"files": refused}, path, description="The photo")
    assert again.url.endswith("/filed"), again.text[:2000]
    stored = [file for file in small_disk.rglob("*") if file.is_file()]
    assert any(file.read_bytes() == refused[1] for file in stored)
    print(f"\nfull disk: {dict(answers)}; texts kept, the same photo taken later")


def _fill(disk: Path) -> Path:
    """Leave one megabyte of a disk; return the file that takes the rest."""
    space, filler = os.statvfs(disk), disk / "filler"
    filler.write_bytes(bytes(space.f_bavail * space.f_frsize - MEGABYTE))
    return filler
