from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.sla_clock import Step
from ..catalogue.rule_caches import forget_rules

TRIGGERS = [
    ("percent", "% of the time has passed"),
    ("before", "working hours before the deadline"),
    ("after", "working hours after the deadline"),
]
RECIPIENTS = [
    ("handler", "Handler"),
    ("lead", "Team lead"),
    ("head", "Department head"),
    ("oversight", "Oversight"),
]


class CitizenSlaStep(models.Model):
    """A rung of a target's ladder: when somebody is told that time runs out."""

    _name = "citizen.sla.step"
    _description = "SLA Warning or Escalation"
    _order = "target_id, sequence, id"

    target_id = fields.Many2one(
        "citizen.sla.target", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    amount = fields.Float(string="At", required=True, default=75, digits=(7, 2))
    trigger = fields.Selection(TRIGGERS, required=True, default="percent")
    recipient = fields.Selection(
        RECIPIENTS,
        required=True,
        default="handler",
        help="Where nobody has this role for the case, or the person may not see it, "
        "the next one above is told.",
    )
    by_activity = fields.Boolean(
        string="Activity", default=True, help="Puts a task into the person's list."
    )
    by_mail = fields.Boolean(string="E-mail")

    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)", "At: it cannot be negative."
    )

    @api.depends("amount", "trigger", "recipient")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("trigger", "recipient")
        }
        for step in self:
            step.display_name = self.env._(
                "%(amount)g %(when)s: %(who)s",
                amount=step.amount,
                when=labels["trigger"].get(step.trigger, ""),
                who=labels["recipient"].get(step.recipient, ""),
            )

    @api.constrains("by_activity", "by_mail")
    def _check_way(self):
        for step in self:
            if not step.by_activity and not step.by_mail:
                raise ValidationError(
                    self.env._("Activity, E-mail: choose at least one of them.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.target_id._check_rule_open()
        forget_rules(self.env)
        return steps

    def write(self, vals):
        self.target_id._check_rule_open()
        result = super().write(vals)
        forget_rules(self.env)
        return result

    def unlink(self):
        self.target_id._check_rule_open()
        forget_rules(self.env)
        return super().unlink()

    def _get_pure(self):
        """Return the step as plain data for ``tools.sla_clock``."""
        self.ensure_one()
        is_share = self.trigger == "percent"
        amount = self.amount if is_share else self.amount * 3600
        return Step(self.id, self.trigger, round(amount))
