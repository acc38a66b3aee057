from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.duty_ledger import MILLI


class CitizenWorkloadObjection(models.Model):
    """Withdrawing objections and deciding on them; what follows is one transaction."""

    _inherit = "citizen.workload.objection"

    may_decide = fields.Boolean(
        string="Mine to Decide",
        compute="_compute_may_decide",
        search="_search_may_decide",
        help="It waits, and you lead the team or its department.",
    )
    is_mine = fields.Boolean(
        string="Mine", compute="_compute_may_decide", help="You have filed it."
    )

    # -------------------------------------------------------------- who decides
    @api.depends("state", "employee_id", "team_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for objection in self:
            objection.is_mine = objection.sudo().employee_id.user_id == self.env.user
            objection.may_decide = objection.state == "filed" and (
                self.env.user in objection._get_deciders()
            )

    def _search_may_decide(self, operator, value):
        """Find what the user may decide."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        user = self.env.user
        below = self.env["hr.department"]._get_headed()
        employees = self.env["hr.employee"].sudo().search([("user_id", "=", user.id)])
        return (
            Domain("state", "=", "filed")
            & Domain("employee_id", "not in", employees.ids)
            & (
                Domain("team_id.user_id", "=", user.id)
                | Domain("team_id.department_id", "in", below.ids)
            )
        )

    def _get_deciders(self):
        """Return who may decide: the lead, then the heads above, never the employee."""
        self.ensure_one()
        leaders = self.sudo().team_id._get_leaders()
        return (leaders - self.sudo().employee_id.user_id).filtered(
            lambda user: self.with_user(user).has_access("read")
        )

    # ------------------------------------------------------------------ buttons
    def action_uphold(self):
        """Open the question with how many points, and why."""
        return self._open_decision("upheld", self.env._("Uphold the Objection"))

    def action_refuse(self):
        """Open the question why it is refused."""
        return self._open_decision("refused", self.env._("Refuse the Objection"))

    def _open_decision(self, outcome, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "citizen.workload.objection.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_objection_id": self.id, "default_outcome": outcome},
        }

    def action_withdraw(self):
        """Take own objections back, while they wait."""
        for objection in self:
            own = objection._lock_filed()
            if own.employee_id.user_id != self.env.user:
                raise AccessError(
                    self.env._("An objection is withdrawn by who has filed it.")
                )
            own.write({"state": "withdrawn", "decided_at": fields.Datetime.now()})
            own._end_activities()

    def action_view_case(self):
        """Open the case, for who may see it."""
        self.ensure_one()
        return self.entry_id.action_open_case()

    # ----------------------------------------------------------------- deciding
    def _lock_filed(self):
        """Return the objection as superuser, locked, if it still waits."""
        self.ensure_one()
        self.check_access("read")
        objection = self.sudo()
        objection.lock_for_update()
        objection.invalidate_recordset(["state"])
        if objection.state != "filed":
            raise UserError(
                self.env._("Nothing to be done: it was decided on or withdrawn.")
            )
        return objection

    def _decide(self, outcome, reason, points=0.0):
        """Uphold or refuse an objection, with all that follows.

        :param outcome: ``upheld`` or ``refused``
        :param points: effort points that are granted, ignored for ``fit``
        """
        objection = self._lock_filed()
        objection._check_decider()
        if outcome not in ("upheld", "refused"):
            raise UserError(self.env._("Decision: upheld or refused."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reasons of the Decision: say why."))
        effects = objection._uphold(points, reason) if outcome == "upheld" else {}
        objection.write(
            {
                "state": outcome,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "decision": reason,
                **effects,
            }
        )
        objection._end_activities()
        objection._tell_decision()

    def _check_decider(self):
        """Raise unless the user answers for the team, and has not filed it."""
        if self.employee_id.user_id == self.env.user:
            raise AccessError(
                self.env._(
                    "Nobody decides on an own objection; that is for the head of the "
                    "department."
                )
            )
        self.team_id.sudo(False)._check_leads()

    # ------------------------------------------------------------------ effects
    def _uphold(self, points, reason):
        """Do what follows from upholding; return it as values of the objection."""
        # Nobody else may continue the ledger of the case until this is done.
        self.case_id.lock_for_update()
        if self.kind == "fit":
            return {"given_back": self._give_back()}
        self._check_range(self._fields["granted_points"], points)
        delta = self._get_delta(points)
        if self.kind == "type":
            self._weigh_type(points, delta, reason)
        elif delta <= 0:
            raise UserError(
                self.env._(
                    "Granted: more than the %s points that are charged for this case. "
                    "Refuse the objection if they are right.",
                    self._tell(self.entry_id._get_charged()),
                )
            )
        if delta:
            self.env["citizen.assignment.entry"]._append_objection(self, delta)
        return {"granted_points": points}

    def _get_delta(self, points):
        """Return by how many thousandths the charge for the case changes.

        What was granted for the case itself holds, whatever its type counts; and who
        has no points for it any more is owed none by its type.
        """
        charged = self.entry_id._get_charged()
        if self.kind == "type" and (not charged or self._was_granted()):
            return 0
        return round(points * MILLI) - charged

    def _was_granted(self):
        """Tell whether the employee was granted points for this case before."""
        domain = [
            ("case_id", "=", self.case_id.id),
            ("employee_id", "=", self.employee_id.id),
            ("kind", "=", "case"),
            ("state", "=", "upheld"),
        ]
        return bool(self.search_count(domain, limit=1))

    def _weigh_type(self, points, delta, reason):
        """Give the service type new effort points, as a further version of them."""
        # A confidential case is not named by its type, but it has one.
        category = self.category_id or self.case_id.category_id
        if round(points * MILLI) != category._get_effort():
            category._set_effort_points(
                points, self.env._("Objection upheld: %s", reason)
            )
        elif not delta:
            raise UserError(
                self.env._(
                    "Granted: cases of %(type)s have %(points)s points already. Refuse "
                    "the objection if they are right.",
                    type=category.name,
                    points=self._tell(category._get_effort()),
                )
            )

    def _give_back(self):
        """Return the case to the queue, if the employee still has it open."""
        case = self.case_id
        case.invalidate_recordset(["user_id", "team_id", "stage_id"])
        if (
            not case.is_open
            or case.team_id != self.team_id
            or case.user_id != self.employee_id.user_id
        ):
            return False
        # The reason stands in the objection, where fewer people read it.
        case._hand_to(case.user_id.browse(), self.env._("Objection upheld"))
        return True
