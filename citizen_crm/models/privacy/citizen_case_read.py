from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

READ_WAYS = [
    ("form", "Opened"),
    ("list", "In a list"),
    ("grouped", "Grouped by content"),
    ("export", "Exported"),
    ("portal", "On the portal's page"),
    ("handout", "Handed out to the person"),
]
STANDINGS = [
    ("handler", "Handler"),
    ("lead", "Team lead"),
    ("other", "Somebody else"),
]


class CitizenCaseRead(models.Model):
    """Who read which confidential case, when, how and why. Append-only.

    One row a day for each reader, case and way. The reason is written once, into the
    rows of the day. Cases that are not confidential leave no trace here.
    """

    _name = "citizen.case.read"
    _description = "Reading of a Confidential Case"
    _order = "at desc, id desc"
    _rec_name = "case_number"

    # Not for reading: a privacy officer need not be cleared for the case.
    case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Case Record",
        required=True,
        readonly=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    case_number = fields.Char(string="Case", readonly=True, help="Number of the case.")
    user_id = fields.Many2one(
        "res.users",
        string="Read By",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        help="Who read it.",
    )
    at = fields.Datetime(
        string="First Read",
        required=True,
        readonly=True,
        help="When it was read in this way for the first time on that day.",
    )
    day = fields.Date(required=True, readonly=True, help="The day, in UTC.")
    way = fields.Selection(
        READ_WAYS, required=True, readonly=True, help="How it was read."
    )
    standing = fields.Selection(
        STANDINGS,
        string="As",
        required=True,
        readonly=True,
        help="What the reader had to do with the case at that time.",
    )
    reason = fields.Char(
        readonly=True,
        help="Why, as the reader said. Handlers and leads are not asked.",
    )

    _once_a_day = models.UniqueIndex("(case_id, user_id, day, way)")

    @api.model
    def _enter(self, case_ids, way):
        """Record that the present user reads these confidential cases.

        One statement; of two requests at once one adds the row, the other none.
        """
        self.env["helpdesk.ticket"].browse(case_ids).flush_recordset(
            ["number", "user_id", "team_id"]
        )
        self.env["helpdesk.ticket.team"].flush_model(["user_id"])
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO citizen_case_read
                       (case_id, case_number, user_id, at, day, way, standing, reason,
                        create_uid, create_date, write_uid, write_date)
                SELECT ticket.id, ticket.number, %(uid)s, %(now)s, %(day)s, %(way)s,
                       CASE %(uid)s WHEN ticket.user_id THEN 'handler'
                                    WHEN team.user_id THEN 'lead' ELSE 'other' END,
                       (SELECT max(reason) FROM citizen_case_read AS known
                         WHERE known.case_id = ticket.id AND known.day = %(day)s
                           AND known.user_id = %(uid)s),
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM helpdesk_ticket AS ticket
             LEFT JOIN helpdesk_ticket_team AS team ON team.id = ticket.team_id
                 WHERE ticket.id = ANY(%(cases)s)
                    ON CONFLICT DO NOTHING
                """,
                uid=self.env.uid,
                now=now,
                day=now.date(),
                way=way,
                cases=list(case_ids),
            )
        )

    @api.model
    def _say_why(self, case, reason):
        """Write the reason into the present user's rows of today that have none."""
        self._enter(case.ids, "form")
        self.env.cr.execute(
            SQL(
                "UPDATE citizen_case_read SET reason = %s WHERE reason IS NULL"
                " AND case_id = %s AND user_id = %s AND day = %s",
                reason,
                case.id,
                self.env.uid,
                fields.Datetime.now().date(),
            )
        )
        case.invalidate_recordset(["read_reason_needed"])

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Who read a case is on record for good."))

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Who read a case is on record for good."))
