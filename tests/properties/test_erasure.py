"""What always holds of retention and of the seal of a proof."""

from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.erasure import (
    CaseFacts,
    retention_end,
    seal,
    verdict,
)

moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))
months = st.integers(1, 1200)
cases = st.builds(
    CaseFacts,
    is_open=st.booleans(),
    closed=st.none() | moments,
    erased=st.none() | moments,
    months=st.none() | months,
    is_kept=st.booleans(),
    is_held=st.booleans(),
)


@given(moments, months)
def test_retention_ends_so_many_calendar_months_later(closed, count):
    assert retention_end(closed, count) == closed + relativedelta(months=count)


@given(cases, moments)
def test_due_only_if_nothing_speaks_against_it(case, now):
    is_due = verdict(case, now) == "due"
    assert is_due == (
        not (case.is_open or case.is_kept or case.is_held or case.erased)
        and case.closed is not None
        and case.months is not None
        and case.closed + relativedelta(months=case.months) <= now
    )


@given(cases, moments, st.timedeltas(timedelta(0), timedelta(9999)))
def test_what_is_due_stays_due(case, now, later):
    if verdict(case, now) == "due":
        assert verdict(case, now + later) == "due"


values = st.dictionaries(st.text(), st.integers() | st.text() | st.none(), max_size=5)


@given(st.text(), values, st.text(), values)
def test_seals_agree_only_on_the_same_proof(subject, proof, other, changed):
    same = (subject, proof) == (other, changed)
    if "\n" not in subject + other:
        assert (seal(subject, proof) == seal(other, changed)) == same


@given(st.text(), values)
def test_order_does_not_matter(subject, proof):
    turned = dict(reversed(list(proof.items())))
    assert seal(subject, proof) == seal(subject, turned)
