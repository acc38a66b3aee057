"""No way to put people in an order by a figure: the test walks and tries."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .cycle_common import CycleCommon

MODELS = ("", ".line", ".version", ".statement", ".claim", ".appeal", ".cycle", ".read")
#: Fields that can be searched and sorted although they are stored: none is a figure.
#: Whoever adds one must think about it here.
PLAIN = {
    "citizen.evaluation": """
        active_activity_ids activity_calendar_event_id activity_date_deadline
        activity_exception_decoration activity_exception_icon activity_ids
        activity_state activity_summary activity_type_icon activity_type_id
        activity_user_id my_activity_date_deadline
        appeal_ids claim_ids cycle_id date_from date_to deadline department_id
        department_name employee_done employee_id employee_name is_overdue line_ids
        manager_done manager_id manager_name published_by_id received_at since state
        statement_ids version_ids""",
    "citizen.evaluation.line": "code evaluation_id measure_id",
    "citizen.evaluation.version": """
        digest evaluation_id kind number sealed_at sealed_by_name""",
}
MAGIC = {"id", "create_uid", "create_date", "write_uid", "write_date", "display_name"}


@tagged("post_install", "-at_install")
class TestEvaluationRanking(CycleCommon):
    """The manager may export, and tries with the evaluations of four people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["m"].group_ids += cls.env.ref("base.group_allow_export")
        for evaluation in cls.cycle.evaluation_ids:
            evaluation._enter("manager")
        cls.lines = cls.cycle.evaluation_ids.line_ids.with_user(cls.users["m"])
        cls.env.flush_all()

    def _each_figure(self):
        for model in ("citizen.evaluation.line", "citizen.evaluation.version"):
            records = self.env[model].with_user(self.users["m"])
            for name in records._figures:
                yield records, name
        for name in ("context_text", "chance_text"):
            yield self.env["citizen.evaluation"].with_user(self.users["m"]), name

    def test_only_plain_fields_can_be_searched_or_sorted(self):
        for model, names in PLAIN.items():
            fields = self.env[model].with_user(self.users["m"]).fields_get()
            reachable = {
                name
                for name, field in fields.items()
                if field.get("searchable") or field.get("sortable")
            }
            self.assertEqual(reachable - MAGIC - set(names.split()), set(), model)

    @mute_logger(
        "odoo.domains", "odoo.orm.domains", "odoo.models", "odoo.osv.expression"
    )
    def test_nothing_sorts_filters_groups_or_counts_by_a_figure(self):
        for records, name in self._each_figure():
            figure = records._fields[name]
            self.assertFalse(figure.store, name)
            for way, call in {
                "sort": lambda r, n: r.search([], order=n),
                "web sort": lambda r, n: r.web_search_read([], {"id": {}}, order=n),
                "filter": lambda r, n: r.search([(n, "ilike", "expected")]),
                "equal": lambda r, n: r.search([(n, "=", "outside")]),
                "group": lambda r, n: r._read_group([], [n], ["__count"]),
                "web group": lambda r, n: r.web_read_group([], [n], ["__count"]),
                "formatted": lambda r, n: r.formatted_read_group([], [n], ["__count"]),
                "pivot": lambda r, n: r._read_group([], [], [f"{n}:count"]),
                "collect": lambda r, n: r._read_group([], [], [f"{n}:array_agg"]),
                "sets": lambda r, n: r.formatted_read_grouping_sets([], [[n]], []),
                "progress": lambda r, n: r.read_progress_bar(
                    [], "state", {"field": n, "colors": {"outside": "danger"}}
                ),
                "panel": lambda r, n: r.search_panel_select_range(n),
                "panels": lambda r, n: r.search_panel_select_multi_range(n),
            }.items():
                with self.subTest(model=records._name, field=name, way=way):
                    self.assertTrue(self._is_refused(call, records, name))

    @mute_logger(
        "odoo.domains", "odoo.orm.domains", "odoo.models", "odoo.osv.expression"
    )
    def test_no_way_round_leads_to_a_figure(self):
        """Whatever points at parts of an evaluation neither filters nor groups by them.

        Asked by the manager and by everybody else with a part; the manager's words on a
        line count as figures, since they tell which lines are different.
        """
        figures = {records._name: set() for records, _name in self._each_figure()}
        for records, name in self._each_figure():
            figures[records._name].add(name)
        figures["citizen.evaluation.line"].add("said")
        figures["citizen.evaluation.version"].add("content")
        tried = 0
        for model, field in self._each_link(figures):
            for letter in "mcra":
                records = self.env[model].with_user(self.users[letter])
                for name in figures[field.comodel_name]:
                    path = f"{field.name}.{name}"
                    for way, call in {
                        "filter": lambda r, n: r.search([(n, "!=", False)]),
                        "order": lambda r, n: r.search([], order=n),
                        "group": lambda r, n: r._read_group([], [n], ["__count"]),
                    }.items():
                        tried += 1
                        with self.subTest(model=model, path=path, way=way, who=letter):
                            self.assertTrue(self._is_refused(call, records, path))
        self.assertGreater(tried, 200)

    def _each_link(self, targets):
        """Yield each model of the addon with its fields that point at the targets."""
        for model in self.env.registry.values():
            if model._abstract or not model._name.startswith(
                ("citizen.", "hr.", "res.")
            ):
                continue
            for field in model._fields.values():
                if field.relational and field.comodel_name in targets and field.store:
                    yield model._name, field

    def _is_refused(self, call, records, name):
        """Tell whether the ORM does not do this with a field, for whatever reason."""
        try:
            with self.env.cr.savepoint():
                call(records, name)
        except (ValueError, UserError):
            return True
        return False

    def test_figures_are_read_of_one_person_at_a_time(self):
        self.assertEqual(len(self.lines.evaluation_id), 4)
        ann = self.lines.filtered(
            lambda line: line.evaluation_id.employee_name == "Ann"
        )
        self.assertTrue(ann.read(["sentence"]))
        domain = [("id", "in", self.lines.ids)]
        for call in (
            lambda: self.lines.read(["figures"]),
            lambda: self.lines.search_read(domain, ["word"]),
            lambda: self.lines.web_search_read(domain, {"sentence": {}}),
            lambda: self.lines.web_read({"cause": {}}),
            lambda: self.lines.evaluation_id.web_read(
                {"line_ids": {"fields": {"word": {}}}}
            ),
        ):
            with self.assertRaisesRegex(AccessError, "one person at a time"):
                self.env.invalidate_all()
                call()

    def test_figures_are_not_exported(self):
        for records, names in (
            (self.lines, ["figures"]),
            (self.lines[:1], ["sentence"]),
            (self.lines.evaluation_id, ["employee_name", "line_ids/word"]),
        ):
            with self.assertRaisesRegex(AccessError, "not exported"):
                records.export_data(names)

    def test_lists_go_by_name(self):
        names = self.env["citizen.evaluation"].with_user(self.users["m"]).search([])
        self.assertEqual(names.mapped("employee_name"), ["Ann", "Bob", "Cid", "Dan"])

    def test_no_view_counts_or_draws_people(self):
        """Neither pivot nor graph, no sum, no filter or column with a figure."""
        views = self.env["ir.ui.view"].search(
            [("model", "in", [f"citizen.evaluation{name}" for name in MODELS])]
        )
        self.assertGreater(len(views), 8)
        figures = {name for _records, name in self._each_figure()}
        for view in views:
            self.assertNotIn(view.type, ("pivot", "graph"))
            arch = view._get_combined_arch()
            self.assertFalse(arch.xpath("//@sum | //@avg | //*[@widget='progressbar']"))
            if view.type in ("search", "kanban"):
                used = set(arch.xpath("//field/@name"))
                self.assertFalse(used & figures, view.name)
            if view.model == "citizen.evaluation" and view.type == "list":
                self.assertFalse(set(arch.xpath("//field/@name")) & figures)

    def test_facts_cannot_be_counted_by_person(self):
        """The employee's own facts are the only ones a colleague's role may list."""
        Fact = self.env["citizen.case.fact"].with_user(self.users["m"])
        self.assertFalse(Fact.search([]))
        own = Fact.with_user(self.users["e"])
        self.assertEqual(own.search([]).handler_id, self.staff["Ann"])
        with self.assertRaises(UserError):
            own._read_group([], ["handler_id"], ["__count"])
