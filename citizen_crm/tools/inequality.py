"""How equally something is shared. Pure functions."""

from collections.abc import Collection, Hashable, Iterable, Mapping

#: What tells a group of people apart, from coarse to fine; ``None`` is "several".
Group = tuple[Hashable, ...]


def jain(shares: Iterable[float]) -> float | None:
    """Return Jain's index of fairness: 1 for equal shares, 1/n for one who has all.

    :return: ``None`` when there is nothing to compare

    >>> jain([2, 2, 2]), jain([1, 0, 0, 0]), jain([])
    (1.0, 0.25, None)
    """
    values = list(shares)
    squares = sum(value * value for value in values)
    if not squares:
        return None
    return sum(values) ** 2 / (len(values) * squares)


def gini(shares: Iterable[float]) -> float | None:
    """Return Gini's coefficient: 0 for equal shares, (n - 1)/n for one who has all.

    :param shares: none below 0
    :return: ``None`` when there is nothing to compare

    >>> gini([2, 2, 2]), gini([1, 0, 0, 0]), gini([]), gini([0, 0])
    (0.0, 0.75, None, None)
    """
    values = sorted(shares)
    total = sum(values)
    if not total:
        return None
    count = len(values)
    # Equal differences weigh by how many lie on either side of them.
    weighed = sum(
        (2 * place - count - 1) * value for place, value in enumerate(values, 1)
    )
    return weighed / (count * total)


def place_groups(
    people: Mapping[Group, Collection[Hashable]], least: int
) -> dict[Group, Group]:
    """Return with which groups each is put together, so that none is too small.

    A group of enough people stands for itself. Smaller ones are put together one level
    up, again and again; what is too small even so is left out.

    :param people: who is in a group; somebody may be in several
    :param least: as many different people make a group large enough

    >>> place_groups({(1, "a"): "xyz", (1, "b"): "u", (1, "c"): "vw"}, 3)
    {(1, 'a'): (1, 'a'), (1, 'b'): (1, None), (1, 'c'): (1, None)}
    >>> place_groups({(1, "a"): "x", (2, "a"): "xy"}, 3)
    {}
    """
    places: dict[Group, Group] = {}
    for kept in range(max(map(len, people), default=0), -1, -1):
        gathered: dict[Group, list[Group]] = {}
        for group in people:
            if group not in places:
                up = group[:kept] + (None,) * (len(group) - kept)
                gathered.setdefault(up, []).append(group)
        for up, groups in gathered.items():
            if len({one for group in groups for one in people[group]}) >= least:
                places.update(dict.fromkeys(groups, up))
    return places
