import os
import shutil
import tempfile

from odoo import api, fields, models
from odoo.tools import SQL, config

from ...tools.health import report

MEGABYTE = 1024 * 1024
#: Minutes since something should have been done; nothing if nothing waits.
_LATE = """
    SELECT 'deadlines_late' AS name, min(next_event_at) AS since
      FROM citizen_sla_clock WHERE next_event_at <= %(now)s
     UNION ALL
    SELECT 'ledger_late', min(create_date)
      FROM citizen_assignment_entry WHERE number IS NULL
     UNION ALL
    SELECT 'mails_in_late', min(received_date)
      FROM citizen_mail_receipt WHERE state = 'new'
     UNION ALL
    SELECT 'mails_out_late', min(greatest(create_date, scheduled_date))
      FROM mail_mail
     WHERE state = 'outgoing' AND coalesce(scheduled_date, %(now)s) <= %(now)s
"""
_FAILED_MAILS = """
    SELECT count(*) FROM mail_mail
     WHERE state = 'exception' AND write_date > %(now)s - interval '1 day'
"""
_JOBS = """
    SELECT cron_name, nextcall, active, failure_count,
           EXISTS (SELECT FROM ir_model_data AS data
                    WHERE data.model = 'ir.cron' AND data.res_id = ir_cron.id
                      AND data.module = 'citizen_crm') AS is_ours
      FROM ir_cron
"""


class CitizenHealth(models.AbstractModel):
    """How the desk is doing, in figures that name no case and no person."""

    _name = "citizen.health"
    _description = "State of the Desk"

    @api.model
    def _can_serve(self):
        """Tell whether this server can take what residents bring: text and files.

        Asked by the proxy every few seconds, so it costs one query and one file.
        """
        [(is_standby,)] = self.env.execute_query(SQL("SELECT pg_is_in_recovery()"))
        return not is_standby and self._can_store()

    @api.model
    def _can_store(self):
        try:
            with tempfile.TemporaryFile(dir=self._get_filestore()) as file:
                file.write(bytes(4096))
                file.flush()
        except OSError:
            return False
        return True

    @api.model
    def _get_filestore(self):
        folder = config.filestore(self.env.cr.dbname)
        os.makedirs(folder, exist_ok=True)
        return folder

    @api.model
    def _get_report(self):
        """Return what is watched, as plain values (see ``tools.health.report``)."""
        values, details = self._measure_jobs()
        values |= self._measure_waiting()
        usage = shutil.disk_usage(self._get_filestore())
        values["disk_free"] = 100 * usage.free / usage.total
        return report(values | self._measure_standby(), details)

    @api.model
    def _measure_jobs(self):
        """Return figures and names of jobs that are late, failing or switched off."""
        now = fields.Datetime.now()
        values = {"jobs_late": 0}
        late, failing, off = [], [], []
        for name, nextcall, active, failures, is_ours in self.env.execute_query(
            SQL(_JOBS)
        ):
            minutes = (now - nextcall).total_seconds() / 60
            if active and minutes > 1:
                late.append(name)
                values["jobs_late"] = max(values["jobs_late"], minutes)
            if active and failures:
                failing.append(name)
            if is_ours and not active:
                off.append(name)
        values |= {"jobs_failing": len(failing), "jobs_switched_off": len(off)}
        return values, {
            "jobs_late": late,
            "jobs_failing": failing,
            "jobs_switched_off": off,
        }

    @api.model
    def _measure_waiting(self):
        """Return for how many minutes the oldest of what waits has waited."""
        now = fields.Datetime.now()
        values = {
            name: (now - since).total_seconds() / 60 if since else 0
            for name, since in self.env.execute_query(SQL(_LATE, now=now))
        }
        figures = self.env["citizen.rollup"]._get()
        counted = figures.as_of or figures.create_date
        values["figures_late"] = (now - counted).total_seconds() / 60
        values["figures_wrong"] = int(bool(figures.finding))
        [(values["mails_out_failed"],)] = self.env.execute_query(
            SQL(_FAILED_MAILS, now=now)
        )
        return values

    @api.model
    def _measure_standby(self):
        """Return how far the standby is behind, if there is to be one."""
        if not config["db_replica_host"]:
            return {}
        [(here,)] = self.env.execute_query(SQL("SELECT pg_current_wal_lsn()"))
        with self.env.registry.cursor(readonly=True) as cr:
            cr.execute(
                "SELECT pg_is_in_recovery(),"
                " pg_wal_lsn_diff(%s, pg_last_wal_replay_lsn())",
                (here,),
            )
            is_standby, behind = cr.fetchone()
        if not is_standby:
            return {"standby_missing": 1}
        return {
            "standby_missing": 0,
            "standby_behind": max(0, float(behind)) / MEGABYTE,
        }
