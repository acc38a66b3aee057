"""The pages of those who act for others: accessible, on a phone and at a desk."""

from __future__ import annotations

import resident
from resident import DESK, PHONE

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestActing(resident.ResidentBrowser):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia = cls._create_user("p_mia", "base.group_portal")
        cls.case = cls._create_case(cls.mia, name="Mia's petition")
        cls.env["citizen.representation"].create(
            {
                "partner_id": cls.mia.partner_id.id,
                "representative_id": cls.eve.partner_id.id,
                "kind": "guardian",
                "basis": "court",
                "document": "Order of the court",
                "date_from": "2020-01-01",
                "verified_by_id": cls.env.ref("base.user_admin").id,
                "verified_at": "2020-01-02 08:00:00",
            }
        )

    def test_pages(self):
        paths = [
            "/my/representations",
            "/my/represented",
            f"/my/case/{self.case.number}",
            f"/services/{self.pothole.id}",
        ]
        self._check_pages(self.eve, paths, (PHONE, DESK))

    def test_filed_for_somebody(self):
        with self._browse(self.eve, PHONE) as browser:
            self._go(browser, f"/services/{self.pothole.id}")
            self._fill(browser, "#f_description", "A hole.")
            for _step in range(3):
                self._click(browser, "Continue")
            self.assertIn("For whom is it?", self._text(browser))
            person = f"#f_person_{self.mia.partner_id.id}"
            browser.evaluate(f"document.querySelector('{person}').click()")
            self._click(browser, "Send to the city")
            self._settle(browser, "document.querySelector('.o_citizen_number')")
            self._click(browser, "Open the case")
            self._settle(browser, "document.querySelector('.o_citizen_acting')")
            self.assertIn(
                "You act for p_mia", self._text(browser).replace("P_m", "p_m")
            )
        case = self._last_case(self.mia)
        self.assertEqual(case.filed_by_id, self.eve.partner_id)
