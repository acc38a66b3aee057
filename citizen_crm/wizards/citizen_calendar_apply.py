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
        "resource.calendar", string="Working Calendars", required=True
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

    @api.depends("calendar_ids")
    def _compute_case_count(self):
        cases = self.env["helpdesk.ticket"].sudo()
        for wizard in self:
            domain = cases._get_calendar_domain(wizard.calendar_ids._origin)
            wizard.case_count = cases.search_count(domain)

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
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Open cases told of the change: %s", len(cases)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
