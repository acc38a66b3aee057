from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS

from ..handling.citizen_case_reply import FINDINGS, RESULTS
from .citizen_case_event import PRIORITIES

#: Yes, no, or empty: not known yet, or it does not apply to this person's part.
YES_NO = [("yes", "Yes"), ("no", "No")]
ENDINGS = [
    ("closed", "Closed"),
    ("not_handled", "Not handled"),
    ("withdrawn", "Withdrawn"),
    ("passed_on", "Passed on"),
]
DECISIONS = [*FINDINGS, *RESULTS, ("not_handled", "Not handled")]
#: What an accepted objection changes, and nothing else does.
CLAIMED_FIELDS = frozenset({"excluded", "exclude_reason"})


class CitizenCaseFact(models.Model):
    """What is counted of one person's part in one case, frozen when the case ended.

    A row stands for a time in which one employee had the case. It is written by the
    system from the history (``_write_facts``); what can only be known later is added
    when it is (``_settle``). Nobody changes it but by an accepted objection, which
    leaves it out of the figures (``_exclude``). Nothing tells who the resident is.
    """

    _name = "citizen.case.fact"
    _description = "Case Fact"
    _order = "closed_on desc, id desc"
    _rec_name = "case_number"

    # Not for reading: whoever reads facts need not be cleared for the cases.
    case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Case Record",
        required=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    number = fields.Integer(
        required=True, aggregator=None, help="Counts the times of custody of the case."
    )
    case_number = fields.Char(string="Case", help="Number of the case.")
    company_id = fields.Many2one("res.company", ondelete="restrict")
    handler_id = fields.Many2one(
        "hr.employee",
        required=True,
        ondelete="restrict",
        help="Who had the case.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team", ondelete="restrict", help="The team that had the case."
    )
    department_id = fields.Many2one(
        "hr.department",
        ondelete="restrict",
        help="The department of the team when the case ended.",
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        ondelete="restrict",
        help="When the team first gave the case to somebody; later changes count "
        "for nothing.",
    )
    priority = fields.Selection(
        PRIORITIES, help="When the team first gave the case to somebody."
    )
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel", ondelete="restrict", help="How the case came in."
    )
    # Coarse, and read by nobody: they go into the figures of equal treatment alone.
    district_id = fields.Many2one(
        "citizen.district",
        string="Area",
        ondelete="restrict",
        groups=NO_ACCESS,
        help="The largest district around the matter, when the case ended.",
    )
    language_id = fields.Many2one(
        "res.lang",
        ondelete="restrict",
        groups=NO_ACCESS,
        help="In which the city wrote to the person, when the case ended.",
    )
    decision = fields.Selection(
        DECISIONS, help="What the city decided, in the last reply before the end."
    )
    began_at = fields.Datetime(
        string="Had It From", required=True, help="When this person got the case."
    )
    ended_at = fields.Datetime(
        string="Had It Until",
        required=True,
        help="When this person passed the case on, or it ended.",
    )
    ended_by = fields.Selection(
        ENDINGS, string="How It Ended", required=True, help="How this part ended."
    )
    closed_on = fields.Datetime(
        string="Counted On",
        required=True,
        help="When the case ended; it decides in which period it counts.",
    )
    worked_hours = fields.Float(
        string="Working Hours",
        aggregator=None,
        help="Working hours of the team in which this person had the case, without "
        "their leave and without waiting for the citizen, up to the answer.",
    )
    waited_hours = fields.Float(
        string="Hours Waiting",
        aggregator=None,
        help="Working hours in which the case waited for the citizen meanwhile.",
    )
    held_share = fields.Float(
        string="Share of the Work",
        aggregator=None,
        help="This person's working hours, of all in which somebody had the case.",
    )
    left_at_start = fields.Float(
        string="Time Left at the Start",
        aggregator=None,
        help="Share of the time promised that was left when this person got the case.",
    )
    left_at_end = fields.Float(
        string="Time Left at the End",
        aggregator=None,
        help="Share of the time promised that was left when this person had answered "
        "the case or passed it on.",
    )
    has_deadline = fields.Boolean(
        help="An answer was promised until a certain time; else nothing is left of it."
    )
    is_reclassified = fields.Boolean(
        string="Reclassified",
        help="Service type or priority were others at the end than at the assignment.",
    )
    late_first_reply = fields.Selection(
        YES_NO,
        string="First Reply Late",
        help="Whether the first message came too late, while this person had the case.",
    )
    late_resolution = fields.Selection(
        YES_NO,
        string="Answer Late",
        help="Whether the deadline of the answer passed, while this person had the "
        "case.",
    )
    reopened_30d = fields.Selection(
        YES_NO,
        string="Reopened",
        help="Whether the case was opened again within 30 days, by somebody else.",
    )
    repeat_contact_14d = fields.Selection(
        YES_NO,
        string="Came Again",
        help="Whether the same person came in the same matter within 14 days.",
    )
    documented_close = fields.Selection(
        YES_NO,
        string="Documented",
        help="Whether the person was told what was decided and why.",
    )
    invited = fields.Selection(
        YES_NO, help="Whether the person was asked how they were treated."
    )
    # Who said what stays with the person: figures alone are shown, never a case.
    answered = fields.Selection(
        YES_NO,
        string="Said",
        groups=NO_ACCESS,
        help="Whether they said if they were treated fairly, or understood why.",
    )
    positive = fields.Selection(
        YES_NO,
        string="Fair and Clear",
        groups=NO_ACCESS,
        help="Whether they said so of all that they said anything of.",
    )
    counts_personally = fields.Boolean(
        help="This person had the case long enough, and got it in time; else it counts "
        "for the team alone."
    )
    is_settled = fields.Boolean(
        string="Complete", help="All is known that will ever be known."
    )
    excluded = fields.Boolean(
        string="Left Out", help="An objection to it was accepted; it counts nowhere."
    )
    exclude_reason = fields.Text(
        string="Why Left Out", help="Why the objection was accepted."
    )

    _case_number_unique = models.UniqueIndex("(case_id, number)")
    _period_index = models.Index("(closed_on, department_id)")
    _handler_index = models.Index("(handler_id, closed_on)")
    _open_index = models.Index("(ended_at) WHERE is_settled IS NOT TRUE")

    # ------------------------------------------------------------------- CRUD
    def write(self, vals):
        if vals.keys() - CLAIMED_FIELDS or not self.env.su:
            raise AccessError(
                self.env._(
                    "The facts of a case are not changed. Object to the case in your "
                    "evaluation; whoever decides on it can leave it out."
                )
            )
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete facts.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("The facts of a case are not deleted."))

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Compare nobody with anybody: people are no dimension of these figures."""
        if not self.env.su and groupby_spec.startswith("handler_id"):
            raise UserError(
                self.env._(
                    "Handler: facts are not counted by person. The evaluation of a "
                    "person shows their own."
                )
            )
        return super()._read_group_groupby(alias, groupby_spec, query)

    # -------------------------------------------------------------- objections
    def _exclude(self, reason):
        """Leave facts out of all figures; the caller has checked who may say so.

        :param reason: why, as the employee reads it
        :raise UserError: no reason
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Reason: say why the case is left out."))
        self.sudo().write({"excluded": True, "exclude_reason": reason.strip()})

    # ----------------------------------------------------------------- actions
    def action_open_case(self):
        """Open the case of a fact, for whoever may see it."""
        self.ensure_one()
        self.check_access("read")
        case = self.sudo().case_id.sudo(False)
        if not case or not case.with_context(active_test=False).has_access("read"):
            raise UserError(
                self.env._(
                    "Case %s: you may not see this case any more.",
                    self.case_number or "–",
                )
            )
        return case.get_formview_action()
