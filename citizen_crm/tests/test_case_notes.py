"""What the conversation of a case notes of changes."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import freeze_time

from .common import NOW, CitizenCommon


class TestCaseNotes(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pothole.question_definition = [
            {"name": "depth", "string": "How deep?", "type": "integer"}
        ]

    def _note(self, changes, **values):
        """Return what is noted of changing a case: field -> value before."""
        # With tracking, which tests leave out.
        Case = self.Case.with_context(tracking_disable=False)
        values = self._case_values(category_id=self.pothole.id, **values)
        case = Case.with_user(self.clerk).create(values)
        self.cr.flush()
        self.env.invalidate_all()
        case.sudo().write(changes)
        self.cr.flush()
        noted = case.sudo().message_ids.tracking_value_ids
        return {
            value.field_id.name: value.old_value_char or value.old_value_integer
            for value in noted
        }

    def test_answers_that_another_type_takes_away(self):
        noted = self._note({"category_id": self.tree.id}, answers={"depth": 12})
        self.assertEqual(noted, {"answers": 12})

    def test_nothing_that_nobody_has_answered(self):
        self.assertFalse(self._note({"category_id": self.tree.id}))

    def test_nothing_that_the_history_tells(self):
        """1. Give, begin and join a case, record its outcome: each is an event.
        2. Change what no event tells: the nature.
        3. Expected: no message of the first, one note of the second.
        """
        lead = self._create_case()
        told = {
            "user_id": self.handler.id,
            "stage_id": self._stage("in_work").id,
            "outcome": "partly",
            "duplicate_id": lead.id,
        }
        noted = self._note({**told, "nature": "inquiry"})
        self.assertEqual(noted.keys(), {"nature"})
        self.assertFalse(self._note(told))

    def test_answers_stay_where_the_type_does(self):
        noted = self._note({"nature": "inquiry"}, answers={"depth": 12})
        self.assertNotIn("answers", noted)

    def test_no_number_of_a_person(self):
        """A contact's own note is the contact's; the case would keep it for years."""
        self.ada.phone = "+1 555 0100"
        noted = self._note({"partner_id": False}, partner_id=self.ada.id)
        self.assertNotIn("person_phone", noted)

    def _change(self, **values):
        """Change a case as its handler does; return it and the messages of that."""
        case = self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id, partner_id=self.ada.id
        )
        case = case.with_user(self.handler).with_context(tracking_disable=False)
        self.cr.flush()
        before = case.sudo().message_ids
        case.write(values)
        self.cr.flush()
        return case, case.sudo().message_ids - before

    def test_a_stage_still_writes_to_the_person(self):
        """Expected: the letter of the stage, and no note of the move beside it."""
        stage = self._stage("in_work")
        stage.mail_template_id = self.env["mail.template"].create(
            {
                "name": "Begun",
                "model_id": self.env.ref("helpdesk_mgmt.model_helpdesk_ticket").id,
                "subject": "We have begun",
                "body_html": "<p>Soon.</p>",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        case, messages = self._change(stage_id=stage.id)
        self.assertEqual(messages.mapped("subject"), ["We have begun"])
        self.assertFalse(messages.tracking_value_ids)
        self.assertEqual(case.phase, "in_work")

    def test_what_another_module_announces_says_what_changed(self):
        """A subtype of changes, or a text to log, takes the values with it."""
        subtype = self.env["mail.message.subtype"].create(
            {"name": "Moved", "res_model": "helpdesk.ticket"}
        )
        stage = self._stage("in_work")
        with patch.object(self.Case.__class__, "_track_subtype", lambda *_: subtype):
            _case, messages = self._change(stage_id=stage.id)
        self.assertEqual(messages.subtype_id, subtype)
        self.assertEqual(messages.tracking_value_ids.new_value_char, stage.name)

    def test_a_text_to_log_is_not_lost(self):
        case = self._create_case(category_id=self.pothole.id)
        case = case.sudo().with_context(tracking_disable=False)
        self.cr.flush()
        case._track_set_log_message("By the storm plan.")
        case.stage_id = self._stage("in_work")
        self.cr.flush()
        self.assertIn("By the storm plan.", case.message_ids[:1].body)


class TestTimeInStages(CitizenCommon):
    """How long a case stood in each stage, as the bar of stages shows it."""

    def test_read_off_the_history(self):
        """1. Register at eight, begin at nine, answer at twelve.
        2. Expected at one: an hour in triage, three in work, one answered.
        """
        case = self._create_case()
        first = case.stage_id.id
        for hour, phase in ((9, "in_work"), (12, "waiting")):
            with freeze_time(f"2026-03-04 {hour:02}:00:00"):
                self._ask(case)
                self._move(case.sudo(), phase)
        with freeze_time("2026-03-04 13:00:00"):
            case.invalidate_recordset(["duration_tracking"])
            spent = case.duration_tracking
        stages = [first, *(self._stage(name).id for name in ("in_work", "waiting"))]
        self.assertEqual(
            {int(stage): seconds for stage, seconds in spent.items()},
            dict(zip(stages, (3600, 3 * 3600, 3600), strict=True)),
        )

    def test_of_a_case_from_earlier_records(self):
        """Expected: the time that the other system says, not that of the import."""
        stages = [self._stage(name) for name in ("received", "closed")]
        at = [NOW - timedelta(days=day) for day in (10, 3)]
        case = self.Case._create_backdated(
            [
                (
                    self._case_values(received_date=at[0], stage_id=stages[1].id),
                    [
                        {"kind": kind, "at": when, "stage_id": stage.id}
                        for kind, when, stage in zip(
                            ("received", "closed"), at, stages, strict=True
                        )
                    ],
                )
            ]
        )
        days = {
            stage.id: 86400 * days for stage, days in zip(stages, (7, 3), strict=True)
        }
        spent = case.with_user(self.clerk).duration_tracking
        self.assertEqual(
            {int(stage): seconds for stage, seconds in spent.items()}, days
        )

    def test_of_a_case_that_is_being_written(self):
        case = self.Case.new({"name": "Hole"})
        self.assertFalse(case.duration_tracking)
