from odoo import models


class CitizenMailReceipt(models.Model):
    """A mail of somebody unknown becomes a case that its sender confirms.

    Only where nobody vouches for the address: what the city's mail server has found
    true needs no link, and whom it has found forged gets no mail. A case that staff
    make of a mail is theirs to judge.
    """

    _inherit = "citizen.mail.receipt"

    def _prepare_case_values(self, letter, sender):
        values = super()._prepare_case_values(letter, sender)
        if not sender and self._is_to_be_confirmed(letter):
            Case = self.env["helpdesk.ticket"]
            company = (
                self.env["helpdesk.ticket.team"]
                .browse(values.pop("team_id", None) or ())
                .company_id
            )
            values["team_id"] = False
            values["confirm_until"] = Case.with_company(company)._get_confirm_until()
        return values

    def _is_to_be_confirmed(self, letter):
        verdict = letter.verdict
        return (
            self.env.company.confirm_mails
            and self.state == "new"
            and letter.sender
            and not (verdict.trusted or verdict.failed or letter.automatic)
        )

    def _tell(self, letter):
        case = self.case_id
        is_new = self.mail_message_id.subtype_id == self._get_filing_subtype()
        if case.confirm_until and self.state == "accepted" and is_new:
            return case._ask_to_confirm()
        return super()._tell(letter)
