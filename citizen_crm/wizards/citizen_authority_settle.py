from odoo import api, fields, models


class CitizenAuthoritySettle(models.TransientModel):
    """Settle a case at once: which remedy, how much, what was done."""

    _name = "citizen.authority.settle"
    _description = "Settle a Case"

    case_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    offered_ids = fields.Many2many("citizen.authority", compute="_compute_offered_ids")
    authority_id = fields.Many2one(
        "citizen.authority",
        string="Remedy",
        required=True,
        compute="_compute_authority_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        help="What may be given in this case.",
    )
    explanation = fields.Text(related="authority_id.explanation")
    currency_id = fields.Many2one(related="authority_id.currency_id")
    gives_money = fields.Boolean(compute="_compute_gives_money")
    amount = fields.Monetary(help="How much the person gets.")
    reason = fields.Text(
        string="What Was Done and Why",
        help="Read by staff, by your lead and in audits. The person does not read it.",
    )
    sentence = fields.Char(
        string="What the Person Reads",
        compute="_compute_verdict",
        help="On the page of the case, and in the reply if you insert it there.",
    )
    beyond = fields.Char(
        string="Beyond the Limit",
        compute="_compute_verdict",
        help="Why you cannot settle it by yourself.",
    )
    approvers = fields.Char(
        string="May Approve It",
        compute="_compute_verdict",
        help="Who decides if you propose it.",
    )

    @api.depends("case_id")
    def _compute_offered_ids(self):
        for settle in self:
            settle.offered_ids = settle.case_id and settle.case_id._get_authorities()

    @api.depends("case_id")
    def _compute_authority_id(self):
        """Choose the only one there is."""
        for settle in self:
            offered = settle.offered_ids
            settle.authority_id = offered if len(offered) == 1 else False

    @api.depends("authority_id")
    def _compute_gives_money(self):
        for settle in self:
            authority = settle.authority_id
            settle.gives_money = bool(authority) and authority._gives_money()

    @api.depends("authority_id", "amount")
    def _compute_verdict(self):
        for settle in self:
            case, authority = settle.case_id, settle.authority_id
            settle.sentence = settle.beyond = settle.approvers = False
            if not case or not authority:
                continue
            amount = settle.amount if settle.gives_money else 0
            verdict = case._judge_settlement(authority, amount)
            settle.sentence = authority._get_sentence(amount)
            if verdict.level:
                settle.beyond = case._tell_beyond(authority, verdict)
                settle.approvers = case._tell_approvers(verdict)

    @api.onchange("authority_id")
    def _onchange_authority_id(self):
        if not self.gives_money:
            self.amount = 0

    def action_settle(self):
        """Give it, within the limits."""
        self.ensure_one()
        self.case_id._settle(self.authority_id, self.amount, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_propose(self):
        """Ask whoever decides on what is beyond the limits."""
        self.ensure_one()
        self.env["citizen.authority.proposal"]._propose(
            self.case_id, self.authority_id, self.amount, self.reason
        )
        return {"type": "ir.actions.act_window_close"}


class CitizenAuthorityDecline(models.TransientModel):
    """Why a remedy is not given that somebody has proposed."""

    _name = "citizen.authority.decline"
    _description = "Do Not Give a Remedy"

    proposal_id = fields.Many2one(
        "citizen.authority.proposal", required=True, readonly=True, ondelete="cascade"
    )
    objection = fields.Text(string="Why", help="Whoever has proposed it reads it.")

    def action_confirm(self):
        """Decide that it is not given."""
        self.ensure_one()
        self.proposal_id._decline(self.objection)
        return {"type": "ir.actions.act_window_close"}
