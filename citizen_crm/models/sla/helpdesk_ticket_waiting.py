import logging
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_date

from ...tools.case_events import ENDED, automatic_phase
from ..case.helpdesk_ticket_history import _OWN_HISTORY

_logger = logging.getLogger(__name__)

WAITING_FIELDS = frozenset({"waiting_reason_id", "waiting_until", "waiting_remind_at"})
#: Events after which the city has to write to the citizen again before it waits.
TURNS = frozenset({"received", "wrote", "reopened"}) | ENDED


class _Because(str):
    """Why a case goes on; no remote call can put this type into a context."""

    __slots__ = ()


class HelpdeskTicket(models.Model):
    """Waiting: for a reason, after a message to the citizen, and not for ever.

    Whichever way a case comes into the waiting phase, it is checked here that the
    citizen was asked, and until when the case waits at the latest; when it leaves the
    phase, by whatever way, both are forgotten. The history keeps them.
    """

    _inherit = "helpdesk.ticket"

    waiting_reason_id = fields.Many2one(
        "citizen.waiting.reason",
        string="Waiting For",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="What the city waits for before it can go on.",
    )
    waiting_until = fields.Datetime(
        string="Waiting Ends",
        readonly=True,
        copy=False,
        help="The case goes on by itself then, with or without an answer.",
    )
    waiting_day = fields.Date(
        string="Waiting Until",
        compute="_compute_waiting_day",
        help="The last day on which the case waits; it goes on when the day is over.",
    )
    waiting_remind_at = fields.Datetime(
        string="Reminder On",
        readonly=True,
        copy=False,
        help="When the citizen is reminded of our question, once.",
    )

    _waiting_until_index = models.Index(
        "(waiting_until) WHERE waiting_until IS NOT NULL"
    )
    _waiting_remind_index = models.Index(
        "(waiting_remind_at) WHERE waiting_remind_at IS NOT NULL"
    )

    @api.depends("waiting_until", "company_id")
    def _compute_waiting_day(self):
        for case in self:
            case.waiting_day = case.waiting_until and case._get_city_day(
                case.waiting_until
            )

    # ------------------------------------------------------------------ phase
    def write(self, vals):
        if self._is_wait(vals):
            beginning = self.filtered(lambda case: case.phase != "waiting")
            if self.env.su:
                said = WAITING_FIELDS & vals.keys()
                beginning.write({name: vals[name] for name in said})
            beginning._begin_waiting()
        return super().write(vals)

    def _is_wait(self, vals):
        """Tell whether values move cases into the waiting phase, now and here."""
        if self.env.context.get("case_history") is _OWN_HISTORY:
            return False
        stage = self.env["helpdesk.ticket.stage"].browse(vals.get("stage_id") or ())
        return stage.phase == "waiting"

    def _log_births(self):
        self.filtered(lambda case: case.phase == "waiting")._begin_waiting()
        return super()._log_births()

    def _log_changes(self, before):
        result = super()._log_changes(before)
        gone_on = self.sudo().filtered(
            lambda case: (
                (case.waiting_reason_id or case.waiting_until)
                and case.phase != "waiting"
            )
        )
        if gone_on:
            gone_on.write(dict.fromkeys(WAITING_FIELDS, False))
        return result

    def _begin_waiting(self):
        """Set why and until when cases wait, or say what is missing for it."""
        if not self:
            return
        now = fields.Datetime.now()
        asked = self._find_last_asked()
        for case in self.sudo():
            is_free = self.env.su or not case._can_be_told()
            since = now if is_free else asked.get(case.id)
            values = since and case._prepare_waiting(since)
            if not values or values["waiting_until"] <= now:
                raise UserError(
                    self.env._(
                        "%s: write to the citizen first. Use “Wait for the Citizen” on "
                        "the case: it sends your question and says until when the "
                        "case waits.",
                        case.display_name,
                    )
                )
            case.write(values)

    def _prepare_waiting(self, since):
        """Return why and until when the case waits if its time runs from then on."""
        self.ensure_one()
        reason = self.waiting_reason_id or self._get_default_reason()
        latest = self._get_waiting_end(reason, since)
        until = min(self.waiting_until or latest, latest)
        remind = until - timedelta(days=reason.reminder_days)
        is_reminded = (
            reason.reminder_days
            and remind > fields.Datetime.now()
            and self._can_be_told()
        )
        return {
            "waiting_reason_id": reason.id,
            "waiting_until": until,
            "waiting_remind_at": is_reminded and remind,
        }

    def action_wait(self):
        """Write to the citizen and let the case wait."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_case_wait_action"
        )
        action["context"] = {"default_case_id": self.id}
        return action

    def _wait(self, reason, until):
        """Let a case wait for a reason, until a moment within the reason's limit.

        The caller has written to the citizen.
        """
        self.ensure_one()
        if self.phase == "waiting":
            raise UserError(
                self.env._("%s waits already. Resume work first.", self.display_name)
            )
        self.sudo().write({"waiting_reason_id": reason.id, "waiting_until": until})
        self._move_to_phase("waiting")

    @api.model
    def _get_default_reason(self):
        """Return the reason of a case for which none is said."""
        reason = self.env["citizen.waiting.reason"].sudo().search([], limit=1)
        if not reason:
            raise UserError(
                self.env._("There is no waiting reason. An administrator adds them.")
            )
        return reason

    def _find_last_asked(self):
        """Return when each case's citizen was written to, if it is their turn."""
        events = (
            self.env["citizen.case.event"]
            .sudo()
            .search_fetch(
                [
                    ("case_id", "in", self.ids),
                    ("kind", "in", [*TURNS, "replied"]),
                ],
                ["case_id", "kind", "at"],
                order="at, id",
            )
        )
        return {
            event.case_id.id: event.at if event.kind == "replied" else None
            for event in events
        }

    def _get_waiting_end(self, reason, since):
        """Return the end of the last day on which a case may wait, as naive UTC."""
        self.ensure_one()
        last = self._get_city_day(since) + timedelta(days=reason.limit_days)
        return self._get_end_of_day(last)

    def _get_city_day(self, moment):
        """Return the date in the city at a moment in naive UTC."""
        return moment.replace(tzinfo=UTC).astimezone(self._get_city_zone()).date()

    def _get_city_zone(self):
        company = self.sudo().company_id or self.env.company
        return ZoneInfo(company._get_city_tz())

    def _get_end_of_day(self, day):
        """Return the last second of a date in the city, as naive UTC."""
        last = datetime.combine(day, time(23, 59, 59), self._get_city_zone())
        return last.astimezone(UTC).replace(tzinfo=None)

    # ---------------------------------------------------------------- going on
    @api.model
    def _resume_expired_waits(self, batch=100):
        """Let cases go on whose time of waiting is over.

        A case that another process has just taken is left to it.

        :param batch: how many cases at most; the caller commits after each call
        :return: how many went on, and how many more are to
        """
        Case = self.with_user(SUPERUSER_ID)
        now = fields.Datetime.now()
        due = Case.search(
            [("waiting_until", "<=", now), ("phase", "=", "waiting")],
            order="waiting_until, id",
        )
        cases = due.try_lock_for_update(allow_referencing=True, limit=batch)
        done = cases._do_each(self.__class__._resume_unanswered)
        return done, len(due) - len(cases)

    def _do_each(self, work):
        """Do something to each case apart, so that one that fails stops no other.

        :param work: called with each case
        :return: for how many it went well
        """
        done = 0
        for case in self:
            try:
                with self.env.cr.savepoint():
                    work(case)
                done += 1
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:
                _logger.exception("%s: case %s is left", work.__name__, case.id)
        return done

    def _resume_unanswered(self):
        """Go on with a case that waited in vain, and ask somebody to decide."""
        self.ensure_one()
        user = self._get_teller()
        case = self.with_context(lang=user.lang or self.env.lang)
        day = format_date(case.env, self.waiting_day)
        note = case.env._("No answer until %s.", day)
        case.with_context(resumed_because=_Because(note))._move_to_phase(
            "in_work" if self.user_id else automatic_phase(self.team_id.id, 0)
        )
        if user:
            quiet = self.env["mail.activity"]._quietly().env.context
            case.with_context(quiet, lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=case.env._("%s Go on with what there is.", note),
                user_id=user.id,
            )


class CitizenCaseEvent(models.Model):
    _inherit = "citizen.case.event"

    @api.model
    def _complete_for_clocks(self, vals):
        """Say of a case that goes on by itself why it does."""
        vals = super()._complete_for_clocks(vals)
        because = self.env.context.get("resumed_because")
        if vals["kind"] == "resumed" and isinstance(because, _Because):
            vals.setdefault("note", str(because))
        return vals
