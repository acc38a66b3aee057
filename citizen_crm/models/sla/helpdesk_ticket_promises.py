import logging

from odoo import fields, models

from ...tools.sla_clock import MOVES
from ...tools.sla_promises import MESSAGE_KINDS, pins
from ...tools.sla_rules import CaseFacts, choose_targets, replaceable
from .instants import to_instant

_logger = logging.getLogger(__name__)

#: Events after which the rules are asked again.
RETYPED = frozenset({"type_changed", "role_changed"})
ASKING = RETYPED | {"received", "confirmed", "routed", "transferred"}
#: Events after which the calendars are noted that the case has not been told of.
NOTING = RETYPED | {"reopened"}


class HelpdeskTicket(models.Model):
    """Choosing what a case is promised; every choice is an event of its history."""

    _inherit = "helpdesk.ticket"

    def _follow_history(self, events):
        """Choose promises anew where the events ask for it, and read the clocks."""
        told = {}
        promised = events.filtered(lambda event: event.kind == "promised").case_id
        for event in events:
            if event.kind in ASKING | NOTING and event.case_id not in promised:
                told.setdefault(event.case_id, set()).add(event.kind)
        known = self.browse(
            case.id for case, kinds in told.items() if "received" not in kinds
        )
        logs = known._get_logs()
        rows = []
        for case, kinds in told.items():
            log = logs[case.id]
            if NOTING & kinds and log:
                rows += case._note_calendars(kinds, log)
            if ASKING & kinds:
                rows += case._choose_promises(kinds, log)
        if rows:
            self.env["citizen.case.event"].sudo()._append(rows)
        self._sync_clocks(events)

    def _choose_promises(self, kinds, log):
        """Return the events that make and replace promises, after such events.

        :param log: the history so far, empty for a case that was just registered
        """
        self.ensure_one()
        is_birth = "received" in kinds
        current = {
            (target.kind, target.basis): target for target in self._get_promised(log)
        }
        chosen = self._get_targets()
        change = {
            "retyped": bool(RETYPED & kinds),
            "moved": bool({"routed", "transferred"} & kinds),
            "first_team": "routed" in kinds and _had_no_team(log),
        }
        at = (
            self.received_date
            if is_birth
            else max(fields.Datetime.now(), self.received_date)
        )
        rows = []
        for key in {**current, **chosen}:
            old, new = current.get(key), chosen.get(key)
            if old == new or (old and not replaceable(key[0], **change)):
                continue
            if old:
                rows.append(self._prepare_promise("unpromised", old, at))
            if new:
                rows.append(self._prepare_promise("promised", new, at))
        return rows

    def _get_promised(self, log):
        """Return the targets that hold now."""
        targets = self.env["citizen.sla.target"]._get_pure_all()
        return [pin.target for pin in pins(log, targets) if pin.until is None]

    def _note_calendars(self, kinds, log):
        """Return the events that tell which calendars hold from now on.

        A case that has ended is told of no change of a calendar, and one that was
        taken over from a helpdesk knows none.
        """
        self.ensure_one()
        known = {entry.calendar: entry.table for entry in log if entry.table}
        versions = self.env["citizen.calendar.version"]
        if not known:
            versions |= self._get_calendar_version(self.team_id)
        if "reopened" in kinds:
            own = {target.calendar for target in self._get_promised(log)} - {0}
            for calendar in self.env["resource.calendar"].sudo().browse(own):
                versions |= self._get_usable_version(calendar)
        return [
            {
                "case_id": self.id,
                "kind": "calendar_changed",
                "at": max(fields.Datetime.now(), self.received_date),
                "team_id": self.team_id.id,
                "calendar_version_id": version.id,
                "after": version.display_name,
            }
            for version in versions
            if known.get(version.calendar_id.id) != version.id
        ]

    def _prepare_promise(self, kind, target, at):
        values = {
            "case_id": self.id,
            "kind": kind,
            "at": at,
            "target_id": target.id,
            "team_id": self.team_id.id,
            "assignee_id": self.user_id.id,
            "stage_id": self.stage_id.id,
        }
        if target.calendar and kind == "promised":
            calendar = self.env["resource.calendar"].sudo().browse(target.calendar)
            values["calendar_version_id"] = self._get_usable_version(calendar).id
        return values

    def _get_targets(self):
        """Return what the rules promise to the case now, by kind and basis."""
        self.ensure_one()
        rules = self.env["citizen.sla.rule"]._get_pure_rules()
        chosen = choose_targets(self._get_facts(rules), rules, self._passes_filter)
        if self._can_be_told():
            return chosen
        return {
            key: target for key, target in chosen.items() if key[0] not in MESSAGE_KINDS
        }

    def _get_facts(self, rules=None):
        """Return what rules look at.

        :param rules: departments are left out where none of these asks for one
        """
        self.ensure_one()
        case = self.sudo()
        asks = rules is None or any(rule.departments for rule in rules)
        return CaseFacts(
            role=case.role,
            nature=case.nature,
            categories=frozenset(_chain(case.category_id)),
            team=case.team_id.id or 0,
            departments=frozenset(_chain(case.department_id) if asks else ()),
            priority=case.priority or "",
            channel=case.channel_id.id or 0,
            tags=frozenset(case.tag_ids.ids),
            company=case.company_id.id or 0,
            received=to_instant(case.received_date),
        )

    def _passes_filter(self, rule_id):
        """Tell whether the case passes a rule's further filter.

        A filter that does not work must not keep a case from being registered: the
        rule is left out and the case is flagged.
        """
        rule = self.env["citizen.sla.rule"].sudo().browse(rule_id)
        try:
            return bool(self.sudo().filtered_domain(rule._get_domain()))
        except Exception:
            _logger.info("The filter of SLA rule %s does not work", rule_id)
            self.sudo().sla_problem = self.env._(
                "Further Filter of the rule %s: it does not work.", rule.display_name
            )
            return False


def _had_no_team(log):
    """Tell whether the team that a case has now is its first."""
    teams = [entry.team for entry in log if entry.kind in MOVES and entry.team]
    return len(teams) < 2


def _chain(record):
    """Yield the ids of a record and of all above it."""
    while record:
        yield record.id
        record = record.parent_id
