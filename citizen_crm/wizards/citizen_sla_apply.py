from odoo import api, fields, models
from odoo.exceptions import UserError


class CitizenSlaApply(models.TransientModel):
    """Give open cases the promises of the rules as they are now, with a reason."""

    _name = "citizen.sla.apply"
    _description = "Apply Rules to Open Cases"

    scope = fields.Selection(
        [
            ("rule", "One rule, in the version in force"),
            ("all", "All rules in force"),
            ("problems", "Cases whose deadline could not be computed"),
        ],
        required=True,
        default="rule",
    )
    rule_id = fields.Many2one(
        "citizen.sla.rule",
        domain=[("state", "=", "active")],
        help="Open cases that this rule is for get the promises of this version.",
    )
    reason = fields.Text(
        required=True,
        help="The history of each case keeps it. Say who has decided it, and why.",
    )
    open_count = fields.Integer(string="Cases Looked At", compute="_compute_counts")
    change_count = fields.Integer(string="Cases That Change", compute="_compute_counts")
    missed_count = fields.Integer(
        string="Promises Left Missed",
        compute="_compute_counts",
        help="Promises that are missed already. They stay missed.",
    )

    @api.depends("scope", "rule_id")
    def _compute_counts(self):
        for wizard in self:
            cases = wizard._get_cases()
            wizard.open_count = len(cases)
            wizard.change_count = wizard.missed_count = 0
            if wizard.scope == "problems":
                wizard.change_count = len(cases)
            elif cases:
                _plan, tally = cases._plan_promises(
                    by_receipt=False, family=wizard._get_family()
                )
                wizard.change_count = tally["changed"]
                wizard.missed_count = tally["missed"]

    def _get_family(self):
        return self.rule_id.family if self.scope == "rule" else None

    def _get_cases(self):
        """Return the cases that are looked at; nobody has to be able to open them."""
        if self.scope == "rule" and not self.rule_id:
            return self.env["helpdesk.ticket"]
        domain = [("is_open", "=", True)]
        if self.scope == "problems":
            domain.append(("sla_problem", "!=", False))
        cases = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        return cases.search(domain, order="id")

    def action_apply(self):
        """Ask the rules again and tell the history of each case why."""
        self.ensure_one()
        self.env["citizen.sla.rule"].check_access("write")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why open cases are changed."))
        if self.scope == "rule" and not self.rule_id:
            raise UserError(self.env._("Rule: choose the rule to be applied."))
        cases = self._get_cases()
        if self.scope == "problems":
            left = cases._recompute_promises(reason)
            return self._tell(
                self.env._(
                    "%(count)s cases were looked at, %(left)s still have a problem.",
                    count=len(cases),
                    left=len(left),
                )
            )
        plan, tally = cases._plan_promises(by_receipt=False, family=self._get_family())
        cases._apply_promises(plan, reason)
        return self._tell(
            self.env._(
                "%(count)s cases were changed; %(missed)s promises were missed already "
                "and stay as they are.",
                count=tally["changed"],
                missed=tally["missed"],
            )
        )

    def _tell(self, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
