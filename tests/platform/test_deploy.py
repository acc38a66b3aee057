"""What a city deploys, as far as it can be read without its servers."""

from __future__ import annotations

import configparser
import re
import subprocess

import yaml

from dev.settings import ROOT

DEPLOY = ROOT / "deploy"
#: What only administrators of the machine may reach.
CLOSED = ("/web/database/manager", "/xmlrpc/2/object", "/jsonrpc", "/json/2/res.users",
          "/es/web/database/selector", "/doc")  # fmt: skip
OPEN = ("/web", "/services/12", "/my/cases", "/web/login", "/documents")


def test_proxy_closes_what_is_not_for_people() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    pattern = re.search(r"location ~ (\S+) \{\s+return 404;", text)[1]
    for path in CLOSED:
        assert re.search(pattern, path), path
    for path in OPEN:
        assert not re.search(pattern, path), path
    assert "Strict-Transport-Security" in text
    assert "samesite=lax" in text
    assert text.count("{") == text.count("}")


def test_odoo_behind_the_proxy() -> None:
    parser = configparser.ConfigParser(inline_comment_prefixes=None)
    parser.read(DEPLOY / "odoo.conf")
    options = parser["options"]
    assert options["list_db"] == "False"
    assert options["proxy_mode"] == "True"
    assert options["http_interface"] == "127.0.0.1"
    assert int(options["workers"]) >= 2


def test_containers_for_production() -> None:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!reset", lambda loader, node: [])
    text = (ROOT / "compose.production.yaml").read_text()
    services = yaml.load(text, Loader)["services"]  # noqa: S506
    first = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert services["odoo"]["ports"] == []
    command = services["odoo"]["command"]
    assert {"--proxy-mode", "--no-database-list"} <= set(command)
    assert set(first["odoo"]["command"]) <= set(command)
    for mount in services["proxy"]["volumes"]:
        source = mount.partition(":")[0]
        assert "certificates" in source or (ROOT / source).is_file()


def test_commands_are_shell() -> None:
    for name in ("backup.sh", "restore.sh"):
        script = DEPLOY / name
        assert subprocess.run(["sh", "-n", script]).returncode == 0
        assert script.stat().st_mode & 0o111
        refused = subprocess.run([script], capture_output=True, text=True)
        assert refused.returncode == 2
        assert "usage" in refused.stderr
