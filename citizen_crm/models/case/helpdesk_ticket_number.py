from collections import Counter, defaultdict

from odoo import api, fields, models, tools
from odoo.tools import SQL


class HelpdeskTicket(models.Model):
    """Case numbers: one sequence per company and year of receipt."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _complete_numbers(self, vals_list):
        """Number the cases that have no number yet, in place, a block at a time."""
        unnumbered = defaultdict(list)
        for vals in vals_list:
            if (vals.get("number") or "/") == "/":
                company_id = vals.get("company_id") or self.env.company.id
                unnumbered[company_id].append(vals)
        for company_id, company_vals in unnumbered.items():
            dates = [self._get_receipt_date(vals) for vals in company_vals]
            numbers = self._take_numbers(company_id, dates)
            for vals, number in zip(company_vals, numbers, strict=True):
                vals["number"] = number

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
    def _take_numbers(self, company_id, dates):
        """Return a number for each date of receipt, in one statement per counter.

        ``ir.sequence`` hands out one number a call; a batch of cases would pay a
        round trip for each. The format stays the one of the sequence record.
        """
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search_fetch(
                [
                    ("code", "=", "citizen.case"),
                    ("company_id", "in", [company_id, False]),
                ],
                ["implementation", "use_date_range", "prefix", "suffix", "padding"],
                order="company_id",
                limit=1,
            )
        )
        if not sequence:
            # Somebody deleted ours: a case is registered all the same.
            prepare = super()._prepare_ticket_number
            return [prepare({"company_id": company_id}) for _date in dates]
        if sequence.implementation != "standard" or not sequence.use_date_range:
            return [sequence.next_by_id(sequence_date=date) for date in dates]
        counters = self._get_counters(sequence, dates)
        blocks = {
            counter: self._take_block(sequence, counter, count)
            for counter, count in Counter(counters[date] for date in dates).items()
        }
        formats = {
            date: sequence.with_context(
                ir_sequence_date=date, ir_sequence_date_range=counter.date_from
            )
            for date, counter in counters.items()
        }
        return [
            formats[date].get_next_char(next(blocks[counters[date]])) for date in dates
        ]

    @api.model
    def _get_counters(self, sequence, dates):
        """Return dict ``date -> counter``: the date range it is in, made if new."""
        ranges = sequence.env["ir.sequence.date_range"].search_fetch(
            [
                ("sequence_id", "=", sequence.id),
                ("date_from", "<=", max(dates)),
                ("date_to", ">=", min(dates)),
            ],
            ["date_from", "date_to"],
        )
        counters = {}
        for date in sorted(set(dates)):
            counter = ranges.filtered(lambda r, d=date: r.date_from <= d <= r.date_to)
            if not counter:
                counter = sequence._create_date_range_seq(date)
                ranges += counter
            counters[date] = counter[:1]
        return counters

    @api.model
    def _take_block(self, sequence, counter, count):
        """Return an iterator over the next ``count`` numbers of a counter."""
        name = f"ir_sequence_{sequence.id:03d}_{counter.id:03d}"
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count)
        )
        return iter([number for (number,) in rows])

    @api.model
    def _prepare_ticket_number(self, values):
        """Number one case; the base calls this when it copies a case."""
        vals = {
            key: values[key] for key in ("company_id", "received_date") if key in values
        }
        self._complete_numbers([vals])
        return vals["number"]
