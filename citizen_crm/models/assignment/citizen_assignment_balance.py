from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.duty_ledger import MILLI, Ledger, LedgerError


class CitizenAssignmentBalance(models.Model):
    """What an employee has had of the own share of a team's work, as last booked.

    It follows from the ledger's entries alone; the dispatcher keeps it at hand so
    that it need not read all of them for each case.
    """

    _name = "citizen.assignment.balance"
    _description = "Ledger Balance"
    _order = "team_id, employee_id"
    _rec_name = "employee_id"

    team_id = fields.Many2one(
        "helpdesk.ticket.team", required=True, readonly=True, ondelete="cascade"
    )
    employee_id = fields.Many2one(
        "hr.employee", required=True, readonly=True, index=True, ondelete="restrict"
    )
    milli = fields.Integer(string="Balance in Thousandths", readonly=True)
    open_milli = fields.Integer(string="Open Effort in Thousandths", readonly=True)
    last_at = fields.Datetime(string="Last Case", readonly=True)
    balance = fields.Float(
        compute="_compute_points",
        digits=(8, 3),
        help="Effort points above (+) or below (-) the own share. The next case goes "
        "to the lowest balance for each full-time equivalent.",
    )
    open_points = fields.Float(
        string="Open Effort",
        compute="_compute_points",
        digits=(8, 3),
        help="Effort points of the open cases with this employee.",
    )

    _once = models.UniqueIndex("(team_id, employee_id)")

    @api.depends("milli", "open_milli")
    def _compute_points(self):
        for row in self:
            row.balance = row.milli / MILLI
            row.open_points = row.open_milli / MILLI

    # ---------------------------------------------------------------- booking
    @api.model
    def _book(self, team):
        """Number the entries that wait and bring the balances up to them.

        Only for who holds the team's row: the numbers are the order of the ledger.
        """
        Entry = self.env["citizen.assignment.entry"].sudo()
        pending = Entry.search(
            [("team_id", "=", team.id), ("number", "=", False)], order="id"
        )
        if not pending:
            return
        book = Book(self.sudo(), team, pending.case_id.ids)
        number = self._get_last_number(team)
        for entry in pending:
            number += 1
            try:
                book.post(entry._get_pure(), entry.at)
            except LedgerError as error:
                # The ledger goes on; the check names this entry.
                entry.problem = str(error)
            entry.number = number
        book.store()

    @api.model
    def _get_last_number(self, team):
        """Return the number of the last booked entry of a team, 0 for none."""
        query = SQL(
            "SELECT max(number) FROM citizen_assignment_entry"
            " WHERE team_id = %s AND number > 0",
            team.id,
        )
        self.env["citizen.assignment.entry"].flush_model(["number", "team_id"])
        return self.env.execute_query(query)[0][0] or 0


class Book:
    """A team's balances in memory, to be posted to and stored again.

    :param balances: recordset of the model, as superuser
    :param case_ids: the cases that entries will be posted about
    """

    def __init__(self, balances, team, case_ids):
        self.team = team
        self.rows = {
            row.employee_id.id: row
            for row in balances.search([("team_id", "=", team.id)])
        }
        self.balances = balances
        self.ledger = self._read_cases(case_ids)
        self.ledger.balances = {key: row.milli for key, row in self.rows.items()}
        self.open = {key: row.open_milli for key, row in self.rows.items()}
        self.last_at = {key: row.last_at for key, row in self.rows.items()}
        #: The same in seconds, as choices compare them; everybody's for each case.
        self.last_second = {
            key: int(at.timestamp()) for key, at in self.last_at.items() if at
        }

    def _read_cases(self, case_ids):
        """Return a ledger that knows where these cases stand."""
        entries = self.balances.env["citizen.assignment.entry"].search(
            [
                ("team_id", "=", self.team.id),
                ("case_id", "in", case_ids),
                ("number", ">", 0),
                ("problem", "=", False),
            ],
            order="number",
        )
        return Ledger.replay(entry._get_pure() for entry in entries)

    def post(self, entry, at):
        """Book an entry; raise ``LedgerError`` if it does not fit."""
        before = self.ledger.held.get(entry.case)
        deltas = self.ledger.post(entry)
        after = self.ledger.held.get(entry.case)
        for held, sign in ((before, -1), (after, 1)):
            if held:
                self.open[held[0]] = self.open.get(held[0], 0) + sign * held[1]
        if entry.kind == "charge":
            self.last_at[entry.member] = at
            self.last_second[entry.member] = int(at.timestamp())
        return deltas

    def store(self):
        """Write the balances that have changed, all in one statement."""
        changed = [
            (key, milli, self.open.get(key, 0), self.last_at.get(key) or None)
            for key in {*self.ledger.balances, *self.open}
            for milli in [self.ledger.balance(key)]
            if key not in self.rows or self._differs(key, milli)
        ]
        if not changed:
            return
        env = self.balances.env
        stamp = env.uid, env.cr.now(), env.uid, env.cr.now()
        rows = SQL(", ").join(
            SQL("(%s, %s, %s, %s, %s, %s, %s, %s, %s)", self.team.id, *row, *stamp)
            for row in changed
        )
        query = """
            INSERT INTO citizen_assignment_balance
                   (team_id, employee_id, milli, open_milli, last_at,
                    create_uid, create_date, write_uid, write_date)
            VALUES %s
            ON CONFLICT (team_id, employee_id) DO UPDATE SET
                   milli = EXCLUDED.milli, open_milli = EXCLUDED.open_milli,
                   last_at = EXCLUDED.last_at, write_uid = EXCLUDED.write_uid,
                   write_date = EXCLUDED.write_date
        """
        env.execute_query(SQL("%s RETURNING id", SQL(query, rows)))
        self.balances.invalidate_model()

    def _differs(self, key, milli):
        row = self.rows[key]
        return (row.milli, row.open_milli, row.last_at) != (
            milli,
            self.open.get(key, 0),
            self.last_at.get(key),
        )
