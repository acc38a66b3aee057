from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import clean_context, format_date

ARRANGEMENT_STATES = [
    ("asked", "To be decided"),
    ("approved", "Arranged"),
    ("refused", "Refused"),
    ("ended", "Ended early"),
]
#: An arrangement holds for a year at most, and is looked at again after half of it.
LONGEST_DAYS, REVIEW_DAYS = 366, 183
#: What whoever proposes one says; all else follows.
ASKED_FIELDS = frozenset({"case_id", "terms", "reason", "date_to", "review_date"})


class CitizenContactArrangement(models.Model):
    """How a person and the city keep in touch when conduct has become unbearable.

    It says in which way they write or call, and to whom. It takes no right away: a new
    matter is registered and handled like anybody's, danger and wrongdoing are reported
    in any way. A second person approves it, the person reads it, and it ends.
    """

    _name = "citizen.contact.arrangement"
    _inherit = ["citizen.case.proposal", "citizen.period.mixin"]
    _task = "citizen_crm.mail_activity_type_arrangement"
    _description = "Contact Arrangement"
    _order = "id desc"
    _rec_name = "case_id"

    case_id = fields.Many2one(
        string="Arose In",
        help="The case in which it came up. The person is told there.",
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id",
        string="Person",
        store=True,
        index=True,
        help="With whom contact is arranged.",
    )
    terms = fields.Text(
        required=True,
        help="What is arranged, as the person reads it: which way, to whom, when. It "
        "says how, never whether they may turn to the city.",
    )
    reason = fields.Text(
        required=True,
        help="What happened, with dates, as the person reads it. What they did, not "
        "what they are like.",
    )
    state = fields.Selection(ARRANGEMENT_STATES, required=True, default="asked")
    date_from = fields.Date(
        string="From", readonly=True, help="The day on which it was approved."
    )
    date_to = fields.Date(
        required=True, help="Last day; at most a year. It is proposed anew if need be."
    )
    review_date = fields.Date(
        string="Review On",
        required=True,
        help="When the department head looks whether it is still needed; within half a "
        "year.",
    )
    level = fields.Selection(default="head", help="Who approves it, at least.")
    asked_by_id = fields.Many2one(string="Proposed By")
    asked_at = fields.Datetime(string="Proposed On")
    decided_at = fields.Datetime(string="Decided On")
    may_end = fields.Boolean(string="Mine to End", compute="_compute_may_end")

    _one_asked = models.UniqueIndex(
        "(case_id) WHERE state = 'asked'",
        "An arrangement of this case waits to be decided.",
    )

    @api.depends("is_current", "asked_by_id")
    @api.depends_context("uid")
    def _compute_may_end(self):
        for arrangement in self:
            is_mine = self.env.user in arrangement._get_deciders()
            arrangement.may_end = arrangement.is_current and is_mine

    @api.depends("state")
    def _compute_is_current(self):
        computed = super()._compute_is_current()
        for arrangement in self:
            arrangement.is_current &= arrangement.state == "approved"
        return computed

    def _search_is_current(self, operator, value):
        found = super()._search_is_current(operator, value)
        if found is NotImplemented or set(value) != {True}:
            return NotImplemented
        return found & Domain("state", "=", "approved")

    # --------------------------------------------------------------- proposing
    @api.model_create_multi
    def create(self, vals_list):
        """Propose arrangements; the first of those who may decide is asked."""
        if not self.env.su:
            vals_list = [self._keep_asked(vals) for vals in vals_list]
            cases = [vals["case_id"] for vals in vals_list]
            self.env["helpdesk.ticket"].browse(cases).check_access("write")
        # No default of the context decides on it.
        blank = self.with_context(clean_context(self.env.context))
        arrangements = super(CitizenContactArrangement, blank).create(vals_list)
        for arrangement in arrangements.sudo().filtered(lambda a: a.state == "asked"):
            arrangement._call_decider(
                lambda env: env._("Decide on a contact arrangement")
            )
        return arrangements

    @api.model
    def _keep_asked(self, vals):
        """Return what whoever proposes one may say."""
        case_id = vals.get("case_id") or self.env.context.get("default_case_id")
        if not case_id:
            raise UserError(self.env._("Arose In: name the case in which it came up."))
        known = {name: vals[name] for name in ASKED_FIELDS & vals.keys()}
        return {**known, "case_id": case_id}

    @api.constrains("case_id", "state")
    def _check_case(self):
        for arrangement in self.sudo():
            case = arrangement.case_id
            if not case.partner_id:
                raise ValidationError(
                    self.env._(
                        "Arose In: nobody knows who filed %s, so nothing can be "
                        "arranged with them.",
                        case.number,
                    )
                )
            if case.confidential:
                raise ValidationError(
                    self.env._(
                        "Arose In: no arrangement follows from a confidential report."
                    )
                )
            others = arrangement.search(
                [
                    ("id", "!=", arrangement.id),
                    ("partner_id", "=", case.partner_id.id),
                    ("is_current", "=", True),
                ]
            )
            if arrangement.state == "approved" and others:
                raise ValidationError(
                    self.env._(
                        "An arrangement with %s is in force. End it first.",
                        case.partner_id.name,
                    )
                )

    @api.constrains("date_to", "review_date", "asked_at")
    def _check_dates(self):
        for arrangement in self:
            begin = arrangement.date_from or arrangement.asked_at.date()
            end, review = arrangement.date_to, arrangement.review_date
            if not begin < end <= begin + timedelta(days=LONGEST_DAYS):
                raise ValidationError(
                    self.env._("To: after today, and within a year at most.")
                )
            if not begin < review <= min(end, begin + timedelta(days=REVIEW_DAYS)):
                raise ValidationError(
                    self.env._("Review On: before it ends, and within half a year.")
                )

    def _say_nobody_decides(self):
        return self.env._(
            "Nobody can decide on this: enter a manager of the department who may see "
            "the case."
        )

    # ---------------------------------------------------------------- deciding
    def action_approve(self):
        """Put it into force, and tell the person."""
        for arrangement in self:
            taken = arrangement._take()
            taken.date_from = fields.Date.context_today(taken)
            arrangement._note_decision("approved")
            taken._tell()
            taken._give_task(
                self.env.user,
                lambda env: env._("Is the contact arrangement still needed?"),
                taken.terms,
                taken.review_date,
            )

    def action_refuse(self):
        """Refuse it: nothing is arranged."""
        for arrangement in self:
            arrangement._take()
            arrangement._note_decision("refused")

    def action_end(self):
        """End it before its time, and tell the person."""
        for arrangement in self:
            taken = arrangement._take(("approved",))
            arrangement._note_decision("ended")
            taken._tell()

    def _say_who_decides(self):
        return self.env._(
            "Only the head of the department decides on this, and never whoever has "
            "proposed it."
        )

    def _tell(self):
        """Tell the person; where no mail is wanted, it becomes a task of staff."""
        template = self.env.ref("citizen_crm.mail_template_arrangement").sudo()
        case = self.case_id.with_user(SUPERUSER_ID)
        case._send_notice(template, self.with_user(SUPERUSER_ID))


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    contact_arrangement_id = fields.Many2one(
        "citizen.contact.arrangement",
        compute="_compute_contact_arrangement",
        help="How to keep in touch with this person for the time being.",
    )
    contact_terms = fields.Text(
        string="How to Keep in Touch", compute="_compute_contact_arrangement"
    )

    @api.depends("partner_id", "nature")
    def _compute_contact_arrangement(self):
        """Show what holds for the person; reports of wrongdoing are left alone."""
        found = (
            self.env["citizen.contact.arrangement"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("is_current", "=", True),
                ]
            )
        )
        by_person = {row.partner_id: row for row in found}
        for case in self:
            is_bound = case.nature != "misconduct_report" and not case.confidential
            row = by_person.get(case.partner_id) if is_bound else None
            case.contact_arrangement_id = row and row.id
            case.contact_terms = row and row.terms

    def action_arrange_contact(self):
        """Propose a contact arrangement with the person of the case."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose a Contact Arrangement"),
            "res_model": "citizen.contact.arrangement",
            "view_mode": "form",
            "context": {"default_case_id": self.id},
        }

    def _get_portal_page(self):
        page = super()._get_portal_page()
        row = self.contact_arrangement_id if page["is_mine"] else None
        return {
            **page,
            "arrangement": row
            and {
                "terms": row.terms,
                "reason": row.reason,
                "until": format_date(self.env, row.date_to, date_format="full"),
            },
        }
