from odoo import fields, models
from odoo.tools import SQL

from .citizen_case_fact_report import LEAST_PEOPLE

#: Figures of fewer cases are never shown.
LEAST_CASES = 20
#: So many years are looked back.
YEARS = 2
#: What so few residents said is told nowhere.
LEAST_ANSWERS = 5
#: What is looked at, and where facts tell yes or no.
LOOKED_AT = {
    "late": "late_resolution",
    "reopened": "reopened_30d",
    "clear": "positive",
}
#: Among which cases a group is compared: those of its kind; for what residents said
#: those that were decided alike, too.
AMONG = {"late": SQL("kind"), "reopened": SQL("kind"), "clear": SQL("decided")}
PARTS = ("known", "count", "expected")
COUNTED = (
    "case_count",
    *(f"{name}_{part}" for name in LOOKED_AT for part in PARTS),
)
#: Columns that tell a row apart, from fine to coarse: a group that is too small in a
#: department is shown for all such departments, and with other groups only then.
LEVELS = (
    ("quarter", "department_id", "dimension", "value"),
    ("quarter", "dimension", "value"),
    ("quarter", "dimension"),
)
DIMENSIONS = [
    ("channel", "Channel"),
    ("district", "Area"),
    ("language", "Language"),
]
#: Differences beyond this are brought by chance once in 500 times (squared); the number
#: expected is more than the variance, so this is on the safe side.
FAR = 3.090232**2


class CitizenCaseFactEquity(models.Model):
    """Equal treatment: how cases go by channel, area and language; no person.

    A row compares the cases of a group with what such cases come to in the department,
    whoever brings them: O / E within service type and priority, in percent. It stands
    for at least five people and twenty cases. What is smaller in a department is put
    together with the same group of others, then with other groups; what is too small
    even so is left out. Two years are looked back.
    """

    _name = "citizen.case.fact.equity"
    _inherit = ["citizen.share.report"]
    _shares = {
        f"{name}_ratio": (f"{name}_expected", f"{name}_count") for name in LOOKED_AT
    }
    _description = "Equal Treatment"
    _auto = False
    _order = "quarter desc, dimension, id"
    _rec_name = "label"

    quarter = fields.Date(
        string="Quarter Begins", readonly=True, help="In which the cases ended."
    )
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        help="Empty where the group is too small in single departments to be shown.",
    )
    dimension = fields.Selection(
        DIMENSIONS, string="Compared By", readonly=True, help="What groups are made by."
    )
    label = fields.Char(
        string="Group",
        readonly=True,
        help="How the cases came in, the area that they are about, or the language in "
        "which the city writes to the person. Small groups are put together.",
    )
    case_count = fields.Integer(
        string="Cases", readonly=True, help="Cases of the group that ended."
    )
    late_known = fields.Integer(
        string="Answers", readonly=True, help="Answers that were promised."
    )
    late_count = fields.Integer(
        string="Answers Late", readonly=True, help="Of these, late."
    )
    late_expected = fields.Float(
        string="Late: Expected",
        readonly=True,
        digits=(12, 1),
        help="Late ones that such cases come to in the department.",
    )
    late_ratio = fields.Float(
        string="Late, of Expected (%)",
        aggregator="avg",
        readonly=True,
        digits=(6, 0),
        help="100 is as such cases go in the department; above it more are late.",
    )
    reopened_known = fields.Integer(
        string="Ends 30 Days Ago",
        readonly=True,
        help="Cases of which it is known whether they were opened again.",
    )
    reopened_count = fields.Integer(
        string="Reopened", readonly=True, help="Of these, opened again."
    )
    reopened_expected = fields.Float(
        string="Reopened: Expected",
        readonly=True,
        digits=(12, 1),
        help="Reopened ones that such cases come to in the department.",
    )
    reopened_ratio = fields.Float(
        string="Reopened, of Expected (%)",
        aggregator="avg",
        readonly=True,
        digits=(6, 0),
        help="100 is as such cases go in the department; above it more come back.",
    )
    clear_known = fields.Integer(
        string="Said",
        readonly=True,
        help="Residents who said how they were treated; empty for fewer than five.",
    )
    clear_count = fields.Integer(
        string="Fair and Clear",
        readonly=True,
        help="Of these, treated fairly and told clearly.",
    )
    clear_expected = fields.Float(
        string="Fair and Clear: Expected",
        readonly=True,
        digits=(12, 1),
        help="How many say so of such cases in the department, decided alike.",
    )
    clear_ratio = fields.Float(
        string="Fair and Clear, of Expected (%)",
        aggregator="avg",
        readonly=True,
        digits=(6, 0),
        help="100 is as such cases go in the department; below it fewer say so.",
    )
    is_notable = fields.Boolean(
        string="Beyond Chance",
        readonly=True,
        help="In one of the three it is further from what is expected than chance "
        "brings once in 500 times. Ask why.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH %(steps)s, shown AS (%(shown)s), told AS (
                SELECT quarter, department_id, dimension, value, case_count, %(figures)s
                  FROM shown
            )
            SELECT row_number() OVER (
                       ORDER BY quarter, dimension, department_id, value) AS id,
                   told.*, %(label)s AS label, %(shares)s, %(notable)s AS is_notable
              FROM told
            """,
            steps=SQL(", ").join([self._select_cells(), *self._select_levels()]),
            shown=SQL(" UNION ALL ").join(
                self._select_shown(number) for number in range(len(LEVELS))
            ),
            label=self._get_label(),
            figures=SQL(", ").join(map(self._get_told, LOOKED_AT)),
            shares=self._get_share_columns(),
            notable=SQL(" OR ").join(
                SQL(
                    "coalesce((%(x)s - %(e)s) ^ 2 > %(far)s * %(e)s, false)",
                    x=SQL.identifier(f"{name}_count"),
                    e=SQL.identifier(f"{name}_expected"),
                    far=FAR,
                )
                for name in LOOKED_AT
            ),
        )

    # ------------------------------------------------------------------- parts
    def _select_cells(self):
        """Return the steps from facts to cases, events and expectation of each person.

        What is expected of a person's cases of a group: their number times the share
        with the event among all such cases of the department.
        """
        counts = SQL(", ").join(
            SQL(
                "count(%(column)s) AS %(n)s,"
                " count(*) FILTER (WHERE %(column)s = 'yes') AS %(x)s",
                column=SQL.identifier(column),
                n=SQL.identifier(f"{name}_known"),
                x=SQL.identifier(f"{name}_count"),
            )
            for name, column in LOOKED_AT.items()
        )
        expected = SQL(", ").join(
            SQL(
                "%(n)s * sum(%(x)s) OVER %(among)s"
                " / nullif(sum(%(n)s) OVER %(among)s, 0) AS %(e)s",
                n=SQL.identifier(f"{name}_known"),
                x=SQL.identifier(f"{name}_count"),
                e=SQL.identifier(f"{name}_expected"),
                among=among,
            )
            for name, among in AMONG.items()
        )
        today = fields.Date.start_of(fields.Date.today(), "quarter")
        return SQL(
            """
            fact AS (
                SELECT date_trunc('quarter', closed_on)::date AS quarter,
                       department_id, category_id, priority, decision, channel_id,
                       district_id, language_id, handler_id,
                       count(*) FILTER (WHERE ended_by <> 'passed_on') AS case_count,
                       %(counts)s
                  FROM citizen_case_fact
                 WHERE excluded IS NOT TRUE AND closed_on >= %(since)s
              GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
            ), compared AS (
                SELECT *, %(expected)s FROM fact
                WINDOW kind AS (
                       PARTITION BY quarter, department_id, category_id, priority),
                       decided AS (
                       PARTITION BY quarter, department_id, category_id, priority,
                       decision)
            ), looked AS (
                SELECT compared.*, member.dimension, member.value
                  FROM compared CROSS JOIN LATERAL (VALUES
                       ('channel', channel_id), ('district', district_id),
                       ('language', language_id)) AS member(dimension, value)
                 WHERE member.value IS NOT NULL
            )
            """,
            counts=counts,
            expected=expected,
            since=fields.Date.subtract(today, years=YEARS),
        )

    def _select_levels(self):
        """Yield the steps that put small groups together, a person a row each."""
        for number, columns in enumerate(LEVELS):
            keys = SQL(", ").join(map(SQL.identifier, columns))
            before = SQL.identifier(f"level{number - 1}" if number else "looked")
            is_left = SQL("NOT (%s)", self._is_enough()) if number else SQL("true")
            yield SQL(
                """
                %(name)s AS (
                    SELECT *, count(*) OVER cell AS people,
                           sum(case_count) OVER cell AS cases
                      FROM (SELECT %(keys)s, handler_id, %(sums)s
                              FROM %(before)s WHERE %(is_left)s
                          GROUP BY %(keys)s, handler_id) AS person
                    WINDOW cell AS (PARTITION BY %(keys)s)
                )
                """,
                name=SQL.identifier(f"level{number}"),
                keys=keys,
                sums=self._get_sums(),
                before=before,
                is_left=is_left,
            )

    def _select_shown(self, number):
        """Return the rows of a level that stand for enough people and cases."""
        names = LEVELS[number]
        columns = SQL(", ").join(
            SQL.identifier(name)
            if name in names
            else SQL("NULL::integer AS %s", SQL.identifier(name))
            for name in LEVELS[0]
        )
        return SQL(
            "SELECT %s, %s FROM %s WHERE %s GROUP BY %s",
            columns,
            self._get_sums(),
            SQL.identifier(f"level{number}"),
            self._is_enough(),
            SQL(", ").join(map(SQL.identifier, names)),
        )

    def _is_enough(self):
        return SQL("people >= %s AND cases >= %s", LEAST_PEOPLE, LEAST_CASES)

    def _get_sums(self):
        return SQL(", ").join(
            SQL("sum(%s) AS %s", SQL.identifier(name), SQL.identifier(name))
            for name in COUNTED
        )

    def _get_told(self, name):
        """Return the columns of a measure; nothing of what few residents have said."""
        least = LEAST_ANSWERS if name == "clear" else 0
        return SQL(", ").join(
            SQL(
                "(CASE WHEN %s >= %s THEN %s END)::%s AS %s",
                SQL.identifier(f"{name}_known"),
                least,
                SQL.identifier(f"{name}_{part}"),
                SQL("float" if part == "expected" else "bigint"),
                SQL.identifier(f"{name}_{part}"),
            )
            for part in PARTS
        )

    def _get_label(self):
        """Return the name of the group, in the language of whoever reads."""
        lang = self.env.lang or "en_US"
        return SQL(
            """
            coalesce(CASE dimension
                WHEN 'channel' THEN (
                    SELECT coalesce(name->>%(lang)s, name->>'en_US')
                      FROM helpdesk_ticket_channel WHERE id = value)
                WHEN 'district' THEN (
                    SELECT coalesce(name->>%(lang)s, name->>'en_US')
                      FROM citizen_district WHERE id = value)
                ELSE (SELECT name FROM res_lang WHERE id = value)
            END, %(others)s)
            """,
            lang=lang,
            others=self.env._("All small groups"),
        )
