from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from . import sla_common

SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}
BY_THURSDAY = "We answer by Thursday, March 12, 2026."


@freeze_time("2026-03-04 08:00:00")
class TestPromiseWords(sla_common.SlaCommon):
    """What residents read: until when, why later, and what to expect."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roads.user_ids += cls.lead
        cls.resident = cls.portal.partner_id
        cls.resident.lang = cls.portal.lang = "en_US"

    def _file(self, **values):
        return self._create_case(
            partner_id=self.resident.id,
            role="citizen",
            **{"category_id": self.pothole.id, "user_id": self.handler.id, **values},
        )

    def _read(self, case, lang="en_US"):
        """Return the sentences of the page of the case."""
        case = case.with_user(self.portal).with_context(lang=lang)
        case.check_access("read")
        return case.sudo()._get_portal_page()["promise"]

    # ---------------------------------------------------------------- promise
    def test_promised(self):
        self._create_rule(SIX_DAYS)
        case = self._file()
        self.assertEqual(self._read(case), [BY_THURSDAY])
        self.assertEqual(case.promise_text, BY_THURSDAY)

    def test_hours_name_the_time(self):
        self._create_rule({"unit": "hours", "amount": 4})
        words = self._read(self._file())
        self.assertEqual(
            words, ["We answer by Wednesday, March 4, 2026, 12:00\u202fPM."]
        )

    def test_date_is_the_one_of_the_calendar(self):
        """Midnight in the city is the morning of the day after in UTC."""
        self.office.tz = "America/New_York"
        self._create_rule(SIX_DAYS)
        self.assertEqual(self._read(self._file()), [BY_THURSDAY])

    def test_nothing_promised(self):
        self.assertEqual(self._read(self._file()), [])

    def test_given_date(self):
        case = self._file(due_date="2026-03-20 16:00:00")
        self.assertIn("Friday, March 20, 2026", self._read(case)[0])

    def test_late(self):
        self._create_rule(SIX_DAYS)
        case = self._file()
        with freeze_time("2026-03-13 08:00:00"):
            (words,) = self._read(case)
        self.assertIn("Thursday, March 12, 2026 and have not kept", words)
        self.assertIn("We are sorry.", words)

    def test_answered_or_ended(self):
        self._create_rule(SIX_DAYS)
        case = self._file()
        self._move(case.sudo(), "answered")
        self.assertEqual(self._read(case), [BY_THURSDAY], "nothing was written yet")
        self._ask(case.with_user(self.handler), "It is repaired.")
        self.assertEqual(self._read(case), [])
        case = self._file()
        self._move(case.sudo(), "closed")
        self.assertEqual(self._read(case), [])

    def test_languages(self):
        for lang in ("es_ES", "zh_TW"):
            self.env["res.lang"]._activate_lang(lang)
        self._create_rule(SIX_DAYS)
        case = self._file()
        self.assertIn("jueves, 12 de marzo de 2026", self._read(case, "es_ES")[0])
        self.assertIn("2026年3月12日 星期四", self._read(case, "zh_TW")[0])

    # ---------------------------------------------------------------- waiting
    def _wait(self, case, reason, user=None):
        case = case.with_user(self.handler)
        self._ask(case)
        case._wait(reason, case._get_waiting_end(reason, fields.Datetime.now()))

    def test_paused(self):
        self._create_rule(SIX_DAYS | {"pausing_reason_ids": self.supplement.ids})
        case = self._file()
        self._wait(case, self.supplement)
        self.assertEqual(
            self._read(case),
            [
                "The time for our answer has stood still since Wednesday, March 4, "
                "2026, because we have asked you for information or documents. We go "
                "on when you answer; we wait until Wednesday, March 18, 2026 at the "
                "longest."
            ],
        )

    def test_waiting_that_stops_no_clock(self):
        """The law does not let the deadline stand still for everybody outside."""
        self._create_rule(SIX_DAYS | {"pausing_reason_ids": self.supplement.ids})
        case = self._file()
        self._wait(case, self.third_party)
        self.assertEqual(
            self._read(case),
            [
                BY_THURSDAY,
                "At present your case waits, because we have asked somebody outside "
                "the city.",
            ],
        )

    # -------------------------------------------------------------- extension
    def test_extended(self):
        self._create_rule(
            SIX_DAYS
            | {"extension_count": 2, "extension_days": 6, "extension_lead_days": 6}
        )
        case = self._file()
        Extension = self.env["citizen.sla.extension"].with_user(self.handler)
        extension = Extension._ask(
            case.with_user(self.handler), 3, "The expert is ill."
        )
        self.assertEqual(self._read(case), [BY_THURSDAY], "not yet approved")
        extension.with_user(self.lead).action_approve()
        self.assertEqual(
            self._read(case),
            [
                "We answer by Tuesday, March 17, 2026.",
                "We took 3 more working days. The reason: The expert is ill.",
                "First promised for Thursday, March 12, 2026.",
            ],
        )
        told = [line["text"] for line in case.sudo()._get_portal_timeline()]
        self.assertIn("We took 3 more working days for our answer.", told)

    # --------------------------------------------------------------- expected
    def _answer_earlier(self, count, days, category=None):
        now = fields.Datetime.now()
        self.Case._create_backdated(
            [
                (
                    self._case_values(
                        category_id=(category or self.pothole).id,
                        received_date=now - timedelta(days=days(number) + 1),
                        answered_date=now - timedelta(days=1),
                        stage_id=self._stage("closed").id,
                    ),
                    [{"kind": "received", "at": now - timedelta(days=30)}],
                )
                for number in range(count)
            ]
        )
        self.env["helpdesk.ticket.category"]._cron_measure_pace()

    def test_pace(self):
        """Of 1, 2 … 21 days the 80th percentile is 17."""
        self._answer_earlier(21, lambda number: number + 1)
        self.assertEqual((self.pothole.pace_days, self.pothole.pace_cases), (17, 21))
        self.assertFalse(self.tree.pace_days)
        self.assertEqual(
            self._read(self._file()),
            [
                "8 of 10 cases of this kind were answered within 17 days. For yours "
                "that would be by Saturday, March 21, 2026."
            ],
        )
        old = self._file(received_date="2026-02-01 08:00:00")
        self.assertEqual(
            self._read(old), ["It takes longer than most cases of this kind."]
        )

    def test_too_few_cases_say_nothing(self):
        self._answer_earlier(19, lambda number: 3)
        self.assertEqual((self.pothole.pace_days, self.pothole.pace_cases), (0, 19))
        self.assertEqual(self._read(self._file()), [])

    def test_old_answers_are_forgotten(self):
        self._answer_earlier(20, lambda number: 3)
        self.assertEqual(self.pothole.pace_days, 3)
        with freeze_time("2026-06-04 08:00:00"):
            self.env["helpdesk.ticket.category"]._cron_measure_pace()
        self.assertEqual((self.pothole.pace_days, self.pothole.pace_cases), (0, 0))

    # ------------------------------------------------------------------- kept
    def _answer_all(self, cases):
        for case in cases:
            case.with_user(self.lead).message_post(
                body="Repaired.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            case.stage_id = self._stage("answered")

    def test_kept(self):
        """Of twenty answers that were due, fifteen came in time."""
        self._create_rule(SIX_DAYS, sequence=50)
        with freeze_time("2026-02-02 08:00:00"):
            cases = self.Case.concat(*(self._file() for _number in range(20)))
            self._answer_all(cases[:15])
        with freeze_time("2026-02-20 08:00:00"):
            self._answer_all(cases[15:])
            self.env["helpdesk.ticket.category"]._cron_measure_pace()
        self.assertEqual((self.pothole.kept_share, self.pothole.kept_cases), (75, 20))
        self.assertEqual(
            self.pothole._get_portal_kept(),
            "In time in the last 12 months: 75 % of 20 answers.",
        )
        self.assertFalse(self.tree._get_portal_kept())
        with freeze_time("2027-06-20 08:00:00"):
            self.env["helpdesk.ticket.category"]._cron_measure_pace()
        self.assertEqual((self.pothole.kept_share, self.pothole.kept_cases), (0, 0))

    # ---------------------------------------------------------------- service
    def test_promise_of_a_service(self):
        self.assertEqual(self.pothole._get_portal_promise(), [])
        self._create_rule(SIX_DAYS, sequence=50)
        self._answer_earlier(20, lambda number: 3.2)
        self.assertEqual(
            self.pothole._get_portal_promise(),
            [
                "We promise an answer within 6 working days.",
                "8 of 10 cases of the last 90 days were answered within 4 days.",
            ],
        )
        self._create_rule(
            {"basis": "service", "unit": "hours", "amount": 1},
            category_ids=self.pothole.ids,
        )
        self.assertEqual(
            self.pothole._get_portal_promise()[:2],
            [
                "We promise an answer within one working hour.",
                "By law we may take 6 working days at most.",
            ],
        )
        self.assertEqual(
            self.tree._get_portal_promise(),
            ["We promise an answer within 6 working days."],
        )

    # ----------------------------------------------------------------- notices
    def test_acknowledgement_and_receipt(self):
        self._create_rule(SIX_DAYS)
        case = self._file()
        case._notice_received()
        message = case.sudo().message_ids[0]
        self.assertEqual(message.message_type, "auto_comment")
        self.assertIn(BY_THURSDAY, message.body)
        self.assertIn(BY_THURSDAY, case._render_receipt())

    # ------------------------------------------------------------------ rights
    def test_residents_read_no_clocks(self):
        self._create_rule(SIX_DAYS)
        case = self._file().with_user(self.portal)
        self.assertEqual(case.promise_text, BY_THURSDAY)
        for name in ("clock_ids", "extension_ids", "waiting_reason_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                case.read([name])
        for model in ("citizen.sla.clock", "citizen.sla.extension"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.portal).search([])
        for model in ("citizen.case.wait", "citizen.sla.extension.request"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.portal).create({"case_id": case.id})
