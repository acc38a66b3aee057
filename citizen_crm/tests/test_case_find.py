from odoo.fields import Domain
from odoo.tools import SQL

from .common import CitizenCommon


class TestCaseFind(CitizenCommon):
    """Cases are found by a part of number or title, by two Chinese characters too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls._create_case(name="路燈不亮")
        cls.pipe = cls._create_case(name="水管破裂 at Mill Lane", user=cls.clerk)
        cls.hole = cls._create_case(name="Deep hole at Mill Lane")
        cls.cases = cls.lamp | cls.pipe | cls.hole

    def test_what_is_found(self):
        for typed, found in {
            "路燈": self.lamp,
            "燈不": self.lamp,
            "燈路": self.Case,
            "燈": self.lamp,
            "水管破裂 at": self.pipe,
            "管 mill": self.Case,
            "裂 at mill": self.pipe,
            "mill lane": self.pipe | self.hole,
            self.hole.number: self.hole,
        }.items():
            domain = Domain("display_name", "ilike", typed)
            with self.subTest(typed):
                ours = domain & Domain("id", "in", self.cases.ids)
                seen = self.Case.with_user(self.manager).search(ours)
                self.assertEqual(set(seen.ids), set(found.ids))
                self.assertEqual(self.cases.filtered_domain(domain), found, "in Python")

    def test_a_number_with_chinese_characters(self):
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET number = '陳情-7' WHERE id = %s",
            (self.hole.id,),
        )
        found = self.Case.search([("display_name", "ilike", "陳情-7")])
        self.assertEqual(found, self.hole)

    def test_all_but_those(self):
        domain = [("display_name", "not ilike", "路燈"), ("id", "in", self.cases.ids)]
        self.assertEqual(
            set(self.Case.search(domain).ids), set((self.hole | self.pipe).ids)
        )

    def test_two_characters_are_found_by_their_index(self):
        """The database knows the expression of the query as the one of the index."""
        query = self.Case._search([("display_name", "ilike", "路燈")])
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_indexscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        self.assertIn("helpdesk_ticket_characters_index", str(plan))


class TestClosed(CitizenCommon):
    """The base's word for an ended case, answered by our own column."""

    def test_closed_is_not_open(self):
        going, ended = self._create_case(), self._create_case()
        self._move(ended, "withdrawn")
        self.assertEqual((going.closed, ended.closed), (False, True))
        self.assertSearchAgrees(
            self.Case, "closed", [True, False], [("id", "in", (going | ended).ids)]
        )

    def test_teams_count_open_cases(self):
        going, ended = (
            self._create_case(category_id=self.pothole.id) for _place in range(2)
        )
        before = self.roads.todo_ticket_count
        self._move(ended, "withdrawn")
        self.roads.invalidate_recordset()
        self.assertEqual(self.roads.todo_ticket_count, before - 1)
        self.assertTrue(going.is_open)


class TestCreatedNote(CitizenCommon):
    """That a case was registered is told to who follows it, and noted otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # pylint: disable-next=context-overridden
        cls.Case = cls.Case.with_context(tracking_disable=False)
        cls.created = cls.env.ref("helpdesk_mgmt.hlp_tck_created")

    def _register(self, *teams):
        values = [
            self._case_values(team_id=team.id, category_id=False) for team in teams
        ]
        return self.Case.with_user(self.clerk).create(values)

    def test_followers_of_the_team_hear_of_its_cases(self):
        team_created = self.env.ref("helpdesk_mgmt.hlp_tck_team_created")
        reader = self.manager.partner_id
        self.roads.message_subscribe(reader.ids, team_created.ids)
        followed, other = self._register(self.roads, self.parks)
        self.assertIn(reader, followed.sudo().message_partner_ids)
        self.assertEqual(followed.sudo().message_ids.subtype_id, self.created)
        note = self.env.ref("mail.mt_note")
        self.assertEqual(other.sudo().message_ids.subtype_id, note)

    def test_each_case_has_its_note(self):
        cases = self._register(*[self.roads] * 3)
        for case in cases:
            self.assertEqual(len(case.sudo().message_ids), 1)
            self.assertIn("Case registered", case.sudo().message_ids.body)

    def test_who_registers_and_follows_hears_nothing_of_it(self):
        case = self._register(self.roads)
        self.assertEqual(case.sudo().message_partner_ids, self.clerk.partner_id)
        note = self.env.ref("mail.mt_note")
        self.assertEqual(case.sudo().message_ids.subtype_id, note)

    def test_nobody_is_looked_for(self):
        """Who follows new cases is known: that costs no query, however many."""
        cases = self._register(*[self.roads] * 3)
        with self.assertQueryCount(0):
            self.assertFalse(any(case._creation_subtype() for case in cases))
