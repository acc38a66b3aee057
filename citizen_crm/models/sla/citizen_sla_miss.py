from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CitizenCaseEvent(models.Model):
    _inherit = "citizen.case.event"

    clock_id = fields.Many2one(
        "citizen.sla.clock",
        index="btree_not_null",
        ondelete="restrict",
        help="The promise whose delay is explained.",
    )
    miss_reason_id = fields.Many2one(
        "citizen.sla.miss.reason", string="Reason of the Delay", ondelete="restrict"
    )


class CitizenSlaClock(models.Model):
    """Why a promise was missed: an event of the history, the last one holds."""

    _inherit = "citizen.sla.clock"

    explanation_ids = fields.One2many(
        "citizen.case.event", "clock_id", string="Explanations", readonly=True
    )
    miss_reason_id = fields.Many2one(
        "citizen.sla.miss.reason",
        string="Reason of the Delay",
        compute="_compute_miss_reason_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Said by the handler or a team lead. It changes no result.",
    )

    @api.depends("explanation_ids.miss_reason_id")
    def _compute_miss_reason_id(self):
        for clock in self:
            events = clock.explanation_ids.sorted(lambda event: (event.at, event.id))
            clock.miss_reason_id = events[-1:].miss_reason_id

    def action_explain_miss(self, reason_id, note=""):
        """Record why the promise was missed.

        :param reason_id: id of a ``citizen.sla.miss.reason``
        :param note: anything to add; without personal data
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "missed":
            raise UserError(
                self.env._(
                    "Reason of the Delay: %s was not missed, so there is nothing to "
                    "explain.",
                    self.display_name,
                )
            )
        if not self._may_explain():
            raise AccessError(
                self.env._(
                    "Reason of the Delay: the handler or a team lead says it. Ask one "
                    "of them."
                )
            )
        reasons = self.env["citizen.sla.miss.reason"]
        reason = reasons.search([("id", "=", reason_id)])
        if not reason:
            raise UserError(
                self.env._("Reason of the Delay: choose a reason of the list.")
            )
        self.case_id._log(
            "miss_explained",
            clock_id=self.id,
            miss_reason_id=reason.id,
            after=reason.name,
            note=note or False,
        )
        return True

    def _may_explain(self):
        """Tell whether the user had to keep the promise, or leads those who had."""
        user = self.env.user
        return user in self.user_id | self.case_id.user_id or user.has_group(
            "citizen_crm.group_team_lead"
        )
