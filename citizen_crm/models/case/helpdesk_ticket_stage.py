from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools.case_events import ENDED, PHASES


class HelpdeskTicketStage(models.Model):
    """A column of the desk. Its phase says where a case is in its life."""

    _inherit = "helpdesk.ticket.stage"

    phase = fields.Selection(
        PHASES,
        compute="_compute_phase",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Where a case in this stage is in its life. Rules, clocks and figures "
        "look at the phase, so that a city may name and add stages freely.",
    )
    status_text = fields.Char(
        string="Status for Residents",
        translate=True,
        help="One plain sentence that residents read while their case is here.",
    )

    @api.depends("closed", "unattended")
    def _compute_phase(self):
        """Read the phase of a stage that knows none off the flags of the base."""
        for stage in self:
            if stage.phase and (stage.phase in ENDED) == stage.closed:
                continue
            if stage.closed:
                stage.phase = "closed"
            else:
                stage.phase = "received" if stage.unattended else "in_work"

    @api.onchange("phase")
    def _onchange_phase(self):
        if self.phase:
            self.closed = self.phase in ENDED

    @api.constrains("phase", "closed")
    def _check_phase_closed(self):
        for stage in self:
            if (stage.phase in ENDED) != stage.closed:
                raise ValidationError(
                    self.env._(
                        "Closed, Phase: in the stage %s they disagree on whether the "
                        "city has ended its work.",
                        stage.name,
                    )
                )

    @api.model
    @tools.ormcache("team_id", "company_id", "phase")
    def _get_id_for_phase(self, team_id, company_id, phase):
        """Return the id of the first stage of a phase that a team may use, or False.

        A stage of the team's own goes before a stage of all teams.
        """
        stages = self.sudo().search(
            [
                ("phase", "=", phase),
                ("company_id", "in", [False, company_id]),
                ("team_ids", "in", [False, team_id] if team_id else [False]),
            ]
        )
        return stages.sorted(lambda stage: not stage.team_ids)[:1].id

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create([self._complete_closed(vals) for vals in vals_list])

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(self._complete_closed(vals))

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _complete_closed(self, vals):
        """Return the values with the base's flag where only the phase is said."""
        if vals.get("phase") and "closed" not in vals:
            return {**vals, "closed": vals["phase"] in ENDED}
        return vals
