from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.case_events import EVENT_KINDS
from .rows import append_rows


class CitizenCaseEvent(models.Model):
    """One thing that happened to a case: what, when, who. Append-only.

    Clocks, ledgers and statistics are computed from these rows, so nobody may change
    or delete one, not even the superuser; a correction is a new event.
    """

    _name = "citizen.case.event"
    _inherit = ["citizen.case.part"]
    _description = "Case Event"
    _order = "at, id"
    _rec_name = "kind"

    # The index below begins with it.
    case_id = fields.Many2one(index=False)
    kind = fields.Selection(EVENT_KINDS, required=True)
    at = fields.Datetime(
        required=True,
        help="When it happened. The time of recording is the creation date.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        ondelete="restrict",
        help="Who did it; empty for the system or unknown.",
    )
    stage_id = fields.Many2one("helpdesk.ticket.stage", ondelete="restrict")
    team_id = fields.Many2one("helpdesk.ticket.team", ondelete="restrict")
    assignee_id = fields.Many2one("res.users", string="Handler", ondelete="restrict")
    before = fields.Char(help="The value before, where the event is a change of one.")
    after = fields.Char(help="The value after, where the event is a change of one.")
    note = fields.Text()
    is_backdated = fields.Boolean(
        string="From Earlier Records",
        help="Taken over from what another system recorded; the desk did not see it.",
    )
    in_bulk = fields.Boolean(
        help="Done to several cases in one stroke, which keeps no promise."
    )

    _case_at_index = models.Index("(case_id, at, id)")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        self.check_access("create")
        return append_rows(self, vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._(
                "The history of a case cannot be changed. Record a new event instead."
            )
        )

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete history.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("The history of a case cannot be deleted."))
