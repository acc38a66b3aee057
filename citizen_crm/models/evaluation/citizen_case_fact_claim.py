from odoo import api, fields, models
from odoo.exceptions import UserError

from .citizen_case_fact_figures import BY_DECISION
from .citizen_evaluation_claim import OPEN
from .citizen_measure import FACT_COLUMNS

#: What is counted of a case, in the order of the measures. What the resident said of
#: how they were treated is told to nobody.
YES_NO_FIELDS = tuple(
    name for code, name in FACT_COLUMNS.items() if code not in BY_DECISION
)


class CitizenCaseFact(models.Model):
    """The employee objects to a case where it is counted."""

    _inherit = "citizen.case.fact"

    claim_ids = fields.One2many(
        "citizen.evaluation.claim",
        "fact_id",
        string="Claims",
        readonly=True,
        help="Objections to counting this case.",
    )
    may_contest = fields.Boolean(
        compute="_compute_may_contest",
        help="It counts in an evaluation of yours that takes objections now.",
    )

    @api.depends("claim_ids.state", "excluded")
    @api.depends_context("uid")
    def _compute_may_contest(self):
        evaluations = self._get_open_evaluations()
        for fact in self:
            filed = "filed" in fact.sudo().claim_ids.mapped("state")
            fact.may_contest = bool(
                not filed and not fact.excluded and fact._find_evaluation(evaluations)
            )

    @api.model
    def _get_open_evaluations(self):
        """Return the user's own evaluations that take objections."""
        domain = [("employee_id.user_id", "=", self.env.uid), ("state", "in", OPEN)]
        return self.env["citizen.evaluation"].search(domain)

    def _find_evaluation(self, evaluations=None):
        """Return the user's evaluation that counts this case and takes objections.

        :param evaluations: what ``_get_open_evaluations`` returned, if it is known
        """
        self.ensure_one()
        if evaluations is None:
            evaluations = self._get_open_evaluations()
        handler = self.sudo().handler_id
        day = self.env.company._get_city_day(self.sudo().closed_on)
        return evaluations.filtered(
            lambda one: (
                one.sudo().employee_id == handler
                and one.date_from <= day <= one.date_to
            )
        )[:1]

    def _tell(self):
        """Return what is counted of the case in plain words, without the resident."""
        self.ensure_one()
        lines = []
        for name in ("category_id", "team_id", "began_at", "ended_at", *YES_NO_FIELDS):
            field = self._fields[name]
            value = field.convert_to_display_name(self[name], self)
            if field.type == "selection":
                options = dict(field._description_selection(self.env))
                value = options.get(self[name], "–")
            lines.append(f"{field._description_string(self.env)}: {value or '–'}")
        return "\n".join(lines)

    def action_contest(self):
        """Open the form on which the employee objects."""
        self.ensure_one()
        if not self.may_contest:
            raise UserError(
                self.env._(
                    "Counted Case: no evaluation of yours that takes objections counts "
                    "this case now, or you have objected already."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Object to a Counted Case"),
            "res_model": "citizen.evaluation.claim",
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "citizen_crm.citizen_evaluation_claim_view_form_file"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {"default_fact_id": self.id},
        }
