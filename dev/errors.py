"""The one exception a person is meant to read."""

from __future__ import annotations


class SetupError(Exception):
    """Something the person at the keyboard can mend.

    ``problem`` says what is wrong, ``hint`` the way out.
    """

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.problem}\n  -> {self.hint}" if self.hint else self.problem
