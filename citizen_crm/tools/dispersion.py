"""How much people differ, and how much of it chance alone would produce."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from .special import chi2_tail


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How a number of people differ, all things that chance produces included.

    :param people: how many were compared
    :param phi: mean of the squared z-scores; 1 is what chance produces
    :param tau2: variance between people beyond chance, on the scale of the ratio
    :param is_own_tau2: from these people, not from the whole city
    :param chi2_p: the chance to differ as much or more, were nobody different
    """

    people: int
    phi: float | None
    tau2: float
    is_own_tau2: bool
    chi2_p: float | None


def disperse(
    scores: Iterable[tuple[float, float]],
    *,
    city_tau2: float = 0.0,
    min_people: int = 10,
    winsorised: float = 0.1,
) -> Dispersion:
    """Return how much people differ.

    :param scores: z and precision rho of each person
    :param city_tau2: taken where there are too few people
    :param winsorised: share of the z-scores at either end that is drawn in for phi

    >>> found = disperse([(0.0, 16.0)] * 9 + [(5.0, 16.0)])
    >>> found.phi, found.tau2, round(found.chi2_p, 4)
    (0.0, 0.0, 0.0074)
    >>> disperse([], city_tau2=0.01)
    Dispersion(people=0, phi=None, tau2=0.01, is_own_tau2=False, chi2_p=None)
    """
    pairs = list(scores)
    people = len(pairs)
    z = [score for score, _precision in pairs]
    phi = None
    if people:
        phi = fsum(score * score for score in winsorise(z, winsorised)) / people
    own = phi is not None and people >= max(2, min_people)
    return Dispersion(
        people,
        phi,
        between(phi, [precision for _score, precision in pairs]) if own else city_tau2,
        own,
        chance(z),
    )


def winsorise(values: Sequence[float], share: float) -> list[float]:
    """Return values in ascending order, the share at either end drawn in.

    Each of them becomes the nearest value that stays; of a share that is no whole
    number of values the whole part.

    >>> winsorise([9, 1, 2, 3, 4, 5, 6, 7, 8, 99], 0.1)
    [2, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    """
    ordered = sorted(values)
    count = int(share * len(ordered))
    if not count:
        return ordered
    kept = ordered[count:-count]
    return [kept[0]] * count + kept + [kept[-1]] * count


def between(phi: float, precisions: Sequence[float]) -> float:
    """Return tau², the variance between people by the method of moments.

    >>> between(2.0, [10.0] * 5)
    0.15
    >>> between(0.5, [10.0] * 5)
    0.0
    """
    people = len(precisions)
    total = fsum(precisions)
    if not total:
        return 0.0
    scale = total - fsum(weight * weight for weight in precisions) / total
    return max(0.0, (people * phi - (people - 1)) / scale) if scale > 0 else 0.0


def chance(z: Sequence[float]) -> float | None:
    """Return how often people as equal as can be would differ as much, or more.

    What is expected comes from the same people, so their z-scores together have one
    degree of freedom less than there are people, and their squares add up to that after
    a factor of (I - 1) / I.

    :return: ``None`` for fewer than two people

    >>> round(chance([1.0, -1.0, 0.5, -0.5]), 3), chance([3.0])
    (0.599, None)
    """
    people = len(z)
    if people < 2:
        return None
    squares = fsum(score * score for score in z)
    return chi2_tail(squares * (people - 1) / people, people - 1)
