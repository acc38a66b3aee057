from dataclasses import replace

from odoo import api, models


class CitizenSlaRule(models.Model):
    """Asking the rules with a draft among them, before it is in force."""

    _inherit = "citizen.sla.rule"

    def _get_trial_rules(self, *, always=False):
        """Return the rules as they would be asked with this draft in force.

        :param always: only what is in force now, as if it had been so all the time
        """
        states = ("active",) if always else ("active", "retired")
        Rule = self.env["citizen.sla.rule"].sudo().with_context(active_test=False)
        rules = Rule.search([("state", "in", states)])
        rules -= rules.filtered(
            lambda rule: rule.state == "active" and rule.family in self.mapped("family")
        )
        order = (rules | self.sudo()).sorted(
            lambda rule: (rule.sequence, rule.family, -rule.version, rule.id)
        )
        return tuple(
            replace(rule._get_pure(), since=0, until=None)
            if always or rule in self
            else rule._get_pure()
            for rule in order
        )

    @api.model
    def _get_mismatch_words(self, pure, case):
        """Say why a rule is not for a case, e.g. "Nature: only Complaint".

        :param pure: the rule as plain data
        :param case: record of ``helpdesk.ticket``, also a new one
        :return: empty text if it is for the case
        """
        rule = self.sudo().browse(pure.id)
        name = pure.mismatch(case._get_facts())
        if not name:
            if pure.has_filter and not case._passes_filter(pure.id):
                return self.env._("Further filter: the case does not pass it.")
            return ""
        if name in ("since", "until"):
            return self.env._("It was not in force when the case was received.")
        field = {
            "categories": "category_ids",
            "teams": "team_ids",
            "departments": "department_ids",
            "channels": "channel_ids",
            "tags": "tag_ids",
            "company": "company_id",
        }.get(name, name)
        return self.env._(
            "%(label)s: only %(value)s.",
            label=rule._fields[field]._description_string(self.env),
            value=rule._get_value_words(field),
        )

    def _get_value_words(self, name):
        if self._fields[name].type == "selection":
            return dict(self._fields[name]._description_selection(self.env))[self[name]]
        return self._get_names(name)

    def action_test(self):
        """Open the panel in which rules are tried out on a case that is not created."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_sla_test_action"
        )
        service = self.env["helpdesk.ticket.category"].search(
            [
                ("is_service", "=", True),
                *(
                    [("id", "child_of", self.category_ids.ids)]
                    * bool(self.category_ids)
                ),
            ],
            limit=1,
        )
        context = {
            "default_category_id": service.id,
            "default_draft_id": self.id if self.state == "draft" else False,
        }
        for name in ("role", "nature", "priority"):
            if self[name]:
                context[f"default_{name}"] = self[name]
        return {**action, "context": context}
