from odoo import api, models

#: Events after which somebody else may have the case, or nobody.
MOVING = frozenset(
    {
        "received",
        "routed",
        "unrouted",
        "transferred",
        "assigned",
        "unassigned",
        "in_work",
        "resumed",
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


class CitizenCaseEvent(models.Model):
    """The duty ledger follows the history, as the clocks do."""

    _inherit = "citizen.case.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        moving = events.filtered(lambda event: event.kind in MOVING)
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
        reopened._release_reopened()
        kept = reopened.filtered("user_id")
        for cases, origin in (
            (born.case_id - past, "new"),
            (past, "past"),
            (kept, "kept"),
            (known - kept, ""),
        ):
            if cases:
                cases._follow_ledger(origin)
