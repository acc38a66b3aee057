from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests.common import BaseCase, get_db_name


class AtOnceCase(BaseCase):
    """Two people at the same moment, each in a transaction of their own.

    What ``_build`` makes is committed; each class deletes it again.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whoever runs the tests may hold the lock while they run.
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls.startClassPatcher(
            patch("odoo.service.model.random.uniform", return_value=0.01)
        )
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            cls._build(api.Environment(cr, SUPERUSER_ID, {}))

    @classmethod
    def _build(cls, env):
        """Make what the tests work on."""
        raise NotImplementedError

    @classmethod
    def tearDownClass(cls):
        cls.registry.clear_all_caches()
        super().tearDownClass()
