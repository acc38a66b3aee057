"""The two roles as one table: nature × role → duties, promises, readers, gate."""

from typing import NamedTuple

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.catalogue.helpdesk_ticket_category import NATURES
from .common import CLEARED
from .reply_common import ReplyCommon
from .sla_common import SlaCommon

DESK = "citizen_crm.group_"
#: Who asks to see a case: all of them see every case of a role but for their groups.
READERS = {
    "citizen_clerk": f"{DESK}intake_clerk,{DESK}clearance_citizen",
    "customer_clerk": f"{DESK}intake_clerk,{DESK}clearance_customer",
    "trusted": f"{DESK}intake_clerk,{CLEARED},{DESK}confidential",
    "outsider": "base.group_user",
    "petitioner": "base.group_portal",
    "colleague": "base.group_portal",
    "stranger": "base.group_portal",
}
#: What the usual rules promise for what is received on Wednesday, 4 March, at eight.
NEXT_DAY = "2026-03-05"
EARLIER = "2026-03-01 08:00:00"
LAWFUL = {
    "resolve statutory 2026-03-12",
    f"acknowledge service {NEXT_DAY}",
    f"transfer service {NEXT_DAY}",
}
SLOW = LAWFUL - {"resolve statutory 2026-03-12"} | {"resolve statutory 2026-04-15"}
STANDARD = {"resolve service 2026-03-18", f"transfer service {NEXT_DAY}"}


class Row(NamedTuple):
    """What follows from the role and the nature of a case."""

    duties: str  #: owed before it is answered or closed, in order
    promises: set[str]  #: kind, basis and day of each clock
    readers: str


OWN = "petitioner trusted"
PETITION = f"citizen_clerk {OWN}"
ORDER = f"customer_clerk colleague {OWN}"
HEARD = "acknowledge reply remedies"
TABLE = {
    ("citizen", "inquiry"): Row("acknowledge reply", LAWFUL, PETITION),
    ("citizen", "service_request"): Row("acknowledge reply", LAWFUL, PETITION),
    ("citizen", "proposal"): Row("acknowledge reply", LAWFUL, PETITION),
    ("citizen", "praise"): Row("acknowledge", LAWFUL, PETITION),
    ("citizen", "complaint"): Row(f"{HEARD} approval:lead", LAWFUL, PETITION),
    ("citizen", "misconduct_report"): Row(f"{HEARD} approval:head", SLOW, OWN),
    ("citizen", "rights_protection"): Row(f"{HEARD} approval:head", LAWFUL, PETITION),
    ("customer", "inquiry"): Row("result", STANDARD, ORDER),
    ("customer", "service_request"): Row("result", STANDARD, ORDER),
    ("customer", "proposal"): Row("result", STANDARD, ORDER),
    ("customer", "praise"): Row("", STANDARD, ORDER),
    ("customer", "complaint"): Row("result", STANDARD, ORDER),
    # Confidential whatever the role is: not for the service desk, nor for colleagues.
    ("customer", "misconduct_report"): Row("result", STANDARD, OWN),
    ("customer", "rights_protection"): Row("result", STANDARD, ORDER),
}


@tagged("post_install", "-at_install")
class TestRightsTable(ReplyCommon, SlaCommon):
    """Role and nature decide; who tries something else leaves no trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: cls._create_user(f"table_{name}", groups)
            for name, groups in READERS.items()
        }
        petitioner, colleague = (
            cls.users[name].partner_id for name in ("petitioner", "colleague")
        )
        (petitioner | colleague).parent_id = cls.bakery
        petitioner.write({"lang": "en_US", "email": "petitioner@example.com"})
        cls.petitioner = petitioner
        rules = cls.env["citizen.sla.rule"]
        drafts = rules.create(rules._prepare_usual_rules())
        drafts.valid_from = "2020-01-01 00:00:00"
        drafts.action_activate()

    def _bring(self, role, nature, **values):
        """Register what the petitioner brings for Roads; the handler gets it."""
        return self._file(
            partner_id=self.petitioner.id, role=role, nature=nature, **values
        )

    def _check_each(self, check):
        """Check a case of each row of the table."""
        for (role, nature), row in TABLE.items():
            with self.subTest(role=role, nature=nature):
                check(self._bring(role, nature), row)

    # -------------------------------------------------------------- the table
    def test_every_role_and_nature_is_in_the_table(self):
        roles = dict(self.Case._fields["role"]._description_selection(self.env))
        natures = dict(NATURES)
        self.assertEqual(
            TABLE.keys(), {(role, nature) for role in roles for nature in natures}
        )

    def test_duties(self):
        self._check_each(self._check_duties)

    def _check_duties(self, case, row):
        self.assertEqual(self._owed(case), row.duties)

    def test_promises(self):
        self._check_each(self._check_promises)

    def _check_promises(self, case, row):
        promised = {
            f"{clock.kind} {clock.basis} {clock.due.date()}"
            for clock in case.sudo().clock_ids
        }
        self.assertEqual(promised, row.promises)

    def test_readers(self):
        self._check_each(self._check_readers)

    def _check_readers(self, case, row):
        seen = {
            name
            for name, user in self.users.items()
            if case.with_user(user).with_context(lang=None).has_access("read")
        }
        self.assertEqual(seen, set(row.readers.split()))

    def test_gate(self):
        self._check_each(self._check_gate)

    def _check_gate(self, case, row):
        """Refused while something is owed, open once all of it is done."""
        ids = [duty.id for duty in case._get_owed()]
        names = [case.number, *self.env["citizen.duty"].browse(ids).mapped("name")]
        for phase in ("answered", "closed") if row.duties else ():
            message = self._refuse(case, self._drag(phase))
            for name in names:
                self.assertIn(name, message)
        if "reply" in row.duties or "result" in row.duties:
            self._answer(case)
        elif row.duties:
            self._ask(case, "Thank you!")
        self._move(case, "answered", "closed")
        self.assertPhase(case, "closed")

    # ------------------------------------------------------ what is forbidden
    def test_forbidden(self):
        """What nobody may do to an open case: role, who, and what they try."""
        customer = {"role": "customer"}
        history = {"event_ids": [(0, 0, {"kind": "answered"})]}
        for number, (role, who, what) in enumerate(
            (
                ("citizen", "handler", self._drag("not_handled")),
                ("citizen", "handler", self._drag("waiting")),
                ("customer", "handler", self._drag("waiting")),
                ("citizen", "handler", self._write(team_id=self.parks.id)),
                ("customer", "handler", self._write(category_id=self.bin.id)),
                ("citizen", "handler", self._write(**customer)),
                ("citizen", "clerk", self._write(number="1")),
                ("citizen", "handler", self._write(received_date=EARLIER)),
                ("citizen", "handler", self._write(closed_date=EARLIER)),
                ("citizen", "manager", self._write(**history)),
                ("citizen", "handler", self._send(summary=False)),
                ("citizen", "handler", self._send()),
                ("citizen", "lead", self._approve_own),
                ("citizen", "petitioner", self._drag("closed")),
                ("citizen", "petitioner", self._do("_portal_reopen", "Again!")),
                ("citizen", "petitioner", self._do("_portal_claim_rights")),
                ("customer", "colleague", self._do("_portal_withdraw")),
                ("customer", "colleague", self._do("_portal_claim_rights")),
                ("citizen", "stranger", self._do("_portal_withdraw")),
                ("citizen", "stranger", self._do("_portal_say", "Me too", [])),
            )
        ):
            with self.subTest(what=f"{number}: {role}, {who}"):
                case = self._bring(role, "complaint")
                self._refuse(case, what, self._person(who))

    def test_constraints(self):
        """What the database would show for an instant is taken back with the call."""
        blind = {"user_id": self.users["customer_clerk"].id}
        for nature, who, values in (
            ("misconduct_report", "handler", {"confidential": False}),
            ("complaint", "lead", blind),
        ):
            with self.subTest(values):
                case = self._bring("citizen", nature).with_user(self._person(who))
                before = self._traces(case)
                with self.assertRaises(ValidationError):
                    case.write(values)
                self.assertEqual(self._traces(case), before)

    def test_forbidden_when_ended(self):
        """Once the person has withdrawn it, nobody goes on as if nothing had been."""
        for who, what in (
            ("handler", self._send()),
            ("petitioner", self._do("_portal_say", "One more thing", [])),
            ("petitioner", self._do("_portal_withdraw")),
            ("colleague", self._do("_portal_reopen", "Again!")),
        ):
            with self.subTest(who=who):
                case = self._bring("citizen", "praise")
                case.with_user(self.users["petitioner"])._portal_withdraw()
                self._refuse(case, what, self._person(who))

    def _person(self, name):
        return self.users.get(name) or getattr(self, name)

    # Each gives a function that does what is lawful, and returns what is not.
    def _drag(self, phase):
        return lambda case: lambda: self._move(case, phase)

    def _write(self, **values):
        return lambda case: lambda: case.write(values)

    def _do(self, method, *args):
        return lambda case: lambda: getattr(case, method)(*args)

    def _send(self, **values):
        return lambda case: self._write_reply(case, **values).action_send

    def _approve_own(self, case):
        reply = self._write_reply(case)
        reply.action_ask_approval()
        return reply.action_approve

    def _refuse(self, case, what, user=None):
        """Something is prepared, and what then is tried is refused in words."""
        return self.assertNoTrace(case, what(case.with_user(user or self.handler)))
