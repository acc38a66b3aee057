from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

OFFICER = "citizen_crm.group_privacy_officer"
HEAD = "citizen_crm.group_department_head"
RUN_STATES = [
    ("draft", "Dry run"),
    ("proposed", "Waiting for approval"),
    ("approved", "Being carried out"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]


class CitizenErasure(models.Model):
    """A list of cases whose personal data are to be erased, and who answered for it.

    The desk makes the list without touching anything; a privacy officer proposes it,
    somebody else approves it, and then it is carried out in batches. Nobody writes
    these rows but the methods below.
    """

    _name = "citizen.erasure"
    _description = "Erasure"
    _order = "listed_at desc, id desc"
    _rec_name = "name"

    name = fields.Char(
        string="List", compute="_compute_name", store=True, help="What it is about."
    )
    state = fields.Selection(
        RUN_STATES, required=True, readonly=True, default="draft", help="How far it is."
    )
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose cases are listed; empty: those of no or of several departments.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose data are to be erased, if it is about one person.",
    )
    request = fields.Text(
        readonly=True, help="How and when the person asked for it, if they did."
    )
    listed_at = fields.Datetime(
        string="Listed", required=True, readonly=True, default=fields.Datetime.now
    )
    proposed_by_id = fields.Many2one(
        "res.users", readonly=True, ondelete="restrict", help="Who proposed it."
    )
    proposed_at = fields.Datetime(string="Proposed", readonly=True)
    approved_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        help="Who approved it: another privacy officer, or the head of the department.",
    )
    approved_at = fields.Datetime(string="Approved", readonly=True)
    done_at = fields.Datetime(string="Done On", readonly=True)
    line_ids = fields.One2many(
        "citizen.erasure.line", "run_id", string="Cases", readonly=True
    )
    proof_ids = fields.One2many(
        "citizen.erasure.proof", "run_id", string="Proofs", readonly=True
    )
    due_count = fields.Integer(
        string="To Erase", compute="_compute_counts", help="Cases due and not yet done."
    )
    held_count = fields.Integer(
        string="Left Out",
        compute="_compute_counts",
        help="Cases that are held, or were no longer due when their turn came.",
    )
    erased_count = fields.Integer(
        string="Erased", compute="_compute_counts", help="Cases whose data are gone."
    )
    kept_text = fields.Text(
        string="Contact Kept Because",
        readonly=True,
        help="What else the contact is used for, so that it was not blanked.",
    )
    may_approve = fields.Boolean(
        compute="_compute_may_approve",
        help="It waits for approval, and you may give it.",
    )

    _four_eyes = models.Constraint(
        "CHECK (approved_by_id IS NULL OR approved_by_id <> proposed_by_id)",
        "Approved By: whoever proposed the list cannot approve it.",
    )

    @api.depends("department_id", "partner_id", "listed_at")
    def _compute_name(self):
        for run in self:
            day = fields.Date.to_string(run.listed_at)
            about = run.department_id.sudo().name or self.env._("No department")
            if run.partner_id:
                # The number, since the name is to be forgotten.
                about = self.env._("Contact %s", run.partner_id.id)
            run.name = f"{day} · {about}"

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {
            (run.id, state): count
            for run, state, count in self.env["citizen.erasure.line"]
            .sudo()
            ._read_group([("run_id", "in", self.ids)], ["run_id", "state"], ["__count"])
        }
        for run in self:
            run.due_count = counts.get((run.id, "due"), 0)
            run.erased_count = counts.get((run.id, "erased"), 0)
            run.held_count = sum(
                counts.get((run.id, state), 0) for state in ("held", "skipped")
            )

    @api.depends("state", "proposed_by_id", "department_id")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for run in self:
            run.may_approve = run.state == "proposed" and run._is_second_person()

    def _is_second_person(self):
        """Tell whether the user is another one, and answers for these cases."""
        self.ensure_one()
        user = self.env.user
        if user == self.proposed_by_id:
            return False
        if user.has_group(OFFICER):
            return True
        department = self.department_id.sudo()
        heads = (department | department.parent_id).manager_id.user_id
        return user.has_group(HEAD) and user in heads

    # ------------------------------------------------------------------- lists
    @api.model
    def _cron_list_due(self):
        """Make a dry-run list for each department that has cases due."""
        listed = self.env["citizen.erasure.line"]._get_pending_case_ids()
        by_department, listed_now = {}, 0
        for row in self.env["citizen.erasure.line"]._find_ended(listed):
            by_department.setdefault(row["department_id"], []).append(row)
        for department_id, rows in by_department.items():
            if not any(row["state"] == "due" for row in rows):
                continue
            run = self.create({"department_id": department_id})
            self.env["citizen.erasure.line"]._add(run, rows)
            listed_now += len(rows)
        self.env["ir.cron"]._note_done(listed_now)
        return True

    @api.model
    def _list_person(self, partner, request):
        """Make the list of one person, or say why their data are kept for now."""
        refusals, rows = self.env["citizen.erasure.line"]._find_person(partner)
        kept = self.env["res.partner"]._get_erasure_obstacles(partner)
        if refusals or kept:
            raise UserError(
                self.env._(
                    "The data of this person cannot be erased now:\n%s",
                    "\n".join([*refusals, *kept]),
                )
            )
        departments = {row["department_id"] for row in rows}
        run = self.sudo().create(
            {
                "partner_id": partner.id,
                "request": request,
                "department_id": departments.pop() if len(departments) == 1 else False,
            }
        )
        self.env["citizen.erasure.line"].sudo()._add(run, rows)
        return run.sudo(False)

    # --------------------------------------------------------------- decisions
    def action_propose(self):
        """Answer for the list, and hand it to a second person."""
        self._check_officer()
        for run in self:
            run._check_state("draft")
            if not (run.due_count or run.partner_id):
                raise UserError(self.env._("Cases: there is none to erase."))
        self.sudo().write(
            {
                "state": "proposed",
                "proposed_by_id": self.env.uid,
                "proposed_at": fields.Datetime.now(),
            }
        )

    def action_approve(self):
        """Approve as the second person; the desk carries it out by itself."""
        self.check_access("read")
        for run in self:
            run._check_state("proposed")
            if not run._is_second_person():
                raise AccessError(
                    self.env._(
                        "A second person approves: another privacy officer than who "
                        "proposed it, or the head of the department of the cases."
                    )
                )
        self.sudo().write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        )
        self.env.ref("citizen_crm.ir_cron_erase").sudo()._trigger()

    def action_cancel(self):
        """Put a list away before anything was erased; cases come on the next one."""
        self.check_access("read")
        for run in self:
            if run.state == "draft":
                run._check_officer()
            elif run.state != "proposed" or not (
                run._is_second_person() or self.env.user.has_group(OFFICER)
            ):
                raise UserError(
                    self.env._("Only a list that was not approved can be cancelled.")
                )
        self.sudo().write({"state": "cancelled"})

    def action_list_due(self):
        """Look for cases that are due now, instead of waiting for the weekly list."""
        self._check_officer()
        self.sudo()._cron_list_due()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_erasure_action"
        )

    def _check_officer(self):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(self.env._("This is for privacy officers."))

    def _check_state(self, state):
        self.ensure_one()
        # Of two people who press a button at once, the second is told.
        self.sudo().lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != state:
            raise UserError(
                self.env._(
                    "This list is already further: %s. Load the page again.",
                    dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A list stays on record: cancel it instead."))
