from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...tools.case_events import ENDED
from ...tools.erasure import retention_end

#: Cases that are archived in one transaction, and by one run of the job.
BATCH = 500
MOST = 50_000
_DUE = """
    SELECT ticket.id, class.id AS class_id
      FROM helpdesk_ticket AS ticket
 LEFT JOIN helpdesk_ticket_category AS category ON category.id = ticket.category_id
      JOIN citizen_retention_class AS class
        ON class.id = coalesce(category.retention_class_id, %(default)s)
     WHERE ticket.active AND ticket.is_open IS NOT TRUE AND class.archive_months > 0
       AND ticket.closed_date + make_interval(months => class.archive_months) <= %(now)s
       AND NOT EXISTS (
               SELECT FROM mail_activity AS task
                WHERE task.res_model = 'helpdesk.ticket' AND task.res_id = ticket.id
                  AND task.active)
       AND NOT EXISTS (
               SELECT FROM helpdesk_ticket AS lead
                WHERE lead.id = ticket.duplicate_id AND lead.is_open)
       AND NOT EXISTS (
               SELECT FROM helpdesk_ticket AS joined
                WHERE joined.duplicate_id = ticket.id AND joined.is_open)
       AND NOT EXISTS (
               SELECT FROM citizen_case_event AS back
                WHERE back.case_id = ticket.id AND back.kind = 'restored'
                  AND back.at > ticket.closed_date)
"""


class HelpdeskTicket(models.Model):
    """Ended cases leave the everyday lists, when their retention class says so.

    It is Odoo's own archive: nothing is moved, every figure counts them, people and
    links find them, and opening one again brings it back. What somebody brought back
    stays until it has been opened and ended once more.
    """

    _inherit = "helpdesk.ticket"

    archive_from = fields.Datetime(
        string="To Be Archived",
        compute="_compute_archive_from",
        help="The night after it, the case leaves the everyday lists. Empty while it "
        "is open or archived, or if its class says that none is.",
    )

    @api.depends("closed_date", "is_open", "category_id", "active")
    def _compute_archive_from(self):
        for case, retention in self._get_running_classes():
            months = case.active and retention.archive_months
            case.archive_from = months and retention_end(case.closed_date, months)

    def _complete_move(self, vals):
        """An archived case that is opened again is work again."""
        pairs = super()._complete_move(vals)
        stage = self.env["helpdesk.ticket.stage"].browse(vals["stage_id"])
        if stage.phase in ENDED:
            return pairs
        back = self.filtered(lambda case: not (case.active or case.is_open))
        split = []
        for cases, values in pairs:
            split.append((cases - back, values))
            split.append((cases & back, {**values, "active": True}))
        return [(cases, values) for cases, values in split if cases]

    # ---------------------------------------------------------------- archiving
    @api.model
    def _select_due_for_archive(self):
        """Select ``id`` and ``class_id`` of the cases that are to be archived."""
        return SQL(
            _DUE,
            default=self.env["citizen.retention.class"].sudo()._get_default().id
            or None,
            now=fields.Datetime.now(),
        )

    @api.model
    def _find_due_for_archive(self, among=None):
        """Return ids of cases that are to be archived, oldest first.

        :param among: ids that are looked at; all cases, but not more than one run of
            the job can do, if it is not said
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) AS due WHERE %s ORDER BY id LIMIT %s",
                self._select_due_for_archive(),
                SQL("TRUE") if among is None else SQL("id = ANY(%s)", list(among)),
                MOST,
            )
        )
        return [case_id for (case_id,) in rows]

    @api.model
    def _cron_archive(self):
        """Archive what is due, a batch in a transaction, until the time is up.

        A case that another process has just taken waits for the next night.
        """
        cron = self.env["ir.cron"]
        due = self._find_due_for_archive()
        cron._commit_progress(remaining=len(due))
        for start in range(0, len(due), BATCH):
            done = self._archive_due(due[start : start + BATCH])
            if not cron._commit_progress(done):
                return

    @api.model
    def _archive_due(self, case_ids):
        """Archive those of the cases that are still due; return how many."""
        cases = self.with_user(SUPERUSER_ID).browse(case_ids)
        taken = cases.try_lock_for_update(allow_referencing=True)
        # Read after the lock: what was opened in the meantime stays.
        due = cases.browse(self._find_due_for_archive(taken.ids))
        due.write({"active": False})
        due.flush_recordset()
        return len(due)
