from collections import Counter, defaultdict

from odoo import api, fields, models, tools
from odoo.tools import SQL


class HelpdeskTicket(models.Model):
    """Case numbers: one sequence per company and year of receipt."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _complete_numbers(self, vals_list):
        """Number the cases that have no number yet, in place, a block at a time."""
        keys = []
        for vals in vals_list:
            if vals.get("number", "/") == "/":
                company = vals.get("company_id") or self.env.company.id
                keys.append((company, self._get_receipt_date(vals)))
            else:
                keys.append(None)
        years = [key and (key[0], key[1].year) for key in keys]
        blocks = defaultdict(list)
        for (company, year), count in Counter(filter(None, years)).items():
            date = next(k[1] for k in keys if k and (k[0], k[1].year) == (company, year))
            blocks[company, year] = self._take_numbers(company, date, count)
        for vals, year in zip(vals_list, years, strict=True):
            if year:
                vals["number"] = blocks[year].pop(0)

    @api.model
    def _get_receipt_date(self, vals):
        """Return the date of receipt in the city's time zone."""
        received = fields.Datetime.to_datetime(vals.get("received_date"))
        received = received or fields.Datetime.now()
        tz = self._get_city_tz(vals.get("company_id") or self.env.company.id)
        return fields.Datetime.context_timestamp(
            self.with_context(tz=tz), received
        ).date()

    @api.model
    @tools.ormcache("company_id")
    def _get_city_tz(self, company_id):
        """Return the name of the city's time zone; UTC when none is set."""
        return self.env["res.company"].sudo().browse(company_id).partner_id.tz or "UTC"

    @api.model
    def _take_numbers(self, company_id, date, count):
        """Take ``count`` numbers of the year of ``date`` in one statement.

        ``ir.sequence`` hands out one number a call; a batch of cases would pay a
        round trip for each. The format stays the one of the sequence record.
        """
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search_fetch(
                [("code", "=", "citizen.case"), ("company_id", "in", [company_id, False])],
                ["implementation", "use_date_range", "prefix", "suffix", "padding"],
                order="company_id",
                limit=1,
            )
        )
        if not sequence:
            # Somebody deleted ours: a case is registered all the same.
            prepare = super()._prepare_ticket_number
            return [prepare({"company_id": company_id}) for _i in range(count)]
        if sequence.implementation != "standard" or not sequence.use_date_range:
            return [sequence.next_by_id(sequence_date=date) for _i in range(count)]
        counter = self._get_year_counter(sequence, date)
        name = f"ir_sequence_{sequence.id:03d}_{counter.id:03d}"
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count)
        )
        sequence = sequence.with_context(
            ir_sequence_date=date, ir_sequence_date_range=counter.date_from
        )
        return [sequence.get_next_char(number) for (number,) in rows]

    @api.model
    def _get_year_counter(self, sequence, date):
        counter = sequence.env["ir.sequence.date_range"].search_fetch(
            [
                ("sequence_id", "=", sequence.id),
                ("date_from", "<=", date),
                ("date_to", ">=", date),
            ],
            ["date_from"],
            limit=1,
        )
        return counter or sequence._create_date_range_seq(date)

    @api.model
    def _prepare_ticket_number(self, values):
        """Number one case; the base calls this when it copies a case."""
        vals = {key: values[key] for key in ("company_id", "received_date") if key in values}
        self._complete_numbers([vals])
        return vals["number"]
