"""Which pages may be read from a standby of the database, and by whom."""

import time

from odoo.http import request
from odoo.tools import config

#: Seconds for which whoever has written something reads where it was written.
SETTLE_SECONDS = 30
#: What is asked for by these is counted, and counting writes.
_COUNTED = ("search", "q")


def reads_only(_controller, _rule, _arguments):
    """Tell whether this request may be served from the standby.

    A standby is a moment behind. Nobody is to miss what they have just sent, nor to be
    signed out because their new password has not arrived there.
    """
    session, now = request.session, time.time()
    signed_in_at = session.get("create_time", 0) if session.uid else 0
    latest = max(session.get("citizen_wrote", 0), signed_in_at)
    if now - latest < SETTLE_SECONDS:
        return False
    return not any(request.httprequest.args.get(name) for name in _COUNTED)


def note_writing():
    """Remember that whoever sent this request may have written something."""
    if config["db_replica_host"] and request.httprequest.method == "POST":
        request.session["citizen_wrote"] = time.time()
