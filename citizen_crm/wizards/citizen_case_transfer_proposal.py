from odoo import api, fields, models
from odoo.tools import format_datetime

from ..tools.transfers import LIMIT


class CitizenCaseTransferProposal(models.TransientModel):
    """Propose that another team takes cases: which one, on what ground."""

    _name = "citizen.case.transfer.proposal"
    _description = "Transfer Cases"

    case_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Cases",
        required=True,
        readonly=True,
        default=lambda self: self._default_cases(),
        help="They go together, or none of them does.",
    )
    team_ids = fields.Many2many("helpdesk.ticket.team", compute="_compute_team_ids")
    to_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="To",
        domain="[('is_reachable', '=', True), ('id', 'not in', team_ids)]",
        help="The team that is to take the cases. Until it accepts, they stay with "
        "your team.",
    )
    ground_id = fields.Many2one(
        "citizen.transfer.ground", help="Why they go to another team."
    )
    note = fields.Text(help="What the other team has to know to decide.")
    site_visit = fields.Boolean(
        string="After a Site Visit",
        help="Somebody had to look at the place first. Then there is a day more.",
    )
    new_facts = fields.Text(help="What was not known when the arbiter decided.")
    needs_facts = fields.Boolean(compute="_compute_hints")
    hint = fields.Text(compute="_compute_hints")

    @api.model
    def _default_cases(self):
        return self.env["helpdesk.ticket"].browse(
            self.env.context.get("active_ids") or ()
        )

    @api.depends("case_ids")
    def _compute_team_ids(self):
        for wizard in self:
            wizard.team_ids = wizard.case_ids.team_id

    @api.depends("case_ids", "site_visit")
    def _compute_hints(self):
        """Say what is late, what goes to the arbiter, and what he has decided."""
        for wizard in self:
            cases = wizard.case_ids._origin.filtered("team_id")
            standings = [case._get_standing() for case in cases]
            wizard.needs_facts = any(one.needs_facts for one in standings)
            hints = [wizard._get_late_hint(case) for case in cases]
            if any(one.is_exhausted for one in standings):
                hints.append(
                    self.env._(
                        "After %s bounces no team is asked: the arbiter decides.",
                        LIMIT,
                    )
                )
            wizard.hint = "\n".join(filter(None, hints)) or False

    def _get_late_hint(self, case):
        deadline = case._get_proposal_deadline(self.site_visit)
        if deadline >= fields.Datetime.now():
            return ""
        return self.env._(
            "%(case)s: a transfer was due to be proposed by %(date)s. It is possible "
            "still, and counted as late.",
            case=case.number,
            date=format_datetime(self.env, deadline, dt_format="short"),
        )

    def action_confirm(self):
        """Propose it; the other team is asked."""
        self.ensure_one()
        self.env["citizen.case.transfer"]._propose(
            self.case_ids,
            self.to_team_id,
            {
                "ground_id": self.ground_id.id,
                "note": (self.note or "").strip(),
                "site_visit": self.site_visit,
                "new_facts": (self.new_facts or "").strip(),
            },
        )
        return {"type": "ir.actions.act_window_close"}
