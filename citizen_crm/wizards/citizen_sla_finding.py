from odoo import api, fields, models


class CitizenSlaFinding(models.TransientModel):
    """Something about the rules that an admin should look at."""

    _name = "citizen.sla.finding"
    _description = "Finding about the SLA Rules"
    _order = "id"

    severity = fields.Selection(
        [("error", "No deadlines"), ("warning", "Gap"), ("info", "To know")],
        required=True,
        readonly=True,
    )
    name = fields.Text(string="What", required=True, readonly=True)
    advice = fields.Text(string="What to Do", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    @api.model
    def action_check(self):
        """Look at all rules anew and list what was found."""
        self.check_access("create")
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        self.create(
            [
                {
                    "severity": found["severity"],
                    "name": found["name"],
                    "advice": found["advice"],
                    "res_model": found["record"]._name,
                    "res_id": found["record"].id,
                }
                for found in self.env["citizen.sla.rule"]._find_problems()
            ]
        )
        return self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_sla_finding_action"
        )

    def action_open(self):
        """Open what the finding is about."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()
