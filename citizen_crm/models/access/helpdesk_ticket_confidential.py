from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskTicket(models.Model):
    """Whom a report of misconduct is about; they neither see nor handle it."""

    _inherit = "helpdesk.ticket"

    reported_employee_ids = fields.Many2many(
        "hr.employee",
        "citizen_case_reported_employee_rel",
        "case_id",
        "employee_id",
        string="Employees Reported",
        groups="citizen_crm.group_confidential",
        copy=False,
        help="Employees the report is about. They neither see nor handle the case.",
    )
    reported_department_id = fields.Many2one(
        "hr.department",
        string="Unit Reported",
        groups="citizen_crm.group_confidential",
        copy=False,
        index="btree_not_null",
        help="The unit the report is about. Nobody in it sees or handles the case.",
    )

    @api.constrains("user_id", "reported_employee_ids", "reported_department_id")
    def _check_handler_not_reported(self):
        reports = self.sudo().filtered(
            lambda case: case.reported_department_id or case.reported_employee_ids
        )
        for case in reports.filtered("user_id"):
            employees = case.user_id.employee_ids
            if employees & case.reported_employee_ids or (
                case.reported_department_id
                and case.reported_department_id in employees.department_id
            ):
                raise ValidationError(
                    self.env._(
                        "Handler: this person cannot handle this case. Choose "
                        "somebody of another unit."
                    )
                )

    @api.constrains("nature", "confidential")
    def _check_confidential(self):
        for case in self:
            if case.nature == "misconduct_report" and not case.confidential:
                raise ValidationError(
                    self.env._("Confidential: a report of misconduct always is.")
                )
