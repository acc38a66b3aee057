from . import citizen_export_guard
from . import citizen_case_report
from . import helpdesk_ticket_access
from . import helpdesk_ticket_confidential
from . import helpdesk_ticket_record
from . import citizen_case_intermediary
from . import base_partner_merge
from . import helpdesk_ticket_fields
