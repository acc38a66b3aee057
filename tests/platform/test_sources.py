"""Which mirror the machine uses, read from its own apt configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev import apt
from dev.errors import SetupError

DEB822 = """\
Types: deb
# an older snapshot: URIs: http://old.example/debian
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://other.example/node
Suites: nodistro
Components: main
"""
KEY_INSIDE = """\
Types: deb
URIs: http://mirror.example/debian
Suites: trixie
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----
"""
ONE_LINE = """\
# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/key.gpg] http://mirror.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb http://vendor.example/apt bookworm main
"""


def test_deb822_yields_the_binary_sources_of_debian() -> None:
    (source,) = apt.parse_deb822(DEB822)
    assert source.uris == "http://mirror.example/debian"
    assert source.suites == ("bookworm", "bookworm-updates")
    assert source.stanza(["sid"]) == (
        "Types: deb\n"
        "URIs: http://mirror.example/debian\n"
        "Suites: sid\n"
        "Components: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )


def test_a_key_inside_the_file_is_kept_whole() -> None:
    (source,) = apt.parse_deb822(KEY_INSIDE)
    assert source.stanza(["sid"]).endswith(KEY_INSIDE[KEY_INSIDE.index("Signed-By") :])


def test_one_line_style_yields_debian_and_its_key() -> None:
    (source,) = apt.parse_one_line(ONE_LINE)
    assert source == apt.Source(
        "http://mirror.example/debian", ("bookworm",), " /etc/key.gpg"
    )


def test_a_disabled_source_is_left_out() -> None:
    assert not list(apt.parse_deb822("Enabled: no\n" + KEY_INSIDE))


def test_a_system_without_debian_is_told_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        apt.machine_sources(tmp_path)
    assert "ODOO_SRC" in caught.value.hint
    assert "compose" in caught.value.hint
