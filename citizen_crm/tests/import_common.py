"""What the tests of the import share: an importer, a source, uploads."""

import base64
from collections import Counter
from datetime import datetime

from odoo.tests import new_test_user

from . import open_data_samples as samples
from .common import CitizenCommon


class ImportCommon(CitizenCommon):
    """Imports hand-written files as a manager who may see no case at all.

    A helpdesk manager sets up the desk; without clearance the cases stay closed to
    them, and importing must need no more than that.
    """

    #: Models whose rows a check must leave alone.
    TOUCHED = (
        "helpdesk.ticket",
        "citizen.case.event",
        "citizen.district",
        "hr.department",
        "helpdesk.ticket.team",
        "helpdesk.ticket.category",
        "helpdesk.ticket.channel",
        "citizen.import.value",
        "mail.message",
        "mail.mail",
        "ir.sequence.date_range",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.importer = new_test_user(
            cls.env, "test_importer", "helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.source = cls.env["citizen.import.source"].create(
            {
                "name": "Test City",
                "code": "test",
                "mapping": samples.NYC_LAYOUT.read_text(),
            }
        )
        # Commits are what the import is about; tests/import has them for real.
        cls.classPatch(
            type(cls.env["citizen.import.run"]),
            "_commit_batch",
            lambda run, count: (run.env.flush_all(), run.env.invalidate_all()),
        )

    def upload(self, content, source=None, user=None):
        Run = self.env["citizen.import.run"].with_user(user or self.importer)
        return Run.create(
            {
                "source_id": (source or self.source).id,
                "file": base64.b64encode(content),
                "file_name": "requests.csv",
            }
        )

    def import_rows(self, rows):
        run = self.upload(samples.nyc_csv(rows))
        run.action_import()
        return run

    def cases(self, source=None):
        return self.Case.search(
            [("source_id", "=", (source or self.source).id)], order="source_key"
        )

    def case(self, key):
        return self.cases().filtered(lambda case: case.source_key == key)

    def table_counts(self):
        self.env.flush_all()
        models = {name: self.env[name].sudo() for name in self.TOUCHED}
        return {
            name: model.with_context(active_test=False).search_count([])
            for name, model in models.items()
        }

    def assertFigures(self, run, **figures):
        """The run's counts are these, everything else is 0, and nothing is lost."""
        kinds = ("created", "updated", "unchanged", "left", "rejected")
        found = {kind: run[f"{kind}_count"] for kind in kinds}
        self.assertEqual(found, {**dict.fromkeys(kinds, 0), **figures})
        self.assertEqual(run.read_count, sum(found.values()))


def day(month, number, hour=0, minute=0, second=0):
    """A time in 2011, the year of the samples."""
    return datetime(2011, month, number, hour, minute, second)


def tally(records, name):
    """Count records by a field."""
    return Counter(records.mapped(lambda record: record[name]))
