from collections import defaultdict
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_datetime

from ...tools.day_spans import day_of, spans

#: What is rolled up.
ROLLUPS = (
    "citizen.case.rollup",
    "citizen.case.rollup.place",
    "citizen.case.rollup.type",
    "citizen.sla.rollup",
)
#: Days that are counted in one transaction.
BATCH = 60
#: The days on which there is something to count, or was.
_DAYS = """
    SELECT DISTINCT (at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
      FROM ({moments}) AS moment (at)
     UNION SELECT day FROM {table}
"""
_MOMENTS = {
    "case": "SELECT received_date FROM helpdesk_ticket UNION ALL"
    " SELECT closed_date FROM helpdesk_ticket WHERE closed_date IS NOT NULL",
    "promise": "SELECT due FROM citizen_sla_clock",
}


class CitizenRollup(models.Model):
    """The daily figures: up to when they are true, and how they are kept so.

    Data flows one way: cases and clocks → marked days → rows of these days. Days are
    counted again by the very statement that the nightly check compares with, so a
    figure is as of the last count or it is told to be wrong.
    """

    _name = "citizen.rollup"
    _description = "State of the Daily Figures"
    _rec_name = "as_of"

    as_of = fields.Datetime(
        readonly=True,
        help="Whatever was done up to then is counted. Empty before the first count.",
    )
    zone = fields.Char(
        string="Time Zone", readonly=True, help="In which days begin and end."
    )
    mark_count = fields.Integer(
        string="Changes to Count",
        compute="_compute_mark_count",
        help="Made since then; their days are counted again within a quarter of an "
        "hour.",
    )

    def _compute_mark_count(self):
        self.mark_count = self.env["citizen.rollup.mark"].sudo().search_count([])

    @api.model
    def _get(self):
        """Return the one record."""
        return self.env.ref("citizen_crm.citizen_rollup").sudo()

    def _tell(self, name):
        """Return a title that says up to when figures are true."""
        if not self.as_of:
            return self.env._("%(figures)s (not counted yet)", figures=name)
        return self.env._(
            "%(figures)s, as of %(time)s",
            figures=name,
            time=format_datetime(self.env, self.as_of, dt_format="short"),
        )

    # ------------------------------------------------------------------ counting
    @api.model
    def _cron_refresh(self):
        """Count the days again that have changed, batch by batch."""
        done, remaining = self._refresh()
        while (
            self.env["ir.cron"]._commit_progress(done, remaining=remaining) > 0
            and remaining
        ):
            done, remaining = self._refresh()

    @api.model
    def _refresh(self, batch=BATCH):
        """Count a batch of changed days again, the newest first.

        The transaction sees changes and marks as of one moment, so what it has no mark
        of is counted already.

        :param batch: how many days at most; all for None
        :return: how many days were counted and how many are still to be
        """
        state = self._get()
        self.env.flush_all()
        if not state.try_lock_for_update():
            # Somebody else is at it.
            return 0, 0
        zone = self._get_zone()
        if state.zone != zone:
            self._mark_all(zone)
            state.zone = zone
        marked = self._get_marked(zone)
        keys = sorted(marked, key=_newest_first)[:batch]
        self._count(zone, keys)
        marks = [mark for key in keys for mark in marked[key]]
        self.env.cr.execute(
            SQL("DELETE FROM citizen_rollup_mark WHERE id = ANY(%s)", marks)
        )
        if len(keys) == len(marked):
            state.as_of = self.env.cr.now().replace(microsecond=0)
        return len(keys), len(marked) - len(keys)

    @api.model
    def _get_zone(self):
        """Return the name of the zone of the city's days, whoever asks."""
        company = self.env["res.company"].sudo().search([], order="id", limit=1)
        return company._get_city_tz()

    @api.model
    def _get_marked(self, zone):
        """Return the days to count again: (subject, day) -> ids of their marks."""
        info = ZoneInfo(zone)
        marked = defaultdict(list)
        query = SQL(
            """
            SELECT subject, at, array_agg(id) FROM citizen_rollup_mark GROUP BY 1, 2
            """
        )
        for subject, at, ids in self.env.execute_query(query):
            marked[subject, at and day_of(at, info)] += ids
        return marked

    @api.model
    def _count(self, zone, keys):
        """Count days again.

        :param keys: list of (subject, day)
        """
        for name in ROLLUPS:
            rows = self.env[name].sudo()
            days = [day for subject, day in keys if subject == rows._subject]
            if days:
                dated = spans((day for day in days if day), ZoneInfo(zone))
                rows._count_days(zone, days, dated)

    # ------------------------------------------------------------------ from scratch
    def action_rebuild(self):
        """Have all days counted again by the job, at once."""
        self._check_admin()
        self._mark_all(self._get_zone())
        self.env.ref("citizen_crm.ir_cron_refresh_rollups").sudo()._trigger()

    @api.model
    def _check_admin(self):
        if not self.env.user.has_group("citizen_crm.group_catalogue_admin"):
            raise AccessError(
                self.env._("Only catalogue administrators have figures counted again.")
            )

    @api.model
    def _mark_all(self, zone):
        """Mark every day on which there is something to count, or was."""
        for name in ROLLUPS:
            rows = self.env[name]
            days = _DAYS.format(moments=_MOMENTS[rows._subject], table=rows._table)
            self.env.cr.execute(
                SQL(
                    f"""
                    INSERT INTO citizen_rollup_mark (subject, at)
                    SELECT %(subject)s,
                           (day + time '12:00') AT TIME ZONE %(zone)s
                           AT TIME ZONE 'UTC'
                      FROM ({days}) AS day
                    """,  # noqa: S608  constants of this file
                    subject=rows._subject,
                    zone=zone,
                )
            )


def _newest_first(key):
    """Order days: what has no date, then from the last day on."""
    _subject, day = key
    return day is not None, -day.toordinal() if day else 0
