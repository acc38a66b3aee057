"""Whoever reads Spanish or Chinese reads no English: mails, pages and the copy."""

import re
from pathlib import Path

import polib
from lxml import html

from odoo import fields, http
from odoo.tests import tagged

from ..tools.case_secret import token_hash
from .portal_common import STAFF, PortalCase

LANGUAGES = ("es_ES", "zh_TW")
MODULES = ("base", "web", "mail", "portal", "helpdesk_mgmt", "citizen_crm")
#: Words of English sentences that nothing in these cases' own texts has.
ENGLISH = re.compile(r"\b(the|and|you|your|with|this|that|has|have|was|we|our)\b", re.I)
#: Attributes that people read or hear.
SPOKEN = ("title", "placeholder", "alt", "aria-label")
#: What residents read without an account, and with one.
PUBLIC_PAGES = ("/services", "/services/promises", "/track", "/answer/x", "/confirm/x")
OWN_PAGES = ("/my/home", "/my/cases", "/my/data", "/my/cases?page=0")
POT = Path(__file__).parent.parent / "i18n" / "citizen_crm.pot"


@tagged("post_install", "-at_install")
class TestLanguages(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addons = cls.env["ir.module.module"].search([("name", "in", MODULES)])
        for code in LANGUAGES:
            cls.env["res.lang"]._activate_lang(code)
            addons._update_translations(filter_lang=[code])
        cls.sentences = {
            entry.msgid for entry in polib.pofile(POT) if entry.msgid.count(" ") >= 2
        }
        # Data of the city are in the city's language; here they are just names.
        cls.pothole.write({"name": "Larkhaven 1", "resident_help": False})
        cls.pothole.question_definition = []
        cls.bin.active = False
        cls.group.name = "Larkhaven 4"
        head = cls._create_user("p_head", STAFF)
        cls.team.department_id.write(
            {
                "name": "Larkhaven 2",
                "manager_id": cls.env["hr.employee"]
                .create({"name": "Larkhaven 5", "user_id": head.id})
                .id,
            }
        )
        rules = cls.env["citizen.sla.rule"]
        drafts = rules.create(rules._prepare_usual_rules())
        drafts.valid_from = "2020-01-01 00:00:00"
        drafts.action_activate()

    # ------------------------------------------------------------------ tools
    def _find_english(self, markup):
        """Return what of a page or mail is English; addresses are left out."""
        tree = html.fromstring(markup)
        for junk in tree.xpath("//script | //style | //*[@lang='en']"):
            junk.drop_tree()
        spoken = [tree.xpath(f"//@{name}") for name in SPOKEN]
        values = tree.xpath("//input[@type='submit']/@value")
        texts = [*tree.xpath("//text()"), *sum(spoken, []), *values]
        words = (" ".join(text.split()) for text in texts)
        return [
            text
            for text in words
            if text and (ENGLISH.search(text) or self._find_sentence(text))
        ]

    def _find_sentence(self, text):
        return any(sentence in text for sentence in self.sentences)

    def _read_page(self, path, statuses=(200,), **data):
        if data:
            data["csrf_token"] = http.Request.csrf_token(self)
        page = self.url_open(path, data=data or None)
        self.assertIn(page.status_code, statuses, path)
        main = page.text[page.text.find("<main") : page.text.find("</main>")]
        self.assertFalse(self._find_english(f"<div>{main}</div>"), path)
        return main

    def _in_each(self, check):
        for lang in LANGUAGES:
            with self.subTest(lang=lang):
                self.ada.lang = lang
                self.env.flush_all()
                check(lang)

    def _create_answered(self, phase="closed"):
        case = self._create_case(self.ada, name="Larkhaven 3", user_id=self.handler.id)
        case.description = "<p>123</p>"
        case.stage_id = self.env.ref(f"citizen_crm.stage_{phase}")
        return case

    # ------------------------------------------------------------------ pages
    def test_the_search_itself(self):
        """It finds a sentence and a label, and is content with translated ones."""
        found = self._find_english("<p>Thank you <i title='In the city'>Ja</i> 5</p>")
        self.assertEqual(found, ["Thank you", "In the city"])
        self.assertFalse(self._find_english("<p>Gracias 案件 2026-000001</p>"))

    def test_pages_without_an_account(self):
        def check(lang):
            self.authenticate(None, None)
            self.opener.cookies.set("frontend_lang", lang)
            for path in (*PUBLIC_PAGES, f"/services/{self.pothole.id}"):
                self._read_page(path, (200, 404))
            self._read_page("/track", (403,), number="2026-1", secret="X")

        self._in_each(check)

    def test_own_pages(self):
        def check(_lang):
            self._login(self.ada)
            opened, closed = (
                self._create_answered(phase) for phase in ("in_work", "closed")
            )
            for case in (opened, closed):
                self._read_page(f"/my/case/{case.number}", (200,))
            for path in (*OWN_PAGES, f"/services/{self.pothole.id}", "/my/account"):
                self._read_page(path, (200, 400))
            for path in ("review", "feedback"):
                self._read_page(f"/my/case/{closed.number}/{path}")
            self._read_page(f"/my/case/{opened.number}/reopen", (400,), message="1")
            self._file_case(description="")
            self._read_page(f"/services/{self.pothole.id}", (400,), description="")

        self._in_each(check)

    def test_feedback_by_link(self):
        def check(lang):
            case = self._create_answered()
            feedback = self.env["citizen.case.feedback"].search(
                [("case_id", "=", case.id)]
            )
            secret = lang * 5
            self.authenticate(None, None)
            self.opener.cookies.set("frontend_lang", lang)
            feedback.token_hash = token_hash(secret)
            self._read_page(f"/feedback/{secret}")
            self._read_page(f"/feedback/{secret}", (400,), fair="yes")
            self._read_page(f"/feedback/{secret}", got_it="no")
            self._read_page(f"/feedback/{secret}/review")

        self._in_each(check)

    # ------------------------------------------------------- mails and papers
    def test_mails(self):
        """All templates, for a person who reads the language."""
        templates = self.env["mail.template"].browse(
            self.env["ir.model.data"]
            .search([("module", "=", "citizen_crm"), ("model", "=", "mail.template")])
            .mapped("res_id")
        )
        self.assertGreaterEqual(len(templates), 12)

        def check(lang):
            case = self._create_answered("answered")
            for template in templates:
                with self.subTest(template=template.name):
                    record = self._make_record(template.model, case)
                    told = template.with_context(lang=lang)
                    for name in ("subject", "body_html"):
                        text = told._render_field(name, record.ids)[record.id]
                        self.assertTrue(text.strip())
                        self.assertFalse(self._find_english(f"<div>{text}</div>"))

        self._in_each(check)

    def _make_record(self, model, case):
        """Return a record of a template's model that is about the case."""
        if model == case._name:
            return case
        now, later = fields.Datetime.now(), fields.Date.add(fields.Date.today(), days=9)
        values = {
            "citizen.case.feedback": {
                "token_hash": token_hash(case.number),
                "asked_at": now,
                "expires_at": now,
            },
            "citizen.case.review": {
                "ground": "disagree",
                "text": "1",
                "level": "head",
                "asked_at": now,
            },
            "citizen.case.refusal": {
                "ground": "no_content",
                "reason": "1",
                "level": "lead",
            },
            "citizen.sla.extension": {
                "clock_id": case.clock_ids[:1].id,
                "days": 3,
                "level": "lead",
                "reason": "1",
            },
            "citizen.case.transfer": {
                "from_team_id": self.team.id,
                "to_team_id": self.team.copy({"name": case.number}).id,
                "ground_id": self.env.ref(
                    "citizen_crm.transfer_ground_not_competent"
                ).id,
                "proposed_by_id": self.handler.id,
                "proposed_at": now,
                "propose_by": now,
                "answer_by": now,
            },
            "citizen.contact.arrangement": {
                "terms": "1",
                "reason": "1",
                "date_to": later,
                "review_date": later,
            },
        }[model]
        records = self.env[model].sudo()
        return records.search([("case_id", "=", case.id)], limit=1) or records.create(
            {"case_id": case.id, **values}
        )

    def test_letters(self):
        """A real letter with the city's layout, and the paper copy of the case."""

        def check(lang):
            case = self._create_answered("in_work")
            before = self.env["mail.mail"].search([])
            case.with_user(self.handler).message_post(
                body="123",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.ada.partner_id.ids,
            )
            self.env.flush_all()
            for mail in self.env["mail.mail"].search([]) - before:
                self.assertFalse(self._find_english(mail.body_html))
            for name in ("citizen_case_copy", "citizen_case_receipt"):
                report = f"citizen_crm.{name}"
                page, _kind = (
                    self.env["ir.actions.report"]
                    .with_context(lang=lang)
                    ._render_qweb_html(report, case.ids)
                )
                self.assertFalse(self._find_english(page.decode()), name)

        self._in_each(check)
