from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.duty_ledger import FULL_TIME

#: Whether the dispatcher was called in this transaction.
_CALLED = "citizen_crm.dispatcher_called"
#: What dispatcher and upkeep note; who configures teams does not say it.
NOTED_FIELDS = frozenset({"dispatched_at", "ledger_kept_on", "told_number"})


class HelpdeskTicketTeam(models.Model):
    """A team that shares its work: its rule, its members on duty, its ledger."""

    _inherit = "helpdesk.ticket.team"

    assignment_rule_id = fields.Many2one(
        "citizen.assignment.rule",
        compute="_compute_assignment_rule_id",
        help="The version in force; without one, people give cases by hand.",
    )
    dispatched_at = fields.Datetime(
        string="Last Dispatch",
        readonly=True,
        copy=False,
        help="When the dispatcher last looked at the team's queue.",
    )
    assignment_entry_ids = fields.One2many(
        "citizen.assignment.entry", "team_id", string="Ledger", readonly=True
    )
    assignment_balance_ids = fields.One2many(
        "citizen.assignment.balance", "team_id", string="Balances", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {f"default_{name}": name for name in NOTED_FIELDS}
        self._check_noted(map(defaults.get, self.env.context.keys() & defaults.keys()))
        for vals in vals_list:
            self._check_noted(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_noted(vals)
        return super().write(vals)

    @api.model
    def _check_noted(self, names):
        """Raise when somebody says what only the system notes."""
        noted = sorted(NOTED_FIELDS.intersection(names))
        if noted and not self.env.su:
            raise AccessError(
                self.env._(
                    "%s: the system notes it itself; it cannot be changed.",
                    self._fields[noted[0]]._description_string(self.env),
                )
            )

    def _compute_assignment_rule_id(self):
        for team in self:
            team.assignment_rule_id = team._get_rule()

    def _get_rule(self):
        """Return the rule in force, empty for none; as superuser, to be acted on."""
        rules = self.env["citizen.assignment.rule"].sudo()
        return rules.browse(rules._get_team_rules().get(self.id) or ())

    def _keeps_ledger(self):
        """Tell whether a rule of the team is or was in force."""
        self.ensure_one()
        return self.id in self.env["citizen.assignment.rule"]._get_team_rules()

    def _shares_by_ledger(self):
        """Tell whether the desk itself gives out the team's cases."""
        return self._get_rule().method == "ledger"

    # ---------------------------------------------------------------- members
    def _get_current_members(self):
        """Return the memberships in force of employees who can log in.

        Of two employees with one login (in two companies) the first counts: work is
        given to the login.
        """
        self.ensure_one()
        members = self.sudo().member_ids.filtered(
            lambda member: member.is_current and member.user_id.active
        )
        by_user = members.filtered("employee_id.active").grouped("user_id")
        first = {found.sorted("id").ids[0] for found in by_user.values()}
        return members.filtered(lambda member: member.id in first)

    def _get_duty(self, now=None):
        """Return dict ``employee id -> Duty`` of the members, as the rule has it."""
        rule = self._get_rule()
        return self._get_current_members()._get_duty(
            now or fields.Datetime.now(),
            (rule.wind_down_days, rule.long_leave_days) if rule else (0, 1),
        )

    def _get_hours(self, duty=None, besides=()):
        """Return among whom points are shared now: minutes on duty by employee id.

        When nobody is on duty (a case given by hand on a Sunday), the members who are
        not on leave have the work together, by their capacity; if that is nobody
        either, all of them.

        :param duty: what ``_get_duty`` returned, if it is known
        :param besides: ids of employees who are left out
        """
        duty = self._get_duty() if duty is None else duty
        hours = {key: on.minutes for key, on in duty.items() if on.minutes}
        if not hours.keys() - set(besides):
            members = self._get_current_members()
            share = {m.employee_id.id: round(m.capacity * FULL_TIME) for m in members}
            hours = {key: share[key] for key in share if not duty[key].absent_days}
            hours = hours or share
        return {key: span for key, span in hours.items() if key not in besides}

    # ----------------------------------------------------------------- ledger
    def _open_ledger(self):
        """Begin the ledger: open cases of members count as their open work."""
        for team in self.sudo():
            members = team._get_current_members()
            cases = self.env["helpdesk.ticket"].sudo()
            cases = cases.search(
                [
                    ("team_id", "=", team.id),
                    ("is_open", "=", True),
                    ("user_id", "in", members.user_id.ids),
                ]
            )
            cases._append_openings(team)
            team.env["citizen.assignment.balance"].sudo()._book(team)

    # --------------------------------------------------------------- dispatch
    def _trigger_dispatch(self):
        """Call the dispatcher as soon as this transaction is committed."""
        data = self.env.cr.precommit.data
        if self and not data.get(_CALLED):
            data[_CALLED] = True
            self.env["ir.cron"].sudo()._call_soon("citizen_crm.ir_cron_dispatch")

    def _touch(self):
        """Hold the team's row until the end of the transaction.

        An update, so that of two who do this at once the later begins again with
        what the first has written.
        """
        self.env.execute_query(
            SQL(
                "UPDATE helpdesk_ticket_team SET dispatched_at = %s WHERE id = %s"
                " RETURNING id",
                *(fields.Datetime.now(), self.id),
            )
        )
        self.invalidate_recordset(["dispatched_at"], flush=False)
