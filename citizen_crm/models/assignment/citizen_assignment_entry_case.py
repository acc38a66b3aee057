from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.duty_ledger import FULL_TIME, explain


class CitizenAssignmentEntry(models.Model):
    """From an entry to its case, and what a charge tells to whom it is about."""

    _inherit = "citizen.assignment.entry"

    # Stored, so that leads can add it up.
    effort = fields.Float(store=True)

    def action_open_case(self):
        """Open the case of the entry; a ledger says less than its cases."""
        self.ensure_one()
        self.check_access("read")
        case = self.sudo().case_id.sudo(False)
        if not case or not case.with_context(active_test=False).has_access("read"):
            raise UserError(
                self.env._(
                    "Case %s: you may not see this case. The ledger shows what was "
                    "charged for it, and no more.",
                    self.case_number or "–",
                )
            )
        return case.get_formview_action()

    # -------------------------------------------------------------------- words
    def _tell_charge(self):
        """Return a charge in words and numbers, checked against the ledger."""
        self.ensure_one()
        labels = dict(self._fields["method"]._description_selection(self.env))
        return {
            "id": self.id,
            "explanation": self.explanation,
            "at": self.at.isoformat(),
            "points": self._tell_points(self.points).lstrip("+"),
            "method": self.method or "",
            "method_label": labels.get(self.method, ""),
            "is_mine": self.employee_id.user_id == self.env.user,
            "rule": self.rule_id.display_name if self.rule_id else "",
            "neighbours": self._tell_neighbours(),
            "excluded": self._tell_exclusions(),
            **self._tell_replay(),
        }

    def _tell_neighbours(self):
        """Return the balances for full time of who was eligible, without names."""
        eligible = [
            who for who in self._get_pure_decision().candidates if not who.exclusion
        ]
        return [
            {
                "balance": self._tell_points(who.key),
                "is_own": who.id == self.employee_id.id,
                "part_time": round(100 * who.full_time / FULL_TIME)
                if who.id == self.employee_id.id and who.full_time != FULL_TIME
                else 0,
            }
            for who in sorted(
                eligible, key=lambda who: (who.key, who.id != self.employee_id.id)
            )
        ]

    def _tell_exclusions(self):
        """Return in words how many colleagues could not get the case, by reason."""
        words = self._get_exclusion_words()
        found = explain(self._get_pure_decision())
        return [words[code] % count for code, count in found.excluded]

    def _tell_replay(self):
        """Return the balance before and after, and whether the choice is confirmed."""
        if not self.number or self.problem:
            return {"replay": "pending", "before": "", "after": ""}
        ledger = self.team_id._replay(before=self.number)
        replayed = self._replay_decision(ledger)
        before = ledger.balance(self.employee_id.id)
        ledger.post(self._get_pure())
        state = "equal" if replayed == self._get_pure_decision() else "differs"
        if state == "equal" and (self.method == "manual" or self.kind == "opening"):
            state = "manual"
        return {
            "replay": state,
            "before": self._tell_points(before),
            "after": self._tell_points(ledger.balance(self.employee_id.id)),
        }

    @api.model
    def _get_exclusion_labels(self):
        """Return why somebody could not get a case, by the key of the reason."""
        return {
            "away": self.env._("Not on duty"),
            "leaving": self.env._("Last day before leave"),
            "skill": self.env._("A skill is missing"),
            "language": self.env._("The language is missing"),
            "clearance": self.env._("No clearance"),
            "recused": self.env._("Recused"),
            "earlier": self.env._("Handled it before the review"),
            "objection": self.env._("Objected to the case"),
            "cap": self.env._("At the cap of open effort"),
        }
