from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools.evaluation_life import (
    EMPLOYEE,
    ENDED,
    EVALUATION_STATES,
    SEALED,
    WRITINGS,
    Facts,
    allowed,
    sees,
)

#: What still changes once an evaluation is published.
RECEIPT = frozenset({"state", "since", "deadline", "received_at"})
#: What belongs to tasks, not to the evaluation.
AROUND = ("activity_", "my_activity_", "message_")
#: Reading one of these is reading somebody's evaluation.
CONTENTS = frozenset(
    {
        "appeal_ids",
        "chance_text",
        "claim_ids",
        "context_text",
        "line_ids",
        "statement_ids",
        "version_ids",
    }
)


class CitizenEvaluation(models.Model):
    """What a cycle says of one employee, and who has had their word on it.

    Data flows one way: facts → figures → words → conclusion → sealed record. The
    employee comes first at each step. States and who may do what are
    ``tools/evaluation_life.py``; figures are computed when asked for and stored nowhere
    but in the sealed record, so nothing can be sorted or grouped by them.
    """

    _name = "citizen.evaluation"
    _inherit = ["citizen.evaluation.part", "mail.activity.mixin"]
    _description = "Evaluation"
    _order = "employee_name, date_from desc, id"
    _contents = CONTENTS

    cycle_id = fields.Many2one(
        "citizen.evaluation.cycle",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="By whose rules.",
    )
    date_from = fields.Date(string="From", readonly=True, help="First day looked at.")
    date_to = fields.Date(string="To", readonly=True, help="Last day looked at.")
    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose evaluation it is.",
    )
    department_id = fields.Many2one(
        "hr.department",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="In which the employee is compared with colleagues.",
    )
    manager_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="set null",
        domain=lambda self: self.env["citizen.evaluation.cycle"]._get_group_domain(
            "evaluator"
        ),
        help="Who concludes. The coordinator may name somebody else until the data "
        "have been checked.",
    )
    # Names as of then: a person who is renamed or leaves changes nothing here.
    employee_name = fields.Char(
        string="Name", required=True, readonly=True, help="As of the evaluation."
    )
    manager_name = fields.Char(
        string="Name of the Manager", readonly=True, help="As of the evaluation."
    )
    department_name = fields.Char(
        string="Name of the Department", readonly=True, help="As of the evaluation."
    )
    state = fields.Selection(
        EVALUATION_STATES,
        required=True,
        readonly=True,
        default="planned",
        group_expand=True,
        help="How far the evaluation is.",
    )
    since = fields.Datetime(readonly=True, help="When it came into this state.")
    deadline = fields.Datetime(
        readonly=True,
        index="btree_not_null",
        help="End of the time of this state, on the city's working days.",
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="The time of this state is over.",
    )
    employee_done = fields.Boolean(
        readonly=True,
        help="The employee has nothing to add to what was shared.",
    )
    manager_done = fields.Boolean(
        readonly=True,
        help="The manager has met the employee and has nothing to revise.",
    )
    published_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="set null",
        help="The coordinator who published it, never the manager.",
    )
    received_at = fields.Datetime(
        string="Received", readonly=True, help="When the employee confirmed receipt."
    )
    line_ids = fields.One2many(
        "citizen.evaluation.line", "evaluation_id", string="Measures"
    )
    statement_ids = fields.One2many(
        "citizen.evaluation.statement", "evaluation_id", string="Statements"
    )
    claim_ids = fields.One2many(
        "citizen.evaluation.claim", "evaluation_id", string="Claims"
    )
    appeal_ids = fields.One2many(
        "citizen.evaluation.appeal", "evaluation_id", string="Appeals"
    )
    version_ids = fields.One2many(
        "citizen.evaluation.version", "evaluation_id", string="Sealed Record"
    )
    context_text = fields.Text(
        string="Workload",
        compute="_compute_context_text",
        help="How much there was to do. It is no measure of the person.",
    )
    open_claim_count = fields.Integer(
        string="Open Claims",
        compute="_compute_open_claim_count",
        compute_sudo=True,
        help="Objections to cases that are not decided yet.",
    )
    is_mine = fields.Boolean(
        string="Mine",
        compute="_compute_my_part",
        help="It is your own evaluation.",
    )
    is_seen = fields.Boolean(
        string="Open to Me",
        compute="_compute_my_part",
        help="You may read figures and words in this state.",
    )
    may_write = fields.Boolean(
        compute="_compute_my_part",
        help="It is your turn to write something.",
    )
    my_actions = fields.Json(
        string="What I May Do",
        compute="_compute_my_actions",
        help="What is open to you in this state.",
    )

    _one_a_cycle = models.UniqueIndex(
        "(cycle_id, employee_id)", "Everybody is evaluated once a cycle."
    )

    @api.depends("employee_name", "cycle_id.name")
    def _compute_display_name(self):
        for evaluation in self:
            cycle = evaluation.cycle_id.sudo()
            evaluation.display_name = f"{evaluation.employee_name} · {cycle.name}"

    @api.depends("state", "deadline")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for evaluation in self:
            evaluation.is_overdue = (
                evaluation.state not in ENDED
                and bool(evaluation.deadline)
                and evaluation.deadline < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "not in", list(ENDED)) & Domain(
            "deadline", "<", fields.Datetime.now()
        )
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        return late if True in wanted else ~late

    @api.depends("claim_ids.state")
    def _compute_open_claim_count(self):
        counts = dict(
            self.env["citizen.evaluation.claim"]._read_group(
                [("evaluation_id", "in", self.ids), ("state", "=", "filed")],
                ["evaluation_id"],
                ["__count"],
            )
        )
        for evaluation in self:
            evaluation.open_claim_count = counts.get(evaluation, 0)

    @api.depends("state", "deadline", "employee_done", "manager_done", "manager_id")
    @api.depends_context("uid")
    def _compute_my_actions(self):
        for evaluation in self:
            roles = evaluation._get_roles()
            state, facts = evaluation.state, evaluation._get_life_facts()
            evaluation.my_actions = allowed(state, roles, facts)

    @api.depends("state", "manager_id")
    @api.depends_context("uid")
    def _compute_my_part(self):
        for evaluation in self:
            roles = evaluation._get_roles()
            evaluation.is_seen = sees(evaluation.state, roles)
            evaluation.is_mine = EMPLOYEE in roles
            evaluation.may_write = any(
                (evaluation.state, role) in WRITINGS for role in roles
            )

    @api.depends("state", "claim_ids.state")
    @api.depends_context("uid", "lang")
    def _compute_context_text(self):
        for evaluation in self:
            is_seen = evaluation._is_seen()
            evaluation.context_text = is_seen and evaluation._tell_context()

    # ------------------------------------------------------------------ CRUD
    @api.model
    def _plan(self, cycle, employees):
        """Create the evaluations of a cycle, each with its manager and its lines."""
        rows = [self._prepare_from(cycle, employee) for employee in employees]
        nobody = [row["employee_name"] for row in rows if not row["manager_id"]]
        if nobody:
            raise AccessError(
                self.env._(
                    "Manager: nobody who may evaluate heads the department of %s. Give "
                    "the head the role of an evaluator first.",
                    ", ".join(nobody),
                )
            )
        evaluations = self.sudo().create(rows)
        self.env["citizen.evaluation.line"].sudo()._plan(evaluations)
        evaluations._announce()
        return evaluations

    @api.model
    def _prepare_from(self, cycle, employee):
        manager = self._find_manager(cycle, employee)
        return {
            "cycle_id": cycle.id,
            "date_from": cycle.date_from,
            "date_to": cycle.date_to,
            "employee_id": employee.id,
            "department_id": cycle.department_id.id,
            "manager_id": manager.id,
            "employee_name": employee.name,
            "manager_name": manager.name,
            "department_name": cycle.department_id.name,
            "since": self._get_now(),
            "deadline": cycle.company_id._get_start_of_day(cycle.date_from),
        }

    @api.model
    def _find_manager(self, cycle, employee):
        """Return the nearest head above an employee who may evaluate."""
        heads = cycle.department_id._get_heads() - employee.user_id
        return heads.filtered(lambda u: u.has_group("citizen_crm.group_evaluator"))[:1]

    def write(self, vals):
        """Published records change for nobody, the superuser included."""
        own = {name for name in vals if not name.startswith(AROUND)}
        if own - RECEIPT and any(map(type(self)._is_sealed, self)):
            raise AccessError(
                self.env._(
                    "A published evaluation does not change. The employee may appeal; "
                    "a correction is a new version, and the old one is kept."
                )
            )
        if own and not self.env.su:
            self._check_manager_free(own)
        if vals.get("manager_id"):
            name = self.env["res.users"].browse(vals["manager_id"]).sudo().name
            vals = {**vals, "manager_name": name}
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete evaluations.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Evaluations are cancelled, not deleted."))

    def _get_evaluations(self):
        return self

    def _is_sealed(self):
        """Tell whether the record has been published."""
        return self.state in SEALED

    def _get_life_facts(self, **changes):
        """Return what moves look at besides state and role.

        :param changes: what the action itself changes
        """
        record = self.sudo()
        done = {"employee": record.employee_done, "manager": record.manager_done}
        facts = {
            "open_claims": record.open_claim_count,
            "has_conclusion": record._has_conclusion(),
            "done": frozenset(role for role, is_done in done.items() if is_done),
            "is_due": record.is_overdue,
            "has_reviewer": bool(record._get_open_appeal().reviewer_id),
        }
        # The one that takes time, since it needs the figures.
        if "unexplained" not in changes:
            facts["unexplained"] = record._count_unexplained()
        return Facts(**{**facts, **changes})
