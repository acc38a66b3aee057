from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import tagged

from .portal_common import PNG, PortalCase


@tagged("post_install", "-at_install")
class TestPortalCases(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.petition = cls._create_case(cls.ada, name="Ada's petition")
        cls.order = cls._create_case(
            cls.ada, name="Bakery order", role="customer", category_id=cls.bin.id
        )

    def _answer(self, case, body, **values):
        """Post as the handler does from the desk."""
        return case.with_user(self.handler).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **values,
        )

    # ----------------------------------------------------------------- lists
    def test_citizen_and_customer_cases_apart(self):
        self._login(self.ada)
        citizen = self._text(self.url_open("/my/cases"))
        customer = self._text(self.url_open("/my/organisation/cases"))
        self.assertIn("Ada's petition", citizen)
        self.assertNotIn("Bakery order", citizen)
        self.assertIn("Bakery order", customer)
        self.assertNotIn("Ada's petition", customer)

    def test_colleague_reads_customer_cases_only(self):
        """Fails on the stock base because its rule is child_of the employer."""
        self._login(self.ben)
        self.assertNotIn("petition", self._text(self.url_open("/my/cases")))
        self.assertIn(
            "Bakery order", self._text(self.url_open("/my/organisation/cases"))
        )
        self.assertStatus(self.url_open(f"/my/case/{self.order.number}"), 200)
        for key in (self.petition.number, self.petition.id):
            self.assertStatus(self.url_open(f"/my/case/{key}"), 404)

    def test_stranger_and_nobody_get_the_same_answer(self):
        """Fails on the stock base because redirects and errors tell them apart."""
        self._login(self.eve)
        other = self.url_open(f"/my/case/{self.petition.number}")
        none = self.url_open("/my/case/1999-000001")
        self.assertStatus(other, 404)
        self.assertStatus(none, 404)
        self.assertEqual(self._text(other), self._text(none))

    def test_staff_see_their_own_cases_as_residents(self):
        self._login(self.handler)
        self.assertNotIn("petition", self._text(self.url_open("/my/cases")))
        self.assertStatus(self.url_open(f"/my/case/{self.petition.number}"), 404)

    def test_list_pages_and_filters(self):
        for i in range(22):
            self._create_case(self.eve, name=f"Eve's case {i:02}")
        self._move(self._last_case(self.eve), "closed")
        self._login(self.eve)
        text = self._text(self.url_open("/my/cases"))
        self.assertIn("22 cases.", text)
        self.assertIn("Page 1 of 2", text)
        self.assertIn("Eve's case 00", self._text(self.url_open("/my/cases?page=2")))
        self.assertIn("One case.", self._text(self.url_open("/my/cases?state=ended")))
        text = self._text(self.url_open("/my/cases?search=case 07&sort=oldest"))
        self.assertIn("Eve's case 07", text)
        self.assertIn("One case.", text)

    def _move(self, case, phase):
        case.stage_id = self.env.ref(f"citizen_crm.stage_{phase}")

    def test_malformed_lists_are_refused_kindly(self):
        """Fails on the stock base because sortby, groupby, search=%00 and dates
        that mean nothing raise KeyError or a database error: 500."""
        self._login(self.eve)
        for query in (
            "sort=nonsense",
            "state=id desc",
            "search=%00",
            "search=" + "x" * 5000,
            "page=-1",
            "page=99999999999999999999999",
            "page=x",
        ):
            with self.subTest(query=query[:30]):
                self.assertStatus(self.url_open(f"/my/cases?{query}"), 400)
        for query in ("page=2147483647", "self=1", "sort=", "unknown=1&cls=2&kw=3"):
            with self.subTest(query=query):
                self.assertStatus(self.url_open(f"/my/cases?{query}"), 200)

    def test_counts_on_the_home_page(self):
        self._login(self.ben)
        home = self.url_open("/my").text
        self.assertIn('data-placeholder_count="citizen_case_count"', home)
        self.assertNotIn("/my/tickets", home)
        self.assertNotIn("/new/ticket", home)
        counts = self.make_jsonrpc_request(
            "/my/counters",
            {"counters": ["citizen_case_count", "customer_case_count", "ticket_count"]},
        )
        self.assertEqual(counts, {"citizen_case_count": 0, "customer_case_count": 1})

    # -------------------------------------------------------------- the case
    def test_page_tells_where_the_case_is(self):
        self.petition.user_id = self.handler
        self.petition.due_date = Datetime.now() + timedelta(days=6)
        self._login(self.ada)
        text = self._text(self.url_open(f"/my/case/{self.petition.number}"))
        for words in (
            "A member of staff has been named for your case",
            "Department: Roads Department",
            "We answer by",
            "Next: work on your case begins.",
            "The city received the case.",
            "The case went to Roads Department.",
        ):
            self.assertIn(words, text)
        self.assertNotIn(self.handler.name, text)

    def test_internal_note_and_its_file_stay_inside(self):
        """Fails on the stock base because it lists every file of the ticket with a
        public token, those of internal notes too."""
        self.petition.with_user(self.handler).message_post(
            body="Careful, a troublemaker",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachments=[("note.png", PNG)],
        )
        inside = self.env["ir.attachment"].search([("name", "=", "note.png")])
        staff_file = (
            self.env["ir.attachment"]
            .with_user(self.handler)
            .create(
                {
                    "name": "memo.png",
                    "raw": PNG,
                    "res_model": "helpdesk.ticket",
                    "res_id": self.petition.id,
                }
            )
        )
        self._answer(self.petition, "See the plan", attachments=[("plan.png", PNG)])
        public = self.env["ir.attachment"].search([("name", "=", "plan.png")])
        self._login(self.ada)
        page = f"/my/case/{self.petition.number}"
        html = self.url_open(page).text
        self.assertIn("See the plan", html)
        self.assertIn("plan.png", html)
        for words in ("troublemaker", "note.png", "memo.png", "access_token="):
            self.assertNotIn(words, html)
        self.assertStatus(self.url_open(f"{page}/file/{public.id}"), 200)
        for file in inside + staff_file:
            self.assertStatus(self.url_open(f"{page}/file/{file.id}"), 404)
            self.assertFalse(file.access_token)
        self._login(self.eve)
        self.assertStatus(self.url_open(f"{page}/file/{public.id}"), 404)

    def test_handler_answers_and_resident_replies(self):
        self.petition.user_id = self.handler
        self._answer(self.petition, "Which side of the street?")
        self._move(self.petition, "waiting")
        self._login(self.ada)
        page = f"/my/case/{self.petition.number}"
        text = self._text(self.url_open(page))
        self.assertIn("Roads Department", text)
        self.assertIn("Which side of the street?", text)
        response = self._post(
            f"{page}/message", files={"files": ("x.jpg", PNG)}, message="The left one"
        )
        self.assertStatus(response, 200)
        self.assertIn("Your message has been sent.", self._text(response))
        self.assertIn("x.png", response.text)
        message = self._last_message(self.petition)
        self.assertEqual(message.author_id, self.ada.partner_id)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertFalse(message.is_internal)
        self.assertEqual(self.petition.phase, "in_work")

    def test_message_that_cannot_be_taken(self):
        self._login(self.ada)
        page = f"/my/case/{self.petition.number}/message"
        response = self._post(page, message="")
        self.assertStatus(response, 400)
        self.assertIn('id="e_message"', response.text)
        response = self._post(page, message="x" * 10_001)
        self.assertStatus(response, 400)
        self.assertIn("x" * 10_001, response.text)
        response = self._post(page, token=False, message="Kept words")
        self.assertStatus(response, 403)
        self.assertIn("Kept words", response.text)
        self._login(self.eve)
        self.assertStatus(self._post(page, message="I am not Ada"), 404)
        self.assertNotIn(
            "I am not Ada", "".join(self.petition.message_ids.mapped("body"))
        )

    # ------------------------------------------------------------------- acts
    def test_withdraw(self):
        self._login(self.ada)
        page = f"/my/case/{self.petition.number}"
        self.assertStatus(self.url_open(f"{page}/withdraw"), 405)
        self.assertStatus(self._post(f"{page}/withdraw", token=False), 400)
        self.assertEqual(self.petition.phase, "routed")
        self.assertStatus(self._post(f"{page}/withdraw"), 200)
        self.assertEqual(self.petition.phase, "withdrawn")
        self.assertEqual(self.petition.outcome, "unknown")
        self.assertEqual(self.petition.sudo().event_ids[-1].user_id, self.ada)
        response = self._post(f"{page}/withdraw")
        self.assertStatus(response, 400)
        self.assertIn("already ended", self._text(response))

    def test_withdraw_only_where_the_team_allows_it(self):
        self.env.ref("citizen_crm.stage_withdrawn").close_from_portal = False
        self._login(self.ada)
        page = f"/my/case/{self.petition.number}"
        self.assertNotIn("Withdraw", self._text(self.url_open(page)))
        self.assertStatus(self._post(f"{page}/withdraw"), 400)
        self.assertTrue(self.petition.is_open)

    def test_colleague_and_stranger_cannot_act(self):
        for user in (self.ben, self.eve):
            self._login(user)
            for case in (self.petition, self.order):
                for act in ("withdraw", "rights", "reopen"):
                    with self.subTest(user=user.login, act=act):
                        response = self._post(
                            f"/my/case/{case.number}/{act}", message="x"
                        )
                        self.assertStatus(response, 404)
        self.assertTrue(self.petition.is_open and self.order.is_open)
        self.assertEqual(self.order.role, "customer")

    def test_rights_button_makes_it_a_citizen_case(self):
        self.order.message_subscribe((self.ada.partner_id + self.ben.partner_id).ids)
        self._login(self.ada)
        page = f"/my/case/{self.order.number}"
        self.assertIn("This is about my rights", self._text(self.url_open(page)))
        self.assertStatus(self._post(f"{page}/rights"), 200)
        self.assertEqual(self.order.role, "citizen")
        self.assertEqual(self.order.citizen_id.partner_id, self.ada.partner_id)
        self.assertFalse(self.order.customer_id)
        self.assertNotIn(self.ben.partner_id, self.order.message_partner_ids)
        self.assertIn(self.ada.partner_id, self.order.message_partner_ids)
        self.assertStatus(self._post(f"{page}/rights"), 400)
        self._login(self.ben)
        self.assertStatus(self.url_open(page), 404)

    def test_reopen_within_thirty_days(self):
        self.petition.user_id = self.handler
        self._move(self.petition, "closed")
        self._login(self.ada)
        page = f"/my/case/{self.petition.number}"
        self.assertStatus(self._post(f"{page}/message", message="Late"), 400)
        self.assertStatus(self._post(f"{page}/reopen", message=""), 400)
        self.assertStatus(self._post(f"{page}/reopen", message="It is back"), 200)
        self.assertEqual(self.petition.phase, "assigned")
        self.assertFalse(self.petition.closed_date)
        self.assertIn("It is back", self._last_message(self.petition).body)
        self.assertStatus(self._post(f"{page}/reopen", message="Again"), 400)

    def test_reopened_case_of_who_has_left_the_city_waits_for_somebody(self):
        self.petition.user_id = self.handler
        self._move(self.petition, "closed")
        self.handler.active = False
        self.petition.with_user(self.ada)._portal_reopen("It is back")
        self.assertFalse(self.petition.user_id)
        self.assertEqual(self.petition.phase, "routed")
        self.assertTrue(self.petition.queued_date)

    def test_reopen_too_late_or_not_handled(self):
        self._move(self.petition, "closed")
        self.petition.closed_date = Datetime.now() - timedelta(days=31)
        self._move(self.order, "not_handled")
        self._login(self.ada)
        for case in (self.petition, self.order):
            page = f"/my/case/{case.number}"
            self.assertNotIn("Open the case again", self._text(self.url_open(page)))
            self.assertStatus(self._post(f"{page}/reopen", message="x"), 400)
            self.assertFalse(case.is_open)
