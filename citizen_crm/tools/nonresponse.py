"""Answers of citizens, of whom some do not answer. Pure functions."""

from dataclasses import dataclass

from .intervals import wilson

#: Fewer answers say nothing of a person.
LEAST_ANSWERS = 10
#: Where a smaller share answered, figures are shown without a verdict.
LEAST_RESPONSE = 0.2
#: Why there is no verdict: fewer than ``LEAST_ANSWERS``, or than ``LEAST_RESPONSE``.
ANSWERS, RESPONSE = "answers", "response"


@dataclass(frozen=True, slots=True)
class Answers:
    """What answers say, and what they could say at most.

    :param response: share of the invited who answered
    :param share: positive answers among the answers, with Wilson's ``limits_95``
    :param bounds: the share of positive answers, were all who did not answer not
        content, and were all content
    :param gate: ``ANSWERS`` or ``RESPONSE``, where no verdict may be given
    """

    invited: int
    answered: int
    positive: int
    response: float | None
    share: float | None
    limits_95: tuple[float, float] | None
    bounds: tuple[float, float] | None
    gate: str | None


def weigh_answers(
    invited: int,
    answered: int,
    positive: int,
    *,
    least_answers: int = LEAST_ANSWERS,
    least_response: float = LEAST_RESPONSE,
) -> Answers:
    """Return what answers say.

    :raises ValueError: more answers than invitations, more positive ones than answers

    >>> found = weigh_answers(40, 20, 15)
    >>> found.response, found.share, found.bounds, found.gate
    (0.5, 0.75, (0.375, 0.875), None)
    >>> weigh_answers(0, 0, 0).gate, weigh_answers(100, 12, 12).gate
    ('answers', 'response')
    """
    if not 0 <= positive <= answered <= invited:
        raise ValueError(f"{positive} of {answered} answers to {invited} invitations.")
    gate = None
    if not invited or answered < least_answers:
        gate = ANSWERS
    elif answered < least_response * invited:
        gate = RESPONSE
    silent = invited - answered
    return Answers(
        invited,
        answered,
        positive,
        answered / invited if invited else None,
        positive / answered if answered else None,
        wilson(positive, answered),
        (positive / invited, (positive + silent) / invited) if invited else None,
        gate,
    )
