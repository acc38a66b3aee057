"""Persona × model × operation, and persona × case × what can be done to see it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CLEARED, CitizenCommon

DESK = "citizen_crm.group_"
#: Who somebody is: the groups of each persona.
PERSONAS = {
    "outsider": "base.group_user",
    "oversight": f"{DESK}oversight",
    "clerk": f"{DESK}intake_clerk,{CLEARED}",
    "clerk_citizen": f"{DESK}intake_clerk,{DESK}clearance_citizen",
    "clerk_customer": f"{DESK}intake_clerk,{DESK}clearance_customer",
    "clerk_uncleared": f"{DESK}intake_clerk",
    "handler": f"{DESK}case_handler,{CLEARED}",
    "handler_citizen": f"{DESK}case_handler,{DESK}clearance_citizen",
    "lead": f"{DESK}team_lead,{CLEARED}",
    "head": f"{DESK}department_head,{CLEARED}",
    "catalogue": f"{DESK}catalogue_admin",
    "privacy": f"{DESK}privacy_officer,{CLEARED}",
    "trusted": f"{DESK}intake_clerk,{CLEARED},{DESK}confidential",
    "reported": f"{DESK}intake_clerk,{CLEARED},{DESK}confidential",
    "petitioner": "base.group_portal",
    "colleague": "base.group_portal",
    "stranger": "base.group_portal",
    "public": "base.group_public",
}
#: Which cases of the scene each persona sees; nothing else, by no operation.
#: ``petition`` and ``order`` belong to Roads, ``park`` to Parks, ``triage`` to no
#: team; ``report`` is confidential; ``own`` and ``bins`` are of the petitioner, who is
#: a contact of the bakery: ``own`` as a citizen, ``bins`` for the bakery.
EVERYTHING = "petition order park triage own bins"
SEES = {
    "outsider": "",
    "oversight": "",
    "clerk": EVERYTHING,
    "clerk_citizen": "petition park triage own",
    "clerk_customer": "order bins",
    "clerk_uncleared": "",
    "handler": "petition order triage",
    "handler_citizen": "petition triage",
    "lead": "petition order triage",
    "head": "petition order triage",
    "catalogue": "",
    "privacy": EVERYTHING,
    "trusted": f"{EVERYTHING} report",
    "reported": EVERYTHING,
    "petitioner": "own bins report",
    "colleague": "bins",
    "stranger": "",
    "public": "",
}
STAFF = set(PERSONAS) - {"petitioner", "colleague", "stranger", "public"}


@tagged("post_install", "-at_install")
class TestPersonaMatrix(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls._create_users(
            {
                f"matrix_{name}": groups
                for name, groups in PERSONAS.items()
                if name != "public"
            }
        )
        cls.users = {
            login.removeprefix("matrix_"): user for login, user in users.items()
        }
        cls.users["public"] = cls.public
        for name in STAFF:
            cls.users[name].group_ids += cls.env.ref("base.group_allow_export")
        cls._build_city()
        cls._build_cases()
        cls.env.flush_all()

    @classmethod
    def _build_city(cls):
        users = cls.users
        cls.roads.user_ids += (
            users["handler"] | users["handler_citizen"] | users["lead"]
        )
        head = cls._create_employee("Head", users["head"])
        cls.roads.department_id = cls.env["hr.department"].create(
            {"name": "Roads", "manager_id": head.id}
        )
        for name in ("petitioner", "colleague"):
            users[name].partner_id.parent_id = cls.bakery

    @classmethod
    def _build_cases(cls):
        petitioner = cls.users["petitioner"].partner_id
        reported = cls._create_employee("Reported", cls.users["reported"])
        scene = {
            "petition": {"partner_id": cls.ada.id, "category_id": cls.pothole.id},
            "order": {
                "partner_id": cls.ben.id,
                "role": "customer",
                "category_id": cls.pothole.id,
            },
            "park": {"partner_id": cls.ada.id, "category_id": cls.tree.id},
            "triage": {"partner_id": cls.ada.id},
            "report": {
                "partner_id": petitioner.id,
                "nature": "misconduct_report",
                "role": "citizen",
                "reported_employee_ids": reported.ids,
            },
            "own": {
                "partner_id": petitioner.id,
                "role": "citizen",
                "category_id": cls.tree.id,
            },
            "bins": {
                "partner_id": petitioner.id,
                "role": "customer",
                "category_id": cls.bin.id,
            },
        }
        cls.scene = {
            name: cls.Case.create(cls._case_values(name=name, **values))
            for name, values in scene.items()
        }
        cls.cases = cls.Case.union(*cls.scene.values())

    def _each(self):
        """Yield ``(persona, user, names seen)`` with nothing left in the cache."""
        for persona, names in SEES.items():
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(persona=persona):
                yield persona, self.users[persona], set(names.split())

    def _names(self, records):
        by_id = {case.id: name for name, case in self.scene.items()}
        return {by_id[record_id] for record_id in records.ids}

    def _tries(self, method, *args):
        """Return whether a call goes through, in a savepoint."""
        try:
            with self.env.cr.savepoint():
                method(*args)
        except (AccessError, UserError):
            return False
        return True

    def test_every_persona_is_in_the_table(self):
        self.assertEqual(PERSONAS.keys(), SEES.keys())
        self.assertGreaterEqual(len(PERSONAS), 12)

    def test_search_count_group(self):
        domain = [("id", "in", self.cases.ids)]
        for persona, user, seen in self._each():
            Case = self.Case.with_user(user)
            if persona == "public":
                self.assertFalse(self._tries(Case.search, domain))
                continue
            self.assertEqual(self._names(Case.search(domain)), seen)
            self.assertEqual(Case.search_count(domain), len(seen))
            grouped = Case._read_group(domain, [], ["id:recordset"])
            self.assertEqual(self._names(grouped[0][0]), seen)
            named = dict(Case.name_search(domain=domain))
            self.assertEqual(self._names(Case.browse(named)), seen)

    def test_read_one_by_one(self):
        for _persona, user, seen in self._each():
            for name, case in self.scene.items():
                case = case.with_user(user)
                with self.subTest(case=name):
                    readable = self._tries(case.read, ["name", "partner_id"])
                    self.assertEqual(readable, name in seen)

    def test_export(self):
        for persona, user, seen in self._each():
            for name, case in self.scene.items():
                case = case.with_user(user)
                with self.subTest(case=name):
                    exported = self._tries(case.export_data, ["name"])
                    self.assertEqual(exported, persona in STAFF and name in seen)

    def test_follow(self):
        for persona, user, seen in self._each():
            if persona == "public":
                continue
            for name, case in self.scene.items():
                with self.subTest(case=name):
                    self._tries(
                        case.with_user(user).message_subscribe, user.partner_id.ids
                    )
                    follows = user.partner_id in case.sudo().message_partner_ids
                    self.assertEqual(follows, name in seen)

    def test_write(self):
        """Staff write what they see; residents write nothing."""
        for persona, user, seen in self._each():
            for name, case in self.scene.items():
                case = case.with_user(user)
                with self.subTest(case=name):
                    written = self._tries(case.write, {"place": "Mill Lane"})
                    self.assertEqual(written, persona in STAFF and name in seen)

    def test_history_and_activities(self):
        Event = self.env["citizen.case.event"]
        for persona, user, seen in self._each():
            desk = user.has_group("helpdesk_mgmt.group_helpdesk_user_own")
            events = Event.with_user(user)
            if desk:
                found = events.search([("case_id", "in", self.cases.ids)])
                self.assertEqual(self._names(found.case_id), seen)
            else:
                self.assertFalse(self._tries(events.search, []), persona)

    def test_records_of_people(self):
        for persona, user, _seen in self._each():
            desk = user.has_group("helpdesk_mgmt.group_helpdesk_user_own")
            for model, clearance in (
                ("citizen.citizen", "citizen_crm.group_clearance_citizen"),
                ("citizen.customer", "citizen_crm.group_clearance_customer"),
            ):
                people = self.env[model].with_user(user)
                with self.subTest(model=model):
                    if not desk:
                        self.assertFalse(self._tries(people.search, []))
                    else:
                        self.assertEqual(
                            bool(people.search([])), user.has_group(clearance), persona
                        )

    def test_nobody_deletes_a_case(self):
        for _persona, user, _seen in self._each():
            for name, case in self.scene.items():
                with self.subTest(case=name):
                    self.assertFalse(self._tries(case.with_user(user).unlink))
        self.assertEqual(len(self.cases.exists()), len(self.scene))

    def test_only_staff_register_through_the_model(self):
        for persona, user, _seen in self._each():
            values = self._case_values(partner_id=self.ada.id)
            created = self._tries(self.Case.with_user(user).create, values)
            desk = user.has_group("helpdesk_mgmt.group_helpdesk_user_own")
            self.assertEqual(created, desk, persona)
