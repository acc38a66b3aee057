from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...tools.sla_rules import Rule
from ..catalogue.citizen_rule_mixin import CitizenRuleMixin
from ..catalogue.helpdesk_ticket_category import NATURES, ROLES
from .instants import to_instant


class CitizenSlaRule(models.Model):
    """One version of an SLA rule: for which cases, and what is promised.

    A version in force is never changed: a change is a new version, and a case keeps
    the version that was in force when it was received. For each promise the first rule
    in the list that holds for a case decides.
    """

    _name = "citizen.sla.rule"
    _inherit = ["citizen.rule.mixin"]
    _description = "SLA Rule"
    _order = "sequence, family, version desc, id"
    #: Besides the name, the order in which rules are asked may change.
    _free_fields = frozenset({"name", "sequence", "active"})
    _own_fields = CitizenRuleMixin._own_fields | {"family"}

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Rules are asked in this order; the first that holds decides."
    )
    active = fields.Boolean(default=True)
    family = fields.Integer(
        readonly=True,
        copy=False,
        index=True,
        help="Number that all versions of a rule share.",
    )
    valid_from = fields.Datetime(
        help="Cases received from then on. Empty: from the activation on."
    )
    company_id = fields.Many2one(
        "res.company", help="Only cases of this company; empty for all."
    )
    role = fields.Selection(ROLES, help="Empty for both.")
    nature = fields.Selection(NATURES, help="Empty for all.")
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Service Types",
        help="With everything below them in the catalogue. Empty for all.",
    )
    department_ids = fields.Many2many(
        "hr.department",
        string="Departments",
        help="With everything below them. Empty for all.",
    )
    team_ids = fields.Many2many(
        "helpdesk.ticket.team", string="Teams", help="Empty for all."
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        help="Empty for all.",
    )
    channel_ids = fields.Many2many(
        "helpdesk.ticket.channel", string="Channels", help="Empty for all."
    )
    tag_ids = fields.Many2many(
        "helpdesk.ticket.tag", string="Tags", help="Any of these. Empty for all."
    )
    domain = fields.Char(
        help="For what the fields above cannot say. A rule whose filter does not work "
        "is left out, and the cases are flagged.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        help="Empty: the calendar of the team that has the case.",
    )
    target_ids = fields.One2many(
        "citizen.sla.target", "rule_id", string="Promises", copy=True
    )

    _family_version = models.UniqueIndex("(family, version) WHERE family != 0")

    # --------------------------------------------------------------- versions
    @api.depends("name", "version", "state")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = (
                self.env._("%(name)s (version %(version)s)", **rule._get_title())
                if rule.name
                else self.env._("New Rule")
            )

    def _get_title(self):
        return {"name": self.name, "version": self.version}

    @api.constrains("active", "state")
    def _check_archived(self):
        hidden = self.filtered(lambda rule: rule.state == "active" and not rule.active)
        if hidden:
            raise ValidationError(
                self.env._(
                    "Active: %s is in force. Retire it before you archive it.",
                    hidden[0].display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        for rule in rules.filtered(lambda rule: not rule.family):
            rule.sudo().family = rule.id
        return rules

    def action_new_version(self):
        """Open a draft with the same content, to be changed and activated."""
        self.ensure_one()
        self.check_access("write")
        draft = self.search([("family", "=", self.family), ("state", "=", "draft")])
        if not draft:
            versions = self.with_context(active_test=False).search(
                [("family", "=", self.family)]
            )
            draft = self.copy({"name": self.name})
            draft.sudo().write(
                {
                    "family": self.family,
                    "version": max(versions.mapped("version")) + 1,
                    "sequence": self.sequence,
                }
            )
        return draft[:1].get_formview_action()

    def action_activate(self):
        """Put drafts into force; the version before ends where they begin."""
        self.check_access("write")
        now = fields.Datetime.now()
        for rule in self:
            rule._check_ready()
            since = rule.valid_from or now
            before = self.search(
                [("family", "=", rule.family), ("state", "=", "active")]
            )
            if before.valid_from and since <= before.valid_from:
                raise UserError(
                    self.env._(
                        "In Force From: the version before began on %s; this one must "
                        "begin later.",
                        before.valid_from,
                    )
                )
            before._end(since)
            rule._begin(since)
        return True

    def _check_ready(self):
        """Raise unless the rule can work: it promises something, on a calendar."""
        checked = super()._check_ready()
        if not self.target_ids:
            raise UserError(
                self.env._("Promises: %s promises nothing yet.", self.display_name)
            )
        if self.calendar_id:
            self.calendar_id._get_version()
        return checked

    # ------------------------------------------------------------------- pure
    @api.model
    @tools.ormcache()
    def _get_pure_rules(self):
        """Return all rules that are or were in force, in the order of asking."""
        every = self.sudo().with_context(active_test=False)
        rules = every.search([("state", "in", ("active", "retired"))])
        return tuple(rule._get_pure() for rule in rules)

    def _get_pure(self):
        """Return the rule as plain data for ``tools.sla_rules``."""
        self.ensure_one()
        return Rule(
            id=self.id,
            targets=tuple(target._get_pure() for target in self.target_ids),
            role=self.role or "",
            nature=self.nature or "",
            categories=frozenset(self.category_ids.ids),
            teams=frozenset(self.team_ids.ids),
            departments=frozenset(self.department_ids.ids),
            priority=self.priority or "",
            channels=frozenset(self.channel_ids.ids),
            tags=frozenset(self.tag_ids.ids),
            company=self.company_id.id or 0,
            since=to_instant(self.valid_from) if self.valid_from else 0,
            until=to_instant(self.valid_to) if self.valid_to else None,
            has_filter=self._has_filter(),
        )
