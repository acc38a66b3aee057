from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ...tools import open_data

# First half of the advisory lock's number: keeps it apart from other programs' locks.
_LOCK_SPACE = crc32(b"citizen.import.source") - 2**31


class CitizenImportSource(models.Model):
    """A system that cases are imported from, with the layout of its files.

    The layout is data: to import the files of another city, write another layout
    (see the manual) and make a source of it.
    """

    _name = "citizen.import.source"
    _description = "Import Source"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Short name of the source. Codes of what it creates begin with it.",
    )
    mapping = fields.Text(
        string="Layout",
        required=True,
        help="Which column means what, as JSON. The manual describes the entries.",
    )
    timezone = fields.Selection(
        _tz_get,
        string="Time Zone",
        help="Of the times in the files. Empty: as the layout says.",
    )
    active = fields.Boolean(default=True)
    run_ids = fields.One2many("citizen.import.run", "source_id", string="Imports")
    value_ids = fields.One2many(
        "citizen.import.value",
        "source_id",
        string="Values",
        help="What the values of the files stand for here. Change a line to send "
        "future cases elsewhere.",
    )
    case_count = fields.Integer(compute="_compute_case_count", string="Cases")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "This code is already used by another import source."
    )

    def _compute_case_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]
            .with_context(active_test=False)
            ._read_group([("source_id", "in", self.ids)], ["source_id"], ["__count"])
        )
        for source in self:
            source.case_count = counts.get(source, 0)

    @api.constrains("mapping", "timezone")
    def _check_mapping(self):
        for source in self:
            try:
                source._get_layout()
            except open_data.LayoutError as error:
                raise ValidationError(
                    self._explain(error.reasons, self.env._("The layout is wrong:"))
                ) from error

    def action_view_cases(self):
        """Show the cases that came from this source."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "helpdesk.ticket",
            "view_mode": "list,kanban,form,pivot,graph",
            "domain": [("source_id", "=", self.id)],
            "context": {"active_test": False, "create": False},
        }

    def _get_layout(self) -> open_data.Layout:
        """Return the layout.

        :raise open_data.LayoutError: naming everything that is wrong with it
        """
        self.ensure_one()
        return open_data.Layout.from_json(self.mapping, self.timezone or "")

    @api.model
    def _find(
        self, code_or_path: str
    ) -> tuple["CitizenImportSource", open_data.Layout]:
        """Find a source by its code, or by the layout file that describes it.

        A layout file counts as it stands now, even if the source has an older one.

        :return: the source (empty if the file's is not here yet) and the layout
        :raise open_data.OpenDataError: when the layout is wrong
        :raise UserError: when there is no such source and no such file
        """
        source = self.search([("code", "=", code_or_path)])
        if source:
            return source, source._get_layout()
        try:
            text = Path(code_or_path).read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise UserError(
                self.env._(
                    "There is no import source %(code)s, and no layout file of that "
                    "name. Known are: %(codes)s",
                    code=code_or_path,
                    codes=", ".join(self.search([], limit=50).mapped("code")) or "-",
                )
            ) from error
        layout = open_data.Layout.from_json(text)
        return self.search([("code", "=", layout.code)]), layout

    @api.model
    def _find_or_create(
        self, code_or_path: str
    ) -> tuple["CitizenImportSource", open_data.Layout]:
        """The same; keep the layout of a file in its source, new or not."""
        source, layout = self._find(code_or_path)
        if source and source.code == code_or_path:
            return source, layout
        mapping = Path(code_or_path).read_text(encoding="utf-8")
        if source:
            source.mapping = mapping
            return source, source._get_layout()
        vals = {"code": layout.code, "name": layout.name, "mapping": mapping}
        return self.create(vals), layout

    @api.model
    def _explain(self, reasons: Iterable[open_data.Reason], title: str = "") -> str:
        """Write reasons of the reader in the user's language, one a line."""
        lines = [self.env._(reason.text, **reason.values) for reason in reasons]
        return "\n".join([title, *lines] if title else lines)

    @contextmanager
    def _lock(self):
        """Hold the source for one import; batches of it may commit meanwhile.

        The lock lives on a connection of its own: it must outlive the commits, and
        go with the process if that is killed.

        :raise UserError: when another import of the source is at work
        """
        self.ensure_one()
        key = (_LOCK_SPACE, self.id)
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
            (locked,) = cr.fetchone()
            # No transaction is left open while the import runs. This cursor is our
            # own and has written nothing. pylint: disable-next=invalid-commit
            cr.commit()
            if not locked:
                raise UserError(
                    self.env._(
                        "Another import from %s is running. Wait until it is done.",
                        self.name,
                    )
                )
            try:
                yield
            finally:
                cr.execute("SELECT pg_advisory_unlock(%s, %s)", key)
