from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ...tools.authority import REMEDIES, Limits, Scope
from ..catalogue.citizen_rule_mixin import CitizenRuleMixin
from ..catalogue.helpdesk_ticket_category import ROLES


class CitizenAuthority(models.Model):
    """One version of what the front line settles by itself, up to which limit.

    It is given for cases: by team, service type and role, to everybody who handles
    them. It never looks at who the person is. What is or was in force never changes,
    since uses stand on it; a change is a new version.
    """

    _name = "citizen.authority"
    _inherit = ["citizen.rule.mixin"]
    _description = "First-Level Authority"
    _order = "sequence, family, version desc, id"
    _own_fields = CitizenRuleMixin._own_fields | {"family", "valid_from"}
    _free_fields = frozenset({"sequence"})

    name = fields.Char(
        string="Remedy", required=True, translate=True, help="As handlers choose it."
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        REMEDIES, required=True, default="refund", help="What the person gets."
    )
    explanation = fields.Text(
        string="When It May Be Used",
        translate=True,
        help="For which situations it is meant, and what handlers have to look at.",
    )
    sentence = fields.Text(
        string="What the Person Reads",
        translate=True,
        help="One plain sentence for the reply. {amount} stands for the amount.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_limit = fields.Monetary(
        string="Front Line Up To",
        default=0.0,
        help="How much is given in a case without sign-off, all uses together. 0: no "
        "money is given.",
    )
    lead_limit = fields.Monetary(
        string="Team Lead Up To",
        default=0.0,
        help="What is more in a case is decided by the head of the department.",
    )
    case_limit = fields.Integer(
        string="Uses in a Case",
        default=1,
        help="So often it is used in one case without sign-off; 0 for any number.",
    )
    person_limit = fields.Integer(
        string="Uses for a Person in 12 Months",
        help="So often the same person gets it without sign-off, whoever it is; 0 for "
        "any number.",
    )
    role = fields.Selection(
        ROLES, string="Role of the Case", help="Empty: for cases of both roles."
    )
    team_ids = fields.Many2many(
        "helpdesk.ticket.team",
        string="Teams",
        help="Who handles their cases may use it, and those of teams below them. "
        "Empty: all teams.",
    )
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Service Types",
        help="With everything below them in the catalogue. Empty: all service types.",
    )
    last_day = fields.Date(
        string="Given Until", help="Last day on which it is used; empty: without end."
    )
    valid_from = fields.Datetime(readonly=True)
    family = fields.Integer(
        string="Versions Of",
        readonly=True,
        copy=False,
        help="All versions of an authority have this number in common.",
    )
    use_count = fields.Integer(
        string="Uses",
        compute="_compute_use_count",
        help="How often this version was used, in cases that you may see.",
    )

    _limits_range = models.Constraint(
        "CHECK (amount_limit >= 0 AND lead_limit >= amount_limit)",
        "Team Lead Up To: at least what the front line gives, and nothing below 0.",
    )
    _counts_range = models.Constraint(
        "CHECK (case_limit >= 0 AND person_limit >= 0)",
        "Uses: 0 or more.",
    )
    _looks_at_no_person = models.Constraint(
        "CHECK (domain IS NULL)",
        "Further Filter: an authority looks at role, team and service type alone.",
    )
    _one_in_force = models.UniqueIndex(
        "(family) WHERE state = 'active' AND family != 0",
        "Another version of this authority has just been put into force.",
    )
    _family_version = models.UniqueIndex("(family, version) WHERE family != 0")

    @api.depends("name", "version")
    def _compute_display_name(self):
        for authority in self:
            authority.display_name = authority.name or self.env._("New Authority")

    @api.depends_context("uid")
    def _compute_use_count(self):
        counts = dict(
            self.env["citizen.authority.use"]._read_group(
                [("authority_id", "in", self.ids)], ["authority_id"], ["__count"]
            )
        )
        for authority in self:
            authority.use_count = counts.get(authority._origin, 0)

    # --------------------------------------------------------------- versions
    @api.model_create_multi
    def create(self, vals_list):
        authorities = super().create(vals_list)
        for authority in authorities.filtered(lambda one: not one.family):
            authority.sudo().family = authority.id
        return authorities

    def action_new_version(self):
        """Open a draft with the same content, to be changed and activated."""
        self.ensure_one()
        self.check_access("write")
        family = [("family", "=", self.family)]
        draft = self.search([*family, ("state", "=", "draft")], limit=1)
        if not draft:
            last = max(self.search(family).mapped("version"))
            draft = self.copy()
            draft.sudo().write({"family": self.family, "version": last + 1})
        return draft.get_formview_action()

    def action_activate(self):
        """Put drafts into force; the version before ends."""
        self.check_access("write")
        now = fields.Datetime.now()
        for authority in self:
            authority._check_ready()
            before = [("family", "=", authority.family), ("state", "=", "active")]
            self.search(before)._end(now)
            authority._begin(now)
        return True

    def _check_ready(self):
        """Raise unless people can use it."""
        checked = super()._check_ready()
        if self.last_day and self.last_day < self._get_today():
            raise UserError(
                self.env._(
                    "Given Until: %s is over.", fields.Date.to_string(self.last_day)
                )
            )
        return checked

    def action_view_uses(self):
        """Open the uses of this version, in cases that the user may see."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_authority_use_action"
        )
        return {**action, "domain": [("authority_id", "=", self.id)], "context": {}}

    # -------------------------------------------------------------- the rules
    @api.model
    def _get_today(self):
        """Return the day that it is in the city."""
        tz = self.env.company._get_city_tz()
        return fields.Date.context_today(self.with_context(tz=tz))

    @api.model
    @tools.ormcache()
    def _get_book(self):
        """Return what is in force: tuples ``(id, company id, last day, scope)``."""
        in_force = self.sudo().search([("state", "=", "active")])
        return tuple(
            (
                authority.id,
                authority.company_id.id,
                authority.last_day,
                Scope(
                    role=authority.role or "",
                    teams=frozenset(authority.team_ids.ids),
                    categories=frozenset(authority.category_ids.ids),
                ),
            )
            for authority in in_force
        )

    def _get_limits(self):
        """Return the limits as ``tools.authority`` looks at them."""
        self.ensure_one()
        return Limits(
            amount=self._count_units(self.amount_limit),
            lead_amount=self._count_units(self.lead_limit),
            per_case=self.case_limit,
            per_person=self.person_limit,
        )

    def _count_units(self, amount):
        """Return an amount in the smallest units of the currency."""
        return round(amount / self.currency_id.rounding)

    def _gives_money(self):
        self.ensure_one()
        return bool(self.amount_limit or self.lead_limit)

    def _get_sentence(self, amount):
        """Return what the person reads, in the language of the context."""
        self.ensure_one()
        shown = self.currency_id.format(amount) if amount else ""
        text = self.sentence or self.name
        if amount and "{amount}" not in text:
            return f"{text} ({shown})"
        return text.replace("{amount}", shown)
