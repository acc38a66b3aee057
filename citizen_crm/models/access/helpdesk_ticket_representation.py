from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """Whoever acts for the person of a case reads it and acts in it, for as long.

    Citizen cases of the persons whom the user represents, and the customer cases of
    such persons and organisations. Confidential ones only if the user has filed them
    for the person: a ward may report the guardian.
    """

    _inherit = "helpdesk.ticket"

    filed_by_id = fields.Many2one(
        "res.partner",
        string="Filed For Them By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Who has filed the case for its person, as their representative.",
    )
    is_represented = fields.Boolean(
        string="Mine to Represent",
        compute="_compute_is_represented",
        compute_sudo=True,
        search="_search_is_represented",
        help="The user acts for the person of the case, today.",
    )
    representatives = fields.Char(
        string="Represented By",
        compute="_compute_representatives",
        compute_sudo=True,
        help="Who acts for the person now; they get what the person gets.",
    )

    @api.depends(
        "role", "confidential", "partner_id", "commercial_partner_id", "filed_by_id"
    )
    @api.depends_context("uid")
    def _compute_is_represented(self):
        mine = self.filtered_domain(self._get_represented_domain())
        for case in self:
            case.is_represented = case in mine

    def _search_is_represented(self, operator, value):
        """Ask once who is represented: the database gets ids, and uses its indexes."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._get_represented_domain()

    @api.depends("partner_id", "confidential", "filed_by_id")
    def _compute_representatives(self):
        for case in self:
            people = case._get_representatives()
            case.representatives = ", ".join(people.mapped("name"))

    @api.model
    def _get_represented_domain(self):
        """Return the cases in which the present user acts for somebody else."""
        user = self.env.user
        persons, organisations = self.env["citizen.representation"]._get_represented(
            user
        )
        if not persons and not organisations:
            return Domain.FALSE
        of_persons = Domain("partner_id", "in", persons) & (
            Domain("role", "=", "citizen")
            # As a contact of an organisation they are a customer for it.
            | Domain("commercial_partner_id", "in", persons)
        )
        of_organisations = Domain("role", "=", "customer") & Domain(
            "commercial_partner_id", "in", organisations
        )
        seen = Domain("confidential", "=", False) | Domain(
            "filed_by_id", "=", user.partner_id.id
        )
        return (of_persons | of_organisations) & seen

    def _get_representatives(self):
        """Return who acts for the person now and may know of the case, as superuser."""
        self.ensure_one()
        case = self.sudo()
        if not case.partner_id:
            return case.partner_id
        people = {case.partner_id.id}
        if case.role == "customer":
            people.add(case.commercial_partner_id.id)
        found = self.env["citizen.representation"]._find_in_force(
            [("partner_id", "in", list(people))]
        )
        known = found.filtered(
            lambda one: one.partner_id == case.partner_id or one.kind == "organisation"
        ).representative_id
        return known & case.filed_by_id if case.confidential else known

    def _get_representation(self):
        """Return by which representation the present user acts in the case."""
        self.ensure_one()
        case = self.sudo()
        Representation = self.env["citizen.representation"]
        if not case.is_represented:
            return Representation.sudo()
        people = (case.partner_id | case.commercial_partner_id).ids
        mine = ("representative_id", "=", self.env.user.partner_id.id)
        return Representation._find_in_force([mine, ("partner_id", "in", people)])

    # ----------------------------------------------------------------- portal
    @api.model
    def _get_portal_domain(self, role=None):
        if role == "represented":
            return self._get_represented_domain()
        domain = super()._get_portal_domain(role)
        return domain if role else domain | self._get_represented_domain()

    def _is_filed_by(self, partner):
        """Whoever acts for the person may do what the person may.

        In a case of somebody else of the organisation they are what its contacts are.
        """
        return super()._is_filed_by(partner) or (
            bool(partner)
            and partner == self.env.user.partner_id
            and self.partner_id in self._get_representation().partner_id
        )

    def _get_portal_page(self):
        page = super()._get_portal_page()
        mine = self._get_representation()
        if not mine:
            return {**page, "acts_for": ""}
        may_withdraw = any(mine.mapped("may_withdraw"))
        return {
            **page,
            "acts_for": self.partner_id.name or "",
            "can_withdraw": page["can_withdraw"] and may_withdraw,
        }

    def _get_portal_row(self):
        row = super()._get_portal_row()
        return {**row, "filed_for_by": self.sudo().filed_by_id.name or ""}

    def _portal_withdraw(self):
        """Giving up a right takes a representation that says so."""
        mine = self._get_representation()
        if mine and not any(mine.mapped("may_withdraw")):
            raise AccessError(
                self.env._("Withdrawing a case is not part of your representation.")
            )
        return super()._portal_withdraw()

    def _check_portal_person(self):
        """Raise for whoever acts for somebody: an opinion is nobody else's to give."""
        if self._get_representation():
            raise AccessError(self.env._("Only the person can say how it was."))

    @api.model
    def _may_file_for(self, person):
        persons, organisations = self.env["citizen.representation"]._get_represented(
            self.env.user
        )
        return person.id in (*persons, *organisations) or super()._may_file_for(person)

    @api.model
    def _prepare_filed_values(self, person):
        values = super()._prepare_filed_values(person)
        me = self.env.user.partner_id
        return {**values, "filed_by_id": me.id} if person != me else values

    def _get_portal_people(self):
        """Whoever has acted for the person is named, and so are their files."""
        acted = self.partner_id.representation_ids.filtered("verified_at")
        return super()._get_portal_people() | acted.representative_id | self.filed_by_id


class CitizenRepresentation(models.Model):
    _inherit = "citizen.representation"

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        self._forget_represented()
        return found

    def write(self, vals):
        result = super().write(vals)
        self._forget_represented()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_represented()
        return result

    @api.model
    def _forget_represented(self):
        """What is computed from who represents whom is computed anew."""
        self.env["helpdesk.ticket"].invalidate_model(
            ["is_represented", "representatives"]
        )
