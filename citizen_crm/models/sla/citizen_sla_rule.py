from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools.safe_eval import safe_eval

from ...tools.sla_rules import Rule
from ..catalogue.helpdesk_ticket_category import NATURES, ROLES
from .instants import to_instant
from .rule_caches import forget_rules

RULE_STATES = [("draft", "Draft"), ("active", "In force"), ("retired", "Retired")]
#: What a version stays as it is for; the order in which rules are asked may change.
FREE_FIELDS = frozenset({"name", "sequence", "active"})
#: What the system notes itself, when a version is made, begins or ends.
OWN_FIELDS = frozenset(
    {"family", "version", "state", "valid_to", "activated_by_id", "retired_by_id"}
)


class CitizenSlaRule(models.Model):
    """One version of an SLA rule: for which cases, and what is promised.

    A version in force is never changed: a change is a new version, and a case keeps
    the version that was in force when it was received. For each promise the first rule
    in the list that holds for a case decides.
    """

    _name = "citizen.sla.rule"
    _description = "SLA Rule"
    _order = "sequence, family, version desc, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Rules are asked in this order; the first that holds decides."
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        RULE_STATES, default="draft", required=True, readonly=True, copy=False
    )
    family = fields.Integer(
        readonly=True,
        copy=False,
        index=True,
        help="Number that all versions of a rule share.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    valid_from = fields.Datetime(
        string="In Force From",
        copy=False,
        help="Cases received from then on. Empty: from the activation on.",
    )
    valid_to = fields.Datetime(string="In Force Until", readonly=True, copy=False)
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
        string="Further Filter",
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

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self.filtered("domain"):
            try:
                self.env["helpdesk.ticket"].search(rule._get_domain(), limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "Further Filter: it does not work on cases (%s). Choose the "
                        "fields with the editor.",
                        error,
                    )
                ) from error

    def _get_domain(self):
        """Return the further filter as a domain; raises whatever is wrong with it."""
        return safe_eval(
            self.domain or "[]",
            {"uid": self.env.uid, "context_today": fields.Date.today},
        )

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
        for vals in vals_list:
            self._check_own_fields(vals)
        rules = super().create(vals_list)
        for rule in rules.filtered(lambda rule: not rule.family):
            rule.sudo().family = rule.id
        forget_rules(self.env)
        return rules

    def write(self, vals):
        self._check_own_fields(vals)
        if vals.keys() - FREE_FIELDS - OWN_FIELDS:
            self._check_draft()
        result = super().write(vals)
        forget_rules(self.env)
        return result

    @api.model
    def _check_own_fields(self, vals):
        """Raise when somebody says what only the buttons of a rule say."""
        own = sorted(OWN_FIELDS & vals.keys())
        if own and not self.env.su:
            raise UserError(
                self.env._(
                    "%s: the system notes it itself. Use the buttons of the rule.",
                    self._fields[own[0]]._description_string(self.env),
                )
            )

    def _check_draft(self):
        fixed = self.filtered(lambda rule: rule.state != "draft")
        if fixed:
            raise UserError(
                self.env._(
                    "%s is or was in force, and cases stand on it. Make a new version "
                    "to change it.",
                    fixed[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if self.filtered(lambda rule: rule.state != "draft"):
            raise UserError(
                self.env._("Only drafts can be deleted. Retire the rule instead.")
            )
        forget_rules(self.env)

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
            if rule.state != "draft":
                raise UserError(self.env._("%s is not a draft.", rule.display_name))
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
            rule.valid_from = since
            rule.sudo().write({"state": "active", "activated_by_id": self.env.uid})
        return True

    def action_retire(self):
        """End rules; open cases keep what they were promised."""
        self.check_access("write")
        in_force = self.filtered(lambda rule: rule.state == "active")
        in_force._end(fields.Datetime.now())
        return True

    def _end(self, at):
        """End versions that are in force; the caller has checked the rights."""
        for rule in self.sudo():
            rule.write(
                {
                    "state": "retired",
                    "valid_to": max(at, rule.valid_from or at),
                    "retired_by_id": self.env.uid,
                }
            )

    def _check_ready(self):
        """Raise unless the rule can work: it promises something, on a calendar."""
        self.ensure_one()
        if not self.target_ids:
            raise UserError(
                self.env._("Promises: %s promises nothing yet.", self.display_name)
            )
        if self.calendar_id:
            self.calendar_id._get_version()

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
            has_filter=self.domain not in (False, "", "[]"),
        )
