from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.authority import REMEDIES
from ..case.helpdesk_ticket_deciders import LEVELS

#: Where it was decided: within the limit by whoever has settled it, else above.
USE_LEVELS = [("front", "Front line"), *LEVELS]


class CitizenAuthorityUse(models.Model):
    """A small remedy that was given in a case: what, how much, by whom. Append-only.

    Nobody may change or delete one, not even the superuser. What was given wrongly is
    put right by the people concerned, and said in the case.
    """

    _name = "citizen.authority.use"
    _inherit = ["citizen.case.part"]
    _description = "Remedy Given"
    _order = "at desc, id desc"

    authority_id = fields.Many2one(
        "citizen.authority",
        string="Remedy",
        required=True,
        index=True,
        ondelete="restrict",
        help="The version of the authority that was in force.",
    )
    kind = fields.Selection(REMEDIES, required=True, help="What the person got.")
    amount = fields.Monetary(help="What was given in money; 0 for a thing or a visit.")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    at = fields.Datetime(string="Given On", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Given By",
        required=True,
        ondelete="restrict",
        help="Who has settled it, or asked for it if it was approved.",
    )
    reason = fields.Text(
        string="What Was Done and Why", required=True, help="Read by staff alone."
    )
    level = fields.Selection(
        USE_LEVELS,
        string="Decided At",
        required=True,
        default="front",
        help="Who had to decide, by the limits of the authority.",
    )
    decided_by_id = fields.Many2one(
        "res.users",
        string="Approved By",
        ondelete="restrict",
        help="Who has approved what is beyond the limit; empty within it.",
    )
    team_id = fields.Many2one("helpdesk.ticket.team", ondelete="restrict")
    category_id = fields.Many2one(
        "helpdesk.ticket.category", string="Service Type", ondelete="restrict"
    )
    department_id = fields.Many2one("hr.department", ondelete="restrict")
    event_id = fields.Many2one(
        "citizen.case.event",
        string="In the History",
        required=True,
        index=True,
        ondelete="restrict",
    )
    number = fields.Char(related="case_id.number", string="Case Number")

    _amount_range = models.Constraint("CHECK (amount >= 0)", "Amount: 0 or more.")
    _beyond_is_approved = models.Constraint(
        "CHECK ((level = 'front') = (decided_by_id IS NULL))",
        "Approved By: somebody approves what is beyond the limit, and nothing else.",
    )

    @api.depends("number", "authority_id")
    def _compute_display_name(self):
        for use in self:
            use.display_name = f"{use.number}: {use.authority_id.name}"

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._("What was given stays on record. Say in the case what changed.")
        )

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("What was given stays on record."))

    def action_view_case(self):
        """Open the case."""
        self.ensure_one()
        return self.case_id.get_formview_action()

    def _get_sentence(self, lang=None):
        """Return what the person reads of it."""
        self.ensure_one()
        authority = self.sudo().authority_id
        return authority.with_context(lang=lang or self.env.lang)._get_sentence(
            self.amount
        )

    @api.model
    def _note(self, case, authority, amount, reason, **decision):
        """Append a use and its event; the caller has checked rights and limits.

        :param decision: ``user_id``, ``level``, ``decided_by_id`` of what was approved
        """
        case = case.sudo()
        words = authority.name
        if amount:
            words = f"{words}: {authority.currency_id.format(amount)}"
        event = (
            case.with_user(self.env.user)
            .sudo()
            ._log("settled", after=words, note=reason)
        )
        return self.sudo().create(
            {
                "case_id": case.id,
                "authority_id": authority.id,
                "kind": authority.kind,
                "amount": amount,
                "currency_id": authority.currency_id.id,
                "at": event.at,
                "user_id": self.env.uid,
                "reason": reason,
                "team_id": case.team_id.id,
                "category_id": case.category_id.id,
                "department_id": case.department_id.id,
                "event_id": event.id,
                **decision,
            }
        )
