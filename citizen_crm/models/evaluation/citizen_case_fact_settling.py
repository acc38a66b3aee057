from array import array
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..aftercare.citizen_case_feedback import LINK_DAYS

#: Within so many days after the end a reopening, or another contact, is counted.
REOPEN_DAYS, REPEAT_DAYS = 30, 14
#: After so many days all is known that will ever be known.
SETTLE_DAYS = max(REOPEN_DAYS, REPEAT_DAYS, LINK_DAYS) + 1
#: Cases and rows that are worked off at a time.
BATCH = 2000
#: When the last catch-up began, and how far back the next one looks before it:
#: what was committed late must not be missed.
CAUGHT_UP_PARAMETER, OVERLAP = "citizen_crm.facts_caught_up", timedelta(days=2)

#: Cases that have ended since, without a fact of that end.
MISSED = """
    SELECT DISTINCT event.case_id
      FROM citizen_case_event AS event
     WHERE event.kind IN ('closed', 'not_handled', 'withdrawn')
       AND event.create_date >= %(since)s
       AND NOT EXISTS (
           SELECT FROM citizen_case_fact AS fact
            WHERE fact.case_id = event.case_id AND fact.ended_at >= event.at)
  ORDER BY event.case_id
"""
#: What is known now of the ends in a batch. What the person said is read as two
#: questions, fairness and clearness, and no other.
SETTLED = """
    WITH ends AS (
        SELECT fact.id, fact.case_id, fact.ended_at, fact.ended_by,
               ticket.partner_id, ticket.partner_email, ticket.category_id,
               fact.ended_at + %(reopen)s <= %(now)s AS is_reopen_over,
               fact.ended_at + %(repeat)s <= %(now)s AS is_repeat_over,
               coalesce((SELECT max(back.at) FROM citizen_case_event AS back
                          WHERE back.case_id = fact.case_id
                            AND back.kind = 'reopened' AND back.at < fact.ended_at),
                        '-infinity') AS begun,
               coalesce((SELECT min(back.at) FROM citizen_case_event AS back
                          WHERE back.case_id = fact.case_id
                            AND back.kind = 'reopened' AND back.at >= fact.ended_at),
                        'infinity') AS reopened,
               employee.user_id
          FROM citizen_case_fact AS fact
          JOIN helpdesk_ticket AS ticket ON ticket.id = fact.case_id
          JOIN hr_employee AS employee ON employee.id = fact.handler_id
         WHERE fact.id = ANY(%(ids)s)
    ), told AS (
        SELECT ends.*, said.*, word.*, EXISTS (
                   SELECT FROM citizen_case_event AS back
                    WHERE back.case_id = ends.case_id AND back.kind = 'reopened'
                      AND back.at = ends.reopened
                      AND back.at < ends.ended_at + %(reopen)s
                      AND back.user_id IS DISTINCT FROM ends.user_id
               ) AS is_reopened,
               (EXISTS (
                   SELECT FROM helpdesk_ticket AS later
                    WHERE later.partner_id = ends.partner_id
                      AND later.category_id = ends.category_id
                      AND later.id != ends.case_id
                      AND later.received_date > ends.ended_at
                      AND later.received_date < ends.ended_at + %(repeat)s
               ) OR EXISTS (
                   SELECT FROM citizen_case_event AS message
                    WHERE message.case_id = ends.case_id AND message.kind = 'wrote'
                      AND message.at > ends.ended_at
                      AND message.at < ends.ended_at + %(repeat)s
               )) AS is_repeated
          FROM ends
     LEFT JOIN LATERAL (
               SELECT feedback.id AS feedback_id,
                      feedback.answered_at IS NOT NULL
                      AND (feedback.fair IN ('yes', 'no')
                           OR feedback.understood IN ('yes', 'no')) AS has_said,
                      coalesce(feedback.fair != 'no', true)
                      AND coalesce(feedback.understood != 'no', true) AS is_positive,
                      feedback.expires_at <= %(now)s AS is_link_over
                 FROM citizen_case_feedback AS feedback
                WHERE feedback.case_id = ends.case_id
                  AND feedback.asked_at >= ends.ended_at - interval '1 minute'
                  AND feedback.asked_at <= ends.reopened
             ORDER BY feedback.id LIMIT 1
               ) AS said ON true
     LEFT JOIN LATERAL (
               SELECT coalesce(reply.finding, reply.result) AS decided, reply.id
                      AS reply_id
                 FROM citizen_case_reply AS reply
                WHERE reply.case_id = ends.case_id AND reply.state = 'sent'
                  AND reply.sent_at >= ends.begun AND reply.sent_at <= ends.ended_at
             ORDER BY reply.sent_at DESC, reply.id DESC LIMIT 1
               ) AS word ON true
    ), found AS (
        SELECT told.id,
               CASE WHEN ended_by = 'not_handled' THEN 'not_handled' ELSE decided
               END AS decision,
               CASE WHEN is_reopened THEN 'yes' WHEN is_reopen_over THEN 'no'
               END AS reopened_30d,
               CASE WHEN is_repeated THEN 'yes' WHEN is_repeat_over THEN 'no'
               END AS repeat_contact_14d,
               %(documented)s AS documented_close,
               CASE WHEN feedback_id IS NULL THEN 'no' ELSE 'yes' END AS invited,
               CASE WHEN has_said THEN 'yes' WHEN is_link_over THEN 'no'
               END AS answered,
               CASE WHEN has_said AND is_positive THEN 'yes' WHEN has_said THEN 'no'
               END AS positive,
               ended_at + %(settle)s <= %(now)s AS is_settled
          FROM told
    )
"""
#: Earlier records know no replies, so there an answer is one. Nobody is owed a letter
#: who cannot be written to.
DOCUMENTED = """
    CASE WHEN reply_id IS NOT NULL OR EXISTS (
             SELECT FROM citizen_case_refusal AS refusal
              WHERE refusal.case_id = told.case_id AND refusal.state = 'decided'
                AND refusal.decided_at <= told.ended_at)
          OR EXISTS (
             SELECT FROM citizen_case_event AS answer
              WHERE answer.case_id = told.case_id AND answer.kind = 'answered'
                AND answer.is_backdated AND answer.at >= told.begun
                AND answer.at <= told.ended_at)
         THEN 'yes'
         WHEN partner_id IS NULL AND coalesce(partner_email, '') = '' THEN NULL
         ELSE 'no' END
"""
#: What is known stays: only what was not known yet is added.
LATER_KNOWN = (
    "decision",
    "reopened_30d",
    "repeat_contact_14d",
    "documented_close",
    "invited",
    "answered",
    "positive",
)

#: Whatever may say something about a case after its end.
SOURCES = (
    "citizen.case.fact",
    "helpdesk.ticket",
    "citizen.case.event",
    "citizen.case.reply",
    "citizen.case.refusal",
    "citizen.case.feedback",
)


class CitizenCaseFact(models.Model):
    """What can only be known later: reopened, came again, what the person said.

    Once known it stays, whatever becomes of the case or of what it was read from.
    """

    _inherit = "citizen.case.fact"

    @api.model
    def _cron_catch_up(self):
        """Write the facts that are missing, and add what is known by now."""
        began = fields.Datetime.now()
        params = self.env["ir.config_parameter"].sudo()
        last = fields.Datetime.to_datetime(params.get_param(CAUGHT_UP_PARAMETER, ""))
        if self._catch_up(last and last - OVERLAP, self._is_time_left):
            params.set_param(CAUGHT_UP_PARAMETER, fields.Datetime.to_string(began))

    @api.model
    def _is_time_left(self, remaining):
        """Commit what was done; tell whether the job may go on."""
        self.env.flush_all()
        return self.env["ir.cron"]._commit_progress(remaining=remaining) > 0

    @api.model
    def _catch_up(self, since=None, goes_on=lambda remaining: True):
        """Write and settle facts, a batch at a time; tell whether all was done.

        :param since: look at what was recorded from then on; at everything if empty
        :param goes_on: told after each batch how much is left, says whether to go on
        """
        self._flush_sources()
        missed = SQL(MISSED, since=since or "-infinity")
        open_facts = SQL(
            "SELECT id FROM citizen_case_fact WHERE is_settled IS NOT TRUE ORDER BY id"
        )
        for query, work in (
            (missed, self._write_facts),
            (open_facts, self._settle_batch),
        ):
            # Ids alone, packed: there may be a million.
            ids = array("q", (row[0] for row in self.env.execute_query(query)))
            for start in range(0, len(ids), BATCH):
                batch = ids[start : start + BATCH]
                work(batch.tolist())
                if not goes_on(len(ids) - start - len(batch)):
                    return False
        return True

    @api.model
    def _settle_batch(self, ids):
        """Add what is known by now to facts that are not complete.

        :param ids: ids of facts
        """
        for model in SOURCES:
            self.env[model].flush_model()
        now = fields.Datetime.now()
        columns = [SQL.identifier(name) for name in LATER_KNOWN]
        self.env.cr.execute(
            SQL(
                """
                %(found)s
                UPDATE citizen_case_fact AS fact
                   SET %(changes)s, is_settled = found.is_settled
                  FROM found
                 WHERE found.id = fact.id
                   AND (found.is_settled OR %(is_new)s)
                """,
                found=SQL(
                    SETTLED,
                    ids=ids,
                    now=now,
                    reopen=timedelta(days=REOPEN_DAYS),
                    repeat=timedelta(days=REPEAT_DAYS),
                    settle=timedelta(days=SETTLE_DAYS),
                    documented=SQL(DOCUMENTED),
                ),
                changes=SQL(", ").join(
                    SQL("%s = coalesce(fact.%s, found.%s)", name, name, name)
                    for name in columns
                ),
                is_new=SQL(" OR ").join(
                    SQL("(fact.%s IS NULL AND found.%s IS NOT NULL)", name, name)
                    for name in columns
                ),
            )
        )
        self.invalidate_model(flush=False)
