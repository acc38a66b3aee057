import re

from odoo.tools import SQL

from .common import CitizenCommon

#: So that the few cases of a test are read as many would be.
MANY = ("enable_seqscan", "enable_bitmapscan", "enable_sort")


class TestLargeLists(CitizenCommon):
    """What is read of a large city is found by an index, with the rules in force.

    A column more in a record rule, or another order, would make the database read
    every case; tests/benchmark/city_reading.py shows what that costs.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_case(category_id=cls.pothole.id)

    def _explain(self, query, *switched_off):
        """Return the plan of a query as text, with ways of reading switched off."""
        self.env.flush_all()
        for name in switched_off:
            self.env.cr.execute(SQL("SET LOCAL %s = off", SQL(name)))
        plan = self.env.execute_query(SQL("EXPLAIN (COSTS OFF) %s", query))
        for name in switched_off:
            self.env.cr.execute(SQL("RESET %s", SQL(name)))
        return "\n".join(line for (line,) in plan)

    def test_a_first_page_follows_the_order_of_an_index(self):
        Case = self.Case.with_user(self.manager)
        for domain, index in (
            ([], "helpdesk_ticket_order_index"),
            ([("is_open", "=", True)], "order_index"),
        ):
            with self.subTest(index):
                query = Case._search(domain, order=Case._order, limit=80)
                plan = self._explain(query.select(), *MANY)
                self.assertIn(index, plan)
                self.assertNotIn("Sort", plan)

    def test_figures_need_an_index_alone(self):
        """The index holds every column that is grouped by or that a rule asks of."""
        Case = self.Case.with_user(self.manager)
        for domain, groups, index in (
            ([("is_open", "=", True)], {"stage_id"}, "open_team"),
            ([("closed", "=", False)], {"team_id", "user_id", "priority"}, "open_team"),
            ([], {"team_id", "received_date"}, "received"),
            ([], {"department_id", "stage_id"}, "received"),
        ):
            with self.subTest(index=index, groups=groups):
                asked = self._get_asked(Case._search(domain).select())
                self.assertIn("confidential", asked, "the rules are in")
                # What the index itself is restricted to needs no column of it.
                held = self._get_columns(f"helpdesk_ticket_{index}_index") | {"is_open"}
                self.assertLessEqual(asked | groups, held)

    def test_a_board_needs_an_index_alone(self):
        """So do the columns of those who are bound to their team, and its count."""
        Case = self.Case.with_user(self.teamworker)
        mine = [("team_id.user_ids", "in", self.teamworker.ids), ("is_open", "=", True)]
        held = self._get_columns("helpdesk_ticket_open_team_index") | {"is_open"}
        for domain in (mine, [*mine, ("stage_id", "=", self._stage("assigned").id)]):
            query = Case._search(domain, order=Case._order, limit=80).select()
            asked = self._get_asked(query)
            self.assertLessEqual({"is_lent", "priority"}, asked, "rules and order")
            self.assertLessEqual(asked | {"id"}, held)

    def test_who_follows_cases_is_asked_of_an_index_alone(self):
        case = self._create_case()
        case.message_subscribe(self.teamworker.partner_id.ids)
        query = self.Case.with_user(self.teamworker)._search([])
        plan = self._explain(query.select(), *MANY)
        self.assertIn("Index Only Scan using mail_followers_case_partner_index", plan)

    def test_the_late_need_an_index_alone(self):
        """One finds them in the order of the lists, the other counts them."""
        late = self.Case.with_user(self.manager)._search([("is_late", "=", True)])
        asked = self._get_asked(late.select())
        self.assertLessEqual({"confidential", "due_date"}, asked, "the rules are in")
        for index in ("open_order", "open_due"):
            with self.subTest(index):
                held = self._get_columns(f"helpdesk_ticket_{index}_index") | {"is_open"}
                self.assertLessEqual(asked, held)

    def _get_asked(self, query):
        """Return the names of the columns of a case that a query looks at."""
        return set(re.findall(r'"helpdesk_ticket"\."(\w+)"', query.code)) - {"id"}

    def _get_columns(self, index):
        """Return the names of the columns that an index can answer for."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT attname FROM pg_index
                  JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
                 WHERE indexrelid = %s::regclass
                """,
                index,
            )
        )
        return {name for (name,) in rows}
