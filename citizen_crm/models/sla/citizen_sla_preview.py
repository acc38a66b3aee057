from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.sla_preview import OUTCOMES
from ...tools.sla_promises import BASES, KINDS

#: For how many days back cases are looked at, unless the setting says otherwise.
DAYS = 365
SETTING = "citizen_crm.sla_preview_days"


class CitizenSlaPreview(models.Model):
    """What a draft would have done to the cases of the last year.

    How it works: the histories of the cases that the draft, or the version it replaces,
    is for are replayed twice, with the promises of the rules as they are and with those
    as they would be, both as if they had been in force all the time. Nothing is written
    to the cases. The newest come first, so a preview that is stopped tells of the
    newest so many.
    """

    _name = "citizen.sla.preview"
    _description = "Preview of an SLA Rule"
    _order = "id desc"

    rule_id = fields.Many2one(
        "citizen.sla.rule", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, default=lambda self: self.env.user
    )
    days = fields.Integer(
        string="Cases of the Last (Days)",
        required=True,
        default=lambda self: self._default_days(),
        help="Cases received in so many days before the preview.",
    )
    state = fields.Selection(
        [("draft", "New"), ("running", "Running"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
    )
    at = fields.Datetime(readonly=True, help="The clocks are read as of this moment.")
    total_count = fields.Integer(string="Cases to Read", readonly=True)
    read_count = fields.Integer(string="Cases Read", readonly=True)
    last_received = fields.Datetime(readonly=True, help="How far back it is.")
    last_case = fields.Integer(readonly=True)
    progress = fields.Float(compute="_compute_progress")
    coverage = fields.Char(
        compute="_compute_coverage", help="Of which cases the figures tell."
    )
    is_stale = fields.Boolean(
        compute="_compute_is_stale", help="The rule was changed after the preview."
    )
    row_ids = fields.One2many("citizen.sla.preview.row", "preview_id", readonly=True)
    line_ids = fields.One2many("citizen.sla.preview.line", "preview_id", readonly=True)

    _days_positive = models.Constraint(
        "CHECK (days > 0)", "Cases of the Last (Days): choose 1 day or more."
    )

    @api.model
    def _default_days(self):
        parameters = self.env["ir.config_parameter"].sudo()
        try:
            return max(1, int(parameters.get_param(SETTING) or DAYS))
        except ValueError:
            return DAYS

    @api.depends("rule_id")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._(
                "Preview of %s", preview.rule_id.display_name
            )

    @api.depends("read_count", "total_count", "state")
    def _compute_progress(self):
        for preview in self:
            preview.progress = 100 * preview.read_count / (preview.total_count or 1)

    @api.depends_context("lang")
    @api.depends("read_count", "total_count", "days")
    def _compute_coverage(self):
        for preview in self:
            count, total = preview.read_count, preview.total_count
            if count >= total:
                preview.coverage = self.env._(
                    "All %(total)s cases of the last %(days)s days that it is for",
                    total=f"{total:,}",
                    days=preview.days,
                )
            else:
                preview.coverage = self.env._(
                    "The %(count)s newest of %(total)s cases of the last %(days)s "
                    "days that it is for",
                    count=f"{count:,}",
                    total=f"{total:,}",
                    days=preview.days,
                )

    @api.depends("rule_id.write_date", "rule_id.target_ids.write_date", "at")
    def _compute_is_stale(self):
        for preview in self:
            rule = preview.rule_id
            changes = (
                *rule.mapped("write_date"),
                *rule.target_ids.mapped("write_date"),
            )
            last = max((change for change in changes if change), default=None)
            preview.is_stale = bool(
                rule.state == "draft"
                and preview.at
                and last
                and last.replace(microsecond=0) > preview.at
            )

    def action_start(self):
        """Begin anew; what is not done in a moment goes on in the background."""
        self.ensure_one()
        self.check_access("write")
        if not self.rule_id.target_ids:
            raise UserError(
                self.env._("Promises: %s promises nothing yet.", self.rule_id.name)
            )
        self.rule_id._check_domain()
        own = self.sudo()
        own.row_ids.unlink()
        self.env.cr.execute(
            SQL("DELETE FROM citizen_sla_preview_line WHERE preview_id = %s", self.id)
        )
        self.invalidate_recordset(["line_ids"])
        own.write(
            {
                "state": "running",
                "at": fields.Datetime.now(),
                "read_count": 0,
                "last_received": False,
                "last_case": 0,
            }
        )
        own.total_count = own._get_cases().search_count(own._get_case_domain())
        own._work_for_a_moment()
        return True

    def action_stop(self):
        """Take what has been read so far; the figures say of how many cases."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "running":
            self.sudo()._finish()
        return True

    def action_view_lines(self):
        """Open the clocks behind the figures, by what came of them."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_sla_preview_line_action"
        )
        return {**action, "domain": [("preview_id", "=", self.id)]}

    # ------------------------------------------------------------------ questions
    def _get_cases(self):
        return self.env["helpdesk.ticket"].sudo().with_context(active_test=False)

    def _get_replaced(self):
        """Return the version in force that the draft would replace."""
        return self.rule_id.search(
            [
                ("family", "=", self.rule_id.family),
                ("state", "=", "active"),
                ("id", "!=", self.rule_id.id),
            ]
        )

    def _get_case_domain(self):
        """Return which cases either version may be for; filters are asked later."""
        self.ensure_one()
        since = fields.Datetime.subtract(self.at, days=self.days)
        rules = self.rule_id | self._get_replaced()
        return (
            Domain("received_date", ">=", since)
            & Domain("received_date", "<=", self.at)
            & Domain.OR(rule._get_case_domain() for rule in rules)
        )


class CitizenSlaPreviewRow(models.Model):
    """The figures of one promise in one department, before and after."""

    _name = "citizen.sla.preview.row"
    _description = "Figures of a Preview"
    _order = "preview_id, basis, kind, is_total desc, department_id"

    preview_id = fields.Many2one(
        "citizen.sla.preview", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, string="Promise", required=True)
    basis = fields.Selection(BASES, required=True)
    department_id = fields.Many2one(
        "hr.department", string="Departments", ondelete="cascade"
    )
    is_total = fields.Boolean(string="Whole City")
    place = fields.Char(string="Department", compute="_compute_place")
    case_count = fields.Integer(string="Cases")
    met_now = fields.Integer()
    missed_now = fields.Integer()
    share_now = fields.Float(
        aggregator=None,
        help="Of those that were met or missed, under the rules as they are.",
    )
    met_then = fields.Integer()
    missed_then = fields.Integer()
    not_applicable_then = fields.Integer(string="Not Applicable")
    open_then = fields.Integer(string="Still Open")
    other_then = fields.Integer(
        string="No Deadline",
        help="Not promised under the draft, or without a usable calendar.",
    )
    share_then = fields.Float(
        aggregator=None,
        help="Of those that were met or missed, with the draft in force.",
    )
    difference = fields.Float(
        aggregator=None, help="Share met then, less the share met now."
    )
    is_judged = fields.Boolean(help="Both shares stand on at least one case.")

    @api.depends_context("lang")
    @api.depends("is_total", "department_id")
    def _compute_place(self):
        for row in self:
            if row.is_total:
                row.place = self.env._("Whole city")
            else:
                row.place = row.department_id.name or self.env._("No department")

    @api.depends("kind", "place")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{kinds.get(row.kind, '')} · {row.place}"

    def action_view_lines(self):
        """Open the clocks behind these figures."""
        self.ensure_one()
        domain = [("kind", "=", self.kind), ("basis", "=", self.basis)]
        if not self.is_total:
            domain.append(("department_id", "=", self.department_id.id))
        action = self.preview_id.action_view_lines()
        return {**action, "domain": action["domain"] + domain}


class CitizenSlaPreviewLine(models.Model):
    """What would have come of one clock of a case. Seen with its case."""

    _name = "citizen.sla.preview.line"
    _inherit = ["citizen.case.part"]
    _description = "Clock in a Preview"
    _order = "preview_id, id"

    preview_id = fields.Many2one(
        "citizen.sla.preview", required=True, index=True, ondelete="cascade"
    )
    case_id = fields.Many2one(ondelete="cascade")
    department_id = fields.Many2one("hr.department", ondelete="cascade")
    kind = fields.Selection(KINDS, string="Promise", required=True)
    basis = fields.Selection(BASES, required=True)
    number = fields.Integer(aggregator=None)
    now_state = fields.Selection(OUTCOMES, string="Now", required=True)
    then_state = fields.Selection(OUTCOMES, string="Then", required=True)
    now_due = fields.Datetime(string="Due Now")
    then_due = fields.Datetime(string="Due Then")
    received_date = fields.Datetime(related="case_id.received_date")

    @api.depends("case_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            line.display_name = f"{line.case_id.number} · {kinds.get(line.kind, '')}"
