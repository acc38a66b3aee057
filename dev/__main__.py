"""Command line of the set-up tool: `python3 -m dev COMMAND`, see `make help`."""

import sys

# Written so that an old Python can read it and say what is wrong.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "This project needs Python 3.11 or newer; %s is %d.%d.\n"  # noqa: UP031
        "  -> Install a newer Python 3 (Debian 12 has 3.11) and name it: "
        "make run PYTHON=/path/to/python3.12"
        % ((sys.executable,) + sys.version_info[:2])
    )

from .commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
