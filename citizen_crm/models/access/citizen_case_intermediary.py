from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..case.counted import ON_RECORD


class CitizenCaseIntermediary(models.Model):
    """Somebody who speaks up for a person in one case, with the person's consent.

    A councillor or li-chief sees the status and the answers of the case, nothing
    else; their standing changes neither its priority nor its deadline.
    """

    _name = "citizen.case.intermediary"
    _inherit = ["citizen.case.part", "citizen.period.mixin"]
    _description = "Intermediary"
    _rec_name = "partner_id"
    _order = "consent_date desc, id desc"
    _period_start = "consent_date"

    partner_id = fields.Many2one(
        "res.partner",
        string="Intermediary",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_company", "=", False)],
        help="For example the elected representative of the district.",
    )
    consent_date = fields.Date(
        string="Consent Given On",
        required=True,
        default=fields.Date.context_today,
        help="When the person agreed that the intermediary may see status and answers.",
    )
    consent_form = fields.Selection(
        [
            ("portal", "In the portal"),
            ("written", "In writing"),
            ("oral", "Orally, read back"),
        ],
        string="Consent Given",
        required=True,
        default="written",
    )
    date_to = fields.Date(
        string="Until",
        help="Last day on which the intermediary sees the case. The person may end "
        "it at any time.",
    )

    _once_per_case = models.Constraint(
        "UNIQUE (case_id, partner_id)",
        "Intermediary: already entered for this case. Change the entry instead.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= consent_date)",
        "Until: consent cannot end before it was given.",
    )

    @api.constrains("case_id", "partner_id")
    def _check_case(self):
        for entry in self:
            case = entry.case_id.sudo()
            if case.partner_id == entry.partner_id:
                raise ValidationError(
                    self.env._("Intermediary: this is the person of the case itself.")
                )
            if case.confidential:
                raise ValidationError(
                    self.env._(
                        "Intermediary: a confidential report has no intermediary."
                    )
                )


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    intermediary_ids = fields.One2many(
        "citizen.case.intermediary",
        "case_id",
        string="Intermediaries",
        copy=False,
        groups="base.group_user",
    )

    @api.model
    def _get_intermediary_cases(self, partner):
        """Return what an intermediary may know of the cases entrusted to them.

        Built as superuser from the consents in force, and from nothing but status
        and answers: an intermediary has no access to the case itself.

        :param partner: the intermediary, one ``res.partner``
        :return: list of dicts ``number``, ``service_type``, ``department``,
            ``received_date``, ``status``, ``answers`` (list of ``date``, ``body``)
        """
        entries = (
            self.env["citizen.case.intermediary"]
            .sudo()
            .search([("partner_id", "=", partner.id), ("is_current", "=", True)])
        )
        # Like the person's own list: what was taken out while open is not in it.
        cases = entries.case_id.filtered_domain(
            ON_RECORD & Domain("confidential", "=", False)
        )
        return [
            {
                "number": case.number,
                "service_type": case.category_id.name,
                "department": case.department_id.name,
                "received_date": case.received_date,
                "status": case.status_text,
                "answers": case._get_public_answers(),
            }
            for case in cases
        ]

    def _get_public_answers(self):
        """Return the city's public messages to the person, oldest first."""
        self.ensure_one()
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        messages = self.message_ids.filtered(
            lambda message: (
                message.subtype_id.id == comment
                and not message.is_internal
                and any(not user.share for user in message.author_id.user_ids)
            )
        )
        return [
            {"date": message.date, "body": message.body}
            for message in messages.sorted("date")
        ]
