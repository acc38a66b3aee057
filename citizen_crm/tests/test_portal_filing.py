import errno
import os
import struct
import zlib
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PNG, PortalCase


@tagged("post_install", "-at_install")
class TestPortalFiling(PortalCase):
    def setUp(self):
        super().setUp()
        self._login(self.eve)

    def test_case_is_filed_routed_and_confirmed(self):
        response = self._file_case(place="Mill Lane 3", role="citizen")
        self.assertStatus(response, 200)
        case = self._last_case(self.eve)
        self.assertEqual(response.url.rsplit("/", 2)[1:], [case.number, "filed"])
        self.assertIn(case.number, self._text(response))
        self.assertEqual(case.name, "Portal pothole: Mill Lane 3")
        self.assertEqual(case.role, "citizen")
        self.assertEqual(case.citizen_id.partner_id, self.eve.partner_id)
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(
            case.channel_id, self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        )
        self.assertFalse(case.user_id)
        self.assertIn("A hole.<br>", case.description)

    def test_answers_are_typed_and_kept(self):
        q = "q_aaaa0000000000"
        self._file_case(
            **{
                f"{q}01": "l",
                f"{q}02": "12",
                f"{q}03": "1",
                f"{q}04": "2026-03-01",
                f"{q}05": "2026-03-01T09:15",
                f"{q}06": ["foot", "bike"],
                f"{q}07": "P-17",
                f"{q}09": "1,5",
            }
        )
        case = self._last_case(self.eve)
        answers = case.read(["answers"])[0]["answers"]
        values = [answer.get("value") for answer in answers]
        self.assertEqual(values[:4], ["l", 12, True, "2026-03-01"])
        text = self._text(self.url_open(f"/my/case/{case.number}"))
        for words in ("Large", "12", "On foot, Cyclists", "P-17", "1.5"):
            self.assertIn(words, text)

    def test_point_on_the_map(self):
        self._file_case(latitude="25.0375", longitude="121.5637")
        case = self._last_case(self.eve)
        self.assertAlmostEqual(case.place_latitude, 25.0375)
        self.assertAlmostEqual(case.place_longitude, 121.5637)

    def test_errors_keep_the_text_and_name_the_field(self):
        response = self._file_case(
            description="", place="Mill Lane", q_aaaa000000000002="many"
        )
        self.assertStatus(response, 400)
        text = self._text(response)
        self.assertIn("What is it about? Please fill this in.", text)
        self.assertIn("Depth in cm: Please write a number", text)
        self.assertIn('value="Mill Lane"', response.text)
        self.assertIn('href="#f_description"', response.text)
        self.assertIn('aria-invalid="true"', response.text)
        self.assertFalse(self._last_case(self.eve))

    def test_limits_of_text(self):
        for name, value in (
            ("description", "x" * 20_001),
            ("place", "x" * 201),
            ("description", "a\x00b"),
            ("role", "mayor"),
            ("latitude", "91"),
            ("q_aaaa000000000001", "xxl"),
            ("q_aaaa000000000006", "car"),
        ):
            with self.subTest(name=name):
                data = {"longitude": "1", name: value}
                self.assertStatus(self._file_case(**data), 400)
                self.assertFalse(self._last_case(self.eve))

    def test_own_and_organisation_role(self):
        self._file_case(self.bin)
        self.assertEqual(self._last_case(self.eve).role, "customer")
        self._file_case(self.bin, role="citizen")
        self.assertEqual(self._last_case(self.eve).role, "citizen")

    def test_report_about_staff_is_never_a_customer_case(self):
        report = self._create_service(
            "Portal report", default_nature="misconduct_report"
        )
        self.assertStatus(self._file_case(report, role="customer"), 400)
        self._file_case(report)
        case = self._last_case(self.eve)
        self.assertEqual(case.role, "citizen")
        self.assertTrue(case.confidential)

    def test_only_listed_fields_are_taken(self):
        """Fails on the stock base only if its list of keys is lost; kept safe here."""
        self._file_case(
            stage_id=self.env.ref("citizen_crm.stage_closed").id,
            user_id=self.handler.id,
            priority="3",
            partner_id=self.ada.partner_id.id,
        )
        case = self._last_case(self.eve)
        self.assertEqual(case.phase, "routed")
        self.assertFalse(case.user_id)
        self.assertEqual(case.priority, "1")

    def test_same_form_sent_twice_files_once(self):
        key = "0123456789abcdef" * 2
        first = self._file_case(form_key=key)
        second = self._file_case(form_key=key)
        self.assertEqual(first.url, second.url)
        self.assertEqual(
            self.Case.search_count([("partner_id", "=", self.eve.partner_id.id)]), 1
        )

    def test_form_whose_case_was_lost_is_filed(self):
        """The session outlives a transaction that fails; it must not keep the form."""
        key = "0123456789abcdef" * 2
        with (
            mute_logger("odoo.http"),
            patch.object(
                type(self.Case),
                "_get_portal_key",
                side_effect=psycopg2.OperationalError("server closed the connection"),
            ),
        ):
            self.assertEqual(self._file_case(form_key=key).status_code, 503)
        self.assertFalse(self._last_case(self.eve))
        self.assertIn("/filed", self._file_case(form_key=key).url)
        self.assertTrue(self._last_case(self.eve))

    def test_form_is_known_in_another_browser(self):
        """The same page on a second device, as when a session is restored."""
        key = "0123456789abcdef" * 2
        first = self._file_case(form_key=key)
        self._login(self.eve)
        self.assertEqual(self._file_case(form_key=key).url, first.url)
        self._login(self.ada)
        self.assertNotEqual(self._file_case(form_key=key).url, first.url)

    def test_message_sent_twice_is_one(self):
        self._file_case()
        case = self._last_case(self.eve)
        page = f"/my/case/{case.number}"
        form = {"form_key": "fedcba9876543210" * 2, "message": "It has grown."}
        self.assertRegex(self.url_open(page).text, r'name="form_key" value="\w{32}"')
        for _try in range(2):
            answer = self._post(f"{page}/message", **form)
            self.assertIn("done=message", answer.url)
        told = case.message_ids.filtered(lambda one: "It has grown." in one.body)
        self.assertEqual(len(told), 1)

    # ----------------------------------------------------------------- files
    def test_full_disk_keeps_the_text_and_takes_the_file_later(self):
        """Fails on the stock base: 500, and the file is refused ever after."""
        photo = {"files": ("hole.png", PNG + b"hole" * 5000)}
        written = []

        def write_half(descriptor):
            written.append(descriptor)
            os.ftruncate(descriptor, 100)
            raise OSError(errno.ENOSPC, "No space left on device")

        place = "odoo.addons.citizen_crm.models.case.ir_attachment.os.fsync"
        with (
            patch(place, write_half),
            self.assertLogs("odoo.addons.citizen_crm.controllers.base", "ERROR"),
        ):
            response = self._file_case(files=photo, description="Long story")
        self.assertEqual(response.status_code, 507)
        self.assertIn("Long story", response.text)
        self.assertTrue(written)
        self.assertFalse(self._last_case(self.eve))
        self.assertStatus(self._file_case(files=photo), 200)
        case = self._last_case(self.eve)
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", case.id)]
        )
        self.assertEqual(file.raw, photo["files"][1])

    def test_piece_left_by_a_killed_process_is_replaced(self):
        """Fails on the stock base: "The attachment collides with an existing file."."""
        content = os.urandom(16) + b"An unusual content of a file. " * 100
        Attachment = self.env["ir.attachment"]
        name = Attachment._get_path(content, Attachment._compute_checksum(content))[1]
        with open(name, "wb") as piece:
            piece.write(content[:1000])
        file = Attachment.create({"name": "a.bin", "raw": content})
        file.invalidate_recordset()
        self.assertEqual(file.raw, content)
        with open(name, "wb") as other:
            other.write(b"Something else, as long as it likes.")
        with self.assertRaises(UserError):
            Attachment.create({"name": "b.bin", "raw": content})

    # ------------------------------------------------------------ other files
    def test_photo_is_stored_by_its_content(self):
        self._file_case(files={"files": ("../evil.php", PNG)})
        case = self._last_case(self.eve)
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", case.id)]
        )
        self.assertEqual(file.name, "evil.png")
        self.assertEqual(file.mimetype, "image/png")
        self.assertFalse(file.public)
        self.assertFalse(file.access_token)

    def test_damaged_photo_is_kept_as_it_came(self):
        """Fails on the stock base: 500, it wants to shrink what nobody can read."""
        size = b"IHDR" + struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0)
        huge = struct.pack(">I17sI", 13, size, zlib.crc32(size)) + bytes(4) + b"IDAT"
        for photo in (PNG[:8] + b"\xb6\xff" * 2000, PNG[:8] + huge):
            self.assertStatus(self._file_case(files={"files": ("a.png", photo)}), 200)
            case = self._last_case(self.eve)
            file = self.env["ir.attachment"].search(
                [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", case.id)]
            )
            self.assertEqual(file.raw, photo)

    def test_files_that_are_refused(self):
        """Fails on the stock base because it stores any file of any size."""
        for name, files in (
            ("program", [("files", ("a.jpg", b"MZ\x90\x00" + b"x" * 60))]),
            ("page", [("files", ("a.txt", b"<script>alert(1)</script>"))]),
            ("drawing", [("files", ("a.svg", b"<svg xmlns='x'/>"))]),
            ("archive", [("files", ("a.zip", b"PK\x03\x04" + b"x" * 60))]),
            ("empty", [("files", ("a.png", b""))]),
            ("eleven", [("files", (f"{i}.png", PNG)) for i in range(11)]),
            ("large", [("files", ("a.png", PNG + b"x" * 10 * 1024 * 1024))]),
        ):
            with self.subTest(name=name):
                response = self._file_case(files=files)
                self.assertStatus(response, 400)
                self.assertIn("A hole.", response.text)
                self.assertFalse(self._last_case(self.eve))

    # ------------------------------------------------- nothing typed is lost
    def test_expired_token_keeps_the_text(self):
        response = self._post(
            f"/services/{self.pothole.id}", token=False, description="Long story"
        )
        self.assertStatus(response, 403)
        self.assertIn("Long story", response.text)
        self.assertFalse(self._last_case(self.eve))

    def test_ended_session_keeps_the_text(self):
        self.logout()
        response = self._post(
            f"/services/{self.pothole.id}", token=False, description="Long story"
        )
        self.assertStatus(response, 401)
        self.assertIn("Long story", response.text)

    @mute_logger("odoo.http")
    def test_database_away_keeps_the_text(self):
        """Fails on the stock base because it answers 500 and the text is gone."""
        away = "server closed the connection"
        for error in (
            psycopg2.OperationalError(away),
            psycopg2.InterfaceError(away),
            # A server that is killed in the middle of a statement.
            psycopg2.DatabaseError(away),
        ):
            with (
                self.subTest(type(error).__name__),
                patch.object(type(self.Case), "_portal_register", side_effect=error),
            ):
                response = self._file_case(description="Long <b>story")
                self.assertEqual(response.status_code, 503)
                self.assertEqual(response.headers["Retry-After"], "30")
                self.assertIn("Long &lt;b&gt;story", response.text)
                self.assertIn('method="post"', response.text)

    @mute_logger("odoo.http")
    def test_database_away_before_the_page_is_made(self):
        """Finding it and beginning its transaction ask the database, too."""
        with patch.object(
            self.registry["ir.http"],
            "_match",
            side_effect=psycopg2.OperationalError("server closed the connection"),
        ):
            path = f"/services/{self.pothole.id}"
            response = self.url_open(path, data={"description": "Long <b>story"})
        self.assertEqual(response.status_code, 503)
        self.assertIn("Long &lt;b&gt;story", response.text)

    @mute_logger("odoo.http")
    def test_database_away_is_said_in_the_persons_language(self):
        with patch.object(
            type(self.env["res.users"]),
            "_is_public",
            side_effect=psycopg2.OperationalError("server closed the connection"),
        ):
            self.opener.cookies["frontend_lang"] = "zh_TW"
            page = self.url_open("/my/cases")
        self.assertEqual(page.status_code, 503)
        self.assertIn('lang="zh-TW"', page.text)

    def test_fault_of_ours_shows_no_traceback(self):
        with (
            patch.object(
                type(self.Case), "_portal_register", side_effect=ZeroDivisionError
            ),
            self.assertLogs("odoo.addons.citizen_crm.controllers.base", "ERROR"),
        ):
            response = self._file_case()
        self.assertStatus(response, 500)
        self.assertNotIn("ZeroDivision", response.text)
