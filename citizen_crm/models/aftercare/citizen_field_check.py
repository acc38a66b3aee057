from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.outcomes import outcome_of_check
from ...tools.sampling import pick

FINDINGS = [
    ("done", "Done"),
    ("partly", "Done in part"),
    ("not_done", "Not done"),
    ("cannot_tell", "Cannot tell"),
]
STATES = [("todo", "To check"), ("done", "Checked")]
#: What the checker writes; all else is drawn or follows.
WRITTEN = frozenset(
    {"finding", "note", "photo", "place", "place_latitude", "place_longitude"}
)
#: What belongs to activities and messages, not to the finding.
AROUND = ("activity_", "message_", "website_message_", "my_activity_")
#: Days to look.
CHECK_DAYS = 10


class CitizenFieldCheck(models.Model):
    """Somebody who has not handled a closed case goes and looks what came of it.

    The case and the checker are drawn; neither the handler nor the lead chooses them.
    What is found becomes the outcome of the case, and is disputed where the person has
    said the opposite.
    """

    _name = "citizen.field.check"
    _inherit = ["citizen.case.part", "mail.thread", "mail.activity.mixin"]
    _description = "Field Check"
    _order = "state desc, deadline, id"
    _rec_name = "case_id"
    _mail_post_access = "read"

    case_id = fields.Many2one(readonly=True, help="The case that was drawn.")
    sample_id = fields.Many2one(
        "citizen.field.sample",
        string="Draw",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="By which the case was drawn; it can be drawn again.",
    )
    drawn_number = fields.Char(
        string="Number Drawn",
        required=True,
        readonly=True,
        help="Number of the case, as it stands in the draw.",
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        ondelete="restrict",
        help="Of the case when it was drawn.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The team that had the case when it was drawn.",
    )
    case_place = fields.Char(related="case_id.place", string="Where")
    checker_id = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Drawn from the team and its heads, without those who had the case.",
    )
    passed_user_ids = fields.Many2many(
        "res.users",
        string="Passed On By",
        readonly=True,
        help="Who could not look; the draw went on to the next.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="todo",
        group_expand=True,
        help="Whether somebody has looked.",
    )
    deadline = fields.Date(
        string="Look By", readonly=True, help="Until when somebody is to look."
    )
    finding = fields.Selection(
        FINDINGS, tracking=True, help="What you have found, against what was said."
    )
    note = fields.Text(help="What there is to see.")
    photo = fields.Image(max_width=1920, max_height=1920, help="A photo of the place.")
    place = fields.Char(
        string="Place Seen", help="Where you stood, if it is not the place of the case."
    )
    place_latitude = fields.Float(
        string="Latitude", digits=(10, 7), help="Of where you stood."
    )
    place_longitude = fields.Float(
        string="Longitude", digits=(10, 7), help="Of where you stood, to the east."
    )
    checked_at = fields.Datetime(
        string="Checked On", readonly=True, help="When the finding was recorded."
    )
    is_disputed = fields.Boolean(
        string="Disputed",
        readonly=True,
        help="The person has said the opposite of what was found.",
    )
    is_mine = fields.Boolean(
        string="Mine",
        compute="_compute_is_mine",
        help="You are to look, and have not yet.",
    )

    _one_a_draw = models.UniqueIndex("(sample_id, case_id)")
    _latitude_range = models.Constraint(
        "CHECK (place_latitude BETWEEN -90 AND 90)",
        "Latitude must be between -90 and 90 degrees.",
    )
    _longitude_range = models.Constraint(
        "CHECK (place_longitude BETWEEN -180 AND 180)",
        "Longitude must be between -180 and 180 degrees.",
    )

    @api.depends("state", "checker_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for check in self:
            check.is_mine = check.state == "todo" and check.checker_id == self.env.user

    # ------------------------------------------------------------- giving out
    @api.model
    def _give_out(self, sample, cases):
        """Give cases that were drawn to people who are drawn as well."""
        checks = self.with_user(SUPERUSER_ID).create(
            [
                {
                    "case_id": case.id,
                    "sample_id": sample.id,
                    "drawn_number": case.number,
                    "category_id": case.category_id.id,
                    "team_id": case.team_id.id,
                    "deadline": fields.Date.today() + timedelta(days=CHECK_DAYS),
                }
                for case in cases
            ]
        )
        checks._draw_checkers()
        return checks

    def _draw_checkers(self):
        """Draw who looks; a case that nobody may look at waits for a head to come."""
        for check in self:
            candidates = check._get_candidates()
            by_id = {str(user.id): user for user in candidates}
            chosen = pick(by_id, f"{check.sample_id.seed} {check.drawn_number}")
            check.checker_id = by_id.get(chosen, candidates)
            if check.checker_id:
                check.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=check.deadline,
                    summary=check.env._("Look at what came of it"),
                    user_id=check.checker_id.id,
                )

    def _get_candidates(self):
        """Return who may look: of the team or above it, and never had the case."""
        self.ensure_one()
        case, team = self.case_id, self.team_id
        users = team._get_current_members().user_id | team._get_leaders()
        users -= case._get_earlier_handlers() | self.passed_user_ids
        return case._filter_readers(users)

    def action_pass_on(self):
        """Let the draw go on to the next: the checker cannot look."""
        self.ensure_one()
        self._check_mine()
        check = self.sudo()
        check.passed_user_ids += check.checker_id
        check.activity_ids.unlink()
        check.with_user(SUPERUSER_ID)._draw_checkers()
        return True

    # -------------------------------------------------------------- recording
    def write(self, vals):
        """The checker writes what was found until it is recorded."""
        own = {name for name in vals if not name.startswith(AROUND)}
        if own and not self.env.su:
            if own - WRITTEN:
                raise AccessError(
                    self.env._(
                        "Case and checker are drawn, not chosen. You write what you "
                        "have found."
                    )
                )
            self._check_mine()
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete checks.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Field checks are not deleted."))

    def _check_mine(self):
        for check in self:
            if check.state == "done":
                raise UserError(
                    self.env._("This has been recorded and stays as it is.")
                )
            if check.checker_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%s is to look here. Who looks is drawn, so that nobody "
                        "checks the own work.",
                        check.checker_id.name or self.env._("Nobody yet"),
                    )
                )

    def action_record(self):
        """Record what was found; it becomes the outcome of the case."""
        self.ensure_one()
        self._check_mine()
        if not self.finding:
            raise UserError(self.env._("Finding: say what you have found."))
        if self.finding == "cannot_tell" and not (self.note or "").strip():
            raise UserError(self.env._("Note: say why it cannot be told."))
        check = self.sudo()
        outcome = check._get_outcome()
        check.write(
            {
                "state": "done",
                "checked_at": fields.Datetime.now(),
                "is_disputed": outcome == "disputed",
            }
        )
        case = check.case_id
        case._log("field_checked", after=self.finding)
        if outcome and not case.is_open:
            case.outcome = outcome
        check.activity_ids.action_feedback()
        return True

    def _get_outcome(self):
        """Return the outcome that the finding and the person's word give."""
        said = self.case_id.closed_date and self.case_id._get_last_feedback().got_it
        return outcome_of_check(self.finding, said or "")

    def action_view_case(self):
        """Open the case."""
        self.ensure_one()
        return self.case_id._get_records_action()
