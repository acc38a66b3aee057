from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, clean_context


class HelpdeskTicket(models.Model):
    """Open cases learn of a change of the calendar on which they are counted."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _log_calendar_change(self, version, since, reason):
        """Tell the open cases of a calendar which version of it holds from when on.

        The caller has checked who may do this; the cases need not be theirs to see.

        :param version: of the calendar whose open cases are meant
        :param since: naive UTC, not in the future
        :return: the cases that were told; those that know already are left out
        """
        calendar = version.sudo().calendar_id
        cases = self._find_to_change(calendar, version, since)
        rows = [
            {
                "case_id": case.id,
                "kind": "calendar_changed",
                "at": max(since, case.received_date),
                "user_id": self.env.uid,
                "team_id": case.team_id.id,
                "calendar_version_id": version.id,
                "after": version.display_name,
                "note": reason,
            }
            for case in cases
        ]
        history = self.env["citizen.case.event"].sudo()
        history.with_context(clean_context(self.env.context)).create(rows)
        return cases

    @api.model
    def _get_calendar_domain(self, calendars):
        """Return the domain of open cases counted on calendars, of team or rule."""
        by_rule = [
            ("stop", "=", False),
            "|",
            ("calendar_version_id.calendar_id", "in", calendars.ids),
            ("target_id.rule_id.calendar_id", "in", calendars.ids),
        ]
        return Domain("is_open", "=", True) & (
            Domain("team_id.resource_calendar_id", "in", calendars.ids)
            | Domain("clock_ids", "any", by_rule)
        )

    @api.model
    def _find_to_change(self, calendar, version, since):
        """Return the open cases of a calendar that do not count on a version of it yet.

        :param version: what the calendar says now; empty if no case counts on it
        :param since: naive UTC; from then on they would
        :return: the cases, as superuser
        """
        cases = self.sudo().search(self._get_calendar_domain(calendar), order="id")
        return cases - cases._find_told(calendar, version, since)

    def _find_told(self, calendar, version, since):
        """Return those of the cases that count on a version already, from then on.

        It held at that moment, and no other version of the calendar came after.
        """
        if not self or not version:
            return self.browse()
        self.env["citizen.case.event"].flush_model()
        self.flush_model(["received_date"])
        query = """
            SELECT event.case_id
              FROM (SELECT event.id, event.case_id, event.at, version.id AS version,
                           event.at <= greatest(%(since)s, ticket.received_date)
                           AS before
                      FROM citizen_case_event AS event
                      JOIN helpdesk_ticket AS ticket ON ticket.id = event.case_id
                      JOIN citizen_calendar_version AS version
                        ON version.id = event.calendar_version_id
                       AND version.calendar_id = %(calendar)s
                     WHERE event.case_id IN %(cases)s) AS event
          GROUP BY event.case_id
            HAVING coalesce(bool_and(version = %(version)s) FILTER (WHERE NOT before),
                            true)
               AND coalesce((array_agg(version ORDER BY at DESC, id DESC)
                             FILTER (WHERE before))[1], %(version)s) = %(version)s
        """
        rows = self.env.execute_query(
            SQL(
                query,
                since=since,
                calendar=calendar.id,
                cases=self._ids,
                version=version.id,
            )
        )
        return self.browse(case_id for (case_id,) in rows)
