from odoo.tests import freeze_time

from .common import CLEARED
from .test_sla_sweep import SweepCommon


@freeze_time("2026-03-04 08:00:00")
class TestRecipients(SweepCommon):
    """Who is told: the role's holder, else the next one above who may see the case."""

    def _tell(self, recipient="handler", at="15:00", step=None, **values):
        """Let a step fall due; return its case."""
        self._add_rule({"recipient": recipient, **(step or {})})
        values = {"category_id": self.pothole.id, **values}
        case = self._create_case(**values)
        self._sweep(at)
        return case

    def test_handler(self):
        case = self._tell(user_id=self.handler.id)
        self.assertTold(case, "handler", self.handler)

    def test_lead_in_place_of_nobody(self):
        """A case that nobody has taken escalates too."""
        self.assertTold(self._tell(), "lead", self.lead)

    def test_lead_in_place_of_a_handler_who_has_left(self):
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self.handler.active = False
        self._add_rule({"recipient": "handler"})
        case._follow_history(case.sudo().event_ids)
        self._sweep("15:00")
        self.assertTold(case, "lead", self.lead)

    def test_head_in_place_of_a_missing_lead(self):
        self.roads.user_id = False
        self.assertTold(self._tell("lead"), "head", self.head)

    def test_head_in_place_of_a_lead_without_clearance(self):
        self.lead.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        case = self._tell("lead", role="citizen", partner_id=self.ada.id)
        self.assertTold(case, "head", self.head)

    def test_head_of_the_department_above(self):
        """An own head who is none, or has no user, is passed over."""
        self.department.write(
            {
                "parent_id": self.department.copy({"name": "Works"}).id,
                "manager_id": False,
            }
        )
        self.assertTold(self._tell("head"), "head", self.head)

    def test_oversight(self):
        self.assertTold(self._tell("oversight"), "oversight", self.auditor)

    def test_oversight_in_place_of_a_missing_head(self):
        self.department.manager_id = False
        case = self._tell("head")
        self.assertTold(case, "oversight", self.auditor)
        self.assertFalse(self._tasks(case))

    def test_triage_belongs_to_intake(self):
        for recipient in ("handler", "lead"):
            with self.subTest(recipient):
                case = self._tell(recipient, category_id=False)
                self.assertTold(case, "lead", self.intake)

    def test_triage_above_intake(self):
        case = self._tell("head", category_id=False)
        self.assertTold(case, "oversight", self.auditor)

    def _tell_report(self, *trusted):
        """Let a step about a report of misconduct fall due."""
        group = self.env.ref("citizen_crm.group_confidential")
        for user in trusted:
            user.group_ids += group
        return self._tell(nature="misconduct_report", partner_id=self.ada.id)

    def test_confidential_to_the_named_group_only(self):
        self.assertTold(self._tell_report(self.head), "head", self.head)

    def test_confidential_never_to_the_reported(self):
        """Neither the person nor the unit, however high up; figures to nobody."""
        self._add_rule({"recipient": "handler"})
        self._tell_report(self.lead, self.head)
        lead = self._create_employee("Lead", self.lead)
        cases = self.env["helpdesk.ticket"]
        for reported in (
            {"reported_employee_ids": lead.ids},
            {
                "reported_employee_ids": (lead + self.head.employee_ids).ids,
            },
        ):
            case = self._create_case(
                category_id=self.pothole.id, nature="misconduct_report"
            )
            case.sudo().write(reported)
            cases += case
        self._sweep("16:00")
        self.assertTold(cases[0], "head", self.head)
        self.assertTold(cases[1], False, self.env["res.users"])

    def test_nobody_at_all(self):
        """Administrators get one task, however many cases there are."""
        self.auditor.active = False
        self._add_rule({"recipient": "oversight"})
        cases = [self._create_case(category_id=self.pothole.id) for _n in range(3)]
        self._sweep("15:00")
        for case in cases:
            self.assertTold(case, False, self.env["res.users"])
        tasks = self.env["mail.activity"].search([("user_id", "=", self.admin.id)])
        self.assertEqual(len(tasks), 1)
        self.assertFalse(tasks.res_model)
        self.assertNotIn(cases[0].name, tasks.summary + tasks.note)

    # ------------------------------------------------------------ what is said
    def test_mail_says_nothing_personal(self):
        case = self._tell("lead", step={"by_mail": True}, partner_id=self.ada.id)
        mail = self._mails(case)
        self.assertEqual(mail.recipient_ids, self.lead.partner_id)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.subject, f"Due soon: case {case.number}")
        self.assertIn(f"/odoo/helpdesk.ticket/{case.id}", mail.body_html)
        text = (
            mail.subject
            + mail.body_html
            + "".join(
                self._tasks(case).mapped(
                    lambda task: f"{task.summary}{task.note or ''}"
                )
            )
        )
        for personal in (case.name, self.ada.name, self.ada.email, "Deep"):
            self.assertNotIn(personal, text)
        self._sweep("15:00")
        self.assertEqual(self._mails(case), mail)

    def test_mail_to_oversight_is_figures(self):
        case = self._tell("oversight", partner_id=self.ada.id, place="Mill Lane 3")
        mail = self._mails(case)
        self.assertEqual(mail.recipient_ids, self.auditor.partner_id)
        for told in (case.number, "Streets", "Pothole"):
            self.assertIn(told, mail.body_html)
        for hidden in (case.name, self.ada.name, "Mill Lane", "/odoo/", "Handler"):
            self.assertNotIn(hidden, mail.body_html)

    def test_overdue_is_said(self):
        step = {"trigger": "after", "amount": 0, "by_mail": True}
        case = self._tell("lead", at="2026-03-05 08:00:00", step=step)
        self.assertIn("Overdue", self._mails(case).subject)
        self.assertIn("Overdue", self._tasks(case).summary)

    def test_language_and_time_of_the_reader(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.lead.write({"lang": "es_ES", "tz": "America/New_York"})
        view = self.env.ref("citizen_crm.mail_sla_notice")
        term = "The time for a case is running out."
        view.update_field_translations("arch_db", {"es_ES": {term: "Queda poco."}})
        case = self._tell("lead", step={"by_mail": True})
        mail = self._mails(case)
        self.assertIn("Queda poco.", mail.body_html)
        self.assertIn("12:00", mail.body_html)

    def test_who_has_no_address_gets_a_task(self):
        self.lead.email = False
        case = self._tell("lead", step={"by_mail": True, "by_activity": False})
        self.assertFalse(self._mails(case))
        self.assertEqual(self._tasks(case).user_id, self.lead)

    # ----------------------------------------------------- tasks and the case
    def test_the_task_goes_with_the_case(self):
        case = self._tell(user_id=self.handler.id)
        case.user_id = self.teamworker
        self.assertEqual(self._tasks(case).user_id, self.teamworker)
        case.user_id = False
        self.assertFalse(self._tasks(case))

    def test_the_task_of_the_lead_goes_to_the_other_team(self):
        other = self._create_user(
            "other_lead", f"citizen_crm.group_team_lead,{CLEARED}"
        )
        other.helpdesk_team_ids = [(4, self.parks.id)]
        self.parks.user_id = other
        case = self._tell("lead")
        case.sudo().team_id = self.parks
        self.assertEqual(self._tasks(case).user_id, other)

    def test_seen_with_the_case(self):
        """A notice says who failed whom: only who may read the case reads it."""
        notice = self._clock(self._tell()).notice_ids
        Notice = self.env["citizen.sla.notice"]
        for user, seen in ((self.lead, notice), (self.auditor, None)):
            if seen is None:
                self.assertFalse(Notice.with_user(user).has_access("read"))
            else:
                found = Notice.with_user(user).search([("id", "=", notice.id)])
                self.assertEqual(found.with_env(self.env), seen)
