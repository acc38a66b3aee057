import datetime
from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

#: What the format of a number depends on.
SEQUENCE_FIELDS = ("implementation", "use_date_range", "prefix", "suffix", "padding")
# PostgreSQL calls a volatile function of the result after sorting: the values come in
# the order of the dates. The name of a counter is the one that ir.sequence gives it.
TAKE_VALUES = """
    WITH counted AS (
        SELECT id, implementation, use_date_range, prefix, suffix, padding
          FROM ir_sequence
         WHERE code = 'citizen.case' AND active
           AND (company_id = %(company_id)s OR company_id IS NULL)
      ORDER BY company_id NULLS LAST, id
         LIMIT 1
    )
    SELECT counted.*, wanted.day, span.id, span.date_from,
           CASE WHEN implementation = 'standard' AND use_date_range AND span.id > 0
                THEN nextval(concat_ws(
                    '_',
                    'ir_sequence',
                    lpad(counted.id::text, greatest(3, length(counted.id::text)), '0'),
                    lpad(span.id::text, greatest(3, length(span.id::text)), '0')
                )::regclass)
           END
      FROM counted
CROSS JOIN unnest(%(days)s::date[]) WITH ORDINALITY AS wanted (day, place)
 LEFT JOIN LATERAL (
        SELECT id, date_from
          FROM ir_sequence_date_range
         WHERE sequence_id = counted.id AND wanted.day BETWEEN date_from AND date_to
      ORDER BY id
         LIMIT 1
    ) AS span ON TRUE
  ORDER BY wanted.place
"""


class TakenValue(NamedTuple):
    """The next value of the counter of a date; none where the date has no counter."""

    sequence_id: int
    implementation: str
    use_date_range: bool
    prefix: str | None
    suffix: str | None
    padding: int
    date: datetime.date
    range_id: int | None
    date_from: datetime.date | None
    value: int | None


class HelpdeskTicket(models.Model):
    """Case numbers: one sequence per company and year of receipt."""

    _inherit = "helpdesk.ticket"

    number = fields.Char(
        string="Case Number", help="The person names it whenever they contact the city."
    )
    number_copy = fields.Integer(
        readonly=True,
        copy=False,
        help="Which one it was of the tickets that had the same number before this "
        "desk was installed; 0 for the first, as for every case registered here.",
    )

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
        company_id = vals.get("company_id") or self.env.company.id
        tz = self.env["res.company"].browse(company_id)._get_city_tz()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=tz), received
        ).date()

    @api.model
    def _take_numbers(self, company_id, dates):
        """Return a number for each date of receipt, in the order given.

        ``ir.sequence`` hands out one number a call, with two searches for each; here
        one statement does it for all. The format stays the one of the sequence record.
        """
        taken = self._take_values(company_id, dates)
        if not taken:
            # Somebody deleted ours: a case is registered all the same.
            prepare = super()._prepare_ticket_number
            return [prepare({"company_id": company_id}) for _date in dates]
        sequence = self._get_number_sequence(taken[0])
        if sequence.implementation != "standard" or not sequence.use_date_range:
            return [sequence._origin.next_by_id(sequence_date=date) for date in dates]
        new_dates = [row.date for row in taken if not row.range_id]
        if new_dates:
            self._create_ranges(sequence._origin, new_dates)
            later = iter(self._take_values(company_id, new_dates))
            taken = [row if row.range_id else next(later) for row in taken]
        formats = {
            date: sequence.with_context(
                ir_sequence_date=date, ir_sequence_date_range=date_from
            )
            for date, date_from in {(row.date, row.date_from) for row in taken}
        }
        return [formats[row.date].get_next_char(row.value) for row in taken]

    @api.model
    def _get_number_sequence(self, row):
        """Return the sequence record with the values read, which saves a query."""
        Sequence = self.env["ir.sequence"].sudo()
        values = {name: getattr(row, name) for name in SEQUENCE_FIELDS}
        return Sequence.new(values, origin=Sequence.browse(row.sequence_id))

    @api.model
    def _create_ranges(self, sequence, dates):
        """Create the date ranges that dates without one are in.

        Of two who begin a year at once the later begins again, and finds its range: it
        must not be refused because somebody else has made the same one.
        """
        self.env.cr.execute(
            "UPDATE ir_sequence SET write_date = write_date WHERE id = %s",
            (sequence.id,),
        )
        ranges = sequence.env["ir.sequence.date_range"]
        for date in sorted(set(dates)):
            if not any(found.date_from <= date <= found.date_to for found in ranges):
                ranges += sequence._create_date_range_seq(date)

    @api.model
    def _take_values(self, company_id, dates):
        """Return a :class:`TakenValue` for each date; none when there is no sequence.

        The company's own sequence goes before the common one.
        """
        self.env["ir.sequence"].flush_model()
        self.env["ir.sequence.date_range"].flush_model()
        rows = self.env.execute_query(
            SQL(TAKE_VALUES, company_id=company_id, days=dates)
        )
        return [TakenValue(*row) for row in rows]

    def copy(self, default=None):
        """Number a copy as any case is; the base would say the number beforehand."""
        return super().copy({"number": "/", **(default or {})})

    @api.model
    def _prepare_ticket_number(self, values):
        """Number one case; the base calls this when it copies a case."""
        vals = {
            key: values[key] for key in ("company_id", "received_date") if key in values
        }
        self._complete_numbers([vals])
        return vals["number"]
