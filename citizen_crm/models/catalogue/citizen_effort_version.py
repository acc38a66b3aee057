from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools.duty_ledger import MILLI
from ...tools.effort_review import is_valid


class CitizenEffortVersion(models.Model):
    """What effort points a service type had from when on, who said so and why.

    Append-only, for everybody: work is shared out by these points, so what held on a
    day can be told years later. Versions are made by writing the points of the type.
    """

    _name = "citizen.effort.version"
    _description = "Version of Effort Points"
    _order = "since desc, id desc"
    _rec_name = "category_id"

    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        required=True,
        index=True,
        ondelete="cascade",
    )
    points = fields.Float(
        required=True,
        digits=(6, 3),
        aggregator=None,
        help="How much work a case of this type is, against an ordinary one (1).",
    )
    since = fields.Datetime(
        string="In Force From",
        required=True,
        help="Cases given from then on are charged these points, until the next "
        "version. What was charged before stays.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        ondelete="restrict",
        help="Who changed the points; empty for the system.",
    )
    reason = fields.Char(required=True, help="Why the points were changed.")

    _points_positive = models.Constraint(
        "CHECK (points > 0)", "Points must be more than 0."
    )

    # ------------------------------------------------------------------ CRUD
    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._(
                "A version of effort points cannot be changed; changing the points of "
                "the service type makes a new one."
            )
        )

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete versions.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("A version of effort points cannot be deleted."))

    # -------------------------------------------------------------- business
    @api.model
    def _begin(self):
        """Give service types without any version their first, in one statement."""
        self.env["helpdesk.ticket.category"].flush_model(["effort_points"])
        self.flush_model()
        query = """
            INSERT INTO citizen_effort_version
                   (category_id, points, since, reason,
                    create_uid, create_date, write_uid, write_date)
            SELECT id, effort_points, %(now)s, %(reason)s,
                   %(user)s, %(now)s, %(user)s, %(now)s
              FROM helpdesk_ticket_category AS category
             WHERE NOT EXISTS (SELECT FROM citizen_effort_version
                                WHERE category_id = category.id)
        """
        reason = self.env._("In force when versions began to be kept")
        now = fields.Datetime.now()
        self.env.cr.execute(SQL(query, now=now, reason=reason, user=self.env.uid))
        self.env["helpdesk.ticket.category"].invalidate_model(["effort_version_ids"])


class HelpdeskTicketCategory(models.Model):
    """The effort points of a service type; each change of them is a version."""

    _inherit = "helpdesk.ticket.category"

    effort_version_ids = fields.One2many(
        "citizen.effort.version",
        "category_id",
        string="Versions of Effort Points",
        readonly=True,
        # The catalogue is read by residents too.
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    @api.constrains("effort_points")
    def _check_effort_points(self):
        for category in self:
            if not is_valid(category.effort_points):
                raise ValidationError(
                    self.env._(
                        "Effort Points: %(name)s needs more than 0 and less than 1000 "
                        "points; 1 stands for an ordinary case.",
                        name=category.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        categories._append_effort_versions(self.env._("Entered with the service type"))
        return categories

    def write(self, vals):
        if "effort_points" not in vals:
            return super().write(vals)
        before = {category: category._get_effort() for category in self}
        result = super().write(vals)
        changed = self.filtered(lambda c: before[c] != c._get_effort())
        changed._append_effort_versions(self.env._("Changed by hand"))
        return result

    def _append_effort_versions(self, reason):
        """Append what holds from now on, for the reason that was said, or else this."""
        said = self.env.context.get("effort_reason")
        reason = said if isinstance(said, str) and said.strip() else reason
        now = fields.Datetime.now()
        self.env["citizen.effort.version"].sudo().create(
            [
                {
                    "category_id": category.id,
                    "points": category.effort_points,
                    "since": now,
                    "user_id": self.env.uid,
                    "reason": reason.strip(),
                }
                for category in self
            ]
        )

    # -------------------------------------------------------------- business
    def _get_effort(self):
        """Return the effort of a case of this type, in thousandths of a point.

        A case without a service type is an ordinary one.
        """
        return round(self.effort_points * MILLI) or MILLI

    def _set_effort_points(self, points, reason):
        """Give service types new points, for a reason that their versions keep."""
        if not (reason or "").strip():
            raise UserError(
                self.env._("Reason: say why the effort points are changed.")
            )
        self.with_context(effort_reason=reason).write({"effort_points": points})
