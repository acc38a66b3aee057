"""A page of a resident, to be looked at by staff: the same page, and nothing to press.

Forms become a line that names their button, links that lead elsewhere become text. All
else of the page stays as it is, so what staff see is what the person sees.
"""

from __future__ import annotations

from lxml import etree, html

#: What the page of the person stands in, and what is put in the place of a form.
PAGE_CLASS, LEFT_OUT_CLASS = "o_citizen_page", "o_citizen_left_out"
DOCTYPE = "<!DOCTYPE html>"


def make_read_only(page: str, path: str, label: str) -> str:
    """Return a page without forms, and without links but those below ``path``.

    :param page: a whole HTML document
    :param path: where the files of the page are for staff, e.g. ``/citizen/case/7``
    :param label: what stands before the name of a button, e.g. "Button"

    >>> page = '<html><body><div class="o_citizen_page"><a href="/my">Me</a>'
    >>> page += '<form><input name="text"/><button>Send</button></form>'
    >>> page += '<a href="/c/7/file/1">a.png</a></div></body></html>'
    >>> made = make_read_only(page, "/c/7", "Button")
    >>> print(made.partition("page")[2])  # doctest: +ELLIPSIS
    "><a>Me</a><p class="o_citizen_left_out">Button: Send</p>...file/1">a.png</a>...
    """
    document = html.document_fromstring(page)
    for main in document.find_class(PAGE_CLASS):
        for form in list(main.iter("form")):
            _leave_out(form, label)
        for link in main.iter("a"):
            address = link.get("href", "")
            if not address.startswith((f"{path}/", "#")):
                link.attrib.pop("href", None)
    return etree.tostring(document, method="html", encoding="unicode", doctype=DOCTYPE)


def _leave_out(form: html.HtmlElement, label: str) -> None:
    """Put a line with the names of its buttons in the place of a form."""
    names = [" ".join(button.text_content().split()) for button in form.iter("button")]
    line = html.Element("p", {"class": LEFT_OUT_CLASS})
    line.text = f"{label}: {', '.join(filter(None, names))}"
    line.tail = form.tail
    parent = form.getparent()
    parent.replace(form, line)
