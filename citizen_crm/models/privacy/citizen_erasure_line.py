from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ...tools.erasure import verdict

LINE_STATES = [
    ("due", "To erase"),
    ("held", "Held"),
    ("skipped", "Left out"),
    ("erased", "Erased"),
]
#: No month is shorter; what was closed later than this cannot be due.
SHORTEST_MONTH = timedelta(days=28)


class CitizenErasureLine(models.Model):
    """A case on a list, why it is due or why it is held, and what became of it."""

    _name = "citizen.erasure.line"
    _description = "Case to Erase"
    _order = "run_id desc, state, closed_on, id"
    _rec_name = "case_number"

    run_id = fields.Many2one(
        "citizen.erasure",
        string="List",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
        help="The list on which the case stands.",
    )
    # Not for reading: whoever answers for erasing need not be cleared for the case.
    case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Case Record",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    case_number = fields.Char(string="Case", readonly=True, help="Number of the case.")
    class_id = fields.Many2one(
        "citizen.retention.class",
        string="Retention Class",
        readonly=True,
        ondelete="restrict",
        help="What says for how long the case keeps its data.",
    )
    closed_on = fields.Datetime(
        string="Closed", readonly=True, help="From when on its retention runs."
    )
    state = fields.Selection(
        LINE_STATES,
        required=True,
        readonly=True,
        default="due",
        help="Held: a legal hold is in force. Left out: no longer due when its turn "
        "came.",
    )
    why = fields.Char(
        compute="_compute_why", help="Why it is due, or why it keeps its data."
    )

    _case_once = models.UniqueIndex("(run_id, case_id)")
    _todo_index = models.Index("(run_id, id) WHERE state = 'due'")

    @api.depends("state", "class_id")
    @api.depends_context("lang")
    def _compute_why(self):
        _ = self.env._
        words = {
            "held": _("Retention is over, but a legal hold is in force."),
            "skipped": _("Opened again, held, or erased in the meantime."),
        }
        for line in self:
            retention = line.class_id
            line.why = words.get(line.state) or _(
                "%(months)s months after closing (%(law)s)",
                months=retention.months,
                law=retention.law,
            )

    # ----------------------------------------------------------------- finding
    @api.model
    def _get_pending_case_ids(self):
        """Return the cases that wait on a list that is not at its end."""
        return (
            self.sudo()
            .search_fetch(
                [
                    ("state", "=", "due"),
                    ("run_id.state", "in", ("draft", "proposed", "approved")),
                ],
                ["case_id"],
            )
            .case_id.ids
        )

    @api.model
    def _find_ended(self, listed):
        """Return rows for the cases whose retention is over, held ones included.

        :param listed: ids of cases to leave out
        """
        now = fields.Datetime.now()
        condition = SQL(
            "ticket.is_open IS NOT TRUE AND ticket.erased_date IS NULL"
            " AND ticket.closed_date < %s AND NOT ticket.id = ANY(%s)",
            now - SHORTEST_MONTH,
            list(listed),
        )
        return self._get_rows(condition, now)[1]

    @api.model
    def _find_person(self, partner):
        """Return why the cases of a person are kept for now, and rows for the others.

        :return: list of sentences, list of rows
        """
        condition = SQL(
            "ticket.erased_date IS NULL AND ticket.partner_id = %s", partner.id
        )
        kept, rows = self._get_rows(condition, fields.Datetime.now())
        kept += [(row["case_id"], "held") for row in rows if row["state"] == "held"]
        return self._explain_refusals(kept), rows

    @api.model
    def _get_rows(self, condition, now):
        """Return ``(case id, why kept)`` and rows of cases that are due or held."""
        kept, rows = [], []
        facts = self.env["helpdesk.ticket"]._fetch_erasure_facts(condition)
        for case_id, class_id, department_id, case in facts:
            state = verdict(case, now)
            if state not in ("due", "held"):
                kept.append((case_id, state))
                continue
            rows.append(
                {
                    "case_id": case_id,
                    "class_id": class_id,
                    "department_id": department_id,
                    "state": state,
                }
            )
        return kept, rows

    @api.model
    def _explain_refusals(self, kept):
        _ = self.env._
        words = {
            "open": _("Case %s is not closed."),
            "kept": _("Case %s is of a class that is kept."),
            "young": _("Case %s: its retention is not over yet."),
            "held": _("Case %s is under a legal hold."),
        }
        Case = self.env["helpdesk.ticket"].sudo()
        return [words[why] % Case.browse(case_id).number for case_id, why in kept]

    @api.model
    def _add(self, run, rows):
        """Put cases on a list, in one statement."""
        if not rows:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO citizen_erasure_line
                       (run_id, case_id, case_number, class_id, closed_on, state,
                        create_uid, create_date, write_uid, write_date)
                SELECT %(run)s, ticket.id, ticket.number, row.class_id,
                       ticket.closed_date, row.state, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(cases)s, %(classes)s, %(states)s)
                    AS row (case_id, class_id, state)
                  JOIN helpdesk_ticket AS ticket ON ticket.id = row.case_id
                """,
                run=run.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                cases=[row["case_id"] for row in rows],
                classes=[row["class_id"] for row in rows],
                states=[row["state"] for row in rows],
            )
        )
        run.invalidate_recordset()

    # ------------------------------------------------------------------ record
    def write(self, vals):
        """What was erased stays on record as erased."""
        if any(line.state == "erased" for line in self):
            raise AccessError(
                self.env._("What was erased is on record and cannot be changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("A list stays on record: cancel it instead."))
