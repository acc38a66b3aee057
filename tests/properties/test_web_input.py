"""Properties of what arrives from the web: a typed value in bounds, or InputError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools import catalogue_search, web_files, web_input
from odoo.addons.citizen_crm.tools.question_form import parse_answer, parse_answers
from odoo.addons.citizen_crm.tools.unavailable_page import build_page
from odoo.addons.citizen_crm.tools.web_input import InputError

ANYTHING = st.text() | st.text(st.characters(codec="utf-8")) | st.none()
NUMBERS = st.from_regex(r"\s*[+-]?[0-9]{0,25}([.,][0-9]{0,25})?\s*", fullmatch=True)
DATES = st.from_regex(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2})?", fullmatch=True
)
KINDS = ("boolean", "char", "date", "datetime", "float", "integer", "selection", "tags")
QUESTIONS = st.fixed_dictionaries(
    {
        "name": st.text("abcdef0123456789", min_size=1, max_size=16),
        "type": st.sampled_from((*KINDS, "text", "separator")),
        "selection": st.just([["a", "A"], ["b", "B"]]),
        "tags": st.just([["x", "X", 1], ["y", "Y", 2]]),
    }
)


def attempt(parse: Callable[[], Any]) -> Any:
    """Return the value, or None when it is refused; nothing else may happen."""
    try:
        return parse()
    except InputError:
        return None


@given(ANYTHING, st.integers(0, 50), st.booleans())
def test_text_is_short_clean_and_stable(raw: str | None, limit: int, lines: bool):
    text = attempt(lambda: web_input.clean_text(raw, limit, lines))
    if text is None:
        return
    assert len(text) <= limit
    assert "\x00" not in text and "\r" not in text
    assert lines or "\n" not in text
    text.encode("utf-8")  # no lone surrogate is left
    assert web_input.clean_text(text, limit, lines) == text


@given(ANYTHING | NUMBERS)
def test_numbers_are_in_bounds(raw: str | None):
    number = attempt(lambda: web_input.parse_int(raw, low=1, high=99))
    assert number is None or 1 <= number <= 99
    decimal = attempt(lambda: web_input.parse_decimal(raw, -90, 90))
    assert decimal is None or -90 <= decimal <= 90


@given(ANYTHING | DATES, st.sampled_from(("Asia/Taipei", "UTC", "../etc", "", None)))
def test_dates_are_storable(raw: str | None, timezone: str | None):
    day = attempt(lambda: web_input.parse_date(raw))
    assert day is None or 1900 <= day.year <= 2200
    moment = attempt(lambda: web_input.parse_datetime(raw, timezone))
    assert moment is None or (1899 <= moment.year <= 2201 and moment.tzinfo is None)


@given(ANYTHING)
def test_key_is_one_step_of_an_address(raw: str | None):
    key = attempt(lambda: web_input.parse_case_key(raw))
    assert key is None or (key.isascii() and 0 < len(key) <= 40 and "%" not in key)


@given(ANYTHING | st.from_regex(r"[/\\]{0,3}[a-z.:@]{0,9}/.*"))
def test_local_path_never_leaves_the_site(raw: str | None):
    path = web_input.parse_local_path(raw, "/my")
    assert path.startswith("/") and not path.startswith("//") and "\\" not in path


@given(ANYTHING | st.ip_addresses().map(str))
def test_every_address_belongs_to_some_network(raw: str | None):
    assert web_input.network_of(raw)


@given(st.binary(max_size=300) | st.sampled_from((b"PK\x03\x04", b"%PDF-", b"GIF89a")))
def test_kind_of_any_file_is_told_without_failing(content: bytes):
    assert web_files.sniff(content) in {"", *web_files.ENDINGS} or content[:2] == b"PK"
    file = attempt(lambda: web_files.check_file("a.exe", content))
    assert file is None or file.name == "a" + web_files.ENDINGS[file.mimetype]


@given(st.text())
def test_text_that_is_markup_is_no_plain_text(text: str):
    assert web_files.sniff(f"<script>{text}".encode("utf-8", "replace")) == ""


@given(ANYTHING)
def test_file_name_is_harmless(name: str | None):
    safe = web_files.safe_name(name, ".jpg")
    assert safe.endswith(".jpg") and 4 < len(safe) <= 124
    assert not set(safe) & set('/\\\x00\n\r<>:"|?*;')
    assert not safe.startswith(".")


@given(QUESTIONS, st.lists(st.text() | NUMBERS | DATES | st.sampled_from("abxy1")))
def test_answer_is_of_the_type_of_its_question(question: dict, texts: list[str]):
    if question["type"] == "separator":
        return
    answer = attempt(lambda: parse_answer(question, texts, "Asia/Taipei"))
    allowed = {
        "boolean": bool,
        "float": float,
        "integer": int,
        "tags": list,
    }.get(question["type"], str)
    assert answer is None or isinstance(answer, allowed)
    if question["type"] == "tags" and answer:
        assert set(answer) <= {"x", "y"}


@given(st.lists(QUESTIONS, unique_by=lambda question: question["name"]), st.text())
def test_each_question_is_answered_refused_or_left(questions: list[dict], text: str):
    answers, refused = parse_answers(questions, lambda _name: [text], None)
    assert answers.keys() <= {question["name"] for question in questions}
    assert not answers.keys() & {name.removeprefix("q_") for name in refused}


@given(st.text(max_size=30), st.lists(st.text(max_size=30), min_size=3, max_size=3))
def test_search_needs_every_word(query: str, fields: list[str]):
    points = catalogue_search.score(query, fields)
    words = catalogue_search.fold(query).split()
    everywhere = " ".join(catalogue_search.fold(text) for text in fields)
    if points:
        assert all(word in everywhere for word in words)
    assert catalogue_search.rank(query, [(1, fields)]) == [1] * bool(points)


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=200)), max_size=5))
def test_kept_text_is_inert(fields: list[tuple[str, str]]):
    evil = [*fields, ("description", "</textarea><script>alert(1)</script>\"'>")]
    names = ("title", "reason", "reload", "kept", "files", "send", "text")
    words = dict.fromkeys(names, "Said & <script>")
    page = build_page("/services/1?x=<script>", evil, True, words, "zh_TW")
    assert "<script" not in page and "Said &amp; " in page
