import logging

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...tools.duty_ledger import MILLI
from ..catalogue.citizen_rule_mixin import CitizenRuleMixin
from ..catalogue.helpdesk_ticket_category import ROLES

_logger = logging.getLogger(__name__)

RULE_METHODS = [
    ("ledger", "By the duty ledger"),
    ("manual", "By hand"),
]


class CitizenAssignmentRule(models.Model):
    """One version of how a team shares its work.

    A version in force is never changed: a change is a new version, and every entry of
    the ledger names the version by which it was made. A team keeps a ledger from its
    first version on, also when it goes back to giving work by hand.
    """

    _name = "citizen.assignment.rule"
    _inherit = ["citizen.rule.mixin"]
    _description = "Assignment Rule"
    _order = "team_id, version desc, id desc"
    _own_fields = CitizenRuleMixin._own_fields | {"valid_from"}

    team_id = fields.Many2one(
        "helpdesk.ticket.team", required=True, index=True, ondelete="restrict"
    )
    valid_from = fields.Datetime(readonly=True)
    method = fields.Selection(
        RULE_METHODS,
        default="ledger",
        required=True,
        help="By the duty ledger: the desk gives each case to whoever has had least of "
        "the own share. By hand: people give cases, and the ledger shows how the work "
        "is shared.",
    )
    cap_points = fields.Float(
        string="Cap of Open Effort",
        default=12.0,
        digits=(8, 3),
        help="Effort points of open cases that a full-time employee has at most; "
        "part-timers in proportion. Whoever is at the cap gets nothing until "
        "something is finished. About a day to a day and a half of work; 0 for no cap.",
    )
    slack_points = fields.Float(
        string="Continuity Slack",
        default=3.0,
        digits=(8, 3),
        help="Effort points by which an earlier handler of a case may be above the "
        "lowest balance and still gets the case again; 0 to never prefer them.",
    )
    match_language = fields.Boolean(
        string="Answer in the Person's Language",
        default=True,
        help="Only who answers in the language of the person gets the case, if anybody "
        "in the team does.",
    )
    wind_down_days = fields.Integer(
        string="Wind-Down Before Leave",
        default=1,
        help="Working days before a planned leave on which nothing new is given, and "
        "nothing owed.",
    )
    long_leave_days = fields.Integer(
        string="For Leaves From",
        default=3,
        help="Working days of leave from which the wind-down holds.",
    )
    return_days = fields.Integer(
        string="Return Cases When Away",
        default=1,
        help="Working days of absence from which cases that were not begun go back "
        "to the queue, and those begun to the lead's list; 0 for never.",
    )
    alert_hours = fields.Float(
        string="Tell the Lead After",
        default=4.0,
        help="Working hours that a case may wait for somebody before the lead is told; "
        "0 for never.",
    )
    objection_days = fields.Integer(
        string="Decide on Objections Within",
        default=5,
        help="Working days in which the lead decides on an objection of an employee.",
    )
    role = fields.Selection(ROLES, help="Empty for both.")
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Service Types",
        help="With everything below them in the catalogue. Empty for all. Other cases "
        "are given by hand, and charged alike.",
    )
    domain = fields.Char(
        help="For what the fields above cannot say. Cases outside wait to be given by "
        "hand.",
    )

    _cap_range = models.Constraint(
        "CHECK (cap_points >= 0)", "Cap of Open Effort: 0 or more points."
    )
    _slack_range = models.Constraint(
        "CHECK (slack_points >= 0)", "Continuity Slack: 0 or more points."
    )
    _days_range = models.Constraint(
        "CHECK (wind_down_days BETWEEN 0 AND 10 AND long_leave_days BETWEEN 1 AND 60"
        " AND return_days BETWEEN 0 AND 60 AND objection_days BETWEEN 1 AND 60)",
        "Days: Wind-Down 0 to 10, For Leaves From 1 to 60, Return Cases 0 to 60, "
        "Decide on Objections 1 to 60.",
    )
    _alert_range = models.Constraint(
        "CHECK (alert_hours >= 0)", "Tell the Lead After: 0 or more hours."
    )
    _one_in_force = models.UniqueIndex(
        "(team_id) WHERE state = 'active'",
        "Another version of this team's rule has just been put into force.",
    )
    _team_version = models.UniqueIndex("(team_id, version)")

    @api.depends("team_id", "version")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = (
                self.env._(
                    "%(team)s (version %(version)s)",
                    team=rule.team_id.complete_name,
                    version=rule.version,
                )
                if rule.team_id
                else self.env._("New Rule")
            )

    # --------------------------------------------------------------- versions
    @api.model
    def _complete_versions(self, vals_list):
        """Number the versions of each team."""
        taken, completed = {}, []
        for vals in vals_list:
            team_id = vals.get("team_id")
            last = taken.get(team_id) or max(
                self.sudo().search([("team_id", "=", team_id)]).mapped("version"),
                default=0,
            )
            taken[team_id] = last + 1
            completed.append({**vals, "version": last + 1})
        return completed

    def action_new_version(self):
        """Open a draft with the same content, to be changed and activated."""
        self.ensure_one()
        self.check_access("write")
        draft = self.search(
            [("team_id", "=", self.team_id.id), ("state", "=", "draft")], limit=1
        )
        return (draft or self.copy()).get_formview_action()

    def action_activate(self):
        """Put drafts into force; the version before ends, and the ledger goes on."""
        self.check_access("write")
        now = fields.Datetime.now()
        for rule in self:
            rule._check_ready()
            keeps_ledger = rule.team_id._keeps_ledger()
            before = self.search(
                [("team_id", "=", rule.team_id.id), ("state", "=", "active")]
            )
            before._end(now)
            rule._begin(now)
            if not keeps_ledger:
                rule.team_id._open_ledger()
            rule.team_id._trigger_dispatch()
        return True

    def _check_ready(self):
        """Raise unless there is somebody to whom work can be given."""
        checked = super()._check_ready()
        if not self.team_id._get_current_members():
            raise UserError(
                self.env._(
                    "Team: nobody with a login is a member of %s today. Add "
                    "memberships first.",
                    self.team_id.complete_name,
                )
            )
        return checked

    # -------------------------------------------------------------- the rules
    @api.model
    @tools.ormcache()
    def _get_team_rules(self):
        """Return dict ``team id -> id of its rule in force, 0 for none``.

        Teams that keep no ledger are not in it.
        """
        teams = {}
        for rule in self.sudo().search([("state", "!=", "draft")]):
            current = teams.get(rule.team_id.id, 0)
            teams[rule.team_id.id] = rule.id if rule.state == "active" else current
        return teams

    def _get_milli(self, name):
        """Return a field of effort points in thousandths."""
        return round(self[name] * MILLI)

    def _filter_cases_or_none(self, cases):
        """Return those of the cases that this rule gives out.

        A filter that does not work gives out nothing; the lead is told when cases
        wait for too long.
        """
        if not self._is_limited():
            return cases
        try:
            with self.env.cr.savepoint():
                return self._filter_cases(cases)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.warning("Assignment rule %s: the filter fails", self.id, exc_info=1)
            return cases.browse()

    def _is_limited(self):
        """Tell whether the rule gives out only some of the team's cases."""
        self.ensure_one()
        return bool(self.role or self.category_ids or self._has_filter())

    def _filter_cases(self, cases):
        self.ensure_one()
        domain = [("id", "in", cases.ids), *self._get_domain()]
        if self.role:
            domain.append(("role", "=", self.role))
        if self.category_ids:
            domain.append(("category_id", "child_of", self.category_ids.ids))
        found = cases.browse(cases.search(domain).ids)
        return cases & found
