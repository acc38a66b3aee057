from datetime import timedelta

from .common import NOW
from .intake_common import IntakeCommon


class TestIntakeDuplicates(IntakeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hole = cls._create_case(
            category_id=cls.pothole.id, name="Deep hole", place="Mill Street 12"
        )

    def _find(self, user=None, **values):
        Case = self.Case.with_user(user or self.desk)
        return Case._find_probable_duplicates(
            {"category_id": self.pothole.id, "place": "Mill Street 12", **values}
        )

    def _found(self, user=None, **values):
        return [row["case"] for row in self._find(user, **values)]

    def test_same_place(self):
        row = self._find()[0]
        self.assertEqual(row["case"], self.hole)
        self.assertGreater(row["score"], 0.7)
        self.assertEqual(row["reasons"], ["same service type", "same place"])

    def test_place_while_typing_misspelt_and_turned_round(self):
        for place in ("Mill Str", "mill street", "Mil Street 12", "12 MILL STREET"):
            with self.subTest(place):
                self.assertEqual(self._found(place=place), [self.hole])
        self.assertEqual(self._found(place="Harbour Road 3"), [])

    def test_another_number_is_less_probable(self):
        other = self._find(place="Mill Street 99")[0]
        self.assertLess(other["score"], self._find()[0]["score"])
        self.assertIn("similar place", other["reasons"])

    def test_place_named_in_the_title_only(self):
        case = self._create_case(
            category_id=self.pothole.id, name="Huge crater near Oak Lane"
        )
        self.assertEqual(self._found(place="Oak Lane"), [case])

    def test_without_a_place_the_words_decide(self):
        self.assertEqual(self._found(place=False, name="Deep hole"), [self.hole])
        self.assertEqual(self._found(place=False, name="Pothole"), [])
        self.assertEqual(self._found(place=False), [])

    def test_similar_words_are_a_reason(self):
        row = self._find(description="<p>A deep hole</p>")[0]
        self.assertIn("similar words", row["reasons"])
        self.assertGreater(row["score"], self._find()[0]["score"])

    def test_other_service_type(self):
        self.assertEqual(self._found(category_id=self.tree.id), [])
        self.assertEqual(self._found(category_id=False), [])

    def test_near_and_far(self):
        here = {"place_latitude": 25.0330, "place_longitude": 121.5654}
        self.hole.write(here)
        near = {"place_latitude": 25.0340, "place_longitude": 121.5654}
        row = self._find(place="Unnamed path", **near)[0]
        self.assertEqual(row["case"], self.hole)
        self.assertIn("110 m away", row["reasons"])
        far = {"place_latitude": 25.2, "place_longitude": 121.5654}
        self.assertEqual(self._found(place="Unnamed path", **far), [])
        same_words = self._find(**far)
        self.assertLess(
            same_words[0]["score"] if same_words else 0, self._find()[0]["score"]
        )

    def test_closed_recently_and_long_ago(self):
        self._move(self.hole, "in_work", "closed")
        self.hole.sudo().closed_date = NOW - timedelta(days=5)
        self.assertIn("closed 02/27/2026", self._find()[0]["reasons"])
        self.hole.sudo().closed_date = NOW - timedelta(days=90)
        self.assertEqual(self._found(), [])

    def test_confidential_is_never_found(self):
        self.hole.confidential = True
        self.assertEqual(self._found(), [])
        self.assertEqual(self._found(self.env.user), [])

    def test_own_record_rules(self):
        self.assertEqual(self._found(self.uncleared), [])

    def test_case_itself_is_not_its_duplicate(self):
        twin = self._create_case(
            category_id=self.pothole.id, name="Hole", place="Mill Street 12"
        )
        found = self.Case._find_probable_duplicates(twin)
        self.assertEqual([row["case"] for row in found], [self.hole])

    def test_same_person(self):
        self.hole.partner_id = self.ada
        row = self._find(partner_id=self.ada.id)[0]
        self.assertIn("same person", row["reasons"])

    def test_same_district(self):
        self.hole.district_id = self.district
        row = self._find(district_id=self.district.id)[0]
        self.assertIn("same district", row["reasons"])

    def test_two_chinese_characters(self):
        case = self._create_case(
            category_id=self.pothole.id, name="路面坑洞", place="臺北市中山北路二段"
        )
        other = self._create_case(
            category_id=self.pothole.id, name="路面坑洞", place="臺北市信義路五段"
        )
        self.assertEqual(self._found(place="中山"), [case])
        self.assertEqual(self._found(place="信義"), [other])
        self.assertEqual(self._found(place="大同"), [])

    def test_best_first_and_limited(self):
        for number in (99, 98, 97):
            self._create_case(
                category_id=self.pothole.id, name="Hole", place=f"Mill Street {number}"
            )
        found = self._find()
        self.assertEqual(found[0]["case"], self.hole)
        scores = [row["score"] for row in found]
        self.assertEqual(scores, sorted(scores, reverse=True))
        found = self.Case._find_probable_duplicates(
            {"category_id": self.pothole.id, "place": "Mill Street"}, limit=2
        )
        self.assertEqual(len(found), 2)

    def test_matter_text_follows(self):
        self.hole.place = "Élan Place 3"
        self.assertEqual(self.hole.matter_text, " elan place 3 deep hole")

    def test_without_the_extension(self):
        trigram = self.registry.has_trigram
        self.addCleanup(setattr, self.registry, "has_trigram", trigram)
        self.registry.has_trigram = False
        logger = "odoo.addons.citizen_crm.models.intake.helpdesk_ticket_duplicates"
        with self.assertLogs(logger, "WARNING") as log:
            self.Case._register_hook()
        self.assertIn("CREATE EXTENSION pg_trgm", log.output[0])
        self.assertEqual(self._found(), [self.hole])
        self.assertEqual(self._found(place="mill street"), [self.hole])
        self.assertEqual(self._found(place="Harbour Road 3"), [])
        self.assertEqual(self._found(self.uncleared), [])

    def test_queries(self):
        for number in range(10):
            self._create_case(
                category_id=self.pothole.id, name="Hole", place=f"Mill Street {number}"
            )
        self.env.flush_all()
        self._find()
        self.env.invalidate_all()
        self.Intake.find_duplicates(
            {"category_id": self.pothole.id, "place": "Mill Street 1"}
        )
        self.env.invalidate_all()
        # Type, user, candidates by the index, their fields, stage, language.
        with self.assertQueryCount(9):
            self.Intake.find_duplicates(
                {"category_id": self.pothole.id, "place": "Mill Street 1"}
            )
