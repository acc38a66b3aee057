from odoo import api, fields, models

from .helpdesk_ticket_ledger import Handing
from .helpdesk_ticket_team_dispatch import propose

#: Tasks that end by themselves when somebody has the case, or is back.
QUEUE_TASK = "citizen_crm.mail_activity_type_queue"
COVER_TASK = "citizen_crm.mail_activity_type_cover"
#: Fields by which a case may change hands, or end.
SETTLING = frozenset({"active", "category_id", "stage_id", "team_id", "user_id"})


class HelpdeskTicket(models.Model):
    """Cases of people who are away, and cases that wait too long for somebody."""

    _inherit = "helpdesk.ticket"

    queue_alerted_date = fields.Datetime(
        string="Lead Told Of Waiting",
        readonly=True,
        copy=False,
        help="When the lead was told that the case has waited too long for somebody.",
    )
    cover_since = fields.Datetime(
        string="To Be Covered Since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Since when the case, already begun, has waited for its absent handler. "
        "The lead finds somebody, or lets it wait.",
    )
    proposed_user_id = fields.Many2one(
        "res.users",
        string="Proposed Handler",
        compute="_compute_proposed_user_id",
        help="To whom the duty ledger would give the case now.",
    )

    def _compute_proposed_user_id(self):
        proposals = {}
        # Asked of each case that is opened: only who looks for cover needs it.
        uncovered = self.sudo().filtered(lambda case: case._origin and case.cover_since)
        for team, cases in uncovered.grouped("team_id").items():
            if team and team._keeps_ledger():
                proposals |= propose(team, cases)
        for case in self:
            case.proposed_user_id = proposals.get(case.id)

    def write(self, vals):
        """A case that ends or changes hands waits for nobody's return any more."""
        if not SETTLING & vals.keys():
            return super().write(vals)
        asked = self.filtered(lambda c: c.cover_since or c.queue_alerted_date)
        before = {case.id: (case.user_id, case.team_id) for case in asked}
        result = super().write(vals)
        settled = asked.filtered(
            lambda case: (
                (case.user_id, case.team_id) != before[case.id]
                or not (case.is_open and case.active)
            )
        ).sudo()
        if settled:
            settled._end_cover()
            settled.queue_alerted_date = False
            settled.activity_unlink([QUEUE_TASK])
        return result

    def _return_to_queue(self):
        """Take back what was not begun when its handler went away."""
        for handler, cases in self.grouped("user_id").items():
            reason = self.env._("%s is away", handler.name)
            cases.with_context(handing=Handing(reason)).write({"user_id": False})

    def _ask_for_cover(self):
        """Put cases on the lead's list, with a task for each."""
        self.write({"cover_since": fields.Datetime.now()})
        for case in self.filtered("team_id.user_id"):
            case._schedule_once(
                COVER_TASK,
                case.team_id.user_id,
                self.env._("%s is away: find cover", case.user_id.name),
            )

    def _end_cover(self):
        """Take cases from the lead's list: the handler is back, or another has it."""
        self.write({"cover_since": False})
        self.activity_unlink([COVER_TASK])

    def _ask_for_handler(self, users):
        """Ask whoever answers for the team to find somebody for the case."""
        for user in users:
            self._schedule_once(
                QUEUE_TASK, user, self.env._("Nobody can be given this case")
            )

    def _schedule_once(self, type_xmlid, user, summary):
        """Give somebody who may see the case a task about it."""
        self.ensure_one()
        if self._as_seen_by(user).has_access("read"):
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                type_xmlid, summary=summary, user_id=user.id
            )

    def action_cover(self):
        """Open the dialog that gives the case to somebody, with the proposal."""
        self.ensure_one()
        return self._open_handing(self.proposed_user_id)


class ResourceCalendarLeaves(models.Model):
    """A leave that is entered takes effect at once."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._call_upkeep()
        return leaves

    def write(self, vals):
        result = super().write(vals)
        self._call_upkeep()
        return result

    def unlink(self):
        self._call_upkeep()
        return super().unlink()

    def _call_upkeep(self):
        """Let the ledgers be looked after when members of their teams are away."""
        teams = self.env["citizen.assignment.rule"].sudo()._get_team_rules()
        if not teams or not self.resource_id:
            return
        members = self.env["citizen.team.member"].sudo()
        if members.search_count(
            [
                ("team_id", "in", list(teams)),
                ("employee_id.resource_id", "in", self.resource_id.ids),
            ],
            limit=1,
        ):
            self.env.ref("citizen_crm.ir_cron_upkeep").sudo()._trigger()
            members.team_id.browse(teams)._trigger_dispatch()
