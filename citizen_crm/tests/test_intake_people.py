from .intake_common import IntakeCommon


class TestIntakePeople(IntakeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada.phone = "+44 1632 960-123"
        cls.citizen = cls._create_citizen(cls.ada, district_id=cls.district.id)
        cls.customer = cls._create_customer(cls.bakery)

    def _find(self, term, user=None):
        intake = self.Intake.with_user(user or self.desk)
        return [row["name"] for row in intake.search_people(term)["people"]]

    def test_phone_in_any_format(self):
        for term in (
            "+441632960123",
            "+44 (0)1632 960 123",
            "0044 1632/960.123",
            "01632 960123",
            "960-123",
            "0123",  # the end of the number
        ):
            with self.subTest(term):
                found = self._find(term)
                self.assertEqual(found, ["Ada Fox"])
        self.assertEqual(self._find("01632 960124"), [])

    def test_name_email_and_numbers(self):
        for term in (
            "ada",
            "fox ada",
            "ADA@example.com",
            self.citizen.reference,
            self.citizen.reference.lower(),
        ):
            with self.subTest(term):
                self.assertEqual(self._find(term), ["Ada Fox"])

    def test_chinese_name(self):
        self._create_citizen(self._create_partner("王小明"))
        self.assertEqual(self._find("王小明"), ["王小明"])
        self.assertEqual(self._find("小明"), ["王小明"])

    def test_organisation_and_its_contacts(self):
        for term in ("bakery", self.customer.account_number):
            self.assertIn("Bakery Ltd", self._find(term))
        self.assertEqual(self._find("carla"), ["Carla Oven"])
        row = self.Intake.search_people("carla")["people"][0]
        self.assertEqual(row["organisation"], "Bakery Ltd")
        self.assertEqual(row["customer"], self.customer.account_number)

    def test_who_is_who(self):
        case = self._create_case(partner_id=self.ada.id, name="Lamp out")
        row = self.Intake.search_people("ada")["people"][0]
        self.assertEqual(row["citizen"], self.citizen.reference)
        self.assertEqual(row["district"], "Harbour")
        self.assertEqual(row["district_id"], self.district.id)
        self.assertEqual([c["number"] for c in row["cases"]], [case.number])
        self.assertTrue(row["cases"][0]["is_open"])

    def test_resident_without_a_record_is_found_and_colleagues_are_not(self):
        self.assertEqual(self._find("ben hill"), ["Ben Hill"])
        self.assertEqual(self._find(self.portal.name), [self.portal.name])
        self.assertEqual(self._find(self.manager.name), [])
        self.assertEqual(self._find(self.company.name), [])

    def test_short_terms_find_nobody(self):
        for term in ("", "a", "12", "123", None):
            with self.subTest(term):
                result = self.Intake.search_people(term)
                self.assertEqual(result, {"kind": "short", "people": []})

    def test_clearance_holds(self):
        self.assertEqual(self._find("ada", self.uncleared), [])
        self.assertEqual(self._find("01632 960123", self.uncleared), [])
        self.assertEqual(self._find(self.citizen.reference, self.uncleared), [])
        self.assertEqual(self._find("bakery", self.uncleared), [])

    def test_confidential_cases_are_not_told(self):
        self._create_case(partner_id=self.ada.id, nature="misconduct_report")
        row = self.Intake.search_people("ada")["people"][0]
        self.assertEqual(row["cases"], [])

    def test_search_organisations(self):
        expected = {
            "id": self.bakery.id,
            "name": "Bakery Ltd",
            "number": self.customer.account_number,
        }
        self.assertEqual(self.Intake.search_organisations("bak"), [expected])
        self.assertEqual(self.Intake.search_organisations("ada"), [])


class TestIntakeCatalogue(IntakeCommon):
    def _find(self, term):
        ours = self.pothole | self.tree | self.bin
        found = [row["id"] for row in self.Intake.search_service_types(term)]
        return [
            kind.name for kind in self.env[ours._name].browse(found) if kind in ours
        ]

    def test_name_keyword_code_and_misspelling(self):
        for term in ("pothole", "crater", "t-pot", "POTH", "pothle", "a crater"):
            with self.subTest(term):
                self.assertEqual(self._find(term)[:1], ["Pothole"])
        self.assertEqual(self._find("zebra"), [])

    def test_group_headings_are_not_offered(self):
        self.env["helpdesk.ticket.category"].create({"name": "Pothole group"})
        names = [r["name"] for r in self.Intake.search_service_types("pothole")]
        self.assertNotIn("Pothole group", names)

    def test_chinese_keyword(self):
        self.tree.keywords = "路樹修剪"
        self.assertEqual(self._find("路樹"), ["Tree pruning"])

    def test_questions_and_proposals(self):
        kind = self.Intake.get_service_type(self.pothole.id)
        self.assertEqual([q["name"] for q in kind["questions"]], ["position", "danger"])
        self.assertEqual(
            kind["questions"][0]["options"],
            [["lane", "Cycle lane"], ["crossing", "Crossing"]],
        )
        self.assertEqual((kind["role"], kind["nature"]), ("citizen", "complaint"))
        self.assertIn("working days", kind["explanations"]["citizen"])
        self.assertIn("service standard", kind["explanations"]["customer"])
        kind = self.Intake.get_service_type(self.bin.id)
        self.assertEqual(
            (kind["role"], kind["nature"]), ("customer", "service_request")
        )

    def test_start(self):
        start = self.Intake.get_start()
        names = {c["id"]: c["is_oral"] for c in start["channels"]}
        self.assertEqual(
            names, {self.phone.id: True, self.counter.id: True, self.letter.id: False}
        )
        self.assertIn(self.district.id, [d["id"] for d in start["districts"]])
