from odoo import api, fields, models
from odoo.exceptions import UserError

from .import_job import COUNTS


class CitizenImportRun(models.Model):
    """One import of one file: what was asked, how far it is, what came of it.

    How it works: an import commits after every batch, with the cases, the counts
    and the last line together. Whatever ends it (a crash, the end of a worker's
    time), starting it again goes on behind that line. A check reads everything
    and writes nothing but its own result.
    """

    _name = "citizen.import.run"
    _description = "Import"
    _order = "id desc"
    _rec_name = "file_name"

    source_id = fields.Many2one(
        "citizen.import.source",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    file = fields.Binary(
        attachment=True,
        readonly=True,
        help="Empty when the import was started on the command line.",
    )
    file_name = fields.Char(required=True, readonly=True)
    file_hash = fields.Char(
        string="SHA-256",
        readonly=True,
        help="Tells whether an interrupted import is started again with the same file.",
    )
    # Not an integer: a city's file of some years is larger than two gigabytes.
    file_size = fields.Float(string="Size (Bytes)", digits=(20, 0), readonly=True)
    state = fields.Selection(
        [
            ("draft", "New"),
            ("running", "Running"),
            ("done", "Done"),
            ("refused", "File refused"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    dry_run = fields.Boolean(
        string="Check Only",
        readonly=True,
        help="The figures say what an import would do; nothing was written.",
    )
    message = fields.Text(readonly=True, help="Why the file was refused.")
    started = fields.Datetime(readonly=True)
    ended = fields.Datetime(readonly=True)
    header = fields.Json(readonly=True, help="The columns of the file.")
    line = fields.Integer(
        string="Last Line",
        readonly=True,
        help="The last line that is dealt with. The import goes on behind it.",
    )
    position = fields.Float(
        digits=(20, 0), readonly=True, help="Bytes of the file read so far."
    )
    progress = fields.Float(
        compute="_compute_progress", help="Share of the file that is read, in percent."
    )
    read_count = fields.Integer(string="Rows Read", readonly=True)
    created_count = fields.Integer(string="New Cases", readonly=True)
    updated_count = fields.Integer(string="Changed Cases", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    left_count = fields.Integer(
        string="Left to the Staff",
        readonly=True,
        help="Rows that changed at the source in a way that is not taken over.",
    )
    rejected_count = fields.Integer(string="Rejected", readonly=True)
    found = fields.Json(readonly=True, help="Catalogue values that were not here yet.")
    found_summary = fields.Text(
        string="New in the Catalogue", compute="_compute_found_summary"
    )
    row_ids = fields.One2many(
        "citizen.import.row", "run_id", string="Rows to Look At", readonly=True
    )
    rejects_file = fields.Binary(
        string="Rejected Rows",
        attachment=True,
        readonly=True,
        help="The rejected rows with line, column and reason. Mend them and import "
        "this file; columns the layout does not know are passed over.",
    )
    rejects_name = fields.Char(compute="_compute_rejects_name")

    @api.depends("position", "file_size", "state")
    def _compute_progress(self):
        for run in self:
            if run.state == "done":
                run.progress = 100.0
            else:
                run.progress = 100.0 * run.position / (run.file_size or 1)

    @api.depends("found")
    @api.depends_context("lang")
    def _compute_found_summary(self):
        selection = self.env["citizen.import.value"]._fields["kind"]
        kinds = dict(selection._description_selection(self.env))
        for run in self:
            run.found_summary = "\n".join(
                self.env._(
                    "%(kind)s (%(count)s): %(names)s",
                    kind=kinds[kind],
                    count=len(names),
                    names=", ".join(sorted(names)),
                )
                for kind, names in (run.found or {}).items()
            )

    @api.depends("file_name")
    def _compute_rejects_name(self):
        for run in self:
            run.rejects_name = (
                f"{(run.file_name or '').removesuffix('.csv')}.rejects.csv"
            )

    def action_check(self):
        """Read the whole file and say what an import would do."""
        self.ensure_one()
        if self.state != "running":
            self._start(dry=True)
        return self._go_on()

    def action_import(self):
        """Import the file; a large one goes on in the background."""
        self.ensure_one()
        if self.state != "running":
            self._start(dry=False)
        return self._go_on()

    def action_continue(self):
        """Go on with an import or check that was interrupted."""
        self.ensure_one()
        return self._go_on()

    def action_view_rows(self):
        """Show the rows that somebody should look at."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rows to look at"),
            "res_model": "citizen.import.row",
            "view_mode": "list,form",
            "domain": [("run_id", "=", self.id)],
        }

    def _start(self, dry):
        """Begin anew: figures at zero, first line."""
        self._check_may_import()
        if self.state == "done" and not self.dry_run:
            raise UserError(
                self.env._(
                    "This file was imported. To import it again, upload it again: "
                    "cases that are here already stay as they are."
                )
            )
        self.row_ids.unlink()
        self.write(
            {
                "state": "running",
                "dry_run": dry,
                "message": False,
                "started": fields.Datetime.now(),
                "ended": False,
                "line": 0,
                "position": 0,
                "found": False,
                "rejects_file": False,
                **{f"{kind}_count": 0 for kind in COUNTS},
            }
        )

    def _check_may_import(self):
        """Whoever may keep imports may create what their files name.

        :raise AccessError: before anything is read or written
        """
        self.check_access("write")
        self.env["helpdesk.ticket"].check_access("create")
