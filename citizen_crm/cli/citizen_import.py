"""``odoo citizen_import``: import an open-data file of 311 requests.

Odoo loads this file alone, as ``odoo.cli.citizen_import``, when the addon is not
there yet; what it needs of the addon is imported when the command runs.
"""
# A command speaks on the terminal. pylint: disable=print-used

import argparse
import sys
from contextlib import contextmanager
from pathlib import Path

from psycopg2 import OperationalError

from odoo import api
from odoo.cli.command import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

EXIT_REFUSED = 2
"""The file, the layout or the request cannot be used; nothing was written."""
EXIT_INTERRUPTED = 130


class CitizenImport(Command):
    """Import an open-data file of 311 requests as cases.

    A second import of the same file changes nothing. An import that was
    interrupted is started again with the same command and goes on where it
    stopped. Rows that cannot be taken over are written to a file of their own.
    """

    name = "citizen_import"

    def run(self, args):
        """Run the command; the exit code tells scripts what happened."""
        options = self._options(args)
        settings = ["--no-http", "--log-level", "warn", "-d", options.database]
        if options.config:
            settings += ["-c", options.config]
        config.parse_config(settings, setup_logging=True)
        try:
            with open(options.file, "rb") as stream, _environment(options) as env:
                _run(env, stream, options)
        except UserError as error:
            print(error.args[0], file=sys.stderr)
            sys.exit(EXIT_REFUSED)
        except OSError as error:
            where = error.filename or options.file
            print(f"{where}: {error.strerror}", file=sys.stderr)
            sys.exit(EXIT_REFUSED)
        except OperationalError as error:
            print(f"Database {options.database}: {error}".strip(), file=sys.stderr)
            sys.exit(EXIT_REFUSED)
        except KeyboardInterrupt:
            print("\nInterrupted; the same command goes on where this one stopped.")
            sys.exit(EXIT_INTERRUPTED)

    def _options(self, args) -> argparse.Namespace:
        add = self.parser.add_argument
        add("--csv", dest="file", type=Path, required=True, help="the file to import")
        add("-d", "--database", required=True)
        add("-c", "--config", help="Odoo's configuration file")
        add(
            "-l",
            "--layout",
            default="nyc_311",
            help="code of an import source, or a layout file (default: %(default)s)",
        )
        add("-u", "--user", default="admin", help="login of who imports")
        add("-n", "--dry-run", action="store_true", help="check only, write nothing")
        add(
            "-r",
            "--rejects",
            type=Path,
            help="file for the rejected rows (default: beside the CSV file)",
        )
        return self.parser.parse_args(args)


def _run(env: api.Environment, stream, options: argparse.Namespace) -> None:
    """Hand over to the addon, which can be imported now."""
    # There is no addon relative to odoo.cli:
    # pylint: disable=odoo-addons-relative-import
    from odoo.addons.citizen_crm.models.importer import command_line  # noqa: PLC0415

    command_line.run(env, stream, options)


@contextmanager
def _environment(options: argparse.Namespace):
    """Yield an environment of the user who imports; a check cannot write at all."""
    registry = Registry(options.database)
    with registry.cursor(readonly=options.dry_run) as cr:
        if options.dry_run:
            cr.execute("SET TRANSACTION READ ONLY")
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        if "citizen.import.run" not in env:
            sys.exit(f"Citizen Desk is not installed in {options.database}.")
        user = env["res.users"].search([("login", "=", options.user)])
        if not user:
            sys.exit(f"There is no user {options.user!r} (--user).")
        context = env["res.users"].with_user(user).context_get()
        yield api.Environment(cr, user.id, dict(context))
        registry.signal_changes()
