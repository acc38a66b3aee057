from . import citizen_import_wizard
from . import citizen_intake
from . import citizen_intake_catalogue
from . import citizen_intake_person
from . import citizen_sla_explanation
from . import citizen_sla_test
