from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.working_time import WorkingTimeError


class CitizenCalendarApply(models.TransientModel):
    """Let open cases count on what their calendars say now, from an instant on.

    Without it a change of a calendar holds for cases received later; the promises
    made before stay as they were made.
    """

    _name = "citizen.calendar.apply"
    _description = "Apply a Calendar to Open Cases"

    calendar_ids = fields.Many2many(
        "resource.calendar",
        string="Working Calendars",
        required=True,
        help="Open cases change over to what these calendars say now.",
    )
    since = fields.Datetime(
        string="From",
        required=True,
        default=lambda self: fields.Datetime.now(),
        help="Working time counts on the new calendar from then on; before it, on the "
        "old one. Days to come are part of the calendar, so now is right for them.",
    )
    reason = fields.Char(
        required=True, help="It is told in the history of every case concerned."
    )
    case_count = fields.Integer(
        string="Open Cases",
        compute="_compute_case_count",
        help="Open cases of teams that work by these calendars.",
    )
    change_count = fields.Integer(
        string="Cases That Change",
        compute="_compute_change_count",
        help="Those of them that do not count on the calendars as they are now yet, "
        "from then on. Nobody tells the others.",
    )
    problem = fields.Char(
        compute="_compute_change_count",
        help="Why no deadline can be counted on a calendar.",
    )

    @api.depends("calendar_ids")
    def _compute_case_count(self):
        cases = self.env["helpdesk.ticket"].sudo()
        for wizard in self:
            domain = cases._get_calendar_domain(wizard.calendar_ids._origin)
            wizard.case_count = cases.search_count(domain)

    @api.depends("calendar_ids", "since")
    def _compute_change_count(self):
        for wizard in self:
            wizard.change_count, wizard.problem = 0, False
            try:
                wizard.change_count = len(wizard._find_cases())
            except WorkingTimeError as error:
                wizard.problem = str(error)

    def _find_cases(self):
        """Return the cases that would change over."""
        Case = self.env["helpdesk.ticket"]
        since = self.since or fields.Datetime.now()
        return Case.union(
            *(
                Case._find_to_change(calendar, calendar._find_version(), since)
                for calendar in self.calendar_ids._origin
            )
        )

    @api.constrains("since")
    def _check_since(self):
        if any(wizard.since > fields.Datetime.now() for wizard in self):
            raise ValidationError(
                self.env._(
                    "From: this is in the future. Apply the calendar from now on; the "
                    "days to come are part of it."
                )
            )

    def action_apply(self):
        """Tell the open cases, then say how many were told."""
        self.ensure_one()
        try:
            cases = self.calendar_ids._apply_to_open_cases(self.since, self.reason)
        except WorkingTimeError as error:
            raise UserError(str(error)) from error
        message = self.env._("Open cases told of the change: %s", len(cases))
        if not cases:
            message = self.env._(
                "No case was changed: all open cases count on the calendar as it is "
                "now."
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if cases else "info",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
