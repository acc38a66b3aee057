from odoo import api, fields, models

#: Cases that are shown at once; who has more of them searches the list.
MOST_SHOWN = 8


class CitizenMatterSearch(models.TransientModel):
    """Cases that are probably about the same matter, to join to or to tell apart."""

    _name = "citizen.matter.search"
    _description = "Same Matter?"

    case_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many(
        "citizen.matter.search.line", "search_id", string="Cases Found", readonly=True
    )

    @api.model
    def _open(self, case):
        """Look once, and return the action that shows what was found."""
        found = case._find_probable_duplicates(case, limit=MOST_SHOWN)
        # As superuser: nobody is to name a case here that the search did not find.
        search = self.sudo().create(
            {
                "case_id": case.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "found_id": row["case"].id,
                            "reasons": ", ".join(row["reasons"]),
                        }
                    )
                    for row in found
                ],
            }
        )
        return search._show()

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Same Matter?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class CitizenMatterSearchLine(models.TransientModel):
    """A case that was found; what it says is read with the user's own rights."""

    _name = "citizen.matter.search.line"
    _description = "Case of Probably the Same Matter"
    _order = "id"

    search_id = fields.Many2one(
        "citizen.matter.search", required=True, ondelete="cascade", index=True
    )
    found_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    number = fields.Char(
        related="found_id.number", string="Case Number", related_sudo=False
    )
    name = fields.Char(
        related="found_id.name",
        string="Title",
        related_sudo=False,
        help="What that case is about, in one line.",
    )
    person_display = fields.Char(related="found_id.person_display", related_sudo=False)
    place = fields.Char(related="found_id.place", related_sudo=False)
    received_date = fields.Datetime(
        related="found_id.received_date", related_sudo=False
    )
    stage_id = fields.Many2one(related="found_id.stage_id", related_sudo=False)
    lead = fields.Char(
        related="found_id.duplicate_id.number",
        string="Joined To",
        related_sudo=False,
        help="Its matter has a lead case; yours is joined to that one.",
    )
    reasons = fields.Char(
        string="Why", readonly=True, help="Why it is probably the same matter."
    )

    def action_join(self):
        """Join the case to the matter of this one."""
        self.ensure_one()
        self.search_id.case_id._join_matter(self.found_id)
        return {"type": "ir.actions.act_window_close"}

    def action_tell_apart(self):
        """Say that it is another matter; it is not suggested again."""
        self.ensure_one()
        search = self.search_id
        search.case_id._tell_apart(self.found_id)
        self.sudo().unlink()
        return search._show()
