import logging

from odoo import fields, models

from ...tools.sla_promises import pins
from ...tools.sla_rules import CaseFacts, choose_targets, replaceable
from .instants import to_instant

_logger = logging.getLogger(__name__)

#: Events after which the rules are asked again.
RETYPED = frozenset({"type_changed", "role_changed"})
ASKING = RETYPED | {"received", "routed", "transferred"}


class HelpdeskTicket(models.Model):
    """Choosing what a case is promised; every choice is an event of its history."""

    _inherit = "helpdesk.ticket"

    def _follow_history(self, events):
        """Choose promises anew where the events ask for it, and read the clocks."""
        asking = {}
        for event in events:
            if event.kind in ASKING:
                asking.setdefault(event.case_id, set()).add(event.kind)
        rows = []
        for case, kinds in asking.items():
            rows += case._choose_promises(kinds)
        if rows:
            self.env["citizen.case.event"].sudo()._append(rows)
        self._sync_clocks(events)

    def _choose_promises(self, kinds):
        """Return the events that make and replace promises, after such events."""
        self.ensure_one()
        is_birth = "received" in kinds
        history = [] if is_birth else self._get_logs()[self.id]
        current = {
            (pin.target.kind, pin.target.basis): pin.target
            for pin in pins(history, self.env["citizen.sla.target"]._get_pure_all())
            if pin.until is None
        }
        chosen = self._get_targets()
        change = {
            "retyped": bool(RETYPED & kinds),
            "moved": "transferred" in kinds,
            "first_team": "routed" in kinds,
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
        return choose_targets(self._get_facts(), rules, self._passes_filter)

    def _get_facts(self):
        """Return what rules look at."""
        self.ensure_one()
        case = self.sudo()
        return CaseFacts(
            role=case.role,
            nature=case.nature,
            categories=frozenset(_chain(case.category_id)),
            team=case.team_id.id or 0,
            departments=frozenset(_chain(case.department_id)),
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


def _chain(record):
    """Yield the ids of a record and of all above it."""
    while record:
        yield record.id
        record = record.parent_id
