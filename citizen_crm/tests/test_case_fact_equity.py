"""Equal treatment: groups of cases against their like, and nobody to be made out."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .evaluation_common import EvaluationCommon


@tagged("post_install", "-at_install")
class TestCaseFactEquity(EvaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oversight = cls._create_user("oversight", "citizen_crm.group_oversight")
        cls.people = [cls.ann, cls.bob, cls.cleo, cls._hire("Dora"), cls._hire("Eve")]
        cls.letter = cls.env.ref("citizen_crm.channel_letter")
        cls.Report = cls.env["citizen.case.fact.equity"].with_user(cls.oversight)

    def _rows(self, dimension="channel"):
        """Return the rows that oversight reads, by what the group is called."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.Report.search([("dimension", "=", dimension)])
        self.assertEqual(len(rows), len(set(rows.mapped("label"))))
        return {row.label: row for row in rows}

    def test_groups_are_compared_with_their_like(self):
        """Half of what comes by letter is late, most of it since trees come so.

        Of potholes a tenth is late by phone and three tenths by letter.
        """
        letter = {"channel_id": self.letter.id}
        for person in self.people:
            self._insert(person, 1, late_resolution="yes")
            self._insert(person, 9, late_resolution="no")
            self._insert(person, 3, late_resolution="yes", **letter)
            self._insert(person, 7, late_resolution="no", **letter)
            trees = {**letter, "category_id": self.tree.id}
            self._insert(person, 7, late_resolution="yes", **trees)
            self._insert(person, 3, late_resolution="no", **trees)
        rows = self._rows()
        phone, letter = rows[self.phone.name], rows[self.letter.name]
        told = [
            (row.case_count, row.late_known, row.late_count, row.late_expected)
            for row in (phone, letter)
        ]
        self.assertEqual(told, [(50, 50, 5, 10.0), (100, 100, 50, 45.0)])
        self.assertAlmostEqual(phone.late_ratio, 50)
        self.assertAlmostEqual(letter.late_ratio, 5000 / 45)
        self.assertFalse(phone.is_notable)
        (row,) = self.Report._read_group([], [], ["late_ratio:avg"])
        self.assertAlmostEqual(row[0], 100)
        self.assertEqual(phone.department_id, self.works)

    def test_beyond_chance(self):
        for person in self.people:
            self._insert(person, 40, late_resolution="no")
            letter = {"channel_id": self.letter.id}
            self._insert(person, 20, late_resolution="yes", **letter)
            self._insert(person, 20, late_resolution="no", **letter)
        rows = self._rows()
        self.assertEqual({row.is_notable for row in rows.values()}, {True})

    def test_what_residents_say_is_compared_where_it_was_decided_alike(self):
        """Refused by letter and granted by phone: neither is treated worse."""
        for person in self.people:
            self._insert(person, 4, decision="founded", positive="yes")
            letter = {"channel_id": self.letter.id, "decision": "unfounded"}
            self._insert(person, 4, positive="no", **letter)
        rows = self._rows()
        phone, letter = rows[self.phone.name], rows[self.letter.name]
        self.assertEqual((phone.clear_count, phone.clear_expected), (20, 20.0))
        self.assertEqual((letter.clear_count, letter.clear_expected), (0, 0.0))

    def test_what_four_say_is_not_told(self):
        for person in self.people:
            self._insert(person, 4, positive="yes" if person != self.ann else False)
        self._insert(self.bob, 20, channel_id=self.letter.id)
        for person in self.people[:4]:
            self._insert(person, 1, channel_id=self.letter.id, positive="no")
        for person in self.people:
            self._insert(person, 1, channel_id=self.letter.id)
        rows = self._rows()
        self.assertEqual(rows[self.phone.name].clear_known, 16)
        four = rows[self.letter.name]
        self.assertEqual((four.case_count, four.clear_known), (29, 0))
        self.assertEqual((four.clear_expected, four.clear_ratio), (0.0, 0.0))

    def test_small_groups_are_put_together(self):
        """Few people or few cases of a group: with other small groups."""
        app = self.env.ref("citizen_crm.channel_app")
        for person in self.people:
            self._insert(person, 4, reopened_30d="no")
        for person in self.people[:4]:
            self._insert(person, 10, channel_id=self.letter.id)
        self.assertEqual(set(self._rows()), {self.phone.name})
        for person in self.people:
            self._insert(person, 3, channel_id=app.id)
        rows = self._rows()
        self.assertEqual(set(rows), {self.phone.name, "All small groups"})
        others = rows["All small groups"]
        self.assertEqual((others.case_count, others.department_id.ids), (55, []))

    def test_small_departments_are_put_together(self):
        """A group of both; and where that is too small, with other groups."""
        far = self.env["hr.department"].create({"name": "Far"})
        for person in self.people[:3]:
            self._insert(person, 9)
        for person in self.people[3:]:
            self._insert(person, 9, department_id=far.id, channel_id=self.letter.id)
        rows = self._rows()
        self.assertEqual(list(rows), ["All small groups"])
        row = rows["All small groups"]
        self.assertEqual((row.case_count, row.department_id.ids), (45, []))
        for person in self.people[3:]:
            self._insert(person, 9, department_id=far.id, late_resolution="yes")
        row = self._rows()[self.phone.name]
        self.assertEqual((row.case_count, row.department_id.ids), (45, []))
        self.assertEqual((row.late_count, row.late_expected), (18, 18.0))

    def test_area_and_language_are_frozen_when_the_case_ends(self):
        """The largest district, and the language; whatever becomes of both later."""
        quay = self.env["citizen.district"].create(
            {"name": "Quay", "code": "T-QY", "parent_id": self.district.id}
        )
        case = self._finish(self.ann, district_id=quay.id)
        facts = self._facts(case)
        lang = self.env["res.lang"]._lang_get(self.ada.lang)
        self.assertEqual((facts.district_id, facts.language_id), (self.district, lang))
        case.sudo().write({"district_id": False, "partner_id": False})
        facts = self._facts(case)
        self.assertEqual((facts.district_id, facts.language_id), (self.district, lang))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models")
    def test_nobody_reads_them_of_a_case(self):
        self._insert(self.ann, district_id=self.district.id)
        mine = self.Fact.with_user(self.ann.user_id).search([])
        self.assertEqual(len(mine), 1)
        for name in ("district_id", "language_id"):
            self.assertNotIn(name, mine.fields_get())
            with self.assertRaises(AccessError):
                mine.read([name])
            with self.assertRaises(AccessError):
                mine.search([(name, "!=", False)])

    def test_by_area_and_by_language(self):
        english, area = self.env.ref("base.lang_en"), self.district
        for person in self.people:
            self._insert(person, 4, district_id=area.id, language_id=english.id)
        self.assertEqual(self._rows("district")["Harbour"].case_count, 20)
        self.assertEqual(self._rows("language")[english.name].case_count, 20)
