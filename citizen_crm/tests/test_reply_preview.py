from odoo.tests import HttpCase, tagged

from .reply_common import ReplyCommon


@tagged("post_install", "-at_install")
class TestReplyPreview(ReplyCommon, HttpCase):
    """What the preview shows is what arrives, and looking at it sends nothing."""

    def setUp(self):
        super().setUp()
        self.case = self._file(nature="inquiry")
        self.reply = self._write_reply(self.case, summary="It <i>is</i> filled.")

    def _open(self, user):
        self.authenticate(user.login, user.login)
        return self.url_open(self.reply.action_preview()["url"])

    def test_mail_is_the_one_that_is_sent(self):
        previewed = self.reply._get_preview()
        self.assertFalse(self.reply.message_id)
        self.assertEqual(self.reply.state, "draft")
        self.reply.action_send()
        mail = self.env["mail.mail"].search(
            [("mail_message_id", "=", self.reply.message_id.id)]
        )
        self.assertIn(self.ada, mail.recipient_ids)
        self.assertEqual(previewed["mail"], mail.body_html)
        [message] = previewed["case"]["messages"]
        [sent] = self.case.with_user(self.clerk)._get_portal_messages()
        self.assertEqual(message["body"], sent["body"])
        self.assertEqual(message["author"], "Works")

    def test_page(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.ada.lang = "es_ES"
        before = self.env["mail.message"].search_count([])
        page = self._open(self.handler)
        self.assertEqual(page.status_code, 200)
        self.assertIn("It &lt;i&gt;is&lt;/i&gt; filled.", page.text)
        self.assertIn('lang="es-ES"', page.text)
        self.assertEqual(self.env["mail.message"].search_count([]), before)

    def test_who_wants_no_mail(self):
        self.case.sudo().citizen_id.contact_preference = "letter"
        self.assertEqual(self.reply._get_preview()["mail"], "")
        self.assertIn("No e-mail goes to this person", self._open(self.handler).text)

    def test_others_find_nothing(self):
        stranger = self._create_user(
            "stranger", "helpdesk_mgmt.group_helpdesk_user_own"
        )
        for user in (stranger, self.portal):
            self.assertEqual(self._open(user).status_code, 404)
