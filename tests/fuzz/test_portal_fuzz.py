"""Whatever is sent to the pages for residents, the answer is never a server error.

Three families of requests with 200 examples each: addresses and queries, forms and
files, calls to the messages of a case. The examples are the same in every run.
"""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import addresses
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.citizen_crm.models.case import citizen_portal_hit
from odoo.addons.citizen_crm.tests.portal_common import PNG, PortalCase
from odoo.addons.citizen_crm.tools.case_secret import token_hash

SETTINGS = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
#: Fuzzing is not to find out that there are limits.
UNLIMITED = dict.fromkeys(citizen_portal_hit.LIMITS, (600, 10**6, 10**6))
NASTY = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1e308",
        "nan",
        "9" * 40,
        "2147483648",
        "%00",
        "\x00",
        "\ud7ff\uffff",
        "' OR 1=1 --",
        "../../etc/passwd",
        "{{7*7}}",
        "<svg/onload=alert(1)>",
        "id desc; DROP TABLE x",
        "2026-02-30",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "𝟏𝟐",
        "ﷺ" * 50,
        "x" * 3000,
        "true",
        "[]",
    ]
)
TEXTS = NASTY | st.text(max_size=60)
PATHS = st.sampled_from(addresses.PATHS)
FORMS = st.sampled_from(addresses.FORMS)
NAMES = st.sampled_from(
    [
        "q",
        "page",
        "sort",
        "sortby",
        "groupby",
        "state",
        "search",
        "search_in",
        "date_begin",
        "done",
        "self",
        "key",
        "ticket_id",
        "stage_id",
        "access_token",
        "role",
        "person",
        "place",
        "latitude",
        "longitude",
        "description",
        "message",
        "form_key",
        "got_it",
        "ground",
        "understood",
        "name",
        "email",
        "number",
        "secret",
        "login",
        "password",
        "confirm_password",
        "token",
        "redirect",
        "person",
        *(f"q_aaaa0000000000{n:02}" for n in range(1, 11)),
    ]
) | st.text(min_size=1, max_size=12)
FIELDS = st.lists(st.tuples(NAMES, TEXTS), max_size=6)
FILES = st.lists(
    st.tuples(
        st.sampled_from(["files", "attachment", "description"]),
        st.tuples(
            st.text(min_size=1, max_size=30),
            st.sampled_from([b"", PNG, b"PK\x03\x04" + b"\xff" * 40, b"text", b"\x00"])
            | st.binary(max_size=80),
        ),
    ),
    max_size=3,
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept-Language": st.sampled_from(["zz", "fr;q=x", "*", "en-US,en"]),
        "Referer": st.sampled_from(["", "http://[", "//x", "http://evil.example/"]),
        "Cookie": st.sampled_from(["frontend_lang=zz_ZZ", "tz=Mars/Base", "x"]),
        "Range": st.sampled_from(["bytes=9-1", "bytes=-5", "x"]),
        "If-Modified-Since": st.sampled_from(["x", "Wed, 99 Foo 2026"]),
    },
)
METHODS = st.sampled_from(["GET"] * 8 + ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])


@tagged("post_install", "-at_install")
class TestPortalFuzz(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(cls.ada)
        cls.ended = cls._create_case(cls.ada)
        cls.ended.stage_id = cls.env.ref("citizen_crm.stage_closed")
        feedback = cls.env["citizen.case.feedback"].search(
            [("case_id", "=", cls.ended.id)]
        )
        feedback.token_hash = token_hash("secret")
        cls.env.company.file_without_account = True
        held = cls._create_case(cls.ada, partner_id=False, partner_email="d@x.example")
        tokens = cls.env["citizen.case.token"]
        cls.token = tokens._issue_link(held, "confirm", False)
        cls.question = tokens._issue_link(cls.case, "answer", False)

    def _fuzz(self, examples: Any) -> None:
        """Run the examples with nothing limited and the expected complaints muted."""
        self.seen: dict[int, int] = {}
        with (
            patch.dict(citizen_portal_hit.LIMITS, UNLIMITED),
            mute_logger("odoo.http", "werkzeug", "odoo.sql_db"),
        ):
            examples()

    def _fill(self, path: str, text: str) -> str:
        quoted = requests.utils.quote(text, safe="")
        return path.format(
            service=self.pothole.id,
            case=self.case.number,
            ended=self.ended.number,
            secret="secret",
            text=quoted,
            token=self.token,
            question=self.question,
        )

    def _check(self, method: str, path: str, **kwargs: Any) -> None:
        url = self.base_url() + path
        kwargs.setdefault("headers", {})
        try:
            response = self.opener.request(
                method, url, timeout=30, allow_redirects=False, **kwargs
            )
        except (requests.exceptions.InvalidURL, UnicodeError, ValueError):
            return  # the client cannot even say it
        self.seen[response.status_code] = self.seen.get(response.status_code, 0) + 1
        assert response.status_code < 500, (method, path, kwargs, response.text[:2000])
        if response.headers.get("Content-Type", "").startswith("text/html"):
            assert "Traceback (most" not in response.text, (method, path, kwargs)

    def test_addresses_and_queries(self):
        @SETTINGS
        @given(METHODS, PATHS, TEXTS, FIELDS, HEADERS, st.booleans())
        def examples(method, path, text, fields, headers, visitor):
            cookies = {"session_id": ""} if visitor else None
            self._check(
                method,
                self._fill(path, text),
                params=fields,
                headers=headers,
                cookies=cookies,
            )

        self._login(self.ada)
        self._fuzz(examples)
        # Some requests must be good ones, or the rest would prove nothing.
        self.assertGreater(self.seen.get(200, 0), 10)

    def test_forms_and_files(self):
        token = {}

        @SETTINGS
        @given(FORMS, TEXTS, FIELDS, FILES, st.booleans(), st.booleans())
        def examples(path, text, fields, files, with_token, multipart):
            data = [*fields, *(token.items() if with_token else ())]
            kwargs = {"data": data}
            if multipart:
                kwargs["files"] = files or None
            self._check("POST", self._fill(path, text), **kwargs)

        self._login(self.ada)
        token["csrf_token"] = http.Request.csrf_token(self)
        self._fuzz(examples)
        self.assertTrue(self.seen.keys() & {200, 303})

    def test_calls_to_the_messages(self):
        values = st.recursive(
            st.none() | st.booleans() | st.integers() | TEXTS,
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=8), inner, max_size=3)
            ),
            max_leaves=6,
        )
        posts = st.dictionaries(
            st.sampled_from(
                [
                    "body",
                    "message_type",
                    "subtype_xmlid",
                    "rating_value",
                    "attachment_ids",
                    "attachment_tokens",
                    "partner_ids",
                    "email_add_signature",
                ]
            ),
            values,
            max_size=5,
        )

        @SETTINGS
        @given(posts, values)
        def examples(post_data, number):
            before = self._count_messages()
            self._check(
                "POST",
                "/mail/message/post",
                json={
                    "params": {
                        "thread_model": "helpdesk.ticket",
                        "thread_id": self.case.id,
                        "post_data": post_data,
                    }
                },
            )
            self._check("GET", f"/my/case/{self.case.number}")
            after = self._count_messages()
            # Whatever was posted is a public comment, never an internal note.
            assert after[0] - before[0] == after[1] - before[1], post_data

        self._login(self.ada)
        self._fuzz(examples)

    def _count_messages(self) -> tuple[int, int]:
        """Return how many messages the case has, and how many public ones."""
        self.env.invalidate_all()
        messages = self.env["mail.message"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.case.id)]
        )
        comment = self.env.ref("mail.mt_comment")
        return len(messages), len(messages.filtered(lambda m: m.subtype_id == comment))
