from odoo import models

#: First characters that make a spreadsheet take a text for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guard_cell(value):
    """Return a cell of an export that no spreadsheet will run.

    Residents write the texts that staff export; a text that begins like a formula
    gets an apostrophe in front, as spreadsheets themselves do.

    >>> guard_cell("=HYPERLINK(1)"), guard_cell("plain"), guard_cell(-5)
    ("'=HYPERLINK(1)", 'plain', -5)
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


class CitizenExportGuard(models.AbstractModel):
    """Exports of these records carry no live formula."""

    _name = "citizen.export.guard"
    _description = "Export Without Formulas"

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        result["datas"] = [
            [guard_cell(value) for value in row] for row in result["datas"]
        ]
        return result


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "citizen.export.guard"]


class CitizenCitizen(models.Model):
    _name = "citizen.citizen"
    _inherit = ["citizen.citizen", "citizen.export.guard"]


class CitizenCustomer(models.Model):
    _name = "citizen.customer"
    _inherit = ["citizen.customer", "citizen.export.guard"]
