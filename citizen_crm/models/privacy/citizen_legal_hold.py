from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class CitizenLegalHold(models.Model):
    """Cases, or all cases of a person, that must not be erased for now.

    For a lawsuit, an audit, an investigation. What was ordered is not changed: it
    ends, and another hold begins.
    """

    _name = "citizen.legal.hold"
    _inherit = ["citizen.period.mixin"]
    _description = "Legal Hold"
    _order = "date_from desc, id desc"
    _rec_name = "reason"

    case_ids = fields.Many2many(
        "helpdesk.ticket",
        "citizen_legal_hold_case_rel",
        "hold_id",
        "case_id",
        context={"active_test": False},
        string="Cases",
        help="The cases that are held.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        index="btree_not_null",
        ondelete="restrict",
        help="All cases of this person are held, those still to come included.",
    )
    reason = fields.Text(
        required=True, help="Why they must be kept, with the file number if any."
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="First day of the hold.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Ordered By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="Who entered the hold.",
    )
    ended_by_id = fields.Many2one(
        "res.users", readonly=True, ondelete="restrict", help="Who set its end."
    )
    case_count = fields.Integer(
        string="Held Cases", compute="_compute_case_count", help="How many it holds."
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "To: a hold cannot end before it begins.",
    )

    @api.depends("case_ids", "partner_id")
    def _compute_case_count(self):
        Case = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        for hold in self.sudo():
            domain = Domain("id", "in", hold.case_ids.ids)
            if partner := hold.partner_id:
                domain |= Domain("partner_id", "=", partner.id)
                domain |= Domain("commercial_partner_id", "=", partner.id)
            hold.case_count = Case.search_count(domain)

    @api.constrains("case_ids", "partner_id", "reason")
    def _check_subject(self):
        for hold in self.sudo():
            if not (hold.case_ids or hold.partner_id):
                raise ValidationError(
                    self.env._("Cases, Person: say what is to be held.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Enter holds in the name of the present user."""
        if not self.env.su:
            own = {"user_id": self.env.uid, "ended_by_id": False}
            vals_list = [{**vals, **own} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """Only the end may be set, and not once it is over."""
        if vals.keys() - {"date_to"}:
            raise UserError(
                self.env._("A hold is not changed: end it, and enter another one.")
            )
        today = fields.Date.context_today(self)
        end = fields.Date.to_date(vals.get("date_to"))
        for hold in self:
            if hold.date_to and hold.date_to < today:
                raise UserError(self.env._("To: the hold has ended already."))
            if end and end < today:
                raise UserError(
                    self.env._(
                        "To: a hold does not end in the past; it held until now."
                    )
                )
        return super().write({**vals, "ended_by_id": end and self.env.uid})

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise UserError(
            self.env._("A hold stays on record: end it instead of deleting it.")
        )

    def action_end(self):
        """End holds today; from tomorrow on the cases may be erased."""
        for hold in self:
            hold.date_to = max(fields.Date.context_today(self), hold.date_from)
