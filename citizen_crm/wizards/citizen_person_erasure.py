from odoo import api, fields, models
from odoo.exceptions import UserError


class CitizenPersonErasure(models.TransientModel):
    """Erase one person: look whether it may be done, and make the list."""

    _name = "citizen.person.erasure"
    _description = "Erase a Person"

    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        domain=[("is_company", "=", False)],
        help="Whose data are to be erased.",
    )
    request = fields.Text(
        string="The Request",
        required=True,
        help="How and when the person asked for it, and how you made sure who it is.",
    )
    obstacles = fields.Text(
        compute="_compute_obstacles", help="Why it cannot be done now."
    )

    @api.depends("partner_id")
    def _compute_obstacles(self):
        Line, Partner = self.env["citizen.erasure.line"], self.env["res.partner"]
        for wizard in self:
            partner = wizard.partner_id
            found = []
            if partner and self.env.user.has_group("citizen_crm.group_privacy_officer"):
                refusals, _rows = Line._find_person(partner)
                found = [*refusals, *Partner._get_erasure_obstacles(partner)]
            wizard.obstacles = "\n".join(found)

    def action_list(self):
        """Make the list; it is proposed and approved like any other."""
        self.ensure_one()
        if not self.env.user.has_group("citizen_crm.group_privacy_officer"):
            raise UserError(self.env._("This is for privacy officers."))
        run = self.env["citizen.erasure"]._list_person(self.partner_id, self.request)
        return {
            "type": "ir.actions.act_window",
            "res_model": "citizen.erasure",
            "res_id": run.id,
            "view_mode": "form",
        }
