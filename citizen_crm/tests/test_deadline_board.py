"""The lead's board: cases by handler and due day, no other ones than may be seen."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from . import common, sla_common

#: A Wednesday; weeks begin on Sunday in the tests' language, en_US.
DUE = {
    "late": datetime(2026, 3, 4, 7, 59),
    "today": datetime(2026, 3, 4, 23, 59),
    "tomorrow": datetime(2026, 3, 5, 0, 0),
    "week": datetime(2026, 3, 7, 23, 59),
    "later": datetime(2026, 3, 8, 0, 0),
    "none": False,
}


@freeze_time("2026-03-04 08:00:00")
class TestDeadlineBoard(sla_common.SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roads.user_ids += cls.lead
        cls.pothole.effort_points = 2.5
        handlers = [cls.handler, cls.teamworker, cls.env["res.users"]]
        for number, due in enumerate(DUE.values()):
            for role in ("citizen", "customer"):
                case = cls._create_case(
                    category_id=cls.pothole.id,
                    role=role,
                    user_id=handlers[number % 3].id,
                )
                case.sudo().due_date = due
        cls.paused = cls._create_case(
            category_id=cls.pothole.id, user_id=cls.handler.id
        )
        cls.paused.sudo().is_paused = True
        answered = cls._create_case(category_id=cls.pothole.id)
        cls._move(answered.sudo(), "answered")
        cls.secret = cls._create_case(
            category_id=cls.pothole.id, nature="misconduct_report"
        ).sudo()
        cls.secret.due_date = DUE["late"]
        cls._create_case(category_id=cls.tree.id).sudo().due_date = DUE["late"]

    def _board(self, user=None, team_id=None):
        Case = self.Case.with_user(user or self.lead)
        return Case.get_deadline_board(team_id)

    def _count(self, board, key, user_id=None):
        return sum(
            row["cells"][key]["count"]
            for row in board["rows"]
            if user_id is None or row["user_id"] == user_id
        )

    def test_column_computed_searched_and_grouped_alike(self):
        columns = [*DUE, "paused", False]
        self.assertSearchAgrees(self.Case, "due_column", columns)
        groups = dict(self.Case._read_group([], ["due_column"], ["__count"]))
        for column in columns:
            found = self.Case.search_count([("due_column", "=", column)])
            self.assertEqual(groups[column], found, column)

    def test_column_edges(self):
        case = self._create_case(category_id=self.pothole.id)
        for column, due in DUE.items():
            case.sudo().due_date = due
            self.assertEqual(case.due_column, column)

    def test_saturday_has_no_day_left_this_week(self):
        """Tomorrow begins a week; what is due then is due tomorrow, not later."""
        case = self._create_case(category_id=self.pothole.id)
        case.sudo().due_date = datetime(2026, 3, 8, 12)
        with freeze_time("2026-03-07 08:00:00"):
            case.invalidate_recordset(["due_column", "due_state"])
            self.assertEqual(case.due_column, "tomorrow")
            self.assertSearchAgrees(self.Case, "due_column", [*DUE, "paused", False])

    def test_cells_are_searches(self):
        """Each number is what the list shows that a click on it opens."""
        board = self._board()
        self.assertEqual([column["key"] for column in board["columns"]][0], "late")
        self.assertGreater(len(board["rows"]), 2)
        Case = self.Case.with_user(self.lead)
        for row in board["rows"]:
            for column, cell in row["cells"].items():
                with self.subTest(row=row["name"], column=column):
                    cases = Case.search(
                        [
                            *board["domain"],
                            ("user_id", "=", row["user_id"]),
                            ("due_column", "=", column),
                        ]
                    )
                    self.assertEqual(cell["count"], len(cases))
                    self.assertEqual(cell["points"], 2.5 * len(cases))

    def test_rows_are_members_and_nobody(self):
        names = [row["name"] for row in self._board()["rows"]]
        self.assertEqual(names, ["Nobody yet", "Handler", "Lead", "Teamworker"])

    def test_answered_cases_and_other_teams_are_left_out(self):
        board = self._board()
        total = sum(self._count(board, key) for key in [*DUE, "paused"])
        self.assertEqual(total, 2 * len(DUE) + 1)

    def test_only_what_the_lead_may_see(self):
        """Neither the confidential report, nor the role without a clearance."""
        self.assertEqual(self._count(self._board(), "late"), 2)
        half = self._create_user(
            "half",
            "citizen_crm.group_team_lead,citizen_crm.group_clearance_customer",
        )
        self.roads.user_ids += half
        self.roads.user_id = half
        self.assertEqual(self._count(self._board(half), "late"), 1)
        self.assertEqual(self._count(self._board(half), "paused"), 0)
        trusted = self._create_user(
            "trusted",
            f"citizen_crm.group_team_lead,{common.CLEARED},"
            "citizen_crm.group_confidential",
        )
        self.roads.user_ids += trusted
        self.roads.user_id = trusted
        self.assertEqual(self._count(self._board(trusted), "late"), 3)

    def test_head_sees_the_teams_of_the_department(self):
        head = self._create_user(
            "head", f"citizen_crm.group_department_head,{common.CLEARED}"
        )
        department = self.env["hr.department"].create(
            {"name": "Works", "manager_id": self._create_employee("Head", head).id}
        )
        (self.roads + self.parks).department_id = department
        board = self._board(head)
        self.assertEqual(len(board["teams"]), 2)
        self.assertEqual(self._count(board, "late"), 3)
        one = self._board(head, self.parks.id)
        self.assertEqual((one["team_id"], self._count(one, "late")), (self.parks.id, 1))

    def test_who_may_open_it(self):
        for user in (self.handler, self.clerk, self.portal, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._board(user)
        with self.assertRaisesRegex(UserError, "Team"):
            self._board(team_id=self.parks.id)

    def test_cost(self):
        """The board costs the same for few cases and for many."""
        self._board()
        for count in (0, 30):
            values = self._case_values(
                category_id=self.pothole.id, due_date=common.NOW + timedelta(days=1)
            )
            self.Case.create([values] * count)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(10):
                self._board()
