"""Load two rounds of the staff pulse: one that is over, and one that is open."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .loader import DemoCity

#: Share of the staff who agree, by question; the others disagree or cannot say.
AGREE = {"share": 0.7, "means": 0.5, "help": 0.45, "voice": 0.8, "judged": 0.6}
UNSURE = 0.08
ANSWERED = 0.85
#: Days from today.
BEGAN, ENDED, ENDS = -40, -20, 12


def load_staff_pulse(city: "DemoCity") -> None:
    """Ask everybody in a round that is over, and most of them answer; ask again."""
    rng = Random(7)
    past = _open(city, "Staff pulse, last quarter", ENDS)
    for user in _get_asked(city, past):
        if rng.random() < ANSWERED:
            past.with_user(user).action_answer(_answer(past, rng))
    past._finish()
    past.write(
        {
            "date_from": city.today + timedelta(days=BEGAN),
            "date_to": city.today + timedelta(days=ENDED),
        }
    )
    _open(city, "Staff pulse, this quarter", ENDS)


def _open(city: "DemoCity", name: str, days: int):
    """Open a round to all staff until so many days from today."""
    pulse = city.env["citizen.staff.pulse"].create(
        {"name": name, "date_to": city.today + timedelta(days=days)}
    )
    pulse.action_open()
    return pulse


def _get_asked(city: "DemoCity", pulse):
    seats = city.env["citizen.staff.pulse.seat"]
    return seats.search([("pulse_id", "=", pulse.id)], order="user_id").user_id


def _answer(pulse, rng: Random) -> dict[int, str]:
    """Return what somebody says to each question."""
    said = {}
    for question in pulse.question_ids:
        if rng.random() < UNSURE:
            said[question.id] = "unsure"
        else:
            agrees = rng.random() < AGREE[question.code]
            said[question.id] = "agree" if agrees else "disagree"
    return said
