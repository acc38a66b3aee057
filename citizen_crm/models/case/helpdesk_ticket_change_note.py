from odoo import fields, models

from ...tools.case_events import stage_seconds
from .helpdesk_ticket_history import TOLD_FIELDS


class HelpdeskTicket(models.Model):
    """What the conversation notes of a change: what the history does not tell.

    The history says who moved, gave or passed on a case, and when, and cannot be
    changed. A message of the same would be a second word for it, and most of what a
    long conversation holds.
    """

    _inherit = "helpdesk.ticket"

    def _track_prepare(self, fields_iter):
        """Leave out what nobody has answered: a note would say nothing of it.

        Answers are noted where another type takes them away; to tell what they were
        takes the questions of the type.
        """
        # Of those that the user may read: a resident reads no properties.
        names = self._track_get_fields().intersection(fields_iter)
        for name in names & {"answers", "properties"}:
            if not any(case[name]._values for case in self):
                names.remove(name)
        return super()._track_prepare(names)

    def _mail_track(self, tracked_fields, initial_values):
        """Note no value that the history tells, unless a message tells followers."""
        changed = {
            name
            for name in TOLD_FIELDS & tracked_fields.keys() & initial_values.keys()
            if self[name] != initial_values[name]
        }
        if not changed or self._is_change_announced(changed, initial_values):
            return super()._mail_track(tracked_fields, initial_values)
        untold = {
            name: described
            for name, described in tracked_fields.items()
            if name not in changed
        }
        noted, notes = super()._mail_track(untold, initial_values)
        return noted | changed, notes

    def _is_change_announced(self, changed, initial_values):
        """Return whether another module has something to say of the change."""
        texts = self.env.cr.precommit.data.get(f"mail.tracking.message.{self._name}")
        return bool(
            self.id in (texts or ())
            or self._track_subtype({name: initial_values[name] for name in changed})
        )

    def _compute_duration_tracking(self):
        """Read the time in each stage off the history, which imported cases have."""
        steps = {case_id: [] for case_id in self._origin.ids}
        events = self.env["citizen.case.event"].sudo()
        for event in events.search_fetch(
            [("case_id", "in", list(steps))], ["case_id", "at", "stage_id"]
        ):
            steps[event.case_id.id].append((event.at, event.stage_id.id or 0))
        now = fields.Datetime.now()
        for case in self:
            case.duration_tracking = stage_seconds(
                steps.get(case._origin.id, []), case.stage_id.id, now
            )
