from odoo import api, models

#: Events after which somebody else may have the case, or nobody. Whoever begins or goes
#: on with a case has it already, unless it had been answered.
MOVING = frozenset(
    {
        "received",
        "routed",
        "unrouted",
        "transferred",
        "assigned",
        "unassigned",
        "answered",
        "closed",
        "not_handled",
        "withdrawn",
        "reopened",
        "type_changed",
        "archived",
        "restored",
    }
)
#: Events by which a case goes on that somebody had answered.
GOING_ON = frozenset({"resumed", "in_work", "waiting"})


class CitizenCaseEvent(models.Model):
    """The duty ledger follows the history, as the clocks do."""

    _inherit = "citizen.case.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        moving = events.filtered(
            lambda event: event.kind in MOVING or event._is_after_answer()
        )
        if moving and self.env["citizen.assignment.rule"]._get_team_rules():
            moving._move_ledger()
        return events

    def _move_ledger(self):
        """Release what was reopened, and bring the ledgers of the cases in step."""
        born = self.filtered(lambda event: event.kind == "received")
        past = born.filtered("is_backdated").case_id
        known = self.case_id - born.case_id
        reopened = self.filtered(lambda event: event.kind == "reopened").case_id
        reopened &= known
        if reopened:
            reopened._release_reopened()
        kept = reopened.filtered("user_id")
        answered = self.filtered(lambda event: event._is_after_answer()).case_id
        answered &= known - kept
        for cases, origin in (
            (born.case_id - past, "new"),
            (past, "past"),
            (kept, "kept"),
            (answered, "answered"),
            (known - kept - answered, ""),
        ):
            if cases:
                cases._follow_ledger(origin)

    def _is_after_answer(self):
        """Tell whether the case had been answered and goes on all the same."""
        return self.kind in GOING_ON and self.before == "answered"
