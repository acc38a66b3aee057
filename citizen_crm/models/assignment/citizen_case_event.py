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
        born = self.filtered(lambda event: event.kind == "received").case_id
        reopened = self.filtered(lambda event: event.kind == "reopened").case_id
        for cases, is_new in ((born, True), (self.case_id - born, False)):
            if cases:
                cases._follow_ledger(is_new)
        reopened._release_reopened()
