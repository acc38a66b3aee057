from odoo.exceptions import AccessError, UserError, ValidationError

from .intake_common import IntakeCommon


class TestIntakeRegister(IntakeCommon):
    def test_everything_in_one_call(self):
        result = self._register(
            person_kind="known",
            partner_id=self.ada.id,
            description="Deep hole.\nA cyclist fell.",
            answers={"position": "lane", "danger": True},
        )
        case = self._registered(result)
        self.assertEqual(case.role, "citizen")
        self.assertEqual(case.nature, "complaint")
        self.assertEqual(case.citizen_id.partner_id, self.ada)
        self.assertEqual(case.team_id, self.roads)
        self.assertEqual(case.channel_id, self.phone)
        self.assertFalse(case.user_id, "the clerk is not the handler")
        self.assertEqual(case.name, "Pothole – Mill Street 12")
        self.assertIn("A cyclist fell.", case.description)
        answers = {a["name"]: a["value"] for a in case.read(["answers"])[0]["answers"]}
        self.assertEqual(answers, {"position": "lane", "danger": True})
        self.assertKinds(case, ["received", "routed", "acknowledged"])
        self.assertEqual(case.event_ids[:1].user_id, self.desk)
        self.assertEqual(result["id"], case.id)
        self.assertEqual(result["team"], "Roads")
        self.assertFalse(self.Intake.search([]), "nothing written down is kept")

    def test_answers_to_questions_not_asked_are_dropped(self):
        case = self._registered(self._register(answers={"salary": 1, "danger": True}))
        names = {a["name"] for a in case.read(["answers"])[0]["answers"]}
        self.assertEqual(names, {"position", "danger"})

    def test_text_is_text(self):
        case = self._registered(self._register(description="<script>x</script>"))
        self.assertNotIn("<script", case.description)

    def test_new_person(self):
        need = self.env["citizen.need"].create({"name": "Large print", "code": "T-LP"})
        case = self._registered(
            self._register(
                person_kind="new",
                person_name=" Dora Quay ",
                phone="01632 960 555",
                email="dora@example.com",
                lang="en_US",
                home_district_id=self.district.id,
                need_ids=[(6, 0, need.ids)],
            )
        )
        citizen = case.citizen_id
        self.assertEqual(citizen.name, "Dora Quay")
        self.assertEqual(citizen.phone, "01632 960 555")
        self.assertEqual(citizen.lang, "en_US")
        self.assertEqual(citizen.need_ids, need)
        self.assertEqual(citizen.district_id, self.district)
        self.assertFalse(citizen.contact_verified_date, "said is not verified")
        self.assertEqual(case.partner_id, citizen.partner_id)

    def test_language_that_is_not_installed(self):
        case = self._registered(
            self._register(person_kind="new", person_name="Ng", lang="xx_XX")
        )
        self.assertEqual(case.partner_id.lang, self.desk.lang)

    def test_new_organisation_with_a_contact(self):
        case = self._registered(
            self._register(
                category_id=self.bin.id,
                person_kind="new",
                person_name="Olga Pane",
                organisation_name="Pane & Sons",
            )
        )
        self.assertEqual(case.role, "customer")
        self.assertEqual(case.customer_id.name, "Pane & Sons")
        self.assertTrue(case.customer_id.is_company)
        self.assertEqual(case.partner_id.name, "Olga Pane")
        self.assertEqual(case.partner_id.parent_id, case.customer_id.partner_id)

    def test_new_contact_of_a_known_organisation(self):
        customer = self._create_customer(self.bakery)
        case = self._registered(
            self._register(
                category_id=self.bin.id,
                person_kind="new",
                person_name="Olga Pane",
                organisation_id=self.bakery.id,
            )
        )
        self.assertEqual(case.customer_id, customer)
        self.assertEqual(case.partner_id.parent_id, self.bakery)

    def test_contact_of_an_organisation_petitions_for_herself(self):
        case = self._registered(
            self._register(person_kind="known", partner_id=self.baker.id)
        )
        self.assertEqual(case.citizen_id.partner_id, self.baker)
        self.assertFalse(case.customer_id)

    def test_anonymous(self):
        result = self._register()
        case = self._registered(result)
        self.assertFalse(case.partner_id)
        self.assertFalse(case.citizen_id)
        self.assertFalse(result["person"])

    def test_clerk_changes_role_and_nature(self):
        case = self._registered(
            self._register(
                person_kind="known",
                partner_id=self.ada.id,
                role="customer",
                nature="service_request",
            )
        )
        self.assertEqual((case.role, case.nature), ("customer", "service_request"))
        self.assertEqual(case.customer_id.partner_id, self.ada)

    def test_join_a_matter(self):
        lead = self._create_case(category_id=self.pothole.id, name="Hole")
        result = self._register(lead_id=lead.id)
        case = self._registered(result)
        self.assertEqual(case.duplicate_id, lead)
        self.assertEqual(result["lead"], lead.number)
        self.assertKinds(case, ["received", "routed", "joined"])

    def test_join_a_case_that_is_joined_itself(self):
        lead = self._create_case(category_id=self.pothole.id, name="Hole")
        joined = self._create_case(
            category_id=self.pothole.id, name="Hole too", duplicate_id=lead.id
        )
        case = self._registered(self._register(lead_id=joined.id))
        self.assertEqual(case.duplicate_id, lead)

    def test_join_only_what_the_clerk_sees(self):
        lead = self._create_case(
            category_id=self.pothole.id, nature="misconduct_report", name="Bribe"
        )
        with self.assertRaisesRegex(ValidationError, "Same Matter As"):
            self._register(lead_id=lead.id)

    def test_misconduct_goes_out_of_sight(self):
        result = self._register(nature="misconduct_report")
        case = self._registered(result)
        self.assertTrue(case.confidential)
        self.assertRegex(result["number"], r"^\d{4}-\d+$")
        self.assertFalse(result["id"], "the screen offers no link to it")
        self.assertFalse(result["receipt_url"])
        self.assertFalse(self.Case.with_user(self.desk).search([("id", "=", case.id)]))

    def test_clerk_without_clearance_registers_all_the_same(self):
        result = self._register(
            self.uncleared, person_kind="new", person_name="Dora Quay"
        )
        self.assertFalse(result["id"])
        self.assertEqual(self._registered(result).citizen_id.name, "Dora Quay")

    def test_errors_name_the_field(self):
        company = self.bakery.id
        for message, values in (
            ("^Channel:", {"channel_id": False}),
            ("^Service Type:", {"category_id": False}),
            ("^Title:", {"title": "x" * 201}),
            ("^Person:", {"person_kind": "known"}),
            ("^Name:", {"person_kind": "new"}),
            ("^Person: a customer case", {"category_id": self.bin.id}),
            ("^Person: Bakery", {"person_kind": "known", "partner_id": company}),
            ("^Oral Record:", {"oral_record_state": False}),
            ("^Why Not Read Back:", {"oral_record_state": "not_read_back"}),
        ):
            with (
                self.subTest(message),
                self.assertRaisesRegex(UserError, message),
                self.cr.savepoint(),
            ):
                self._register(**values)

    def test_nothing_half_written(self):
        people = self.env["res.partner"].search_count([])
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._register(
                person_kind="new", person_name="Dora Quay", oral_record_state=False
            )
        self.assertEqual(self.env["res.partner"].search_count([]), people)
        self.assertFalse(self.Case.search([("place", "=", "Mill Street 12")]))

    def test_channel_is_remembered(self):
        self._register(channel_id=self.letter.id, oral_record_state=False)
        self.assertEqual(self.Intake.get_start()["channel_id"], self.letter.id)
        self._register(channel_id=self.counter.id)
        self.assertEqual(self.Intake.get_start()["channel_id"], self.counter.id)

    def test_only_clerks(self):
        for user in (self.handler, self.outsider, self.portal, self.public):
            intake = self.Intake.with_user(user)
            calls = {
                "get_start": (),
                "search_people": ("ada",),
                "search_organisations": ("bak",),
                "search_service_types": ("hole",),
                "get_service_type": (self.pothole.id,),
                "find_duplicates": ({"category_id": self.pothole.id},),
                "register": (self._intake_values(),),
            }
            for name, arguments in calls.items():
                with self.subTest(user=user.login, call=name):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        getattr(intake, name)(*arguments)
