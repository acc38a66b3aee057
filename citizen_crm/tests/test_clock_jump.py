"""The clock of a server jumps forward and back, as when its time is corrected."""

from odoo.tests import freeze_time, tagged

from .test_sla_sweep import SweepCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class TestClockJump(SweepCommon):
    def test_nobody_is_told_twice(self):
        """1. The clock is two days ahead: the warning goes out. 2. It is right again,
        and a day behind: nothing happens. 3. The true time comes: nothing more.
        """
        self._add_rule({"recipient": "handler", "by_mail": True})
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        due = self._clock(case).due
        for moment in (
            "2026-03-06 15:00:00",
            "2026-03-04 09:00:00",
            "2026-03-03 09:00:00",
            "2026-03-04 15:00:00",
            "2026-03-06 15:00:00",
        ):
            self._sweep(moment)
            self.assertEqual(len(self._tasks(case)), 1, moment)
            self.assertEqual(len(self._clock(case).notice_ids), 1, moment)
            self.assertLessEqual(len(self._mails(case)), 1)
        self.assertEqual(self._clock(case).due, due)
