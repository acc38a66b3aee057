"""The staff pulse: nobody learns who said what, and nobody answers twice."""

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import retrying
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..tools.intervals import wilson
from .at_once_common import AtOnceCase
from .common import CitizenCommon

SECRET = ("citizen.staff.pulse.seat", "citizen.staff.pulse.tally")
MAGIC = ("create_uid", "create_date", "write_uid", "write_date")
QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


@tagged("post_install", "-at_install")
class TestStaffPulse(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.works = cls.env["hr.department"].create({"name": "Works"})
        cls.green = cls.env["hr.department"].create({"name": "Green"})
        cls.coordinator = cls._create_user(
            "pulse", "citizen_crm.group_evaluation_coordinator"
        )
        cls.staff = {}
        for team, department, count in (
            ("Streets", cls.works, 7),
            ("Bridges", cls.works, 2),
            ("Lawns", cls.green, 6),
        ):
            cls.staff[team] = cls._hire(team, department, count)
        cls.questions = cls.env["citizen.staff.pulse.question"].search([])
        cls.pulse = cls._plan()

    @classmethod
    def _hire(cls, name, department, count):
        team = cls._create_team(name, department_id=department.id)
        users = [
            cls._create_user(f"{name.lower()}{number}", "base.group_user")
            for number in range(count)
        ]
        cls.env["citizen.team.member"].create(
            [
                {
                    "team_id": team.id,
                    "employee_id": cls._create_employee(user.name, user).id,
                    "date_from": "2025-01-01",
                }
                for user in users
            ]
        )
        return users

    @classmethod
    def _plan(cls, **values):
        parent = cls.env["hr.department"].create({"name": "City"})
        (cls.works + cls.green).parent_id = parent
        return (
            cls.env["citizen.staff.pulse"]
            .with_user(cls.coordinator)
            .create(
                {
                    "name": "Spring",
                    "department_id": parent.id,
                    "date_to": "2026-03-20",
                    **values,
                }
            )
        )

    def _say(self, user, choice="agree", pulse=None, **others):
        """Answer all questions alike, but for those named by their code."""
        pulse = pulse or self.pulse
        answers = {
            str(question.id): others.get(question.code, choice)
            for question in pulse.sudo().question_ids
        }
        return pulse.with_user(user).action_answer(answers)

    def _run(self, agree):
        """Open the round; so many of each team agree, and the others disagree."""
        self.pulse.action_open()
        for name, users in self.staff.items():
            for number, user in enumerate(users):
                self._say(user, "agree" if number < agree[name] else "disagree")
        with freeze_time("2026-03-21 06:00:00"):
            self.env["citizen.staff.pulse"]._cron_finish()

    def _get_results(self, code="share"):
        return {
            row.name: (row.agree_count, row.said_count)
            for row in self.pulse.with_user(self.outsider).result_ids
            if row.question_id.code == code
        }

    # ------------------------------------------------------------------ results
    def test_few_stand_together_with_others(self):
        """Two of Bridges cannot be told apart, neither by their row nor by taking
        one row from another."""
        self._run({"Streets": 4, "Bridges": 2, "Lawns": 2})
        self.assertEqual(
            self._get_results(),
            {"Bridges, Lawns": (4, 8), "Streets": (4, 7), "City": (8, 15)},
        )
        row = self.pulse.result_ids.filtered(
            lambda one: one.name == "Streets" and one.question_id.code == "share"
        )
        low, high = wilson(4, 7)
        self.assertEqual(row.share, 57.1)
        self.assertAlmostEqual(row.low, 100 * low, delta=0.05)
        self.assertAlmostEqual(row.high, 100 * high, delta=0.05)
        self.assertEqual((self.pulse.asked_count, self.pulse.answer_count), (15, 15))
        self.assertEqual(self.pulse.state, "finished")

    def test_who_cannot_say_does_not_count(self):
        self.pulse.action_open()
        for number, user in enumerate(self.staff["Lawns"]):
            self._say(user, "agree" if number % 2 else "disagree", share="unsure")
        self.pulse.sudo()._finish()
        self.assertEqual(self._get_results("means"), {"City": (3, 6)})
        self.assertFalse(self._get_results("share"))

    def test_all_of_one_mind_are_not_told_alone(self):
        """If all of a team agree, their row would say what each of them said."""
        self._run({"Streets": 7, "Bridges": 1, "Lawns": 3})
        self.assertEqual(
            self._get_results(),
            {"Bridges, Streets": (8, 9), "Lawns": (3, 6), "City": (11, 15)},
        )

    def test_nothing_is_left_when_it_is_over(self):
        self._run({"Streets": 3, "Bridges": 1, "Lawns": 3})
        for model in SECRET:
            self.assertFalse(self.env[model].search([("pulse_id", "=", self.pulse.id)]))
        with self.assertRaisesRegex(UserError, "over"):
            self._say(self.staff["Lawns"][0])

    def test_a_cancelled_round_tells_nothing(self):
        self.pulse.action_open()
        self._say(self.staff["Lawns"][0])
        self.pulse.action_cancel()
        self.assertFalse(self.pulse.result_ids)
        for model in SECRET:
            self.assertFalse(self.env[model].search([("pulse_id", "=", self.pulse.id)]))

    # ---------------------------------------------------------------- anonymity
    @mute_logger(*QUIET)
    def test_nobody_reads_seats_or_counts(self):
        """Not the coordinator, not the administrator, by no way of calling."""
        self.pulse.action_open()
        self._say(self.staff["Lawns"][0])
        admin = self._create_user("pulseadmin", "base.group_system")
        for user in (self.coordinator, admin, self.staff["Lawns"][0], self.outsider):
            for name in SECRET:
                model = self.env[name].with_user(user)
                row = model.sudo().search([], limit=1).with_user(user)
                for call in (
                    lambda model=model: model.search([]),
                    lambda model=model: model.search_count([]),
                    lambda model=model: model._read_group([], [], ["__count"]),
                    lambda row=row: row.read(["pulse_id"]),
                    lambda row=row: row.web_read({"pulse_id": {}}),
                    lambda row=row: row.write({"pulse_id": False}),
                    lambda row=row: row.unlink(),
                    lambda model=model: model.create({}),
                ):
                    with self.assertRaises(AccessError):
                        call()

    def test_rows_know_neither_person_nor_time(self):
        """A count has no link to a person, a seat none to an answer, and neither knows
        when or by whom it was written."""
        dated, people = {"date", "datetime"}, {"res.users", "res.partner"}
        people |= {"hr.employee", "citizen.team.member"}
        for name in (*SECRET, "citizen.staff.pulse.result"):
            stored = [f for f in self.env[name]._fields.values() if f.store]
            if name in SECRET:
                self.assertFalse({field.name for field in stored} & set(MAGIC), name)
                self.assertFalse(self._get_columns(name) & set(MAGIC), name)
                self.assertFalse([f for f in stored if f.type in dated], name)
            if name != "citizen.staff.pulse.seat":
                linked = [f for f in stored if f.comodel_name in people]
                self.assertFalse([f for f in linked if f.name not in MAGIC], name)
        seat = set(self.env["citizen.staff.pulse.seat"]._fields)
        self.assertFalse(seat & {"agree", "disagree", "unsure", "question_id"})

    def _get_columns(self, model):
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            (self.env[model]._table,),
        )
        return {name for (name,) in self.env.cr.fetchall()}

    def test_the_database_marks_no_count_apart(self):
        """All counts of the team are touched alike, whatever was said."""
        self.pulse.action_open()
        self._say(self.staff["Lawns"][0], share="disagree")
        self.env.cr.execute(
            "SELECT count(DISTINCT xmin::text || ' ' || cmin::text)"
            " FROM citizen_staff_pulse_tally WHERE pulse_id = %s AND team_id IN"
            " (SELECT team_id FROM citizen_team_member WHERE user_id = %s)",
            (self.pulse.id, self.staff["Lawns"][0].id),
        )
        self.assertEqual(self.env.cr.fetchone(), (1,))

    def test_nothing_is_told_while_it_is_open(self):
        self.pulse.action_open()
        for user in self.staff["Lawns"]:
            self._say(user)
        seen = self.pulse.with_user(self.coordinator)
        self.assertFalse(seen.answer_count)
        self.assertFalse(seen.result_ids)

    # ---------------------------------------------------------------- answering
    def test_the_page(self):
        """Only who is asked sees the round, in the team where they work most."""
        user, pulses = self.staff["Bridges"][0], self.env["citizen.staff.pulse"]
        self.assertFalse(pulses.with_user(user).get_my_pulses())
        self.pulse.action_open()
        (page,) = pulses.with_user(user).get_my_pulses()
        self.assertEqual((page["name"], page["team"]), ("Spring", "Bridges"))
        self.assertEqual(len(page["questions"]), 5)
        self.assertFalse(page["is_done"])
        self._say(user)
        (page,) = pulses.with_user(user).get_my_pulses()
        self.assertTrue(page["is_done"])
        self.assertFalse(pulses.with_user(self.outsider).get_my_pulses())

    def test_once_and_by_who_is_asked(self):
        self.pulse.action_open()
        user = self.staff["Lawns"][0]
        self._say(user)
        for other in (user, self.outsider):
            with self.assertRaisesRegex(UserError, "already, or are not asked"):
                self._say(other)
        with self.assertRaises(UserError):
            self._say(self.portal)

    def test_all_questions_or_none(self):
        self.pulse.action_open()
        asked = self.pulse.with_user(self.staff["Lawns"][0])
        good = dict.fromkeys(self.questions.ids, "agree")
        for answers in (
            {},
            None,
            [1],
            {"x": "agree"},
            {**good, 0: "agree"},
            dict.fromkeys(self.questions.ids[1:], "agree"),
            dict.fromkeys(self.questions.ids, "yes"),
        ):
            with self.assertRaisesRegex(UserError, "each sentence"):
                asked.action_answer(answers)
        self.assertFalse(asked.get_my_pulses()[0]["is_done"])

    # ----------------------------------------------------------------- planning
    @mute_logger(*QUIET)
    def test_the_coordinator_plans_and_opens(self):
        with self.assertRaises(AccessError):
            self.pulse.with_user(self.outsider).action_open()
        for vals in ({"state": "finished"}, {"answer_count": 5}):
            with self.assertRaisesRegex(AccessError, "buttons"):
                self.pulse.write(vals)
        self.pulse.action_open()
        with self.assertRaisesRegex(AccessError, "stays as it is"):
            self.pulse.name = "Other"
        with self.assertRaisesRegex(UserError, "already"):
            self.pulse.action_open()
        with self.assertRaisesRegex(UserError, "cancelled, not deleted"):
            self.pulse.unlink()

    def test_what_cannot_be_opened(self):
        small = self.env["hr.department"].create({"name": "Small"})
        for values, reason in (
            ({"department_id": small.id}, "only 0 people"),
            ({"date_to": "2026-03-03"}, "still to come"),
            ({"question_ids": False}, "choose at least one"),
        ):
            with self.assertRaisesRegex(UserError, reason), self.env.cr.savepoint():
                self._plan(**values).action_open()

    def test_a_round_of_a_cycle_asks_its_department(self):
        cycle = self.env["citizen.evaluation.cycle"].create(
            {
                "name": "Half-year",
                "department_id": self.works.id,
                "date_from": "2026-04-01",
                "date_to": "2026-09-30",
            }
        )
        pulse = self.env["citizen.staff.pulse"].create(
            {"name": "Of it", "cycle_id": cycle.id, "date_to": "2026-03-20"}
        )
        self.assertEqual(pulse.department_id, self.works)
        pulse.action_open()
        self.assertEqual(pulse.asked_count, 9)
        with self.assertRaises(ValidationError):
            self._plan(cycle_id=cycle.id, department_id=self.green.id)

    def test_a_sentence_that_was_asked_is_not_changed(self):
        question = self.questions[0].with_user(self.coordinator)
        question.text = "Work is shared well in my team."
        self.pulse.action_open()
        with self.assertRaisesRegex(UserError, "new version"):
            question.text = "Other"
        with self.assertRaisesRegex(UserError, "archived, not deleted"):
            question.unlink()
        context = question.action_new_version()["context"]
        new = question.with_context(**context).create({"text": "Other"})
        self.assertEqual((new.code, new.version, new.active), ("share", 2, True))
        self.assertFalse(question.active)
        self.assertIn(question, self.pulse.with_context(active_test=False).question_ids)

    def test_it_is_a_measure_of_teams(self):
        measure = self.env.ref("citizen_crm.measure_e3")
        self.assertEqual(
            (measure.kind, measure.for_person, measure.for_team), ("pulse", False, True)
        )
        cycle = self.env["citizen.evaluation.cycle"]
        self.assertNotIn(measure, cycle._default_measure_ids())


@tagged("post_install", "-at_install")
class TestPulseAtOnce(AtOnceCase):
    """One person answers in two windows at the same moment."""

    @classmethod
    def _build(cls, env):
        team = env["helpdesk.ticket.team"].create({"name": "Pulse at once"})
        context = {"no_reset_password": True}
        users = [
            new_test_user(env, f"pulse_{number}", context=context)
            for number in range(5)
        ]
        employees = env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id} for user in users]
        )
        env["citizen.team.member"].create(
            [
                {"team_id": team.id, "employee_id": one.id, "date_from": "2020-01-01"}
                for one in employees
            ]
        )
        department = env["hr.department"].create({"name": "Pulse at once"})
        team.department_id = department
        pulse = env["citizen.staff.pulse"].create(
            {
                "name": "At once",
                "department_id": department.id,
                "date_to": fields.Date.today(),
            }
        )
        pulse.action_open()
        cls.ids = {
            "pulse": pulse.id,
            "team": team.id,
            "department": department.id,
            "users": [user.id for user in users],
            "employees": employees.ids,
        }

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute(
                "DELETE FROM citizen_staff_pulse WHERE id = %s", (cls.ids["pulse"],)
            )
            team = env["helpdesk.ticket.team"].browse(cls.ids["team"])
            team.member_ids.unlink()
            team.unlink()
            for model in ("hr.employee", "hr.department", "res.users"):
                key = {"hr.employee": "employees", "res.users": "users"}.get(model)
                env[model].browse(cls.ids[key or "department"]).unlink()
        super().tearDownClass()

    def _answer(self, cr, choice):
        env = api.Environment(cr, self.ids["users"][0], {})
        pulse = env["citizen.staff.pulse"].browse(self.ids["pulse"])
        asked = pulse.sudo().question_ids.ids
        pulse.action_answer(dict.fromkeys(asked, choice))

    @mute_logger("odoo.sql_db")
    def test_the_first_counts(self):
        with self.registry.cursor() as slow, self.registry.cursor() as fast:
            # The slow window has begun before the fast one is done.
            slow.execute("SELECT count(*) FROM citizen_staff_pulse_seat")
            self._answer(fast, "agree")
            fast.commit()
            env = api.Environment(slow, self.ids["users"][0], {})
            with self.assertRaises(UserError):
                retrying(lambda: self._answer(slow, "disagree"), env)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT sum(agree), sum(disagree) FROM citizen_staff_pulse_tally"
                " WHERE pulse_id = %s",
                (self.ids["pulse"],),
            )
            self.assertEqual(cr.fetchone(), (5, 0))
