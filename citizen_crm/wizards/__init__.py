from . import citizen_import_wizard
