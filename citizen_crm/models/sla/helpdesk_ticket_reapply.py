from collections import Counter

from odoo import api, fields, models

from ...tools.sla_promises import pins
from ...tools.sla_rules import choose_targets
from .instants import to_instant

#: Cases that are looked at together.
BATCH = 500


class HelpdeskTicket(models.Model):
    """Asking the rules again for cases that have their promises already.

    Only an administrator does this, with a reason that the history keeps. What is
    missed stays missed: its promise is neither replaced nor made again.
    """

    _inherit = "helpdesk.ticket"

    def _plan_promises(self, *, by_receipt, family=None):
        """Return what asking the rules again would change.

        :param by_receipt: the rules in force at receipt, else those in force now
        :param family: only promises that a version of this rule makes or made
        :return: pairs of the events to append by case, and a count of what is kept
            since it is missed
        """
        targets = self.env["citizen.sla.target"]._get_pure_all()
        rules = self.env["citizen.sla.rule"]._get_pure_rules()
        ours = self.env["citizen.sla.rule"]._get_family_targets(family)
        plan, tally = {}, Counter()
        for start in range(0, len(self), BATCH):
            cases = self[start : start + BATCH].sudo()
            logs = cases._get_logs()
            for case in cases:
                current = {
                    (pin.target.kind, pin.target.basis): pin.target
                    for pin in pins(logs[case.id], targets)
                    if pin.until is None
                }
                facts = case._get_facts()
                if not by_receipt:
                    facts = facts._replace(received=to_instant(fields.Datetime.now()))
                chosen = choose_targets(facts, rules, case._passes_filter)
                states = case._get_states(logs[case.id])
                rows = case._plan_case(current, chosen, states, ours, tally)
                if rows:
                    plan[case] = rows
        tally["changed"] = len(plan)
        return plan, tally

    def _get_states(self, log):
        """Return the state of the last clock of each promise."""
        return {
            (reading.target.kind, reading.target.basis): reading.state
            for reading in self._read_clocks(log)
        }

    def _plan_case(self, current, chosen, states, ours, tally):
        """Return the events that give a case the promises chosen for it."""
        at = max(fields.Datetime.now(), self.received_date)
        rows = []
        for key in {**current, **chosen}:
            old, new, state = current.get(key), chosen.get(key), states.get(key)
            is_same = old == new and state != "undetermined"
            is_ours = ours is None or {t.id for t in (old, new) if t} & ours
            if is_same or not is_ours:
                continue
            if state == "missed":
                tally["missed"] += 1
                continue
            if old:
                rows.append(self._prepare_promise("unpromised", old, at))
            if new:
                rows.append(self._prepare_promise("promised", new, at))
        return rows

    @api.model
    def _apply_promises(self, plan, reason):
        """Append the planned events, with the reason, and read the clocks."""
        rows = [
            {**row, "note": reason, "user_id": self.env.uid}
            for case_rows in plan.values()
            for row in case_rows
        ]
        if rows:
            self.env["citizen.case.event"].sudo()._append(rows)
        self.browse(case.id for case in plan).sudo()._sync_clocks()

    # ---------------------------------------------------------- deadline problems
    def _recompute_promises(self, reason):
        """Ask the rules again for cases whose deadline could not be computed.

        :return: the cases that still have a problem
        """
        cases = self.sudo()
        cases.sla_problem = False
        cases._give_calendar(reason)
        plan, _tally = cases._plan_promises(by_receipt=True)
        # Those without a change are read again too: a calendar may work since.
        self._apply_promises({case: plan.get(case, ()) for case in cases}, reason)
        return cases.filtered("sla_problem")

    def _give_calendar(self, reason):
        """Tell cases that were registered without a usable calendar of one."""
        logs = self._get_logs()
        for case in self:
            if any(entry.table and not entry.target for entry in logs[case.id]):
                continue
            version = case._get_calendar_version(case.team_id)
            if version:
                self.env["citizen.case.event"]._append(
                    [
                        {
                            "case_id": case.id,
                            "kind": "calendar_changed",
                            "at": case.received_date,
                            "user_id": self.env.uid,
                            "team_id": case.team_id.id,
                            "calendar_version_id": version.id,
                            "after": version.display_name,
                            "note": reason,
                        }
                    ]
                )


class CitizenSlaRule(models.Model):
    _inherit = "citizen.sla.rule"

    @api.model
    def _get_family_targets(self, family):
        """Return the ids of all promises of a rule's versions, None for all rules."""
        if not family:
            return None
        rules = self.sudo().with_context(active_test=False)
        return set(rules.search([("family", "=", family)]).target_ids.ids)
