from odoo.exceptions import AccessError

from ..models.access.helpdesk_ticket_found import _KEY
from .common import CitizenCommon

SHOWN = {
    "name": {},
    "number": {},
    "due_state": {},
    "due_badge": {},
    "person_display": {},
    "service_type_name": {},
    "district_name": {},
    "user_id": {"fields": {"display_name": {}}},
    "stage_id": {"fields": {"display_name": {}}},
}


class TestListPerformance(CitizenCommon):
    """A row more costs no query more, and the rules are asked once of a page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases = cls.Case.create(
            [
                cls._case_values(
                    name=f"Hole {number}",
                    category_id=cls.pothole.id,
                    user_id=cls.handler.id,
                )
                for number in range(30)
            ]
        )
        cls.env.flush_all()

    def _count(self, read):
        """Return the queries of a reading, with nothing in memory but the rules."""
        read()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read()
        return self.env.cr.sql_log_count - before

    def _list(self, cases):
        Case = self.Case.with_user(self.handler)
        domain = [("id", "in", cases.ids)]
        return lambda: Case.web_search_read(domain, SHOWN, limit=80)

    def test_queries_of_a_list(self):
        self.assertEqual(len(self._list(self.cases)()["records"]), 30)
        queries = self._count(self._list(self.cases))
        self.assertEqual(queries, self._count(self._list(self.cases[:2])))
        self.assertLessEqual(queries, 7)

    def test_queries_of_a_board(self):
        def board(cases):
            Case = self.Case.with_user(self.handler)
            return lambda: Case.web_read_group(
                [("id", "in", cases.ids)],
                ["stage_id"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=SHOWN,
            )

        queries = self._count(board(self.cases))
        self.assertEqual(queries, self._count(board(self.cases[:2])))
        self.assertLessEqual(queries, 9)

    def test_found_by_one_is_not_read_by_another(self):
        """What a search says of access holds for its user, companies and cases."""
        found = self.cases.with_user(self.handler)._as_found()
        self.assertTrue(found.has_access("read"))
        self.assertTrue(found[:1].has_access("read"))
        self.cases.sudo().confidential = True
        other = self._create_case(confidential=True).with_env(found.env)
        company = self.env["res.company"].create({"name": "Harbour Board"})
        both = [self.company.id, company.id]
        self.handler.sudo().company_ids = both
        for way, cases, operation in (
            ("another user", found.with_user(self.outsider), "read"),
            ("another case", other, "read"),
            ("one case too many", found | other, "read"),
            ("another operation", found, "write"),
            (
                "in other companies",
                found.with_context(allowed_company_ids=both),
                "read",
            ),
        ):
            with self.subTest(way):
                self.assertFalse(cases.has_access(operation))

    def test_no_remote_call_can_say_what_was_found(self):
        self.cases.sudo().confidential = True
        cases = self.cases.with_user(self.handler)
        finder = [self.handler.id, self.company.ids, cases.ids]
        for forged in (cases.ids, True, "all", finder):
            with self.subTest(forged=forged):
                said = cases.with_context(**{_KEY: forged})
                self.assertFalse(said.has_access("read"))
                with self.assertRaises(AccessError):
                    said.read(["name"])
                self.assertFalse(
                    said.web_search_read([("id", "in", cases.ids)], SHOWN)["records"]
                )
