from odoo import api, fields, models
from odoo.exceptions import UserError


class CitizenSlaExtensionRequest(models.TransientModel):
    """Ask for more time: how much and why, with what the rule allows beside it."""

    _name = "citizen.sla.extension.request"
    _description = "Ask for an Extension"

    case_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    days = fields.Integer(
        string="Working Days",
        default=1,
        required=True,
        help="How many working days are added to the deadline.",
    )
    reason = fields.Text(
        help="The citizen reads it in the notice and on the page of the case. Say in "
        "plain words what takes longer, and what happens next.",
    )
    limits = fields.Char(
        string="The Rule Allows",
        compute="_compute_limits",
        help="What the rule says by which the answer was promised.",
    )
    old_due = fields.Char(
        string="Deadline Now",
        compute="_compute_dues",
        help="What the citizen was promised, on the calendar of the promise.",
    )
    new_due = fields.Char(
        string="Deadline Then",
        compute="_compute_dues",
        help="What the citizen is promised with so many more working days.",
    )
    approver = fields.Char(
        string="Decided By",
        compute="_compute_dues",
        help="Who decides on an extension of this length.",
    )
    problem = fields.Char(compute="_compute_dues")

    @api.depends("case_id")
    def _compute_limits(self):
        for request in self:
            case = request.case_id._origin
            try:
                clock = case._get_clock_to_extend()
            except UserError:
                request.limits = False
                continue
            target = clock.target_id
            request.limits = self.env._(
                "Extensions of a case: %(count)s; working days each: %(days)s at "
                "most; of those the team lead decides: up to %(lead)s",
                count=target.extension_count,
                days=target.extension_days,
                lead=target.extension_lead_days,
            )

    @api.depends("case_id", "days")
    def _compute_dues(self):
        for request in self:
            case = request.case_id._origin
            values = dict.fromkeys(("old_due", "new_due", "approver", "problem"), False)
            try:
                clock = case._get_clock_to_extend()
                case._check_extension(clock, request.days)
                dues = case._foresee_extension(clock, request.days)
                values["old_due"], values["new_due"] = (
                    case.sudo()._format_due(due, clock) for due in dues
                )
                Extension = self.env["citizen.sla.extension"]
                levels = Extension._fields["level"]._description_selection(self.env)
                level = Extension._get_level(clock, request.days)
                values["approver"] = dict(levels)[level]
            except UserError as error:
                values["problem"] = str(error)
            request.update(values)

    def action_confirm(self):
        """Ask whoever decides."""
        self.ensure_one()
        self.env["citizen.sla.extension"]._ask(self.case_id, self.days, self.reason)
        return {"type": "ir.actions.act_window_close"}


class CitizenSlaExtensionDecision(models.TransientModel):
    """Why an extension is refused, or how the citizen was told of it."""

    _name = "citizen.sla.extension.decision"
    _description = "Decision on an Extension"

    extension_id = fields.Many2one(
        "citizen.sla.extension", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("refuse", "Refuse"), ("told", "Notice given otherwise")],
        required=True,
        readonly=True,
    )
    note = fields.Text(
        string="Why or How",
        help="Refusal: why, for whoever has asked. Notice: how the citizen was told.",
    )
    at = fields.Datetime(
        string="When",
        default=fields.Datetime.now,
        help="When the citizen was told, between the approval and now.",
    )

    def action_confirm(self):
        """Carry the decision out."""
        self.ensure_one()
        if self.kind == "refuse":
            self.extension_id._refuse(self.note)
        else:
            self.extension_id._record_notice(self.at, self.note)
        return {"type": "ir.actions.act_window_close"}
