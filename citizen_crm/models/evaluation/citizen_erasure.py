from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from ..privacy.citizen_erasure import OFFICER

#: Who may be the second person for evaluations.
SECOND = (OFFICER, "citizen_crm.group_evaluation_coordinator")


class CitizenErasure(models.Model):
    """Evaluations whose retention is over, cycle by cycle, on the lists of privacy.

    They go the way of cases: a list that touches nothing, one person who proposes,
    another who approves, a proof of each.
    """

    _inherit = "citizen.erasure"

    cycle_id = fields.Many2one(
        "citizen.evaluation.cycle",
        string="Evaluation Cycle",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose evaluations are listed, if the list is one of evaluations.",
    )

    @api.depends("cycle_id")
    def _compute_name(self):
        result = super()._compute_name()
        for run in self.filtered("cycle_id"):
            day = fields.Date.to_string(run.listed_at)
            run.name = f"{day} · {run.cycle_id.sudo().name}"
        return result

    def _is_second_person(self):
        """Of evaluations the head is no second person, having had a part in them."""
        if not self.cycle_id:
            return super()._is_second_person()
        user = self.env.user
        return user != self.proposed_by_id and any(map(user.has_group, SECOND))

    @api.model
    def _cron_list_due(self):
        """Make a list for each cycle with evaluations that are due, too."""
        result = super()._cron_list_due()
        for cycle, rows in self.env["citizen.evaluation"]._find_ended().items():
            if any(row["state"] == "due" for row in rows):
                run = self.create({"cycle_id": cycle.id})
                self.env["citizen.erasure.line"].create(
                    [{**row, "run_id": run.id} for row in rows]
                )
        return result

    def _erase_batch(self):
        """Delete the next evaluations of the list, if it is one of evaluations."""
        if not self.cycle_id:
            return super()._erase_batch()
        lines = self._take_lines()
        due = lines.evaluation_id._lock_due()
        gone = lines.filtered(lambda line: line.evaluation_id in due)
        (lines - gone).write({"state": "skipped"})
        gone.write({"state": "erased"})
        due._delete_for_good(self)
        self.env.flush_all()
        self.invalidate_recordset()
        return len(lines)


class CitizenErasureLine(models.Model):
    _inherit = "citizen.erasure.line"

    case_id = fields.Many2one(required=False)
    # Not for reading: whoever answers for deleting learns nothing of an evaluation.
    evaluation_id = fields.Many2one(
        "citizen.evaluation",
        string="Evaluation Record",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=NO_ACCESS,
    )
    employee_name = fields.Char(
        string="Employee",
        compute="_compute_employee_name",
        compute_sudo=True,
        help="Whose evaluation it is; empty once it is deleted.",
    )
    months = fields.Integer(
        readonly=True,
        aggregator=None,
        help="For how long evaluations were kept when the list was made.",
    )

    @api.depends("evaluation_id")
    def _compute_employee_name(self):
        for line in self:
            line.employee_name = line.evaluation_id.employee_name

    @api.depends("months")
    @api.depends_context("lang")
    def _compute_why(self):
        result = super()._compute_why()
        for line in self.filtered("months"):
            if line.state in ("due", "erased"):
                line.why = self.env._("%s months after it had ended", line.months)
        return result


class CitizenLegalHold(models.Model):
    """Evaluations are held with their cycle, or with their person."""

    _inherit = "citizen.legal.hold"

    partner_id = fields.Many2one(
        help="All cases and evaluations of this person are held, those still to come "
        "included."
    )
    cycle_ids = fields.Many2many(
        "citizen.evaluation.cycle",
        string="Evaluation Cycles",
        help="All evaluations of these cycles are held.",
    )

    @api.constrains("case_ids", "partner_id", "reason", "cycle_ids")
    def _check_subject(self):
        others = self.filtered(lambda hold: not hold.sudo().cycle_ids)
        return super(CitizenLegalHold, others)._check_subject()
