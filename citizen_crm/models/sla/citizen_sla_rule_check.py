from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.sla_coverage import (
    NEVER,
    PARTLY,
    Trees,
    find_shadowed,
    find_ties,
)
from ...tools.working_time import WorkingTimeError
from .instants import to_instant


class CitizenSlaRule(models.Model):
    """Gaps and overlaps: what an admin should look at, and what to do about it."""

    _inherit = "citizen.sla.rule"

    problem_text = fields.Text(
        string="To Look At",
        compute="_compute_problem_text",
        help="What keeps this rule, or this draft once it is active, from working.",
    )

    @api.depends_context("lang")
    @api.depends("state", "sequence", "conditions_text", "target_ids.kind", "domain")
    def _compute_problem_text(self):
        told = defaultdict(list)
        drafts = self._origin.filtered(lambda rule: rule.state == "draft")
        for found in self.browse()._find_rule_problems():
            told[found["record"]].append(found["name"])
        for draft in drafts:
            for found in draft._find_rule_problems():
                if found["record"] == draft:
                    told[draft].append(found["name"])
        for rule in self:
            rule.problem_text = "\n".join(told[rule._origin])

    # ------------------------------------------------------------------- findings
    @api.model
    def _find_problems(self):
        """Return everything that an admin should look at, the worst first.

        :return: list of dicts with ``severity``, ``name``, ``advice`` and ``record``
        """
        found = [
            *self.browse()._find_rule_problems(),
            *self._find_team_problems(),
            *self._find_gaps(),
            *self._find_ended(),
        ]
        order = ("error", "warning", "info")
        return sorted(found, key=lambda one: order.index(one["severity"]))

    def _find_rule_problems(self):
        """Return what is wrong with rules in force, and with these drafts."""
        pure = self._get_trial_rules(always=True)
        rules = self.env["citizen.sla.rule"].sudo().browse(rule.id for rule in pure)
        return [
            *(found for rule in rules for found in rule._find_own_problems()),
            *self._find_shadows(pure),
            *self._find_ties(rules, pure),
        ]

    def _find_own_problems(self):
        """Yield what keeps a rule from working by itself."""
        self.ensure_one()
        _ = self.env._
        try:
            self._check_domain()
        except ValidationError:
            yield {
                "severity": "error",
                "name": _("The further filter of %s does not work.", self.display_name),
                "advice": _(
                    "The rule is left out and its cases are flagged. Make a new "
                    "version and choose the fields with the editor."
                ),
                "record": self,
            }
        try:
            if self.calendar_id:
                self.calendar_id._get_version()
        except WorkingTimeError as error:
            yield {
                "severity": "error",
                "name": _("%(rule)s: %(problem)s", rule=self.name, problem=error),
                "advice": _("Its cases get no deadline. Mend the calendar."),
                "record": self,
            }

    def _find_shadows(self, pure):
        """Yield the rules, or promises of them, that never decide."""
        _, names = self.env._, dict(self._get_kind_options())
        by_rule = defaultdict(list)
        for shadow in find_shadowed(pure, self._get_trees(), self._now()):
            by_rule[shadow.rule].append(shadow)
        counts = {rule.id: len(rule.targets) for rule in pure}
        for rule_id, shadows in by_rule.items():
            rule, by = self.sudo().browse(rule_id), self.sudo().browse(shadows[0].by)
            if len(shadows) == counts[rule_id]:
                name = _(
                    "%(rule)s never decides: %(other)s is asked before it and is for "
                    "all its cases.",
                    rule=rule.display_name,
                    other=by.display_name,
                )
            else:
                name = _(
                    "%(rule)s never decides on: %(promises)s. %(other)s is asked "
                    "before it and is for all its cases.",
                    rule=rule.display_name,
                    promises=", ".join(names[shadow.kind] for shadow in shadows),
                    other=by.display_name,
                )
            yield {
                "severity": "warning",
                "name": name,
                "advice": _("Drag it further up in the list, or retire it."),
                "record": rule,
            }

    def _find_ties(self, rules, pure):
        """Yield the rules that nobody has put into an order."""
        pairs = zip(rules.mapped("sequence"), pure, strict=True)
        for one, other in find_ties(pairs, self._get_trees()):
            first, second = self.sudo().browse(one), self.sudo().browse(other)
            yield {
                "severity": "info",
                "name": self.env._(
                    "%(rule)s and %(other)s have the same place in the order and may "
                    "be for the same cases.",
                    rule=first.display_name,
                    other=second.display_name,
                ),
                "advice": self.env._(
                    "The older one is asked first. Drag them into the order you mean."
                ),
                "record": second,
            }

    @api.model
    def _find_team_problems(self):
        """Yield the teams on whose calendar no deadline can be counted."""
        _ = self.env._
        # All of them: a few hundred at most.
        # pylint: disable-next=no-search-all
        for team in self.env["helpdesk.ticket.team"].sudo().search([]):
            company = team.company_id or self.env.company
            calendar = team.resource_calendar_id or company.resource_calendar_id
            problem = None
            if not calendar:
                problem = _("Neither team nor company has a working calendar.")
            else:
                try:
                    calendar._get_version()
                except WorkingTimeError as error:
                    problem = str(error)
            if problem:
                yield {
                    "severity": "error",
                    "name": _(
                        "Team %(team)s: %(problem)s", team=team.name, problem=problem
                    ),
                    "advice": _(
                        "Its cases get no deadline. Choose a calendar with hours."
                    ),
                    "record": team,
                }

    @api.model
    def _find_gaps(self):
        """Yield the service types whose cases are promised no answer."""
        _ = self.env._
        for service in self.env["helpdesk.ticket.category"]._get_services():
            reach = service._get_promise_reach()
            if reach == NEVER:
                name = _("%s: its cases are promised no answer.", service.complete_name)
            elif reach == PARTLY:
                name = _(
                    "%s: only some of its cases are promised an answer, depending on "
                    "priority, channel, tags or a filter.",
                    service.complete_name,
                )
            else:
                continue
            yield {
                "severity": "warning",
                "name": name,
                "advice": _(
                    "Write a rule that is for all its cases, at the end of the list."
                ),
                "record": service,
            }

    @api.model
    def _find_ended(self):
        """Yield the rules that were retired and have no version after it."""
        last = {}
        rules = self.sudo().with_context(active_test=False)
        for rule in rules.search([("active", "=", True)], order="version"):
            last[rule.family] = rule
        for rule in last.values():
            if rule.state == "retired":
                yield {
                    "severity": "info",
                    "name": self.env._(
                        "%s was retired and has no version after it.", rule.display_name
                    ),
                    "advice": self.env._(
                        "If that is meant, archive it. If not, make a new version."
                    ),
                    "record": rule,
                }

    # ---------------------------------------------------------------------- facts
    @api.model
    def _now(self):
        return to_instant(fields.Datetime.now())

    @api.model
    def _get_kind_options(self):
        field = self.env["citizen.sla.target"]._fields["kind"]
        return field._description_selection(self.env)

    @api.model
    def _get_trees(self):
        """Return what stands above what in catalogue and departments."""
        categories, departments = (
            {
                record.id: record.parent_id.id
                for record in self.env[model]
                .sudo()
                .search([("parent_id", "!=", False)])
            }
            for model in ("helpdesk.ticket.category", "hr.department")
        )
        return Trees(categories, departments)
