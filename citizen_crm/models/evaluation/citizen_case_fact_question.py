from odoo import api, fields, models
from odoo.tools import SQL

from .citizen_case_fact_report import LEAST_PEOPLE

SIGNALS = [
    ("bunching", "Answers close to the limit"),
    ("pausing", "Waiting for citizens"),
    ("late_transfer", "Passed on late"),
    ("reclassified", "Type or priority changed"),
    ("excluded", "Left out after objections"),
]
#: From what on something is asked: so many of so many, and so many times the share of
#: all other teams.
LEAST_COUNT, LEAST_TOTAL, TIMES = 5, 20, 2.0
#: In the last part of the time promised an answer is close to the limit.
CLOSE = 0.05
#: With less of the time promised left a case is passed on late.
LATE = 0.25


class CitizenCaseFactQuestion(models.Model):
    """What looks different in a team, as a question to it; no person, no blame.

    Figures by which people are evaluated can be kept good in ways that serve nobody.
    Where a team differs much from all others in one of these, there may be a good
    reason, and a row asks for it. Teams of fewer than five people are not shown.
    """

    _name = "citizen.case.fact.question"
    _description = "Question to a Team"
    _auto = False
    _order = "quarter desc, id"
    _rec_name = "question"

    quarter = fields.Date(
        string="Quarter Begins", readonly=True, help="In which the cases ended."
    )
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    signal = fields.Selection(
        SIGNALS, string="What Differs", readonly=True, help="What is looked at."
    )
    part = fields.Integer(
        string="How Many",
        readonly=True,
        aggregator=None,
        help="Cases with it; hours, where it is waiting.",
    )
    total = fields.Integer(
        string="Of How Many",
        readonly=True,
        aggregator=None,
        help="Cases that were looked at; hours, where it is waiting.",
    )
    share = fields.Float(
        string="Share (%)", readonly=True, aggregator=None, help="In this team."
    )
    other_share = fields.Float(
        string="Elsewhere (%)",
        readonly=True,
        aggregator=None,
        help="In all other teams together.",
    )
    question = fields.Char(
        compute="_compute_question", help="What to ask the team, and to listen to."
    )

    @api.depends("signal", "share", "other_share")
    @api.depends_context("lang")
    def _compute_question(self):
        words = self._get_words()
        for row in self:
            row.question = words.get(row.signal, "") % {
                "share": round(row.share),
                "other": round(row.other_share),
            }

    @api.model
    def _get_words(self):
        """Return the question of each signal; it names shares and blames nobody."""
        _ = self.env._
        return {
            "bunching": _(
                "%(share)s %% of the answers in time came in the last moments of the "
                "time promised, elsewhere %(other)s %%. Is the time promised too short "
                "for the work, or is the work planned by the deadline?"
            ),
            "pausing": _(
                "Cases waited for citizens in %(share)s %% of the time, elsewhere in "
                "%(other)s %%. What do people have to be asked for, and could they be "
                "asked earlier?"
            ),
            "late_transfer": _(
                "%(share)s %% of what was passed on had little time left, elsewhere "
                "%(other)s %%. What keeps the team from seeing earlier that a case "
                "belongs elsewhere?"
            ),
            "reclassified": _(
                "In %(share)s %% of the cases service type or priority were changed "
                "later, elsewhere in %(other)s %%. Do the service types fit what "
                "people ask for?"
            ),
            "excluded": _(
                "%(share)s %% of the cases were left out after objections, elsewhere "
                "%(other)s %%. What is wrong with the data of this team?"
            ),
        }

    @property
    def _table_query(self):
        return SQL(
            """
              WITH team AS (
                   SELECT date_trunc('quarter', closed_on)::date AS quarter, team_id,
                          count(DISTINCT handler_id) AS people,
                          count(*) AS facts,
                          count(*) FILTER (WHERE excluded) AS excluded,
                          count(*) FILTER (WHERE ended_by <> 'passed_on') AS ends,
                          count(*) FILTER (WHERE ended_by <> 'passed_on'
                              AND is_reclassified) AS reclassified,
                          count(*) FILTER (WHERE late_resolution = 'no') AS in_time,
                          count(*) FILTER (WHERE late_resolution = 'no'
                              AND left_at_end < %(close)s) AS close,
                          count(*) FILTER (WHERE ended_by = 'passed_on'
                              AND has_deadline) AS passed,
                          count(*) FILTER (WHERE ended_by = 'passed_on'
                              AND has_deadline AND left_at_end < %(late)s) AS late,
                          sum(worked_hours + waited_hours)::bigint AS hours,
                          sum(waited_hours)::bigint AS waited
                     FROM citizen_case_fact
                    WHERE team_id IS NOT NULL
                 GROUP BY 1, 2
            ), line AS (
                   SELECT quarter, team_id, people, looked.*,
                          sum(part) OVER others - part AS other_part,
                          sum(total) OVER others - total AS other_total
                     FROM team CROSS JOIN LATERAL (VALUES
                          ('bunching', close, in_time), ('pausing', waited, hours),
                          ('late_transfer', late, passed),
                          ('reclassified', reclassified, ends),
                          ('excluded', excluded, facts)
                          ) AS looked(signal, part, total)
                   WINDOW others AS (PARTITION BY quarter, signal)
            )
            SELECT row_number() OVER (ORDER BY quarter, line.team_id, signal) AS id,
                   quarter, line.team_id, team.department_id, signal, part, total,
                   100.0 * part / total AS share,
                   100.0 * other_part / other_total AS other_share
              FROM line
              JOIN helpdesk_ticket_team AS team ON team.id = line.team_id
             WHERE people >= %(people)s AND part >= %(least)s
               AND total >= %(of)s AND other_total >= %(of)s
               AND part * other_total > %(times)s * other_part * total
            """,
            close=CLOSE,
            late=LATE,
            people=LEAST_PEOPLE,
            least=LEAST_COUNT,
            of=LEAST_TOTAL,
            times=TIMES,
        )
