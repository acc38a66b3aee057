from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.lru import LRU

from ...tools.calendar_definition import from_definition, get_digest
from ...tools.working_time import Timetable

#: For how many years from 1 January on a timetable is compiled.
HORIZON_YEARS = 12
#: Timetables kept in a process; each takes about one megabyte.
KEPT_TIMETABLES = 96


class CitizenCalendarVersion(models.Model):
    """What a working calendar said at a time. Immutable, for everybody.

    A clock counts on the version that it is pinned to, so a promise can be replayed
    and explained years later, whatever has become of the calendar since. Versions are
    made by ``resource.calendar._get_version``; one content has one version, also when
    a calendar returns to it.
    """

    _name = "citizen.calendar.version"
    _description = "Version of a Working Calendar"
    _order = "calendar_id, number desc"

    calendar_id = fields.Many2one(
        "resource.calendar", required=True, index=True, ondelete="restrict"
    )
    number = fields.Integer(required=True, aggregator=None)
    definition = fields.Text(
        required=True,
        help="Time zone, weekly pattern, holidays, special days and leaves, as JSON.",
    )
    digest = fields.Char(
        required=True, help="SHA-256 of the definition: one version for one content."
    )

    _digest_unique = models.UniqueIndex(
        "(calendar_id, digest)", "This content of the calendar has a version already."
    )
    _number_unique = models.UniqueIndex(
        "(calendar_id, number)", "The versions of a calendar have different numbers."
    )

    @api.depends("calendar_id", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(calendar)s, version %(number)s",
                calendar=version.sudo().calendar_id.name,
                number=version.number,
            )

    # ------------------------------------------------------------------ CRUD
    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._(
                "A version of a calendar cannot be changed; a change of the "
                "calendar makes a new one."
            )
        )

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete versions.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("A version of a calendar cannot be deleted."))

    @api.model
    def _find_or_create(self, calendar_id, definition):
        """Return the version of a calendar with this content, as superuser.

        Of two transactions that create the same one, the later waits for the earlier
        and is then told by the database to begin again; Odoo repeats it by itself.
        """
        digest = get_digest(definition)
        version = self.sudo()._find(calendar_id, digest)
        if version:
            return version
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO citizen_calendar_version
                       (calendar_id, number, definition, digest,
                        create_uid, create_date, write_uid, write_date)
                SELECT %(calendar)s, coalesce(max(number), 0) + 1, %(definition)s,
                       %(digest)s, %(user)s, %(now)s, %(user)s, %(now)s
                  FROM citizen_calendar_version WHERE calendar_id = %(calendar)s
                    ON CONFLICT DO NOTHING
                """,
                calendar=calendar_id,
                definition=definition,
                digest=digest,
                user=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env["resource.calendar"].invalidate_model(["version_ids"])
        return self.sudo()._find(calendar_id, digest)

    @api.model
    def _find(self, calendar_id, digest):
        domain = [("calendar_id", "=", calendar_id), ("digest", "=", digest)]
        return self.search(domain, limit=1)

    # -------------------------------------------------------------- business
    def _get_timetable(self, year):
        """Return the timetable from 1 January ``year`` on, for ``HORIZON_YEARS``.

        Compiled once in a process; versions never change, so nothing is invalidated.
        """
        self.ensure_one()
        kept = self._get_kept_timetables()
        try:
            return kept[self.id, year]
        except KeyError:
            table = kept[self.id, year] = Timetable(
                from_definition(self.sudo().definition),
                date(year, 1, 1),
                date(year + HORIZON_YEARS - 1, 12, 31),
            )
            return table

    def _get_kept_timetables(self):
        """Return the compiled timetables of this database, by version and year.

        They live with its registry: a database restored under a known name has none.
        """
        registry = self.pool
        try:
            return registry._citizen_timetables
        except AttributeError:
            return vars(registry).setdefault(
                "_citizen_timetables", LRU(KEPT_TIMETABLES)
            )
