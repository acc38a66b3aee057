"""What the tests of the reader share; no database."""

import io
from datetime import datetime

from odoo.tests import BaseCase

from ..tools import open_data
from . import open_data_samples as samples

RECEIVED = datetime(2011, 5, 2, 13, 15, 30)
CLOSED = datetime(2011, 5, 4, 20, 45, 10)


class OpenDataCase(BaseCase):
    """Reads hand-written files without a database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nyc = open_data.Layout.from_json(samples.NYC_LAYOUT.read_text())

    # pylint: disable-next=method-required-super
    def read(self, content, layout=None, **options):
        stream = io.BytesIO(content)
        return list(open_data.OpenDataReader(stream, layout or self.nyc, **options))

    def read_rows(self, *rows):
        rows = [
            {**samples.CLOSED, "Unique Key": f"K{number}", **row}
            for number, row in enumerate(rows)
        ]
        return self.read(samples.nyc_csv(rows))

    def refused(self, content, layout=None):
        with self.assertRaises(open_data.FileRefusedError) as caught:
            self.read(content, layout)
        return str(caught.exception)
