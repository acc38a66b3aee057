from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from ..tools.assignment_simulation import Rule, simulate
from .citizen_assignment_world import TeamWorld

DAYS = 90
LONGEST = 366
LIMIT = 20_000
#: Methods that are compared with the rules, and the field that asks for each.
OTHERS = ("round_robin", "least_open", "least_points")


class CitizenAssignmentSimulation(models.TransientModel):
    """Try rules on what a team had to do: how equal, and how long it takes.

    The team's cases of a period are given out again, by one rule after another, to the
    members as they were on duty. Nothing is written to cases or ledgers.
    """

    _name = "citizen.assignment.simulation"
    _description = "Assignment Simulator"

    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        required=True,
        domain="[('id', 'in', led_team_ids)]",
        default=lambda self: self._default_team(),
    )
    led_team_ids = fields.Many2many(
        "helpdesk.ticket.team",
        string="Teams to Choose From",
        compute="_compute_led_team_ids",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_today() - timedelta(days=DAYS - 1),
        help="First day on which the cases came to the team.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self._default_today(),
        help="Last day on which the cases came to the team.",
    )
    rule_id = fields.Many2one(
        "citizen.assignment.rule",
        string="Rule to Try",
        domain="[('team_id', '=', team_id), ('state', '=', 'draft'),"
        " ('method', '=', 'ledger')]",
        compute="_compute_rule_id",
        store=True,
        readonly=False,
        help="A draft: its cap, slack, languages and wind-down hold, and only the "
        "cases that it is for are given out, by every rule that is compared. Without "
        "a draft, and with none in force, the ledger is tried with its usual values.",
    )
    with_current = fields.Boolean(
        string="Rule in Force", default=True, help="The team's rule as it is now."
    )
    with_round_robin = fields.Boolean(
        string="In Turn",
        default=True,
        help="Everybody on duty gets one case after the other.",
    )
    with_least_open = fields.Boolean(
        string="Fewest Open Cases",
        default=True,
        help="Whoever on duty has the fewest open cases gets the next one.",
    )
    with_least_points = fields.Boolean(
        string="Least Open Effort",
        default=True,
        help="Whoever on duty has the fewest open effort points for their share of "
        "full time gets the next one.",
    )
    busy = fields.Integer(
        string="Time the Cases Take (%)",
        default=80,
        required=True,
        help="Share of the team's time on duty that these cases take together. How "
        "long each takes is not known; service types stand to each other as the time "
        "for which their cases are in hand.",
    )
    line_ids = fields.One2many(
        "citizen.assignment.outcome", "simulation_id", readonly=True
    )
    summary = fields.Char(readonly=True, help="What was given out, and to whom.")
    chart = fields.Json(readonly=True)

    _busy_range = models.Constraint(
        "CHECK (busy BETWEEN 10 AND 150)",
        "Time the Cases Take: choose 10 to 150 %.",
    )

    def _compute_display_name(self):
        self.display_name = self.env._("Assignment Simulator")

    # ---------------------------------------------------------------- defaults
    @api.model
    def _default_today(self):
        return fields.Date.context_today(self)

    @api.model
    def _default_team(self):
        rule = self._get_opened_rule()
        return rule.team_id or self._find_led_teams()[:1]

    @api.model
    def _get_opened_rule(self):
        """Return the rule from which the simulator was opened, none for the menu."""
        context = self.env.context
        rules = self.env["citizen.assignment.rule"]
        if context.get("active_model") != rules._name:
            return rules
        return rules.browse(context.get("active_id") or ()).exists()

    @api.model
    def _find_led_teams(self):
        """Return the teams whose work the user may look at."""
        teams, user = self.env["helpdesk.ticket.team"], self.env.user
        if user.has_group("citizen_crm.group_catalogue_admin"):
            # A few hundred at most.
            return teams.search([])  # pylint: disable=no-search-all
        department = "department_id"
        domain = Domain("user_id", "=", user.id) | Domain.OR(
            Domain(
                f"{department}{'.parent_id' * level}.manager_id.user_id", "=", user.id
            )
            for level in range(3)
        )
        return teams.browse(teams.sudo().search(domain).ids)

    @api.depends_context("uid")
    def _compute_led_team_ids(self):
        self.led_team_ids = self._find_led_teams()

    @api.depends("team_id")
    def _compute_rule_id(self):
        """Propose the draft of the team."""
        opened = self._get_opened_rule()
        for simulation in self:
            team = simulation.team_id
            drafts = opened.filtered(
                lambda rule, team=team: rule.team_id == team and rule.state == "draft"
            ) or opened.search(
                [("team_id", "=", team.id), ("state", "=", "draft")], limit=1
            )
            simulation.rule_id = drafts.filtered(lambda rule: rule.method == "ledger")

    # ----------------------------------------------------------------- actions
    def action_simulate(self):
        """Give the cases out again by each rule, and show the figures."""
        self.ensure_one()
        self.team_id._check_leads()
        self._check_input()
        world = TeamWorld(self.team_id, self.date_from, self.date_to)
        if not world.members:
            raise UserError(
                self.env._(
                    "Team: nobody with a login was a member of %s in this period. Add "
                    "memberships, or choose another period.",
                    self.team_id.complete_name,
                )
            )
        cases, instants = self._read_cases(world)
        arrivals = world.make_arrivals(cases, instants, self.busy)
        outcomes = [
            (name, simulate(world.make_people(rule), arrivals, pure))
            for name, rule, pure in self._get_rules()
        ]
        self._show(outcomes, len(arrivals), len(world.members.employee_id))

    def _check_input(self):
        if self.date_from > self.date_to:
            raise UserError(self.env._("From: choose a day before the one of To."))
        if (self.date_to - self.date_from).days >= LONGEST:
            raise UserError(
                self.env._("From, To: choose a period of %s days at most.", LONGEST)
            )
        if not list(self._get_rules()):
            raise UserError(self.env._("Compare: choose at least one rule."))

    def _get_current(self):
        """Return the rule in force, if it is asked for and the desk gives out work."""
        rule = self.team_id._get_rule()
        return rule if self.with_current and rule.method == "ledger" else rule.browse()

    def _read_cases(self, world):
        """Return the cases to give out, and when each came; refuse none or too many."""
        instants = world.read_arrivals(LIMIT + 1)
        if len(instants) > LIMIT:
            raise UserError(
                self.env._(
                    "From, To: more than %(limit)s cases came to %(team)s in this "
                    "period. Choose a shorter one.",
                    limit=LIMIT,
                    team=self.team_id.complete_name,
                )
            )
        cases = self.env["helpdesk.ticket"].sudo().browse(instants)
        if self.rule_id:
            cases = self.rule_id.sudo()._filter_cases(cases)
        if not cases:
            raise UserError(
                self.env._(
                    "From, To: no case for this rule came to %s in this period. Choose "
                    "a longer one.",
                    self.team_id.complete_name,
                )
                if instants
                else self.env._(
                    "From, To: no case came to %s in this period. Choose a longer one.",
                    self.team_id.complete_name,
                )
            )
        return cases, instants

    def _get_rules(self):
        """Yield the rules to compare: a name, our record or none, the pure rule."""
        current = self._get_current()
        if self.rule_id:
            yield self.env._("Draft"), self.rule_id.sudo(), _to_pure(self.rule_id)
        if current:
            yield self.env._("In force"), current, _to_pure(current)
        if not self.rule_id and not self.team_id._shares_by_ledger():
            rules = self.env["citizen.assignment.rule"].sudo()
            usual = rules.new(rules.default_get(list(rules._fields)))
            yield self.env._("Duty ledger"), usual, _to_pure(usual)
        for name in OTHERS:
            if self[f"with_{name}"]:
                label = self._fields[f"with_{name}"]._description_string(self.env)
                yield label, None, Rule(name)

    def _show(self, outcomes, cases, people):
        """Keep the figures for the form."""
        self.line_ids.unlink()
        lines = self.env["citizen.assignment.outcome"].create(
            [
                {"simulation_id": self.id, "name": name, **self._describe(outcome)}
                for name, outcome in outcomes
            ]
        )
        self.summary = self.env._(
            "%(cases)s cases of %(team)s, given to %(people)s people on duty.",
            cases=cases,
            team=self.team_id.complete_name,
            people=people,
        )
        self.chart = lines._get_chart()

    def _describe(self, outcome):
        """Return the figures of an outcome as values of a line."""
        return {
            "jain": outcome.jain or 0.0,
            "spread": outcome.spread,
            "gap": self._tell(outcome.gap, "–"),
            "median_days": self._tell(outcome.median_days, self.env._("not finished")),
            "slow_days": self._tell(outcome.slow_days, self.env._("not finished")),
            "slow_number": outcome.slow_days or 0.0,
            "waited": outcome.waited,
            "longest_queue": outcome.longest_queue,
            "ungiven": outcome.ungiven,
        }

    def _tell(self, number, otherwise):
        if number is None:
            return otherwise
        return formatLang(self.env, number, digits=1)


def _to_pure(rule):
    """Return a rule by the ledger as the simulator knows it."""
    return Rule(
        "ledger",
        cap=rule._get_milli("cap_points"),
        slack=rule._get_milli("slack_points"),
        match_languages=rule.match_language,
    )
