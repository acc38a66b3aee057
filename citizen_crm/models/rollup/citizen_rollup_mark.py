from odoo import api, fields, models

from ..case.counted import COUNTED

#: What is counted by day.
SUBJECTS = [("case", "Cases"), ("promise", "Promises")]
#: A mark stands for a quarter of an hour: no zone's days begin within one.
_QUARTER = "date_bin('15 minutes', {}, timestamp '2000-01-01')"
_IS_COUNTED = f"{COUNTED.code} AS is_counted"
#: What figures of a case are counted by, and what its promises are counted by.
_OF_CASE = [
    *("received_date closed_date is_open phase outcome company_id team_id").split(),
    *("category_id role district_id channel_id").split(),
    _IS_COUNTED,
]
_OF_CASES_PROMISES = ["company_id", "team_id", "category_id", _IS_COUNTED]
_OF_PROMISE = "due state kind basis team_id".split()


def _changed(columns):
    """Return the rows as they were and as they are, of those that are changed.

    What is the same before and after comes twice. No join of the two finds it: the
    database would keep the plan that fits the first statement, be it of one row.

    :param columns: columns of ``ticket``, or values of it with their names
    """
    values = ", ".join(["id", *columns])
    names = ", ".join(["id", *(column.split()[-1] for column in columns)])
    return f"""(
        SELECT {names}
          FROM (SELECT {values} FROM rows_before AS ticket
                UNION ALL
                SELECT {values} FROM rows_after AS ticket) AS version
      GROUP BY {names}
        HAVING count(*) = 1
    )"""  # noqa: S608  constants of this file


_MARK_NEW_CASES = f"""
    INSERT INTO citizen_rollup_mark (subject, at)
    SELECT DISTINCT 'case', {_QUARTER.format("day.at")}
      FROM rows_after AS after
CROSS JOIN LATERAL (VALUES (after.received_date), (after.closed_date)) AS day (at)
     WHERE day.at IS NOT NULL;
"""  # noqa: S608  constants of this file
_MARK_CHANGED_CASES = f"""
    INSERT INTO citizen_rollup_mark (subject, at)
    SELECT DISTINCT 'case', {_QUARTER.format("day.at")}
      FROM {_changed(_OF_CASE)} AS changed
CROSS JOIN LATERAL (
               VALUES (changed.received_date), (changed.closed_date)
           ) AS day (at)
     WHERE day.at IS NOT NULL;
    INSERT INTO citizen_rollup_mark (subject, at)
    SELECT DISTINCT 'promise', {_QUARTER.format("clock.due")}
      FROM {_changed(_OF_CASES_PROMISES)} AS changed
CROSS JOIN LATERAL (
               SELECT due FROM citizen_sla_clock WHERE case_id = changed.id OFFSET 0
           ) AS clock;
"""  # noqa: S608  constants of this file
_MARK_NEW_PROMISES = f"""
    INSERT INTO citizen_rollup_mark (subject, at)
    SELECT DISTINCT 'promise', {_QUARTER.format("due")} FROM rows_after;
"""  # noqa: S608  constants of this file
_MARK_GONE_PROMISES = _MARK_NEW_PROMISES.replace("rows_after", "rows_before")
_MARK_CHANGED_PROMISES = f"""
    INSERT INTO citizen_rollup_mark (subject, at)
    SELECT DISTINCT 'promise', {_QUARTER.format("due")}
      FROM {_changed(_OF_PROMISE)} AS changed;
"""  # noqa: S608  constants of this file
#: What a statement that changes rows is followed by: table, operation, statements.
TRIGGERS = (
    ("helpdesk_ticket", "INSERT", _MARK_NEW_CASES),
    ("helpdesk_ticket", "UPDATE", _MARK_CHANGED_CASES),
    ("citizen_sla_clock", "INSERT", _MARK_NEW_PROMISES),
    ("citizen_sla_clock", "UPDATE", _MARK_CHANGED_PROMISES),
    ("citizen_sla_clock", "DELETE", _MARK_GONE_PROMISES),
)
_ROWS = {
    "INSERT": "NEW TABLE AS rows_after",
    "UPDATE": "OLD TABLE AS rows_before NEW TABLE AS rows_after",
    "DELETE": "OLD TABLE AS rows_before",
}


class CitizenRollupMark(models.Model):
    """A day whose figures are to be counted again, because something in it changed.

    The database itself sets the marks, after each statement that writes cases or
    clocks: in the transaction of the change, so a mark is seen with the change or not
    at all, however late it is committed, and no way of writing goes around it. Marks
    are only added, so people do not wait for each other.
    """

    _name = "citizen.rollup.mark"
    _description = "Day to Count Again"
    _log_access = False

    subject = fields.Selection(SUBJECTS, required=True, readonly=True)
    at = fields.Datetime(
        readonly=True, help="A moment of the day; empty for what has no date."
    )

    def init(self):
        # The tables may be made after this one.
        self.env.registry.post_init(self._create_triggers)

    @api.model
    def _create_triggers(self):
        """Let the database set marks; what is there is replaced."""
        for table, operation, statements in TRIGGERS:
            name = _name_of(table, operation)
            self.env.cr.execute(  # pylint: disable=sql-injection
                f"""
                CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
                LANGUAGE plpgsql AS $$ BEGIN {statements} RETURN NULL; END $$;
                CREATE OR REPLACE TRIGGER {name} AFTER {operation} ON {table}
                REFERENCING {_ROWS[operation]}
                FOR EACH STATEMENT EXECUTE FUNCTION {name}();
                """  # noqa: S608  constants of this file
            )

    @api.model
    def _drop_triggers(self):
        """Take the triggers from tables that stay when the addon goes."""
        for table, operation, _statements in TRIGGERS:
            self.env.cr.execute(  # pylint: disable=sql-injection
                f"DROP FUNCTION IF EXISTS {_name_of(table, operation)}() CASCADE"
            )


def _name_of(table, operation):
    return f"citizen_rollup_{table}_{operation.lower()}"
