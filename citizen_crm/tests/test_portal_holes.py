"""How the portal refuses what the base lets in; ``tests/holes`` uses the holes."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.case import citizen_portal_hit
from .portal_common import PNG, PortalCase


@tagged("post_install", "-at_install")
class TestPortalHoles(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(cls.ada)

    def _call(self, method, *args, **kwargs):
        """Call a method of the case over RPC as the user signed in."""
        return self.url_open(
            f"/web/dataset/call_kw/helpdesk.ticket/{method}",
            json={
                "params": {
                    "model": "helpdesk.ticket",
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                }
            },
        ).json()

    def _chat(self, case=None, **post_data):
        return self.url_open(
            "/mail/message/post",
            json={
                "params": {
                    "thread_model": "helpdesk.ticket",
                    "thread_id": (case or self.case).id,
                    "post_data": post_data,
                }
            },
        ).json()

    # ------------------------------------------------------------------ row 1
    def test_close_is_a_withdrawal_whatever_stage_is_asked(self):
        """Fails on the stock base because the caller names the stage."""
        closed = self.env.ref("citizen_crm.stage_closed")
        closed.close_from_portal = True
        self._login(self.ada)
        data = {"ticket_id": self.case.id, "stage_id": closed.id}
        self.assertStatus(self._post("/ticket/close", token=False, **data), 400)
        self.assertTrue(self.case.is_open)
        self.assertStatus(self._post("/ticket/close", **data), 200)
        self.assertEqual(self.case.phase, "withdrawn")
        self.assertStatus(self._post("/ticket/close", **data), 400)

    def test_close_of_nonsense(self):
        """Fails on the stock base because int() of anything raises: 500."""
        self._login(self.ada)
        for ticket_id in ("", "abc", "-1", "9" * 30, "1 OR 1=1", "\x00"):
            with self.subTest(ticket_id=ticket_id):
                response = self._post("/ticket/close", ticket_id=ticket_id)
                self.assertStatus(response, 404)

    # ------------------------------------------------------------------ row 2
    def test_no_case_by_get(self):
        """Fails on the stock base because GET files a ticket without a token."""
        self._login(self.eve)
        query = "subject=x&description=y"
        self.assertStatus(self.url_open(f"/submitted/ticket?{query}"), 405)
        self.assertStatus(
            self.url_open(f"/services/{self.pothole.id}?description=y"), 200
        )
        self.assertStatus(self._post("/submitted/ticket", token=False), 400)
        response = self._post("/submitted/ticket", subject="x", description="y")
        self.assertTrue(response.url.endswith("/services"), response.url)
        self.assertFalse(self._last_case(self.eve))

    def test_old_addresses_lead_to_ours(self):
        self._login(self.ada)
        for old, new in (
            ("/new/ticket", "/services"),
            ("/my/tickets", "/my/cases"),
            ("/my/tickets/page/2?sortby=x&groupby=y", "/my/cases"),
            (f"/my/ticket/{self.case.id}", f"/my/case/{self.case.id}"),
        ):
            with self.subTest(old=old):
                response = self.url_open(old)
                self.assertStatus(response, 200)
                self.assertTrue(response.url.endswith(new), response.url)

    # -------------------------------------------------------------- rows 6, 11
    def test_token_opens_nothing(self):
        """Fails on the stock base because a token in a link opens the page and its
        messages to everybody, for ever."""
        token = self.case._portal_ensure_token()
        page = f"/my/ticket/{self.case.id}/{token}"
        self.assertIn("/web/login", self.url_open(page).url)
        self.assertIn(
            "/web/login",
            self.url_open(f"/my/case/{self.case.id}?access_token={token}").url,
        )
        self._login(self.eve)
        self.assertStatus(self.url_open(page), 404)
        result = self.url_open(
            "/mail/chatter_fetch",
            json={
                "params": {
                    "thread_model": "helpdesk.ticket",
                    "thread_id": self.case.id,
                    "token": token,
                }
            },
        ).json()
        self.assertIn("error", result)

    def test_nobody_mints_a_token(self):
        """Fails on the stock base because get_portal_url makes one for the caller."""
        self._login(self.ada)
        with mute_logger("odoo.http"):
            self.assertIn("error", self._call("get_portal_url", [self.case.id]))
        self.assertFalse(self.case.access_token)
        self.assertEqual(self.case.get_portal_url(), f"/my/case/{self.case.number}")
        self.assertNotIn("access_token", self.case._get_share_url())

    @mute_logger("odoo.http")
    def test_attachments_are_not_read_around_the_page(self):
        """Staff files are no public links; kept safe as in the base."""
        file = self.env["ir.attachment"].create(
            {
                "name": "memo.png",
                "raw": PNG,
                "res_model": "helpdesk.ticket",
                "res_id": self.case.id,
            }
        )
        self._login(self.ada)
        response = self.url_open(f"/web/content/{file.id}")
        self.assertEqual(response.status_code, 404)

    # ------------------------------------------------------------------ row 9
    def test_kind_of_message_is_not_the_residents_choice(self):
        """Fails on the stock base because subtype and kind are taken from the request
        (and the rating, where an addon brings ratings)."""
        self._login(self.ada)
        self._chat(
            body="<p>Hidden?</p>",
            message_type="notification",
            subtype_xmlid="mail.mt_note",
            rating_value=5,
            email_add_signature=False,
        )
        message = self.case.message_ids[0]
        self.assertIn("Hidden?", message.body)
        self.assertEqual(message.message_type, "comment")
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertEqual(message.author_id, self.ada.partner_id)
        if "rating.rating" in self.env:
            self.assertFalse(
                self.env["rating.rating"].search_count(
                    [
                        ("res_model", "=", "helpdesk.ticket"),
                        ("res_id", "=", self.case.id),
                    ]
                )
            )

    @mute_logger("odoo.http")
    def test_message_is_limited(self):
        """Fails on the stock base because a message may be empty or 10 MB long."""
        self._login(self.ada)
        before = self.case.message_ids
        for body in ("", "<p> </p>", "x" * 100_001):
            self.assertIn("error", self._chat(body=body))
        self.assertEqual(self.case.message_ids, before)

    @mute_logger("odoo.http")
    def test_author_cannot_be_forged(self):
        """Kept safe as in the base, which refuses authors that one cannot read."""
        self._login(self.ada)
        self._call(
            "message_post",
            [self.case.id],
            body="I, the officer, decide",
            author_id=self.handler.partner_id.id,
            email_from="officer@city.example",
            message_type="email",
            partner_ids=[self.ben.partner_id.id],
        )
        message = self.case.message_ids[0]
        self.assertIn("officer", message.body)
        self.assertEqual(message.author_id, self.ada.partner_id)
        self.assertEqual(message.message_type, "comment")
        self.assertFalse(message.partner_ids)
        self.env.cr.flush()
        result = self.url_open(
            "/web/dataset/call_kw/mail.message/create",
            json={
                "params": {
                    "model": "mail.message",
                    "method": "create",
                    "args": [
                        {
                            "model": "helpdesk.ticket",
                            "res_id": self.case.id,
                            "body": "forged",
                            "author_id": self.handler.partner_id.id,
                        }
                    ],
                    "kwargs": {},
                }
            },
        ).json()
        self.assertIn("error", result)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_sent_message_stays(self):
        """Fails on the stock base because its author can blank it afterwards."""
        self._login(self.ada)
        self._post(f"/my/case/{self.case.number}/message", message="My words")
        message = self.case.message_ids[0]
        for path, params in (
            (
                "/mail/message/update_content",
                {"message_id": message.id, "update_data": {"body": ""}},
            ),
            (
                "/mail/message/update_content",
                {
                    "message_id": message.id,
                    "update_data": {"body": "Other", "attachment_ids": []},
                },
            ),
            (
                "/mail/update_is_internal",
                {"message_id": message.id, "is_internal": True},
            ),
            (
                "/web/dataset/call_kw/mail.message/write",
                {
                    "model": "mail.message",
                    "method": "write",
                    "args": [[message.id], {"body": "Other"}],
                    "kwargs": {},
                },
            ),
            (
                "/web/dataset/call_kw/mail.message/unlink",
                {
                    "model": "mail.message",
                    "method": "unlink",
                    "args": [[message.id]],
                    "kwargs": {},
                },
            ),
        ):
            with self.subTest(path=path):
                result = self.url_open(path, json={"params": params}).json()
                self.assertIn("error", result)
        message.invalidate_recordset()
        self.assertIn("My words", message.body)
        self.assertFalse(message.is_internal)

    # ----------------------------------------------------------------- row 13
    def test_flood_of_one_person_spares_the_others(self):
        """Fails on the stock base because 60 tickets in 5 seconds are all taken."""
        self._login(self.eve)
        limit = citizen_portal_hit.LIMITS["file"][1]
        codes = [self._file_case().status_code for _i in range(limit)]
        self.assertEqual(set(codes), {200})
        response = self._file_case(description="Words to keep")
        self.assertStatus(response, 429)
        self.assertGreater(int(response.headers["Retry-After"]), 0)
        self.assertIn("Words to keep", response.text)
        count = self.Case.search_count([("partner_id", "=", self.eve.partner_id.id)])
        self.assertEqual(count, limit)
        self._login(self.ben)
        self.assertStatus(self._file_case(), 200)

    def test_flood_of_one_address(self):
        """The address has a limit of its own, in whatever names it comes."""
        limits = {"file": (600, 10, 3)}
        with patch.dict(citizen_portal_hit.LIMITS, limits):
            for user in (self.ada, self.ben, self.eve):
                self._login(user)
                self.assertStatus(self._file_case(), 200)
            self._login(self.handler)
            self.assertStatus(self._file_case(), 429)

    def test_probing_for_cases_is_limited(self):
        self._login(self.eve)
        limits = {"miss": (600, 5, 60)}
        with patch.dict(citizen_portal_hit.LIMITS, limits):
            codes = [
                self.url_open(f"/my/case/2026-{i:06}").status_code for i in range(7)
            ]
        self.assertEqual(codes, [404] * 5 + [429] * 2)

    def test_counts_do_not_hold_names(self):
        self._login(self.eve)
        self._file_case()
        self.env.cr.execute("SELECT subject FROM citizen_portal_hit")
        for (subject,) in self.env.cr.fetchall():
            self.assertRegex(subject, r"^[0-9a-f]{64}$")

    # ----------------------------------------------------------------- row 16
    def test_pages_are_neither_stored_nor_framed(self):
        """Fails on the stock base because its pages can be cached and framed."""
        self._login(self.ada)
        page = f"/my/case/{self.case.number}"
        for path in (page, f"{page}/filed", "/my/cases", "/services", "/my/case/1"):
            with self.subTest(path=path):
                headers = self.url_open(path).headers
                self.assertEqual(headers["Cache-Control"], "no-store")
                self.assertEqual(headers["X-Frame-Options"], "DENY")
                self.assertIn(
                    "frame-ancestors 'none'", headers["Content-Security-Policy"]
                )
                self.assertEqual(headers["Referrer-Policy"], "same-origin")
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")

    def test_too_large_a_request(self):
        self._login(self.eve)
        response = self._file_case(
            description="x" * 11 * 1024 * 1024, files={"files": ("a.png", PNG)}
        )
        self.assertStatus(response, 413)
        self.assertIn("too large", self._text(response))
        self.assertFalse(self._last_case(self.eve))
