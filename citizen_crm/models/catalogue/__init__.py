from . import citizen_period_mixin
from . import citizen_customer
from . import citizen_skill
from . import citizen_team_member
from . import helpdesk_ticket_category
from . import citizen_effort_version
from . import helpdesk_ticket_team
from . import hr_employee
