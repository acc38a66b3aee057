from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.sla_clock import MOVES
from ...tools.working_time import WorkingTimeError

# A value that no remote call can put into a context.
_LATER = object()
#: The value of ``cases_held`` in the context of whoever holds the rows of the cases.
CASES_HELD = object()
#: Events that no clock looks at.
IDLE = frozenset(
    {
        "stage_changed",
        "outcome_recorded",
        "imported",
        "miss_explained",
        "erased",
        "transfer_proposed",
        "transfer_disputed",
        "transfer_decided",
        "transfer_withdrawn",
        "contribution_asked",
        "contribution_answered",
        "contribution_returned",
        "contribution_withdrawn",
        "review_asked",
        "review_decided",
        "field_checked",
        "settled",
    }
)


class CitizenCaseEvent(models.Model):
    """What clocks need to know about an event: calendar, pause, promise, extension.

    The clocks of a case follow its history here and nowhere else: whatever appends an
    event, the promises are chosen and the clocks read again in the same transaction.
    """

    _inherit = "citizen.case.event"

    target_id = fields.Many2one(
        "citizen.sla.target",
        string="Promise",
        ondelete="restrict",
        help="What was promised, or replaced by another promise.",
    )
    waiting_reason_id = fields.Many2one("citizen.waiting.reason", ondelete="restrict")
    waiting_until = fields.Datetime(help="When waiting ends at the latest.")
    days = fields.Integer(help="By how many working days a deadline was extended.")
    is_untold = fields.Boolean(
        string="Nobody to Write To",
        help="Answered without a letter, because nobody could be written to.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        follows = self.env.context.get("clocks_follow") is not _LATER
        if follows:
            self._queue_up(vals_list)
        vals_list = [self._complete_for_clocks(dict(vals)) for vals in vals_list]
        if not follows:
            return super().create(vals_list)
        events = super().create(vals_list + self._promise_births(vals_list))
        moving = events.filtered(lambda event: event.kind not in IDLE)
        if moving:
            moving.case_id._follow_history(moving)
        return events[: len(vals_list)]

    @api.model
    def _promise_births(self, vals_list):
        """Return what is promised to cases that are registered, as events.

        They are appended with the receipt, by one statement.
        """
        born = [vals["case_id"] for vals in vals_list if vals["kind"] == "received"]
        return [
            row
            for case in self.env["helpdesk.ticket"].browse(dict.fromkeys(born))
            for row in case._choose_promises({"received"}, [])
        ]

    @api.model
    def _queue_up(self, vals_list):
        """Let of two transactions that append to one case the later begin again.

        Neither sees the other's events, so each would store clocks that know but its
        own. An update that changes nothing makes the database notice; Odoo repeats the
        later one by itself. A case that is being registered is nobody else's yet.
        """
        if self.env.context.get("cases_held") is CASES_HELD:
            return
        born = {vals["case_id"] for vals in vals_list if vals["kind"] == "received"}
        moved = {vals["case_id"] for vals in vals_list if vals["kind"] not in IDLE}
        if moved - born:
            query = """
                UPDATE helpdesk_ticket SET write_date = write_date WHERE id IN (
                       SELECT id FROM helpdesk_ticket WHERE id IN %s
                     ORDER BY id FOR NO KEY UPDATE)
            """
            self.env.cr.execute(SQL(query, tuple(moved - born)))

    @api.model
    def _append(self, vals_list):
        """Append events without reading the clocks; the caller does that."""
        return self.with_context(clocks_follow=_LATER).create(vals_list)

    @api.model
    def _complete_for_clocks(self, vals):
        """Pin the calendar that holds from a move on; say why the case waits."""
        kind = vals["kind"]
        if kind in MOVES and "calendar_version_id" not in vals:
            team = (
                self.env["helpdesk.ticket.team"]
                .sudo()
                .browse(vals.get("team_id") or ())
            )
            case = self.env["helpdesk.ticket"].sudo().browse(vals["case_id"])
            vals["calendar_version_id"] = case._get_calendar_version(team).id
        elif kind == "waiting" and "waiting_reason_id" not in vals:
            case = self.env["helpdesk.ticket"].sudo().browse(vals["case_id"])
            vals["waiting_reason_id"] = case.waiting_reason_id.id
            vals["waiting_until"] = case.waiting_until
        elif kind == "answered":
            case = self.env["helpdesk.ticket"].sudo().browse(vals["case_id"])
            vals["is_untold"] = not case._can_be_told()
        return vals


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _get_calendar_version(self, team):
        """Return the calendar version by which a team works, or else the city."""
        company = self.company_id or self.env.company
        return self._get_usable_version(
            team.resource_calendar_id or company.resource_calendar_id
        )

    def _get_usable_version(self, calendar):
        """Return the version of a calendar in force, empty for one no clock can use.

        The case is registered all the same, and its clocks say what is wrong.
        """
        if not calendar:
            return self.env["citizen.calendar.version"]
        try:
            return calendar.sudo()._get_version()
        except WorkingTimeError as error:
            self.sudo().sla_problem = str(error)
            return self.env["citizen.calendar.version"]
