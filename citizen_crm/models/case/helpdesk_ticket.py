from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.case_events import AUTOMATIC, automatic_phase
from ..catalogue.helpdesk_ticket_category import NATURES, ROLES

OUTCOMES = [
    ("unknown", "Not known"),
    ("confirmed", "Confirmed solved"),
    ("partly", "Partly solved"),
    ("not_solved", "Not solved"),
    ("disputed", "Disputed"),
]
#: Columns that record rules ask of every case.
RULED = "company_id, active, confidential, role, partner_id"


class HelpdeskTicket(models.Model):
    """A case: a ticket of the base with one role, one nature and a history.

    The stage says what the city did, the outcome what the citizen or a field check
    found. Team and stage follow the service type and the handler; role and record of
    the person always agree.
    """

    _inherit = "helpdesk.ticket"
    # The base sorts by number, which is text and has no index.
    _order = "priority desc, id desc"

    role = fields.Selection(
        ROLES,
        compute="_compute_role",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        tracking=True,
        help="Citizen case: the person exercises a right; duties before closing, "
        "statutory deadlines, visible to the petitioner alone. Customer case: a "
        "service is used; service standards, visible to the whole customer.",
    )
    nature = fields.Selection(
        NATURES,
        compute="_compute_nature",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        tracking=True,
        help="What the person wants. It gives the duties, the deadline and who may "
        "see the case.",
    )
    category_id = fields.Many2one(
        string="Service Type",
        domain=[("is_service", "=", True)],
        tracking=True,
        index=True,
        ondelete="restrict",
        help="What the case is about. It routes the case to the responsible team.",
    )
    answers = fields.Properties(
        definition="category_id.question_definition",
        copy=True,
        precompute=False,
        # Fetched with the case: whoever changes it looks at them (_track_prepare).
        prefetch=True,
    )
    properties = fields.Properties(prefetch=True)
    citizen_id = fields.Many2one(
        "citizen.citizen",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Who exercises the right. Empty for an anonymous report.",
    )
    customer_id = fields.Many2one(
        "citizen.customer",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The person or organisation that uses the service.",
    )
    partner_id = fields.Many2one(index="btree_not_null")
    district_id = fields.Many2one(
        "citizen.district",
        compute="_compute_district_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
        help="Where the matter is; where the citizen lives if nothing else is said.",
    )
    place = fields.Char(help="Address, crossing or description of the place.")
    place_latitude = fields.Float(string="Latitude", digits=(10, 7))
    place_longitude = fields.Float(string="Longitude", digits=(10, 7))
    confidential = fields.Boolean(
        compute="_compute_confidential",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Reports of misconduct are always confidential.",
    )
    outcome = fields.Selection(
        OUTCOMES,
        default="unknown",
        required=True,
        copy=False,
        tracking=True,
        help="What the citizen or a field check found, apart from what the city did.",
    )
    duplicate_id = fields.Many2one(
        string="Same Matter As",
        index="btree_not_null",
        domain="[('id', '!=', id), ('duplicate_id', '=', False)]",
        help="The lead case, when several letters are about one matter.",
    )
    duplicate_ids = fields.One2many(string="Cases in the Same Matter")
    team_id = fields.Many2one(
        compute="_compute_routed_team_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        tracking=True,
        help="Follows the service type. A case without a team waits in triage.",
    )
    # Computed as in the base, but before the first write to the database: one
    # INSERT a batch instead of an UPDATE a case.
    user_id = fields.Many2one(
        string="Handler",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    stage_id = fields.Many2one(
        compute="_compute_stage_id", store=True, readonly=False, precompute=True
    )
    department_id = fields.Many2one(
        related="team_id.department_id",
        string="Department",
        store=True,
        index=True,
        precompute=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    unattended = fields.Boolean(
        related="stage_id.unattended", store=True, precompute=True
    )
    phase = fields.Selection(
        related="stage_id.phase", store=True, precompute=True, string="Phase"
    )
    status_text = fields.Char(related="stage_id.status_text")
    is_open = fields.Boolean(
        string="Open",
        compute="_compute_is_open",
        store=True,
        precompute=True,
        help="The city has not ended its work on the case.",
    )
    # The base reads the stage; the own column has an index.
    closed = fields.Boolean(
        related=None, compute="_compute_closed", search="_search_closed"
    )
    received_date = fields.Datetime(
        string="Received",
        default=fields.Datetime.now,
        required=True,
        copy=False,
        help="When the city got it, on whatever channel.",
    )
    due_date = fields.Datetime(
        string="Due", copy=False, help="When the city has promised an answer."
    )
    answered_date = fields.Datetime(string="Answered", readonly=True, copy=False)
    closed_date = fields.Datetime(string="Closed On")

    _role_matches_record = models.Constraint(
        "CHECK ((role = 'citizen' AND customer_id IS NULL)"
        " OR (role = 'customer' AND citizen_id IS NULL))",
        "Role: a citizen case belongs to a citizen, a customer case to a customer.",
    )
    _latitude_range = models.Constraint(
        "CHECK (place_latitude BETWEEN -90 AND 90)",
        "Latitude must be between -90 and 90 degrees.",
    )
    _longitude_range = models.Constraint(
        "CHECK (place_longitude BETWEEN -180 AND 180)",
        "Longitude must be between -180 and 180 degrees.",
    )
    # The order of the lists, so that a first page reads no more than itself.
    _order_index = models.Index("(priority DESC, id DESC)")
    # With all that counting needs, what the record rules ask among it: an index that
    # answers by itself reads no case. "IS TRUE" as the ORM asks; PostgreSQL does not
    # see that it means the same.
    _open_team_index = models.Index(
        "(team_id, stage_id, user_id) INCLUDE (id, is_lent, priority, unattended,"
        f" {RULED})"
        " WHERE is_open IS TRUE"
    )
    _received_index = models.Index(
        "(received_date) INCLUDE (department_id, team_id, category_id, stage_id,"
        f" {RULED})"
    )
    _number_index = models.UniqueIndex(
        "(number, company_id, COALESCE(number_copy, 0)) WHERE number <> '/'",
        "Number: another case has this number.",
    )

    @api.model
    def default_get(self, fields):
        """Whoever files a case is not its handler; the base takes them for it."""
        defaults = super().default_get(fields)
        if "default_user_id" not in self.env.context:
            defaults.pop("user_id", None)
        return defaults

    @api.depends("team_id")
    def _compute_user_id(self):
        """Let who is not in the team have no case of it; the lead may have one.

        Who is in it is looked up only where a case has a handler.
        """
        handled = self.filtered("user_id")
        for case in self - handled:
            back = case._is_back("category_id", "team_id")
            case.user_id = back and case._origin.user_id
        led = handled.filtered(lambda case: case.user_id == case.team_id.user_id)
        for case in led:
            case.user_id = case.user_id
        return super(HelpdeskTicket, handled - led)._compute_user_id()

    @api.depends("category_id")
    def _compute_role(self):
        for case in self:
            if case.customer_id:
                case.role = "customer"
            elif case.citizen_id:
                case.role = "citizen"
            elif not (case._origin and case.role):
                # The right to petition knows no test: citizen when nobody has said.
                case.role = case.category_id.default_role or case.role or "citizen"

    @api.depends("category_id")
    def _compute_nature(self):
        for case in self:
            if not (case._origin and case.nature):
                nature = case.category_id.default_nature or case.nature
                case.nature = nature or "inquiry"

    @api.depends("citizen_id")
    def _compute_district_id(self):
        for case in self:
            case.district_id = case.district_id or case.citizen_id.district_id

    @api.depends("nature")
    def _compute_confidential(self):
        for case in self:
            case.confidential = case.confidential or case.nature == "misconduct_report"

    @api.depends("category_id")
    def _compute_routed_team_id(self):
        """Route by the service type; without one, the case waits in triage.

        Not by the base's method, which depends on the handler: a case that was passed
        on would go back to the team of its type as soon as somebody gets it.
        """
        for case in self:
            team = case.category_id.team_id
            # The origin: a case being registered has no stage yet, and its stage
            # is computed from the team.
            ended = case._origin and not case._origin.is_open
            if case._is_back("category_id"):
                team = case._origin.team_id
            case.team_id = team if team.active and not ended else case.team_id

    def _is_back(self, *names):
        """Tell whether a form shows again what the case has in these fields.

        Whoever chooses another service type by mistake and corrects it before saving
        has changed nothing.
        """
        stored = self._origin
        return bool(
            stored
            and self != stored
            and all(self[name]._origin == stored[name] for name in names)
        )

    @api.depends("team_id", "user_id")
    def _compute_stage_id(self):
        """Let the stage follow team and handler until somebody works on the case."""
        Stage = self.env["helpdesk.ticket.stage"]
        for case in self:
            team, stage = case.team_id, case.stage_id
            phase = stage.phase
            if phase in AUTOMATIC and case._is_back("team_id", "user_id"):
                case.stage_id = case._origin.stage_id
                continue
            if (
                not phase
                or phase in AUTOMATIC
                or (phase == "in_work" and not case.user_id)
            ):
                phase = automatic_phase(team.id, case.user_id.id)
            if stage.phase == phase and (not stage.team_ids or team in stage.team_ids):
                continue
            company = case.company_id or self.env.company
            case.stage_id = (
                Stage._get_id_for_phase(team._origin.id, company.id, phase)
                or team._get_applicable_stages()[:1]
            )

    @api.depends("stage_id.closed")
    def _compute_is_open(self):
        for case in self:
            case.is_open = not case.stage_id.closed

    @api.depends("is_open")
    def _compute_closed(self):
        for case in self:
            case.closed = not case.is_open

    def _search_closed(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("is_open", "in", [not wanted for wanted in value])]

    @api.onchange("role")
    def _onchange_role(self):
        if self.role == "citizen":
            self.customer_id = False
        else:
            self.citizen_id = False

    @api.onchange("citizen_id", "customer_id")
    def _onchange_person(self):
        person = self.citizen_id or self.customer_id
        if person and self.partner_id.commercial_partner_id != person.partner_id:
            self.partner_id = person.partner_id

    @api.constrains("role", "citizen_id", "customer_id", "partner_id")
    def _check_person(self):
        for case in self:
            partner = case.partner_id
            if case.citizen_id and case.citizen_id.partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "Contact: the contact of a citizen case is the citizen, %s.",
                        case.citizen_id.display_name,
                    )
                )
            customer = case.customer_id.partner_id
            if customer and customer not in (partner, partner.commercial_partner_id):
                raise ValidationError(
                    self.env._(
                        "Contact: %(contact)s is not a contact of %(customer)s.",
                        contact=partner.display_name or self.env._("(nobody)"),
                        customer=customer.display_name,
                    )
                )

    @api.constrains("duplicate_id")
    def _check_matter(self):
        for case in self.filtered("duplicate_id"):
            lead = case.duplicate_id
            followers = case.with_context(active_test=False).duplicate_ids
            if lead == case or lead.duplicate_id or followers:
                raise ValidationError(
                    self.env._(
                        "Same Matter As: join %(case)s to a lead case. A lead case is "
                        "not joined to another one itself.",
                        case=case.display_name,
                    )
                )

    @api.constrains("received_date")
    def _check_received_date(self):
        latest = fields.Datetime.add(fields.Datetime.now(), minutes=5)
        for case in self:
            if case.received_date > latest:
                raise ValidationError(
                    self.env._("Received: a case cannot be received in the future.")
                )

    @api.constrains("category_id")
    def _check_category(self):
        for case in self.filtered("category_id"):
            category = case.category_id
            if not category.is_service and category.child_id:
                raise ValidationError(
                    self.env._(
                        "Service Type: %s is a group heading. Choose one of the "
                        "service types under it.",
                        category.complete_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A case is a public record and cannot be deleted. Close it as not "
                "handled or withdrawn, or archive it."
            )
        )
