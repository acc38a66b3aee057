from odoo import SUPERUSER_ID, models


class HelpdeskTicket(models.Model):
    """Tasks that the desk gives to somebody about a case."""

    _inherit = "helpdesk.ticket"

    def _give_task(self, activity, user, summary, note, day=None):
        """Ask somebody to do something, in their language.

        :param activity: the XML id of the kind of task
        :param summary: function of an environment, for its translation
        :param day: when it is due; today if nothing is said
        """
        self.ensure_one()
        quiet = self.env["mail.activity"]._quietly().env.context
        case = self.with_user(SUPERUSER_ID).with_context(
            quiet, lang=user.lang or self.env.lang
        )
        case.activity_schedule(
            activity,
            day,
            summary=summary(case.env),
            note=note,
            user_id=user.id,
        )

    def _end_tasks(self, activity):
        """What was to be done is done."""
        self.with_user(SUPERUSER_ID).activity_unlink([activity])

    def _pass_tasks(self, activity, users):
        """Give what somebody else was asked to do to the first of the users."""
        kind = self.env.ref(activity)
        tasks = self.with_user(SUPERUSER_ID).activity_ids.filtered(
            lambda task: task.activity_type_id == kind and task.user_id not in users
        )
        if tasks and users:
            quiet = self.env["mail.activity"]._quietly().env.context
            tasks.with_context(**quiet).user_id = users[:1]

    def _ask_new_deciders(self):
        """The team has changed: what waits for a decision goes to who decides now."""
        for model in self.env["citizen.case.event"]._get_proposals():
            asked = model.search([("case_id", "in", self.ids), ("state", "=", "asked")])
            for proposal in asked:
                proposal.case_id._pass_tasks(proposal._task, proposal._get_deciders())
