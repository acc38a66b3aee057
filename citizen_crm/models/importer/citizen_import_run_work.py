import logging
import time
from collections.abc import Callable
from typing import BinaryIO

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import open_data
from .import_job import BatchResult, ImportJob

_logger = logging.getLogger(__name__)

REQUEST_SECONDS = 20
"""How long a click works before it hands over to the background."""
CRON_SECONDS = 60
"""How long the background works on one import before others get their turn."""


class CitizenImportRun(models.Model):
    """The work of an import: batches, commits, and going on after a stop."""

    _inherit = "citizen.import.run"

    def _go_on(self):
        """Work while the user waits; hand the rest over to the background."""
        self._check_may_import()
        if self.state != "running":
            return
        self._require_file()
        if not self._work_on_upload(REQUEST_SECONDS):
            self.env.ref("citizen_crm.ir_cron_citizen_import").sudo()._trigger()

    def _require_file(self):
        if not self.file_size or not self.with_context(bin_size=True).file:
            raise UserError(
                self.env._(
                    "The file of this import is not in the database. Start the "
                    "command again with the same file; it goes on where it stopped."
                )
            )

    def _work_on_upload(self, seconds: float) -> bool:
        """Work on the uploaded file; tell whether the run has ended."""
        with self.source_id._lock(), self._open_upload() as stream:
            return self._work_on(stream, seconds)

    def _work_on(
        self,
        stream: BinaryIO,
        seconds: float = float("inf"),
        watch: Callable[["CitizenImportRun"], None] | None = None,
    ) -> bool:
        """Read a file from where the run stopped, a commit after every batch.

        The caller holds the lock of the source.

        :param seconds: give up the turn after so many; at least one batch is done
        :param watch: called after every commit, to show the progress
        :return: whether the run has ended (else it can go on later)
        """
        run = self._with_own_rights()
        deadline = time.monotonic() + seconds
        now = fields.Datetime.now()
        try:
            layout = run.source_id._get_layout()
            reader = open_data.OpenDataReader(stream, layout, latest=now)
        except open_data.OpenDataError as error:
            run._refuse(error)
            return True
        run.header = reader.header
        job = ImportJob(
            run.env,
            run.source_id,
            run.file_name,
            dry=run.dry_run,
            after_line=run.line,
        )
        try:
            for result in job.batches(reader):
                run._book(result, reader.position)
                run._commit_batch(result.counts["read"])
                if watch:
                    watch(run)
                if time.monotonic() > deadline:
                    return False
        finally:
            reader.detach()
        run._finish(layout)
        return True

    def _with_own_rights(self):
        """Return the run as the user who asked for it, in its company."""
        self.ensure_one()
        user = self.user_id
        run = self.with_user(user).with_company(self.company_id)
        run = run.with_context(lang=user.lang, tz=user.tz)
        run._check_may_import()
        return run

    def _book(self, result: BatchResult, position: int):
        """Add the result of a batch to the run."""
        found = dict(self.found or {})
        for name in result.missing:
            known = set(found.get(name.kind, ()))
            found[name.kind] = sorted(known | {name.shown})
        values = {
            f"{kind}_count": self[f"{kind}_count"] + count
            for kind, count in result.counts.items()
        }
        self.write(
            {**values, "line": result.line, "position": position, "found": found}
        )
        if result.rows:
            self.env["citizen.import.row"].create(
                [{**row, "run_id": self.id} for row in result.rows]
            )

    def _commit_batch(self, count: int):
        """Make a batch final, and forget it: memory must not grow with the file."""
        self.env["ir.cron"]._commit_progress(count)
        self.env.invalidate_all()

    def _refuse(self, error: open_data.OpenDataError):
        self.write(
            {
                "state": "refused",
                "message": self.env["citizen.import.source"]._explain(error.reasons),
                "ended": fields.Datetime.now(),
            }
        )
        self._commit_batch(0)

    def _finish(self, layout):
        self.write(
            {
                "state": "done",
                "position": self.file_size,
                "ended": fields.Datetime.now(),
            }
        )
        self._store_rejects(layout)
        self._commit_batch(0)

    @api.model
    def _cron_work(self):
        """Go on with the uploads that are not done, oldest first."""
        cron = self.env["ir.cron"]
        runs = self.search(
            [("state", "=", "running"), ("file_size", ">", 0)], order="id"
        ).filtered(lambda run: run.with_context(bin_size=True).file)
        cron._commit_progress(remaining=len(runs))
        for run in runs:
            try:
                if not run._work_on_upload(CRON_SECONDS):
                    # Says that there is more to do, so the next turn comes soon.
                    cron._commit_progress(remaining=1)
                    return
            except UserError as error:
                # Somebody else is at it, or lost the right: try again later.
                _logger.info("Import %s waits: %s", run.id, error)
        cron._commit_progress(remaining=0)
