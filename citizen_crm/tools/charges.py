"""What somebody stands charged with for one case, from the lines of its ledger."""

from collections.abc import Iterable

from .duty_ledger import HELD


def charged(lines: Iterable[tuple[str, int, int]], member: int) -> int:
    """Return the points that a member has for a case, in thousandths.

    Whoever gave the case away has no points for it any more, but for what was
    granted afterwards; whoever finished it keeps them.

    :param lines: ``(kind, member, points)`` of one case in one ledger, in their order

    >>> charged([("charge", 1, 1000), ("objection", 1, 500)], 1)
    1500
    >>> charged([("charge", 1, 1000), ("reversal", 1, 1000), ("charge", 2, 1000)], 1)
    0
    """
    held = kept = 0
    has_it = False
    for kind, who, points in lines:
        if who != member:
            continue
        if kind in HELD:
            held, has_it = points, True
        elif kind in ("weight", "objection"):
            if has_it:
                held += points
            else:
                kept += points
        elif kind == "reversal":
            held, has_it = 0, False
        elif kind == "finish":
            kept, held, has_it = kept + held, 0, False
    return kept + held
