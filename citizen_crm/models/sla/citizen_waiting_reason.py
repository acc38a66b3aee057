from odoo import fields, models


class CitizenWaitingReason(models.Model):
    """Why a case waits for somebody outside, and which clocks that may stop."""

    _name = "citizen.waiting.reason"
    _description = "Waiting Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_lawful = fields.Boolean(
        string="Lawful Ground",
        help="The law lets the statutory deadline stand still for this reason, for "
        "example while the citizen has been asked to supplement the petition.",
    )
    limit_days = fields.Integer(
        string="Limit (days)",
        default=14,
        required=True,
        help="After so many calendar days the case resumes by itself, answer or not.",
    )
    reminder_days = fields.Integer(
        string="Reminder (days before)",
        default=3,
        required=True,
        help="So many days before the end the citizen is reminded once; 0 for never.",
    )
    asks_citizen = fields.Boolean(
        string="The Citizen Has to Answer",
        default=True,
        help="Off: the city waits for somebody else, and the citizen is only told.",
    )
    resident_text = fields.Char(
        string="In Words to the Citizen",
        translate=True,
        help="The rest of the sentence “The time stands still because …”, as residents "
        "read it: “we have asked you for information or documents”.",
    )
    question = fields.Text(
        translate=True,
        help="Proposed text of the message to the citizen. Say what is needed, until "
        "when, and what happens without an answer. {date} becomes the date until which "
        "the case waits; whoever sends the text has to replace […].",
    )

    _limit_positive = models.Constraint(
        "CHECK (limit_days > 0)", "Limit: a pause needs a limit of 1 day or more."
    )
    _reminder_not_negative = models.Constraint(
        "CHECK (reminder_days >= 0)", "Reminder: the days cannot be negative."
    )
