from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.charges import charged
from ...tools.duty_ledger import HELD


class CitizenAssignmentEntry(models.Model):
    """What an objection finds in the ledger, and what it appends there."""

    _inherit = "citizen.assignment.entry"

    objection_id = fields.Many2one(
        "citizen.workload.objection",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The objection that was upheld by this entry.",
    )
    may_object = fields.Boolean(
        string="May Be Objected To",
        compute="_compute_may_object",
        help="You were given a case by this entry.",
    )

    @api.depends("kind", "employee_id")
    @api.depends_context("uid")
    def _compute_may_object(self):
        for entry in self.sudo():
            entry.sudo(False).may_object = bool(
                entry.kind in HELD
                and entry.case_id
                and entry.employee_id.user_id == self.env.user
            )

    def action_object(self):
        """Open the dialog by which one objects to a case that one was given."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_workload_objection_filing_action"
        )
        return {**action, "context": {"default_entry_id": self.id}}

    def _get_charged(self):
        """Return what the employee of this entry is charged for the case by now."""
        self.ensure_one()
        entries = self.sudo().search(
            [
                ("case_id", "=", self.sudo().case_id.id),
                ("team_id", "=", self.team_id.id),
                ("problem", "=", False),
            ],
            order="step",
        )
        lines = ((line.kind, line.employee_id.id, line.points) for line in entries)
        return charged(lines, self.sudo().employee_id.id)

    @api.model
    def _append_objection(self, objection, delta):
        """Append what an upheld objection adds to the charge; all on duty share it.

        The caller holds the row of the case, so that nobody continues its ledger.

        :param objection: as superuser
        :param delta: thousandths of a point
        """
        team = objection.team_id
        hours = team._get_hours()
        if not hours:
            raise UserError(
                self.env._(
                    "Team: %s has no members to share the points with. Add memberships "
                    "first.",
                    team.complete_name,
                )
            )
        entry = self.sudo().create(
            {
                **self._prepare_objection(objection),
                "points": delta,
                "hours": {str(key): span for key, span in hours.items()},
            }
        )
        team._trigger_dispatch()
        return entry

    @api.model
    def _prepare_objection(self, objection):
        """Return the values of an entry for an objection, but for its points."""
        team, case = objection.team_id, objection.case_id
        rules = self.env["citizen.assignment.rule"]._get_team_rules()
        return {
            "team_id": team.id,
            "kind": "objection",
            "case_id": case.id,
            "case_number": case._get_ledger_number(),
            "category_id": case._get_ledger_type() or None,
            "step": self._get_accounts(case.ids)[case.id].steps + 1,
            "employee_id": objection.employee_id.id,
            "at": fields.Datetime.now(),
            "user_id": self.env.uid,
            "rule_id": rules.get(team.id),
            "objection_id": objection.id,
        }


class HelpdeskTicket(models.Model):
    """Objecting from the case, and not being given what one objects to."""

    _inherit = "helpdesk.ticket"

    may_object = fields.Boolean(
        string="Given to Me",
        compute="_compute_may_object",
        help="You were given this case by the duty ledger, so you may object to it.",
    )

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_may_object(self):
        given = set(self._get_own_entries().case_id.ids)
        for case in self:
            case.may_object = case._origin.id in given

    def _get_own_entries(self):
        """Return the entries by which the user was given these cases, last first."""
        return (
            self.env["citizen.assignment.entry"]
            .sudo()
            .search(
                [
                    ("case_id", "in", self.ids),
                    ("kind", "in", list(HELD)),
                    ("employee_id.user_id", "=", self.env.uid),
                ],
                order="id desc",
            )
        )

    def action_object(self):
        """Open the dialog by which the handler objects to a case."""
        self.ensure_one()
        self.check_access("read")
        entry = self._get_own_entries()[:1]
        if not entry:
            raise UserError(
                self.env._(
                    "You were not given this case by the duty ledger, so it costs you "
                    "no points."
                )
            )
        return entry.sudo(False).action_object()

    def _get_exclusions(self, members, rule, uncleared):
        """Nobody is given what they have said they should not have."""
        exclusions = super()._get_exclusions(members, rule, uncleared)
        found = (
            self.env["citizen.workload.objection"]
            .sudo()
            .search_fetch(
                [
                    ("case_id", "in", self.ids),
                    ("kind", "=", "fit"),
                    ("state", "in", ("filed", "upheld")),
                ],
                ["case_id", "employee_id"],
            )
        )
        for objection in found:
            exclusions[objection.case_id.id].setdefault(
                objection.employee_id.id, "objection"
            )
        return exclusions
