"""Deadlines, shared work, figures, reading and growth; `make bench`.

Each line compares two ways in turn, so that a busy machine slows both, and shows the
medians and the median of the ratios. The databases are left as they were.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import sys
from collections.abc import Iterable
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from city_table import Reading, to_json
from table import Line, show

from odoo.tools import config


def main() -> int:
    """Measure, print the table and write the file; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("desk", help="database with citizen_crm")
    parser.add_argument("--oca", help="with helpdesk_mgmt_sla")
    parser.add_argument("--assign", help="with helpdesk_mgmt_assign_method")
    parser.add_argument("--requests", type=Path, help="file of open data, New York")
    parser.add_argument(
        "--city",
        action="append",
        nargs=3,
        default=[],
        metavar=("CASES", "BASE", "DESK"),
        help="databases of a city, see city.py",
    )
    parser.add_argument("--only-city", action="store_true", help="nothing but cities")
    parser.add_argument("--addons-path", required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.requests and not options.requests.is_file():
        parser.error(f"REQUESTS: there is no file {options.requests}")
    config.parse_config(["--log-level=error", "--addons-path", options.addons_path])
    lines = [] if options.only_city else compare(options)
    readings = read(options)
    lines += grow(options)
    save(lines, readings, options)
    met = [line.is_met for line in lines] + [not r.missed for r in readings]
    return int(not all(met))


def compare(options: argparse.Namespace) -> list[Line]:
    """Compare deadlines, shared work and figures with what is known."""
    import assignment_balances  # noqa: PLC0415
    import assignment_dispatch  # noqa: PLC0415
    import assignment_fairness  # noqa: PLC0415
    import assignment_pick  # noqa: PLC0415
    import assignment_workers  # noqa: PLC0415  needs the addons' path
    import evaluation_measures  # noqa: PLC0415
    import sla_attach  # noqa: PLC0415
    import sla_deadline  # noqa: PLC0415
    import sla_sweep  # noqa: PLC0415

    return show(
        chain(
            assignment_fairness.measure(options.requests),
            assignment_pick.measure(options.assign, options.quick),
            assignment_dispatch.measure(options.assign, options.desk, options.quick),
            assignment_workers.measure(options.assign, options.desk, options.quick),
            assignment_balances.measure(options.desk, options.quick),
            sla_attach.measure(options.oca, options.desk, options.quick),
            sla_deadline.measure(options.desk, options.quick),
            sla_sweep.measure(options.desk, options.quick),
            evaluation_measures.measure(options.desk, options.quick),
        )
    )


def read(options: argparse.Namespace) -> list[Reading]:
    """Measure what reading and filing cost in the cities."""
    import city_reading  # noqa: PLC0415

    cities = {int(cases): (base, desk) for cases, base, desk in options.city}
    return city_reading.measure(cities) if cities else []


def grow(options: argparse.Namespace) -> list[Line]:
    """Measure what a case of the largest city takes, and reading all clocks again."""
    import city_clocks  # noqa: PLC0415
    import city_growth  # noqa: PLC0415

    cities = {int(cases): (base, desk) for cases, base, desk in options.city}
    if not cities:
        return []
    # Clocks come last: what they undo stays on the disk, and would be weighed.
    return show(
        chain(
            city_growth.measure(cities, options.quick),
            city_clocks.measure(cities, options.quick),
        )
    )


def save(
    lines: Iterable[Line], readings: list[Reading], options: argparse.Namespace
) -> None:
    """Write everything that was measured as JSON."""
    document = {
        "command": shlex.join(sys.argv),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "lines": [
            {**asdict(line), "medians": line.medians, "ratio": line.ratio}
            for line in lines
        ],
        "city": list(to_json(readings)),
    }
    options.json.write_text(json.dumps(document, indent=1))
    print(f"Written: {options.json}")


if __name__ == "__main__":
    sys.exit(main())
