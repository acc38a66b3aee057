import logging
import os
import uuid
from contextlib import suppress

import psycopg2

from odoo import api, models

_logger = logging.getLogger(__name__)


class IrAttachment(models.Model):
    """Files are stored whole or not at all, whatever happens to disk and process.

    The base writes a file in its place. On a full disk, or when the process is killed,
    the piece that stays has the name of the whole one, and the same file is refused
    ever after: it "collides".
    """

    _inherit = "ir.attachment"

    @api.model
    def _postprocess_contents(self, values):
        """Keep a picture that cannot be shrunk, because it is damaged, as it came.

        The base expects one kind of error; the libraries that read pictures have many.
        """
        try:
            return super()._postprocess_contents(values)
        except psycopg2.Error:
            raise
        except Exception as error:  # noqa: BLE001
            _logger.info("A damaged picture is kept as it came: %r", error)
            return values

    @api.model
    def _get_path(self, bin_data, sha):
        """Remove the piece of this file that an earlier fault has left."""
        path = self._full_path(f"{sha[:2]}/{sha}")
        if self._is_piece(path, bin_data):
            with suppress(FileNotFoundError):
                os.unlink(path)
        return super()._get_path(bin_data, sha)

    @api.model
    def _is_piece(self, path, content):
        """Tell whether a file is there and holds a beginning of the content only."""
        try:
            with open(path, "rb") as file:
                found = file.read(len(content) + 1)
        except FileNotFoundError:
            return False
        return len(found) < len(content) and content.startswith(found)

    @api.model
    def _file_write(self, bin_value, checksum):
        """Write beside the place, then move: nobody ever sees a piece."""
        fname, full_path = self._get_path(bin_value, checksum)
        if os.path.exists(full_path):
            return fname
        part = f"{full_path}.{uuid.uuid4().hex}"
        try:
            with open(part, "wb") as file:
                file.write(bin_value)
                file.flush()
                # Or the row could outlive a power cut and the file not.
                os.fsync(file.fileno())
            os.replace(part, full_path)
        except OSError:
            with suppress(OSError):
                os.unlink(part)
            raise
        # Removed later if the transaction does not come to its end.
        self._mark_for_gc(fname)
        return fname
