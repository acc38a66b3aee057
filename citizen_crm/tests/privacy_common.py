"""Privacy officers, a department with a head, and cases whose retention is over."""

from odoo import fields
from odoo.tests import freeze_time

from .common import CLEARED
from .objection_common import ObjectionCommon

#: Six years after the present of the tests: the usual five years are over.
LATER = "2032-03-10 08:00:00"
OFFICER = "citizen_crm.group_privacy_officer"


class PrivacyCommon(ObjectionCommon):
    """``officer`` and ``second`` are privacy officers, ``head`` leads Public Works."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._create_user("officer", f"{OFFICER},{CLEARED}")
        cls.second = cls._create_user("second", f"{OFFICER},{CLEARED}")
        cls.Erasure = cls.env["citizen.erasure"]
        cls.Proof = cls.env["citizen.erasure.proof"]
        cls.general = cls.env.ref("citizen_crm.retention_class_general")
        # A new installation has it; one that was updated has to choose.
        cls.env["ir.config_parameter"].set_param(
            "citizen_crm.retention_class_id", str(cls.general.id)
        )

    @classmethod
    def _create_ended(cls, phase="closed", at="2026-03-04 09:00:00", **values):
        """Register a case that ended at a time."""
        case = cls.Case.create(
            cls._case_values(**{"category_id": cls.pothole.id, **values})
        )
        case.stage_id = cls._stage(phase)
        case.closed_date = fields.Datetime.to_datetime(at)
        return case

    def _list_due(self):
        """Let the desk look for cases that are due; return the new lists."""
        known = self.Erasure.search([])
        self.Erasure._cron_list_due()
        return self.Erasure.search([]) - known

    def _carry_out(self, runs):
        """Propose as one officer, approve as another, and let the desk erase."""
        runs.with_user(self.officer).action_propose()
        runs.with_user(self.second).action_approve()
        self._work()

    def _work(self):
        """Erase what was approved, like the job does but in this transaction."""
        for run in self.Erasure.search([("state", "=", "approved")]):
            while run._erase_batch():
                pass
            run._finish()

    def _erase_due(self):
        with freeze_time(LATER):
            runs = self._list_due()
            self._carry_out(runs)
        return runs
