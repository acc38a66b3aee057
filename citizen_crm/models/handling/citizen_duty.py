from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...tools.duties import DUTY_KINDS, Duty
from ..case.helpdesk_ticket_deciders import LEVELS
from ..catalogue.helpdesk_ticket_category import NATURES, ROLES

#: What a duty asks for, and of whom; it does not change once cases owe it.
SAID_FIELDS = frozenset({"kind", "role", "nature", "level"})


class CitizenDuty(models.Model):
    """Something the city owes for a case of a role and nature before it is answered.

    The duties in force at receipt hold for a case: a new one is owed for cases received
    from then on, and one that is archived stays owed for those received before.
    """

    _name = "citizen.duty"
    _description = "Duty"
    _order = "role, sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What is owed, as handlers read it."
    )
    explanation = fields.Text(
        translate=True, help="Why it is owed and how it is done, in plain words."
    )
    kind = fields.Selection(
        DUTY_KINDS,
        string="Done When",
        required=True,
        help="What has to have happened for the duty to be done.",
    )
    role = fields.Selection(
        ROLES, required=True, default="citizen", help="For cases of this role."
    )
    nature = fields.Selection(
        NATURES, help="For cases of this nature; empty: for every nature of the role."
    )
    level = fields.Selection(
        LEVELS,
        string="Approved By",
        help="Who approves the reply at least. It is never one of its authors.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True,
        help="An archived duty stays owed for the cases received before.",
    )
    since = fields.Datetime(
        string="In Force From",
        readonly=True,
        copy=False,
        help="Owed for cases received from then on; empty: for all.",
    )
    until = fields.Datetime(
        string="In Force Until",
        readonly=True,
        copy=False,
        help="Owed for cases received before; empty: it is in force.",
    )

    _level_of_approval = models.Constraint(
        "CHECK ((kind = 'approval') = (level IS NOT NULL))",
        "Approved By: choose it for a duty of approval, and for no other.",
    )

    @api.constrains("role", "kind")
    def _check_kind(self):
        for duty in self:
            if (duty.kind == "result") != (duty.role == "customer"):
                raise ValidationError(
                    self.env._(
                        "Done When: a customer case owes the result of the service and "
                        "nothing else, and a citizen case everything but that."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        if not self.env.su:
            now = fields.Datetime.now()
            for vals in vals_list:
                vals.update(since=now, until=False)
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        if not self.env.su:
            vals.pop("since", None)
            vals.pop("until", None)
            self._check_said(vals)
        if "active" in vals:
            vals["until"] = False if vals["active"] else fields.Datetime.now()
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A duty that cases may owe is not deleted. Archive it: it stays owed "
                "for the cases received until now."
            )
        )

    def _check_said(self, vals):
        """Refuse to change what is owed; cases received before owe it as it was."""
        for duty in self:
            for name in SAID_FIELDS & vals.keys():
                if (duty[name] or False) != (vals[name] or False):
                    raise UserError(
                        self.env._(
                            "%s: cases that were received owe this duty as it is. "
                            "Archive it and create another one.",
                            self._fields[name]._description_string(self.env),
                        )
                    )

    @api.model
    @tools.ormcache()
    def _get_book(self):
        """Return all duties there ever were, as ``tools.duties`` looks at them."""
        everything = self.sudo().with_context(active_test=False)
        return tuple(
            Duty(
                id=duty.id,
                kind=duty.kind,
                role=duty.role,
                nature=duty.nature or "",
                level=duty.level or "",
                since=duty.since or None,
                until=duty.until or None,
            )
            for duty in everything.search([], order="id")
        )
