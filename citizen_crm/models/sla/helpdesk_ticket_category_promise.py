from odoo import api, fields, models

from ...tools.sla_coverage import chain, get_reach
from ...tools.sla_rules import CaseFacts


class HelpdeskTicketCategory(models.Model):
    """What the rules in force promise to the ordinary case of a service type."""

    _inherit = "helpdesk.ticket.category"

    promise_text = fields.Text(
        string="Promise of an Answer",
        compute="_compute_promise_text",
        search="_search_promise_text",
        help="What the rules in force promise to an ordinary case of this type: with "
        "its role, nature and team, medium priority, and no filter.",
    )

    @api.depends_context("lang")
    @api.depends("default_role", "default_nature", "team_id", "parent_id")
    def _compute_promise_text(self):
        rules = self.env["citizen.sla.rule"]._get_pure_rules()
        Target = self.env["citizen.sla.target"].sudo()
        for service in self:
            case = service._get_ordinary_case() if service.is_service else None
            targets = {}
            for rule in rules if case else ():
                if rule.has_filter or not rule.holds_for(case):
                    continue
                for target in rule.targets:
                    if target.kind == "resolve":
                        targets.setdefault(target.basis, target.id)
            service.promise_text = "\n".join(
                Target.browse(targets.values()).mapped("sentence")
            )

    def _search_promise_text(self, operator, value):
        if operator != "in":
            return NotImplemented
        services = self._get_services()
        wanted = {text or "" for text in value}
        return [
            (
                "id",
                "in",
                services.filtered(lambda s: (s.promise_text or "") in wanted).ids,
            )
        ]

    @api.model
    def _get_services(self):
        return self.sudo().search([("is_service", "=", True)])

    def _get_ordinary_case(self):
        """Return what rules look at in an ordinary case of this type."""
        self.ensure_one()
        Rule = self.env["citizen.sla.rule"]
        trees, service = Rule._get_trees(), self.sudo()._origin or self.sudo()
        team = service.team_id
        return CaseFacts(
            role=service.default_role,
            nature=service.default_nature,
            categories=chain(service.id or 0, trees.categories)
            | chain(service.parent_id.id or 0, trees.categories),
            team=team.id or 0,
            departments=chain(team.department_id.id or 0, trees.departments),
            company=(team.company_id or self.env.company).id,
            received=Rule._now(),
        )

    def _get_promise_reach(self):
        """Tell how far the cases of the type are promised an answer."""
        rules = self.env["citizen.sla.rule"]._get_pure_rules()
        return get_reach(self._get_ordinary_case(), rules)
