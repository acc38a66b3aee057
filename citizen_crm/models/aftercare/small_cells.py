"""Figures of few put together with others, level by level, so that none is shown."""

from collections.abc import Sequence

from odoo.tools import SQL


def select_pooled(
    cells: SQL, levels: Sequence[Sequence[str]], counted: Sequence[str], least: int
) -> SQL:
    """Return a statement whose rows stand for at least ``least`` each.

    :param cells: selects the columns of the first level and those that are counted
    :param levels: columns that tell a row apart, finest first; each level leaves out
        the last ones of the level before, which are ids
    :param counted: columns to sum; the first one says how many a row stands for
    """
    steps = [SQL("cell0 AS (%s)", cells)]
    for number in range(1, len(levels)):
        few = _select_few(levels, number, counted, least)
        steps.append(SQL("%s AS (%s)", _name(number), few))
    shown = SQL(" UNION ALL ").join(
        SQL(
            "SELECT * FROM %s WHERE %s >= %s",
            _name(number),
            SQL.identifier(counted[0]),
            least,
        )
        for number in range(len(levels))
    )
    return SQL("WITH %s %s", SQL(", ").join(steps), shown)


def _name(number: int) -> SQL:
    return SQL.identifier(f"cell{number}")


def _select_few(
    levels: Sequence[Sequence[str]], number: int, counted: Sequence[str], least: int
) -> SQL:
    """Put together what was too little at the level before."""
    kept = [SQL.identifier(name) for name in levels[number]]
    lost = [
        SQL("NULL::integer AS %s", SQL.identifier(name))
        for name in levels[0][len(levels[number]) :]
    ]
    sums = [
        SQL("sum(%s)::bigint AS %s", SQL.identifier(name), SQL.identifier(name))
        for name in counted
    ]
    return SQL(
        "SELECT %s FROM %s WHERE %s < %s GROUP BY %s",
        SQL(", ").join([*kept, *lost, *sums]),
        _name(number - 1),
        SQL.identifier(counted[0]),
        least,
        SQL(", ").join(kept),
    )
