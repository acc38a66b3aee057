"""Erasing leaves no trace of the person anywhere, and every figure as it was."""

import os

from odoo import http, models
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import SQL

from .mail_common import CitizenMailCommon
from .portal_common import PNG
from .privacy_common import LATER, PrivacyCommon

#: What must not be found any more: the person, and words of every text about them.
NAME, EMAIL, LOGIN = "Ottoline Quarrington", "ottoline@quarrington.example", "ottoline"
PHONE, MARK = "01632 960887", "zyxglockenspiel"
WORDS = ("ottoline", "quarrington", "960887", "960 887", MARK)
#: Reports whose figures stay.
REPORTS = (
    "citizen.authority.report",
    "citizen.case.report",
    "citizen.sla.report",
    "citizen.workload.objection.report",
)


@tagged("post_install", "-at_install")
class TestErasureTrace(PrivacyCommon, CitizenMailCommon, HttpCase):
    """Every door in, everything that staff do with a case, then erase and search."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.pothole = cls.pothole.with_env(cls.env)
        cls.pothole.question_definition = [
            {"name": "aaaa000000000007", "string": "Post", "type": "char"}
        ]
        cls._create_rule(
            {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"},
            role="citizen",
        )
        cls.account = new_test_user(
            cls.env,
            login=EMAIL,
            password=LOGIN * 2,
            name=NAME,
            groups="base.group_portal",
            email=EMAIL,
            tz="UTC",
            context={"no_reset_password": True},
        )
        cls.person = cls.account.partner_id
        cls.person.write(
            {"phone": PHONE, "street": f"{MARK} street 4", "comment": MARK}
        )
        cls.citizen = cls._create_citizen(cls.person, district_id=cls.district.id)
        cls.citizen.action_verify_contact()
        cls.citizen.message_post(body=f"Called about {MARK}")
        cls.desk = cls._create_user(
            "desk",
            "citizen_crm.group_intake_clerk,citizen_crm.group_clearance_citizen,"
            "citizen_crm.group_clearance_customer",
        )

        cls.remedy = cls.env["citizen.authority"].create(
            {"name": "Fee back", "amount_limit": 50, "lead_limit": 90}
        )
        cls.remedy.action_activate()
        cls.guardianship = cls.env["citizen.representation"].create(
            {
                "partner_id": cls.person.id,
                "representative_id": cls.baker.id,
                "kind": "guardian",
                "basis": "court",
                "document": f"Order on {NAME} and the {MARK}",
            }
        )

    @classmethod
    def _create_user(cls, login, groups, **values):
        """Two of the scenes have a lead; that of the mails steps back."""
        if login == "lead" and not hasattr(cls, "office"):
            return super()._create_user("first_lead", groups, **values)
        return super()._create_user(login, groups, **values)

    # ------------------------------------------------------------------- doors
    def _file_at_portal(self):
        self.authenticate(EMAIL, LOGIN * 2)
        page = self.url_open(
            f"/services/{self.pothole.id}",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "description": f"A hole at the {MARK}.",
                "place": f"{MARK} lane 3",
                "q_aaaa000000000007": f"post {MARK}",
            },
            files=[("files", (f"{MARK}.png", PNG + MARK.encode(), "image/png"))],
        )
        self.assertEqual(page.status_code, 200)
        case = self.Case.search([("partner_id", "=", self.person.id)])
        page = self.url_open(
            f"/my/case/{case.number}/message",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "message": f"And a {MARK}",
            },
        )
        self.assertEqual(page.status_code, 200)
        return case

    def _file_by_mail(self):
        case = self._deliver_case(
            sender=f"{NAME} <{EMAIL}>",
            text=f"My {MARK} fell into it.",
            Subject=f"The {MARK}",
            trusted=True,
            files=[(f"{MARK}.txt", f"plan of the {MARK}".encode())],
        )
        self.assertEqual(case.partner_id, self.person)
        # Somebody else pretends to be her, and an answering machine of hers.
        self._deliver(
            sender=f"{NAME} <{EMAIL}>",
            text=f"Give me the {MARK}",
            Subject=f"Re: [{case.number}] {MARK}",
        )
        self._deliver(
            sender=f"{NAME} <{EMAIL}>",
            Subject=f"Out of office: {MARK}",
            Auto_Submitted="auto-replied",
        )
        case.category_id = self.pothole
        return case

    def _register_by_phone(self):
        result = (
            self.env["citizen.intake"]
            .with_user(self.desk)
            .register(
                {
                    "channel_id": self.env.ref(
                        "helpdesk_mgmt.helpdesk_ticket_channel_phone"
                    ).id,
                    "person_kind": "anonymous",
                    "category_id": self.pothole.id,
                    "place": f"{MARK} bridge",
                    "title": f"{MARK} again",
                    "description": f"She told of the {MARK}, phone {PHONE}",
                    "oral_record_state": "read_back",
                }
            )
        )
        case = self.Case.search([("number", "=", result["number"])])
        self._tell_tracking()
        # Who it was turns out later, and the change is tracked.
        case.with_env(self.env).citizen_id = self.citizen
        self._tell_tracking()
        return case

    # -------------------------------------------------------------------- work
    def _work_on(self, case):
        """Do with a case what staff do, and write of the person wherever one can."""
        case = case.with_env(self.env)
        case._hand_to(self.ann.user_id, f"Knows {NAME}")
        case._settle(self.remedy, 20, f"{NAME} fell over the {MARK}")
        objection = self._object(case, text=f"{NAME} calls about the {MARK} daily")
        objection.message_post(body=f"It is {NAME}", subtype_xmlid="mail.mt_note")
        self._decide(objection, reason=f"{NAME} is right", granted_points=2.0)
        case._hand_to(self.bob.user_id, f"{NAME} asked for Bob")
        case.message_post(body=f"Note on {NAME}", subtype_xmlid="mail.mt_note")
        with self._outbox():
            self._answer(case, f"Dear {NAME}, the {MARK} is mended.")
            self.env["mail.mail"].search([]).write({"auto_delete": False})
        case.write({"name": f"{MARK} of {NAME}", "partner_email": EMAIL})
        case.write({"place": f"{MARK} corner", "email_cc": EMAIL})
        case.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=f"Call {NAME}",
            note=f"{PHONE} {MARK}",
            user_id=self.bob.user_id.id,
        )
        self.env["citizen.case.intermediary"].create(
            {"case_id": case.id, "partner_id": self.baker.id}
        )
        self.env["citizen.legal.hold"].create(
            {
                "case_ids": [(4, case.id)],
                "reason": f"{NAME} sues",
                "date_from": "2026-03-01",
                "date_to": "2026-03-02",
            }
        )
        self.env["citizen.case.event"].create(
            {
                "case_id": case.id,
                "kind": "wrote",
                "at": "2026-03-04 10:00:00",
                "before": NAME,
                "note": f"{NAME} wrote of the {MARK}",
            }
        )

    def _tell_tracking(self):
        """Let messages about changed fields be written, as a commit does."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    # ---------------------------------------------------------------- searching
    def _find_traces(self):
        """Search every column of every table for the person and the marked texts."""
        self.env.flush_all()
        tables = {}
        for table, column, kind in self.env.execute_query(
            SQL(
                """
                SELECT columns.table_name, column_name, data_type
                  FROM information_schema.columns
                  JOIN information_schema.tables
                 USING (table_schema, table_name)
                 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
                   AND data_type IN ('character varying', 'text', 'character',
                       'jsonb', 'json', 'bytea', 'ARRAY')
                """
            )
        ):
            tables.setdefault(table, []).append((column, kind))
        self.assertGreater(len(tables), 100)
        return {
            f"{table}.{column}": text
            for table, columns in tables.items()
            for column, text in self._search_table(table, columns)
        }

    def _search_table(self, table, columns):
        """Return pairs of column and text found."""
        texts = [
            SQL("encode(%s, 'escape')", SQL.identifier(column))
            if kind == "bytea"
            else SQL("%s::text", SQL.identifier(column))
            for column, kind in columns
        ]
        words = [f"%{word}%" for word in WORDS]
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE %s",
                SQL(", ").join(texts),
                SQL.identifier(table),
                SQL(" OR ").join(
                    SQL("%s ILIKE ANY(%s)", text, words) for text in texts
                ),
            )
        )
        for row in rows:
            for (column, _kind), text in zip(columns, row, strict=True):
                if any(word in (text or "").lower() for word in WORDS):
                    yield column, text[:200]

    def _get_figures(self):
        """Return everything that the city counts."""
        self.env.flush_all()
        self.env.invalidate_all()
        clock = self.env["citizen.sla.clock"]
        domain = [("case_id", "in", self.cases.ids)]
        figures = {name: self._read_all(self.env[name], []) for name in REPORTS}
        figures["clocks"] = self._read_all(clock, domain)
        figures["board"] = (
            self.env["helpdesk.ticket.team"]
            .with_user(self.lead)
            .get_assignment_board(self.roads.id)
        )
        figures["ledger"] = self.roads._find_first_difference()
        facts = self.env["citizen.case.fact"].sudo()
        figures["facts"] = self._read_all(facts, domain)
        return figures

    def _read_all(self, records, domain):
        """Read every stored field but for who touched the row."""
        stored = [
            field.name
            for field in records._fields.values()
            if field.store and field.name not in models.MAGIC_COLUMNS
        ]
        return records.search(domain, order="id").read(stored, load=None)

    # ------------------------------------------------------------------- tests
    def test_no_trace_and_equal_figures(self):
        """1. The person files by portal, mail and phone; staff work on all of it.
        2. The cases end, five years go by, two people agree, the desk erases.
        3. Nothing in the database or on the disk tells of the person any more.
        4. Every figure is the same.
        """
        cases = self._file_at_portal() + self._file_by_mail()
        cases += self._register_by_phone()
        self.assertEqual(len(cases), 3)
        for case in cases:
            self._work_on(case)
        # The stranger's mail became a case of nobody, which tells of her all the same.
        cases += self.Case.search([("partner_email", "=", EMAIL)]) - cases
        self.assertEqual(len(cases), 4)
        self._tell_tracking()
        cases.with_user(self.env.user).write({"stage_id": self._stage("closed").id})
        self._tell_tracking()
        self._book()
        self.cases = cases
        files = self._get_files()
        self.assertTrue(files)
        found = self._find_traces()
        for column in (
            "helpdesk_ticket.name",
            "helpdesk_ticket.answers",
            "mail_message.body",
            "mail_mail.email_to",
            "mail_tracking_value.new_value_char",
            "citizen_authority_use.reason",
            "citizen_representation.document",
            "citizen_workload_objection.text",
            "citizen_assignment_entry.reason",
            "citizen_mail_receipt.sender",
            "ir_attachment.name",
            "res_users.login",
        ):
            self.assertIn(column, found, "the test does not put it there any more")
        with freeze_time(LATER):
            before = self._get_figures()
            self.assertTrue(before["facts"])
            self._erase_due()
            self.assertEqual(self._get_figures(), before)
        self.maxDiff = None
        self.assertEqual(self._find_traces(), {})
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertEqual([path for path in files if os.path.exists(path)], [])
        self._check_left(cases)
        self.assertFalse(self.guardianship.exists())

    def _check_left(self, cases):
        """The cases stand there as records of the city's work, sealed."""
        self.assertEqual(set(cases.mapped("name")), {"Pothole", "Case"})
        for case in cases:
            self.assertTrue(case.number and case.closed_date and case.erased_date)
            self.assertFalse(case.partner_id or case.citizen_id)
            self.assertFalse(any(case.message_ids.mapped("body")))
            self.assertEqual(case.event_ids.sorted("id")[-1:].kind, "erased")
        proofs = self.Proof.search([("case_number", "in", cases.mapped("number"))])
        self.assertEqual(len(proofs), 4)
        self.assertTrue(all(proofs.mapped("is_intact")))
        self.assertTrue(all(proof.counts["mail.message"] for proof in proofs))
        contact = self.Proof.search([("subject", "=", f"contact {self.person.id}")])
        self.assertTrue(contact.is_intact)
        self.assertFalse(self.person.active or self.account.active)
        self.assertEqual(self.person.name, "Erased person")

    def _get_files(self):
        """Return where the marked files are stored."""
        Attachment = self.env["ir.attachment"]
        found = Attachment.search(
            [("name", "ilike", MARK), ("store_fname", "!=", False)]
        )
        return [Attachment._full_path(file.store_fname) for file in found]
