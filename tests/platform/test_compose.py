"""compose.yaml, as far as it can be read without a container engine."""

from __future__ import annotations

import re

import pytest
import yaml

from dev.settings import ROOT


@pytest.fixture(scope="module")
def services() -> dict:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def test_official_images_are_used(services: dict) -> None:
    dockerfile = (ROOT / services["odoo"]["build"]["dockerfile"]).read_text()
    assert re.search(r"^FROM odoo:19$", dockerfile, re.M)
    assert services["db"]["image"] == "postgres:17"


def test_the_first_start_installs_the_addon(services: dict) -> None:
    assert services["odoo"]["command"][0] == "odoo"
    assert "--init=citizen_crm" in services["odoo"]["command"]


def test_data_outlives_the_containers(services: dict) -> None:
    volumes = yaml.safe_load((ROOT / "compose.yaml").read_text())["volumes"]
    used = [
        mount.partition(":")[0] for s in services.values() for mount in s["volumes"]
    ]
    assert sorted(used) == sorted(volumes)


def test_the_image_takes_the_dependency_of_the_lock_file() -> None:
    dockerfile = (ROOT / "compose" / "Dockerfile").read_text()
    assert "odoo-addon-helpdesk-mgmt==19.0.*" in dockerfile
    assert re.search(
        r"^odoo-addon-helpdesk-mgmt==19\.0\.",
        (ROOT / "requirements.txt").read_text(),
        re.M,
    )
