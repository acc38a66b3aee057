from odoo import models
from odoo.exceptions import UserError

from ...tools.transfers import nearest_common


class CitizenCaseTransfer(models.Model):
    """Who answers a proposal, and who decides when nobody wants the case."""

    _inherit = "citizen.case.transfer"

    def _get_answerers(self):
        """Return who may answer, the lead first; only who may see the case."""
        self.ensure_one()
        case = self.sudo().case_id
        return case._filter_readers(self.sudo().to_team_id._get_leaders())

    def _get_arbiters(self):
        """Return who may decide: the head who was asked, else the group."""
        self.ensure_one()
        transfer = self.sudo()
        if transfer.arbiter_id:
            return transfer.arbiter_id.sudo(False)
        group = self.env.ref("citizen_crm.group_arbiter").sudo()
        return transfer.case_id._filter_readers(group.all_user_ids.sudo(False))

    def _call_answerer(self):
        """Ask who has to answer; raise if there is nobody who may see the case."""
        transfer = self.sudo()
        if transfer.state == "arbitration":
            transfer._call_arbiter()
            return
        answerer = transfer._get_answerers()[:1]
        if not answerer:
            raise UserError(
                self.env._(
                    "To: nobody who leads %s may see this case. Choose another team, "
                    "or ask an administrator for the clearance.",
                    transfer.to_team_id.complete_name,
                )
            )
        transfer._schedule(
            answerer, lambda env: env._("Accept or dispute a transfer"), transfer.note
        )

    def _call_arbiter(self):
        """Put the case before the arbiter; raise if there is none."""
        self._end_activities()
        self.arbiter_id = self._find_head()
        arbiters = self._get_arbiters()
        if not arbiters:
            raise UserError(
                self.env._(
                    "Nobody can decide on this: ask the administrators to put somebody "
                    "who may see the case into the group Arbiter."
                )
            )
        for arbiter in arbiters:
            self._schedule(
                arbiter, lambda env: env._("Decide who has this case"), self.reason
            )

    def _find_head(self):
        """Return the head of the nearest department above both teams, or nobody.

        Whoever leads one of the teams is no arbiter between them.
        """
        transfer = self.sudo()
        teams = transfer.from_team_id | transfer.to_team_id
        chains = [team.department_id._get_chain().ids for team in teams]
        departments = self.env["hr.department"].sudo()
        for department in departments.browse(nearest_common(*chains)):
            head = department.manager_id.user_id - teams.user_id
            if not head.active:
                continue
            # The rules of access let the arbiter in by this field.
            transfer.arbiter_id = head
            if transfer.case_id._filter_readers(head):
                return head
        return self.env["res.users"]
