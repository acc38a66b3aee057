"""Bring the rows of a file into the desk, a batch at a time.

Knows nothing of run records, buttons or progress bars: whoever runs it books the
result of each batch and commits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from psycopg2 import DataError, IntegrityError

from odoo.api import Environment
from odoo.exceptions import UserError

from ...tools.open_data import (
    CaseRecord,
    KnownCase,
    OpenDataReader,
    RowError,
    Update,
    plan_update,
)
from .citizen_import_value import Named, values_of

BATCH_SIZE = 500
"""Rows between two commits."""

COUNTS = ("read", "created", "updated", "unchanged", "left", "rejected")


@dataclass
class BatchResult:
    """What became of one batch of rows; every row read is counted once more."""

    line: int = 0
    """The last line of the file that is dealt with."""
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Values of ``citizen.import.row`` for rows that somebody should look at."""
    missing: set[Named] = field(default_factory=set)
    """Values that have no counterpart here yet (and get one, unless dry)."""

    def count(self, kind: str) -> None:
        self.counts[kind] += 1


class ImportJob:
    """Import what a reader yields into one source.

    :param source: a ``citizen.import.source``; may be empty when ``dry``
    :param file_name: for the history of the cases
    :param dry: only say what would happen; nothing at all is written
    :param after_line: skip the rows up to this line, an earlier attempt did them
    """

    def __init__(
        self,
        env: Environment,
        source: Any,
        file_name: str,
        *,
        dry: bool = False,
        after_line: int = 0,
    ) -> None:
        self._env = env
        self._source = source.with_env(env)
        self._file_name = file_name
        self._dry = dry
        self._after_line = after_line

    def batches(self, reader: OpenDataReader) -> Iterator[BatchResult]:
        """Work off the file; the caller commits (or stops) after each batch."""
        outcomes = (o for o in reader if o.line > self._after_line)
        while batch := list(islice(outcomes, BATCH_SIZE)):
            yield self._work_off(batch)

    def _work_off(self, batch: list[CaseRecord | RowError]) -> BatchResult:
        result = BatchResult(line=max(outcome.line for outcome in batch))
        result.counts["read"] = len(batch)
        known = self._known_cases(o.key for o in batch if isinstance(o, CaseRecord))
        new = []
        for outcome in batch:
            if isinstance(outcome, RowError):
                self._reject(result, outcome)
            elif outcome.key in known:
                self._refresh(result, outcome, *known[outcome.key])
            else:
                new.append(outcome)
        if new:
            result.missing = self._missing_values(new)
            self._create(result, new)
        return result

    # ---------------------------------------------------------- known cases
    def _known_cases(self, keys: Iterable[str]) -> dict[str, tuple[Any, KnownCase]]:
        """Find the cases of these keys, whatever company or archive they are in."""
        if not self._source:
            return {}
        cases = (
            self._env["helpdesk.ticket"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [("source_id", "=", self._source.id), ("source_key", "in", list(keys))],
                ["source_key", "source_facts", "phase", "user_id"],
                order="id",
            )
        )
        return {
            case.source_key: (
                case,
                KnownCase(case.source_facts or "", case.phase, bool(case.user_id)),
            )
            for case in cases
        }

    def _refresh(
        self, result: BatchResult, record: CaseRecord, case: Any, known: KnownCase
    ) -> None:
        """Take over what a changed row may change; tell the rest."""
        update = plan_update(known, record)
        if update is None:
            result.count("unchanged")
            return
        if update.left:
            self._leave(result, record, update)
        if not update.takes_something:
            # A row whose changes are all left to the staff counts as left; one
            # that only words its status differently changes nothing here.
            result.count("left" if update.left else "unchanged")
            return
        result.count("updated")
        if not self._dry:
            case._update_from_source(record, update, self._file_name)

    def _leave(self, result: BatchResult, record: CaseRecord, update: Update) -> None:
        reason = self._env._(
            "Changed at the source and left to the staff: %(facts)s.",
            facts=", ".join(update.left),
        )
        result.rows.append(
            {
                "kind": "left",
                "line": record.line,
                "key": record.key,
                "reason": reason,
            }
        )

    # ------------------------------------------------------------ new cases
    def _missing_values(self, records: list[CaseRecord]) -> set[Named]:
        names = {name for record in records for name in values_of(record)}
        known = self._env["citizen.import.value"]._get_known(self._source, names)
        return {name for name in names if (name.kind, name.label.key) not in known}

    def _create(self, result: BatchResult, records: list[CaseRecord]) -> None:
        """Create all cases at once; only if that fails, find the row that is bad."""
        try:
            self._create_at_once(records)
        except (UserError, IntegrityError, DataError) as error:
            if len(records) == 1:
                self._reject(result, records[0], self._in_plain_words(error))
                return
            half = len(records) // 2
            self._create(result, records[:half])
            self._create(result, records[half:])
        else:
            result.counts["created"] += len(records)

    def _create_at_once(self, records: list[CaseRecord]) -> None:
        if self._dry:
            return
        env = self._env
        with env.cr.savepoint():
            targets = env["citizen.import.value"]._resolve(self._source, records)
            env["helpdesk.ticket"]._create_from_source(
                self._source, records, targets, self._file_name
            )

    # -------------------------------------------------------------- rejects
    def _reject(
        self, result: BatchResult, row: CaseRecord | RowError, reason: str = ""
    ) -> None:
        result.count("rejected")
        values = {"kind": "rejected", "line": row.line, "key": row.key}
        if isinstance(row, RowError):
            explain = self._env["citizen.import.source"]._explain
            values["reason"] = explain([row.reason])
            values["column"] = row.column
            values["cells"] = list(row.values)
        else:
            values["reason"] = reason
            values["cells"] = list(row.values)
        result.rows.append(values)

    def _in_plain_words(self, error: Exception) -> str:
        if isinstance(error, UserError):
            return str(error.args[0])
        detail = getattr(error, "diag", None)
        message = (detail and detail.message_primary) or str(error)
        return self._env._("The database refuses the row: %s", message)
