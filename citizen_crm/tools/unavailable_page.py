"""The page for the minutes when the database is away: it needs nothing but Python.

The resident's text is kept in the page itself, so that it can be sent again.
"""

import re
from collections.abc import Iterable
from html import escape

from werkzeug.wrappers import Request, Response

RETRY_SECONDS = 30
#: Pages of this addon; the framework's other pages keep its own errors.
PREFIXES = (
    "/services",
    "/confirm/",
    "/track",
    "/answer/",
    "/my/cases",
    "/my/case/",
    "/my/organisation/",
    "/my/entrusted",
    "/my/ticket",
    "/feedback/",
    "/new/ticket",
    "/submitted/ticket",
    "/ticket/close",
)
#: The framework puts the language in front of the address.
_LANGUAGE = re.compile(r"^/[a-z]{2,3}(_[A-Za-z0-9@]+)?(?=/)")
#: Nothing of a form that is longer than this is kept.
_KEPT_LIMIT = 200_000
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Please try again in a minute</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{{font:1.125rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;min-height:44px;padding:0 1.5rem}}
pre{{white-space:pre-wrap;border:1px solid #767676;padding:1rem}}</style></head>
<body><main>
<h1>Please try again in a minute</h1>
<p>The city's case system is not available right now. Nothing you did is the cause.</p>
{kept}
</main></body></html>
"""
_KEPT = """<p>Your text is kept on this page. Leave it open, send it again{files}.</p>
<form method="post" action="{path}">
{fields}
<button type="submit">Send again</button>
</form>
<h2>Your text</h2>
{shown}
"""
#: Values that the page keeps but that are not the resident's words.
_HIDDEN = frozenset({"csrf_token", "form_key"})


def is_ours(path: str) -> bool:
    """Tell whether an address belongs to the pages of this addon.

    >>> is_ours("/my/cases"), is_ours("/zh_TW/services/7"), is_ours("/odoo")
    (True, True, False)
    """
    bare = _LANGUAGE.sub("", path, count=1)
    return path.startswith(PREFIXES) or bare.startswith(PREFIXES)


def build_page(path: str, fields: Iterable[tuple[str, str]], files: bool) -> str:
    """Return the page, with the fields of a form kept if there are any.

    >>> '<b>' in build_page("/services/1", [("description", "<b>hole</b>")], False)
    False
    >>> 'value="2"' in build_page("/services/1", [("a", "1"), ("a", "2")], False)
    True
    """
    pairs = list(fields)
    if not pairs or sum(len(value) for _name, value in pairs) > _KEPT_LIMIT:
        return _PAGE.format(kept="<p>Please load the page again in a minute.</p>")
    inputs = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in pairs
    )
    shown = "\n".join(
        f"<pre>{escape(value)}</pre>"
        for name, value in pairs
        if value.strip() and name not in _HIDDEN
    )
    again = "; files have to be added afterwards" if files else ""
    return _PAGE.format(
        kept=_KEPT.format(path=escape(path), fields=inputs, shown=shown, files=again)
    )


def unavailable_response(httprequest: Request) -> Response:
    """Return the answer 503 to a request, with what the resident typed."""
    fields, files = [], False
    if httprequest.method == "POST":
        try:
            fields = list(httprequest.form.items(multi=True))
            files = any(file.filename for file in httprequest.files.values())
        except Exception:  # a body that cannot be read has nothing to keep
            fields = []
    page = build_page(httprequest.path, fields, files)
    response = Response(page, status=503, mimetype="text/html")
    response.headers.update(SECURITY_HEADERS)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
