"""Following a case with number and secret: what opens it, and what it shows."""

import re
import time
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.case import citizen_portal_hit
from .mail_common import CitizenMailCommon
from .portal_common import PNG, PortalCase

_SECRET = re.compile(r"\b[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}\b")


def forget(env):
    """Go on as another transaction would, which knows no secret."""
    env.cr.cache.clear()


@tagged("post_install", "-at_install")
class TestSecret(CitizenMailCommon):
    def _find(self, case, secret):
        return self.Case._find_tracked(case.number, secret).case_id

    def test_receipt_tells_it_once(self):
        with self._outbox() as sent:
            case = self._deliver_case(trusted=True)
        [secret] = set(_SECRET.findall(self._read(sent[0])))
        self.assertEqual(self._find(case, secret), case)
        self.assertEqual(self._find(case, secret.lower().replace("-", " ")), case)
        rows = self.env["citizen.case.token"].search([("case_id", "=", case.id)])
        self.assertNotIn(secret, str(rows.read()))
        bodies = " ".join(body or "" for body in case.message_ids.mapped("body"))
        self.assertFalse(_SECRET.findall(bodies), "staff read the messages")
        forget(self.env)
        self.assertEqual(case._get_secret_to_tell(), "")

    def test_only_the_person_is_told(self):
        """Not a colleague who follows the case, in the same mail."""
        case = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        case.sudo().message_subscribe(self.ben.ids)
        case = case.sudo().with_context(mail_only=False)
        told = {}
        group = {"recipients_emails": [], "recipients_ids": [self.ada.id, self.ben.id]}
        self.assertFalse(case._is_to_person(group))
        with self._outbox() as sent:
            case._acknowledge()
        for mail in sent:
            told[mail["To"]] = bool(_SECRET.search(self._read(mail)))
        self.assertEqual(list(told.values()), [True])
        self.assertIn("ada@example.com", list(told)[0])

    def test_registering_makes_none(self):
        case = self._create_case(partner_id=self.ada.id)
        self.assertFalse(case._find_secret())

    def test_printed_receipt_tells_it_once(self):
        case = self._create_case(partner_name="Dora Elm").sudo()
        [secret] = set(_SECRET.findall(case._render_receipt()))
        self.assertEqual(self._find(case, secret), case)
        forget(self.env)
        self.assertFalse(_SECRET.findall(case._render_receipt()))

    def test_wrong_pairs(self):
        case = self._create_case(partner_id=self.ada.id).sudo()
        other = self._create_case(partner_id=self.ben.id).sudo()
        secret, foreign = case._get_secret_to_tell(), other._get_secret_to_tell()
        for number, typed in (
            (case.number, foreign),
            (case.number, ""),
            (case.number, secret[:-1]),
            ("", secret),
            ("%", secret),
            (other.number, secret),
        ):
            with self.subTest(number=number, typed=typed):
                self.assertFalse(self.Case._find_tracked(number, typed))

    def test_no_case_takes_as_long(self):
        """The same work is done, so that the time tells nothing either."""
        case = self._create_case(partner_id=self.ada.id).sudo()
        case._get_secret_to_tell()
        self.env.flush_all()
        with patch(
            "odoo.addons.citizen_crm.tools.case_secret._digest", return_value=b"x"
        ) as digest:
            for number in (case.number, "1999-1"):
                self.env.invalidate_all()
                with self.assertQueryCount(1):
                    self.Case._find_tracked(number, "2ABCD-EFGHJ")
        self.assertEqual(digest.call_count, 2)

    def test_lead_gives_a_new_one_by_mail(self):
        with self._outbox() as sent:
            case = self._deliver_case(trusted=True)
            [old] = set(_SECRET.findall(self._read(sent[0])))
            forget(self.env)
            with self.assertRaises(AccessError):
                case.with_user(self.clerk).action_new_secret()
            lead = self._create_user(
                "head",
                "citizen_crm.group_department_head,"
                "citizen_crm.group_clearance_citizen,"
                "helpdesk_mgmt.group_helpdesk_user",
            )
            result = case.with_user(lead).action_new_secret()
        self.assertFalse(result, "the lead learns nothing")
        [new] = set(_SECRET.findall(self._read(sent[-1])))
        self.assertIn("ada@example.com", sent[-1]["To"])
        self.assertFalse(self._find(case, old))
        self.assertEqual(self._find(case, new), case)
        self.assertIn("secret_renewed", case.event_ids.mapped("kind"))
        lines = [line["text"] for line in case._get_portal_timeline()]
        self.assertFalse([line for line in lines if "secret" in line])

    def test_lead_prints_it_for_whoever_has_no_mail(self):
        case = self._create_case(partner_name="Dora Elm", category_id=self.pothole.id)
        lead = self._create_user(
            "head",
            "citizen_crm.group_department_head,citizen_crm.group_clearance_citizen,"
            "helpdesk_mgmt.group_helpdesk_user",
        )
        with self._outbox() as sent:
            action = case.with_user(lead).action_new_secret()
        self.assertFalse(sent)
        self.assertIn("citizen_case_receipt", action["url"])

    def test_none_before_the_confirmation(self):
        self.company.confirm_mails = True
        case = self._deliver_case(sender="eli@example.com")
        self.assertTrue(case.confirm_until)
        self.assertEqual(case._get_secret_to_tell(), "")
        with self.assertRaises(UserError):
            case.with_user(self.env.ref("base.user_admin")).action_new_secret()


@tagged("post_install", "-at_install")
class TestTrackingPages(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.Case.create(
            {
                "name": "Portal case",
                "description": "<p>Deep.</p>",
                "category_id": cls.pothole.id,
                "partner_name": "Dora Elm",
                "partner_email": "dora@example.com",
            }
        )
        cls.secret = cls.case._get_secret_to_tell()

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _send(self, path, page="/track", **data):
        """Send a form with the token of the page that it stands on."""
        html = self.url_open(page).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]
        return self.url_open(path, data={"csrf_token": token, **data})

    def _enter(self, number=None, secret=None):
        return self._send(
            "/track",
            number=number or self.case.number,
            secret=self.secret if secret is None else secret,
        )

    def _say(self, text, **data):
        return self._send(
            "/track/case/message", page="/track/case", message=text, **data
        )

    def test_page_of_the_case(self):
        self.case.user_id = self.handler
        self.case.with_user(self.handler).message_post(
            body="Which side?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("plan.png", PNG)],
        )
        self.case.message_post(body="He is a bore", subtype_xmlid="mail.mt_note")
        response = self._enter()
        self.assertStatus(response, 200)
        self.assertTrue(response.url.endswith("/track/case"))
        text = self._text(response)
        for words in ("Which side?", "Roads Department", "The city received the case."):
            self.assertIn(words, text)
        for hidden in ("bore", self.handler.name, "Withdraw", "/my/case/"):
            self.assertNotIn(hidden, response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        [path] = set(re.findall(r"/track/case/file/\d+", response.text))
        self.assertEqual(self.url_open(path).content, PNG)

    def test_holder_writes_and_answers(self):
        self.case.user_id = self.handler
        self.case.sudo().stage_id = self.env.ref("citizen_crm.stage_waiting")
        self._enter()
        response = self._say("On the left")
        self.assertIn("Your message has been sent.", self._text(response))
        self.assertIn("On the left", self._text(response))
        message = self._last_message(self.case)
        self.assertFalse(message.author_id)
        self.assertEqual(message.email_from, "dora@example.com")
        self.assertEqual(self.case.phase, "in_work")
        self.assertIn("wrote", self.case.event_ids.mapped("kind"))
        page = self.case._get_tracked_page()
        self.assertEqual([m["author"] for m in page["messages"]], ["You"])
        self.assertStatus(self._say(""), 400)

    def test_message_of_a_known_person_is_theirs(self):
        case = self._create_case(self.eve)
        secret = case._get_secret_to_tell()
        self._enter(case.number, secret)
        self._say("Still there")
        message = self._last_message(case)
        self.assertEqual(message.author_id, self.eve.partner_id)

    def test_wrong_pairs_are_answered_alike(self):
        pages = [
            self._text(self._enter(number, secret))
            for number, secret in (
                (self.case.number, "2ABCD-EFGHJ"),
                ("1999-000001", self.secret),
                ("' OR 1=1 --", "x"),
            )
        ]
        told = {re.sub(r'value="[^"]*"', "", page) for page in pages}
        self.assertEqual(len(told), 1)
        self.assertIn("do not belong together", told.pop())
        self.assertStatus(self._enter(secret="wrong"), 403)

    def test_limits_per_number_and_network(self):
        limits = {"track": (600, 3, 5)}
        with patch.dict(citizen_portal_hit.LIMITS, limits):
            for number in (self.case.number, "1999-000001"):
                codes = [self._enter(number, "wrong").status_code for _i in range(3)]
                if number == self.case.number:
                    self.assertEqual(codes, [403] * 3)
                    self.assertStatus(self._enter(), 429)
            self.assertEqual(codes, [403, 403, 429], "the network has had five")

    def test_visit_ends(self):
        self._enter()
        self._send("/track/leave", page="/track/case")
        self.assertIn("/track", self.url_open("/track/case").url)
        self.assertNotIn("/track/case", self.url_open("/track/case").url)
        self._enter()
        self.assertTrue(self.url_open("/track").url.endswith("/track/case"))
        later = time.time() + 31 * 60
        with patch.object(time, "time", return_value=later):
            self.assertFalse(self.url_open("/track/case").url.endswith("/case"))

    def test_visit_ends_with_its_secret(self):
        self._enter()
        self.case._void_secret()
        self.assertFalse(self.url_open("/track/case").url.endswith("/case"))
        response = self.url_open("/track/case/message", data={"message": "Long story"})
        self.assertStatus(response, 401)
        self.assertIn("Long story", response.text)

    def test_confidential_report_shows_where_it_is_alone(self):
        self.case.write({"nature": "misconduct_report", "confidential": True})
        response = self._enter()
        text = self._text(response)
        self.assertIn("confidential", text)
        self.assertIn("Where it is", text)
        for hidden in ("Deep.", "Portal case", "Roads Department", "Write to us"):
            self.assertNotIn(hidden, response.text)
        token = re.search(r'name="csrf_token" value="([^"]+)"', response.text)[1]
        data = {"csrf_token": token, "message": "x"}
        self.assertStatus(self.url_open("/track/case/message", data=data), 404)

    def test_other_cases_stay_closed(self):
        other = self._create_case(self.eve)
        file = self.env["ir.attachment"].create(
            {"name": "x.png", "raw": PNG, "res_model": other._name, "res_id": other.id}
        )
        self._enter()
        for key in (file.id, 0, "x", 2**40):
            response = self.url_open(f"/track/case/file/{key}")
            self.assertIn(response.status_code, (400, 404))

    def test_filed_page_tells_it_once(self):
        self._login(self.eve)
        page = self._file_case()
        [secret] = set(_SECRET.findall(self._text(page)))
        case = self._last_case(self.eve)
        self.assertEqual(self.Case._find_tracked(case.number, secret).case_id, case)
        self.assertFalse(_SECRET.findall(self._text(self.url_open(page.url))))
