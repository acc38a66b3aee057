"""The page for the minutes when the database is away: it needs nothing but Python.

The resident's text is kept in the page itself, so that it can be sent again.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

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
    "/my/data",
    "/my/represent",
    "/my/ticket",
    "/feedback/",
    "/new/ticket",
    "/submitted/ticket",
    "/ticket/close",
)
#: The framework puts the language in front of the address.
_LANGUAGE = re.compile(r"^/([a-z]{2,3}(?:_[A-Za-z0-9@]+)?)(?=/)")
#: The languages in which the addon has its words, English apart.
LANGUAGES = frozenset(file.stem for file in Path(__file__).parents[1].glob("i18n/*.po"))
ENGLISH = "en_US"
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
<html lang="{language}">
<head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{{font:1.125rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;min-height:44px;padding:0 1.5rem}}
pre{{white-space:pre-wrap;border:1px solid #767676;padding:1rem}}</style></head>
<body><main>
<h1>{title}</h1>
<p>{reason}</p>
{rest}
</main></body></html>
"""
_KEPT = """<p>{kept} {files}</p>
<form method="post" action="{path}">
{fields}
<button type="submit">{send}</button>
</form>
<h2>{text}</h2>
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


def choose_language(path: str, *wishes: str | None) -> str:
    """Return the first language of an address or the wishes that the addon speaks.

    A language in front of the address goes before the wishes; English is spoken, too.

    >>> choose_language("/es/services/7", "zh_TW")
    'es'
    >>> choose_language("/services/7", None, "zh-tw"), choose_language("/my", "es_MX")
    ('zh_TW', 'es')
    >>> choose_language("/my", "tlh", "en-GB", "es"), choose_language("/my")
    ('en_US', 'en_US')
    """
    found = _LANGUAGE.match(path)
    known = {name.lower(): name for name in LANGUAGES} | {"en": ENGLISH}
    for wish in ([found[1]] if found else []) + [wish for wish in wishes if wish]:
        code = wish.replace("-", "_").lower()
        for name in (code, code.partition("_")[0]):
            if name in known:
                return known[name]
    return ENGLISH


def build_page(
    path: str,
    fields: Iterable[tuple[str, str]],
    files: bool,
    words: Mapping[str, str],
    language: str,
) -> str:
    """Return the page, with the fields of a form kept if there are any.

    :param files: whether there were files, which cannot be kept
    :param words: title, reason, reload, kept, files, send and text, not escaped

    >>> words = dict.fromkeys(("title", "reason", "reload", "kept", "send"), "A & B")
    >>> words |= {"text": "Text", "files": "Files"}
    >>> page = build_page("/a", [("description", "<b>hole")], True, words, "zh_TW")
    >>> '<b>' in page, 'lang="zh-TW"' in page, 'A & B' in page, 'Files' in page
    (False, True, False, True)
    >>> 'value="2"' in build_page("/a", [("a", "1"), ("a", "2")], False, words, "es")
    True
    """
    pairs = list(fields)
    said = {name: escape(word) for name, word in words.items()}
    rest = f"<p>{said['reload']}</p>"
    if pairs and sum(len(value) for _name, value in pairs) <= _KEPT_LIMIT:
        rest = _KEPT.format(
            **{**said, "files": said["files"] if files else ""},
            path=escape(path),
            fields="\n".join(
                f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
                for name, value in pairs
            ),
            shown="\n".join(
                f"<pre>{escape(value)}</pre>"
                for name, value in pairs
                if value.strip() and name not in _HIDDEN
            ),
        )
    return _PAGE.format(**said, rest=rest, language=language.replace("_", "-"))


def unavailable_response(
    httprequest: Request, words: Mapping[str, str], language: str
) -> Response:
    """Return the answer 503 to a request, with what the resident typed."""
    fields, files = [], False
    if httprequest.method == "POST":
        try:
            fields = list(httprequest.form.items(multi=True))
            files = any(file.filename for file in httprequest.files.values())
        except Exception:  # a body that cannot be read has nothing to keep
            fields = []
    # What is signed in with is no text to be kept, nor to be shown.
    if any("password" in name for name, _value in fields):
        fields = []
    page = build_page(httprequest.path, fields, files, words, language)
    response = Response(page, status=503, mimetype="text/html")
    response.headers.update(SECURITY_HEADERS)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
