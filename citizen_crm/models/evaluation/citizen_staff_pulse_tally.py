from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CitizenStaffPulseSeat(models.Model):
    """Who is asked in a round that is open, and whether they have answered.

    It says nothing of what was answered, nor when. Nobody reads it but the system; a
    person is told of the own seat.
    """

    _name = "citizen.staff.pulse.seat"
    _description = "Seat in a Staff Pulse"
    # Neither who wrote a row nor when: the order of answers would tell whose they are.
    _log_access = False
    _rec_name = "pulse_id"

    pulse_id = fields.Many2one(
        "citizen.staff.pulse",
        string="Round",
        required=True,
        ondelete="cascade",
        help="In which round.",
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        help="Who is asked.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        required=True,
        ondelete="cascade",
        help="To which team's answers those of this person are added.",
    )
    has_answered = fields.Boolean(
        string="Answered", help="The person has answered, and cannot do it again."
    )

    _one_a_person = models.UniqueIndex("(pulse_id, user_id)")

    @api.model
    def _take(self, pulse):
        """Take the user's seat, once, and return the team it belongs to.

        Of two requests at once the later waits, begins again and is refused.
        """
        self.env.flush_all()
        taken = self.env.execute_query(
            SQL(
                "UPDATE citizen_staff_pulse_seat SET has_answered = TRUE"
                " WHERE pulse_id = %s AND user_id = %s AND NOT has_answered"
                " RETURNING team_id",
                pulse.id,
                self.env.uid,
            )
        )
        if not taken:
            raise UserError(
                self.env._("You have answered already, or are not asked in this round.")
            )
        self.invalidate_model(["has_answered"])
        return taken[0][0]


class CitizenStaffPulseTally(models.Model):
    """What the people of a team have answered to a question so far, as three counts.

    Answers are not stored one by one, so there is nothing that could be linked to a
    person. Whoever answers touches all rows of the team alike, so not even the marks
    that the database leaves on changed rows tell which count went up.
    """

    _name = "citizen.staff.pulse.tally"
    _description = "Counts of a Staff Pulse"
    _log_access = False
    _rec_name = "pulse_id"

    pulse_id = fields.Many2one(
        "citizen.staff.pulse",
        string="Round",
        required=True,
        index=True,
        ondelete="cascade",
        help="In which round.",
    )
    question_id = fields.Many2one(
        "citizen.staff.pulse.question",
        required=True,
        ondelete="cascade",
        help="To which question.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team", required=True, ondelete="cascade", help="Whose answers."
    )
    agree = fields.Integer(default=0, required=True, help="How many agree.")
    disagree = fields.Integer(default=0, required=True, help="How many disagree.")
    unsure = fields.Integer(
        string="Cannot Say", default=0, required=True, help="How many cannot say."
    )

    @api.model
    def _begin(self, pulse):
        """Begin to count at nought, for each team that is asked and each question."""
        seats = self.env["citizen.staff.pulse.seat"].search(
            [("pulse_id", "=", pulse.id)]
        )
        self.create(
            [
                {"pulse_id": pulse.id, "question_id": question.id, "team_id": team.id}
                for question in pulse.question_ids
                for team in seats.team_id
            ]
        )

    @api.model
    def _add(self, pulse, team_id, said):
        """Add the answers of one person to those of a team.

        :param said: dict question id -> choice
        """
        self.env.flush_all()
        chosen = {
            choice: [one for one, what in said.items() if what == choice]
            for choice in ("agree", "disagree", "unsure")
        }
        self.env.cr.execute(
            SQL(
                """
                UPDATE citizen_staff_pulse_tally
                   SET agree = agree + (question_id = ANY(%(agree)s))::int,
                       disagree = disagree + (question_id = ANY(%(disagree)s))::int,
                       unsure = unsure + (question_id = ANY(%(unsure)s))::int
                 WHERE pulse_id = %(pulse)s AND team_id = %(team)s
                """,
                pulse=pulse.id,
                team=team_id,
                **chosen,
            )
        )
        self.invalidate_model()
