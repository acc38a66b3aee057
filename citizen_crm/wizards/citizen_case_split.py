from odoo import api, fields, models

from ..models.catalogue.helpdesk_ticket_category import NATURES, ROLES
from ..tools.case_split import propose_title, role_of_part


class CitizenCaseSplit(models.TransientModel):
    """Make further cases of a letter that speaks of several matters."""

    _name = "citizen.case.split"
    _description = "Split a Case"

    case_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    letter = fields.Html(
        related="case_id.description",
        string="What the Letter Says",
        help="It stays as it is in the case. Copy from it what belongs to each matter.",
    )
    letter_nature = fields.Selection(
        related="case_id.nature", string="Nature of the Letter"
    )
    letter_place = fields.Char(related="case_id.place", string="Place in the Letter")
    file_ids = fields.Many2many(
        "ir.attachment",
        string="Files of the Letter",
        compute="_compute_file_ids",
    )
    has_files = fields.Boolean(compute="_compute_file_ids")
    part_ids = fields.One2many(
        "citizen.case.split.part",
        "split_id",
        string="Matters",
        help="Each becomes a case of its own. The first matter stays in this case.",
    )

    @api.depends("case_id")
    def _compute_file_ids(self):
        for split in self:
            split.case_id.check_access("read")
            files = split.case_id._get_letter_files()
            split.file_ids = files.ids
            split.has_files = bool(files)

    def action_confirm(self):
        """Make the cases and say their numbers."""
        self.ensure_one()
        case = self.case_id
        cases = case._split_off([part._get_values() for part in self.part_ids])
        # Sent once more, the dialog is gone.
        self.sudo().unlink()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("New cases"),
                "message": ", ".join(cases.mapped("number")),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class CitizenCaseSplitPart(models.TransientModel):
    """One matter of a letter, on its way to become a case."""

    _name = "citizen.case.split.part"
    _description = "Matter of a Letter"
    _order = "id"

    split_id = fields.Many2one(
        "citizen.case.split", required=True, ondelete="cascade", index=True
    )
    text = fields.Text(
        help="What the letter says of this matter. Copy it; the person reads it."
    )
    name = fields.Char(
        string="Title",
        compute="_compute_name",
        store=True,
        readonly=False,
        help="What it is about, in one line. The first words of the text if you write "
        "nothing.",
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        domain=[("is_service", "=", True)],
        ondelete="cascade",
        help="What it is about. The team and the promise follow from it.",
    )
    nature = fields.Selection(
        NATURES,
        compute="_compute_nature",
        store=True,
        readonly=False,
        help="What the person wants. It gives the duties and the deadline.",
    )
    role = fields.Selection(
        ROLES,
        compute="_compute_role",
        help="A citizen case stays one in all its parts.",
    )
    place = fields.Char(
        compute="_compute_place",
        store=True,
        readonly=False,
        help="Where this matter is, if it is not where the letter says.",
    )
    file_ids = fields.Many2many(
        "ir.attachment",
        "citizen_case_split_part_file_rel",
        string="Files",
        help="Files of the letter that belong to this matter. The case keeps them, "
        "too.",
    )

    @api.depends("text")
    def _compute_name(self):
        for part in self:
            part.name = part.name or propose_title(part.text or "")

    @api.depends("category_id")
    def _compute_nature(self):
        for part in self:
            letter = part.split_id.case_id.nature
            default = part.category_id.default_nature
            part.nature = default or part.nature or letter

    @api.depends("category_id", "nature", "split_id.case_id.role")
    def _compute_role(self):
        for part in self:
            case = part.split_id.case_id
            part.role = role_of_part(
                case.role or "citizen",
                part.category_id.default_role or "",
                part.nature or "",
                not case.partner_id.is_company,
            )

    @api.depends("split_id.case_id")
    def _compute_place(self):
        for part in self:
            part.place = part.place or part.split_id.case_id.place

    def _get_values(self):
        """Return the part as ``_split_off`` takes it."""
        self.ensure_one()
        return {
            "name": self.name,
            "text": self.text,
            "category_id": self.category_id.id,
            "nature": self.nature,
            "place": self.place,
            "files": self.file_ids.ids,
        }
