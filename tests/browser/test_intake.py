"""A clerk takes cases at the phone and the counter with nothing but the keyboard."""

from __future__ import annotations

from keyboard import ALT, CONTROL, Keyboard, drive

from odoo.tests import HttpCase, new_test_user, tagged

READY = "!!document.querySelector('#intake_person')"
CLERK = "intake_typist"


@tagged("post_install", "-at_install")
class TestIntakeScreen(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        new_test_user(
            cls.env,
            login=CLERK,
            groups="citizen_crm.group_intake_clerk,"
            "citizen_crm.group_clearance_citizen,"
            "citizen_crm.group_clearance_customer",
        )
        team = cls.env["helpdesk.ticket.team"].create({"name": "Roads"})
        cls.pothole = cls.env["helpdesk.ticket.category"].create(
            {
                "name": "Pothole",
                "keywords": "crater",
                "is_service": True,
                "team_id": team.id,
                "question_definition": [
                    {"name": "danger", "type": "boolean", "string": "Anyone hurt?"}
                ],
            }
        )
        cls.ada = cls.env["res.partner"].create(
            {"name": "Ada Quarrington", "phone": "+44 1632 960-123"}
        )
        cls.env["citizen.citizen"].create({"partner_id": cls.ada.id})
        cls.Case = cls.env["helpdesk.ticket"]
        cls.lead = cls.Case.create(
            {
                "name": "Deep hole",
                "description": "x",
                "place": "Mill Street 12",
                "category_id": cls.pothole.id,
            }
        )

    def _registered(self) -> object:
        self.env.invalidate_all()
        return self.Case.search([("id", ">", self.lead.id)])

    def _pick_type(self, keys: Keyboard) -> None:
        keys.wait_for_focus("intake_category")
        keys.type("crat")
        keys.wait_for("document.querySelector('[role=option]')")
        keys.press("Enter")
        keys.wait_for_focus("intake_q_danger")

    def test_phone_petition_with_a_duplicate_and_a_read_back(self) -> None:
        strokes = []

        def steps(keys: Keyboard) -> None:
            keys.wait_for_focus("intake_person")
            keys.type("960123")
            keys.wait_for("document.querySelector('[role=option]')")
            keys.press("Enter")
            self._pick_type(keys)
            keys.type("y")
            keys.press("Enter")
            keys.wait_for_focus("intake_place")
            keys.type("Mill Street")
            keys.wait_for("document.querySelector('.o_intake_duplicate')")
            keys.press("j", ALT)
            keys.wait_for("document.querySelector('.alert-success')")
            keys.press("Enter", CONTROL)
            keys.wait_for("document.querySelector('.o_intake .alert-danger')")
            keys.press("b", ALT)
            keys.wait_for("document.querySelector('#intake_read_back:checked')")
            keys.press("Enter", CONTROL)
            keys.wait_for("document.querySelector('.o_intake_number')")
            strokes.append(keys.strokes)
            number = keys.read("document.querySelector('.o_intake_number').innerText")
            self.assertEqual(number, self._registered().number)
            keys.press("Enter")
            keys.wait_for_focus("intake_person")

        drive(self, "/odoo/intake", READY, CLERK, steps)
        case = self._registered()
        self.assertEqual(case.partner_id, self.ada)
        self.assertEqual(case.role, "citizen")
        self.assertEqual(case.duplicate_id, self.lead)
        self.assertEqual(case.oral_record_state, "read_back")
        self.assertEqual(case.oral_record_by_id.login, CLERK)
        self.assertEqual(case.read(["answers"])[0]["answers"][0]["value"], True)
        self.assertEqual(case.name, "Pothole – Mill Street")
        self.assertLess(strokes[0], 35, "six digits, a word, a place and ten keys")

    def test_new_person_who_does_not_wait_for_the_read_back(self) -> None:
        def steps(keys: Keyboard) -> None:
            keys.wait_for_focus("intake_person")
            keys.type("Zoe Nobody")
            keys.wait_for("document.querySelector('.o_intake_suggest [role=status]')")
            keys.press("n", ALT)
            keys.wait_for_focus("intake_person_name")
            keys.press("Enter")
            keys.wait_for_focus("intake_phone")
            keys.type("01632 960777")
            keys.press("q", ALT)
            self._pick_type(keys)
            keys.press("l", ALT)
            keys.wait_for_focus("intake_place")
            keys.type("Oak Lane 3")
            keys.press("v", ALT)
            keys.wait_for_focus("intake_oral_reason")
            keys.type("The person ended")
            keys.press("Enter", CONTROL)
            keys.wait_for("document.querySelector('.o_intake_number')")

        drive(self, "/odoo/intake", READY, CLERK, steps)
        case = self._registered()
        self.assertEqual(case.citizen_id.name, "Zoe Nobody")
        self.assertEqual(case.partner_id.phone, "01632 960777")
        self.assertEqual(case.oral_record_reason, "hung_up")
        self.assertFalse(case.duplicate_id)

    def test_anonymous_petition_explained_and_made_a_report(self) -> None:
        def steps(keys: Keyboard) -> None:
            keys.wait_for_focus("intake_person")
            keys.press("a", ALT)
            self._pick_type(keys)
            text = "document.querySelector('.o_intake_side').innerText"
            keys.wait_for(f"{text}.includes('exercises a right')")
            keys.press("r", ALT)
            keys.wait_for(f"{text}.includes('uses a service')")
            keys.press("r", ALT)
            keys.wait_for(f"{text}.includes('exercises a right')")
            keys.press("k", ALT)
            keys.wait_for_focus("intake_nature")
            keys.type("Report")
            keys.wait_for(f"{text}.includes('Confidential')")
            keys.press("b", ALT)
            keys.wait_for("document.querySelector('#intake_read_back:checked')")
            keys.press("Enter", CONTROL)
            keys.wait_for("document.querySelector('.o_intake_number')")
            keys.wait_for("!document.querySelector('.o_intake_done a')")
            # Out of sight, but the person gets the receipt.
            keys.read("open = (open => (...to) => (printed = open(...to)))(open)")
            keys.press("p", ALT)
            number = "document.querySelector('.o_intake_number').innerText"
            keys.wait_for(f"printed.document.body.innerText.includes({number})")

        drive(self, "/odoo/intake", READY, CLERK, steps)
        case = self._registered()
        self.assertEqual(case.nature, "misconduct_report")
        self.assertTrue(case.confidential)
        self.assertFalse(case.partner_id)
