from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

CONTACT_PREFERENCES = [
    ("email", "By e-mail"),
    ("phone", "By phone"),
    ("letter", "By letter"),
    ("portal", "On the portal only"),
]


class CitizenPersonMixin(models.AbstractModel):
    """What the two records of a person have in common: they stand on one partner.

    A person may have both records. Heirs set ``_inherits`` on ``partner_id``.
    """

    _name = "citizen.person.mixin"
    _description = "Record of a Person"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    #: Name of the field with the number that people know the record by.
    _number_field = "id"

    active = fields.Boolean(default=True)
    contact_preference = fields.Selection(
        CONTACT_PREFERENCES,
        string="Wants to Be Reached",
        default="email",
        required=True,
        help="How the person wants to hear from the city. Notices and answers are "
        "mailed only to those who want e-mail; for phone and letter somebody is asked "
        "to tell the person. All of it can be read on the page of the case.",
    )

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for person in self:
            person.display_name = person.partner_id.display_name

    def write(self, vals):
        """A record stays with its person: the cases and the proofs are theirs."""
        if "partner_id" in vals and (self.partner_id.ids or [False]) != [
            vals["partner_id"]
        ]:
            raise UserError(
                self.env._(
                    "Contact Record: a record cannot be passed on to another person. "
                    "Open a new one for them."
                )
            )
        return super().write(vals)

    def action_verify_contact(self):
        """Record that the present user has checked the person's contact data."""
        self.check_access("write")
        self.partner_id.sudo()._set_contact_verified(self.env.user)

    @api.model
    def _find_or_create(self, partners):
        """Return the record of each partner, creating the missing ones.

        :param partners: ``res.partner`` records, any number
        :return: dict ``partner id -> record of this model``; archived records count
        """
        # Defaults in the context are meant for whatever is being registered.
        model = self.with_context(**clean_context(self.env.context), active_test=False)
        known = model.search_fetch(
            [("partner_id", "in", partners.ids)], self._get_fields_to_find()
        )
        missing = partners - known.partner_id
        if missing:
            known += model.create([{"partner_id": partner.id} for partner in missing])
        return {person.partner_id.id: person for person in known}

    def _prepare_merged_values(self, others):
        """Return what this record takes over from others of the same person."""
        self.ensure_one()
        values = {"active": self.active or any(others.mapped("active"))}
        if self.contact_preference == "email":
            # Whoever has asked for no e-mail gets none.
            wishes = [p for p in others.mapped("contact_preference") if p != "email"]
            values["contact_preference"] = (wishes or ["email"])[0]
        return values

    @api.model
    def _get_fields_to_find(self):
        """Fields read in the same query that finds the records of some partners."""
        return ["partner_id"]
