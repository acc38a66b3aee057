"""Acting for somebody in the portal, by real requests."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PNG, PortalCase


@tagged("post_install", "-at_install")
class TestPortalRepresentation(PortalCase):
    """``eve`` is the guardian of ``mia``, who has an account of her own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia = cls._create_user("p_mia", "base.group_portal")
        cls.case = cls._create_case(cls.mia, name="Mia's petition")
        cls.office = cls._create_user("p_office", "base.group_user")

    def _act(self, **values):
        return self.env["citizen.representation"].create(
            {
                "partner_id": self.mia.partner_id.id,
                "representative_id": self.eve.partner_id.id,
                "kind": "guardian",
                "basis": "court",
                "document": "Order of the court",
                "date_from": "2020-01-01",
                "may_withdraw": True,
                "verified_by_id": self.office.id,
                "verified_at": "2020-01-02 08:00:00",
                **values,
            }
        )

    def _path(self, case=None, act=""):
        return f"/my/case/{(case or self.case).number}{act}"

    # -------------------------------------------------------------- reading
    def test_page_list_and_home_say_for_whom(self):
        self._act()
        self._login(self.eve)
        text = self._text(self.url_open(self._path()))
        self.assertIn("You act for p_mia", text.replace("P_mia", "p_mia"))
        text = self._text(self.url_open("/my/represented"))
        self.assertIn("Mia's petition", text)
        self.assertNotIn("petition", self._text(self.url_open("/my/cases")))
        self.assertIn("/my/representations", self.url_open("/my/home").text)
        text = self._text(self.url_open("/my/representations"))
        self.assertIn("Guardian", text)

    def test_nobody_else_and_nothing_after_the_end(self):
        one = self._act()
        self._login(self.eve)
        self.assertStatus(self.url_open(self._path()), 200)
        one._withdraw("Ended")
        for path in ("", "/copy", "/filed"):
            self.assertStatus(self.url_open(self._path(act=path)), 404)
        self.assertStatus(self._post(self._path(act="/message"), message="Hi"), 404)
        self.assertNotIn("petition", self._text(self.url_open("/my/represented")))
        self._login(self.ben)
        self.assertStatus(self.url_open(self._path()), 404)

    def test_own_data_is_the_own(self):
        self._act()
        self._login(self.eve)
        data = self.url_open("/my/data/download").text
        self.assertNotIn("petition", data)

    # --------------------------------------------------------------- acting
    def test_messages_and_files_are_told_apart(self):
        self._act()
        self._login(self.eve)
        files = [("files", ("bill.png", PNG, "image/png"))]
        self._post(self._path(act="/message"), files=files, message="For Mia")
        message = self._last_message(self.case)
        self.assertEqual(message.author_id, self.eve.partner_id)
        self.assertIn("wrote", self.case.event_ids.mapped("kind"))
        self._login(self.mia)
        text = self._text(self.url_open(self._path()))
        self.assertIn(self.eve.partner_id.name, text)
        self.assertIn("bill.png", text)

    def test_reopen_and_withdraw_as_far_as_it_goes(self):
        one = self._act(may_withdraw=False)
        self._login(self.eve)
        with mute_logger("odoo.http"):
            self.assertStatus(self._post(self._path(act="/withdraw")), 404)
        self.assertTrue(self.case.is_open)
        self.assertNotIn("Withdraw the case", self._text(self.url_open(self._path())))
        one.may_withdraw = True
        self._post(self._path(act="/withdraw"))
        self.assertEqual(self.case.phase, "withdrawn")
        self._post(self._path(act="/reopen"), message="It goes on")
        self.assertTrue(self.case.is_open)

    def test_how_it_was_is_asked_of_the_person_alone(self):
        self._act()
        self.case.stage_id = self.env.ref("citizen_crm.stage_closed")
        self._login(self.eve)
        self.assertStatus(self.url_open(self._path(act="/feedback")), 404)
        self._login(self.mia)
        self.assertStatus(self.url_open(self._path(act="/feedback")), 200)

    # --------------------------------------------------------------- filing
    def test_filed_for_somebody(self):
        self._act()
        self._login(self.eve)
        page = self.url_open(f"/services/{self.pothole.id}")
        self.assertIn("For whom is it?", self._text(page))
        response = self._file_case(person=self.mia.partner_id.id, role="citizen")
        self.assertStatus(response, 200)
        case = self._last_case(self.mia)
        self.assertEqual(case.filed_by_id, self.eve.partner_id)
        self.assertEqual(case.citizen_id.partner_id, self.mia.partner_id)
        self.assertIn(case.number, self._text(response))
        # The secret would open the case to the representative for ever.
        self.assertNotIn("secret", self._text(response).lower())
        self._login(self.mia)
        text = self._text(self.url_open(self._path(case)))
        self.assertIn("Filed for", text)
        self.assertIn(self.eve.partner_id.name, text)

    def test_filed_for_an_organisation(self):
        self._act(partner_id=self.bakery.id, kind="organisation", basis="register")
        self._login(self.eve)
        self.assertStatus(
            self._file_case(self.bin, person=self.bakery.id, role="citizen"), 200
        )
        case = self.Case.search([("partner_id", "=", self.bakery.id)])
        self.assertEqual(
            (case.role, case.filed_by_id), ("customer", self.eve.partner_id)
        )
        self.assertStatus(self.url_open(self._path(case)), 200)
        self._login(self.ada)
        self.assertStatus(self.url_open(self._path(case)), 200)

    def test_not_for_whom_one_does_not_represent(self):
        self._login(self.eve)
        self.assertNotIn(
            "For whom", self._text(self.url_open(f"/services/{self.pothole.id}"))
        )
        one = self._act()
        one._withdraw("Ended")
        for person in (self.mia.partner_id.id, self.ben.partner_id.id, "x", "-1", "0"):
            with self.subTest(person=person):
                response = self._file_case(person=person)
                self.assertStatus(response, 400)
                self.assertIn("For whom is it?", self._text(response))
        self.assertEqual(self._last_case(self.mia), self.case)

    # --------------------------------------------------------------- ending
    def test_the_person_ends_what_they_have_agreed_to(self):
        consent = self._act(kind="proxy", basis="consent")
        self._login(self.mia)
        text = self._text(self.url_open("/my/representations"))
        self.assertIn(self.eve.partner_id.name, text)
        self._post(f"/my/representations/{consent.id}/end")
        self.assertEqual(consent.state, "withdrawn")
        self._login(self.eve)
        self.assertStatus(self.url_open(self._path()), 404)

    def test_what_rests_on_a_decision_the_representative_alone_lays_down(self):
        one = self._act()
        for user, status in ((self.mia, 404), (self.ben, 404)):
            self._login(user)
            with mute_logger("odoo.http"):
                response = self._post(f"/my/representations/{one.id}/end")
            self.assertStatus(response, status)
        self.assertEqual(one.state, "in_force")
        self._login(self.eve)
        self.assertStatus(self._post("/my/representations/x/end"), 400)
        self.assertStatus(self._post(f"/my/representations/{one.id}/end"), 200)
        self.assertEqual(one.state, "withdrawn")
