from odoo import models


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    # Whoever follows a case reads it, so the record rules ask in each statement for all
    # cases that somebody follows: thousands, which lie all over the table.
    _case_partner_index = models.Index(
        "(partner_id, res_id) WHERE res_model = 'helpdesk.ticket'"
    )
