"""Answer 503 instead of 404 while the database is away.

When the registry cannot be reached, the framework signs the session out and looks for
a page that needs no database; it finds none, and residents read "not found". That
happens before any addon is asked, hence the patch.
"""

import sys

from odoo import http

from ..tools.unavailable_page import is_ours, unavailable_response

_serve_nodb = http.Request._serve_nodb


def _serve_unavailable(self):
    error = sys.exc_info()[1]
    if isinstance(error, http.RegistryError) and is_ours(self.httprequest.path):
        # Not through the dispatcher: it would store the session signed out.
        return unavailable_response(self.httprequest)
    return _serve_nodb(self)


http.Request._serve_nodb = _serve_unavailable
