from array import array
from datetime import UTC, datetime
from itertools import groupby

from odoo import api, models
from odoo.tools import SQL

from ...tools.case_events import ENDED
from ...tools.working_time import WorkingTimeError

#: Events that put a case into somebody's hands, and that take it out of them.
TAKEN, LEFT = ("assigned", "in_work"), ("unassigned",)
#: Events with which work goes on, and with which it stops.
GOES_ON = ("received", "resumed", "in_work", "reopened")
STOPS = ("waiting", "answered", *sorted(ENDED))
#: Events that pin the calendar of the team that has the case.
PINNED = ("routed", "transferred", "unrouted")
#: Rows fetched at a time; a year of a large city has millions.
BATCH = 20_000

#: A row for each time in which a closed case was in hand, and one for a case that never
#: was. The highest of "number of the event, and what it says" is what was said last.
IN_HAND = """
    WITH done AS (
        SELECT id, category_id, closed_date FROM helpdesk_ticket
         WHERE phase = 'closed' AND category_id IS NOT NULL AND duplicate_id IS NULL
           AND closed_date >= %(since)s AND closed_date < %(until)s
           AND (company_id IS NULL OR company_id IN %(companies)s)
    ), told AS (
        SELECT done.id AS case_id, event.id, event.at,
               coalesce(lead(event.at) OVER log,
                        greatest(event.at, done.closed_date)) AS until,
               coalesce(lead(event.in_bulk) OVER log, false) AS in_bulk,
               row_number() OVER log AS number,
               CASE WHEN kind IN %(taken)s THEN 1 WHEN kind IN %(left)s THEN 0
               END AS held,
               CASE WHEN kind IN %(goes_on)s THEN 1 WHEN kind IN %(stops)s THEN 0
               END AS going,
               calendar_version_id AS version
          FROM done JOIN citizen_case_event AS event ON event.case_id = done.id
         WHERE kind IN %(kinds)s
        WINDOW log AS (PARTITION BY done.id ORDER BY event.at, event.id)
    ), stood AS (
        SELECT case_id, at, until, in_bulk,
               max(number * 2 + held) OVER log %% 2 AS held,
               max(number * 2 + going) OVER log %% 2 AS going,
               (max(number << 32 | version) OVER log) & 4294967295 AS version
          FROM told
        WINDOW log AS (PARTITION BY case_id ORDER BY at, id)
    )
    SELECT done.category_id, done.id, version, in_bulk,
           extract(epoch FROM at)::bigint, extract(epoch FROM until)::bigint
      FROM done
 LEFT JOIN stood ON stood.case_id = done.id AND held = 1 AND coalesce(going, 1) = 1
  ORDER BY done.id
"""


class HelpdeskTicket(models.Model):
    """How long closed cases were in somebody's hands, for figures of service types."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _read_times_in_hand(self, since, until):
        """Return the working seconds in hand of cases closed in ``[since, until)``.

        From the moment that somebody has the case, to the answer or the closing;
        without the times in which it waited for the citizen or nobody had it, on the
        calendar of the team that had it. For whoever may read figures of all cases;
        the caller has checked that.

        Not measured are cases that nobody ever had, and those that were closed in
        bulk while in hand. Cases joined to another one are left out.

        :return: ``{category id: (number of cases, seconds of those measured)}``
        """
        found, tables = {}, {}
        rows = self._fetch_times_in_hand(since, until)
        # Odoo's groupby would hold a year of rows; these come case by case.
        # pylint: disable-next=bad-builtin-groupby
        for (category_id, _case_id), spans in groupby(rows, lambda row: row[:2]):
            cases, seconds = found.get(category_id, (0, array("q")))
            worked = self._sum_work([span[2:] for span in spans], tables)
            if worked is not None:
                seconds.append(worked)
            found[category_id] = cases + 1, seconds
        return found

    @api.model
    def _fetch_times_in_hand(self, since, until):
        """Yield the rows of ``IN_HAND``; one statement, fetched in batches."""
        self.flush_model()
        self.env["citizen.case.event"].flush_model()
        cr = self.env.cr
        query = SQL(
            IN_HAND,
            since=since,
            until=until,
            companies=tuple(self.env.companies.ids),
            taken=TAKEN,
            left=LEFT,
            goes_on=GOES_ON,
            stops=STOPS,
            kinds=(*TAKEN, *LEFT, *GOES_ON, *STOPS, *PINNED),
        )
        cr.execute(SQL("DECLARE times_in_hand NO SCROLL CURSOR FOR %s", query))
        while True:
            cr.execute(SQL("FETCH %s FROM times_in_hand", BATCH))
            rows = cr.fetchall()
            yield from rows
            if len(rows) < BATCH:
                break
        cr.execute(SQL("CLOSE times_in_hand"))

    @api.model
    def _sum_work(self, spans, tables):
        """Return the working seconds of a case's times in hand, None if not measured.

        :param spans: ``(calendar version, ended in bulk, from, to)`` of each
        :param tables: timetables by version and year; what was missing is put into it
        """
        worked = 0
        for version_id, in_bulk, start, end in spans:
            if start is None or in_bulk:
                return None
            # A day earlier: the year begins by the clock of the calendar.
            key = version_id, datetime.fromtimestamp(start - 86400, UTC).year
            try:
                if key not in tables:
                    tables[key] = self._get_table_in_hand(*key)
                worked += tables[key].work_between(start, end)
            except WorkingTimeError:
                return None
        return worked

    @api.model
    def _get_table_in_hand(self, version_id, year):
        """Return the timetable of a calendar version, the company's for none."""
        version = self.env["citizen.calendar.version"].sudo().browse(version_id or ())
        if not version:
            calendar = self.env.company.sudo().resource_calendar_id
            version = calendar and calendar._get_version()
        if not version:
            raise WorkingTimeError("The company has no working calendar.")
        return version._get_timetable(year)
