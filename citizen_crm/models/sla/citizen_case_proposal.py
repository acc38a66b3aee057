from odoo import api, models
from odoo.exceptions import UserError

from ...tools.case_events import ENDED


class CitizenCaseProposal(models.AbstractModel):
    """Whoever may decide is given a task, which ends with the question."""

    _inherit = "citizen.case.proposal"

    #: XML id of the kind of task; what is proposed has a ``reason``.
    _task = None
    #: Nobody has to decide any more once the case has ended.
    _lapses_with_case = False

    def _call_decider(self, summary):
        """Ask the first of those who may decide; raise if there is nobody.

        :param summary: function of an environment, for its translation
        """
        decider = self._get_deciders()[:1]
        if not decider:
            raise UserError(self._say_nobody_decides())
        self._give_task(decider, summary, self.reason)

    def _say_nobody_decides(self):
        """Return a sentence that says what to do about it."""
        return self.env._(
            "Nobody can decide on this: enter a team lead and a manager of the "
            "department who may see the case."
        )

    def _give_task(self, user, summary, note, day=None):
        """Give somebody a task about the proposal."""
        self.case_id._give_task(self._task, user, summary, note, day)

    def _take(self, states=("asked",)):
        """End the tasks of those who might have decided."""
        proposal = super()._take(states)
        proposal.case_id._end_tasks(proposal._task)
        return proposal

    def _lapse(self):
        """End what nobody has to decide on any more."""
        self.write({"state": "lapsed"})
        self.case_id._end_tasks(self._task)


class CitizenCaseEvent(models.Model):
    _inherit = "citizen.case.event"

    @api.model_create_multi
    def create(self, vals_list):
        """With the end of a case end the questions that it was about.

        Where another team gets it, another lead is asked.
        """
        events = super().create(vals_list)
        ended = events.filtered(lambda event: event.kind in ENDED).case_id
        for model in ended and self._get_proposals():
            if model._lapses_with_case:
                open_ = [("case_id", "in", ended.ids), ("state", "=", "asked")]
                model.search(open_)._lapse()
        born = events.filtered(lambda event: event.kind == "received").case_id
        routed = events.filtered(lambda event: event.kind in ("routed", "transferred"))
        if passed_on := routed.case_id - born:
            passed_on._ask_new_deciders()
        return events

    @api.model
    def _get_proposals(self):
        """Return the models of what waits for a decision on a case, as superuser."""
        names = self.env.registry.descendants(["citizen.case.proposal"], "_inherit")
        return [self.env[name].sudo() for name in sorted(names) if self.env[name]._task]
