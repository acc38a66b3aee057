"""Survive that the database goes away, and answer 503 instead of 404 meanwhile.

Both happen before any addon is asked, hence the patches.
"""

import sys

import psycopg2

from odoo import http, sql_db

from ..models.case.unavailable import answer_unavailable, is_away
from ..tools.unavailable_page import is_ours

_serve_db = http.Request._serve_db
_serve_nodb = http.Request._serve_nodb

#: What has to answer without a database.
_WITHOUT = ("/web/health", "/web/database", "/web/static")


def _serve_available(self):
    """Serve a page, and say it where the database goes away before or after its code.

    The framework asks for an answer (``ir.http._handle_error``) only for what is raised
    while a page is made. Finding the page and beginning its transaction ask the
    database too, and it would be a bare 500.
    """
    try:
        return _serve_db(self)
    except psycopg2.Error as error:
        is_page = self.dispatcher.routing_type == "http"
        if is_page and is_away(error) and not hasattr(error, "error_response"):
            error.error_response = answer_unavailable(self)
        raise


def _serve_unavailable(self):
    """Say that the database is away where the framework would say "not found".

    When the registry cannot be reached, the framework signs the session out and looks
    for a page that needs no database, of which there is none.
    """
    if _is_away(sys.exc_info()[1], self.httprequest.path):
        # Not through the dispatcher: it would store the session signed out.
        return answer_unavailable(self)
    return _serve_nodb(self)


def _is_away(error, path):
    """Tell whether a request failed because the database cannot be reached.

    One that was removed is not away: who has it in a cookie is to choose another one.
    """
    if not isinstance(error, http.RegistryError) or path.startswith(_WITHOUT):
        return False
    return is_ours(path) or "does not exist" not in str(error.__cause__)


def _reset(self):
    """Tell the pool of a connection that is dead in the words that it understands.

    The pool throws out connections that raise ``OperationalError``. Those of a server
    that has crashed raise the more general error, and each would fail one more request
    after the server is back.
    """
    try:
        super(sql_db.PsycoConnection, self).reset()
    except psycopg2.OperationalError:
        raise
    except psycopg2.DatabaseError as error:
        raise psycopg2.OperationalError(*error.args) from error


http.Request._serve_db = _serve_available
http.Request._serve_nodb = _serve_unavailable
sql_db.PsycoConnection.reset = _reset
