"""The page for the minutes when the database is away, in the resident's language.

Translations are read from the addon's files, which are there without a database.
"""

import psycopg2

from odoo.tools.translate import LazyTranslate

from ...tools.unavailable_page import choose_language, unavailable_response

_lt = LazyTranslate(__name__)

WORDS = {
    "title": _lt("Please try again in a minute"),
    "reason": _lt(
        "The city's case system is not available right now. Nothing you did is the "
        "cause."
    ),
    "reload": _lt("Please load the page again in a minute."),
    "kept": _lt("Your text is kept on this page. Leave it open, and send it again."),
    "files": _lt("Files have to be added again afterwards."),
    "send": _lt("Send again"),
    "text": _lt("Your text"),
}


def is_away(error):
    """Tell whether an error says that the database cannot be reached.

    Of a server that dies within a statement psycopg2 knows no more than that something
    went wrong: it raises the mother of its errors itself.
    """
    return (
        isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)
        or type(error) is psycopg2.DatabaseError
    )


def answer_unavailable(request):
    """Return the answer 503 to a request, with what the resident typed."""
    httprequest = request.httprequest
    language = choose_language(
        httprequest.path,
        httprequest.cookies.get("frontend_lang"),
        request.session.context.get("lang"),
        *httprequest.accept_languages.values(),
    )
    words = {name: word._translate(language) for name, word in WORDS.items()}
    return unavailable_response(httprequest, words, language)
