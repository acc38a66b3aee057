from odoo.exceptions import AccessError

from .common import NOW, CitizenCommon

OPERATIONS = ("read", "write", "create", "unlink")
PERSONAS = (
    "outsider",
    "handler",
    "teamworker",
    "clerk",
    "manager",
    "portal",
    "public",
)
#: Who may do what: model -> one word a persona, in the order of ``PERSONAS``.
#: r read, w write, c create, u unlink, "-" nothing.
RIGHTS = {
    "citizen.district": "r r r r rwcu r -",
    "citizen.need": "- r r r rwcu - -",
    "citizen.citizen": "- rwc rwc rwc rwcu - -",
    "citizen.customer": "- rwc rwc rwc rwcu - -",
    "citizen.skill": "- r r r rwcu - -",
    "citizen.team.member": "- r r r rwcu - -",
    "citizen.case.event": "- r r r r - -",
    "citizen.case.contribution": "- r r r r - -",
    "citizen.case.transfer": "- r r r r - -",
    "citizen.effort.version": "- r r r r - -",
    "citizen.matter.distinction": "- r r r r - -",
    "citizen.recusal": "- rwc rwc rwc rwc - -",
    "citizen.legal.hold": "- - - - - - -",
    "citizen.calendar.version": "- r r r r - -",
    "citizen.holiday.calendar": "- r r r r - -",
    "citizen.holiday": "- r r r r - -",
    "citizen.case.reply": "- rwc rwc rwc rwc - -",
    "citizen.assignment.rule": "- r r r r - -",
    "citizen.sla.rule": "- r r r r - -",
    "citizen.sla.target": "- r r r r - -",
    "citizen.sla.step": "- r r r r - -",
    "citizen.sla.clock": "- r r r r - -",
    "citizen.sla.miss.reason": "- r r r r - -",
    "citizen.sla.notice": "- r r r r - -",
    "citizen.sla.extension": "- r r r r - -",
    "citizen.sla.preview.line": "- - - - - - -",
    "citizen.waiting.reason": "- r r r r - -",
    "helpdesk.ticket": "r rwc rwc rwc rwcu r -",
    "helpdesk.ticket.category": "r r r r rwcu r r",
    "helpdesk.ticket.team": "r r r r rwcu r -",
    "helpdesk.ticket.stage": "r r r r rwcu r r",
}


class TestAccessRights(CitizenCommon):
    """Persona × model × operation, and what of the records each persona sees."""

    def test_table(self):
        for model, row in RIGHTS.items():
            for persona, letters in zip(PERSONAS, row.split(), strict=True):
                records = self.env[model].with_user(self[persona])
                for operation in OPERATIONS:
                    with self.subTest(
                        model=model, persona=persona, operation=operation
                    ):
                        self.assertEqual(
                            records.has_access(operation), operation[0] in letters
                        )

    def __getitem__(self, persona):
        return getattr(self, persona)

    def test_table_names_every_model_of_the_ground_floor(self):
        """A model without a row in the table would be one nobody has thought of."""
        ours = {
            model._name
            for model in self.env.registry.values()
            if model._name.startswith("citizen.")
            and not model._abstract
            and {"people", "catalogue", "case"}
            & {
                part
                for cls in model.mro()
                if vars(cls).get("_name") == model._name
                for part in cls.__module__.split(".")
            }
        }
        self.assertIn("citizen.case.event", ours)
        self.assertLessEqual(ours - EXTRA_MODELS, set(RIGHTS))

    def test_people_are_hidden_from_who_does_not_work_at_the_desk(self):
        citizen, customer = (
            self._create_citizen(self.ada),
            self._create_customer(self.ben),
        )
        case = self._create_case(citizen_id=citizen.id)
        for persona in ("outsider", "portal", "public"):
            for record in (citizen, customer, case.event_ids, case):
                with self.subTest(persona=persona, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(self[persona]).read(["display_name"])
            with self.subTest(persona=persona), self.assertRaises(AccessError):
                self.env["citizen.citizen"].with_user(self[persona]).search([])

    def test_nobody_searches_contacts_by_what_they_may_not_see(self):
        """A domain through the contact must not tell who is a citizen."""
        self._create_citizen(self.ada, district_id=self.district.id)
        partners = self.env["res.partner"].with_user(self.outsider)
        with self.assertRaises(AccessError):
            partners.search([("citizen_ids.district_id", "=", self.district.id)])

    def test_cases_by_reach(self):
        """Own: mine, and the free ones of my team. Team: my teams and triage."""
        triage = self._create_case()
        free = self._create_case(category_id=self.pothole.id)
        mine = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        other = self._create_case(category_id=self.tree.id)
        cases = triage + free + mine + other
        for persona, seen in (
            ("outsider", self.Case),
            ("handler", free + mine),
            ("teamworker", triage + free + mine),
            ("clerk", cases),
            ("manager", cases),
            ("portal", self.Case),
        ):
            with self.subTest(persona):
                # Residents may not sort by priority.
                found = self.Case.with_user(self[persona]).search(
                    [("id", "in", cases.ids)], order="id"
                )
                self.assertEqual(set(found.ids), set(seen.ids))

    def test_history_is_seen_with_the_case(self):
        hidden = self._create_case(category_id=self.tree.id)
        shown = self._create_case(category_id=self.pothole.id)
        events = hidden.event_ids + shown.event_ids
        found = (
            self.env["citizen.case.event"]
            .with_user(self.handler)
            .search([("id", "in", events.ids)])
        )
        self.assertEqual(found.case_id, shown)
        with self.assertRaises(AccessError):
            hidden.event_ids.with_user(self.handler).read(["kind"])

    def test_history_of_an_archived_case_is_seen(self):
        case = self._create_case(category_id=self.pothole.id)
        case.active = False
        self.env.invalidate_all()
        events = case.with_user(self.clerk).event_ids
        self.assertEqual(events.mapped("kind"), ["received", "routed", "archived"])

    def test_staff_do_not_change_the_setup(self):
        """As a table cell says, but with real records: nothing is written."""
        for record, values in (
            (self.district, {"name": "Taken"}),
            (self.pothole, {"team_id": self.parks.id}),
            (self.roads, {"user_ids": [(5,)]}),
            (self._stage("closed"), {"closed": False}),
        ):
            for persona in ("outsider", "clerk", "portal", "public"):
                with (
                    self.subTest(model=record._name, persona=persona),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(self[persona]).write(values)

    def test_nobody_writes_an_event_of_a_case_of_theirs(self):
        case = self._create_case(self.clerk)
        with self.assertRaises(AccessError):
            self.env["citizen.case.event"].with_user(self.clerk).create(
                {"case_id": case.id, "kind": "answered", "at": NOW}
            )


#: Models of later rooms whose rows stand in their own tests.
EXTRA_MODELS = {
    "citizen.case.intermediary",
    "citizen.portal.form",
    "citizen.portal.hit",
}
