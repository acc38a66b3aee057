from typing import NamedTuple

from odoo import api, fields, models

from .citizen_assignment_entry import CaseAccount


class Handing(NamedTuple):
    """Why cases change hands. Only our own code can put one into a context."""

    reason: str = ""
    #: the dispatcher's choices, by case id: values of the entry
    choices: dict | None = None
    #: minutes on duty by team id, where they are known
    hours: dict | None = None

    def get_choice(self, case_id):
        """Return the values that the dispatcher has decided on, none for by hand."""
        return (self.choices or {}).get(case_id)


class HelpdeskTicket(models.Model):
    """The ledger of a case: it is brought in step with who has the case.

    Whatever changes the handler, the team or the stage ends in an event of the history,
    and from there in here; so work is charged alike however somebody came by it.
    """

    _inherit = "helpdesk.ticket"

    queued_date = fields.Datetime(
        string="In the Queue Since",
        compute="_compute_queued_date",
        store=True,
        precompute=True,
        readonly=True,
        copy=False,
        help="Since when the case of a team has waited for a handler.",
    )
    _queue_index = models.Index(
        "(team_id, priority DESC, queued_date, id) WHERE queued_date IS NOT NULL"
    )

    @api.depends("team_id", "user_id", "stage_id.closed", "stage_id.phase", "active")
    def _compute_queued_date(self):
        """An open case of a team without a handler waits, until it is answered."""
        now = fields.Datetime.now()
        for case in self:
            stage = case.stage_id
            waits = (
                case.active
                and case.team_id
                and not case.user_id
                and not stage.closed
                and stage.phase != "answered"
            )
            case.queued_date = waits and (case.queued_date or now)

    def _get_handing(self):
        """Return why cases change hands in this context."""
        handing = self.env.context.get("handing")
        return handing if isinstance(handing, Handing) else Handing()

    def _follow_ledger(self, origin=""):
        """Append what is missing in the ledgers, and call the dispatcher if needed.

        :param origin: "new" for cases that were registered just now, "past" for those
            taken over from earlier records; no ledger knows them. "kept" for those
            that were reopened and have stayed with their handler, "answered" for those
            that go on after their answer
        """
        rules = self.env["citizen.assignment.rule"]._get_team_rules()
        if not rules:
            return
        Entry = self.env["citizen.assignment.entry"].sudo()
        is_known = origin in ("", "kept", "answered")
        accounts = Entry._get_accounts(self.ids) if is_known else {}
        holders = self._get_holders(rules)
        steps = [
            (case, step)
            for case in self.sudo()
            for step in case._get_missing_steps(
                accounts.get(case.id, CaseAccount()), holders, origin
            )
        ]
        if origin:
            steps = [(case, self._tell_origin(step, origin)) for case, step in steps]
        if steps:
            Entry._append(self._prepare_entries(steps, accounts, rules))
        waiting = self.sudo().filtered("queued_date").team_id
        eased = self.env["helpdesk.ticket.team"].browse(
            {step.team_id for _case, step in steps}
        )
        if self._get_handing().choices is None:
            (waiting | eased).filtered(lambda t: t.id in rules)._trigger_dispatch()

    def _get_holders(self, rules):
        """Return who of a team keeps a ledger there: team -> {user id: employee id}.

        Where no case has a handler, nobody needs to be looked up.
        """
        return {
            team: {
                member.user_id.id: member.employee_id.id
                for member in team._get_current_members()
            }
            if any(cases.mapped("user_id"))
            else {}
            for team, cases in self.sudo().grouped("team_id").items()
            if team.id in rules
        }

    @api.model
    def _tell_origin(self, step, origin):
        """Return a charge as what it is: work that was there already costs nobody.

        Whoever has finished a case has its points; kept, it counts as open work alone.
        """
        if step.kind != "charge":
            return step
        if origin == "new":
            return step._replace(reason=self.env._("Chosen at registration"))
        if origin == "past":
            reason = self.env._("From earlier records: counts as open work.")
        elif step.is_again:
            reason = self.env._("Reopened: counts as open work again.")
        else:
            return step
        return step._replace(kind="opening", reason=reason)

    def _get_missing_steps(self, account, holders, origin=""):
        """Yield the steps from where the ledger has the case to where it is.

        Whoever has answered a case has done its work and keeps the points, whether it
        was closed afterwards or not; what follows for somebody else is work anew.
        """
        self.ensure_one()
        if origin == "answered" and account.employee_id:
            team = holders.get(self.team_id, {})
            if account.employee_id != team.get(self.user_id.id):
                yield self._step("finish", account)
                account = account.finish()
        if account.team_id and not self.is_open:
            kind = "finish" if account.employee_id else "cancellation"
            yield self._step(kind, account)
            return
        team = self.team_id if self.active and self.is_open else self.team_id.browse()
        if account.team_id and account.team_id != team.id:
            # As if it had never been there.
            if account.employee_id:
                yield self._step("reversal", account)
            yield self._step("cancellation", account)
            account = CaseAccount(earlier_id=account.earlier_id)
        if team in holders:
            holder_id = holders[team].get(self.user_id.id, 0)
            yield from self._get_missing_holder(account, holder_id)

    def _get_missing_holder(self, account, holder_id):
        """Yield the steps that bring the case to its handler, or into limbo."""
        category = self.category_id
        if account.employee_id and account.employee_id != holder_id:
            yield self._step("reversal", account)
            account = account._replace(employee_id=0)
        if holder_id and not account.employee_id:
            step = self._get_taking(account, holder_id)
            yield step
            account = account._replace(category_id=step.category_id, points=step.points)
        type_id = self._get_ledger_type()
        if holder_id and account.category_id != type_id:
            former = category.browse(account.category_id or ())
            known = former._get_effort() if former else account.points
            delta = category._get_effort() - known
            yield Step("weight", self.team_id.id, holder_id, delta, type_id)

    def _get_ledger_type(self):
        """Return the id of the service type that the ledger names, 0 for none.

        Whoever reads a ledger need not be cleared for confidential cases: it says
        that there was work, and how much, but not which.
        """
        return 0 if self.confidential else self.category_id.id or 0

    def _get_ledger_number(self):
        """Return the number that ledger and objections name, empty as for the type."""
        return "" if self.confidential else self.number

    def _get_taking(self, account, holder_id):
        """Return the step by which a member has the case.

        From the limbo it comes with the points that it was credited with.
        """
        team_id, category = self.team_id.id, self.category_id
        if account.team_id:
            known = account.points, account.category_id
            return Step("charge", team_id, holder_id, *known)
        known = category._get_effort(), self._get_ledger_type()
        is_again = (account.ended_team_id, account.earlier_id) == (team_id, holder_id)
        return Step("charge", team_id, holder_id, *known, is_again=is_again)

    @api.model
    def _step(self, kind, account):
        return Step(
            kind,
            account.team_id,
            account.employee_id or account.earlier_id,
            account.points,
            account.category_id,
        )

    @api.model
    def _prepare_entries(self, steps, accounts, rules):
        """Return the values of the entries for steps, as ``(case, step)``."""
        handing = self._get_handing()
        hours = dict(handing.hours or {})
        now = fields.Datetime.now()
        by = False if self.env.uid == 1 else self.env.uid
        counts = {case_id: account.steps for case_id, account in accounts.items()}
        rows = []
        for case, step in steps:
            counts[case.id] = counts.get(case.id, 0) + 1
            if step.needs_hours and step.team_id not in hours:
                team = case.team_id.browse(step.team_id)
                hours[step.team_id] = {
                    str(key): span for key, span in team._get_hours().items()
                }
            row = {
                "team_id": step.team_id,
                "kind": step.kind,
                "case_id": case.id,
                "case_number": case._get_ledger_number(),
                "category_id": step.category_id,
                "step": counts[case.id],
                "employee_id": step.employee_id,
                "points": step.points,
                "at": now,
                "user_id": by,
                "rule_id": rules.get(step.team_id),
                "reason": handing.reason or step.reason or False,
            }
            if step.needs_hours:
                row["hours"] = hours[step.team_id]
            if step.kind == "charge":
                row |= handing.get_choice(case.id) or {"method": "manual"}
            rows.append(row)
        return rows

    def _append_openings(self, team):
        """Append that these cases were held when the team's ledger began."""
        accounts = self.env["citizen.assignment.entry"].sudo()._get_accounts(self.ids)
        users = {m.user_id.id: m for m in team._get_current_members()}
        steps = [
            (
                case,
                Step(
                    "opening",
                    team.id,
                    users[case.user_id.id].employee_id.id,
                    case.category_id._get_effort(),
                    case._get_ledger_type(),
                ),
            )
            for case in self
            if not accounts.get(case.id, CaseAccount()).team_id
        ]
        rules = self.env["citizen.assignment.rule"]._get_team_rules()
        if steps:
            self.env["citizen.assignment.entry"].sudo()._append(
                self._prepare_entries(steps, accounts, rules)
            )


class Step(NamedTuple):
    """A line that a ledger lacks."""

    kind: str
    team_id: int
    employee_id: int
    points: int
    category_id: int = 0
    reason: str = ""
    is_again: bool = False  #: who has it now has finished it before

    @property
    def needs_hours(self):
        """Whether points are shared out by it."""
        return self.kind in ("charge", "weight")
