"""A letter with two matters: split, joined, and seen as its person sees it."""

from __future__ import annotations

from keyboard import Keyboard, drive

from odoo.tests import HttpCase, new_test_user, tagged

READY = "!!document.querySelector('.o_form_view')"
CLEARED = "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"
PARTS = ".modal .o_field_widget[name=part_ids]"


@tagged("post_install", "-at_install")
class TestMatterScreen(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env, "matter_clerk", groups=f"citizen_crm.group_intake_clerk,{CLEARED}"
        )
        cls.resident = new_test_user(cls.env, "matter_ada", groups="base.group_portal")
        team = cls.env["helpdesk.ticket.team"].create({"name": "Lamps and trees"})
        cls.lamp, cls.tree = cls.env["helpdesk.ticket.category"].create(
            [
                {"name": name, "is_service": True, "team_id": team.id}
                for name in ("Dark lamp", "Dead tree")
            ]
        )
        cls.known = cls._file("The lamp in Zither Lane is dark", "Since Monday")
        cls.letter = cls._file(
            "Two things",
            "The lamp in Zither Lane is dark. And the lime tree is dead.",
            partner_id=cls.resident.partner_id.id,
        )

    @classmethod
    def _file(cls, title: str, text: str, **values: int):
        return cls.env["helpdesk.ticket"].create(
            {
                "name": title,
                "description": text,
                "category_id": cls.lamp.id,
                "role": "citizen",
                "place": "Zither 4",
                **values,
            }
        )

    # ------------------------------------------------------------------- steps
    def _open_tab(self, keys: Keyboard) -> None:
        keys.click(".nav-link[name=matter]")
        keys.wait_for("document.querySelector('button[name=action_split]')")

    def _split(self, keys: Keyboard) -> None:
        self._open_tab(keys)
        keys.click("button[name=action_split]")
        keys.wait_for_text(".modal .o_citizen_letter", "lime tree")
        keys.click(f"{PARTS} .o_field_x2many_list_row_add a")
        keys.wait_for(
            f"document.querySelector('{PARTS} [name=place] input').value === 'Zither 4'"
        )
        keys.write(f"{PARTS} [name=text] textarea", "And the lime tree is dead.")
        keys.press("Tab")
        keys.wait_for(
            f"document.querySelector('{PARTS} [name=name] input').value.length > 9"
        )
        keys.write(f"{PARTS} [name=category_id] input", "Dead")
        keys.wait_for_text(".o-autocomplete--dropdown-menu", "Dead tree")
        keys.press("Enter")
        keys.press("Tab")
        keys.click(".modal button[name=action_confirm]")
        keys.wait_for("!document.querySelector('.modal')")
        keys.wait_for_text("body", "Split into")

    def _join(self, keys: Keyboard) -> None:
        self._open_tab(keys)
        keys.click("button[name=action_find_same_matter]")
        keys.wait_for_text(".modal .o_data_row", "The lamp in Zither Lane is dark")
        keys.wait_for_text(".modal .o_data_row", "same service type")
        keys.click(".modal button[name=action_join]")
        keys.wait_for_text(".o_citizen_banners", "Same matter as")

    def _look(self, keys: Keyboard) -> None:
        keys.wait_for_text(".o_citizen_staff_banner", self.number)
        keys.wait_for_text(".o_citizen_timeline", "became a case of its own")
        keys.wait_for("!document.querySelector('.o_citizen_page form')")

    def test_a_letter_with_two_matters(self) -> None:
        url = f"/odoo/helpdesk.ticket/{self.letter.id}"
        drive(self, url, READY, "matter_clerk", self._split)
        self.env.invalidate_all()
        [tree] = self.letter.split_ids
        self.assertEqual(tree.category_id, self.tree)
        self.assertEqual(tree.received_date, self.letter.received_date)
        drive(self, url, READY, "matter_clerk", self._join)
        self.env.invalidate_all()
        self.assertEqual(self.letter.duplicate_id, self.known)
        page = self.letter.with_user(self.clerk).action_view_as_person()["url"]
        # The server has the cursor while the browser is at work.
        self.number = self.letter.number
        shown = "!!document.querySelector('.o_citizen_timeline')"
        drive(self, page, shown, "matter_clerk", self._look)
