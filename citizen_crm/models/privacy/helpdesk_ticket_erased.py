from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.erasure import CaseFacts, retention_end


class HelpdeskTicket(models.Model):
    """For how long a case keeps the data of its person, and when they went.

    What is left is a record of the city's work without a person: service type, dates,
    deadlines, outcome, district, team, history and every figure.
    """

    _inherit = "helpdesk.ticket"

    erased_date = fields.Datetime(
        string="Personal Data Erased On",
        readonly=True,
        copy=False,
        help="When the data of the person, the texts and the files were erased.",
    )
    kept_until = fields.Datetime(
        string="Personal Data Kept Until",
        compute="_compute_kept_until",
        help="From then on the data of the person may be erased. Empty while the case "
        "is open, or if its class says that it is kept.",
    )

    @api.depends("closed_date", "is_open", "category_id", "erased_date")
    def _compute_kept_until(self):
        for case, retention in self._get_running_classes():
            case.kept_until = (
                retention_end(case.closed_date, retention.months)
                if retention and not retention.is_kept and not case.erased_date
                else False
            )

    def _get_running_classes(self):
        """Return pairs ``(case, retention class)``; no class runs before the end."""
        none = self.env["citizen.retention.class"].sudo()
        default = none._get_default()
        return [
            (case, case.category_id.sudo().retention_class_id or default)
            if case.closed_date and not case.is_open
            else (case, none)
            for case in self
        ]

    def write(self, vals):
        """An erased case is closed for good: there is nothing left to work on."""
        self._check_not_erased()
        return super().write(vals)

    def message_post(self, **kwargs):
        """What is written of it now would never be erased."""
        self._check_not_erased()
        return super().message_post(**kwargs)

    def _check_not_erased(self):
        if not self.env.su and any(case.erased_date for case in self.sudo()):
            raise UserError(
                self.env._(
                    "The personal data of this case were erased. It cannot be changed "
                    "or opened again; register a new case instead."
                )
            )

    def _update_from_source(self, *args, **kwargs):
        """Leave erased cases alone: their source may still know the texts."""
        if self.sudo().erased_date:
            return None
        return super()._update_from_source(*args, **kwargs)

    @api.model
    def _fetch_erasure_facts(self, condition):
        """Return ``(case id, class id, department id, facts)`` of some cases.

        As superuser and in one statement: whoever answers for erasing need not be
        cleared for the cases.

        :param condition: SQL on ``ticket``, ``class`` and ``hold``
        """
        self.env.flush_all()
        default = self.env["citizen.retention.class"].sudo()._get_default()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.id, class.id, ticket.department_id, ticket.is_open,
                       ticket.closed_date, ticket.erased_date, class.months,
                       class.is_kept, hold.is_held
                  FROM helpdesk_ticket AS ticket
             LEFT JOIN helpdesk_ticket_category AS category
                    ON category.id = ticket.category_id
             LEFT JOIN citizen_retention_class AS class
                    ON class.id = coalesce(category.retention_class_id, %(default)s)
     CROSS JOIN LATERAL (%(holds)s) AS hold
                 WHERE %(condition)s
              ORDER BY ticket.id
                """,
                default=default.id or None,
                holds=self._select_hold(),
                condition=condition,
            )
        )
        return [
            (
                case_id,
                class_id,
                department_id,
                CaseFacts(
                    bool(is_open), closed, erased, months, bool(kept), bool(held)
                ),
            )
            for (
                case_id,
                class_id,
                department_id,
                is_open,
                closed,
                erased,
                months,
                kept,
                held,
            ) in rows
        ]

    @api.model
    def _select_hold(self):
        """Select whether a hold on the case, or on its person, is in force."""
        return SQL(
            """
            SELECT EXISTS (
                SELECT 1 FROM citizen_legal_hold AS hold
                 WHERE hold.date_from <= %(today)s
                   AND (hold.date_to IS NULL OR hold.date_to >= %(today)s)
                   AND (hold.partner_id IN
                           (ticket.partner_id, ticket.commercial_partner_id)
                        OR EXISTS (
                           SELECT 1 FROM citizen_legal_hold_case_rel AS held
                            WHERE held.hold_id = hold.id AND held.case_id = ticket.id))
            ) AS is_held
            """,
            today=fields.Date.context_today(self),
        )
