from odoo import models

from ...tools.evaluation_life import (
    AUDITOR,
    COORDINATOR,
    EMPLOYEE,
    MANAGER,
    REVIEWER,
    STEWARD,
    Ties,
    bar,
    sees,
)

#: Role -> the group without which nobody has it.
GROUPS = {
    MANAGER: "evaluator",
    STEWARD: "data_steward",
    COORDINATOR: "evaluation_coordinator",
    REVIEWER: "appeal_reviewer",
    AUDITOR: "evaluation_auditor",
}


class CitizenEvaluation(models.Model):
    """What somebody is in an evaluation, and what they must not be."""

    _inherit = "citizen.evaluation"

    def _get_roles(self):
        """Return what the present user is in this evaluation, as a set of roles."""
        self.ensure_one()
        ties = self._get_ties(self.env.user)
        return {role for role in self._get_given_roles(ties) if not bar(role, ties)}

    def _get_given_roles(self, ties):
        """Return the roles that somebody was given, barred or not."""
        record, user = self.sudo(), self.env.user
        given = {
            EMPLOYEE: ties.is_employee,
            MANAGER: ties.is_manager,
            STEWARD: user == record.cycle_id.steward_id,
            COORDINATOR: True,
            REVIEWER: user in record.appeal_ids.reviewer_id,
            AUDITOR: True,
        }
        return {
            role
            for role, is_given in given.items()
            if is_given
            and (
                role == EMPLOYEE or user.has_group(f"citizen_crm.group_{GROUPS[role]}")
            )
        }

    def _get_ties(self, user):
        """Return how a user stands to the employee and the manager."""
        record = self.sudo()
        heads = record.department_id._get_heads()
        return Ties(
            is_employee=bool(user) and user == record.employee_id.user_id,
            is_manager=bool(user) and user == record.manager_id,
            is_above=user in heads,
            is_subordinate=self._is_below(user, record.manager_id),
            had_part=user in record._get_actors(),
        )

    def _is_below(self, user, manager):
        """Tell whether a manager stands above a user, as superior or as head."""
        if not manager or user == manager:
            return False
        above = employees = user.sudo().employee_ids
        while employees := employees.parent_id - above:
            above |= employees
        chain = above.user_id
        for department in user.sudo().employee_ids.department_id:
            chain |= department._get_heads()
        return manager in chain

    def _get_actors(self):
        """Return who has written, decided or published something in it."""
        return (
            self.statement_ids.author_id
            | self.claim_ids.decided_by_id
            | self.published_by_id
        )

    def _is_seen_by_user(self):
        """Tell whether the present user reads figures and words now."""
        return sees(self.sudo().state, self._get_roles())

    def _is_seen(self):
        """The same; whoever works as superuser has found the user entitled."""
        return self.env.su or self._is_seen_by_user()
