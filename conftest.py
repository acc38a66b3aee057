"""Rules of every pytest run; `make test` starts it on a database with the addon."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests.common import BaseCase, HttpCase, get_db_name

# Odoo gives both to the tests inside addons only; those in tests/ need them too.
BaseCase.test_tags = {"standard", "post_install"}
BaseCase.test_module = "citizen_crm"

hypothesis.settings.register_profile(
    "project", deadline=None, derandomize=True, print_blob=True
)
hypothesis.settings.load_profile("project")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Report a skipped test as failed: what is not run is not known to work."""
    outcome = yield
    _refuse_skip(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """The same for a module that skips itself."""
    outcome = yield
    _refuse_skip(outcome.get_result())


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1]
        report.outcome = "failed"
        report.longrepr = f"{reason}\nA skipped test counts as failed here."


@pytest.fixture(scope="session", autouse=True)
def _asset_bundles(request: pytest.FixtureRequest, load_registry: None) -> None:
    """Build the pages' scripts and styles once, not in every browser test."""
    classes = {getattr(item, "cls", None) for item in request.session.items}
    if any(cls and issubclass(cls, HttpCase) for cls in classes):
        with Registry(get_db_name()).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["ir.qweb"]._pregenerate_assets_bundles()
