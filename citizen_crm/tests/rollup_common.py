from collections import Counter
from zoneinfo import ZoneInfo

from ..models.rollup.citizen_rollup import ROLLUPS
from ..tools.day_spans import day_of


class RollupMixin:
    """Reading the stored figures, and counting the same one by one."""

    def _refresh(self):
        self.env["citizen.rollup"]._refresh(batch=None)

    def _read(self, model):
        """Return the stored figures: (day, dimensions) -> sums, without zeros."""
        rows = self.env[model].search([])
        names = ("day", *rows._dimensions)
        return {
            tuple(_plain(row[name]) for name in names): Counter(
                {name: row[name] for name in rows._sums if row[name]}
            )
            for row in rows
        }

    def _count_cases(self, model):
        dimensions = self.env[model]._dimensions
        figures = {}

        def note(case, at, **sums):
            key = get_day(self, at), *(_plain(case[name]) for name in dimensions)
            figures.setdefault(key, Counter()).update(
                {name: value for name, value in sums.items() if value}
            )

        for case in self._seen():
            note(case, case.received_date, received_count=1, open_count=case.is_open)
            if case.is_open or not case.closed_date:
                continue
            minutes = (case.closed_date - case.received_date).total_seconds() / 60
            note(
                case,
                case.closed_date,
                ended_count=1,
                confirmed_count=case.outcome == "confirmed",
                disputed_count=case.outcome in ("not_solved", "disputed"),
                ended_minutes=round(minutes),
                **{f"{case.phase}_count": 1},
            )
        return figures

    def _count_promises(self):
        figures = {}
        counts = {
            "met": ("met_count", "decided_count"),
            "missed": ("missed_count", "decided_count"),
            "not_applicable": ("excluded_count",),
            "undetermined": ("undetermined_count",),
        }
        for clock in self._seen().clock_ids:
            case = clock.case_id
            key = (
                get_day(self, clock.due),
                _plain(case.company_id),
                _plain(clock.team_id or case.team_id),
                _plain(case.category_id),
                clock.kind,
                clock.basis,
            )
            names = ("promise_count", *counts.get(clock.state, ("open_count",)))
            figures.setdefault(key, Counter()).update(names)
        return figures

    def _seen(self):
        """Return the cases that are counted: not those taken out while open."""
        every = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        return every.search([], order="id").filtered(
            lambda case: (case.active or not case.is_open) and not case.confidential
        )

    def assertCounted(self):
        """All figures are those that are counted one by one, and the check says so."""
        self.env.flush_all()
        self.env.invalidate_all()
        for model in ROLLUPS[:3]:
            self.assertEqual(self._read(model), self._count_cases(model))
        self.assertEqual(self._read("citizen.sla.rollup"), self._count_promises())
        self.assertEqual(self.env["citizen.rollup"]._check(), 0)

    def _get_marks(self):
        """Return what is marked to be counted again."""
        self.env.flush_all()
        zone = self.env["citizen.rollup"]._get_zone()
        return set(self.env["citizen.rollup"]._get_marked(zone))


def _plain(value):
    return getattr(value, "id", value)


def get_day(test, at):
    """Return the day of a moment in the city, False for none."""
    zone = ZoneInfo(test.env["citizen.rollup"]._get_zone())
    return day_of(at, zone) if at else False
