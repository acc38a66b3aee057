"""Filing without an account: what waits, what confirms it, and what never does."""

import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models.case import citizen_portal_hit
from .assignment_common import AssignmentCommon
from .mail_common import CitizenMailCommon
from .portal_common import PortalCase

_LINK = re.compile(r"/confirm/([\w-]{32})")


class ConfirmationMixin:
    def _register(self, **values):
        """Register a case without an account; return it and the token of its link."""
        mails = self.env["mail.mail"]
        before = mails.search([])
        email = values.pop("email", "dora@example.com")
        case = self.env["helpdesk.ticket"]._register_visitor(
            {
                "name": "Hole",
                "description": "<p>Deep.</p>",
                "category_id": self.pothole.id,
                "role": "citizen",
                **values,
            },
            [],
            "Dora Elm",
            email,
        )
        mail = mails.search([]) - before
        return case, _LINK.search(mail.body_html)[1] if mail else ""

    def _kinds(self, case):
        events = case.event_ids.sorted(lambda event: (event.at, event.id))
        return events.mapped("kind")


@tagged("post_install", "-at_install")
class TestConfirmation(ConfirmationMixin, CitizenMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.intake = cls._create_user(
            "intake",
            "citizen_crm.group_intake_clerk,citizen_crm.group_clearance_citizen",
        )
        cls.env["citizen.sla.rule"]._get_pure_rules()

    def test_case_waits_for_its_sender(self):
        case, token = self._register()
        self.assertEqual(self._kinds(case), ["received", "unconfirmed"])
        self.assertRegex(case.number, r"^2026-\d+")
        self.assertFalse(case.team_id)
        self.assertFalse(case.queued_date)
        self.assertFalse(case.partner_id)
        self.assertFalse(case.clock_ids)
        self.assertFalse(case.acknowledged_date)
        self.assertEqual(str(case.confirm_until), "2026-03-11 23:59:59")
        row = self.env["citizen.case.token"]._find_link("confirm", token)
        self.assertEqual(row.case_id, case)
        self.assertNotIn(token, row.token_hash)
        waiting = self.env["helpdesk.ticket"].with_user(self.intake)
        action = self.env.ref("citizen_crm.helpdesk_ticket_action_unconfirmed")
        domain = [("confirm_until", "!=", False), ("is_open", "=", True)]
        self.assertIn("confirm_until", action.domain)
        self.assertIn(case, waiting.search(domain))

    def test_confirming_begins_the_case(self):
        case, token = self._register()
        link = self.env["citizen.case.token"]._find_link("confirm", token)
        with self._outbox() as sent:
            self.assertTrue(link._use() and case._confirm())
        self.assertEqual(
            self._kinds(case)[:4], ["received", "unconfirmed", "confirmed", "routed"]
        )
        self.assertIn("acknowledged", self._kinds(case))
        self.assertEqual(case.team_id, self.roads)
        self.assertTrue(case.queued_date)
        self.assertEqual([mail["To"] for mail in sent], ["dora@example.com"])
        self.assertFalse(link._use(), "once")
        self.assertFalse(case._confirm(), "once")
        self.assertEqual(self._kinds(case).count("confirmed"), 1)

    def test_mail_with_the_link_is_no_message_of_the_case(self):
        with self._outbox() as sent:
            case, token = self._register()
        self.assertFalse(token, "the mail is deleted when it has been sent")
        text = self._read(sent[0])
        token = _LINK.search(text)[1]
        self.assertIn(case.number, text)
        self.assertNotIn("Deep", text)
        self.assertEqual(sent[0]["Auto-Submitted"], "auto-generated")
        for field in ("body", "subject"):
            bodies = self.env["mail.message"].search([]).mapped(field)
            self.assertFalse([body for body in bodies if token in (body or "")])
        self.assertFalse(case.message_ids.filtered("body"))

    def test_mail_speaks_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.env.ref("citizen_crm.mail_template_confirm")
        template.with_context(lang="es_ES").subject = "Confirme {{ object.number }}"
        self.Case = self.Case.with_context(lang="es_ES")
        self.env = self.Case.env
        with self._outbox() as sent:
            case, _token = self._register()
        self.assertEqual(sent[0]["Subject"], f"Confirme {case.number}")
        self.assertEqual(case.contact_lang, "es_ES")

    def test_nobody_works_on_it_before(self):
        case, _token = self._register()
        for values in (
            {"user_id": self.clerk.id},
            {"team_id": self.roads.id},
            {"stage_id": self._stage("in_work").id},
            {"confirm_until": False},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                case.with_user(self.clerk).write(values)
        case.with_user(self.clerk).write({"category_id": self.tree.id})
        self.assertFalse(case.team_id)
        case._confirm()
        self.assertEqual(case.team_id, self.parks)

    def test_clerk_vouches(self):
        case, _token = self._register()
        with self.assertRaises(AccessError):
            case.with_user(self.manager).action_confirm_for_sender()
        case.with_user(self.intake).action_confirm_for_sender()
        self.assertEqual(case.team_id, self.roads)
        event = case.event_ids.filtered(lambda e: e.kind == "confirmed")
        self.assertEqual(event.user_id, self.intake)
        self.assertIn(
            "The city took the case up.",
            [line["text"] for line in case._get_portal_timeline()],
        )
        with self.assertRaises(UserError):
            case.with_user(self.intake).action_confirm_for_sender()

    def test_few_mails_a_day_and_the_rest_later(self):
        case, token = self._register()
        self.assertTrue(token)
        limit = citizen_portal_hit.LIMITS["confirm"][1]
        with self._outbox() as sent:
            for _index in range(limit):
                case.with_user(self.intake).action_send_confirmation()
            with self.assertRaises(UserError):
                case.with_user(self.intake).action_send_confirmation()
        self.assertEqual(len(sent), limit)

    def test_case_ends_when_nobody_confirms_it(self):
        case, token = self._register()
        with freeze_time("2026-03-11 23:00:00"):
            self.assertEqual(self.Case._end_unconfirmed(), (0, 0))
        with freeze_time("2026-03-12 00:00:00"):
            self.assertEqual(self.Case._end_unconfirmed(), (1, 0))
            self.assertEqual(self.Case._end_unconfirmed(), (0, 0))
            self.assertPhase(case, "withdrawn")
            self.assertEqual(self._kinds(case)[-2:], ["not_confirmed", "withdrawn"])
            link = self.env["citizen.case.token"]._find_link("confirm", token)
            self.assertFalse(link._is_open())
            self.assertFalse(link._use())
            self.assertFalse(case._confirm())
            texts = [line["text"] for line in case._get_portal_timeline()]
            self.assertIn("did not confirm it in time", texts[-1])
            self.assertNotIn("The case was withdrawn.", texts)

    def test_who_reopens_it_vouches_for_it(self):
        case, _token = self._register()
        with freeze_time("2026-03-12 00:00:00"):
            self.Case._end_unconfirmed()
            case.with_user(self.clerk).action_reopen()
            self.assertFalse(case.confirm_until)
            self.assertPhase(case, "routed")
            self.assertEqual(case.team_id, self.roads)
            self.assertIn("confirmed", self._kinds(case))
            self.assertEqual(self.Case._end_unconfirmed(), (0, 0))

    # ---------------------------------------------------------------- people
    def test_only_a_verified_record_is_linked(self):
        """Fails if an address that somebody typed were taken for a person's."""
        for email, person in (
            ("ada@example.com", self.ada),
            ("ben@example.com", self.ben.browse()),
        ):
            with self.subTest(email=email):
                case, _token = self._register(email=email)
                self.assertFalse(case.partner_id)
                case._confirm()
                self.assertEqual(case.partner_id, person)

    def test_two_people_of_one_address_are_nobody(self):
        other = self._create_partner("Al Fox", email="ada@example.com")
        self._create_citizen(other).action_verify_contact()
        case, _token = self._register(email="ada@example.com")
        case._confirm()
        self.assertFalse(case.partner_id)

    # ----------------------------------------------------------------- mails
    def test_mail_of_somebody_unknown(self):
        self.company.confirm_mails = True
        with self._outbox() as sent:
            case = self._deliver_case(sender="Eli <eli@example.com>")
        self.assertTrue(case.confirm_until)
        self.assertFalse(case.team_id)
        [mail] = sent
        self.assertIn("/confirm/", self._read(mail))
        case._confirm()
        self.assertEqual(case.team_id, self.roads, "the team it was sent to")
        self.assertFalse(case.sender_unverified)

    def test_mails_that_need_no_link(self):
        """Whoever is vouched for needs none, whoever is forged gets none."""
        self.company.confirm_mails = True
        forged = {"Authentication-Results": "mx.city.example; dmarc=fail"}
        for name, mail in (
            ("known", {"trusted": True}),
            ("unknown", {"trusted": True, "sender": "Eli <eli@example.com>"}),
            ("forged", forged),
        ):
            with self.subTest(name=name), self._outbox() as sent:
                case = self._deliver_case(**mail)
                self.assertFalse(case.confirm_until)
                self.assertEqual(case.team_id, self.roads)
                self.assertFalse([m for m in sent if "/confirm/" in self._read(m)])

    def test_machines_are_not_answered(self):
        self.company.confirm_mails = True
        with self._outbox() as sent:
            receipt = self._deliver(Auto_Submitted="auto-replied")
        self.assertEqual(receipt.state, "ignored")
        self.assertFalse(sent)

    def test_a_flood_gets_few_links_and_the_rest_one_a_day(self):
        self.company.confirm_mails = True
        limits = {"confirm": (86400, 2, 9)}
        with patch.dict(citizen_portal_hit.LIMITS, limits), self._outbox() as sent:
            cases = [self._deliver_case(sender="eli@example.com") for _i in range(4)]
            self.assertEqual(len(sent), 2)
            self.Case._ask_the_unasked()
            self.assertEqual(len(sent), 2)
            with freeze_time("2026-03-05 09:00:00"):
                self.Case._ask_the_unasked()
        self.assertEqual(len(sent), 4)
        self.assertEqual(str(cases[3].confirm_until), "2026-03-12 23:59:59")

    @mute_logger("odoo.addons.citizen_crm.models.correspondence.mail_thread")
    def test_staff_may_make_a_case_of_a_mail(self):
        """What they make of a mail in quarantine is theirs to judge."""
        self.company.confirm_mails = True
        receipt = self._deliver(To="nobody@city.example")
        self.assertEqual(receipt.state, "quarantined")
        receipt.with_user(self.intake).action_make_case()
        self.assertFalse(receipt.case_id.confirm_until)


@tagged("post_install", "-at_install")
class TestConfirmationShared(ConfirmationMixin, AssignmentCommon):
    """Neither dispatched nor promised before, both at once afterwards."""

    def test_dispatched_only_when_confirmed(self):
        case, _token = self._register()
        self._dispatch()
        self.assertFalse(case.user_id)
        self.assertFalse(
            self.env["citizen.assignment.entry"].search([("case_id", "=", case.id)])
        )
        case._confirm()
        self._dispatch()
        self.assertTrue(case.user_id)

    def test_clocks_begin_with_the_confirmation(self):
        self._create_rule({"kind": "resolve", "unit": "hours", "amount": 10})
        case, _token = self._register()
        self.assertFalse(case.clock_ids)
        self.assertFalse(case.due_date)
        with freeze_time("2026-03-09 10:00:00"):
            case._confirm()
            self.assertTrue(case.clock_ids)
            begun = case.clock_ids.mapped("begun")
            self.assertEqual({str(moment) for moment in begun}, {"2026-03-09 10:00:00"})
            self.assertGreater(case.due_date, fields.Datetime.now())


@tagged("post_install", "-at_install")
class TestConfirmationPages(ConfirmationMixin, PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.file_without_account = True

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _file_unsigned(self, **data):
        return self._file_case(
            **{"name": "Dora Elm", "email": "Dora@Example.com", **data}
        )

    def _newest(self):
        return self.Case.search([], order="id desc", limit=1)

    def _get_token(self):
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        return _LINK.search(mail.body_html)[1]

    def test_file_and_confirm(self):
        form = self.url_open(f"/services/{self.pothole.id}")
        self.assertIn('name="email"', form.text)
        response = self._file_unsigned(place="Mill Lane 3")
        self.assertStatus(response, 200)
        self.assertTrue(response.url.endswith("/services/sent"))
        case = self._newest()
        self.assertIn(case.number, self._text(response))
        self.assertIn("dora@example.com", self._text(response))
        path = f"/confirm/{self._get_token()}"
        for _opened in range(2):  # by a program that looks through mails
            self.assertIn("Is this from you?", self._text(self.url_open(path)))
        self.assertTrue(case.confirm_until)
        self.assertIn("We have received your case", self._text(self._post(path)))
        self.assertFalse(case.confirm_until)
        self.assertEqual(case.team_id, self.team)
        for response in (self._post(path), self.url_open(path)):
            self.assertStatus(response, 200)
            self.assertIn("confirmed this case already", self._text(response))

    def test_what_is_missing_is_named_and_nothing_is_registered(self):
        before = self.Case.search_count([])
        for data, words in (
            ({"name": ""}, "Your name: Please fill this in."),
            ({"email": "dora"}, "Please write an e-mail address"),
            ({"email": ""}, "Your e-mail address: Please fill this in."),
            ({"description": ""}, "What is it about? Please fill this in."),
        ):
            with self.subTest(data=data):
                response = self._file_unsigned(**data)
                self.assertStatus(response, 400)
                self.assertIn(words, self._text(response))
                self.assertIn("Nothing has been sent yet", self._text(response))
        self.assertEqual(self.Case.search_count([]), before)

    def test_where_the_city_does_not_allow_it(self):
        self.env.company.file_without_account = False
        page = self.url_open(f"/services/{self.pothole.id}")
        self.assertNotIn('name="email"', page.text)
        self.assertStatus(self._file_unsigned(), 401)

    def test_signed_in_people_confirm_nothing(self):
        self._login(self.eve)
        self.assertTrue(self._file_unsigned().url.endswith("/filed"))
        self.assertFalse(self._last_case(self.eve).confirm_until)

    def test_without_a_token_of_the_form(self):
        data = {"description": "Long story", "name": "Dora", "email": "d@example.com"}
        response = self._post(f"/services/{self.pothole.id}", token=False, **data)
        self.assertStatus(response, 403)
        self.assertIn("Long story", response.text)

    def test_same_form_sent_twice_files_once(self):
        before = self.Case.search_count([])
        key = "0123456789abcdef" * 2
        first = self._file_unsigned(form_key=key)
        second = self._file_unsigned(form_key=key)
        self.assertEqual(first.url, second.url)
        self.assertEqual(self.Case.search_count([]), before + 1)

    def test_one_address_gets_few_mails(self):
        limit = citizen_portal_hit.LIMITS["confirm"][1]
        for _index in range(limit):
            self.assertStatus(self._file_unsigned(), 200)
        before = self.Case.search_count([])
        response = self._file_unsigned(description="Long story")
        self.assertStatus(response, 429)
        self.assertIn("Long story", response.text)
        self.assertEqual(self.Case.search_count([]), before)
        self.assertStatus(self._post("/services/sent"), 429)

    def test_resend(self):
        self._file_unsigned()
        first = self._get_token()
        response = self._post("/services/sent")
        self.assertIn("We have sent the link again", self._text(response))
        second = self._get_token()
        self.assertNotEqual(first, second)
        self._post(f"/confirm/{first}")
        text = self._text(self.url_open(f"/confirm/{second}"))
        self.assertIn("confirmed this case already", text)

    def test_links_that_open_nothing(self):
        for path in ("/confirm/x", "/confirm/" + "A" * 32, "/confirm/%00"):
            with self.subTest(path=path):
                self.assertStatus(self.url_open(path), 404)
                self.assertStatus(self._post(path), 404)
        self.authenticate(None, None)
        self.assertStatus(self.url_open("/services/sent"), 404)

    def test_over(self):
        self._file_unsigned()
        case, path = self._newest(), f"/confirm/{self._get_token()}"
        case.confirm_until = fields.Datetime.now() - timedelta(days=1)
        self.Case._end_unconfirmed()
        for response in (self.url_open(path), self._post(path)):
            self.assertStatus(response, 200)
            self.assertIn("no longer valid", self._text(response))
        self.assertFalse(case.is_open)

    def test_own_photo_is_the_senders(self):
        png = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
        self._file_unsigned(files={"files": ("hole.png", png)})
        files = self._newest()._get_portal_files()
        self.assertEqual([file["name"] for file in files], ["hole.png"])
