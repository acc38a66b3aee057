"""Cases of the same matter outside New Intake: looked for, joined, told apart."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import CitizenCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


@freeze_time("2026-03-04 08:00:00")
class TestSameMatter(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hole = cls._create_case(
            category_id=cls.pothole.id,
            partner_id=cls.ben.id,
            name="Deep hole at the bakery",
            place="Mill Street 12",
            role="citizen",
        )
        # It has come by mail: no place, a long text.
        cls.letter = cls._file()

    @classmethod
    def _file(cls, **values):
        return cls._create_case(
            **{
                "category_id": cls.pothole.id,
                "partner_id": cls.ada.id,
                "role": "citizen",
                "name": "Please do something",
                "description": "<p>For weeks there has been a deep hole in front of "
                "the bakery at Mill Street 12. Yesterday my son fell into it.</p>",
                **values,
            }
        )

    def _look(self, case=None, user=None):
        """Press the button of the case; return the dialog."""
        case = (case or self.letter).with_user(user or self.clerk)
        action = case.action_find_same_matter()
        model = self.env[action["res_model"]].with_user(user or self.clerk)
        return model.browse(action["res_id"])

    def _found(self, case=None, user=None):
        return self._look(case, user).line_ids.found_id

    def test_found_by_what_the_letter_says(self):
        [line] = self._look().line_ids
        self.assertEqual(line.found_id, self.hole)
        self.assertEqual(line.reasons, "same service type, similar words")
        self.assertEqual(
            (line.number, line.person_display), (self.hole.number, "Ben Hill")
        )

    def test_same_person_under_another_type(self):
        """Nobody has said yet what the second letter is about."""
        self.hole.partner_id = self.ada
        self.letter.category_id = False
        [line] = self._look().line_ids
        self.assertEqual(line.found_id, self.hole)
        self.assertIn("same person", line.reasons)
        self.assertNotIn("service type", line.reasons)

    def test_same_person_about_something_else(self):
        """Somebody may write twice about the place where they live."""
        self._file(
            category_id=self.tree.id,
            name="A dead tree in the park",
            description="Cut",
            place="Mill Street 14",
        )
        self.assertEqual(self._found(), self.hole)

    def test_join(self):
        line = self._look().line_ids
        line.action_join()
        self.assertEqual(self.letter.duplicate_id, self.hole)
        kinds = self.letter.sudo().event_ids.mapped("kind")
        self.assertEqual(kinds.count("joined"), 1)
        # Grouped for the work: each keeps what is the own.
        self.assertEqual(self.letter.partner_id, self.ada)
        self.assertTrue(self.letter.is_open)
        with self.assertRaisesRegex(UserError, "belongs to a matter already"):
            self.letter.action_find_same_matter()
        with self.assertRaisesRegex(UserError, "belongs to a matter already"):
            self.hole.action_find_same_matter()

    def test_join_to_the_lead_of_what_was_found(self):
        lead = self._file(name="Lead", description="x", partner_id=self.baker.id)
        self.hole.duplicate_id = lead
        line = self._look().line_ids.filtered(lambda row: row.found_id == self.hole)
        self.assertEqual(line.lead, lead.number)
        line.action_join()
        self.assertEqual(self.letter.duplicate_id, lead)

    def test_not_the_same_is_remembered(self):
        search = self._look()
        search.line_ids.action_tell_apart()
        self.assertFalse(search.line_ids)
        self.assertFalse(self._found(), "nobody is asked again")
        self.assertFalse(self._found(user=self.teamworker), "whoever it is")
        self.assertNotIn(self.letter, self._found(self.hole), "nor from the other side")
        row = self.env["citizen.matter.distinction"].search([])
        self.assertEqual((row.case_id, row.other_id), (self.letter, self.hole))
        self.assertEqual(row.create_uid, self.clerk)
        self.letter._tell_apart(self.hole)
        self.hole._tell_apart(self.letter)
        self.assertEqual(self.env["citizen.matter.distinction"].search([]), row)

    def test_not_the_same_as_a_whole_matter(self):
        other = self._file(
            name="Deep hole at the bakery", place="Mill Street 12", description="x"
        )
        other.duplicate_id = self.hole
        line = self._look().line_ids.filtered(lambda row: row.found_id == other)
        line.action_tell_apart()
        self.assertFalse(self._found())

    def test_what_is_never_found(self):
        self.hole.sudo().confidential = True
        self.assertFalse(self._found(), "a confidential case")
        self.hole.sudo().confidential = False
        self.assertTrue(self._found())
        self._create_case(
            category_id=self.pothole.id,
            partner_id=self.bakery.id,
            name="Deep hole at the bakery",
            place="Mill Street 12",
            role="customer",
        )
        self.assertEqual(self._found(), self.hole, "another role")
        self.hole._tell_apart(self.letter)
        part = {"name": "Deep hole at the bakery", "place": "Mill Street 12"}
        part |= {"text": "x", "category_id": self.pothole.id, "nature": "complaint"}
        self.letter._split_off([part])
        self.assertFalse(self._found(), "another matter of the same letter")

    def test_confidential_case_is_alone(self):
        self.clerk.group_ids += self.env.ref("citizen_crm.group_confidential")
        self.letter.confidential = True
        with self.assertRaisesRegex(UserError, "handled and answered alone"):
            self._look()

    @mute_logger(*QUIET)
    def test_only_what_one_may_read(self):
        """A handler finds the own cases and those that wait, not a colleague's."""
        self.letter.sudo().user_id = self.handler
        self.assertEqual(self._found(user=self.handler), self.hole)
        self.hole.sudo().user_id = self.teamworker
        self.assertFalse(self._found(user=self.handler))
        line = self._look().line_ids
        self.assertEqual(line.found_id, self.hole)
        with self.assertRaises(AccessError):
            line.with_user(self.handler).read(["name"])
        with self.assertRaisesRegex(UserError, "out of your sight"):
            self.letter.with_user(self.handler)._join_matter(self.hole)
        for user in (self.outsider, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.letter.with_user(user).action_find_same_matter()
        with self.assertRaises(AccessError):
            self.env["citizen.matter.search.line"].with_user(self.handler).create(
                {"search_id": line.search_id.id, "found_id": self.hole.id}
            )

    def test_what_it_costs(self):
        """The form of a case asks nothing; the button asks a few times."""
        self._look()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            self._look()
        fields = self.Case.get_views([(False, "form")])["models"]["helpdesk.ticket"]
        self.assertNotIn("matter_text", fields["fields"])
