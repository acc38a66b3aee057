from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools.deadlines import UNITS
from ...tools.sla_promises import BASES, EXTENDED_KINDS, KINDS, STARTS, Target
from ..catalogue.rule_caches import forget_rules

#: Fields that clocks depend on; they are fixed once the rule is in force.
FIXED_FIELDS = frozenset(
    {
        "rule_id",
        "kind",
        "basis",
        "unit",
        "amount",
        "start",
        "pausing_reason_ids",
        "closing_counts",
        "extension_days",
        "extension_count",
        "extension_lead_days",
        "step_ids",
    }
)


class CitizenSlaTarget(models.Model):
    """One promise of a rule: so much time from a start to a kind of end."""

    _name = "citizen.sla.target"
    _description = "SLA Target"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one(
        "citizen.sla.rule", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS,
        string="Promise",
        required=True,
        default="resolve",
        help="What has to happen in time. Answer: an answer is sent to the citizen. "
        "Answer of the department: the same, counted anew for each team that gets the "
        "case. First and next reply: a message to the citizen. Take on or transfer: "
        "the team starts work, or passes the case on.",
    )
    basis = fields.Selection(
        BASES,
        required=True,
        default="service",
        help="Statutory deadline: the law sets it, and only lawful grounds stop it. "
        "Service standard: the city has set it itself.",
    )
    amount = fields.Integer(
        required=True, default=1, help="How much time, in the unit beside."
    )
    unit = fields.Selection(
        UNITS,
        required=True,
        default="statutory_working_days",
        help="Hours and minutes count working time. Days count dates: the four ways "
        "differ in the first day, in weekends and in the hour of the last day.",
    )
    start = fields.Selection(
        STARTS, string="Counted From", required=True, default="received"
    )
    pausing_reason_ids = fields.Many2many(
        "citizen.waiting.reason",
        string="Paused While Waiting For",
        help="The clock stands still while the case waits for one of these reasons. "
        "Statutory deadlines accept lawful grounds only.",
    )
    closing_counts = fields.Boolean(
        string="Closing Keeps It",
        help="The promise is kept by closing the case, without a letter. For services "
        "that are simply done, like emptying a bin. Closing in bulk never counts.",
    )
    extension_count = fields.Integer(
        string="Extensions",
        help="How often the deadline may be extended; 0 for never.",
    )
    extension_days = fields.Integer(
        string="Days at Most", help="How many working days one extension may add."
    )
    extension_lead_days = fields.Integer(
        string="Days the Lead Approves",
        help="Up to so many days the team lead approves, beyond them the department "
        "head.",
    )
    step_ids = fields.One2many(
        "citizen.sla.step", "target_id", string="Warnings and Escalation", copy=True
    )

    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)", "Amount: it cannot be negative."
    )
    _extensions_not_negative = models.Constraint(
        "CHECK (extension_count >= 0 AND extension_days >= 0"
        " AND extension_lead_days >= 0)",
        "Extensions: the numbers cannot be negative.",
    )
    _one_of_a_kind = models.UniqueIndex(
        "(rule_id, kind, basis)",
        "A rule makes each promise once as a statutory deadline and once as a service "
        "standard. Write a second rule for other cases.",
    )

    @api.depends("kind", "amount", "unit")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "unit")
        }
        for target in self:
            target.display_name = self.env._(
                "%(promise)s: %(amount)s × %(unit)s",
                promise=labels["kind"].get(target.kind, ""),
                amount=target.amount,
                unit=labels["unit"].get(target.unit, ""),
            )

    @api.constrains("unit", "amount")
    def _check_amount(self):
        for target in self:
            if target.amount < 1 and target.unit not in ("minutes", "hours"):
                raise ValidationError(
                    self.env._("Amount: a promise in days needs at least 1 day.")
                )

    @api.constrains("basis", "pausing_reason_ids")
    def _check_pausing(self):
        for target in self.filtered(lambda target: target.basis == "statutory"):
            other = target.pausing_reason_ids.filtered(lambda r: not r.is_lawful)
            if other:
                raise ValidationError(
                    self.env._(
                        "Paused While Waiting For: %s is no lawful ground, so it "
                        "cannot stop a statutory deadline.",
                        other[0].name,
                    )
                )

    @api.constrains("kind", "extension_count", "extension_days")
    def _check_extension(self):
        for target in self.filtered("extension_count"):
            if target.kind not in EXTENDED_KINDS:
                raise ValidationError(
                    self.env._("Extensions: only the time for an answer is extended.")
                )
            if not target.extension_days:
                raise ValidationError(
                    self.env._("Days at Most: say how long an extension may be.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets._check_rule_open()
        forget_rules(self.env)
        return targets

    def write(self, vals):
        if FIXED_FIELDS & vals.keys():
            self._check_rule_open()
        result = super().write(vals)
        forget_rules(self.env)
        return result

    def unlink(self):
        self._check_rule_open()
        forget_rules(self.env)
        return super().unlink()

    def _check_rule_open(self):
        """Raise for targets of rules that are in force: cases stand on them."""
        self.rule_id._check_draft()

    def _get_pure(self):
        """Return the target as plain data for ``tools.sla_clock``."""
        self.ensure_one()
        return Target(
            id=self.id,
            kind=self.kind,
            basis=self.basis,
            unit=self.unit,
            amount=self.amount,
            start=self.start,
            calendar=self.rule_id.calendar_id.id or 0,
            pausing=frozenset(self.pausing_reason_ids.ids),
            closing_counts=self.closing_counts,
        )

    @api.model
    @tools.ormcache()
    def _get_pure_all(self):
        """Return all targets as plain data by id; cases stand on old ones too."""
        return {target.id: target._get_pure() for target in self.sudo().search([])}

    @api.model
    @tools.ormcache("target_id")
    def _get_pure_steps(self, target_id):
        """Return the ladder of a target as plain data."""
        return tuple(
            step._get_pure() for step in self.sudo().browse(target_id).step_ids
        )
