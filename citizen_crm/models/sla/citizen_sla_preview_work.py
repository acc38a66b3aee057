import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.sla_preview import Replay, compare, outcome
from ...tools.sla_rules import choose_targets
from ...tools.working_time import WorkingTimeError
from .instants import to_instant, to_moment

#: Cases that are replayed at a time, between two looks at the clock.
BATCH = 500
#: For how long the person waits, and for how long a turn in the background works.
MOMENT = 8
TURN = 50
#: Previews are no records of the city; they go after so many days.
KEPT_DAYS = 90

_COLUMNS = (
    "preview_id",
    "case_id",
    "department_id",
    "kind",
    "basis",
    "number",
    "now_state",
    "then_state",
    "now_due",
    "then_due",
)


class CitizenSlaRule(models.Model):
    _inherit = "citizen.sla.rule"

    def _get_case_domain(self):
        """Return which cases a rule may be for, whenever they were received."""
        self.ensure_one()
        domain = Domain.TRUE
        for name, operator, value in (
            ("role", "=", self.role),
            ("nature", "=", self.nature),
            ("priority", "=", self.priority),
            ("company_id", "=", self.company_id.id),
            ("category_id", "child_of", self.category_ids.ids),
            ("department_id", "child_of", self.department_ids.ids),
            ("team_id", "in", self.team_ids.ids),
            ("channel_id", "in", self.channel_ids.ids),
            ("tag_ids", "in", self.tag_ids.ids),
        ):
            if value:
                domain &= Domain(name, operator, value)
        return domain

    def action_preview(self):
        """Replay the cases of the last year with this draft in force."""
        self.ensure_one()
        preview = self.env["citizen.sla.preview"].create({"rule_id": self.id})
        preview.action_start()
        return preview.get_formview_action()


class CitizenSlaPreview(models.Model):
    """The work of a preview, in batches: from the newest case back."""

    _inherit = "citizen.sla.preview"

    def _work_for_a_moment(self):
        """Work while the person waits; leave the rest to the background."""
        end = time.monotonic() + MOMENT
        while self.state == "running" and time.monotonic() < end:
            self._work(BATCH)
        if self.state == "running":
            self.env.ref("citizen_crm.ir_cron_sla_preview")._trigger()

    @api.model
    def _cron_work(self):
        """Go on with the previews that are running, oldest first."""
        cron, end = self.env["ir.cron"], time.monotonic() + TURN
        running = self.search([("state", "=", "running")], order="id")
        cron._commit_progress(remaining=len(running))
        for preview in running:
            while preview.state == "running":
                if time.monotonic() > end or not preview.try_lock_for_update():
                    cron._commit_progress(remaining=1)
                    return
                preview._work(BATCH)
                cron._commit_progress(preview.state == "done")
                self.env.invalidate_all()
        cron._commit_progress(remaining=0)

    def _work(self, size):
        """Replay the next cases and store what came of them; finish with the last."""
        self.ensure_one()
        cases = self._get_next_cases(size)
        if cases:
            self._store_lines(self._replay(cases))
            self.write(
                {
                    "read_count": self.read_count + len(cases),
                    "last_received": cases[-1].received_date,
                    "last_case": cases[-1].id,
                }
            )
        if len(cases) < size:
            self._finish()

    def _get_next_cases(self, size):
        domain = self._get_case_domain()
        if self.last_case:
            domain &= Domain("received_date", "<", self.last_received) | (
                Domain("received_date", "=", self.last_received)
                & Domain("id", "<", self.last_case)
            )
        return self._get_cases().search(
            domain, limit=size, order="received_date desc, id desc"
        )

    # ------------------------------------------------------------------- replaying
    def _replay(self, cases):
        """Return the rows of the cases' clocks under both sets of rules."""
        replaced = self._get_replaced()
        now_rules = self.rule_id.browse()._get_trial_rules(always=True)
        then_rules = self.rule_id._get_trial_rules(always=True)
        passing = self._get_passing(cases, {*now_rules, *then_rules})
        versions = self._get_versions({*now_rules, *then_rules})
        changed = (self.rule_id | replaced).target_ids.ids
        logs, at, rows = cases._get_logs(), to_instant(self.at), []
        for case in cases:
            facts = case._get_facts()
            now_targets, then_targets = (
                choose_targets(facts, rules, lambda id, c=case: c.id in passing[id])
                for rules in (now_rules, then_rules)
            )
            how = Replay(case._get_table, versions.__getitem__, at)
            log = [entry for entry in logs[case.id] if entry.at <= at]
            for found in compare(log, now_targets, then_targets, changed, how):
                rows.append(self._prepare_line(case, found))
        return rows

    def _get_passing(self, cases, rules):
        """Return which cases pass the filter of each rule that has one.

        A filter that does not work lets nothing pass, as with real cases.
        """
        passing = {}
        for pure in rules:
            if pure.has_filter:
                rule = self.env["citizen.sla.rule"].sudo().browse(pure.id)
                try:
                    passing[pure.id] = set(
                        cases.filtered_domain(rule._get_domain())._ids
                    )
                except Exception:  # whatever is wrong with it
                    passing[pure.id] = set()
        return passing

    def _get_versions(self, rules):
        """Return the version of each calendar that rules name, 0 for unusable ones."""
        versions = {0: 0}
        for calendar_id in {t.calendar for rule in rules for t in rule.targets} - {0}:
            calendar = self.env["resource.calendar"].sudo().browse(calendar_id)
            try:
                versions[calendar_id] = calendar._get_version().id
            except WorkingTimeError:
                versions[calendar_id] = 0
        return versions

    def _prepare_line(self, case, found):
        return (
            self.id,
            case.id,
            case.department_id.id or None,
            found.kind,
            found.basis,
            found.number,
            outcome(found.before),
            outcome(found.after),
            *(
                to_moment(reading.due) or None if reading else None
                for reading in (found.before, found.after)
            ),
        )

    def _store_lines(self, rows):
        """Insert lines; there may be hundreds of thousands of them."""
        if rows:
            names = SQL(", ").join(map(SQL.identifier, _COLUMNS))
            values = SQL(", ").join(SQL("%s", row) for row in rows)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO citizen_sla_preview_line (%s) VALUES %s", names, values
                )
            )
            self.invalidate_recordset(["line_ids"])

    # --------------------------------------------------------------------- figures
    def _finish(self):
        """Sum the lines up, by department and for the whole city."""
        rows = [
            self._prepare_row(*row)
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT kind, basis, department_id, GROUPING(department_id) = 1,
                           count(DISTINCT case_id),
                           count(*) FILTER (WHERE now_state = 'met'),
                           count(*) FILTER (WHERE now_state = 'missed'),
                           count(*) FILTER (WHERE then_state = 'met'),
                           count(*) FILTER (WHERE then_state = 'missed'),
                           count(*) FILTER (WHERE then_state = 'not_applicable'),
                           count(*) FILTER (WHERE then_state = 'open'),
                           count(*) FILTER
                               (WHERE then_state IN ('undetermined', 'none'))
                      FROM citizen_sla_preview_line
                     WHERE preview_id = %s
                  GROUP BY GROUPING SETS
                           ((kind, basis, department_id), (kind, basis))
                    """,
                    self.id,
                )
            )
        ]
        self.env["citizen.sla.preview.row"].create(rows)
        self.state = "done"

    def _prepare_row(self, kind, basis, department, is_total, cases, *counts):
        met_now, missed_now, met_then, missed_then, *others = counts
        share_now = met_now / ((met_now + missed_now) or 1)
        share_then = met_then / ((met_then + missed_then) or 1)
        is_judged = bool(met_now + missed_now and met_then + missed_then)
        return {
            "preview_id": self.id,
            "kind": kind,
            "basis": basis,
            "department_id": department,
            "is_total": is_total,
            "case_count": cases,
            "met_now": met_now,
            "missed_now": missed_now,
            "share_now": share_now,
            "met_then": met_then,
            "missed_then": missed_then,
            "not_applicable_then": others[0],
            "open_then": others[1],
            "other_then": others[2],
            "share_then": share_then,
            "difference": share_then - share_now if is_judged else 0,
            "is_judged": is_judged,
        }

    @api.autovacuum
    def _gc_previews(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("create_date", "<", limit)]).unlink()
