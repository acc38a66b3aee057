"""What the conversation of a case notes of changes."""

from .common import CitizenCommon


class TestCaseNotes(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pothole.question_definition = [
            {"name": "depth", "string": "How deep?", "type": "integer"}
        ]

    def _note(self, changes, **values):
        """Return what is noted of changing a case: field -> value before."""
        # With tracking, which tests leave out.
        Case = self.Case.with_context(tracking_disable=False)
        values = self._case_values(category_id=self.pothole.id, **values)
        case = Case.with_user(self.clerk).create(values)
        self.cr.flush()
        self.env.invalidate_all()
        case.sudo().write(changes)
        self.cr.flush()
        noted = case.sudo().message_ids.tracking_value_ids
        return {
            value.field_id.name: value.old_value_char or value.old_value_integer
            for value in noted
        }

    def test_answers_that_another_type_takes_away(self):
        noted = self._note({"category_id": self.tree.id}, answers={"depth": 12})
        self.assertEqual(noted["category_id"], self.pothole.name)
        self.assertEqual(noted["answers"], 12)

    def test_nothing_that_nobody_has_answered(self):
        noted = self._note({"category_id": self.tree.id})
        self.assertIn("category_id", noted)
        self.assertNotIn("answers", noted)

    def test_answers_stay_where_the_type_does(self):
        noted = self._note({"nature": "inquiry"}, answers={"depth": 12})
        self.assertNotIn("answers", noted)

    def test_no_number_of_a_person(self):
        """A contact's own note is the contact's; the case would keep it for years."""
        self.ada.phone = "+1 555 0100"
        noted = self._note({"partner_id": False}, partner_id=self.ada.id)
        self.assertNotIn("person_phone", noted)
