from odoo import api, fields, models
from odoo.tools import SQL

from .audience import Audience
from .citizen_sla_step import RECIPIENTS


class CitizenSlaNotice(models.Model):
    """A step of the ladder that was taken: once a clock, whoever asks again.

    The row decides who may act: of several servers that find the same step due, the
    one whose INSERT succeeds tells people, in the same transaction.
    """

    _name = "citizen.sla.notice"
    _inherit = ["citizen.case.part"]
    _description = "SLA Notice"
    _order = "clock_id, at, id"

    clock_id = fields.Many2one("citizen.sla.clock", required=True, ondelete="cascade")
    step_id = fields.Many2one("citizen.sla.step", required=True, ondelete="restrict")
    at = fields.Datetime(required=True, help="When the step was due.")
    role = fields.Selection(
        RECIPIENTS,
        string="Told As",
        help="The role in which people were told. Empty: there was nobody who may be.",
    )
    user_ids = fields.Many2many("res.users", string="Told", help="Who was told.")

    _once = models.UniqueIndex("(clock_id, step_id)")

    @api.depends("clock_id", "step_id")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = notice.step_id.display_name

    # ---------------------------------------------------------------- business
    @api.model
    def _take(self, steps):
        """Record steps as taken; return the notices of those that were not before.

        :param steps: list of ``(clock, step id, naive UTC when it was due)``
        """
        if not steps:
            return self.browse()
        now, user_id = self.env.cr.now(), self.env.uid
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s)",
                *(clock.case_id.id, clock.id, step_id, at),
                *(user_id, now, user_id, now),
            )
            for clock, step_id, at in steps
        )
        taken = self.env.execute_query(
            SQL(
                """
                INSERT INTO citizen_sla_notice
                       (case_id, clock_id, step_id, at,
                        create_uid, create_date, write_uid, write_date)
                VALUES %s ON CONFLICT DO NOTHING RETURNING id
                """,
                rows,
            )
        )
        for clock, *_step in steps:
            clock.invalidate_recordset(["notice_ids"], flush=False)
        return self.browse(row[0] for row in taken)

    def _tell(self):
        """Tell whom the steps name, or the next one above; queue what is sent."""
        audience = Audience(self.case_id)
        told = {}
        for notice in self:
            found = audience.find(notice.case_id, notice.step_id.recipient)
            told.setdefault(found, self.browse())
            told[found] |= notice
        for (role, users), notices in told.items():
            notices.write({"role": role, "user_ids": [(6, 0, users.ids)]})
        self._create_activities()
        self._queue_mails()
        untold = self.filtered(lambda notice: not notice.user_ids)
        if untold:
            untold._tell_administrators(audience.get_group("catalogue_admin"))
