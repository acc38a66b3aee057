from . import citizen_case_token
from . import res_company
from . import res_config_settings
from . import helpdesk_ticket_confirmation
from . import helpdesk_ticket_confirmation_mail
from . import helpdesk_ticket_confirmation_cron
from . import helpdesk_ticket_visitor
from . import citizen_mail_receipt
