from datetime import datetime, timedelta

from .common import CLEARED, CitizenCommon

#: Who stands in a test: the letter of the table, login, group.
PERSONAS = {
    "e": ("ann", f"citizen_crm.group_case_handler,{CLEARED}"),
    "b": ("bob", f"citizen_crm.group_case_handler,{CLEARED}"),
    "m": ("boss", "citizen_crm.group_evaluator"),
    "s": ("steward", "citizen_crm.group_data_steward"),
    "c": ("coordinator", "citizen_crm.group_evaluation_coordinator"),
    "r": ("reviewer", "citizen_crm.group_appeal_reviewer"),
    "a": ("auditor", "citizen_crm.group_evaluation_auditor"),
    "h": ("deskchief", "helpdesk_mgmt.group_helpdesk_manager"),
    "o": ("nobody", "base.group_user"),
}


class CycleCommon(CitizenCommon):
    """The roads department after a half-year: Ann was late more often than colleagues.

    Each of four people had 40 cases of one kind; Ann answered 20 late, the others 8.
    ``self.users`` are the personas by letter, ``self.evaluation`` is Ann's.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls._create_users(
            {f"eval_{login}": groups for login, groups in PERSONAS.values()},
            email="{}@x.example",
        )
        cls.users = dict(zip(PERSONAS, users.values(), strict=True))
        cls.boss = cls._create_employee("Boss", cls.users["m"])
        cls.department = cls.env["hr.department"].create(
            {"name": "Public Works", "manager_id": cls.boss.id}
        )
        cls.staff = {}
        for letter, name in (("e", "Ann"), ("b", "Bob"), ("", "Cid"), ("", "Dan")):
            user = cls.users.get(letter) or cls._create_user(
                f"eval_{name.lower()}", f"citizen_crm.group_case_handler,{CLEARED}"
            )
            cls.staff[name] = cls._create_employee(
                name, user, department_id=cls.department.id
            )
        cls.roads.department_id = cls.department
        cls.env["citizen.team.member"].create(
            [
                {
                    "team_id": cls.roads.id,
                    "employee_id": employee.id,
                    "date_from": "2024-01-01",
                }
                for employee in cls.staff.values()
            ]
        )
        cls.case = cls._create_case(category_id=cls.pothole.id).sudo()
        late = {"Ann": 20}
        for name, employee in cls.staff.items():
            cls._add_facts(employee, 40, late.get(name, 8))
        cls.cycle = cls._create_cycle()
        cls.evaluation = cls.cycle.evaluation_ids.filtered(
            lambda one: one.employee_id == cls.staff["Ann"]
        )
        cls.env.flush_all()

    @classmethod
    def _add_facts(cls, employee, count, late, month=10, **values):
        """Store so many cases of somebody, the first of them answered late."""
        Fact = cls.env["citizen.case.fact"]
        start = Fact.search_count([("case_id", "=", cls.case.id)])
        ended = datetime(2025, month, 1, 9)
        return Fact.create(
            [
                {
                    "case_id": cls.case.id,
                    "number": start + number + 1,
                    "case_number": f"2025-{employee.id}-{number:03d}",
                    "handler_id": employee.id,
                    "team_id": cls.roads.id,
                    "department_id": cls.department.id,
                    "category_id": cls.pothole.id,
                    "began_at": ended - timedelta(days=3),
                    "ended_at": ended + timedelta(hours=number),
                    "closed_on": ended + timedelta(hours=number),
                    "ended_by": "closed",
                    "late_resolution": "yes" if number < late else "no",
                    "counts_personally": True,
                    **values,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def _create_cycle(cls, **values):
        """Plan and announce a cycle of the last half-year, as if in time."""
        cycle = cls.env["citizen.evaluation.cycle"].create(
            {
                "name": "Second half of 2025",
                "department_id": cls.department.id,
                "date_from": "2025-07-01",
                "date_to": "2025-12-31",
                "coordinator_id": cls.users["c"].id,
                "steward_id": cls.users["s"].id,
                **values,
            }
        )
        cycle._announce()
        return cycle

    # ------------------------------------------------------------------- steps
    def _as(self, letter, evaluation=None):
        return (evaluation or self.evaluation).with_user(self.users[letter])

    def _facts(self, **values):
        domain = [("handler_id", "=", self.staff["Ann"].id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["citizen.case.fact"].search(domain, order="number")

    def _claim(self, fact=None, text="The bridge was closed"):
        fact = fact or self._facts(late_resolution="yes")[:1]
        return (
            self.env["citizen.evaluation.claim"]
            .with_user(self.users["e"])
            .create({"fact_id": fact.id, "kind": "not_my_doing", "text": text})
        )

    def _write(self, letter, text):
        """Write and submit a statement by the buttons."""
        action = self._as(letter).action_write()
        draft = self.env[action["res_model"]].with_user(self.users[letter])
        draft = draft.browse(action["res_id"])
        draft.text = text
        draft.action_submit()
        return draft

    def _explain(self):
        """Say a cause for all that is different, as the manager."""
        lines = self.evaluation.line_ids.with_user(self.users["m"])
        for line in lines.filtered(lambda line: line.word == "outside"):
            line.write({"cause": "conditions", "explanation": "A bridge was closed."})

    def _bring_to(self, state):
        """Bring Ann's evaluation to a state, as people do, with one claim."""
        steps = {
            "planned": lambda: None,
            "collecting": lambda: self.evaluation._move_by_time(),
            "data_check": lambda: self.evaluation._move_by_time(),
            "claims": lambda: (self._claim(), self._as("e").action_confirm_data()),
            "self": lambda: self._decide("rejected"),
            "manager": lambda: self._write("e", "I did what I could"),
            "shared": lambda: (self._explain(), self._write("m", "A good year")),
            "published": lambda: (
                self._as("e").action_finish(),
                self._as("m").action_finish(),
                self._as("c").action_publish(),
            ),
            "appealed": lambda: self._appeal(),
            "closed": lambda: self._decide_appeal("upheld"),
        }
        names = list(steps)
        begin, end = names.index(self.evaluation.state), names.index(state)
        for name in names[begin + 1 : end + 1]:
            steps[name]()
            self.assertEqual(self.evaluation.state, name)

    def _decide(self, state, reason="Looked at the file"):
        for claim in self.evaluation.claim_ids.with_user(self.users["s"]):
            if claim.state == "filed":
                claim.decision = reason
                claim.action_accept() if state == "accepted" else claim.action_reject()

    def _appeal(self):
        appeal = (
            self.env["citizen.evaluation.appeal"]
            .with_user(self.users["e"])
            .create({"evaluation_id": self.evaluation.id, "text": "Not fair"})
        )
        appeal.with_user(self.users["c"]).reviewer_id = self.users["r"]
        return appeal

    def _decide_appeal(self, state):
        appeal = self.evaluation.appeal_ids.with_user(self.users["r"])
        appeal.write({"reasons": "Looked at all", "new_conclusion": "Conditions"})
        {
            "upheld": appeal.action_uphold,
            "changed": appeal.action_change,
            "annulled": appeal.action_annul,
        }[state]()

    def _get_line(self, code="T2", letter=None):
        line = self.evaluation.line_ids.filtered(lambda line: line.code == code)
        return line.with_user(self.users[letter]) if letter else line
