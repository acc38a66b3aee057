"""From 19.0.2.0.0: effort points are kept in versions."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give the service types that are there their first version."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["citizen.effort.version"]._begin()
