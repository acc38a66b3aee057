from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import NO_ACCESS, Domain

RECUSAL_KINDS = [
    ("person", "A person"),
    ("organisation", "An organisation"),
    ("type", "A service type"),
    ("case", "One case"),
]
#: The field that says with whom or what, by kind.
SUBJECTS = {
    "person": "partner_id",
    "organisation": "partner_id",
    "type": "category_id",
    "case": "case_number",
}


class CitizenRecusal(models.Model):
    """Somebody must not handle certain cases: a conflict of interest, for a time.

    Declared by the employee, or recorded by the lead. The dispatcher leaves the
    employee out; colleagues are shown that somebody is recused, never who or why.
    What was declared is not changed: it ends, and another one begins.
    """

    _name = "citizen.recusal"
    _inherit = ["citizen.period.mixin"]
    _description = "Conflict of Interest"
    _order = "date_from desc, id desc"
    _rec_name = "employee_id"

    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user.employee_id,
        help="Who must not handle these cases. A lead records it for the own team.",
    )
    kind = fields.Selection(
        RECUSAL_KINDS,
        string="Conflict With",
        required=True,
        default="person",
        help="A person: the cases of that person. An organisation: the cases of all "
        "who belong to it. A service type: with everything below it.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person or Organisation",
        index="btree_not_null",
        ondelete="restrict",
        help="With whom the employee has a conflict of interest.",
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        index="btree_not_null",
        ondelete="restrict",
        help="Cases of this type, or of one below it, are not given to the employee.",
    )
    # Not for reading: the lead need not be cleared for the case.
    case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Case Record",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    case_number = fields.Char(
        string="Case", help="Number of the case; you must be able to see it."
    )
    reason = fields.Text(
        required=True,
        help="Why, in plain words. Only the employee, the lead and the heads of the "
        "department read it.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._get_today(),
        help="First day on which no such case is given.",
    )
    date_to = fields.Date(help="Last day; empty while it has no end.")
    is_current = fields.Boolean(help="In force today.")
    recorded_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="The employee, or the lead who knew of it. Who recorded it ends it.",
    )
    may_end = fields.Boolean(
        compute="_compute_may_end", help="It is in force, and you may end it."
    )
    open_case_numbers = fields.Char(
        string="Open Cases of This Kind",
        compute="_compute_open_case_numbers",
        help="Open cases that the employee has and that this is about.",
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "To: a conflict of interest cannot end before it begins.",
    )

    @api.depends("kind", "partner_id", "category_id", "case_number")
    def _compute_display_name(self):
        for recusal in self:
            subject = recusal[SUBJECTS[recusal.kind]] if recusal.kind else ""
            recusal.display_name = (
                subject if isinstance(subject, str) else subject.display_name
            ) or self.env._("Conflict of Interest")

    @api.constrains("kind", "partner_id", "category_id", "case_id")
    def _check_subject(self):
        for recusal in self:
            name = SUBJECTS[recusal.kind]
            if not recusal[name]:
                raise ValidationError(
                    self.env._(
                        "%s: say with whom or what the conflict of interest is.",
                        self._fields[name]._description_string(self.env),
                    )
                )

    @api.depends("date_to", "recorded_by_id", "employee_id")
    @api.depends_context("uid")
    def _compute_may_end(self):
        today = self._get_today()
        for recusal in self:
            is_open = not recusal.date_to or recusal.date_to >= today
            recusal.may_end = (
                bool(recusal._origin) and is_open and recusal._is_mine_to_end()
            )

    @api.model
    def _get_today(self):
        """Return the date in the city."""
        zone = ZoneInfo(self.env.company._get_city_tz())
        return fields.Datetime.now().replace(tzinfo=UTC).astimezone(zone).date()

    def _is_mine_to_end(self):
        """Tell whether the user may end it.

        What an employee has declared is for them alone to end; what was recorded by
        somebody else is for whoever answers for the team now, not for the employee.
        """
        self.ensure_one()
        recusal = self.sudo()
        own, by = recusal.employee_id.user_id, recusal.recorded_by_id
        if own == by:
            return self.env.user == own
        return self.env.user == by or self.env.user in recusal._get_leads()

    # -------------------------------------------------------------- recording
    @api.model_create_multi
    def create(self, vals_list):
        """Record conflicts of interest; the case is found by its number."""
        if self.env.su:
            return super().create(vals_list)
        self.check_access("create")
        rows = [self._prepare_own(vals) for vals in vals_list]
        recusals = super(CitizenRecusal, self.sudo()).create(rows).sudo(False)
        for recusal in recusals:
            recusal._check_recorder()
        recusals.check_access("create")
        return recusals

    @api.model
    def _prepare_own(self, vals):
        """Return what a user may say of a conflict of interest."""
        row = self._add_missing_default_values(vals)
        row |= {"recorded_by_id": self.env.uid, "case_id": False}
        kind = row.get("kind")
        for name in set(SUBJECTS.values()) - {SUBJECTS.get(kind)}:
            row[name] = False
        if kind == "case" and row.get("case_number"):
            case = self._find_case(row["case_number"])
            row |= {"case_id": case.id, "case_number": case.number}
        return row

    @api.model
    def _find_case(self, number):
        """Return the case of a number, if the user may see it."""
        case = self.env["helpdesk.ticket"].search(
            [("number", "=", (number or "").strip())], limit=1
        )
        if not case:
            raise UserError(
                self.env._("Case: you can see no case with the number %s.", number)
            )
        return case

    def _check_recorder(self):
        """Raise unless it is about the user, or somebody whom the user leads."""
        if self.env.user not in (
            self.sudo().employee_id.user_id | self.sudo()._get_leads()
        ):
            raise AccessError(
                self.env._(
                    "Employee: you declare your own conflicts of interest. A lead "
                    "records those of the own team."
                )
            )

    def _get_leads(self):
        """Return who answers for the employee: leads of the teams and heads above."""
        self.ensure_one()
        teams = self.employee_id.citizen_member_ids.filtered("is_current").team_id
        users, departments = teams.user_id, teams.department_id
        while departments:
            users |= departments.manager_id.user_id
            departments = departments.parent_id
        return users - self.employee_id.user_id

    # ------------------------------------------------------------------ ending
    def write(self, vals):
        """Only the end may be written, by whom it is to end."""
        if not self.env.su:
            if vals.keys() - {"date_to"}:
                raise UserError(
                    self.env._(
                        "A conflict of interest is not changed: end it, and declare "
                        "another one."
                    )
                )
            self._check_end(fields.Date.to_date(vals.get("date_to")))
        return super().write(vals)

    def _check_end(self, day):
        """Raise unless the user may end these on this day."""
        yesterday = self._get_today() - timedelta(days=1)
        for recusal in self:
            if not recusal._is_mine_to_end():
                raise AccessError(
                    self.env._(
                        "Who has declared a conflict of interest ends it; what a lead "
                        "has recorded, a lead ends."
                    )
                )
            if recusal.date_to and recusal.date_to < yesterday:
                raise UserError(self.env._("To: it has ended already."))
            if day and day < max(recusal.date_from, yesterday):
                raise UserError(
                    self.env._(
                        "To: not before %s. What was in force stays on record.",
                        max(recusal.date_from, yesterday),
                    )
                )

    def action_end(self):
        """End conflicts of interest: from now on such cases may be given again."""
        yesterday = self._get_today() - timedelta(days=1)
        for recusal in self:
            recusal.date_to = max(yesterday, recusal.date_from)

    # -------------------------------------------------------------- open cases
    @api.depends_context("uid")
    @api.depends("employee_id", "kind", "partner_id", "category_id", "case_number")
    def _compute_open_case_numbers(self):
        for recusal in self:
            # Who records it need not be cleared for all cases of the employee.
            cases = recusal._find_open_cases().sudo(False)._filtered_access("read")
            numbers = cases.mapped("number")
            recusal.open_case_numbers = ", ".join(filter(None, numbers))

    def _find_open_cases(self):
        """Return the open cases of the employee that this is about, as superuser."""
        self.ensure_one()
        recusal = self.sudo()
        Case = recusal.env["helpdesk.ticket"]
        user = recusal.employee_id.user_id
        if not user or not self.is_current or not self._origin:
            return Case
        return Case.search(
            recusal._get_case_domain()
            & Domain("user_id", "=", user.id)
            & Domain("is_open", "=", True)
        )

    def _get_case_domain(self):
        """Return the domain of the cases that this is about."""
        self.ensure_one()
        if self.kind == "person":
            return Domain("partner_id", "=", self.partner_id.id)
        if self.kind == "organisation":
            commercial = self.partner_id.commercial_partner_id
            return Domain("commercial_partner_id", "=", commercial.id)
        if self.kind == "type":
            return Domain("category_id", "child_of", self.category_id.ids)
        return Domain("id", "=", self.case_id.id)

    def action_give_back(self):
        """Give the open cases that this is about back to the queue."""
        self.ensure_one()
        self.check_access("read")
        cases = self._find_open_cases().sudo(False)
        if not cases:
            raise UserError(
                self.env._("There is no open case that would have to be given back.")
            )
        # Why exactly stands here, where fewer people read it than in the ledger.
        cases._hand_to(self.env["res.users"], self.env._("Conflict of interest"))
        self.invalidate_recordset(["open_case_numbers"])
        return True


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    citizen_member_ids = fields.One2many(
        "citizen.team.member",
        "employee_id",
        string="Memberships of Department Teams",
        groups="hr.group_hr_user",
    )
