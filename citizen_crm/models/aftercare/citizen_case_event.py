from odoo import api, models

#: Events by which the city ends a case; a person who withdraws has said enough.
ASKED_AFTER = frozenset({"closed", "not_handled"})
#: Events after which somebody else has a case that is reviewed, or nobody.
FOLLOWED = frozenset({"assigned", "unassigned", "withdrawn"})


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
        born = lived.filtered(lambda event: event.kind == "received").case_id
        moved = lived.filtered(
            lambda event: event.kind in FOLLOWED and event.case_id not in born
        )
        if moved:
            self.env["citizen.case.review"]._follow(moved)
        return events

    def _compute_detail(self):
        result = super()._compute_detail()
        reviews = self.filtered(lambda event: event.kind in self._get_labelled())
        for event in reviews:
            model, name = self._get_labelled()[event.kind]
            labels = self.env[model]._fields[name]._description_selection(self.env)
            event.detail = dict(labels).get(event.after, event.after)
        return result

    @api.model
    def _get_labelled(self):
        """Return whose label says what an event is about, by kind of event."""
        return {
            "review_asked": ("citizen.case.review", "ground"),
            "review_decided": ("citizen.case.review", "state"),
            "field_checked": ("citizen.field.check", "finding"),
        }
