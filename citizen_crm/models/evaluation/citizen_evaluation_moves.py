import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...tools.evaluation_life import (
    COORDINATOR,
    EMPLOYEE,
    MANAGER,
    MOVES,
    NOT_YOURS,
    SYSTEM,
    UNEXPLAINED,
    WRITINGS,
    Refused,
    bar,
    step,
)

_logger = logging.getLogger(__name__)

#: State -> the field of the cycle with its working days; other states have no end.
LIMITS = {
    "data_check": "check_days",
    "claims": "claim_days",
    "self": "self_days",
    "manager": "manager_days",
    "shared": "share_days",
    "published": "appeal_days",
    "appealed": "appeal_days",
}


class CitizenEvaluation(models.Model):
    """From state to state, by the one table of ``tools/evaluation_life.py``."""

    _inherit = "citizen.evaluation"

    def _take(self, action, *, by_system=False, **facts):
        """Make a move, or raise with what to do instead.

        :param by_system: the time of the state is over; no person acts
        :param facts: what the action itself has changed, see ``Facts``
        """
        self.ensure_one()
        # As superuser from here: roles are those of the user, whoever reads the rows.
        record = self.sudo()
        record.lock_for_update(allow_referencing=True)
        state = record._step(action, by_system=by_system, **facts)
        if state != record.state:
            record._enter(state)
        return state

    def _step(self, action, *, by_system=False, **facts):
        """Return where a move leads, or raise with what to do instead."""
        roles = {SYSTEM} if by_system else self._get_roles()
        move = MOVES.get((self.state, action))
        if not move or UNEXPLAINED not in move.needs:
            facts.setdefault("unexplained", 0)
        try:
            return step(self.state, roles, action, self._get_life_facts(**facts))
        except Refused as refusal:
            reason = refusal.args[0]
            raise UserError(self._tell_refusal(reason, action)) from None

    def _tell_refusal(self, reason, action):
        """Return why a move is refused, and what can be done."""
        if reason == NOT_YOURS:
            ties = self._get_ties(self.env.user)
            wanted = MOVES[self.state, action].roles & self._get_given_roles(ties)
            reason = next(filter(None, (bar(role, ties) for role in wanted)), reason)
        return self._get_refusals()[reason]

    def _get_refusals(self):
        """Return the sentence for each reason of ``tools/evaluation_life.py``."""
        _ = self.env._
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "not_now": _(
                "State: this is not possible while the evaluation is at “%s”.",
                states[self.state],
            ),
            "not_yours": _("This is for somebody else to do in this evaluation."),
            "not_due": _("Deadline: the time of this state is not over yet."),
            "no_conclusion": _(
                "Statements: write your conclusion and submit it with the button there."
            ),
            "unexplained": _(
                "Measures: say a cause and what you have found for each measure that "
                "is different from expected."
            ),
            "not_both_done": _(
                "Both are to be done with sharing it first: the manager, and the "
                "employee unless the time for it is over."
            ),
            "too_late": _("Deadline: the time for an appeal is over."),
            "no_reviewer": _("Reviewer: the coordinator names who decides first."),
            "own": _("Nobody has another part in the own evaluation."),
            "in_line": _(
                "You stand in the line of this employee. A data steward from outside "
                "it decides."
            ),
            "is_manager": _(
                "You are the manager in this evaluation. Somebody else does this."
            ),
            "subordinate": _(
                "The manager stands above you. Somebody who is independent of the "
                "manager decides."
            ),
            "earlier_role": _(
                "You have had a part in this evaluation. Somebody who has not decides."
            ),
        }

    def _enter(self, state):
        """Come into a state: its time begins, and whoever is next is told."""
        now = self._get_now()
        vals = {"state": state, "since": now, "deadline": self._get_limit(state, now)}
        self.write(vals)
        self._end_tasks()
        self._call_next()
        self.cycle_id._follow()

    def _get_limit(self, state, now):
        """Return until when a state lasts, or False for as long as it takes."""
        cycle = self.cycle_id
        if state == "collecting":
            day = fields.Date.add(cycle.date_to, days=cycle.wait_days + 1)
            return cycle.company_id._get_start_of_day(day)
        if state not in LIMITS:
            return False
        return cycle.company_id._get_end_of_working_day(cycle[LIMITS[state]], now)

    # ------------------------------------------------------------------ actions
    def action_confirm_data(self):
        """The data are right, or the employee has claimed what is not."""
        self._take("confirm_data")
        return True

    def action_submit_self(self):
        """Go on without a self-assessment; a written one is submitted there."""
        self._take("submit_self")
        return True

    def action_finish(self):
        """Be done with sharing, as the employee or as the manager."""
        self._take("finish")
        roles = self._get_roles()
        done = {f"{role}_done": True for role in (EMPLOYEE, MANAGER) if role in roles}
        record = self.sudo()
        record.write(done)
        if record.employee_done and record.manager_done:
            record._end_tasks()
            record._call_next()
        return True

    def action_publish(self):
        """Seal records; nobody changes them from then on."""
        records = self.sudo()
        for record in records:
            record._step("publish")
            record.write(
                {
                    "published_by_id": self.env.uid,
                    "employee_name": record.employee_id.name,
                    "manager_name": record.manager_id.name or record.manager_name,
                    "department_name": record.department_id.name,
                }
            )
        # All are sealed before the first one moves, so they stand on one measurement.
        for record in records:
            self.env["citizen.evaluation.version"].sudo()._seal(record, "published")
        for record in self:
            record._take("publish")
        return True

    def action_confirm_receipt(self):
        """The employee has got the published record."""
        self._take("confirm_receipt")
        if not self.received_at:
            self.sudo().received_at = self._get_now()
        return True

    def action_cancel(self):
        """End the evaluation without a result."""
        self._take("cancel")
        return True

    def action_write(self):
        """Open the own draft of what is to be said in this state."""
        self.ensure_one()
        Statement = self.env["citizen.evaluation.statement"]
        roles = self._get_roles()
        kinds = [
            kind
            for (state, role), kind in WRITINGS.items()
            if state == self.state and role in roles
        ]
        if not kinds:
            raise UserError(self._get_refusals()["not_now"])
        draft = Statement._get_draft(self, kinds[0])
        return draft._get_records_action(target="new")

    def action_appeal(self):
        """Open the form on which the employee appeals."""
        self.ensure_one()
        view = self.env.ref("citizen_crm.citizen_evaluation_appeal_view_form_file")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Appeal"),
            "res_model": "citizen.evaluation.appeal",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"default_evaluation_id": self.id},
        }

    def action_verify(self):
        """Compute the hash of the sealed record again, and say how it compares."""
        self.ensure_one()
        self.check_access("read")
        return self.version_ids.action_verify()

    def action_view_cases(self):
        """Open the own cases that count in the period."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_case_fact_action_my"
        )
        company = self.cycle_id.sudo().company_id
        after = fields.Date.add(self.date_to, days=1)
        start, end = map(company._get_start_of_day, (self.date_from, after))
        domain = [
            ("handler_id.user_id", "=", self.env.uid),
            ("closed_on", ">=", fields.Datetime.to_string(start)),
            ("closed_on", "<", fields.Datetime.to_string(end)),
        ]
        return {**action, "domain": domain}

    # -------------------------------------------------------------------- tasks
    def _get_next_users(self):
        """Return who has to do something now, and what, as a function of an env."""
        cycle = self.cycle_id
        return {
            "data_check": (
                self.employee_id.user_id,
                lambda env: env._("Check the data of your evaluation"),
            ),
            "claims": (
                cycle.steward_id,
                lambda env: env._("Decide on objections to data"),
            ),
            "self": (
                self.employee_id.user_id,
                lambda env: env._("Write a self-assessment, if you want"),
            ),
            "manager": (
                self.manager_id,
                lambda env: env._("Conclude an evaluation"),
            ),
            "shared": self._get_sharers(),
            "published": (
                self.employee_id.user_id,
                lambda env: env._("Confirm that you have got your evaluation"),
            ),
            "appealed": self._get_reviewers(),
        }.get(self.state, (self.env["res.users"], None))

    def _get_sharers(self):
        if self.employee_done and self.manager_done:
            return self.cycle_id.coordinator_id, lambda env: env._(
                "Publish an evaluation"
            )
        return self.employee_id.user_id | self.manager_id, lambda env: env._(
            "Meet and talk about the evaluation"
        )

    def _get_reviewers(self):
        reviewer = self._get_open_appeal().reviewer_id
        if reviewer:
            return reviewer, lambda env: env._("Decide on an appeal")
        return self.cycle_id.coordinator_id, lambda env: env._(
            "Name who decides on an appeal"
        )

    def _call_next(self):
        """Give a task to whoever is next, each in their language."""
        users, summary = self._get_next_users()
        quiet = self.env["mail.activity"]._quietly().env.context
        for user in users.filtered("active"):
            told = self.with_user(SUPERUSER_ID).with_context(
                quiet, lang=user.lang or self.env.lang, tz=user.tz or "UTC"
            )
            limit = self.deadline or fields.Datetime.now()
            told.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Datetime.context_timestamp(told, limit).date(),
                summary=summary(told.env),
                user_id=user.id,
            )

    def _end_tasks(self):
        """Nobody has to do any more what the last state asked for."""
        self.with_user(SUPERUSER_ID).activity_ids.unlink()

    def _announce(self):
        """Tell nobody yet: the cycle is read by everybody, and tasks come later."""
        self.cycle_id._follow()

    @api.private
    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Nobody follows an evaluation; a task is all that is told of it."""
        return True

    @api.private
    def message_post_with_source(self, *args, **kwargs):
        """No notes are kept beside the statements, not even of tasks that were done."""
        return self.env["mail.message"]

    # ---------------------------------------------------------------- the clock
    def _move_by_time(self):
        """Go on where the time of a state is over and the clock may end it."""
        action = {"planned": "start", "collecting": "open_check"}
        self._take(action.get(self.state, "time_out"), by_system=True)

    def _cron_move_on(self):
        """Move on what is due, each evaluation apart."""
        due = self.search(
            [
                ("deadline", "<", fields.Datetime.now()),
                ("state", "in", self._get_timed_states()),
            ],
            order="deadline, id",
        )
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(due))
        for evaluation in due:
            try:
                with self.env.cr.savepoint():
                    if evaluation.try_lock_for_update(allow_referencing=True):
                        evaluation._move_by_time()
            except UserError:
                _logger.exception("Time limit of evaluation %s", evaluation.id)
            if not Cron._commit_progress(1):
                break

    def _get_timed_states(self):
        return sorted(
            {state for (state, _do), move in MOVES.items() if SYSTEM in move.roles}
        )

    def _check_manager_free(self, names):
        """Raise unless the coordinator names another manager, in time."""
        for evaluation in self:
            is_coordinator = COORDINATOR in evaluation._get_roles()
            early = evaluation.state in ("planned", "collecting", "data_check")
            if names - {"manager_id"} or not is_coordinator or not early:
                raise UserError(
                    self.env._(
                        "Evaluations move by their buttons. The coordinator alone "
                        "names another manager, until the data have been checked."
                    )
                )

    def _get_open_appeal(self):
        return self.appeal_ids.filtered(lambda appeal: appeal.state == "filed")[:1]

    def _has_conclusion(self):
        """Tell whether the manager has submitted a conclusion."""
        return any(
            statement.kind in ("conclusion", "revision")
            and statement.state == "submitted"
            for statement in self.statement_ids
        )

    def _count_unexplained(self):
        """Return how many lines still need a cause and a text of the manager."""
        if self.state not in ("manager", "shared"):
            return 0
        return sum(line._needs_explanation() for line in self.line_ids)
