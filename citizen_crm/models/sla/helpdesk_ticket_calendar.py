from odoo import api, models
from odoo.fields import Domain
from odoo.tools import clean_context


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
        domain = self._get_calendar_domain(version.sudo().calendar_id)
        cases = self.sudo().search(domain, order="id")
        cases -= cases._find_told(version, since)
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

    def _find_told(self, version, since):
        """Return those of the cases whose last change was to this version, by then."""
        last = {}
        events = self.env["citizen.case.event"].search_fetch(
            [("case_id", "in", self.ids), ("kind", "=", "calendar_changed")],
            ["case_id", "at", "calendar_version_id"],
            order="at, id",
        )
        for event in events:
            last[event.case_id] = event
        return self.browse(
            case.id
            for case, event in last.items()
            if event.calendar_version_id == version
            and event.at <= max(since, case.received_date)
        )
