"""What the import page shows: how each column is read, and the rows with what is wrong at their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.services.imports.cells import Problem, Unclear, shown
from app.services.imports.checking import Check, CheckedRow, Outcome
from app.services.imports.plan import Effect, Plan
from app.services.imports.values import CellReader, Value

_ORDER: Final = {Outcome.REJECTED: 0, Outcome.SET_ASIDE: 2, Outcome.READY: 3, Outcome.REPEATED: 3}
_ADJUSTED: Final = 1


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """One column: its name, the field it fills (empty: skipped), its first value, and how that is read.

    ``after`` is empty where the value is taken as it stands; ``problem`` says why it cannot be read.
    """

    column: str
    field: str
    label: str
    before: str
    after: str
    problem: str


@dataclass(frozen=True, slots=True)
class RowPreview:
    """One row: its number in the file, what it will do, its values in the order of the check's keys.

    ``marks`` are the problems and changes at their cells, by field; ``message`` says them in one line.
    """

    number: int
    effect: Effect
    cells: tuple[str, ...]
    marks: dict[str, Problem]
    message: str


def columns(check: Check) -> list[ColumnPreview]:
    """Show each column of the file with the field it fills and how its first value is read."""
    fed = {source.column: source for source in check.mapping.sources if source.column}
    fields = {field.key: field for field in check.fields}
    rows = []
    for column in check.detection.columns:
        before = shown(column.first)
        source = fed.get(column.name)
        if source is None:
            rows.append(ColumnPreview(column.name, "", "", before, "", ""))
            continue
        field, after, problem = fields[source.field], "", ""
        try:
            after = written(CellReader(field, source)(column.first)[0])
        except Unclear as error:
            problem = f"{error.reason} {error.fix}".strip()
        rows.append(
            ColumnPreview(column.name, field.key, field.label, before, after if after != before else "", problem)
        )
    return rows


def rows(plan: Plan, *, limit: int, problems_only: bool = False, of_lines: bool = False) -> list[RowPreview]:
    """Show rows of the main or the second file: those that need a fix first, then those changed for the user."""
    every = plan.line_rows if of_lines else plan.rows
    ordered = sorted((row for row in every if not problems_only or row.outcome is Outcome.REJECTED), key=_rank)
    return [_row(plan, row, of_lines=of_lines) for row in islice(ordered, limit)]


def written(value: Value) -> str:
    """Write a value as it was read, for comparison with the cell: dates ISO, numbers with a point."""
    return "" if value is None else shown(value)


def _row(plan: Plan, row: CheckedRow, *, of_lines: bool) -> RowPreview:
    marks = {problem.field: problem for problem in _marks(row)}
    message = row.reason() or " · ".join(note.reason for note in row.notes)
    cells = tuple(written(value) for value in row.values)
    return RowPreview(row.number, plan.effect(row, of_lines=of_lines), cells, marks, message)


def _marks(row: CheckedRow) -> Iterator[Problem]:
    yield from reversed(row.notes)
    yield from reversed(row.problems)  # the first one at a cell is shown


def _rank(row: CheckedRow) -> int:
    return _ADJUSTED if row.outcome is Outcome.READY and row.notes else _ORDER[row.outcome]
