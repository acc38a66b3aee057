import csv
import io
import json
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL, frozendict

from ...tools.duty_ledger import (
    ENTRY_KINDS,
    HELD,
    METHODS,
    MILLI,
    Candidate,
    Decision,
    Entry,
    choose,
)

#: What an entry says that is written once, when the entry is booked.
BOOKED_FIELDS = frozenset({"number", "problem"})
#: What an entry says when it is appended.
COLUMNS = (
    "team_id",
    "number",
    "kind",
    "case_id",
    "case_number",
    "category_id",
    "step",
    "employee_id",
    "points",
    "at",
    "user_id",
    "rule_id",
    "method",
    "reason",
    "hours",
    "decision",
)
#: What a ledger is replayed from, and what its choices are decided again from.
ENTRY_COLUMNS = SQL("kind, case_id, employee_id, points, hours::text")
DECISION_COLUMNS = SQL("%s, method, decision", ENTRY_COLUMNS)


class CaseEntry(NamedTuple):
    """An entry of a case, as far as the next one looks at it."""

    id: int
    team_id: int
    kind: str
    employee_id: int
    points: int
    category_id: int
    step: int


class CaseAccount(NamedTuple):
    """Where a case stands in the ledgers: with whom, or in whose limbo."""

    team_id: int = 0
    employee_id: int = 0  #: who has it, 0 for limbo
    points: int = 0
    category_id: int = 0  #: the service type by which it was weighed last
    earlier_id: int = 0  #: who had it last
    ended_team_id: int = 0  #: the team in which it was finished, with its points
    steps: int = 0

    @classmethod
    def after(cls, entries):
        """Return the account after these entries of one case, in their order."""
        account = cls()
        for entry in entries:
            account = account._with(entry)._replace(steps=entry.step)
        return account

    def finish(self):
        """Return the account after its holder has finished the case."""
        return self._replace(team_id=0, employee_id=0, ended_team_id=self.team_id)

    def _with(self, entry):
        if entry.kind in HELD:
            points = self.points if self.team_id and entry.kind == "charge" else 0
            return CaseAccount(
                entry.team_id,
                entry.employee_id,
                points or entry.points,
                entry.category_id or 0,
                entry.employee_id,
            )
        if entry.kind == "reversal":
            return self._replace(employee_id=0)
        if entry.kind == "cancellation":
            return CaseAccount(earlier_id=self.earlier_id)
        if entry.kind == "finish":
            return self.finish()
        if entry.kind == "weight":
            self = self._replace(category_id=entry.category_id or 0)
        if entry.kind != "write_off" and entry.employee_id == self.employee_id:
            return self._replace(points=self.points + entry.points)
        return self


def to_entry(kind, case_id, employee_id, points, hours):
    """Return ``ENTRY_COLUMNS`` as plain data for ``tools.duty_ledger``."""
    return Entry(kind, case_id or 0, employee_id, points, read_hours(hours))


@lru_cache
def read_hours(text):
    """Return dict ``employee id -> minutes`` from JSON, not to be changed.

    All that is given out on a day has the same text, so it is taken apart once.
    """
    hours = json.loads(text) if text else {}
    return frozendict({int(key): span for key, span in hours.items()})


def to_decision(kind, case_id, employee_id, points, hours, method, decision):
    """Return ``DECISION_COLUMNS`` as an entry with what it was decided on."""
    stored = decision or {}
    return Decision(
        to_entry(kind, case_id, employee_id, points, hours),
        method or "",
        tuple(map(Candidate._make, stored.get("candidates", ()))),
        stored.get("earlier", 0),
        stored.get("slack", 0),
    )


class CitizenAssignmentEntry(models.Model):
    """One line of a team's duty ledger. Append-only.

    Whoever gives a case away or takes one only appends; the dispatcher alone gives
    entries their numbers, in the order in which it saw them. So the numbers are the
    order in which the balances follow, whoever wrote at the same time.
    """

    _name = "citizen.assignment.entry"
    _description = "Ledger Entry"
    _order = "id desc"
    _rec_name = "case_number"

    team_id = fields.Many2one(
        "helpdesk.ticket.team", required=True, readonly=True, ondelete="restrict"
    )
    number = fields.Integer(
        readonly=True,
        help="Place in the team's ledger; empty until the dispatcher has booked it.",
    )
    kind = fields.Selection(ENTRY_KINDS, required=True, readonly=True)
    # Not for reading: whoever reads a ledger need not be cleared for its cases.
    case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Case Record",
        readonly=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    case_number = fields.Char(string="Case", readonly=True)
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        ondelete="restrict",
    )
    step = fields.Integer(
        readonly=True, help="How many entries the case had before, and one."
    )
    employee_id = fields.Many2one(
        "hr.employee", required=True, readonly=True, ondelete="restrict"
    )
    points = fields.Integer(
        string="Thousandths", readonly=True, help="Effort in thousandths of a point."
    )
    effort = fields.Float(
        string="Points", compute="_compute_effort", digits=(8, 3), help="Effort points."
    )
    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="By",
        readonly=True,
        ondelete="restrict",
        help="Who gave the case or took it back; empty for the desk itself.",
    )
    rule_id = fields.Many2one(
        "citizen.assignment.rule",
        readonly=True,
        ondelete="restrict",
        help="The version of the team's rule that was in force.",
    )
    method = fields.Selection(
        METHODS, readonly=True, help="How the case came to this employee."
    )
    reason = fields.Char(readonly=True, help="Why it was given by hand or taken back.")
    # Colleagues' duty and balances: shown by the explanation, not by the list.
    hours = fields.Json(
        readonly=True,
        groups=NO_ACCESS,
        help="Minutes on duty by employee, of those among whom the points are shared.",
    )
    decision = fields.Json(
        readonly=True,
        groups=NO_ACCESS,
        help="Candidates with balance, capacity and exclusion, earlier handler, slack.",
    )
    problem = fields.Char(
        readonly=True,
        help="Why the entry could not be booked; it then changes nothing.",
    )

    _team_number = models.UniqueIndex("(team_id, number) WHERE number > 0")
    _pending_index = models.Index("(team_id, id) WHERE number IS NULL")
    # The last guard: of two that continue the same case's ledger, one fails.
    _case_step = models.UniqueIndex("(case_id, step) WHERE case_id IS NOT NULL")
    _employee_index = models.Index("(employee_id, id)")

    @api.depends("points")
    def _compute_effort(self):
        for entry in self:
            entry.effort = entry.points / MILLI

    def write(self, vals):
        if vals.keys() - BOOKED_FIELDS or not self.env.su:
            raise AccessError(
                self.env._(
                    "The ledger cannot be changed. A correction is a further entry."
                )
            )
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete the ledger.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("The ledger cannot be deleted."))

    # ------------------------------------------------------------------- pure
    def _get_pure(self):
        """Return the entry as plain data for ``tools.duty_ledger``."""
        self.ensure_one()
        hours = json.dumps(self.hours) if self.hours else ""
        return to_entry(
            self.kind, self.case_id.id, self.employee_id.id, self.points, hours
        )

    def _get_pure_decision(self):
        """Return the entry with what it was decided on."""
        self.ensure_one()
        return self._read_decisions()[self.id]

    def _read_decisions(self):
        """Return dict ``id -> Decision``, with what each entry was decided on.

        Straight from the table: the field would copy everybody's balances each time.
        """
        self.flush_recordset()
        query = """
            SELECT id, %s FROM citizen_assignment_entry WHERE id = ANY(%s)
        """
        rows = self.env.execute_query(SQL(query, DECISION_COLUMNS, self.ids))
        return {entry_id: to_decision(*row) for entry_id, *row in rows}

    def _replay_decision(self, ledger=None):
        """Return the decision as it follows from the booked entries before this one.

        The balances are replayed; who was excluded, and why, was found outside the
        ledger and is taken as stored.

        :param ledger: ``Ledger`` as it was before, if it is known
        """
        self.ensure_one()
        stored = self._get_pure_decision()
        ledger = ledger or self.team_id._replay(before=self.number)
        candidates = tuple(
            who._replace(balance=ledger.balance(who.id)) for who in stored.candidates
        )
        choice = choose(
            stored.entry.case,
            candidates,
            earlier=stored.earlier,
            slack=stored.slack,
        )
        if not choice or stored.method == "manual":
            return stored._replace(candidates=candidates)
        return stored._replace(
            entry=replace(stored.entry, member=choice.id),
            method=choice.method,
            candidates=candidates,
        )

    # --------------------------------------------------------------- appending
    @api.model
    def _append(self, rows):
        """Append entries in one statement, as ``create`` would.

        COPY, because what a choice was decided on is long: in an INSERT it would be
        quoted here and taken apart again there.

        :param rows: list of dicts of column values
        """
        stamp = self.env.uid, self.env.cr.now(), self.env.uid, self.env.cr.now()
        columns = [*COLUMNS, "effort", "create_uid", "create_date"]
        columns += ["write_uid", "write_date"]
        texts, lines = {}, io.StringIO()
        csv.writer(lines).writerows(
            (
                *(self._to_column(name, row.get(name), texts) for name in COLUMNS),
                row["points"] / MILLI,
                *stamp,
            )
            for row in rows
        )
        lines.seek(0)
        self.env.flush_all()
        self.env.cr.copy_expert(
            f"COPY {self._table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", lines
        )
        self.invalidate_model(flush=False)
        self.env["helpdesk.ticket.team"].invalidate_model(
            ["assignment_entry_ids"], flush=False
        )

    @api.model
    def _to_column(self, name, value, texts):
        """Return what stands in a column; what all entries share is written once.

        :param texts: what was written already, by the identity of the value
        """
        if name == "points":
            return value
        if name not in ("hours", "decision") or value is None:
            return value or None
        if id(value) not in texts:
            texts[id(value)] = json.dumps(value, separators=(",", ":"))
        return texts[id(value)]

    # ----------------------------------------------------------------- reading
    @api.model
    def _get_accounts(self, case_ids):
        """Return where cases stand in the ledgers, by case id."""
        query = SQL(
            """
            SELECT case_id, id, team_id, kind, employee_id, points, category_id, step
              FROM citizen_assignment_entry
             WHERE case_id = ANY(%s)
          ORDER BY case_id, step
            """,
            list(case_ids),
        )
        self.flush_model()
        ledgers = {}
        for case_id, *row in self.env.execute_query(query):
            ledgers.setdefault(case_id, []).append(CaseEntry(*row))
        return {
            case_id: CaseAccount.after(entries) for case_id, entries in ledgers.items()
        }
