from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools.pulse_groups import LEAST

PULSE_STATES = [
    ("draft", "Draft"),
    ("open", "Open"),
    ("finished", "Finished"),
    ("cancelled", "Cancelled"),
]
#: What the coordinator sets before the round is opened.
PLANNED = frozenset(
    {"name", "company_id", "cycle_id", "department_id", "date_to", "question_ids"}
)


class CitizenStaffPulse(models.Model):
    """A round of few questions to the staff, who are the city's internal customers.

    Nobody learns who said what. Answers are added to counts of the team
    (``citizen.staff.pulse.tally``), never stored one by one; who has answered stands
    apart (``citizen.staff.pulse.seat``); both go when the round ends, and what stays
    are figures of at least five people (``citizen.staff.pulse.result``).
    """

    _name = "citizen.staff.pulse"
    _description = "Staff Pulse"
    _order = "date_from desc, id desc"

    name = fields.Char(required=True, help="What everybody calls this round.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Whose staff are asked.",
    )
    cycle_id = fields.Many2one(
        "citizen.evaluation.cycle",
        string="Evaluation Cycle",
        index="btree_not_null",
        ondelete="restrict",
        help="The cycle to which the round belongs, if it belongs to one.",
    )
    department_id = fields.Many2one(
        "hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose staff are asked, with the departments below it. Empty: all.",
    )
    date_from = fields.Date(
        string="From", readonly=True, copy=False, help="The day it was opened."
    )
    date_to = fields.Date(
        string="To", required=True, copy=False, help="Last day to answer."
    )
    question_ids = fields.Many2many(
        "citizen.staff.pulse.question",
        string="Questions",
        default=lambda self: self.env["citizen.staff.pulse.question"].search([]),
        help="What is asked, each in the version that stands here.",
    )
    state = fields.Selection(
        PULSE_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        help="How far the round is.",
    )
    asked_count = fields.Integer(
        string="Asked", readonly=True, copy=False, help="How many people are asked."
    )
    answer_count = fields.Integer(
        string="Answered",
        readonly=True,
        copy=False,
        help="How many people have answered, told when the round is over.",
    )
    result_ids = fields.One2many(
        "citizen.staff.pulse.result", "pulse_id", string="Results", readonly=True
    )

    @api.depends("cycle_id")
    def _compute_department_id(self):
        for pulse in self:
            pulse.department_id = pulse.cycle_id.department_id or pulse.department_id

    @api.constrains("cycle_id", "department_id")
    def _check_department(self):
        for pulse in self.filtered("cycle_id"):
            if pulse.department_id != pulse.cycle_id.department_id:
                raise ValidationError(
                    self.env._(
                        "Department: the round of a cycle asks the department of the "
                        "cycle."
                    )
                )

    # ------------------------------------------------------------------- CRUD
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_free(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_free(vals)
            if any(pulse.state != "draft" for pulse in self):
                raise AccessError(
                    self.env._(
                        "A round that was opened stays as it is. Cancel it and plan "
                        "another one."
                    )
                )
        return super().write(vals)

    @api.model
    def _check_free(self, vals):
        """Raise for what only the buttons set."""
        locked = sorted(vals.keys() & self._fields.keys() - PLANNED - {"id"})
        if locked:
            raise AccessError(
                self.env._(
                    "%s: this is set by the buttons of the round.",
                    self._fields[locked[0]]._description_string(self.env),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(pulse.state != "draft" for pulse in self):
            raise UserError(
                self.env._("A round that was opened is cancelled, not deleted.")
            )

    # ---------------------------------------------------------------- opening
    def action_open(self):
        """Ask everybody who is in a team today."""
        self.ensure_one()
        self.check_access("write")
        pulse = self.sudo()
        pulse.lock_for_update()
        if pulse.state != "draft":
            raise UserError(self.env._("This round has been opened already."))
        if not pulse.question_ids:
            raise UserError(self.env._("Questions: choose at least one."))
        today = fields.Date.context_today(self)
        if pulse.date_to < today:
            raise UserError(self.env._("To: choose a day that is still to come."))
        pulse.write({"state": "open", "date_from": today})
        pulse._invite()
        if pulse.asked_count < LEAST:
            raise UserError(
                self.env._(
                    "Department: only %(asked)s people would be asked, and of fewer "
                    "than %(least)s answers nothing is told. Choose a larger one.",
                    asked=pulse.asked_count,
                    least=LEAST,
                )
            )
        return True

    def _invite(self):
        """Give a seat to each person, in the team where they work most, as of today."""
        self.env.flush_all()
        departments = self.env["hr.department"].search(
            [("id", "child_of", self.department_id.ids)] if self.department_id else []
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO citizen_staff_pulse_seat
                       (pulse_id, user_id, team_id, has_answered)
                SELECT DISTINCT ON (member.user_id)
                       %(pulse)s, member.user_id, member.team_id, FALSE
                  FROM citizen_team_member AS member
                  JOIN helpdesk_ticket_team AS team ON team.id = member.team_id
                  JOIN res_users AS account ON account.id = member.user_id
                 WHERE account.active AND team.company_id = %(company)s
                   AND (%(all)s OR team.department_id = ANY(%(departments)s))
                   AND member.date_from <= %(today)s
                   AND (member.date_to IS NULL OR member.date_to >= %(today)s)
              ORDER BY member.user_id, member.capacity DESC, member.date_from, member.id
                """,
                pulse=self.id,
                company=self.company_id.id,
                all=not self.department_id,
                departments=departments.ids,
                today=self.date_from,
            )
        )
        self.asked_count = self.env.cr.rowcount
        self.env["citizen.staff.pulse.tally"]._begin(self)

    # --------------------------------------------------------------- the page
    @api.model
    def get_my_pulses(self):
        """Return the open rounds in which the user is asked, ready for the page.

        :return: list of dicts with ``id``, ``name``, ``until``, ``team``, ``is_done``
            and ``questions``, dicts with ``id`` and ``text``
        """
        seats = self.env["citizen.staff.pulse.seat"].sudo()
        mine = seats.search(
            [("user_id", "=", self.env.uid), ("pulse_id.state", "=", "open")]
        )
        return [
            {
                "id": seat.pulse_id.id,
                "name": seat.pulse_id.name,
                "until": fields.Date.to_string(seat.pulse_id.date_to),
                "team": seat.team_id.name,
                "is_done": seat.has_answered,
                "questions": [
                    {"id": question.id, "text": question.text}
                    for question in seat.pulse_id.question_ids
                ],
            }
            for seat in mine.sorted(lambda seat: seat.pulse_id.id)
        ]

    def action_answer(self, answers):
        """Add the user's answers to those of the team, once.

        :param answers: dict of the id of each question to ``agree``, ``disagree`` or
            ``unsure``
        """
        self.ensure_one()
        self.check_access("read")
        pulse = self.sudo()
        said = pulse._parse_answers(answers)
        if pulse.state != "open" or pulse.date_to < fields.Date.context_today(self):
            raise UserError(self.env._("This round is over."))
        team_id = self.env["citizen.staff.pulse.seat"].sudo()._take(pulse)
        self.env["citizen.staff.pulse.tally"].sudo()._add(pulse, team_id, said)
        return True

    def _parse_answers(self, answers):
        """Return dict question id -> choice of each question, or raise."""
        choices = ("agree", "disagree", "unsure")
        try:
            said = {int(question): choice for question, choice in answers.items()}
        except (AttributeError, TypeError, ValueError):
            said = {}
        asked = set(self.question_ids.ids)
        if said.keys() != asked or not all(one in choices for one in said.values()):
            raise UserError(
                self.env._(
                    "Answers: say to each sentence whether you agree, disagree or "
                    "cannot say."
                )
            )
        return said

    # ----------------------------------------------------------------- ending
    def action_cancel(self):
        """End the round without a result; all answers are deleted."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "open"):
            raise UserError(self.env._("This round has ended already."))
        pulse = self.sudo()
        pulse.state = "cancelled"
        pulse._forget()
        return True

    def action_view_results(self):
        """Open what may be told of the answers."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_staff_pulse_result_action"
        )
        return {**action, "domain": [("pulse_id", "=", self.id)]}

    def _cron_finish(self):
        """End the rounds whose last day is over."""
        today = fields.Date.context_today(self)
        over = self.search([("state", "=", "open"), ("date_to", "<", today)])
        for pulse in over:
            pulse._finish()
        self.env["ir.cron"]._note_done(len(over))

    def _finish(self):
        """Keep what may be told, and forget counts and who has answered."""
        self.ensure_one()
        self.lock_for_update()
        seats = self.env["citizen.staff.pulse.seat"]
        answered = [("pulse_id", "=", self.id), ("has_answered", "=", True)]
        self.write({"state": "finished", "answer_count": seats.search_count(answered)})
        self.env["citizen.staff.pulse.result"]._tell(self)
        self._forget()

    def _forget(self):
        """Delete counts and seats; nothing is left that could be compared."""
        for model in ("citizen.staff.pulse.seat", "citizen.staff.pulse.tally"):
            self.env[model].search([("pulse_id", "in", self.ids)]).unlink()
