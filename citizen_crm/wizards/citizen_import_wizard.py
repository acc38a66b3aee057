from odoo import fields, models


class CitizenImportWizard(models.TransientModel):
    """Ask for a file and its source; check the file before anything is imported."""

    _name = "citizen.import.wizard"
    _description = "Import Cases"

    source_id = fields.Many2one(
        "citizen.import.source",
        required=True,
        default=lambda self: self.env["citizen.import.source"].search([], limit=1),
        help="Where the file comes from. The source knows what its columns mean.",
    )
    # Required in the view: it is dropped as soon as the import has it.
    file = fields.Binary(attachment=False)
    file_name = fields.Char()

    def action_check(self):
        """Check the file, then show what an import would do."""
        self.ensure_one()
        run = self.env["citizen.import.run"].create(
            {
                "source_id": self.source_id.id,
                "file": self.file,
                "file_name": self.file_name or self.env._("upload.csv"),
            }
        )
        self.file = False
        run.action_check()
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }
