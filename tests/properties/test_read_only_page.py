"""Whatever a page of a resident holds, staff get it without anything to press."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from odoo.addons.citizen_crm.tools.read_only_page import (
    LEFT_OUT_CLASS,
    PAGE_CLASS,
    make_read_only,
)

WORDS = st.text("abcé 中<&\"'", min_size=1, max_size=8)
FORM, LINK, OWN, TEXT = "form", "link", "own", "text"
PIECES = st.lists(
    st.tuples(st.sampled_from((FORM, LINK, OWN, TEXT)), WORDS), max_size=8
)
PATH = "/citizen/case/7/as-person"


def build(pieces: list[tuple[str, str]]) -> str:
    page = html.Element("div", {"class": f"container {PAGE_CLASS}"})
    for kind, words in pieces:
        block = html.Element("section")
        if kind == FORM:
            form = html.Element("form", {"action": "/my/case/1/message"})
            button = html.Element("button")
            button.text = words
            form.append(button)
            form.tail = words
            block.append(form)
        elif kind == TEXT:
            block.text = words
        else:
            link = html.Element("a", {"href": f"{PATH}/file/1" if kind == OWN else "/"})
            link.text = words
            block.append(link)
        page.append(block)
    body = html.tostring(page, encoding="unicode")
    return f"<!DOCTYPE html><html lang='en'><body>{body}</body></html>"


@given(PIECES)
def test_all_words_and_nothing_to_press(pieces: list[tuple[str, str]]) -> None:
    made = make_read_only(build(pieces), PATH, "Button")
    [page] = html.document_fromstring(made).find_class(PAGE_CLASS)
    assert not list(page.iter("form", "button", "input"))
    assert len(page.find_class(LEFT_OUT_CLASS)) == sum(k == FORM for k, _w in pieces)
    own = [link.get("href") for link in page.iter("a") if link.get("href")]
    assert own == [f"{PATH}/file/1"] * sum(kind == OWN for kind, _words in pieces)
    assert len(page) == len(pieces)
    for block, (kind, words) in zip(page, pieces, strict=True):
        said = block.text_content()
        assert (" ".join(words.split()) if kind == FORM else words) in said
