from datetime import datetime, timedelta

from .common import CLEARED
from .sla_common import SlaCommon

#: A Monday at nine; the office works from 8 to 12 and from 13 to 17.
MONDAY = datetime(2026, 2, 2, 9)
HOUR = timedelta(hours=1)


class EffortCommon(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._create_user(
            "head", f"citizen_crm.group_department_head,{CLEARED}"
        )

    def _versions(self, category):
        """Return what the versions of a type say, oldest first."""
        return [
            (version.points, version.reason, version.user_id)
            for version in category.sudo().effort_version_ids.sorted("id")
        ]
