"""The questions of a service type as form fields, and the answers read back.

A question is one entry of Odoo's properties definition: ``name``, ``string``,
``type`` and, by type, ``selection``, ``tags`` and ``default``.
"""

from collections.abc import Callable, Sequence
from typing import Any

from .web_input import (
    InputError,
    clean_text,
    parse_choice,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_int,
)

Question = dict[str, Any]
LINE_LIMIT, TEXT_LIMIT = 500, 5000


def field_name(question: Question) -> str:
    """Return the name of the form field for a question.

    >>> field_name({"name": "a1b2"})
    'q_a1b2'
    """
    return f"q_{question['name']}"


def parse_answer(question: Question, texts: Sequence[str], timezone: str | None) -> Any:
    """Return the value of one answer, ``None`` or empty when nothing was said.

    >>> parse_answer({"name": "n", "type": "integer"}, ["3"], None)
    3
    >>> parse_answer({"name": "s", "type": "selection",
    ...     "selection": [["a", "A"], ["b", "B"]]}, ["b"], None)
    'b'
    """
    kind = question["type"]
    if kind == "tags":
        allowed = {tag[0] for tag in question.get("tags") or []}
        return [parse_choice(text, allowed) for text in texts if text]
    text = texts[-1] if texts else ""
    if kind == "selection":
        return parse_choice(text, {row[0] for row in question.get("selection") or []})
    parsers: dict[str, Callable[[str], Any]] = {
        "boolean": lambda raw: parse_choice(raw, {"1"}) == "1",
        "char": lambda raw: clean_text(raw, LINE_LIMIT),
        "text": lambda raw: clean_text(raw, TEXT_LIMIT, lines=True),
        "integer": lambda raw: parse_int(raw, low=-(2**31) + 1),
        "float": parse_decimal,
        "date": lambda raw: _iso(parse_date(raw)),
        "datetime": lambda raw: _spaced(parse_datetime(raw, timezone)),
    }
    return parsers[kind](text)


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None


def _spaced(value: Any) -> str | None:
    return value.isoformat(sep=" ") if value else None


def parse_answers(
    questions: Sequence[Question],
    get_texts: Callable[[str], Sequence[str]],
    timezone: str | None,
) -> tuple[dict[str, Any], dict[str, InputError]]:
    """Return the answers by question name, and what was refused by field name.

    >>> parse_answers([{"name": "n", "type": "integer"}], lambda name: ["x"], None)
    ({}, {'q_n': InputError('number')})
    """
    answers: dict[str, Any] = {}
    refused: dict[str, InputError] = {}
    for question in questions:
        if question["type"] == "separator":
            continue
        name = field_name(question)
        try:
            value = parse_answer(question, get_texts(name), timezone)
        except InputError as error:
            refused[name] = error
            continue
        if value or value == 0 and value is not False:
            answers[question["name"]] = value
    return answers, refused
