from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a version says; it does not change once it was asked.
SAID_FIELDS = frozenset({"code", "text", "version"})


class CitizenStaffPulseQuestion(models.Model):
    """A sentence to which staff agree or not, in versions.

    What was asked is not changed afterwards: the answers would be to something else. A
    new version takes the place of the one before, which stays with its rounds.
    """

    _name = "citizen.staff.pulse.question"
    _description = "Question of the Staff Pulse"
    _order = "sequence, code, version desc"
    _rec_name = "text"

    code = fields.Char(
        required=True, help="What all versions of this question have in common."
    )
    text = fields.Char(
        string="Sentence",
        required=True,
        translate=True,
        help="One plain sentence in the first person, to which somebody agrees or not. "
        "It asks about work, never about a colleague or a superior by name.",
    )
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the versions of a question.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True,
        help="Versions that are no longer asked are archived, and stay with their "
        "rounds.",
    )
    pulse_ids = fields.Many2many(
        "citizen.staff.pulse", string="Rounds", readonly=True, help="Where it is asked."
    )

    _version_unique = models.UniqueIndex(
        "(code, version)", "The versions of a question have different numbers."
    )

    @api.model_create_multi
    def create(self, vals_list):
        questions = self.browse()
        for vals in vals_list:
            vals = {**self.default_get(["code"]), **vals}
            same = [("code", "=", vals.get("code"))]
            known = self.sudo().with_context(active_test=False)
            before = known.search(same, order="version desc", limit=1)
            known.search(same).active = False
            version = before.version + 1
            questions += super().create([{**vals, "version": version}])
        return questions

    def write(self, vals):
        if SAID_FIELDS & vals.keys() and self._is_asked():
            raise UserError(
                self.env._(
                    "Sentence: it has been asked already. Make a new version to change "
                    "it."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_asked(self):
        if self._is_asked():
            raise UserError(
                self.env._("A sentence that was asked is archived, not deleted.")
            )

    def _is_asked(self):
        return any(pulse.state != "draft" for pulse in self.sudo().pulse_ids)

    def action_new_version(self):
        """Open a new version with the words of this one, to be changed."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Version"),
            "res_model": self._name,
            "view_mode": "form",
            "context": {
                "default_code": self.code,
                "default_text": self.text,
                "default_sequence": self.sequence,
            },
        }
