import base64
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from odoo import api, models
from odoo.fields import Domain

from ...tools import open_data

_CHUNK = 1 << 20


class CitizenImportRun(models.Model):
    """The files of an import: the one it reads, and the one of rejected rows."""

    _inherit = "citizen.import.run"

    @api.model_create_multi
    def create(self, vals_list):
        """Complete size and hash of uploaded files."""
        for vals in vals_list:
            if vals.get("file") and not vals.get("file_hash"):
                content = base64.b64decode(vals["file"])
                vals["file_hash"] = hashlib.sha256(content).hexdigest()
                vals["file_size"] = len(content)
        return super().create(vals_list)

    @contextmanager
    def _open_upload(self) -> Iterator[BinaryIO]:
        """Open the uploaded file for reading, without loading it where possible."""
        self.ensure_one()
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        if attachment.store_fname:
            path = attachment._full_path(attachment.store_fname)
            with open(path, "rb") as stream:
                yield stream
        else:
            yield io.BytesIO(attachment.raw or b"")

    @api.model
    def _begin(self, source, stream: BinaryIO, file_name: str):
        """Begin the import of a file on the disk, or go on with an interrupted one.

        The caller holds the lock of the source, so a running import of the same
        file is one that was interrupted.
        """
        self.check_access("create")
        file_hash = self._hash(stream)
        run = self.search(
            [
                ("source_id", "=", source.id),
                ("file_hash", "=", file_hash),
                ("state", "=", "running"),
                ("dry_run", "=", False),
            ],
            limit=1,
        )
        if not run:
            run = self.create(
                {
                    "source_id": source.id,
                    "file_name": file_name,
                    "file_hash": file_hash,
                    "file_size": stream.seek(0, os.SEEK_END),
                }
            )
            run._start(dry=False)
            stream.seek(0)
        return run

    @api.model
    def _hash(self, stream: BinaryIO) -> str:
        """Return the SHA-256 of a stream; it is at its beginning again after."""
        digest = hashlib.sha256()
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
        stream.seek(0)
        return digest.hexdigest()

    def _store_rejects(self, layout: open_data.Layout):
        """Attach the rejected rows as a file, if there are any."""
        self.ensure_one()
        if not self.rejected_count:
            return
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as stream:
            writer = open_data.RejectsWriter(
                stream, self.header, layout.delimiter, layout.quote
            )
            for rows in self._rejected_rows():
                for row in rows:
                    writer.write(row.cells, row.line, row.column or "", row.reason)
            stream.flush()
            stream.seek(0)
            content = stream.buffer.read()
        self.rejects_file = base64.b64encode(content)

    def _rejected_rows(self) -> Iterator[models.Model]:
        """Yield the rejected rows in the order of the file, a batch at a time."""
        rejected = Domain([("run_id", "=", self.id), ("kind", "=", "rejected")])
        names = ["kind", "line", "column", "reason", "cells"]
        behind = Domain.TRUE
        while rows := self.env["citizen.import.row"].search_fetch(
            rejected & behind, names, order="line, id", limit=1000
        ):
            yield rows
            last = rows[-1]
            behind = Domain("line", ">", last.line) | Domain(
                [("line", "=", last.line), ("id", ">", last.id)]
            )
            rows.invalidate_recordset()
