"""The files of translations say everything that the addon says; `make i18n`."""

from __future__ import annotations

import io

import polib

from odoo.tests import TransactionCase
from odoo.tools.translate import trans_export

from dev.settings import ADDON, ROOT

FOLDER = ROOT / ADDON / "i18n"
LANGUAGES = ("es", "zh_TW")
WAY_OUT = "Run make i18n, translate what is new, and commit the files."


class TestTranslations(TransactionCase):
    """Compares the committed files with the terms of the installed addon."""

    def test_template_is_up_to_date(self):
        buffer = io.BytesIO()
        trans_export(None, [ADDON], buffer, "po", self.env)
        said = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
        written = {entry.msgid for entry in polib.pofile(FOLDER / f"{ADDON}.pot")}
        self.assertFalse(said - written, f"Not in the template. {WAY_OUT}")
        self.assertFalse(written - said, f"No longer said. {WAY_OUT}")

    def test_every_term_is_translated(self):
        for language in LANGUAGES:
            with self.subTest(language=language):
                translations = polib.pofile(FOLDER / f"{language}.po")
                untranslated = [
                    entry.msgid
                    for entry in translations
                    if not entry.translated() and not entry.obsolete
                ]
                self.assertFalse(untranslated, WAY_OUT)
