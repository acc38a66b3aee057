"""What the proxy and the people who watch the servers are told."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CitizenCommon

#: Jobs that report batch by batch, of which there is none here.
WITHOUT_WORK = {"_cron_catch_up", "_cron_erase"}


@tagged("post_install", "-at_install")
class TestHealthPages(HttpCase):
    def test_proxy_is_told_nothing_but_yes_or_no(self):
        answer = self.url_open("/citizen/health")
        self.assertEqual((answer.status_code, answer.json()), (200, {"status": "pass"}))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(
            self.url_open("/citizen/health", data={"a": "1"}).status_code, 405
        )

    def test_server_that_cannot_store_gets_nobody(self):
        health = type(self.env["citizen.health"])
        with patch.object(health, "_get_filestore", return_value="/not/there"):
            answer = self.url_open("/citizen/health")
        self.assertEqual((answer.status_code, answer.json()), (503, {"status": "fail"}))

    def test_figures_are_for_keys_of_employees(self):
        Keys = self.env["res.users.apikeys"]
        watch = new_test_user(self.env, login="h_watch", groups="base.group_user")
        resident = new_test_user(self.env, login="h_res", groups="base.group_portal")
        until = fields.Datetime.now() + timedelta(hours=1)
        codes = {}
        for user in (watch, resident):
            key = Keys.with_user(user).sudo()._generate(None, "watch", until)
            answer = self._ask(key)
            codes[user.login] = answer.status_code
            if user == watch:
                report = answer.json()
        self.assertEqual(codes.pop("h_res"), 404)
        self.assertIn(codes.pop("h_watch"), (200, 503))
        self.assertIn("deadlines_late", report["checks"])
        self.assertIn("disk_free", report["checks"])
        for key in ("", "made-up"):
            self.assertEqual(self._ask(key).status_code, 401)

    @mute_logger("odoo.http")
    def _ask(self, key):
        headers = {"Authorization": f"Bearer {key}"} if key else None
        return self.url_open("/citizen/health/work", headers=headers)


@tagged("post_install", "-at_install")
class TestHealth(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Health = cls.env["citizen.health"]
        cls.jobs = cls.env["ir.cron"].search([])
        now = fields.Datetime.now()
        cls.jobs.write({"nextcall": now + timedelta(hours=1), "failure_count": 0})
        cls.env["mail.mail"].search([]).unlink()
        cls.env["citizen.rollup"]._get().as_of = now
        cls.env["citizen.mail.receipt"].search([("state", "=", "new")]).unlink()

    def _get(self, name):
        self.env.flush_all()
        return self.Health._get_report()["checks"][name]

    def test_nothing_is_late(self):
        report = self.Health._get_report()
        late = {
            name: check
            for name, check in report["checks"].items()
            if name != "disk_free" and check["status"] != "pass"
        }
        self.assertFalse(late)

    def test_jobs(self):
        sweep = self.env.ref("citizen_crm.ir_cron_sla_sweep")
        sweep.nextcall = fields.Datetime.now() - timedelta(minutes=20)
        late = self._get("jobs_late")
        self.assertEqual(
            (late["status"], late["value"], late["about"]),
            ("warn", 20, [sweep.cron_name]),
        )
        sweep.failure_count = 2
        self.assertEqual(self._get("jobs_failing")["about"], [sweep.cron_name])
        sweep.active = False
        self.assertEqual(self._get("jobs_switched_off")["value"], 1)
        self.assertEqual(self._get("jobs_late")["status"], "pass")

    def test_mails(self):
        mails = self.env["mail.mail"].create(
            [{"state": state, "body_html": "x"} for state in ("outgoing", "exception")]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET create_date = %s, write_date = %s WHERE id = ANY(%s)",
            (
                fields.Datetime.now() - timedelta(hours=2),
                fields.Datetime.now(),
                mails.ids,
            ),
        )
        self.assertEqual(self._get("mails_out_late")["status"], "fail")
        self.assertEqual(self._get("mails_out_failed")["status"], "warn")
        mails[0].scheduled_date = fields.Datetime.now() + timedelta(days=1)
        self.assertEqual(self._get("mails_out_late")["status"], "pass")

    def test_daily_figures(self):
        figures = self.env["citizen.rollup"]._get()
        figures.as_of = fields.Datetime.now() - timedelta(hours=3)
        self.assertEqual(self._get("figures_late")["status"], "warn")
        figures.finding = "Cases by Day: 3 was 4."
        self.assertEqual(self._get("figures_wrong")["status"], "warn")

    def test_full_disk(self):
        place = "odoo.addons.citizen_crm.models.operations.citizen_health.shutil"
        with patch(f"{place}.disk_usage") as usage:
            usage.return_value.total, usage.return_value.free = 1000, 40
            report = self.Health._get_report()
        self.assertEqual(report["status"], "fail")
        self.assertEqual(report["checks"]["disk_free"]["value"], 4)

    def test_every_job_says_what_it_did(self):
        """The log line of a job has its counts; a job that reports none has zeros."""
        ours = self.env["ir.model.data"].search(
            [("module", "=", "citizen_crm"), ("model", "=", "ir.cron")]
        )
        jobs = self.env["ir.cron"].browse(ours.mapped("res_id"))
        self.assertGreater(len(jobs), 15)
        Cron = type(self.env["ir.cron"])
        silent = []
        for job in jobs:
            name = job.code.partition(".")[2].partition("(")[0]
            with (
                patch.object(Cron, "_commit_progress", return_value=0) as by_batch,
                patch.object(Cron, "_note_done") as at_once,
                mute_logger("odoo.addons.citizen_crm.models"),
            ):
                getattr(self.env[job.model_id.model].sudo(), name)()
            if not by_batch.called and not at_once.called:
                silent.append(name)
        self.assertFalse(set(silent) - WITHOUT_WORK)

    def test_count_of_a_job_in_one_transaction(self):
        job = self.env.ref("citizen_crm.ir_cron_measure_pace")
        progress = self.env["ir.cron.progress"].create({"cron_id": job.id})
        Cron = self.env["ir.cron"].with_context(ir_cron_progress_id=progress.id)
        Cron._note_done(3)
        Cron._note_done(4)
        self.env["ir.cron"]._note_done(5)
        self.assertEqual(progress.done, 7)
