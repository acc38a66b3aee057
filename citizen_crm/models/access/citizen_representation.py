from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

#: Who may stand for whom; the last kind is for organisations, the others for persons.
REPRESENTATION_KINDS = [
    ("parent", "Parent of a minor"),
    ("guardian", "Guardian"),
    ("proxy", "Authorised person"),
    ("organisation", "Representative of an organisation"),
]
BASES = [
    ("law", "By law"),
    ("court", "Court order"),
    ("consent", "Consent of the person"),
    ("register", "Register or resolution"),
]
REPRESENTATION_STATES = [
    ("unverified", "To be verified"),
    ("coming", "Not begun"),
    ("in_force", "In force"),
    ("ended", "Ended"),
    ("withdrawn", "Withdrawn"),
]
#: What the buttons note.
NOTED_FIELDS = frozenset(
    {
        "recorded_by_id",
        "verified_by_id",
        "verified_at",
        "withdrawn_by_id",
        "withdrawn_at",
        "withdrawal_reason",
    }
)


class CitizenRepresentation(models.Model):
    """Somebody acts for a person or an organisation, from one day to another.

    It opens nothing before a second member of staff has verified it, and nothing from
    the day after its end, or from the moment in which it is withdrawn. Days are those
    of the city.
    """

    _name = "citizen.representation"
    _inherit = ["citizen.period.mixin"]
    _description = "Representation"
    _order = "date_from desc, id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Represented",
        required=True,
        index=True,
        ondelete="restrict",
        help="The person or organisation for which somebody acts.",
    )
    representative_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_company", "=", False)],
        help="Who acts for them. In the portal they need an account of their own.",
    )
    kind = fields.Selection(
        REPRESENTATION_KINDS, required=True, help="As what somebody acts."
    )
    basis = fields.Selection(
        BASES, required=True, help="Why this person may act for the other."
    )
    document = fields.Text(
        required=True,
        help="What was seen: the order of which court, the letter of which day, the "
        "extract of which register. No copy is needed here.",
    )
    may_withdraw = fields.Boolean(
        string="May Withdraw Cases",
        help="Withdrawing a case gives up a right: an authorised person may do it only "
        "if the document says so.",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(string="Until")
    recorded_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    verified_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who has looked at the document, too; never who has recorded it.",
    )
    verified_at = fields.Datetime(readonly=True, copy=False)
    withdrawn_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    withdrawn_at = fields.Datetime(readonly=True, copy=False)
    withdrawal_reason = fields.Char(string="Why Withdrawn", readonly=True, copy=False)
    state = fields.Selection(
        REPRESENTATION_STATES,
        compute="_compute_state",
        help="Only what is in force opens anything.",
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "Until: it cannot end before it begins.",
    )

    @api.depends("partner_id", "representative_id")
    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._(
                "%(representative)s for %(person)s",
                representative=one.representative_id.name or "",
                person=one.partner_id.name or "",
            )

    def _filter_going_on(self):
        """Return those that open something now, or may do so later."""
        return self.filtered(lambda one: one.state not in ("ended", "withdrawn"))

    @api.depends("date_from", "date_to", "verified_at", "withdrawn_at")
    def _compute_state(self):
        today = self._get_today()
        for one in self:
            if one.withdrawn_at:
                one.state = "withdrawn"
            elif one.date_to and one.date_to < today:
                one.state = "ended"
            elif not one.verified_at:
                one.state = "unverified"
            else:
                begun = one.date_from and one.date_from <= today
                one.state = "in_force" if begun else "coming"

    @api.onchange("kind")
    def _onchange_kind(self):
        """Propose what usually goes with the kind."""
        usual = {
            "parent": "law",
            "guardian": "court",
            "proxy": "consent",
            "organisation": "register",
        }
        self.basis = usual.get(self.kind, self.basis)
        self.may_withdraw = self.kind != "proxy"

    # ------------------------------------------------------------------ checks
    @api.constrains("partner_id", "representative_id", "kind")
    def _check_people(self):
        for one in self.sudo():
            if one.partner_id == one.representative_id:
                raise ValidationError(
                    self.env._("Representative: nobody represents themselves.")
                )
            if one.partner_id.is_company != (one.kind == "organisation"):
                raise ValidationError(
                    self.env._(
                        "Kind: “Representative of an organisation” is for "
                        "organisations, and every other kind for persons."
                    )
                )
            if one.representative_id.is_company:
                raise ValidationError(
                    self.env._("Representative: name the person who acts.")
                )
            if one._is_staff(one.representative_id):
                raise ValidationError(
                    self.env._(
                        "Representative: %s is staff. Who works for the city acts for "
                        "somebody else with a private account of the portal.",
                        one.representative_id.name,
                    )
                )

    @api.model
    def _is_staff(self, partner):
        return any(not user.share for user in partner.user_ids)

    @api.model_create_multi
    def create(self, vals_list):
        said = {
            key.removeprefix("default_")
            for key in self.env.context
            if key.startswith("default_")
        }
        for vals in vals_list:
            self._check_noted(vals.keys() | said)
        return super().create(vals_list)

    def write(self, vals):
        self._check_noted(vals.keys())
        if not self.env.su:
            self._check_fixed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unverified_only(self):
        if self.filtered("verified_at"):
            raise UserError(
                self.env._(
                    "Cases were read by it: it stays on record. Withdraw it instead."
                )
            )

    @api.model
    def _check_noted(self, names):
        noted = sorted(NOTED_FIELDS & set(names))
        if noted and not self.env.su:
            raise AccessError(
                self.env._(
                    "%s: the system notes it itself. Use the buttons.",
                    self._fields[noted[0]]._description_string(self.env),
                )
            )

    def _check_fixed(self, vals):
        """What was verified is not changed; it can only end earlier."""
        for one in self.filtered(lambda one: one.verified_at or one.withdrawn_at):
            until = fields.Date.to_date(vals.get("date_to"))
            is_shorter = until and (not one.date_to or until <= one.date_to)
            if vals.keys() - {"date_to"} or not is_shorter:
                raise UserError(
                    self.env._(
                        "%s was verified as it is: it can only end earlier. Withdraw "
                        "it and record another one.",
                        one.display_name,
                    )
                )

    # ------------------------------------------------------------------ actions
    def action_verify(self):
        """Confirm, as a second member of staff, that the document was seen."""
        self.check_access("write")
        for one in self:
            one._check_can_verify()
            one.sudo().write(
                {
                    "verified_by_id": self.env.uid,
                    "verified_at": fields.Datetime.now(),
                }
            )

    def _check_can_verify(self):
        self.ensure_one()
        if self.state != "unverified":
            raise UserError(
                self.env._("%s: nothing is to be verified.", self.display_name)
            )
        if self.env.user == self.recorded_by_id:
            raise UserError(
                self.env._(
                    "You have recorded it: somebody else looks at the document and "
                    "verifies it."
                )
            )
        # They may have become staff since.
        self._check_people()

    def action_withdraw(self):
        """Open the question why it ends at once."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw"),
            "res_model": "citizen.representation.withdrawal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_representation_id": self.id},
        }

    def _withdraw(self, reason):
        """End it at once; whoever calls this has checked that the user may."""
        self.ensure_one()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Why: say why it ends."))
        if self.state in ("withdrawn", "ended"):
            raise UserError(self.env._("%s has ended already.", self.display_name))
        self.sudo().write(
            {
                "withdrawn_by_id": self.env.uid,
                "withdrawn_at": fields.Datetime.now(),
                "withdrawal_reason": reason[:200],
            }
        )

    # ----------------------------------------------------------------- in force
    @api.model
    def _get_today(self):
        """Return the day that it is in the city, whatever zone the user has set."""
        tz = self.env.company.sudo()._get_city_tz()
        return fields.Date.context_today(self.with_context(tz=tz))

    @api.model
    def _find_in_force(self, domain):
        """Return the representations in force that match, as superuser.

        Archived people and those that have become of another kind are left out.
        """
        tz = self.env.company.sudo()._get_city_tz()
        found = self.sudo().with_context(tz=tz, active_test=False)
        in_force = Domain("is_current", "=", True) & Domain("verified_at", "!=", False)
        return found.search(
            Domain(domain) & in_force & Domain("withdrawn_at", "=", False)
        ).filtered(lambda one: one._is_sound())

    def _is_sound(self):
        """Tell whether the people are still those whom it was verified for."""
        person, other = self.partner_id, self.representative_id
        return (
            person != other
            and person.active
            and other.active
            and person.is_company == (self.kind == "organisation")
            and not self._is_staff(other)
        )

    @api.model
    def _get_represented(self, user):
        """Return whom a user represents now, as two lists: persons, organisations.

        :return: pair of lists of ids of ``res.partner``
        """
        if not user.share or user._is_public():
            return [], []
        found = self._find_in_force([("representative_id", "=", user.partner_id.id)])
        organisations = found.filtered(lambda one: one.kind == "organisation")
        return (
            (found - organisations).partner_id.ids,
            organisations.partner_id.ids,
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    representation_ids = fields.One2many(
        "citizen.representation",
        "partner_id",
        string="Represented By",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="Who acts for this person, from when to when.",
    )
    acting_ids = fields.One2many(
        "citizen.representation",
        "representative_id",
        string="Acts For",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="For whom this person acts, from when to when.",
    )
