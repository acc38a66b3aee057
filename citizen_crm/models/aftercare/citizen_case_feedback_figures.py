from odoo import fields, models
from odoo.tools import SQL

#: Fewer answers than this are never shown: nobody is to be made out.
LEAST_ANSWERS = 5
#: Share in percent: of what, how many.
SHARES = {
    "answer_share": ("asked_count", "answer_count"),
    "got_share": ("answer_count", "got_count"),
    "understood_share": ("understood_said", "understood_count"),
    "fair_share": ("fair_said", "fair_count"),
    "on_time_share": ("on_time_said", "on_time_count"),
}
#: What is counted of what people were asked and have answered.
COUNTS = SQL(
    """
    count(feedback.answered_at) AS answer_count,
    count(*) AS asked_count,
    count(*) FILTER (WHERE feedback.got_it = 'yes') AS got_count,
    count(*) FILTER (WHERE feedback.got_it = 'partly') AS partly_count,
    count(*) FILTER (WHERE feedback.got_it = 'no') AS not_count,
    count(*) FILTER (WHERE feedback.understood = 'yes') AS understood_count,
    count(*) FILTER (WHERE feedback.understood IN ('yes', 'no')) AS understood_said,
    count(*) FILTER (WHERE feedback.fair = 'yes') AS fair_count,
    count(*) FILTER (WHERE feedback.fair IN ('yes', 'no')) AS fair_said,
    count(*) FILTER (WHERE feedback.on_time = 'yes') AS on_time_count,
    count(*) FILTER (WHERE feedback.on_time IN ('yes', 'no')) AS on_time_said
    """
)
COUNTED = (
    "answer_count",
    "asked_count",
    "got_count",
    "partly_count",
    "not_count",
    "understood_count",
    "understood_said",
    "fair_count",
    "fair_said",
    "on_time_count",
    "on_time_said",
)


class CitizenCaseFeedbackFigures(models.AbstractModel):
    """Figures of at least five answers each; no person, no case, no handler."""

    _name = "citizen.case.feedback.figures"
    _inherit = ["citizen.share.report"]
    _shares = SHARES
    _description = "Figures of Feedback"

    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    category_id = fields.Many2one(
        "helpdesk.ticket.category", string="Service Type", readonly=True
    )
    asked_count = fields.Integer(
        string="Asked", readonly=True, help="How often people were asked."
    )
    answer_count = fields.Integer(
        string="Answers", readonly=True, help="How many have answered."
    )
    got_count = fields.Integer(
        string="Got It", readonly=True, help="Say that they got what they needed."
    )
    partly_count = fields.Integer(
        string="Got It in Part", readonly=True, help="Say that they got part of it."
    )
    not_count = fields.Integer(
        string="Did Not Get It", readonly=True, help="Say that they did not get it."
    )
    understood_count = fields.Integer(
        string="Understood",
        readonly=True,
        help="Say that they understood why it was decided so.",
    )
    understood_said = fields.Integer(
        string="Said on Understanding",
        readonly=True,
        help="Said yes or no to: did you understand why?",
    )
    fair_count = fields.Integer(
        string="Treated Fairly",
        readonly=True,
        help="Say that they were treated fairly.",
    )
    fair_said = fields.Integer(
        string="Said on Fairness",
        readonly=True,
        help="Said yes or no to: were you treated fairly?",
    )
    on_time_count = fields.Integer(
        string="On Time", readonly=True, help="Say that it was on time."
    )
    on_time_said = fields.Integer(
        string="Said on Time",
        readonly=True,
        help="Said yes or no to: was it on time?",
    )
    answer_share = fields.Float(
        string="Answered (%)",
        aggregator="avg",
        readonly=True,
        help="Answers, of those who were asked.",
    )
    got_share = fields.Float(
        string="Got It (%)",
        aggregator="avg",
        readonly=True,
        help="Of all answers.",
    )
    understood_share = fields.Float(
        string="Understood (%)",
        aggregator="avg",
        readonly=True,
        help="Of those who said yes or no.",
    )
    fair_share = fields.Float(
        string="Treated Fairly (%)",
        aggregator="avg",
        readonly=True,
        help="Of those who said yes or no to it.",
    )
    on_time_share = fields.Float(
        string="On Time (%)",
        aggregator="avg",
        readonly=True,
        help="Of all who said yes or no to this.",
    )
