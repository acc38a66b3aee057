from datetime import timedelta

from odoo.tests import Form, freeze_time, tagged

from .common import NOW
from .sla_common import SlaCommon

LETTER = "<p>The lamp is dark. The tree is dead. And I need a new bin.</p>"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class SplitCommon(SlaCommon):
    """A letter of Ada's about three things, with the handler of Roads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(
            {"kind": "resolve", "amount": 6, "unit": "statutory_working_days"}
        )
        cls.ada.lang = "en_US"
        cls.received = NOW - timedelta(days=2)
        cls.web = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        cls.case = cls._file()

    @classmethod
    def _file(cls, **values):
        """Register a letter of Ada's that came two days ago, with the handler."""
        case = cls._create_case(
            **{
                "name": "Three things",
                "description": LETTER,
                "partner_id": cls.ada.id,
                "role": "citizen",
                "category_id": cls.pothole.id,
                "channel_id": cls.web.id,
                "received_date": cls.received,
                "place": "Mill Lane 4",
                "district_id": cls.district.id,
                "user_id": cls.handler.id,
                **values,
            }
        )
        return case.with_user(cls.handler)

    def _split(self, case=None, parts=None, user=None):
        """Split by the button and its dialog, as a user does; return the new cases."""
        case = (case or self.case).with_user(user or self.handler)
        action = case.action_split()
        model = self.env[action["res_model"]].with_user(user or self.handler)
        form = Form(model.with_context(**action["context"]))
        for values in parts or self._parts():
            with form.part_ids.new() as row:
                for name, value in values.items():
                    if name == "file_ids":
                        for file in value:
                            row.file_ids.add(file)
                    else:
                        row[name] = value
        form.save().action_confirm()
        return case.sudo().split_ids.sorted("id")

    def _parts(self):
        return [
            {"text": "The tree is dead. Cut it.", "category_id": self.tree},
            {
                "text": "And I need a new bin.",
                "category_id": self.bin,
                "place": "Hill 1",
            },
        ]

    def _upload(self, name="photo.png", user=None, case=None):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.clerk)
            .sudo()
            .create(
                {
                    "name": name,
                    "raw": b"x" * 9,
                    "res_model": "helpdesk.ticket",
                    "res_id": (case or self.case).id,
                }
            )
        )

    def _count(self):
        self.env.flush_all()
        return (
            self.Case.search_count([]),
            self.env["citizen.case.event"].search_count([]),
            self.env["mail.message"].search_count([]),
            self.env["ir.attachment"].search_count(
                [("res_model", "=", "helpdesk.ticket")]
            ),
        )

    def assertStory(self, case, kinds):
        """The history is this, without what only clocks need."""
        told = case.sudo().story_ids.sorted(lambda event: (event.at, event.id))
        self.assertEqual(told.mapped("kind"), kinds)
