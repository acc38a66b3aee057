"""The evaluation on paper: for whom, in which state and language, and from what."""

import re
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.translate import CodeTranslations, code_translations

from .cycle_common import CycleCommon

REPORT = "citizen_crm.citizen_evaluation_paper"
LANGUAGES = ("en_US", "es_ES", "zh_TW")
MODULES = ("base", "web", "mail", "hr", "citizen_crm")
#: Who prints in which state; the letters of ``cycle_common``.
PRINTERS = {
    "planned": "",
    "collecting": "e",
    "data_check": "e",
    "claims": "e",
    "self": "e",
    "manager": "em",
    "shared": "emc",
    "published": "emca",
    "appealed": "emrca",
    "closed": "emrca",
}
ENGLISH = re.compile(
    r"\b(the|and|you|your|with|this|that|has|have|was|of|by|on)\b", re.I
)
#: What people of the tests say themselves.
SAID = {
    "The bridge was closed",
    "A bridge was closed.",
    "Looked at the file",
    "Second half of 2025",
}
QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class Told(dict):
    """Translations in which no sentence is missing: those not yet made are signs."""

    def get(self, key, default=None):
        return super().get(key) or re.sub(r"(%\(\w+\)s|%s)|[A-Za-z]+", _sign, key)


def _sign(match):
    return match[1] or "字"


@tagged("post_install", "-at_install")
class TestEvaluationPaper(CycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addons = cls.env["ir.module.module"].search([("name", "in", MODULES)])
        for code in LANGUAGES[1:]:
            cls.env["res.lang"]._activate_lang(code)
            addons._update_translations(filter_lang=[code])
            cls._translate_pages(code)
            cls._translate_measures(code)
        cls.evaluation = cls.evaluation.sudo()

    @classmethod
    def _translate_pages(cls, lang):
        """Give signs for the words of the paper that are not translated yet."""
        for view in cls.env["ir.ui.view"].search([("key", "=like", f"{REPORT}%")]):
            terms = view._fields["arch_db"].get_trans_terms
            source, told = (
                terms(view.with_context(lang=code).arch_db) for code in ("en_US", lang)
            )
            signs = {
                term: re.sub(r"(<[^>]*>)|[A-Za-z]+", _sign, term)
                for term in set(source) & set(told)
            }
            view._update_field_translations("arch_db", {lang: signs})

    @classmethod
    def _translate_measures(cls, lang):
        """Do the same for measures."""
        for measure in cls.env["citizen.measure"].search([]):
            for name in ("name", "explanation"):
                told = measure.with_context(lang=lang)
                if told[name] == measure.with_context(lang="en_US")[name]:
                    told[name] = re.sub(r"[A-Za-z]+", "字", told[name])

    def _print(self, letter, lang="en_US", evaluations=None):
        """Return the paper as HTML, made as the desk makes it."""
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(self.users[letter])
        told = Told(code_translations.get_python_translations("citizen_crm", lang))
        with patch.object(
            CodeTranslations, "get_python_translations", lambda *_args: told
        ):
            page, _kind = reports.with_context(lang=lang)._render_qweb_html(
                REPORT, (evaluations or self.evaluation).ids
            )
        return page.decode()

    def _read_texts(self, page):
        tree = html.fromstring(page)
        for junk in tree.xpath("//script | //style | //head"):
            junk.drop_tree()
        texts = [*tree.xpath("//text()"), *tree.xpath("//@aria-label | //@alt")]
        return {" ".join(text.split()) for text in texts} - {""}

    # ------------------------------------------------------------ who and when
    @mute_logger(*QUIET)
    def test_whoever_reads_it_prints_it(self):
        """In each state: those who read figures, and nobody else; in each language."""
        for state, letters in PRINTERS.items():
            self._bring_to(state)
            for letter in "emscrabho":
                with self.subTest(state=state, who=letter):
                    if letter in letters:
                        self.assertIn("Ann", self._print(letter))
                    else:
                        self._check_refused(letter)
            for lang in LANGUAGES if letters else ():
                with self.subTest(state=state, lang=lang):
                    self._check_language(state, lang)

    def _check_refused(self, letter):
        try:
            self._print(letter)
        except (UserError, AccessError):
            return
        self.fail("The paper was printed.")

    def _check_language(self, state, lang):
        self.users["e"].lang = lang
        texts = self._read_texts(self._print("e", lang))
        if lang == "en_US":
            told = any("Provisional" in text for text in texts)
            self.assertEqual(told, state not in ("published", "appealed", "closed"))
        elif not self.evaluation._is_sealed():
            self.assertFalse([t for t in texts - SAID if ENGLISH.search(t)])

    def test_no_english_of_what_was_sealed_in_chinese(self):
        self.users["e"].lang = "zh_TW"
        self._bring_to("manager")
        self._explain()
        told = Told(code_translations.get_python_translations("citizen_crm", "zh_TW"))
        with patch.object(
            CodeTranslations, "get_python_translations", lambda *_args: told
        ):
            self._bring_to("closed")
        texts = self._read_texts(self._print("e", "zh_TW"))
        self.assertFalse([text for text in texts - SAID if ENGLISH.search(text)])

    def test_what_is_said_before_it_is_shared_stays_with_its_author(self):
        """The manager's draft is on the manager's paper alone."""
        self._bring_to("manager")
        self._explain()
        draft = self._as("m").action_write()
        self.env[draft["res_model"]].browse(draft["res_id"]).text = "A secret draft"
        self.assertIn("A bridge was closed.", self._print("m"))
        self.assertNotIn("A bridge was closed.", self._print("e"))
        for letter in "em":
            self.assertNotIn("A secret draft", self._print(letter))

    # ------------------------------------------------------------------ content
    def test_the_paper_says_what_was_sealed(self):
        self._bring_to("published")
        page = self._print("e")
        texts = self._read_texts(page)
        content = self.evaluation.version_ids._get_content()
        judged = [one for one in content["lines"] if one["word"] in ("outside",)]
        self.assertEqual([line["code"] for line in judged], ["T2"])
        for line in content["lines"]:
            self.assertIn(line["sentence"], texts)
        tree = html.fromstring(page)
        picture = tree.xpath("//*[local-name()='svg']")[0]
        self.assertEqual(picture.get("aria-label"), judged[0]["sentence"])
        self.assertEqual(len(picture.xpath(".//*[local-name()='polygon']")), 2)
        table = tree.xpath("//*[local-name()='svg']/../following-sibling::table[1]")
        rows = dict(
            (row.findtext("th"), row.findtext("td")) for row in table[0].iter("tr")
        )
        standing = judged[0]["standing"]
        self.assertEqual(rows["Cases"], str(standing["counted_n"]))
        self.assertEqual(rows["Observed"], str(standing["observed"]))
        self.assertEqual(rows["Observed for each expected"], f"{standing['ratio']:.2f}")
        self.assertTrue(
            any(self.evaluation.version_ids.digest in text for text in texts)
        )
        for said in ("I did what I could", "A good year", "The bridge was closed"):
            self.assertIn(said, texts)

    def test_a_print_never_changes(self):
        """Whatever becomes of cases, names, measures and roles: the same paper."""
        self._bring_to("published")
        before = self._print("a")
        self._facts()._exclude("Later")
        self._add_facts(self.staff["Ann"], 30, 30)
        self.cycle.measure_ids.write({"name": "Other", "explanation": "Other"})
        self.staff["Ann"].write({"name": "Anna Newname", "active": False})
        self.users["m"].write({"name": "Boss Newname"})
        self.department.write({"name": "Other Works", "manager_id": False})
        self.pothole.name = "Crater"
        self.assertEqual(self._print("a"), before)

    def test_an_appeal_is_on_the_paper(self):
        self._bring_to("appealed")
        self.assertIn("Not fair", self._print("m"))
        self._decide_appeal("changed")
        page = self._print("e")
        for said in ("Looked at all", "Eval_reviewer", "Conditions"):
            self.assertIn(said, page)
        for version in self.evaluation.version_ids:
            self.assertIn(version.digest, page)
        self._as("e").action_confirm_receipt()
        self.assertIn("Received by the employee", self._print("e"))

    # ---------------------------------------------------------------- read log
    def test_a_print_of_another_person_is_on_record(self):
        self._bring_to("published")
        reads = self.env["citizen.evaluation.read"]
        mine = [("evaluation_id", "=", self.evaluation.id), ("way", "=", "paper")]
        for letter in "eamm":
            self._print(letter)
        self.assertEqual(reads.search(mine).user_id, self.users["a"] + self.users["m"])
        self.assertEqual(reads.search_count(mine), 2)

    def test_one_at_a_time(self):
        for evaluation in self.cycle.evaluation_ids:
            evaluation._enter("manager")
        for evaluations in (self.cycle.evaluation_ids, self.evaluation.browse(-1)):
            with self.assertRaisesRegex(UserError, "one at a time"):
                self._print("m", evaluations=evaluations)
