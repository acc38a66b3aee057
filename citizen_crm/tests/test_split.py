"""One letter, several matters: further cases of it, told once."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .split_common import LETTER, SplitCommon


@freeze_time("2026-03-04 08:00:00")
class TestSplit(SplitCommon):
    # ------------------------------------------------------------------- what
    def test_each_is_a_case_of_its_own(self):
        tree, bin_ = self._split()
        self.assertRecordValues(
            tree + bin_,
            [
                {
                    "name": "The tree is dead.",
                    "category_id": self.tree.id,
                    "team_id": self.parks.id,
                    "nature": self.tree.default_nature,
                    "place": "Mill Lane 4",
                    "district_id": self.district.id,
                },
                {
                    "name": "And I need a new bin.",
                    "category_id": self.bin.id,
                    "team_id": self.parks.id,
                    "nature": "service_request",
                    "place": "Hill 1",
                    "district_id": False,
                },
            ],
        )
        for case in tree + bin_:
            self.assertRecordValues(
                case,
                [
                    {
                        "role": "citizen",
                        "partner_id": self.ada.id,
                        "citizen_id": self.case.citizen_id.id,
                        "channel_id": self.web.id,
                        "received_date": self.received,
                        "confidential": False,
                        "user_id": False,
                        "split_from_id": self.case.id,
                    }
                ],
            )
        self.assertEqual(self.case.description, LETTER, "the letter stays as it was")
        self.assertPhase(self.case, "assigned")
        self.assertEqual(
            self.case.split_note, f"Split into {tree.number}, {bin_.number}."
        )
        self.assertEqual(tree.split_note, f"Split from {self.case.number}.")

    def test_clock_counts_from_the_letter(self):
        [tree] = self._split(parts=self._parts()[:1])
        clock = self._clock(tree)
        self.assertEqual(clock.due, self._clock(self.case.sudo()).due)
        self.assertEqual(tree.due_date, self.case.due_date)
        self.assertTrue(tree.due_date)

    def test_history_of_both(self):
        cases = self._split()
        self.assertStory(
            self.case, ["received", "routed", "assigned", "split_into", "split_into"]
        )
        for case in cases:
            self.assertStory(case, ["received", "split_from", "routed", "acknowledged"])
        told = self.case.sudo().event_ids.filtered(lambda e: e.kind == "split_into")
        self.assertEqual(told.mapped("after"), cases.mapped("number"))
        self.assertEqual(told.user_id, self.handler)
        came = cases[0].event_ids.filtered(lambda e: e.kind == "split_from")
        self.assertEqual((came.detail, came.user_id), (self.case.number, self.handler))
        lines = [line["text"] for line in cases[0]._get_portal_timeline()]
        self.assertIn(self.case.number, " ".join(lines))

    # ------------------------------------------------------------------- told
    def test_person_is_told_once_with_all_numbers(self):
        before = self.case.sudo().message_ids
        cases = self._split()
        [notice] = self.case.sudo().message_ids - before
        for case in cases:
            self.assertIn(case.number, notice.body)
            self.assertIn(case.name, notice.body)
            self.assertIn(case.promise_text, notice.body)
            self.assertFalse(
                case.message_ids.filtered(lambda m: self.ada in m.notified_partner_ids)
            )
            case._notice_received()
        self.assertEqual(notice.notified_partner_ids, self.ada)
        self.assertEqual(self.case.sudo().message_ids - before, notice)
        self.assertFalse(cases.filtered(lambda case: not case.acknowledged_date))
        missing = dict(cases.sudo()._get_missing())
        for case in cases:
            kinds = [duty.kind for duty in missing[case]]
            self.assertNotIn("acknowledge", kinds)
            self.assertIn("reply", kinds, "its own answer is owed")

    def test_nobody_to_tell(self):
        case = self._file(partner_id=False)
        [tree] = self._split(case, self._parts()[:1])
        self.assertStory(tree, ["received", "split_from", "routed"])
        self.assertFalse(tree.partner_id)

    # ---------------------------------------------------------------- secrecy
    def test_no_part_is_less_secret(self):
        group = self.env.ref("citizen_crm.group_confidential")
        self.handler.group_ids += group
        culprit = self._create_employee("Culprit", self.clerk)
        case = self._file(nature="misconduct_report")
        case.sudo().reported_employee_ids = culprit
        self.env["citizen.case.event"].flush_model()
        [tree] = self._split(case, self._parts()[:1])
        self.assertTrue(tree.confidential)
        self.assertNotEqual(tree.nature, "misconduct_report")
        self.assertEqual(tree.reported_employee_ids, culprit)
        notice = case.sudo().message_ids.filtered(
            lambda m: tree.number in (m.body or "")
        )
        self.assertNotIn(tree.name, notice.body)

    def test_a_report_in_an_open_letter_is_confidential(self):
        parts = [
            {
                "text": "And your driver takes money.",
                "category_id": self.pothole,
                "nature": "misconduct_report",
            }
        ]
        [report] = self._split(parts=parts)
        self.assertTrue(report.confidential)
        self.assertFalse(report.with_user(self.handler).has_access("read"))
        self.assertIn(report.number, self.case.split_note, "its number and no more")

    def test_customer_letter(self):
        case = self._file(
            partner_id=self.baker.id, role="customer", category_id=self.bin.id
        )
        case = case.with_user(self.clerk)
        parts = [
            {"text": "A second bin, please.", "category_id": self.bin},
            {
                "text": "I was refused a hearing.",
                "category_id": self.bin,
                "nature": "rights_protection",
            },
        ]
        order, right = self._split(case, parts, self.clerk)
        self.assertEqual(
            (order.role, order.customer_id), ("customer", case.customer_id)
        )
        self.assertEqual(
            (right.role, right.citizen_id.partner_id), ("citizen", self.baker)
        )

    def test_consent(self):
        """Whom the person trusts with the letter may follow each matter of it."""
        consent = {"partner_id": self.ben.id, "consent_date": "2026-03-01"}
        ended = {"partner_id": self.baker.id, "consent_date": "2026-02-01"}
        for values in (consent, {**ended, "date_to": "2026-02-20"}):
            self.env["citizen.case.intermediary"].create(
                {"case_id": self.case.id, **values}
            )
        [tree] = self._split(parts=self._parts()[:1])
        self.assertEqual(tree.intermediary_ids.partner_id, self.ben)

    # ------------------------------------------------------------------ files
    def test_files_are_taken_along(self):
        self.ada.user_ids = False
        resident = self.portal.partner_id
        case = self._file(partner_id=resident.id)
        sent = self._upload("sent.png", self.portal, case)
        note = self._upload("note.png", self.clerk, case)
        other = self._upload("other.png", self.portal)
        parts = [{**self._parts()[0], "file_ids": [sent, note]}]
        [tree] = self._split(case, parts)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", tree.id)]
        )
        self.assertEqual(sorted(files.mapped("name")), ["note.png", "sent.png"])
        self.assertEqual(set(files.mapped("raw")), {b"x" * 9})
        shown = tree.with_user(self.portal).sudo()._get_portal_files()
        self.assertEqual([file["name"] for file in shown], ["sent.png"])
        self.assertEqual(sent.res_id, case.id, "the letter keeps it")
        with self.assertRaises(AccessError):
            tree.with_user(self.portal).read(["letter_file_ids"])
        # One that is not the letter's is left where it is, whoever names it.
        values = {"name": "A", "text": "B", "nature": "inquiry", "place": ""}
        values |= {"category_id": self.tree.id, "files": other.ids}
        self.assertFalse(case._split_off([values]).letter_file_ids)
        self.assertEqual(other.res_id, self.case.id)

    def test_from_triage(self):
        """The clerk splits before anything is routed; the letter stays in triage."""
        case = self._create_case(partner_id=self.ada.id, role="citizen")
        [tree] = self._split(case, self._parts()[:1], self.clerk)
        self.assertEqual(tree.team_id, self.parks)
        self.assertFalse(case.team_id)

    def test_spoken_petition(self):
        """It was read back as a whole, and the record says by whom."""
        phone = self.env["helpdesk.ticket.channel"].search([("is_oral", "=", True)])[:1]
        case = self._create_case(
            partner_id=self.ada.id,
            role="citizen",
            category_id=self.pothole.id,
            channel_id=phone.id,
            oral_record_state="read_back",
        )
        with freeze_time("2026-03-05 10:00:00"):
            [tree] = self._split(case, self._parts()[:1], self.teamworker)
        self.assertEqual(tree.oral_record_state, "read_back")
        self.assertEqual(tree.oral_record_at, case.sudo().oral_record_at)
        self.assertEqual(tree.oral_record_by_id, self.clerk)

    def test_one_letter_is_one_contact(self):
        report = self.env["citizen.failure.demand.report"]

        def count():
            self.env.flush_all()
            return sum(report.search([]).mapped("contact_count"))

        before = count()
        self._split()
        self.assertEqual(count(), before)

    def test_view_of_the_letter(self):
        tree, bin_ = self._split()
        action = tree.with_user(self.clerk).action_view_letter()
        found = self.Case.with_user(self.clerk).search(action["domain"])
        self.assertEqual(found, self.case.with_user(self.clerk) | tree | bin_)
