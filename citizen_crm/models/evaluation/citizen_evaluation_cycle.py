from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools.funnel import Rules
from .citizen_case_fact_speed import SPEED
from .citizen_case_fact_times import TIMES
from .citizen_measure import FACT_COLUMNS, QUALITY

#: Measures that say something of people, compared with colleagues.
JUDGED = sorted({*FACT_COLUMNS, SPEED, TIMES, QUALITY})
CYCLE_STATES = [
    ("draft", "Draft"),
    ("announced", "Announced"),
    ("running", "Running"),
    ("finished", "Finished"),
    ("cancelled", "Cancelled"),
]
#: What the coordinator sets before the cycle is announced.
PLANNED = frozenset(
    {
        "name",
        "department_id",
        "date_from",
        "date_to",
        "measure_ids",
        "rubric_id",
        "review_size",
        "double_percent",
        "wait_days",
        "check_days",
        "claim_days",
        "self_days",
        "manager_days",
        "share_days",
        "appeal_days",
    }
)
#: Who stands in for whom may change while a cycle runs.
STAFFING = frozenset({"coordinator_id", "steward_id"})


class CitizenEvaluationCycle(models.Model):
    """A period over which the staff of a department are evaluated by known rules.

    Measures, thresholds and time limits are announced before the period begins and do
    not change after that; whoever is evaluated has known them.
    """

    _name = "citizen.evaluation.cycle"
    _description = "Evaluation Cycle"
    _order = "date_from desc, name, id"

    name = fields.Char(required=True, help="What everybody calls this cycle.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Whose calendar the time limits are counted on.",
    )
    department_id = fields.Many2one(
        "hr.department",
        required=True,
        index=True,
        ondelete="restrict",
        help="Whose staff are evaluated, each compared with colleagues in it.",
    )
    date_from = fields.Date(
        string="From", required=True, help="First day of the period."
    )
    date_to = fields.Date(
        string="To",
        required=True,
        help="Last day of the period. Half a year is usual; shorter than three months "
        "says little of a person.",
    )
    state = fields.Selection(
        CYCLE_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        group_expand=True,
        help="How far the cycle is.",
    )
    coordinator_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        ondelete="set null",
        domain=lambda self: self._get_group_domain("evaluation_coordinator"),
        help="Who announces, keeps the dates and publishes.",
    )
    steward_id = fields.Many2one(
        "res.users",
        string="Data Steward",
        ondelete="set null",
        domain=lambda self: self._get_group_domain("data_steward"),
        help="Who decides on objections to data: neither of the department nor above "
        "it.",
    )
    measure_ids = fields.Many2many(
        "citizen.measure",
        string="Measures",
        domain=lambda self: self._get_measure_domain(),
        default=lambda self: self._default_measure_ids(),
        help="What is looked at, each in the version that stands here.",
    )
    settings = fields.Json(
        string="Thresholds",
        readonly=True,
        copy=False,
        help="When something may be said at all, as announced.",
    )
    wait_days = fields.Integer(
        string="Days to Wait",
        default=30,
        help="Days after the end of the period until data are checked, since residents "
        "may reopen a case for so long.",
    )
    check_days = fields.Integer(
        string="Data Check",
        default=10,
        help="Working days in which the employee checks the data.",
    )
    claim_days = fields.Integer(
        string="Decision on Claims",
        default=10,
        help="Working days in which the data steward decides.",
    )
    self_days = fields.Integer(
        string="Self-Assessment",
        default=10,
        help="Working days in which the employee may write a self-assessment.",
    )
    manager_days = fields.Integer(
        string="Conclusion",
        default=15,
        help="Working days in which the manager concludes.",
    )
    share_days = fields.Integer(
        string="Meeting",
        default=10,
        help="Working days in which both meet and the employee may comment.",
    )
    appeal_days = fields.Integer(
        string="Appeal",
        default=20,
        help="Working days after publication in which the employee may appeal.",
    )
    evaluation_ids = fields.One2many(
        "citizen.evaluation", "cycle_id", string="Evaluations", readonly=True
    )
    evaluation_count = fields.Integer(
        compute="_compute_evaluation_count",
        compute_sudo=True,
        help="How many people are evaluated.",
    )

    _days_positive = models.Constraint(
        "CHECK (wait_days >= 0 AND least(check_days, claim_days, self_days,"
        " manager_days, share_days, appeal_days) > 0)",
        "Time limits: each is at least one working day.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_to > date_from)", "To: the period ends after it has begun."
    )

    @api.model
    def _get_group_domain(self, role):
        group = self.env.ref(f"citizen_crm.group_{role}")
        return [("all_group_ids", "in", group.ids)]

    @api.model
    def _default_measure_ids(self):
        return self.env["citizen.measure"].search(self._get_measure_domain())

    @api.model
    def _get_measure_domain(self):
        """Return what can be looked at: counted, compared, and of people."""
        return [
            ("code", "in", JUDGED),
            ("is_current", "=", True),
            ("for_person", "=", True),
        ]

    @api.depends("evaluation_ids")
    def _compute_evaluation_count(self):
        counts = dict(
            self.env["citizen.evaluation"]._read_group(
                [("cycle_id", "in", self.ids)], ["cycle_id"], ["__count"]
            )
        )
        for cycle in self:
            cycle.evaluation_count = counts.get(cycle, 0)

    @api.constrains("department_id", "date_from", "date_to", "state")
    def _check_overlap(self):
        """Nobody is evaluated twice for the same days."""
        for cycle in self.filtered(lambda cycle: cycle.state != "cancelled"):
            other = self.search(
                [
                    ("id", "!=", cycle.id),
                    ("state", "!=", "cancelled"),
                    ("department_id", "=", cycle.department_id.id),
                    ("date_from", "<=", cycle.date_to),
                    ("date_to", ">=", cycle.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "From, To: the period overlaps with “%s” of the same "
                        "department.",
                        other.name,
                    )
                )

    @api.constrains("measure_ids")
    def _check_measures(self):
        """Only what is compared with colleagues on the same kinds of cases."""
        for measure in self.measure_ids:
            if measure.code not in JUDGED or not measure.for_person:
                raise ValidationError(
                    self.env._(
                        "Measures: %s says nothing of a person. Take it out.",
                        measure.display_name,
                    )
                )

    @api.constrains("steward_id", "department_id")
    def _check_steward(self):
        """The steward stands outside the line of those evaluated."""
        for cycle in self.filtered("steward_id"):
            department, user = cycle.department_id.sudo(), cycle.steward_id
            line = department._get_heads() | department.member_ids.user_id
            if user in line:
                raise ValidationError(
                    self.env._(
                        "Data Steward: %(name)s works in %(department)s or heads it. "
                        "Name somebody outside the line.",
                        name=user.name,
                        department=department.name,
                    )
                )

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_free(vals, PLANNED | STAFFING | {"company_id"})
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_free(vals, PLANNED | STAFFING | {"company_id"})
        if PLANNED & vals.keys() and any(cycle.state != "draft" for cycle in self):
            raise AccessError(
                self.env._(
                    "Measures, dates and time limits have been announced and stay as "
                    "they are. Cancel the cycle and plan another one."
                )
            )
        return super().write(vals)

    @api.model
    def _check_free(self, vals, names):
        """Raise for what only the buttons set."""
        locked = sorted(vals.keys() - names - {"id"})
        if locked and locked[0] in self._fields:
            raise AccessError(
                self.env._(
                    "%s: this is set by the buttons of the cycle.",
                    self._fields[locked[0]]._description_string(self.env),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(cycle.state != "draft" for cycle in self):
            raise AccessError(
                self.env._("A cycle that was announced is cancelled, not deleted.")
            )

    # --------------------------------------------------------------- announcing
    def action_announce(self):
        """Announce the cycle: everybody in it may read what will be looked at."""
        self.ensure_one()
        self.check_access("write")
        if self.date_from <= fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "From: a cycle is announced before it begins, so that everybody "
                    "knows the measures in time. Choose a later day."
                )
            )
        self.sudo()._announce()
        return True

    def _announce(self):
        """Create the evaluations, with measures and thresholds as they are now."""
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("This cycle has been announced already."))
        if not self.measure_ids:
            raise UserError(self.env._("Measures: choose at least one."))
        if not self.steward_id:
            raise UserError(
                self.env._("Data Steward: name who decides on objections to data.")
            )
        employees = self._find_employees()
        if not employees:
            raise UserError(
                self.env._(
                    "Department: no employee of it is a member of one of its teams "
                    "in this period."
                )
            )
        self.write({"state": "announced", "settings": asdict(Rules())})
        return self.env["citizen.evaluation"]._plan(self, employees)

    def _find_employees(self):
        """Return who works in a team of the department during the period, by name."""
        members = self.env["citizen.team.member"].search(
            Domain("team_id.department_id", "=", self.department_id.id)
            & Domain("date_from", "<=", self.date_to)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", self.date_from))
            & Domain("employee_id.user_id", "!=", False)
        )
        return members.employee_id.sorted("name")

    def action_cancel(self):
        """Cancel the cycle, and what is not published of it."""
        self.ensure_one()
        self.check_access("write")
        if self.state in ("finished", "cancelled"):
            raise UserError(self.env._("This cycle has ended already."))
        for evaluation in self.evaluation_ids:
            if not evaluation._is_sealed() and evaluation.state != "cancelled":
                evaluation._take("cancel")
        self.sudo().state = "cancelled"
        return True

    def action_view_evaluations(self):
        """Open the evaluations of the cycle."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_evaluation_action"
        )
        return {**action, "domain": [("cycle_id", "=", self.id)], "context": {}}

    def _follow(self):
        """Let the state of cycles follow their evaluations."""
        for cycle in self.sudo().filtered(lambda one: one.state != "cancelled"):
            states = set(cycle.evaluation_ids.mapped("state"))
            if states <= {"closed", "cancelled"}:
                state = "finished" if "closed" in states else "cancelled"
            else:
                state = "announced" if states <= {"planned", "cancelled"} else "running"
            if cycle.state != state:
                cycle.state = state
