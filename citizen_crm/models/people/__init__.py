from . import res_company
from . import citizen_district
from . import citizen_need
from . import citizen_person_mixin
from . import citizen_citizen
from . import citizen_customer
from . import res_partner
from . import base_partner_merge
