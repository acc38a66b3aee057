"""Measures are versions: what evaluations stand on is not changed."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.evaluation.citizen_measure import FACT_COLUMNS
from .sla_common import SlaCommon


@tagged("post_install", "-at_install")
class TestMeasure(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Measure = cls.env["citizen.measure"]
        cls.late = cls.env.ref("citizen_crm.measure_t2")

    def test_each_is_in_force_and_explained(self):
        found = self.Measure.search([("is_current", "=", True)])
        codes = dict(self.Measure._fields["code"].selection)
        self.assertEqual(set(found.mapped("code")), set(codes))
        for measure in found:
            self.assertGreater(len(measure.explanation), 100)
            self.assertEqual(measure.kind == "events", measure.code in FACT_COLUMNS)
            is_neither = measure.kind in ("context", "team")
            self.assertEqual(measure.good == "none", is_neither)
            self.assertFalse(measure.for_person and measure.kind == "team")
        facts = self.env["citizen.case.fact"]._fields
        self.assertLessEqual(set(FACT_COLUMNS.values()), set(facts))

    def _renew(self, **values):
        action = self.late.with_user(self.admin).action_new_version()
        measures = self.Measure.with_user(self.admin)
        return measures.with_context(**action["context"]).create(values)

    def test_a_new_version_ends_the_one_before(self):
        new = self._renew(explanation="Cases whose answer came too late.")
        self.assertEqual((new.code, new.version, new.name), ("T2", 2, self.late.name))
        self.assertEqual(self.late.date_to, date(2026, 3, 3))
        self.assertTrue(new.is_current)
        self.assertFalse(self.late.is_current)
        with self.assertRaisesRegex(UserError, "Choose a later day"):
            self._renew()
        later = self._renew(date_from="2026-07-01")
        self.assertEqual((later.version, later.is_current), (3, False))
        self.assertTrue(new.is_current)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_a_version_is_not_changed(self):
        for user, name in ((self.admin, "explanation"), (self.admin, "date_to")):
            with self.assertRaisesRegex(UserError, "new version"):
                self.late.with_user(user).write({name: "2026-01-01"})
        with self.assertRaises(UserError):
            self.late.unlink()
        with self.assertRaises(AccessError):
            self.late.with_user(self.lead).action_new_version()
        with self.assertRaises(AccessError):
            self.Measure.with_user(self.lead).create({"code": "T2"})
        self.assertTrue(self.late.with_user(self.outsider).explanation)
