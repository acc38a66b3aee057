from odoo import SUPERUSER_ID, models


class CitizenSlaExtension(models.Model):
    """The notice by which a citizen learns that the answer takes longer."""

    _inherit = "citizen.sla.extension"

    def _tell(self):
        """Post the notice; return whether the citizen is told by it.

        Whoever wants a letter or a call, or has no address, is told by a member of
        staff, who records it then.
        """
        case = self.case_id.with_user(SUPERUSER_ID)
        template = self.env.ref(f"citizen_crm.mail_template_extended_{case.role}")
        record = self.with_user(SUPERUSER_ID)
        message = case._send_notice(template.sudo(), record)
        if not message:
            return False
        if case.contact_preference == "portal":
            return bool(case.partner_id.user_ids)
        return case._is_mailed()
