"""Properties of secrets: however somebody writes one down, it is theirs alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.case_secret import (
    ALPHABET,
    SECRET_LENGTH,
    is_secret,
    new_secret,
    new_token,
    read_secret,
    secret_hash,
    token_hash,
)

words = st.text(ALPHABET, min_size=SECRET_LENGTH, max_size=SECRET_LENGTH)


@given(words, st.text(" -._/\t", max_size=3), st.booleans())
def test_written_in_whatever_way(word: str, between: str, is_small: bool) -> None:
    typed = between.join(word.lower() if is_small else word)
    assert read_secret(typed) == word


@settings(max_examples=8, deadline=None)  # each of them is slow, as it is to be
@given(words, st.text(max_size=20))
def test_only_the_secret_opens(word: str, other: str) -> None:
    stored = secret_hash(word)
    assert word not in stored
    assert is_secret(word, stored)
    assert is_secret(other, stored) == (read_secret(other) == word)
    assert not is_secret(word, "")
    assert stored != secret_hash(word), "each has a salt of its own"


@given(st.text(max_size=60))
def test_any_token_has_a_fingerprint(text: str) -> None:
    assert len(token_hash(text)) == 64


def test_there_are_enough() -> None:
    """48 bits for what people type, 128 for what they do not."""
    assert len(ALPHABET) ** SECRET_LENGTH >= 2**48
    assert not set(ALPHABET) & set("01ILOU")
    assert len({new_secret() for _index in range(500)}) == 500
    assert len(new_token()) * 6 >= 128
