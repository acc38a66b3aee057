from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...tools.case_events import AUTOMATIC, PHASES
from .counted import ON_RECORD

#: Phases that no case can be in, on a board of cases that have a team or a handler.
EMPTY_PHASES = {"team": ("received",), "handler": ("received", "routed")}
#: Events that give a case to somebody or something, and the field that says to what.
GIVEN_TO = {
    "routed": "team_id",
    "transferred": "team_id",
    "assigned": "assignee_id",
    "stage_changed": "stage_id",
}
#: Events that bring a case into another stage by hand.
MOVED = dict(PHASES).keys() - AUTOMATIC | {"resumed", "reopened"}


class HelpdeskTicket(models.Model):
    """What the screens show of a case and no rule depends on; nothing is stored."""

    _inherit = "helpdesk.ticket"

    person_display = fields.Char(
        string="Person",
        compute="_compute_person_display",
        help="Who the case is from: the contact, the name they gave, or anonymous.",
    )
    # Not noted in the case as the contact's own is: no number of a person stays there.
    person_phone = fields.Char(
        related="partner_id.phone", string="Phone", tracking=False
    )
    person_language = fields.Char(
        string="Language",
        compute="_compute_person_language",
        help="The language the city writes to this person in.",
    )
    person_case_count = fields.Integer(
        string="Other Cases of This Person", compute="_compute_person_case_count"
    )
    need_ids = fields.Many2many(related="citizen_id.need_ids")
    need_instructions = fields.Html(
        string="What Staff Do",
        compute="_compute_need_instructions",
        help="What the declared needs of this citizen ask of the city.",
    )
    service_type_name = fields.Char(
        related="category_id.name", string="Service Type (short)"
    )
    district_name = fields.Char(related="district_id.name", string="District (short)")
    service_group_id = fields.Many2one(
        related="category_id.parent_id",
        string="Service Group",
        help="The group heading of the service type in the catalogue.",
    )
    matter_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Same Matter",
        compute="_compute_matter",
        help="The other cases about the same matter, the lead case first.",
    )
    matter_count = fields.Integer(
        string="Others in the Same Matter", compute="_compute_matter"
    )
    event_count = fields.Integer(string="Events", compute="_compute_event_count")
    may_handle = fields.Boolean(
        string="Mine to Handle",
        compute="_compute_may_handle",
        help="You may change this case. Who is only asked about it may read it.",
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        """Name a case that is being registered, which has no number yet."""
        named = self.filtered("name")
        for case in self - named:
            case.display_name = self.env._("New Case")
        return super(HelpdeskTicket, named)._compute_display_name()

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Leave out the columns that stay empty on a board of teams or of mine."""
        result = super()._read_group_stage_ids(stages, domain)
        empty = EMPTY_PHASES.get(self.env.context.get("board_of"), ())
        return result.filtered(lambda s: s.phase not in empty or s in stages)

    # ---------------------------------------------------------------- person
    @api.depends("partner_id.display_name", "partner_name", "partner_email")
    def _compute_person_display(self):
        for case in self:
            case.person_display = (
                case.partner_id.display_name
                or case.partner_name
                or case.partner_email
                or self.env._("Anonymous")
            )

    @api.depends("partner_id.lang")
    def _compute_person_language(self):
        names = dict(self.env["res.lang"].get_installed())
        for case in self:
            code = case.partner_id.lang
            case.person_language = names.get(code, code)

    @api.depends("citizen_id", "customer_id")
    def _compute_person_case_count(self):
        for name in ("citizen_id", "customer_id"):
            cases = self.filtered(name)
            counts = {
                person.id: count
                for person, count in self._read_group(
                    Domain(name, "in", cases[name].ids) & ON_RECORD, [name], ["__count"]
                )
            }
            for case in cases:
                own = 1 if case._origin else 0
                count = counts.get(case[name]._origin.id, 0)
                case.person_case_count = max(count - own, 0)
        (self - self.filtered(lambda c: c.citizen_id or c.customer_id)).update(
            {"person_case_count": 0}
        )

    @api.depends("need_ids.name", "need_ids.description")
    @api.depends_context("lang")
    def _compute_need_instructions(self):
        for case in self:
            case.need_instructions = Markup().join(
                Markup("<div><strong>%s.</strong> %s</div>")
                % (need.name, need.description or "")
                for need in case.need_ids
            )

    # ------------------------------------------------------- matter, history
    @api.depends("duplicate_id.duplicate_ids", "duplicate_ids")
    def _compute_matter(self):
        """Leave out what the user may not read; a matter may go beyond a team."""
        for case in self:
            lead = (case.duplicate_id or case).sudo().with_context(active_test=False)
            matter = (lead | lead.duplicate_ids).with_env(self.env)
            others = matter - case - case._origin
            case.matter_ids = others._filtered_access("read")
            case.matter_count = len(case.matter_ids)

    @api.depends("event_ids")
    def _compute_event_count(self):
        counts = dict(
            self.env["citizen.case.event"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.event_count = counts.get(case._origin, 0)

    @api.depends("team_id", "user_id")
    @api.depends_context("uid")
    def _compute_may_handle(self):
        """Ask the rules of access themselves; what is not stored yet may be written."""
        mine = self._origin._filtered_access("write")
        for case in self:
            case.may_handle = not case._origin or case._origin in mine

    # --------------------------------------------------------------- actions
    def action_start_work(self):
        """Say that the handler has begun."""
        self._move_to_phase("in_work")

    def action_answered(self):
        """Say that the answer has been sent."""
        self._move_to_phase("answered")

    def action_close(self):
        """Say that the city has ended its work."""
        self._move_to_phase("closed")

    def action_reopen(self):
        """Take an ended case up again."""
        self._move_to_phase("in_work")

    def _move_to_phase(self, phase):
        Stage = self.env["helpdesk.ticket.stage"]
        for (team, company), cases in self.grouped(
            lambda case: (case.team_id, case.company_id)
        ).items():
            stage_id = Stage._get_id_for_phase(team.id, company.id, phase)
            if stage_id:
                cases.stage_id = stage_id

    def action_view_person_cases(self):
        """Open all cases of the same person in the same role."""
        self.ensure_one()
        return (self.citizen_id or self.customer_id).action_view_cases()

    def action_view_person(self):
        """Open the citizen or customer record of the case."""
        self.ensure_one()
        return (self.citizen_id or self.customer_id).get_formview_action()

    def action_view_matter(self):
        """Open all cases of the same matter, this one among them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.helpdesk_ticket_action"
        )
        action["name"] = self.env._("Same Matter")
        matter = self | self.matter_ids
        action["domain"] = list(Domain("id", "in", matter.ids) & ON_RECORD)
        action["context"] = {}
        return action

    def action_share(self):
        """Share one case; the base knows it from the context of a menu only."""
        case = self._get_chosen()
        if len(case) > 1:
            raise UserError(self.env._("Choose one case to share."))
        chosen = {"active_id": case.id, "active_model": case._name}
        return super(HelpdeskTicket, case.with_context(**chosen)).action_share()

    def action_duplicate_tickets(self):
        """Copy the cases; the base knows them from the context of a menu only."""
        cases = self._get_chosen()
        return super(
            HelpdeskTicket, cases.with_context(active_ids=cases.ids)
        ).action_duplicate_tickets()

    def _get_chosen(self):
        """Return these cases, else those that are selected on the screen."""
        cases = self or self.browse(self.env.context.get("active_ids") or ())
        if not cases:
            raise UserError(self.env._("Choose a case first."))
        return cases


class CitizenCaseEvent(models.Model):
    _inherit = "citizen.case.event"

    detail = fields.Char(
        compute="_compute_detail", help="To whom, from what to what, in words."
    )

    @api.depends("kind", "team_id", "assignee_id", "stage_id", "before", "after")
    @api.depends_context("lang", "tz")
    def _compute_detail(self):
        words = self._get_words()
        stages = self.env["helpdesk.ticket"]._fields["phase"]
        phases = dict(stages._description_selection(self.env))
        tz = self.env.context.get("tz")
        for event in self:
            before, after = event.before, event.after
            if event.kind in GIVEN_TO:
                # As it is called now, in the reader's language.
                after = event[GIVEN_TO[event.kind]].name
            elif event.kind in ("unassigned", "unrouted"):
                after = False
            elif event.kind in ("role_changed", "outcome_recorded"):
                before, after = words.get(before, before), words.get(after, after)
            elif event.kind == "received_corrected":
                before, after = (
                    format_datetime(self.env, at, tz=tz) for at in (before, after)
                )
            else:
                before, after = False, event._get_own_stage(phases)
            event.detail = " → ".join(filter(None, (before, after))) or False

    def _get_own_stage(self, phases):
        """Return the stage it came into, where the desk has named it otherwise.

        :param phases: dict of the phases and what they are called
        """
        if self.kind not in MOVED:
            return False
        stage = self.stage_id.name or ""
        phase = phases.get(self.stage_id.phase, "")
        return stage.casefold() != phase.casefold() and stage

    def _get_words(self):
        """Return the labels of roles and outcomes in the user's language."""
        Case = self.env["helpdesk.ticket"]
        return {
            key: label
            for name in ("role", "outcome")
            for key, label in Case._fields[name]._description_selection(self.env)
        }
