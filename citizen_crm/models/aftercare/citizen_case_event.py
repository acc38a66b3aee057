from odoo import api, models

#: Events by which the city ends a case; a person who withdraws has said enough.
ASKED_AFTER = frozenset({"closed", "not_handled"})


class CitizenCaseEvent(models.Model):
    """What comes after closing follows the history, as clocks and ledgers do."""

    _inherit = "citizen.case.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        lived = events.filtered(lambda event: not event.is_backdated)
        closed = lived.filtered(lambda event: event.kind in ASKED_AFTER)
        if closed:
            closed.case_id._ask_feedback()
        return events
