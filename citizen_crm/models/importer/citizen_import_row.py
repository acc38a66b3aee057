from odoo import fields, models


class CitizenImportRow(models.Model):
    """A row of an imported file that somebody should look at."""

    _name = "citizen.import.row"
    _description = "Import Row"
    _order = "run_id, line, id"
    _rec_name = "key"

    run_id = fields.Many2one(
        "citizen.import.run", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("rejected", "Rejected"), ("left", "Changed at the source")],
        required=True,
        help="Rejected: nothing of the row was taken over. Changed at the source: "
        "the case is here; what changed is left to the staff.",
    )
    line = fields.Integer(help="Line of the file; the header is line 1.")
    key = fields.Char(help="Key of the case at the source, if it could be read.")
    column = fields.Char(help="Column of the file, if the reason lies in one.")
    reason = fields.Text(required=True)
    cells = fields.Json(help="The row as it stands in the file, cell by cell.")
