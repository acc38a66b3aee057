from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.evaluation_life import EVALUATION_STATES

READ_WAYS = [("screen", "On the screen"), ("paper", "On paper")]


class CitizenEvaluationRead(models.Model):
    """Who read another person's evaluation, and when. Append-only.

    One row a day for each reader, evaluation and way. The own one leaves no trace.
    """

    _name = "citizen.evaluation.read"
    _description = "Reading of an Evaluation"
    _order = "at desc, id desc"
    _rec_name = "reader_name"

    evaluation_id = fields.Many2one(
        "citizen.evaluation",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
        help="What was read.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Reader",
        readonly=True,
        ondelete="set null",
        help="Who read it, as long as the account exists.",
    )
    reader_name = fields.Char(
        string="Read By", readonly=True, help="Name of the reader as of then."
    )
    at = fields.Datetime(
        string="First Read",
        required=True,
        readonly=True,
        help="When it was read for the first time on that day.",
    )
    day = fields.Date(required=True, readonly=True, help="The day, in UTC.")
    state = fields.Selection(
        EVALUATION_STATES,
        readonly=True,
        help="How far the evaluation was when it was read.",
    )
    way = fields.Selection(
        READ_WAYS,
        string="Read How",
        required=True,
        readonly=True,
        default="screen",
        help="On paper: a print of it was made, which can be taken away.",
    )

    _once_a_day = models.UniqueIndex("(evaluation_id, user_id, day, way)")

    @api.model
    def _enter(self, evaluations, way="screen"):
        """Record that the present user reads these evaluations, if not the own ones.

        One statement; of two requests at once one adds the row, the other none.

        :param way: of ``READ_WAYS``
        """
        user = self.env.user
        others = evaluations.sudo().filtered(
            lambda one: one.employee_id.user_id != user and one._origin
        )
        if not others:
            return
        others.flush_recordset(["state"])
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO citizen_evaluation_read
                       (evaluation_id, user_id, reader_name, at, day, state, way,
                        create_uid, create_date, write_uid, write_date)
                SELECT id, %(uid)s, %(name)s, %(now)s, %(day)s, state, %(way)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM citizen_evaluation
                 WHERE id = ANY(%(ids)s)
                    ON CONFLICT DO NOTHING
                """,
                uid=user.id,
                name=user.name,
                now=now,
                day=now.date(),
                way=way,
                ids=others.ids,
            )
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Who read an evaluation is on record for good."))

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Who read an evaluation is on record for good."))
