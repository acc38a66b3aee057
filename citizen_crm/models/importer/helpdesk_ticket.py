from collections.abc import Iterable
from datetime import datetime

from markupsafe import Markup

from odoo import api, fields, models

from ...tools.open_data import (
    CaseRecord,
    Event,
    Update,
    fingerprint,
    history_of,
    interim_note,
    phase_events,
)
from ..case.helpdesk_ticket_history import _OWN_HISTORY


class HelpdeskTicket(models.Model):
    """A case that came from an open-data file: its key there, and what it said."""

    _inherit = "helpdesk.ticket"

    source_id = fields.Many2one(
        "citizen.import.source",
        string="Imported From",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The system the case came from. Empty for a case registered here.",
    )
    source_key = fields.Char(
        string="Key at the Source",
        readonly=True,
        copy=False,
        help="The case's number in the system it came from.",
    )
    source_facts = fields.Char(
        readonly=True,
        copy=False,
        prefetch=False,
        help="Fingerprint of what the source said last, to see what changed there.",
    )

    _source_key_unique = models.UniqueIndex(
        "(source_id, source_key) WHERE source_id IS NOT NULL",
        "A case with this key was already imported from this source.",
    )

    @api.model
    def _create_from_source(self, source, records, targets, file_name):
        """Register the cases of new rows, with the history the file tells.

        :param records: list of :class:`CaseRecord`
        :param dict targets: ``(kind, key)`` of the catalogue values to record ids
        """
        return self._create_backdated(
            [
                (
                    self._prepare_source_values(source, record, targets),
                    self._prepare_source_events(
                        record,
                        [*history_of(record), self._imported(record, file_name)],
                        targets["department", record.department.key],
                    ),
                )
                for record in records
            ]
        )

    @api.model
    def _prepare_source_values(self, source, record: CaseRecord, targets):
        """Return the values of one new case."""
        team_id = targets["department", record.department.key]
        channel = record.channel
        history = history_of(record)
        return {
            "name": record.title,
            "description": _description(record),
            "role": record.role,
            "nature": record.nature,
            "category_id": targets["service_type", record.service_type.key],
            "team_id": team_id,
            "district_id": targets.get(("district", record.district_key), False),
            "channel_id": channel and targets["channel", channel.key],
            "place": record.place,
            "place_latitude": record.latitude,
            "place_longitude": record.longitude,
            "stage_id": self._get_source_stage_id(team_id, record.phase),
            "received_date": record.received,
            "due_date": record.due,
            "answered_date": _answered(history),
            "closed_date": record.closed,
            "last_stage_update": history[-1].at,
            "source_id": source.id,
            "source_key": record.key,
            "source_facts": fingerprint(record),
        }

    def _update_from_source(self, record: CaseRecord, update: Update, file_name):
        """Take over what a changed row may change in this case, with its history."""
        self.ensure_one()
        vals = {"source_facts": update.fingerprint}
        events = [self._imported(record, file_name)]
        if update.take_due:
            vals["due_date"] = record.due
        if update.phase:
            vals["stage_id"] = self._get_source_stage_id(self.team_id.id, update.phase)
            events = [*phase_events(record), *events]
        case = self.with_context(tracking_disable=True, case_history=_OWN_HISTORY)
        case.write(vals)
        if update.phase:
            # Apart from the stage, whose change sets these dates to now.
            case.write(
                {
                    "last_stage_update": events[0].at,
                    "closed_date": record.closed,
                    "answered_date": _answered(events) or self.answered_date,
                }
            )
        self.env["citizen.case.event"].sudo().create(
            [
                {**values, "case_id": self.id}
                for values in self._prepare_source_events(
                    record, events, self.team_id.id
                )
            ]
        )

    @api.model
    def _prepare_source_events(self, record, events, team_id):
        """Return the values of events; "imported" is what we do, so it has a user."""
        return [
            {
                "kind": event.kind,
                "at": event.at,
                "note": event.note,
                "team_id": False if event.kind == "received" else team_id,
                "stage_id": self._get_source_stage_id(
                    team_id,
                    record.phase if event.kind == "imported" else event.kind,
                ),
                "user_id": self.env.uid if event.kind == "imported" else False,
            }
            for event in events
        ]

    @api.model
    def _imported(self, record: CaseRecord, file_name) -> Event:
        """Return the event that says where the case, or its change, comes from."""
        note = self.env._(
            "File %(file)s, line %(line)s; number there %(key)s, status %(status)s.",
            file=file_name,
            line=record.line,
            key=record.key,
            status=record.status,
        )
        said = interim_note(record)
        return Event(
            "imported", fields.Datetime.now(), f"{note}\n{said}" if said else note
        )

    @api.model
    def _get_source_stage_id(self, team_id, phase):
        Stage = self.env["helpdesk.ticket.stage"]
        return Stage._get_id_for_phase(team_id, self.env.company.id, phase)

    def _log_changes(self, before):
        """Write no history of our own where the source's own is taken over."""
        if self.env.context.get("case_history") is _OWN_HISTORY:
            return None
        return super()._log_changes(before)


def _answered(events: Iterable[Event]) -> datetime | None:
    """The time of the answer in a history, if there is one."""
    return next((event.at for event in events if event.kind == "answered"), None)


def _description(record: CaseRecord) -> Markup:
    """List what the file says besides; the title where it says nothing."""
    if not record.details:
        return Markup("<p>%s</p>") % record.title
    return Markup("<ul>%s</ul>") % Markup().join(
        Markup("<li>%s: %s</li>") % detail for detail in record.details
    )
