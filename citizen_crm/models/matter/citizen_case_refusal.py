from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

#: The only grounds on which the city need not handle a petition.
GROUNDS = [
    ("no_content", "No concrete content, or no true name and contact"),
    ("answered", "The same matter has been answered properly"),
    ("copies", "A copy: other agencies are competent and have it"),
]
REFUSAL_STATES = [
    ("asked", "To be decided"),
    ("decided", "Not handled"),
    ("declined", "To be handled"),
    ("lapsed", "No longer needed"),
]
#: Grounds that new facts can do away with.
OPEN_TO_FACTS = frozenset({"no_content", "answered"})


class CitizenCaseRefusal(models.Model):
    """The decision not to handle a petition: proposed, decided by another, told.

    Nobody writes these rows but the methods below. The case stays registered, whatever
    is decided.
    """

    _name = "citizen.case.refusal"
    _inherit = ["citizen.case.proposal"]
    _task = "citizen_crm.mail_activity_type_refusal"
    _lapses_with_case = True
    _description = "Decision Not to Handle a Case"
    _order = "asked_at desc, id desc"

    state = fields.Selection(REFUSAL_STATES, required=True, default="asked")
    ground = fields.Selection(
        GROUNDS,
        required=True,
        help="The law knows these three grounds and no other.",
    )
    answered_case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Answered In",
        ondelete="restrict",
        help="The case in which the same person was answered in the same matter.",
    )
    reason = fields.Text(
        required=True,
        help="The citizen reads it as it is written: say in plain words why.",
    )
    asked_by_id = fields.Many2one(string="Proposed By")
    asked_at = fields.Datetime(string="Proposed On")
    decided_at = fields.Datetime(string="Decided On")
    objection = fields.Text(
        string="Why It Is Handled", help="What whoever has proposed it reads."
    )
    _one_open = models.UniqueIndex(
        "(case_id) WHERE state = 'asked'",
        "Whether this case is handled waits to be decided.",
    )
    _names_the_answer = models.Constraint(
        "CHECK ((ground = 'answered') = (answered_case_id IS NOT NULL))",
        "Answered In: name the case in which the matter was answered, and no case for "
        "another ground.",
    )

    @api.depends("number", "state")
    def _compute_display_name(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        for refusal in self:
            refusal.display_name = f"{refusal.number}: {states[refusal.state]}"

    # --------------------------------------------------------------- proposing
    @api.model
    def _propose(self, case, ground, reason, answered=None):
        """Propose not to handle a petition that one may change; return the proposal."""
        case.check_access("write")
        case._check_can_refuse()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why, as the citizen will read it."))
        answered = answered or case.browse()
        self._check_answered(case, ground, answered)
        refusal = self.sudo().create(
            {
                "case_id": case.id,
                "ground": ground,
                "answered_case_id": answered.id,
                "reason": reason,
                "level": self._get_level(case),
            }
        )
        refusal._call_decider(lambda env: env._("Decide whether this case is handled"))
        return refusal.sudo(False)

    @api.model
    def _get_level(self, case):
        """Return who decides: about rights and reports of wrongdoing the head."""
        grave = case.nature in ("misconduct_report", "rights_protection")
        return "head" if grave else "lead"

    @api.model
    def _check_answered(self, case, ground, answered):
        """Raise unless the ground names the same person's answered case, or needs none.

        Others' answers are no ground: each petitioner has a right to an own one.
        """
        if ground != "answered":
            if answered:
                raise UserError(
                    self.env._("Answered In: only for a matter that was answered.")
                )
            return
        answered.check_access("read")
        known = answered.sudo()
        if not answered or known == case.sudo():
            raise UserError(
                self.env._(
                    "Answered In: name the case in which the matter was answered."
                )
            )
        if not known.citizen_id or known.citizen_id != case.sudo().citizen_id:
            raise UserError(
                self.env._(
                    "Answered In: %s is not a case of the same person, and everybody "
                    "has a right to an own answer.",
                    known.number,
                )
            )
        if not known.answered_date:
            raise UserError(
                self.env._("Answered In: %s was not answered.", known.number)
            )

    # ---------------------------------------------------------------- deciding
    def action_decide(self):
        """Decide that the case is not handled, and tell the citizen."""
        for refusal in self:
            decided = refusal._take()
            refusal._note_decision("decided")
            decided.case_id._end_unhandled()
            decided._tell()

    def action_decline(self):
        """Open the question why the case is handled after all."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Handle the Case"),
            "res_model": "citizen.case.refusal.decline",
            "view_mode": "form",
            "target": "new",
            "context": {"default_refusal_id": self.id},
        }

    def _decline(self, objection):
        """Decide that the case is handled; whoever has proposed it learns why."""
        objection = (objection or "").strip()
        if not objection:
            raise UserError(self.env._("Why: say why the case is handled."))
        refusal = self._take()
        self._note_decision("declined")
        refusal.objection = objection
        refusal._give_task(
            refusal.asked_by_id,
            lambda env: env._("To be handled after all"),
            objection,
        )

    def _say_who_decides(self):
        return self.env._(
            "You cannot decide on this. That is for the team lead, about rights and "
            "reports of wrongdoing for the department head, and never for whoever has "
            "proposed it."
        )

    # ----------------------------------------------------------------- telling
    def _tell(self):
        """Send the notice; where no mail is wanted, it becomes a task of staff."""
        template = self.env.ref("citizen_crm.mail_template_not_handled").sudo()
        case = self.case_id.with_user(SUPERUSER_ID)
        case._send_notice(template, self.with_user(SUPERUSER_ID))
