from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.safe_eval import safe_eval

from .rule_caches import forget_rules

RULE_STATES = [("draft", "Draft"), ("active", "In force"), ("retired", "Retired")]


class CitizenRuleMixin(models.AbstractModel):
    """A rule in versions: a draft is changed, what is or was in force never is.

    The model that takes this says when a version begins and which one it follows.
    """

    _name = "citizen.rule.mixin"
    _description = "Rule in Versions"

    #: What may be written whatever the state.
    _free_fields = frozenset()
    #: What the system notes itself, when a version is made, begins or ends.
    _own_fields = frozenset(
        {"version", "state", "valid_to", "activated_by_id", "retired_by_id"}
    )

    state = fields.Selection(
        RULE_STATES, default="draft", required=True, readonly=True, copy=False
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    valid_from = fields.Datetime(string="In Force From", copy=False)
    valid_to = fields.Datetime(string="In Force Until", readonly=True, copy=False)
    activated_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    retired_by_id = fields.Many2one(
        "res.users",
        string="Ended By",
        readonly=True,
        copy=False,
        help="Who retired it, or activated the version after it.",
    )
    domain = fields.Char(
        string="Further Filter", help="For what the fields above cannot say."
    )

    # ----------------------------------------------------------------- filter
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

    def _has_filter(self):
        """Tell whether the further filter says anything."""
        return self.domain not in (False, "", "[]")

    # --------------------------------------------------------------- versions
    @api.model_create_multi
    def create(self, vals_list):
        defaults = {f"default_{name}": name for name in self._own_fields}
        said = defaults.keys() & self.env.context.keys()
        for vals in [dict.fromkeys(map(defaults.get, said)), *vals_list]:
            self._check_own_fields(vals)
        rules = super().create(self._complete_versions(vals_list))
        forget_rules(self.env)
        return rules

    @api.model
    def _complete_versions(self, vals_list):
        """Return values with what the system notes itself when a version is made."""
        return vals_list

    def write(self, vals):
        self._check_own_fields(vals)
        if vals.keys() - self._free_fields - self._own_fields:
            self._check_draft()
        result = super().write(vals)
        forget_rules(self.env)
        return result

    @api.model
    def _check_own_fields(self, vals):
        """Raise when somebody says what only the buttons of a rule say."""
        own = sorted(self._own_fields & vals.keys())
        if own and not self.env.su:
            raise UserError(
                self.env._(
                    "%s: the system notes it itself. Use the buttons of the rule.",
                    self._fields[own[0]]._description_string(self.env),
                )
            )

    def _check_draft(self):
        """Raise unless all are drafts."""
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

    def _check_ready(self):
        """Raise unless the rule is a draft that can work."""
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("%s is not a draft.", self.display_name))

    def _begin(self, at):
        """Put a draft into force; the caller has checked the rights and the draft."""
        self.ensure_one()
        self.sudo().write(
            {"state": "active", "valid_from": at, "activated_by_id": self.env.uid}
        )

    def action_retire(self):
        """End rules that are in force; what was done by them stays."""
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
        # Before another one begins: only one is in force at any time.
        self.flush_recordset(["state"])
