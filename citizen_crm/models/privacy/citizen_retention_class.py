from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

DEFAULT_PARAMETER = "citizen_crm.retention_class_id"
#: Says that the default has been chosen, be it that there is none.
CHOSEN_PARAMETER = "citizen_crm.retention_class_chosen"


class CitizenRetentionClass(models.Model):
    """For how long after its end a case is at hand, and keeps the person's data.

    The clock starts at closing; reopening stops it, and the next closing starts it
    anew. Service types point to a class; the others have the one of the settings.
    """

    _name = "citizen.retention.class"
    _description = "Retention Class"
    _order = "is_kept, months, id"

    name = fields.Char(
        required=True, translate=True, help="For example: permits and licences."
    )
    months = fields.Integer(
        string="Erase After Months",
        default=60,
        help="When so many months have gone by since the case was closed, it comes on "
        "the list of cases whose personal data are to be erased.",
    )
    archive_months = fields.Integer(
        string="Archive After Months",
        help="When so many months have gone by since the case was closed, it leaves "
        "the everyday lists. It stays on record and in every figure, and is found by "
        "its number and with its person. 0: never.",
    )
    archive_count = fields.Integer(
        string="Due for the Archive",
        compute="_compute_archive_count",
        help="Cases that will be archived in the coming night.",
    )
    is_kept = fields.Boolean(
        string="Keep",
        help="Cases of this class are kept for good, for example for the city archive.",
    )
    law = fields.Char(
        string="Legal Basis",
        required=True,
        help="The law or order that says for how long, with its section.",
    )
    active = fields.Boolean(
        default=True, help="An archived class can no longer be chosen."
    )
    category_ids = fields.One2many(
        "helpdesk.ticket.category",
        "retention_class_id",
        string="Service Types",
        help="The service types whose cases are kept for so long.",
    )

    _months_positive = models.Constraint(
        "CHECK (is_kept IS TRUE OR months > 0)",
        "Erase After Months: at least one month, or tick Keep.",
    )

    _archive_months_positive = models.Constraint(
        "CHECK (archive_months >= 0)",
        "Archive After Months: at least one month; 0 if cases are never archived.",
    )

    @api.depends("archive_months")
    def _compute_archive_count(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT class_id, count(*) FROM (%s) AS due GROUP BY class_id",
                self.env["helpdesk.ticket"].sudo()._select_due_for_archive(),
            )
        )
        counts = dict(rows)
        for retention in self:
            retention.archive_count = counts.get(retention._origin.id, 0)

    def action_view_archive(self):
        """Open the cases that will be archived in the coming night."""
        self.ensure_one()
        Case = self.env["helpdesk.ticket"].sudo()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) AS due WHERE class_id = %s",
                Case._select_due_for_archive(),
                self.id,
            )
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.helpdesk_ticket_action"
        )
        action["name"] = self.env._("Due for the Archive")
        action["domain"] = [("id", "in", [case_id for (case_id,) in rows])]
        action["context"] = {}
        return action

    @api.model
    def _get_default(self):
        """Return the class of service types that name none."""
        value = self.env["ir.config_parameter"].sudo().get_param(DEFAULT_PARAMETER)
        return self.browse(int(value or 0)).exists()

    @api.model
    def _choose_default_once(self):
        """Let service types without a class have the general one, once in a database.

        Run by each install and update: a city that updates has chosen nothing yet, and
        one that has taken the choice away is not overruled by the next update.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        general = self.env.ref(
            "citizen_crm.retention_class_general", raise_if_not_found=False
        )
        if parameters.get_param(CHOSEN_PARAMETER):
            return
        parameters.set_param(CHOSEN_PARAMETER, "1")
        if general and not parameters.get_param(DEFAULT_PARAMETER):
            parameters.set_param(DEFAULT_PARAMETER, str(general.id))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        if self.sudo().category_ids or self._get_default() in self:
            raise UserError(
                self.env._(
                    "Retention Class: service types or the settings use it. Choose "
                    "another class there first."
                )
            )


class HelpdeskTicketCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    retention_class_id = fields.Many2one(
        "citizen.retention.class",
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="When cases of this type are archived, and for how long they keep the "
        "data of the person. Empty: the class of the settings.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    citizen_retention_class_id = fields.Many2one(
        "citizen.retention.class",
        string="Usual Retention Class",
        config_parameter=DEFAULT_PARAMETER,
        help="For service types that name no class. Empty: nothing of theirs is ever "
        "erased.",
    )
