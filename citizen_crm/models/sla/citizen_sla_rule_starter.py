from odoo import Command, api, models

SUPPLEMENT = "citizen_crm.waiting_reason_supplement"
#: How somebody is told: (amount, trigger, recipient).
LADDER = (
    (75, "percent", "handler"),
    (4, "before", "lead"),
    (1, "after", "head"),
)


class CitizenSlaRule(models.Model):
    """The usual rules of a city, as drafts to start from."""

    _inherit = "citizen.sla.rule"

    @api.model
    def action_add_usual_rules(self):
        """Add drafts of the usual rules that are not here yet, and list the drafts."""
        self.check_access("create")
        # All of them: a city has some dozens.
        # pylint: disable-next=no-search-all
        known = set(self.with_context(active_test=False).search([]).mapped("name"))
        usual = [v for v in self._prepare_usual_rules() if v["name"] not in known]
        self.create(usual)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_sla_rule_action"
        )
        return {**action, "context": {"search_default_drafts": 1}}

    @api.model
    def _prepare_usual_rules(self):
        _ = self.env._
        law = {
            "kind": "resolve",
            "basis": "statutory",
            "unit": "statutory_working_days",
            "extension_count": 1,
            "pausing_reason_ids": [Command.set(self.env.ref(SUPPLEMENT).ids)],
            "step_ids": self._prepare_ladder(),
        }
        day = {"unit": "statutory_working_days", "amount": 1}
        long = {"amount": 30, "extension_days": 30, "extension_lead_days": 0}
        short = {"amount": 6, "extension_days": 6, "extension_lead_days": 6}
        return [
            self._prepare_usual(
                _("Reports of misconduct"),
                {**law, **long},
                sequence=10,
                role="citizen",
                nature="misconduct_report",
            ),
            self._prepare_usual(
                _("Citizen cases: six working days"),
                {**law, **short},
                {"kind": "acknowledge", **day},
                sequence=20,
                role="citizen",
            ),
            self._prepare_usual(
                _("Customer cases: service standard"),
                {
                    "unit": "working_days_same_time",
                    "amount": 10,
                    "closing_counts": True,
                    "step_ids": self._prepare_ladder(),
                },
                sequence=30,
                role="customer",
            ),
            self._prepare_usual(
                _("Every case: taken on or passed on the next working day"),
                {"kind": "transfer", **day},
                sequence=40,
            ),
        ]

    @api.model
    def _prepare_usual(self, name, *targets, **values):
        return {
            "name": name,
            "target_ids": [
                Command.create({"sequence": 10 * place, **target})
                for place, target in enumerate(targets, 1)
            ],
            **values,
        }

    @api.model
    def _prepare_ladder(self):
        return [
            Command.create(
                {
                    "sequence": 10 * place,
                    "amount": amount,
                    "trigger": trigger,
                    "recipient": recipient,
                }
            )
            for place, (amount, trigger, recipient) in enumerate(LADDER, 1)
        ]
