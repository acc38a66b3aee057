from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time

from . import sla_common

SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}


@freeze_time("2026-03-04 08:00:00")
class TestSlaRule(sla_common.SlaCommon):
    """What an admin does with rules, and what the rules say about themselves."""

    def _new_version(self, rule):
        action = rule.with_user(self.admin).action_new_version()
        return rule.with_user(self.admin).browse(action["res_id"])

    def test_admin_fills_in_the_form(self):
        """The sentence on top says what the rule promises before it is saved."""
        with Form(self.env["citizen.sla.rule"].with_user(self.admin)) as form:
            form.name = "Roads"
            form.role = "citizen"
            form.nature = "complaint"
            form.category_ids.add(self.pothole)
            with form.target_ids.new() as target:
                target.basis = "statutory"
                target.amount = 6
                target.pausing_reason_ids.add(self.supplement)
                target.extension_count = 1
                target.extension_days = 6
                target.extension_lead_days = 3
                with target.step_ids.new() as step:
                    step.amount = 75
            summary = form.summary
        rule = form.record
        self.assertEqual(
            rule.conditions_text, "Citizen cases, of the nature complaint, in Pothole"
        )
        self.assertEqual(
            rule.target_ids.sentence,
            "An answer within 6 working days, the day of receipt excluded "
            "(statutory deadline)",
        )
        self.assertEqual(
            rule.target_ids.fine_print.splitlines(),
            [
                "Stands still while waiting for: "
                "information or documents from the citizen.",
                "May be extended once, by up to 6 working days; up to 3 the team lead "
                "approves it, beyond that the department head.",
                "Told: Handler at 75 %.",
            ],
        )
        for text in (rule.conditions_text, rule.target_ids.sentence, "Handler at 75 %"):
            self.assertIn(text, summary)
        self.assertEqual(summary, rule.summary)

    def test_every_unit_and_kind_has_words(self):
        rule = self._create_rule(SIX_DAYS, activate=False)
        target, sentences = rule.target_ids, set()
        for name in ("kind", "unit"):
            for value, _label in target._fields[name].selection:
                target.extension_count = 0
                target[name] = value
                for target.amount in (1, 2):
                    self.assertNotIn("  ", target.sentence)
                    self.assertFalse(target.sentence.startswith(" "))
                    sentences.add(target.sentence)
        self.assertEqual(len(sentences), 2 * (6 + 6) - 2)

    def test_conditions_in_words(self):
        rule = self._create_rule(
            SIX_DAYS,
            activate=False,
            team_ids=(self.roads + self.parks).ids,
            priority="2",
            domain="[('name', 'ilike', 'x')]",
        )
        self.assertEqual(
            rule.conditions_text,
            "All cases, of the team Parks or Roads, with the priority high, that pass "
            "the further filter",
        )

    def test_names_are_not_read_as_html(self):
        team = self._create_team("<b>Bold</b>")
        rule = self._create_rule(SIX_DAYS, activate=False, team_ids=team.ids)
        self.assertIn("&lt;b&gt;Bold&lt;/b&gt;", rule.summary)

    def test_versions_tell_their_difference(self):
        rule = self._create_rule(SIX_DAYS)
        draft = self._new_version(rule)
        self.assertEqual(draft.difference, "Nothing.")
        draft.target_ids.amount = 4
        draft.role = "citizen"
        draft.action_activate()
        self.assertEqual(draft.version_ids, draft + rule)
        self.assertEqual(
            draft.difference.splitlines(),
            [
                "No longer: All cases",
                "No longer: An answer within 6 working days, the day of receipt "
                "excluded (statutory deadline)",
                "Now: Citizen cases",
                "Now: An answer within 4 working days, the day of receipt excluded "
                "(statutory deadline)",
            ],
        )
        self.assertEqual(draft.activated_by_id, self.admin)
        self.assertEqual((rule.state, rule.retired_by_id), ("retired", self.admin))
        self.assertEqual(rule.valid_to, draft.valid_from)

    def test_one_draft_at_a_time(self):
        rule = self._create_rule(SIX_DAYS)
        self.assertEqual(self._new_version(rule), self._new_version(rule))

    def test_state_is_no_default(self):
        rules = self.env["citizen.sla.rule"].with_user(self.admin)
        with self.assertRaisesRegex(UserError, "notes it itself"):
            rules.with_context(default_state="active").create({"name": "Forged"})

    def test_state_is_set_by_the_buttons_alone(self):
        """Else a rule in force could be made a draft again and rewritten."""
        rule = self._create_rule(SIX_DAYS).with_user(self.admin)
        for vals in (
            {"state": "draft"},
            {"valid_to": "2026-03-01 00:00:00"},
            {"version": 7},
            {"family": 1},
            {"retired_by_id": self.manager.id},
        ):
            with self.assertRaises(UserError, msg=vals):
                rule.write(vals)
        with self.assertRaises(UserError):
            rule.create({"name": "Secretly in force", "state": "active"})

    def test_archiving_does_not_switch_a_rule_off(self):
        rule = self._create_rule(SIX_DAYS)
        with self.assertRaises(ValidationError):
            rule.with_user(self.admin).active = False
        rule.with_user(self.admin).action_retire()
        rule.with_user(self.admin).active = False
        case = self._create_case(
            category_id=self.pothole.id, received_date="2026-03-03 08:00:00"
        )
        self.assertEqual(self._clock(case).target_id.rule_id, rule)

    def test_retired_before_it_began(self):
        rule = self._create_rule(SIX_DAYS, valid_from="2026-06-01 00:00:00")
        rule.with_user(self.admin).action_retire()
        self.assertEqual(rule.valid_to, rule.valid_from)

    def test_order_of_asking_may_change(self):
        rule = self._create_rule(SIX_DAYS)
        rule.with_user(self.admin).sequence = 3
        self.assertEqual(rule.sequence, 3)

    def test_only_admins(self):
        rule = self._create_rule(SIX_DAYS)
        for user in (self.clerk, self.lead, self.manager):
            for method in ("action_new_version", "action_retire"):
                with self.assertRaises(AccessError):
                    getattr(rule.with_user(user), method)()
        self.assertEqual(rule.with_user(self.clerk).case_count, 0)

    def test_cases_of_a_version(self):
        rule = self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        self._create_case(category_id=self.pothole.id)
        self.assertEqual(rule.with_user(self.clerk).case_count, 2)
        self.assertEqual(rule.with_user(self.admin).case_count, 0, "no clearance")
        action = rule.with_user(self.clerk).action_view_cases()
        self.assertIn(case, self.Case.with_user(self.clerk).search(action["domain"]))

    def test_cases_are_counted_by_clearance(self):
        """The number of confidential cases is for those who may see them."""
        rule = self._create_rule(SIX_DAYS)
        self._create_case(category_id=self.pothole.id)
        self._create_case(category_id=self.pothole.id, nature="misconduct_report")
        self.assertEqual(rule.with_user(self.clerk).case_count, 1)
        self.clerk.group_ids += self.env.ref("citizen_crm.group_confidential")
        self.env.invalidate_all()
        self.assertEqual(rule.with_user(self.clerk).case_count, 2)

    def test_another_thread_s_old_rules_are_forgotten_on_commit(self):
        """What a thread has cached since the change must not outlive the commit."""
        rules = self.env["citizen.sla.rule"]
        rule = self._create_rule(SIX_DAYS, activate=False)
        rule.action_activate()
        old = rules._get_pure_rules()
        # The other thread still sees the database as it was.
        self.env.cr.execute(
            "UPDATE citizen_sla_rule SET state = 'draft' WHERE id = %s", (rule.id,)
        )
        rule.invalidate_recordset()
        self.assertEqual(rules._get_pure_rules(), old)
        self.env.cr.postcommit.run()
        self.assertNotIn(rule.id, [known.id for known in rules._get_pure_rules()])
