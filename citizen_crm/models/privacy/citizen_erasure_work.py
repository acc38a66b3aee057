from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.erasure import verdict
from .eraser import Eraser
from .kept_columns import ERASED

#: Cases in one transaction.
BATCH = 100


class CitizenErasure(models.Model):
    """Carry out what was approved, a batch in a transaction.

    A line that is done says so in the transaction that erased the case, so a process
    that is killed leaves nothing half done, and the next run goes on where it stopped.
    Several servers may work on one list.
    """

    _inherit = "citizen.erasure"

    @api.model
    def _cron_erase(self):
        """Work on the approved lists until the time of the job is up."""
        progress = self.env["ir.cron"]._commit_progress
        erased = 0
        for run in self.search([("state", "=", "approved")], order="approved_at, id"):
            while done := run._erase_batch():
                erased += done
                left = run.due_count
                if not progress(done, remaining=left):
                    return
            run._finish()
            progress(0)
        if erased:
            # Contents that no other file has leave the disk now, not tonight.
            self.env["ir.attachment"]._gc_file_store()

    def _erase_batch(self):
        """Erase the next cases of the list; return how many lines were dealt with."""
        self.ensure_one()
        lines = self._take_lines()
        if not lines:
            return 0
        due = self._lock_due_cases(lines.case_id)
        lines.filtered(lambda line: line.case_id not in due).write({"state": "skipped"})
        people = due.partner_id
        due._erase(self)
        lines.filtered(lambda line: line.case_id in due).write({"state": "erased"})
        self._erase_people(people)
        self.env.flush_all()
        self.invalidate_recordset()
        return len(lines)

    def _take_lines(self):
        """Lock and return the next lines of the list, a batch of them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM citizen_erasure_line"
                " WHERE run_id = %s AND state = 'due' ORDER BY id LIMIT %s"
                " FOR UPDATE SKIP LOCKED",
                self.id,
                BATCH,
            )
        )
        return self.env["citizen.erasure.line"].browse(row[0] for row in rows)

    @api.model
    def _lock_due_cases(self, cases):
        """Lock the cases and decide once more: since the list was made, one may have
        been opened again, held, or erased with another list."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM helpdesk_ticket WHERE id = ANY(%s) ORDER BY id"
                " FOR UPDATE",
                cases.ids,
            )
        )
        now = fields.Datetime.now()
        facts = cases._fetch_erasure_facts(SQL("ticket.id = ANY(%s)", cases.ids))
        return cases.browse(
            case_id for case_id, *_rest, case in facts if verdict(case, now) == "due"
        )

    def _erase_people(self, partners):
        """Blank the contacts that have no other case and no other use."""
        self.ensure_one()
        Partner = self.env["res.partner"]
        for partner in partners.exists():
            if not (partner._has_cases() or Partner._get_erasure_obstacles(partner)):
                partner._erase_person(self)

    def _finish(self):
        """Close the list when no line is left, and nobody works on one."""
        self.ensure_one()
        open_lines = self.env["citizen.erasure.line"].search_count(
            [("run_id", "=", self.id), ("state", "=", "due")], limit=1
        )
        if open_lines:
            return
        values = {"state": "done", "done_at": fields.Datetime.now()}
        if self.partner_id and not self._is_person_erased():
            obstacles = self.partner_id._get_erasure_obstacles(self.partner_id)
            if self.partner_id._has_cases():
                obstacles.append(self.env._("It has a case that is not erased."))
            if obstacles:
                values["kept_text"] = "\n".join(obstacles)
            else:
                self.partner_id._erase_person(self)
        self.write(values)

    def _is_person_erased(self):
        return f"contact {self.partner_id.id}" in self.proof_ids.mapped("subject")

    def _prepare_proofs(self, subjects):
        """Return the values of proofs.

        :param subjects: list of ``(subject, case number, counts by model)``
        """
        self.ensure_one()
        now = fields.Datetime.now()
        return [
            {
                "run_id": self.id,
                "subject": subject,
                "case_number": number,
                "erased_at": now,
                "counts": dict(counts),
                "proposed_by": self.proposed_by_id.name,
                "approved_by": self.approved_by_id.name,
            }
            for subject, number, counts in subjects
        ]


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _erase(self, run):
        """Erase the personal data of these cases; the caller has decided and locked.

        :param run: the approved ``citizen.erasure``
        """
        staff = self.filtered(
            lambda case: any(not user.share for user in case._get_person_users())
        )
        # Staff who petition are persons in their own case, and staff in the others.
        for cases in [*staff, self - staff]:
            if cases:
                cases._erase_together(run, cases.partner_id if cases in staff else [])

    def _get_person_users(self):
        return self.partner_id.with_context(active_test=False).user_ids

    def _erase_together(self, run, people):
        """Erase cases in few statements; the proofs say what was there, case by case.

        :param people: partners of staff whose own case this is
        """
        numbers = {case.id: case.number for case in self}
        eraser = Eraser(self.env)
        eraser.add(self._name, {case.id: case.id for case in self})
        for model, owners in self._get_loose_rows().items():
            eraser.add(model, owners)
        counts = eraser.erase([person.id for person in people])
        self._blank_case_columns()
        self._log("erased", user_id=False)
        self.env["citizen.erasure.proof"]._enter(
            run._prepare_proofs(
                (f"case {case_id}", number, counts[case_id])
                for case_id, number in numbers.items()
            )
        )

    def _get_loose_rows(self):
        """Return rows that tell of these cases without pointing to them.

        A room whose table does so adds its rows here; tables that point to a case, or
        to what belongs to one, are found by themselves.

        :return: dict model -> dict row id -> case id
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT row.id, ticket.id FROM citizen_import_row AS row
                  JOIN citizen_import_run AS run ON run.id = row.run_id
                  JOIN helpdesk_ticket AS ticket ON ticket.source_id = run.source_id
                   AND ticket.source_key = row.key
                 WHERE ticket.id = ANY(%s)
                """,
                self.ids,
            )
        )
        return {"citizen.import.row": dict(rows)}

    def _blank_case_columns(self):
        """Blank what is no text but tells of the person, and date the erasure.

        By SQL like all of it: what follows from the person must not be computed anew.
        """
        self.env.cr.execute(
            SQL(
                "DELETE FROM citizen_case_reported_employee_rel"
                " WHERE case_id = ANY(%s)",
                self.ids,
            )
        )
        # No hold on them is in force, or they would not be here.
        self.env.cr.execute(
            SQL(
                """
                UPDATE citizen_legal_hold SET reason = %s
                 WHERE id IN (SELECT hold_id FROM citizen_legal_hold_case_rel
                               WHERE case_id = ANY(%s))
                """,
                ERASED,
                self.ids,
            )
        )
        for category, cases in self.grouped("category_id").items():
            lang = cases.company_id[:1].partner_id.lang or "en_US"
            name = category.with_context(lang=lang).name or self.env._("Case")
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE helpdesk_ticket
                       SET name = %s, erased_date = %s, reported_department_id = NULL,
                           place_latitude = NULL, place_longitude = NULL
                     WHERE id = ANY(%s)
                    """,
                    name[:200],
                    fields.Datetime.now(),
                    cases.ids,
                )
            )
        self.env.invalidate_all(flush=False)
