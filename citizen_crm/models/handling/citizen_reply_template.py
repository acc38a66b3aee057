from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools.reply_text import PLACEHOLDERS, fill, unknown
from ..catalogue.helpdesk_ticket_category import NATURES
from .citizen_case_reply import TEXTS

#: How long before its end a template is shown as expiring.
SOON_DAYS = 30


class CitizenReplyTemplate(models.Model):
    """Prepared parts of a reply, owned by a department, good until a date.

    Laws change: after its date a template is inserted no more until somebody of the
    department has looked at it.
    """

    _name = "citizen.reply.template"
    _description = "Reply Template"
    _order = "department_id, name, id"

    name = fields.Char(
        required=True, translate=True, help="What handlers look for it by."
    )
    department_id = fields.Many2one(
        "hr.department",
        required=True,
        index=True,
        ondelete="restrict",
        help="Who answers for the text. It can be inserted in cases of this department "
        "and of those below it.",
    )
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Service Types",
        domain=[("is_service", "=", True)],
        help="What it is for; empty: for every service type.",
    )
    nature = fields.Selection(
        NATURES, help="What it is for; empty: for cases of every nature."
    )
    summary = fields.Text(
        string="In Short", translate=True, help="The answer in plain words."
    )
    facts = fields.Text(
        string="What We Found", translate=True, help="The facts, and how you know."
    )
    measures = fields.Text(
        string="What We Did", translate=True, help="The action taken."
    )
    legal_basis = fields.Text(
        translate=True, help="The law reference, with the section and its date."
    )
    remedies = fields.Text(
        string="What You Can Do", translate=True, help="The notice of remedies."
    )
    expiry_date = fields.Date(
        string="Good Until",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), years=1),
        help="The last day on which it can be inserted. Have the text and the law "
        "looked at before, then set a later date.",
    )
    expiry_state = fields.Selection(
        [("good", "Good"), ("soon", "Expires soon"), ("expired", "Expired")],
        string="State",
        compute="_compute_expiry_state",
        help="Expired: it cannot be inserted. Expires soon: within 30 days.",
    )
    active = fields.Boolean(default=True)

    @api.depends("expiry_date")
    def _compute_expiry_state(self):
        today = fields.Date.context_today(self)
        for template in self:
            day = template.expiry_date
            if not day or day > today + timedelta(days=SOON_DAYS):
                template.expiry_state = "good"
            else:
                template.expiry_state = "soon" if day >= today else "expired"

    @api.constrains(*TEXTS)
    def _check_placeholders(self):
        for template in self:
            for name in TEXTS:
                wrong = unknown(template[name])
                if wrong:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: {%(name)s} is not known. These are: %(all)s.",
                            field=self._fields[name]._description_string(self.env),
                            name=wrong[0],
                            all=", ".join(f"{{{known}}}" for known in PLACEHOLDERS),
                        )
                    )

    # --------------------------------------------------------------- inserting
    def _check_usable(self, case):
        """Raise unless the template may be inserted in a reply to the case."""
        self.ensure_one()
        if self.expiry_date < self._get_today(case):
            raise UserError(
                self.env._(
                    "The template “%(name)s” expired on %(date)s. Ask the department "
                    "%(department)s to look at it and set a later date.",
                    name=self.name,
                    date=format_date(self.env, self.expiry_date),
                    department=self.department_id.name,
                )
            )
        if self.department_id not in case.sudo().department_id._get_chain():
            raise UserError(
                self.env._(
                    "The template “%(name)s” belongs to the department %(department)s, "
                    "which does not have this case. It is good until %(date)s, there.",
                    name=self.name,
                    department=self.department_id.name,
                    date=format_date(self.env, self.expiry_date),
                )
            )

    def _get_today(self, case):
        return case._get_city_day(fields.Datetime.now())

    def _get_texts(self, case, lang):
        """Return the parts, filled in for a case and in a language."""
        self._check_usable(case)
        case = case.with_context(lang=lang).sudo()
        received = case._get_city_day(case.received_date)
        values = {
            "number": case.number or "",
            "title": case.name or "",
            "received": format_date(case.env, received, date_format="long"),
            "department": case.department_id.name or "",
        }
        template = self.with_context(lang=lang)
        return {name: fill(template[name], values) for name in TEXTS if template[name]}
