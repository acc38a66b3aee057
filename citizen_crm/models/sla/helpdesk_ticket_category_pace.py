from math import ceil

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.sla_rules import CaseFacts, choose_targets
from .helpdesk_ticket_promises import _chain
from .instants import to_instant

#: Cases of so many days are looked at, and at least so many of them.
PACE_DAYS = 90
PACE_CASES = 20
PACE_SHARE = 0.8

MEASURE = """
    WITH pace AS (
        SELECT category_id, count(*) AS cases,
               CASE WHEN count(*) >= %(least)s
                    THEN percentile_cont(%(share)s) WITHIN GROUP (
                         ORDER BY extract(epoch FROM answered_date - received_date)
                    ) / 86400 END AS days
          FROM helpdesk_ticket
         WHERE answered_date >= %(since)s AND category_id IS NOT NULL
      GROUP BY category_id
    )
    UPDATE helpdesk_ticket_category AS category
       SET pace_days = pace.days, pace_cases = coalesce(pace.cases, 0)
      FROM helpdesk_ticket_category AS same
      LEFT JOIN pace ON pace.category_id = same.id
     WHERE same.id = category.id
       AND (category.pace_days, coalesce(category.pace_cases, 0))
           IS DISTINCT FROM (pace.days, coalesce(pace.cases, 0))
 RETURNING category.id
"""


class HelpdeskTicketCategory(models.Model):
    """How long answers took of late, and what is promised for a new case."""

    _inherit = "helpdesk.ticket.category"

    pace_days = fields.Float(
        string="8 of 10 Answered Within (days)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Of the cases answered in the last 90 days, 8 of 10 took so many days "
        "from receipt to answer at most. Empty with fewer than 20 cases. Measured "
        "once a day.",
    )
    pace_cases = fields.Integer(
        string="Cases Measured",
        readonly=True,
        copy=False,
        help="How many cases were answered in the last 90 days.",
    )

    @api.model
    def _cron_measure_pace(self):
        """Measure all service types in one statement, and store what has changed."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=PACE_DAYS)
        self.env["helpdesk.ticket"].flush_model(
            ["answered_date", "received_date", "category_id"]
        )
        changed = self.env.execute_query(
            SQL(MEASURE, least=PACE_CASES, share=PACE_SHARE, since=since)
        )
        self.env["ir.cron"]._note_done(len(changed))
        self.invalidate_model(["pace_days", "pace_cases"], flush=False)

    def _get_portal_pace(self):
        """Return within how many days 8 of 10 cases were answered; 0 if unknown."""
        return self.sudo().pace_days if self.sudo().pace_cases >= PACE_CASES else 0.0

    def _format_pace(self, days):
        """Write a number of days as residents read it."""
        count = max(ceil(days), 1)
        if count == 1:
            return self.env._("one day")
        return self.env._("%s days", count)

    # ----------------------------------------------------------------- promise
    def _get_portal_promise(self):
        """Return plain sentences: what is promised for a new case, and what to expect.

        A rule with a further filter says nothing about a case that is not there yet.
        """
        self.ensure_one()
        targets = choose_targets(
            self.sudo()._get_new_case_facts(),
            self.env["citizen.sla.rule"]._get_pure_rules(),
            lambda _rule_id: False,
        )
        standard = targets.get(("resolve", "service"))
        law = targets.get(("resolve", "statutory"))
        _ = self.env._
        sentences = []
        if standard or law:
            time = self._format_promise(standard or law)
            sentences.append(_("We promise an answer within %s.", time))
        if standard and law:
            sentences.append(
                _("By law we may take %s at most.", self._format_promise(law))
            )
        if pace := self._get_portal_pace():
            sentences.append(
                _(
                    "8 of 10 cases of the last 90 days were answered within %s.",
                    self._format_pace(pace),
                )
            )
        return sentences

    def _get_new_case_facts(self):
        """Return what rules would look at in a case filed on the portal now."""
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False
        )
        Case = self.env["helpdesk.ticket"]
        return CaseFacts(
            role=self.default_role,
            nature=self.default_nature,
            categories=frozenset(_chain(self)),
            team=self.team_id.id or 0,
            departments=frozenset(_chain(self.department_id)),
            priority=Case.default_get(["priority"]).get("priority") or "",
            channel=channel.id if channel else 0,
            company=(self.company_id or self.env.company).id,
            received=to_instant(fields.Datetime.now()),
        )

    def _format_promise(self, target):
        """Write the time of a promise as residents read it."""
        _ = self.env._
        count = target.amount
        one, many = {
            "minutes": (_("one minute"), _("%s minutes of our working time", count)),
            "hours": (_("one working hour"), _("%s working hours", count)),
            "calendar_days_roll_forward": (_("one day"), _("%s days", count)),
        }.get(target.unit, (_("one working day"), _("%s working days", count)))
        return one if count == 1 else many
