"""The funnel of a measure in the browser: dots, limits, words and the keyboard."""

from __future__ import annotations

import json

from keyboard import Keyboard, drive

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.citizen_crm.tools.funnel import measure
from odoo.addons.citizen_crm.tools.funnel_chart import chart
from odoo.addons.citizen_crm.tools.strata import Cell

#: Shows the field above the page, on values that the test can change.
MOUNT = """(() => {
    const {Component, reactive, useState, xml} = odoo.loader.modules.get("@odoo/owl");
    const {registry} = odoo.loader.modules.get("@web/core/registry");
    const field = registry.category("fields").get("citizen_funnel");
    window.funnelState = reactive({funnel: false});
    class Page extends Component {
        static components = {Field: field.component};
        static props = [];
        static template = xml`
            <div class="o_funnel_test bg-view position-fixed top-0 w-100 z-3 p-3">
                <Field name="'funnel'" record="record" readonly="true"/>
            </div>`;
        setup() {
            this.state = useState(window.funnelState);
        }
        get record() {
            return {data: {funnel: this.state.funnel}};
        }
    }
    registry.category("main_components").add("FunnelTest", {Component: Page});
})()"""
CANVAS = "document.querySelector('.o_funnel_test canvas')"
DRAWN = f"(window.Chart && {CANVAS} && Chart.getChart({CANVAS}))"


@tagged("post_install", "-at_install")
class TestFunnelField(HttpCase):
    """Twelve people with the same kinds of cases, one of them late twice as often."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.reader = new_test_user(cls.env, "funnel_reader", groups="base.group_user")
        cells = [Cell((1,), person, 100, 16) for person in range(12)]
        cells[3] = Cell((1,), 3, 100, 30)
        cls.measured = measure(cells, good="low")

    def _get_chart(self, person: int, word: str) -> dict:
        return chart(
            self.measured,
            person,
            word,
            sentence=f"Sentence of {person}.",
            table=[("Observed", "30"), ("Expected", "17.2")],
            x_label="How precise",
            y_label="Observed for expected",
            legend={"own": "Your cases"},
        )

    def _show(self, keys: Keyboard, values: dict | bool) -> None:
        keys.read(f"void (window.funnelState.funnel = {json.dumps(values)})")

    def _read_data(self, keys: Keyboard) -> list[list[dict]]:
        """Return what each dot and line of the drawn chart stands for."""
        return keys.read(f"{DRAWN}.data.datasets.map((set) => set.data)")

    def test_funnel(self) -> None:
        first, second = self._get_chart(3, "outside"), self._get_chart(5, "within")
        silent = self._get_chart(3, "too_few")

        def steps(keys: Keyboard) -> None:
            keys.read(MOUNT)
            self._show(keys, first)
            keys.wait_for(DRAWN)
            self._check_drawn(keys, first)
            self._check_words(keys)
            # Other values are drawn anew.
            self._show(keys, second)
            keys.wait_for(f"{DRAWN}?.data.datasets[0].data[0].y < 1")
            self._check_drawn(keys, second)
            # Where nothing may be said there is a sentence and no dot.
            self._show(keys, silent)
            keys.wait_for(f"!{CANVAS}")
            keys.wait_for_text(".o_funnel_test p", "Sentence of 3.")
            self.assertEqual(keys.read("Object.keys(Chart.instances).length"), 0)
            self._show(keys, False)
            keys.wait_for("!document.querySelector('.o_funnel_test details')")

        drive(self, "/odoo", "odoo.isReady === true", self.reader.login, steps)

    def _check_drawn(self, keys: Keyboard, values: dict) -> None:
        own, others, *lines = self._read_data(keys)
        self.assertEqual([own[0]["y"]], [p["y"] for p in values["points"] if p["own"]])
        self.assertEqual(len(others), 11)
        names = ("low95", "high95", "low998", "high998")
        for name, line in zip(names, lines, strict=False):
            self.assertEqual([dot["x"] for dot in line], values["limits"]["x"])
            self.assertEqual([dot["y"] for dot in line], values["limits"][name])
        self.assertEqual({dot["y"] for dot in lines[-1]}, {1})
        self.assertEqual(keys.read("Object.keys(Chart.instances).length"), 1)

    def _check_words(self, keys: Keyboard) -> None:
        """What the picture shows is said, and the keyboard gets to all of it."""
        picture = "document.querySelector('.o_funnel_test [role=img]')"
        self.assertEqual(keys.read(f"{picture}.ariaLabel"), "Sentence of 3.")
        self.assertEqual(keys.read(f"{picture}.tabIndex"), 0)
        legend = keys.read(f"{DRAWN}.legend.legendItems.map((item) => item.text)")
        self.assertEqual(len(legend), 5)
        self.assertEqual(legend[0], "Your cases")
        keys.read(f"{picture}.focus()")
        keys.press("Tab")
        keys.wait_for("document.activeElement.matches('.o_funnel_test summary')")
        keys.press("Enter")
        keys.wait_for("document.querySelector('.o_funnel_test details').open")
        keys.wait_for_text(".o_funnel_test table", "17.2")
