"""The import as the command line shows it; the words are for the operator."""
# A command speaks on the terminal. pylint: disable=print-used

import tempfile
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import UserError

from ...tools import open_data
from ...tools.terminal import Progress
from .import_job import ImportJob

SHOWN_ROWS = 20
"""Rejected rows that are named on the screen; the file names all."""
_WORDS = {
    "read": "rows read",
    "created": "new cases",
    "updated": "changed cases",
    "unchanged": "unchanged",
    "left": "changed at the source, left to the staff",
    "rejected": "rejected",
}


def run(env: Environment, stream: BinaryIO, options: Namespace) -> None:
    """Check or import a file.

    :raise UserError: when the file, its layout or the user is refused
    """
    try:
        if options.dry_run:
            _check(env, stream, options)
        else:
            _import(env, stream, options)
    except open_data.OpenDataError as error:
        explain = env["citizen.import.source"]._explain
        raise UserError(explain(error.reasons)) from error


def _check(env: Environment, stream: BinaryIO, options: Namespace) -> None:
    """Read everything, write nothing, and say what an import would do."""
    env["citizen.import.run"].check_access("read")
    source, layout = env["citizen.import.source"]._find(options.layout)
    reader = open_data.OpenDataReader(stream, layout, latest=fields.Datetime.now())
    job = ImportJob(env, source, options.file.name, dry=True)
    counts: Counter[str] = Counter()
    found: dict[str, set[str]] = {}
    with (
        Progress(options.file.stat().st_size) as progress,
        _Rejects(options, reader.header, layout) as rejects,
    ):
        for result in job.batches(reader):
            counts.update(result.counts)
            for name in result.missing:
                found.setdefault(name.kind, set()).add(name.label.key)
            rejects.add(result.rows)
            progress.show(reader.position, counts["read"])
            env.invalidate_all()
    _report("Check", counts)
    for kind, keys in sorted(found.items()):
        print(f"{len(keys):10,} new: {kind.replace('_', ' ')}")
    rejects.report()
    print("Nothing was written.")


def _import(env: Environment, stream: BinaryIO, options: Namespace) -> None:
    source, layout = env["citizen.import.source"]._find_or_create(options.layout)
    env.cr.commit()
    with source._lock(), Progress(options.file.stat().st_size) as progress:
        import_run = env["citizen.import.run"]._begin(source, stream, options.file.name)
        if import_run.line:
            print(f"Going on behind line {import_run.line}.")
        import_run._work_on(
            stream, watch=lambda run: progress.show(run.position, run.read_count)
        )
    if import_run.state == "refused":
        raise UserError(import_run.message)
    _report("Import", {kind: import_run[f"{kind}_count"] for kind in _WORDS})
    with _Rejects(options, tuple(import_run.header), layout) as rejects:
        for rows in import_run._rejected_rows():
            rejects.add(rows.read(["kind", "line", "column", "reason", "cells"]))
    rejects.report()


def _report(what: str, counts: dict[str, int]) -> None:
    print(f"{what}:")
    for kind, words in _WORDS.items():
        print(f"{counts[kind]:10,} {words}")


class _Rejects:
    """The file of rejected rows on the disk; made when the first one comes."""

    def __init__(
        self, options: Namespace, header: tuple[str, ...], layout: open_data.Layout
    ) -> None:
        self._wanted = options.rejects or options.file.with_suffix(".rejects.csv")
        self._may_move = options.rejects is None
        self._format = (header, layout.delimiter, layout.quote)
        self._stream = None
        self._writer = None
        self._first: list[str] = []
        self.count = 0

    def __enter__(self) -> "_Rejects":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._stream:
            self._stream.close()

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Write the rejected ones of these rows."""
        for row in sorted(rows, key=lambda row: row["line"]):
            if row["kind"] != "rejected":
                continue
            if not self._writer:
                self._stream = self._open()
                self._writer = open_data.RejectsWriter(self._stream, *self._format)
            column = row.get("column") or ""
            self._writer.write(row["cells"], row["line"], column, row["reason"])
            self.count += 1
            if self.count <= SHOWN_ROWS:
                where = f"line {row['line']}" + (f", {column}" if column else "")
                self._first.append(f"  {where}: {row['reason']}")

    def report(self) -> None:
        """Name the first rejected rows, and the file with all of them."""
        if self.count:
            print(*self._first, sep="\n")
            print(f"The rejected rows are in {self._stream.name}")

    def _open(self):
        """Open the file beside the other one, or among temporary files."""
        try:
            return open(self._wanted, "w", encoding="utf-8", newline="")
        except OSError:
            if not self._may_move:
                raise
            folder = Path(tempfile.mkdtemp(prefix="citizen_import_"))
            path = folder / self._wanted.name
            return open(path, "w", encoding="utf-8", newline="")
