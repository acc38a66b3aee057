"""Judge how the desk is doing from what was measured; `docs/operations.md` explains it.

A level is *pass*, *warn* (look at it today) or *fail* (people are being let down now).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PASS, WARN, FAIL = LEVELS = ("pass", "warn", "fail")


@dataclass(frozen=True)
class Limit:
    """From which value on a measurement is a warning or a failure; None for never.

    :param low: whether small values are the bad ones
    """

    unit: str
    warn: float | None
    fail: float | None = None
    low: bool = False

    def judge(self, value: float) -> str:
        """Return the level of a value.

        >>> late = Limit("minutes", warn=15, fail=60)
        >>> [late.judge(value) for value in (0, 15, 60)]
        ['pass', 'warn', 'fail']
        >>> Limit("percent", warn=20, fail=5, low=True).judge(5)
        'fail'
        """
        sign = -1 if self.low else 1
        for level, limit in ((FAIL, self.fail), (WARN, self.warn)):
            if limit is not None and value * sign >= limit * sign:
                return level
        return PASS


#: What is measured, and from when on it is bad.
LIMITS = {
    "jobs_late": Limit("minutes", warn=15, fail=60),
    "jobs_failing": Limit("jobs", warn=1),
    "jobs_switched_off": Limit("jobs", warn=1),
    "deadlines_late": Limit("minutes", warn=15, fail=60),
    "ledger_late": Limit("minutes", warn=30, fail=120),
    "mails_out_late": Limit("minutes", warn=15, fail=60),
    "mails_out_failed": Limit("mails in a day", warn=1, fail=100),
    "mails_in_late": Limit("minutes", warn=30, fail=120),
    "figures_late": Limit("minutes", warn=120),
    "figures_wrong": Limit("checks", warn=1),
    "disk_free": Limit("percent", warn=20, fail=5, low=True),
    "standby_behind": Limit("megabytes", warn=64, fail=1024),
    "standby_missing": Limit("standbys", warn=1),
}


def report(
    values: Mapping[str, float], details: Mapping[str, Iterable[str]] | None = None
) -> dict:
    """Return the whole state as plain values, and as its status the worst level.

    :param values: name of a limit -> measured value
    :param details: name of a limit -> what is meant, such as the names of jobs

    >>> report({"jobs_failing": 1, "disk_free": 50})["status"]
    'warn'
    >>> report({"disk_free": 4.25})["checks"]
    {'disk_free': {'status': 'fail', 'value': 4.2, 'unit': 'percent'}}
    >>> report({})
    {'status': 'pass', 'checks': {}}
    """
    checks = {}
    for name, value in values.items():
        limit = LIMITS[name]
        checks[name] = {
            "status": limit.judge(value),
            "value": round(value, 1),
            "unit": limit.unit,
        }
        if about := sorted((details or {}).get(name, ())):
            checks[name]["about"] = about
    worst = max((LEVELS.index(one["status"]) for one in checks.values()), default=0)
    return {"status": LEVELS[worst], "checks": checks}
