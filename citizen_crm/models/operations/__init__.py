from . import citizen_health
