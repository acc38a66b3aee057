from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .reply_common import ReplyCommon


@freeze_time("2026-03-04 08:00:00")
class TestReplyMatter(ReplyCommon):
    """One matter, many letters: one reply, to each person alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ben.lang = "en_US"
        cls.lead_case = cls._file(nature="inquiry")
        cls.joined = cls._file(partner_id=cls.ben.id, nature="inquiry")
        cls.joined.sudo().duplicate_id = cls.lead_case

    def _get_letters(self, case):
        return case.sudo().message_ids.filtered(lambda m: "repaired" in (m.body or ""))

    def test_everybody_gets_it_alone(self):
        reply = self._write_reply(self.lead_case, summary="It is repaired.")
        self.assertEqual(reply.joined_count, 1)
        reply.action_send()
        for case, person in ((self.lead_case, self.ada), (self.joined, self.ben)):
            letter = self._get_letters(case)
            self.assertEqual(len(letter), 1)
            self.assertEqual(letter.notified_partner_ids, person)
            self.assertEqual(case.phase, "answered")
            self.assertIn("answered", case.sudo().event_ids.mapped("kind"))
        self.assertEqual(reply.joined_ids, self.joined)
        self.joined.action_close()
        self.assertEqual(self.joined.phase, "closed")

    def test_not_if_it_is_about_one_alone(self):
        reply = self._write_reply(self.lead_case, summary="It is repaired.")
        reply.to_joined = False
        reply.action_send()
        self.assertFalse(self._get_letters(self.joined))
        self.assertTrue(self.joined.is_open)
        self.assertNotEqual(self.joined.phase, "answered")

    def test_who_is_not_meant(self):
        """Confidential cases, customers and those that have been answered."""
        self.joined.sudo().confidential = True
        order = self._create_case(
            partner_id=self.baker.id, category_id=self.bin.id, role="customer"
        )
        done = self._file(partner_id=self.baker.id, role="citizen", nature="inquiry")
        done.sudo().stage_id = self._stage("answered")
        (order + done).sudo().duplicate_id = self.lead_case
        reply = self._write_reply(self.lead_case, summary="It is repaired.")
        self.assertEqual(reply.joined_count, 0)
        reply.action_send()
        for case in (self.joined, order, done):
            self.assertFalse(self._get_letters(case))

    def test_nobody_is_told_when_the_reply_is_not_complete(self):
        reply = self._write_reply(self.lead_case, summary=" ")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            reply.action_send()
        self.env.invalidate_all()
        self.assertFalse(self._get_letters(self.joined))
        self.assertFalse(reply.joined_ids)
        self.assertTrue(self.joined.is_open)
