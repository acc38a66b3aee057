"""A handler lets a case wait and resumes it; the citizen reads the promise."""

from __future__ import annotations

import resident
from kept import kept_chrome
from resident import DESK, PHONE, read_axe

from odoo.tests import tagged

# What a handler does, as a person would: press the buttons, fill the gap, send.
DESK_SCRIPT = """
(async () => {
    const {action} = odoo.__WOWL_DEBUG__.root.env.services;
    const wait = async (find, name) => {
        for (let round = 0; round < 400; round++) {
            const found = find();
            if (found) return found;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`${name} does not show up`);
    };
    const button = (name) => wait(
        () => [...document.querySelectorAll("button")].find(
            (el) => el.checkVisibility() && !el.disabled
                && el.textContent.trim() === name
        ),
        name
    );
    const stage = (name) => wait(
        () => [...document.querySelectorAll(".o_arrow_button_current")].find(
            (el) => el.textContent.includes(name)
        ),
        `the stage ${name}`
    );
    await action.doAction({
        type: "ir.actions.act_window", res_model: "helpdesk.ticket",
        res_id: %(case)s, views: [[false, "form"]],
    });
    (await button("Wait for the Citizen")).click();
    const body = await wait(
        () => document.querySelector(".modal [name=body] textarea"), "the message"
    );
    body.value = body.value.replace("[…]", "A photo of the hole.");
    body.dispatchEvent(new Event("input", {bubbles: true}));
    body.dispatchEvent(new Event("change", {bubbles: true}));
    (await button("Send and Wait")).click();
    await stage("Waiting");
    await wait(
        () => document.querySelector(".o_form_view [name=waiting_day]"), "the last day"
    );
    %(then)s
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
RESUME = """
    (await button("Resume Work")).click();
    await stage("In Work");
"""


@tagged("post_install", "-at_install")
class TestPromises(resident.ResidentBrowser):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.env["citizen.sla.rule"].create(
            {
                "name": "Answers",
                "sequence": 1,
                "category_ids": cls.pothole.ids,
                "valid_from": "2020-01-01 00:00:00",
                "target_ids": [
                    (
                        0,
                        0,
                        {
                            "amount": 6,
                            "basis": "statutory",
                            "pausing_reason_ids": cls.env.ref(
                                "citizen_crm.waiting_reason_supplement"
                            ).ids,
                        },
                    )
                ],
            }
        ).action_activate()
        cls.case = cls._create_case(cls.eve, user_id=cls.handler.id)
        cls.case.with_user(cls.handler).action_start_work()

    def _drive(self, then: str = "") -> None:
        with kept_chrome():
            self.browser_js(
                "/odoo",
                DESK_SCRIPT % {"case": self.case.id, "then": then},
                "odoo.isReady === true",
                login=self.handler.login,
                timeout=180,
            )
        self.env.invalidate_all()

    def test_handler_pauses_and_resumes(self) -> None:
        self._drive(RESUME)
        kinds = self.case.event_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds[-3:], ["replied", "waiting", "resumed"])
        self.assertIn("A photo of the hole.", self._last_message(self.case).body)
        self.assertFalse(self.case.is_paused)

    def test_citizen_reads_the_promise_and_why_it_is_paused(self) -> None:
        axe = read_axe()
        page = f"/my/case/{self.case.number}"
        with self._browse(self.eve) as browser:
            self._go(browser, f"/services/{self.pothole.id}")
            self.assertIn(
                "We promise an answer within 6 working days.", self._text(browser)
            )
            self._go(browser, page)
            self.assertIn("We answer by ", self._text(browser))
        self._drive()
        for size in (PHONE, DESK):
            with self._browse(self.eve, size) as browser:
                self._go(browser, page)
                text = self._text(browser)
                self.assertIn("The time for our answer has stood still since", text)
                self.assertIn("because we have asked you for information", text)
                self.assertIn("A photo of the hole.", text)
                self._check_page(browser, axe)
