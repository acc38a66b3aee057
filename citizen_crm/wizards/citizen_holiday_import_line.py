from odoo import api, fields, models

from ..models.sla.citizen_holiday import KINDS, WEEKDAYS
from ..tools.holiday_plan import ACTIONS, REASONS


class CitizenHolidayImportLine(models.TransientModel):
    """What an import would do to one date; whoever imports may leave it out."""

    _name = "citizen.holiday.import.line"
    _description = "Preview of an Imported Holiday"
    _order = "action_order, date, id"

    import_id = fields.Many2one(
        "citizen.holiday.import", required=True, ondelete="cascade"
    )
    action = fields.Selection(ACTIONS, required=True, readonly=True)
    action_order = fields.Integer(
        compute="_compute_action_order", store=True, precompute=True
    )
    is_wanted = fields.Boolean(string="Do It", default=True)
    date = fields.Date(required=True, readonly=True)
    name = fields.Char(readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    hours = fields.Char(readonly=True)
    weekday = fields.Selection(WEEKDAYS, string="Works Like", readonly=True)
    source = fields.Char(readonly=True)
    source_uid = fields.Char(string="Source UID", readonly=True)
    holiday_id = fields.Many2one("citizen.holiday", string="Now", readonly=True)
    reason = fields.Selection(REASONS, readonly=True)

    @api.depends("action")
    def _compute_action_order(self):
        order = {action: index for index, (action, _label) in enumerate(ACTIONS)}
        for line in self:
            line.action_order = order.get(line.action, 0)

    def _do(self):
        """Add, change and remove days as the wanted lines say."""
        wanted = self.filtered("is_wanted")
        wanted.filtered(lambda line: line.action == "remove").holiday_id.unlink()
        for line in wanted.filtered(lambda line: line.action == "change"):
            line.holiday_id.write(line._prepare_holiday_values())
        self.env["citizen.holiday"].create(
            [line._prepare_holiday_values() for line in wanted if line.action == "add"]
        )

    def _prepare_holiday_values(self):
        self.ensure_one()
        return {
            "holiday_calendar_id": self.import_id.holiday_calendar_id.id,
            "date": self.date,
            "name": self.name,
            "kind": self.kind,
            "hours": self.hours,
            "weekday": self.weekday,
            "source": self.source,
            "source_uid": self.source_uid,
        }
