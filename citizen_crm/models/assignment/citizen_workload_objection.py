from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS, Domain

from ...tools.duty_ledger import HELD, MILLI
from ...tools.effort_review import is_valid

OBJECTION_KINDS = [
    ("case", "This case is more work than its points"),
    ("type", "The points of this service type are wrong"),
    ("fit", "I should not have this case"),
]
OBJECTION_STATES = [
    ("filed", "To be decided"),
    ("upheld", "Upheld"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
#: When no rule of the team says how long the lead has.
USUAL_DAYS = 5
#: What belongs to the objection itself, not to the conversation about it.
CONTENT = frozenset(
    {
        "employee_id",
        "team_id",
        "entry_id",
        "case_id",
        "case_number",
        "category_id",
        "kind",
        "charged_points",
        "wanted_points",
        "text",
        "state",
        "filed_at",
        "deadline",
        "decided_by_id",
        "decided_at",
        "decision",
        "granted_points",
        "given_back",
    }
)


class CitizenWorkloadObjection(models.Model):
    """An employee says that a case weighs more than it counts, or is not for them.

    Filed by whoever was given the case, decided by the lead of the team or the head of
    the department, never by the employee. Nobody writes these rows but the methods of
    this model; what has been decided on never changes.
    """

    _name = "citizen.workload.objection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Objection to Workload"
    _order = "filed_at desc, id desc"
    _rec_name = "case_number"
    _mail_post_access = "read"

    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        index=True,
        ondelete="restrict",
        help="Who was given the case and objects.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        required=True,
        index=True,
        ondelete="restrict",
        help="The team in whose ledger the case was charged.",
    )
    entry_id = fields.Many2one(
        "citizen.assignment.entry",
        string="Ledger Entry",
        required=True,
        ondelete="restrict",
        help="By which the employee got the case.",
    )
    # Not for reading: whoever decides need not be cleared for the case.
    case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Case Record",
        required=True,
        index=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    case_number = fields.Char(
        string="Case", help="Number of the case; empty for a confidential one."
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        ondelete="restrict",
        help="The service type that the case had when the objection was filed.",
    )
    kind = fields.Selection(
        OBJECTION_KINDS,
        string="Objection",
        required=True,
        help="What the employee says.",
    )
    charged_points = fields.Float(
        string="Charged",
        digits=(8, 3),
        aggregator=None,
        help="Effort points that the employee was charged for the case at the time.",
    )
    wanted_points = fields.Float(
        string="Wanted",
        digits=(8, 3),
        aggregator=None,
        help="Effort points that the employee thinks are right.",
    )
    text = fields.Text(string="Reasons", required=True, help="Why, in plain words.")
    state = fields.Selection(
        OBJECTION_STATES,
        required=True,
        default="filed",
        tracking=True,
        group_expand=True,
        help="What became of it.",
    )
    filed_at = fields.Datetime(string="Filed", required=True)
    deadline = fields.Datetime(
        string="Decide By",
        required=True,
        help="End of the last working day that the team's rule gives for a decision; "
        "then the head of the department is told.",
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Not decided in time.",
    )
    decided_by_id = fields.Many2one(
        "res.users", ondelete="restrict", help="Who decided."
    )
    decided_at = fields.Datetime(string="Decided On", help="When it was decided.")
    decision = fields.Text(
        string="Reasons of the Decision", help="Why it was upheld or refused."
    )
    granted_points = fields.Float(
        string="Granted",
        digits=(8, 3),
        aggregator=None,
        help="Effort points that were found right.",
    )
    given_back = fields.Boolean(
        string="Back to the Queue",
        help="The case was still with the employee and went to somebody else.",
    )
    head_told_at = fields.Datetime(
        string="Head Told",
        help="When the head of the department was told that no decision came in time.",
    )

    _one_open = models.UniqueIndex(
        "(case_id, employee_id, kind) WHERE state = 'filed'",
        "There is such an objection of yours to this case already; it waits to be "
        "decided.",
    )
    _due_index = models.Index("(deadline) WHERE state = 'filed'")

    @api.depends("case_number", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for objection in self:
            objection.display_name = (
                f"{objection._tell_case()}: {kinds[objection.kind]}"
            )

    def _tell_case(self):
        """Return the number of the case, if it may be named."""
        return self.case_number or self.env._("(confidential)")

    @api.depends("state", "deadline")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for objection in self:
            objection.is_overdue = (
                objection.state == "filed" and objection.deadline < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "filed") & Domain(
            "deadline", "<", fields.Datetime.now()
        )
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        return late if True in wanted else ~late

    def write(self, vals):
        if CONTENT & vals.keys() and (
            not self.env.su or any(objection.state != "filed" for objection in self)
        ):
            raise AccessError(
                self.env._(
                    "An objection is not changed. It is withdrawn or decided on by its "
                    "buttons, and what was decided stays."
                )
            )
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete objections.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Objections cannot be deleted."))

    # ----------------------------------------------------------------- filing
    @api.model
    def _file(self, entry, kind, points, text):
        """File an objection to a case that was given to the user; return it.

        :param entry: ``citizen.assignment.entry`` by which the user got the case
        :param points: effort points wanted, ignored for ``fit``
        """
        entry.check_access("read")
        entry = entry.sudo()
        self._check_own(entry)
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Reasons: say why, in plain words."))
        self._check_wanted(entry, kind, points)
        self._check_none_open(entry, kind)
        objection = self.sudo().create(
            {
                **self._prepare_from(entry),
                "kind": kind,
                "wanted_points": 0 if kind == "fit" else points,
                "text": text,
            }
        )
        objection._call_decider()
        return objection.sudo(False)

    @api.model
    def _prepare_from(self, entry):
        """Return what an objection takes from the entry by which the case was given."""
        case, now = entry.case_id, fields.Datetime.now()
        return {
            "employee_id": entry.employee_id.id,
            "team_id": entry.team_id.id,
            "entry_id": entry.id,
            "case_id": case.id,
            "case_number": case._get_ledger_number(),
            "category_id": case._get_ledger_type() or False,
            "charged_points": entry._get_charged() / MILLI,
            "filed_at": now,
            "deadline": self._get_deadline(entry.team_id, now),
        }

    @api.model
    def _check_own(self, entry):
        """Raise unless the user was given a case by this entry."""
        if entry.employee_id.user_id != self.env.user:
            raise AccessError(
                self.env._("Only who was given a case objects to it, in person.")
            )
        if entry.kind not in HELD or not entry.case_id:
            raise UserError(
                self.env._(
                    "Ledger Entry: choose the entry by which the case was given to you."
                )
            )

    @api.model
    def _check_wanted(self, entry, kind, points):
        """Raise unless the points wanted differ from what is charged."""
        if kind not in dict(OBJECTION_KINDS):
            raise UserError(self.env._("Objection: choose what you object to."))
        if kind == "fit":
            return
        self._check_range(self._fields["wanted_points"], points)
        charged = entry._get_charged()
        if kind == "case" and round(points * MILLI) <= charged:
            raise UserError(
                self.env._(
                    "Wanted: more than the %s points that you are charged for this "
                    "case.",
                    self._tell(charged),
                )
            )
        if kind == "type":
            self._check_wanted_of_type(entry.case_id.category_id, points)

    @api.model
    def _check_wanted_of_type(self, category, points):
        if not category:
            raise UserError(
                self.env._(
                    "Objection: the case has no service type, so no points of one."
                )
            )
        if round(points * MILLI) == category._get_effort():
            raise UserError(
                self.env._(
                    "Wanted: cases of %(type)s have %(points)s points already.",
                    type=category.name,
                    points=self._tell(category._get_effort()),
                )
            )

    @api.model
    def _check_range(self, field, points):
        """Raise unless these can be the effort points of a case."""
        if not is_valid(points) or not round(points * MILLI):
            raise UserError(
                self.env._(
                    "%s: more than 0 and less than 1000 points; 1 stands for an "
                    "ordinary case.",
                    field._description_string(self.env),
                )
            )

    @api.model
    def _check_none_open(self, entry, kind):
        domain = [
            ("case_id", "=", entry.case_id.id),
            ("employee_id", "=", entry.employee_id.id),
            ("kind", "=", kind),
            ("state", "=", "filed"),
        ]
        if self.sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "There is such an objection of yours to this case already; it "
                    "waits to be decided."
                )
            )

    @api.model
    def _get_deadline(self, team, now):
        """Return until when the lead decides, on the calendar of the team."""
        return team._get_end_of_day(self._get_days(team), now)

    @api.model
    def _get_days(self, team):
        """Return the working days that the last rule of a team gives for a decision."""
        rules = self.env["citizen.assignment.rule"].sudo()
        domain = [("team_id", "=", team.id), ("state", "!=", "draft")]
        rule = team._get_rule() or rules.search(domain, order="version desc", limit=1)
        return rule.objection_days or USUAL_DAYS

    @api.model
    def _tell(self, milli):
        """Return thousandths as points, without needless zeros."""
        return f"{milli / MILLI:g}"
