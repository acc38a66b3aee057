from . import helpdesk_ticket_category
from . import helpdesk_ticket_channel
from . import helpdesk_ticket_duplicates
from . import helpdesk_ticket_same_matter
from . import helpdesk_ticket_oral_record
from . import helpdesk_ticket_receipt
from . import res_partner
from . import res_users_settings
