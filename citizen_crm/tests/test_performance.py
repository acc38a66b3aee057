"""Registering costs three quarters of the queries of the base at most.

The base was measured on a database with `helpdesk_mgmt` and `hr` alone, warm, as
superuser and as an ordinary agent, each case with category, contact and team
(tests/benchmark/bench_create.py does both and compares the times as well).
"""

from .assignment_common import AssignmentCommon
from .common import CitizenCommon

#: Queries of the base: who registers, cases at once -> queries.
BASE_QUERIES = {
    ("superuser", 1): 12,
    ("superuser", 100): 1002,
    ("agent", 1): 14,
    ("agent", 100): 1004,
}
LIMIT = 0.75


class TestPerformance(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # With mails and tracking, as in the base's figures.
        context = {"lang": "en_US", "tz": "UTC"}
        # pylint: disable-next=context-overridden
        cls.Case = cls.Case.with_context(context).with_env(cls.env(context=context))
        cls.people = cls.env["res.partner"].create(
            [{"name": f"Person {index}"} for index in range(10)]
        )
        cls._create_cases(cls.env.user, 20)
        cls._create_cases(cls.clerk, 20)

    @classmethod
    def _create_cases(cls, user, count):
        values = [
            cls._case_values(
                partner_id=cls.people[index % 10].id, category_id=cls.pothole.id
            )
            for index in range(count)
        ]
        cases = cls.Case.with_user(user).create(values)
        cases.env.flush_all()
        return cases

    def test_registering(self):
        """Alone and in a batch, for the superuser and for a clerk."""
        users = {"superuser": self.env.user, "agent": self.clerk}
        for (who, count), base in BASE_QUERIES.items():
            with self.subTest(who=who, count=count):
                # Warm, as the base's figures are.
                self._create_cases(users[who], 1)
                with self.assertQueryCount(int(base * LIMIT)):
                    self._create_cases(users[who], count)

    def test_a_batch_does_not_pay_per_case(self):
        """What history, people, routing and numbers cost does not grow."""
        values = [self._case_values(category_id=self.pothole.id) for _i in range(50)]
        cases = self._create_cases(self.clerk, 50)
        self.env.flush_all()
        with self.assertQueryCount(1):
            cases._log_births()
            self.env.flush_all()
        with self.assertQueryCount(2):
            self.Case._complete_people(values)
            self.Case._complete_stages(values)

    def test_people_of_a_batch_are_read_at_once(self):
        """With who registers: two searches, and what is read of them and the type."""
        values = [
            self._case_values(partner_id=person.id, category_id=self.pothole.id)
            for person in self.people
        ]
        self._create_cases(self.clerk, 10)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            self.Case.with_user(self.clerk)._complete_people(values)

    def test_moving_one(self):
        """As a handler drags it: with its note, event and clocks."""
        case = self._create_cases(self.clerk, 1)
        stage = self._stage("in_work")
        case.env.cr.flush()
        case.env.invalidate_all()
        with self.assertQueryCount(26):
            case.write({"stage_id": stage.id})
            case.env.cr.flush()

    def test_moving_a_batch(self):
        """History of a hundred moves is one insertion."""
        cases = self._create_cases(self.clerk, 100).with_context(tracking_disable=True)
        stage = self._stage("in_work")
        cases.mapped("stage_id.phase")
        with self.assertQueryCount(11):
            cases.write({"stage_id": stage.id})
            self.env.flush_all()


class TestSharedPerformance(AssignmentCommon):
    """What a rule in force adds to registering; it is not paid for each case."""

    def _count(self, count, category):
        """Return the queries that registering so many cases costs, warm."""
        self._file(1, category_id=category.id)
        self.env.flush_all()
        self.env["ir.cron.trigger"].flush_model()
        before = self.env.cr.sql_log_count
        self._file(count, category_id=category.id)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_registering_in_a_team_that_shares(self):
        for count in (1, 100):
            with self.subTest(count=count):
                plain = self._count(count, self.tree)
                self.assertLessEqual(self._count(count, self.pothole) - plain, 1)

    def test_registering_with_a_handler(self):
        """Hours of duty are read once for all that is charged."""
        users = {self.parks: self.clerk, self.roads: self.ann.user_id}
        costs = {}
        for team, category in ((self.parks, self.tree), (self.roads, self.pothole)):
            for count in (1, 100):
                values = {"category_id": category.id, "user_id": users[team].id}
                self._file(1, **values)
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                self._file(count, **values)
                self.env.flush_all()
                costs[team, count] = self.env.cr.sql_log_count - before
        for count in (1, 100):
            added = costs[self.roads, count] - costs[self.parks, count]
            self.assertLessEqual(added, 10, costs)
