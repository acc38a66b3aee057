from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .reply_common import ReplyCommon


class TestReplyTemplate(ReplyCommon):
    """Owned by a department, good until a date, filled in without any code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls._create_template()

    @classmethod
    def _create_template(cls, **values):
        return cls.env["citizen.reply.template"].create(
            {
                "name": "Hole filled",
                "department_id": cls.works.id,
                "summary": "{department} has dealt with “{title}” ({number}).",
                "facts": "You wrote on {received}.",
                "legal_basis": "Streets Act § 9",
                "expiry_date": "2026-03-31",
                **values,
            }
        )

    def _form(self, case):
        Reply = self.env["citizen.case.reply"].with_user(self.handler)
        return Form(Reply.with_context(default_case_id=case.id))

    def test_inserted(self):
        """It fills in what is empty, in the words of the case."""
        case = self._file(nature="complaint", name="Hole {number}")
        form = self._form(case)
        form.facts = "Seen on site."
        form.template_id = self.template
        self.assertEqual(
            form.summary, f"Works has dealt with “Hole {{number}}” ({case.number})."
        )
        self.assertEqual(form.facts, "Seen on site.")
        self.assertEqual(form.legal_basis, "Streets Act § 9")
        reply = form.save()
        self.assertEqual(reply.template_id, self.template)

    def test_offered_are_those_for_such_a_case(self):
        """A template that names a type or a nature is for these cases alone."""
        case = self._file(nature="complaint")
        names = {
            "Of this type": {"category_ids": [(6, 0, self.pothole.ids)]},
            "Of another type": {"category_ids": [(6, 0, self.tree.ids)]},
            "Of this nature": {"nature": "complaint"},
            "Of another nature": {"nature": "praise"},
        }
        for name, values in names.items():
            self._create_template(name=name, **values)
        reply = self._write_reply(case)
        arch = etree.fromstring(reply.get_view(view_type="form")["arch"])
        [field] = arch.xpath("//field[@name='template_id']")
        domain = safe_eval(
            field.get("domain"),
            {
                "department_id": reply.department_id.id,
                "category_id": reply.category_id.id,
                "nature": reply.nature,
            },
        )
        offered = self.env["citizen.reply.template"].with_user(self.handler)
        self.assertEqual(
            sorted(offered.search(domain).mapped("name")),
            ["Hole filled", "Of this nature", "Of this type"],
        )

    def test_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.template.update_field_translations(
            "facts", {"es_ES": "Usted escribió el {received}."}
        )
        self.ada.lang = "es_ES"
        form = self._form(self._file(nature="complaint"))
        form.template_id = self.template
        self.assertEqual(form.facts, "Usted escribió el 4 de marzo de 2026.")

    def test_expired(self):
        case = self._file(nature="complaint")
        with freeze_time("2026-04-01 12:00:00"):
            self.assertEqual(self.template.expiry_state, "expired")
            form = self._form(case)
            with self.assertRaisesRegex(UserError, "Hole filled.*03/31/2026"):
                form.template_id = self.template
            with self.assertRaisesRegex(UserError, "Hole filled.*03/31/2026"):
                self._write_reply(case, template_id=self.template.id)
        self.assertFalse(case.reply_ids)

    def test_of_another_department(self):
        other = self.env["hr.department"].create({"name": "Culture"})
        template = self._create_template(department_id=other.id, name="Concert")
        reply = self._write_reply(self._file(nature="complaint"))
        with self.assertRaisesRegex(UserError, "Concert.*Culture.*03/31/2026"):
            reply.template_id = template
        self.assertFalse(reply.template_id)

    def test_of_a_department_above(self):
        city = self.env["hr.department"].create({"name": "City"})
        self.works.parent_id = city
        template = self._create_template(department_id=city.id)
        reply = self._write_reply(
            self._file(nature="complaint"), template_id=template.id
        )
        self.assertEqual(reply.template_id, template)

    def test_expiry_states(self):
        for day, state in (
            ("2026-03-03", "expired"),
            ("2026-03-04", "soon"),
            ("2026-04-03", "soon"),
            ("2026-04-04", "good"),
        ):
            self.template.expiry_date = day
            self.assertEqual(self.template.expiry_state, state, day)

    def test_unknown_placeholder(self):
        with self.assertRaisesRegex(ValidationError, r"^In Short: \{password\}"):
            self.template.summary = "It is {password}."

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_writes_them(self):
        """The head of the department and the administrator of the catalogue."""
        admin = self._create_user("admin", "citizen_crm.group_catalogue_admin")
        for user in (self.head, admin):
            self.template.with_user(user).facts = "Seen."
        other = self.env["hr.department"].create({"name": "Culture"})
        foreign = self._create_template(department_id=other.id)
        foreign.with_user(admin).facts = "Heard."
        with self.assertRaises(AccessError):
            foreign.with_user(self.head).facts = "Read."
        for user in (self.handler, self.lead):
            self.assertTrue(self.template.with_user(user).facts)
            with self.assertRaises(AccessError):
                self.template.with_user(user).facts = "Guessed."
