"""What may be said of a person in a measure: a word, and the numbers of the sentence.

Never a rank, never a sum over measures. Where nothing may be said, the first rule that
forbids it gives the word.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .funnel import Z95, Z998, Measured, Rules, Standing, find_gate
from .nonresponse import ANSWERS, RESPONSE

#: What is said where a rule of ``funnel.find_gate`` or ``nonresponse`` forbids more.
GATE_WORDS = {
    "no_cases": "too_few",
    "coverage": "not_comparable",
    "cases": "too_few",
    "events": "too_few",
    "non_events": "too_few",
    "own_share": "not_comparable",
    ANSWERS: "too_few",
    RESPONSE: "low_response",
}
#: Words that give a ratio and its limits, and put a dot into the funnel.
JUDGED = ("within", "near_edge", "outside")
WORDS = (
    "too_few",
    "not_comparable",
    "low_response",
    "suspended",
    "overloaded",
    *JUDGED,
)

#: A person has more than a fair load where the load ratio is above this …
OVERLOAD = 1.25
#: … and is overloaded where that is so in more than this share of the weeks.
OVERLOADED_WEEKS = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said.

    :param word: one of ``WORDS``
    :param rule: why nothing may be said: a rule of ``funnel.find_gate`` or of
        ``nonresponse``, "dispersion" or "load"; ``None`` where something is said
    :param numbers: what the sentence tells; ratio, shrunk, low, high (the limits of
        95 %), low998 and high998 are ``None`` where nothing may be said
    """

    word: str
    numbers: dict[str, float | int | None]
    rule: str | None = None


def judge(
    standing: Standing,
    *,
    previous_side: str | None = None,
    bh_significant: bool = False,
    overloaded: bool = False,
    suspended: bool = False,
    rules: Rules | None = None,
) -> Verdict:
    """Return what may be said of a person.

    :param previous_side: ``Standing.side`` of the period before
    :param bh_significant: among the discoveries over all people and measures of the
        department and period, see ``tools.discoveries``
    :param overloaded: the person had too much to do for this measure to be fair
    :param suspended: ``Measured.suspended``

    >>> from .strata import Cell
    >>> from .funnel import measure
    >>> cells = [Cell(("parks",), person, 40, x) for person, x in enumerate((8, 8, 20))]
    >>> one = measure(cells, good="low").people[2]
    >>> judge(one).word, judge(one, previous_side="above").word
    ('near_edge', 'outside')
    >>> judge(one, overloaded=True).word, judge(one, suspended=True).rule
    ('overloaded', 'dispersion')
    >>> few = measure([Cell(("parks",), 1, 3, 1)], good="low").people[1]
    >>> judge(few).word, judge(few).numbers["ratio"]
    ('not_comparable', None)
    """
    rules = rules or Rules()
    rule = find_gate(standing, rules) or standing.gate
    if rule:
        word = GATE_WORDS[rule]
    elif suspended:
        word, rule = "suspended", "dispersion"
    elif overloaded:
        word, rule = "overloaded", "load"
    else:
        known = previous_side is not None and previous_side == standing.side
        word = _word(standing.score or 0.0, known or bh_significant)
    return Verdict(word, _numbers(standing, rules, rule is None), rule)


def _word(score: float, is_confirmed: bool) -> str:
    """Return the word for a distance from what is expected."""
    if abs(score) < Z95:
        return "within"
    return "outside" if abs(score) > Z998 and is_confirmed else "near_edge"


def _numbers(
    standing: Standing, rules: Rules, is_judged: bool
) -> dict[str, float | int | None]:
    """Return the numbers of the sentence; no ratio where nothing may be said."""
    low, high = standing.limits_95 or (None, None)
    low998, high998 = standing.limits_998 or (None, None)
    judged = {
        "ratio": standing.ratio,
        "shrunk": standing.shrunk,
        "low": low,
        "high": high,
        "low998": low998,
        "high998": high998,
    }
    return {
        "n": standing.n,
        "counted_n": standing.counted_n,
        "coverage": standing.coverage,
        "observed": standing.observed,
        "expected": standing.expected,
        "information": standing.information,
        "needed_cases": rules.min_cases,
        "needed_events": rules.min_events,
        "needed_coverage": rules.min_coverage,
        "needed_answers": rules.min_answers,
        "needed_response": rules.min_response,
        **(judged if is_judged else dict.fromkeys(judged)),
    }


def is_chance(measured: Measured, rules: Rules | None = None) -> bool | None:
    """Tell whether people differ no more than chance would produce.

    :return: ``None`` where that cannot be tested

    >>> from .funnel import measure
    >>> is_chance(measure([], good="low")) is None
    True
    """
    if measured.chi2_p is None:
        return None
    return measured.chi2_p >= (rules or Rules()).max_chance


def is_overloaded(
    ratios: Iterable[float], limit: float = OVERLOAD, share: float = OVERLOADED_WEEKS
) -> bool:
    """Tell whether a person had too much to do in too many weeks.

    :param ratios: of each week, the own load for the own share of the team's

    >>> is_overloaded([1.0, 1.3, 1.0, 1.0]), is_overloaded([1.0, 1.3, 1.4]),
    (False, True)
    >>> is_overloaded([])
    False
    """
    weeks = [ratio > limit for ratio in ratios]
    return sum(weeks) > share * len(weeks)
