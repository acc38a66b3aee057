"""Deadlines, shared work and figures against what is known; `make bench` runs it.

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

from table import Line, show

from odoo.tools import config


def main() -> int:
    """Measure, print the table and write the file; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("desk", help="database with citizen_crm")
    parser.add_argument("--oca", required=True, help="with helpdesk_mgmt_sla")
    parser.add_argument(
        "--assign", required=True, help="with helpdesk_mgmt_assign_method"
    )
    parser.add_argument("--requests", type=Path, help="file of open data, New York")
    parser.add_argument("--addons-path", required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.requests and not options.requests.is_file():
        parser.error(f"REQUESTS: there is no file {options.requests}")
    config.parse_config(["--log-level=error", "--addons-path", options.addons_path])
    import assignment_dispatch  # noqa: PLC0415  needs the addons' path
    import assignment_fairness  # noqa: PLC0415
    import assignment_pick  # noqa: PLC0415
    import evaluation_measures  # noqa: PLC0415
    import sla_attach  # noqa: PLC0415
    import sla_deadline  # noqa: PLC0415
    import sla_sweep  # noqa: PLC0415

    lines = show(
        chain(
            assignment_fairness.measure(options.requests),
            assignment_pick.measure(options.assign, options.quick),
            assignment_dispatch.measure(options.assign, options.desk, options.quick),
            sla_attach.measure(options.oca, options.desk, options.quick),
            sla_deadline.measure(options.desk, options.quick),
            sla_sweep.measure(options.desk, options.quick),
            evaluation_measures.measure(options.desk, options.quick),
        )
    )
    save(lines, options)
    return int(not all(line.is_met for line in lines))


def save(lines: Iterable[Line], options: argparse.Namespace) -> None:
    """Write everything that was measured as JSON."""
    document = {
        "command": shlex.join(sys.argv),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "lines": [
            {**asdict(line), "medians": line.medians, "ratio": line.ratio}
            for line in lines
        ],
    }
    options.json.write_text(json.dumps(document, indent=1))
    print(f"Written: {options.json}")


if __name__ == "__main__":
    sys.exit(main())
