"""Checking a file row by row: each cell becomes a value or a problem, each row is ready, rejected or set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.errors import Invalid
from app.services.imports import fields
from app.services.imports.cells import Cell, Problem, Unclear, short, shown
from app.services.imports.detection import Detection, data_rows
from app.services.imports.fields import Field, Kind
from app.services.imports.mapping import FieldSource, Mapping, complete
from app.services.imports.reading import Source
from app.services.imports.repeats import Repeated, merge
from app.services.imports.rules import CompiledRule, Places, Rule, Then, compile_rules
from app.services.imports.values import CellReader, Value
from app.services.progress import Progress, Quiet

RECORD_KEYS: Final = {Kind.CUSTOMERS: ("number",), Kind.PRODUCTS: ("sku",), Kind.STOCK: ("sku", "location")}
"""The fields that tell one record from another, for kinds whose rows are records."""

QUIET: Final = Quiet()
_EVERY: Final = 1_000


class Outcome(StrEnum):
    """What becomes of a row."""

    READY = "ready"
    REPEATED = "repeated"  # belongs to the record of an earlier row
    REJECTED = "rejected"
    SET_ASIDE = "set aside"


@dataclass(slots=True)
class CheckedRow:
    """One row: its values in the order of the check's keys, what is wrong, and what was changed for the user.

    ``rule`` names the rule that set the row aside.  ``accepted`` is true where a rule takes numbers
    that are otherwise refused.  ``same_as`` is the earlier row whose record this one belongs to.
    """

    number: int
    values: list[Value]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    rule: str = ""
    accepted: bool = False
    same_as: int = 0

    @property
    def outcome(self) -> Outcome:
        """What becomes of the row."""
        if self.rule:
            return Outcome.SET_ASIDE
        if self.problems:
            return Outcome.REJECTED
        return Outcome.REPEATED if self.same_as else Outcome.READY

    def reason(self) -> str:
        """Say in one line why the row is not imported; empty for a row that is."""
        if self.rule:
            return f"Set aside: {self.rule}"
        return " · ".join(problem.sentence() for problem in self.problems)

    def reject(self, problem: Problem) -> None:
        """Note that something is wrong with the row that was only seen beside other rows or records."""
        self.problems = (*self.problems, problem)


class Check:
    """A file, what was found out about it and the mapping, made ready to be checked.

    Making one raises :class:`app.errors.Invalid` where the mapping or a rule does not fit the file.
    """

    def __init__(
        self,
        source: Source,
        detection: Detection,
        mapping: Mapping,
        rules: Sequence[Rule] = (),
        repeated: Repeated = Repeated.REJECT,
    ) -> None:
        self.source, self.detection, self.rules, self.repeated = source, detection, tuple(rules), repeated
        self.mapping = complete(mapping, detection)
        self.kind = mapping.kind
        known = {found.field: found for found in self.mapping.sources}
        self.fields: Final[tuple[Field, ...]] = tuple(f for f in fields.FIELDS[self.kind] if f.key in known)
        self.keys: Final = tuple(field.key for field in self.fields)
        self._readers = [CellReader(field, known[field.key]) for field in self.fields]
        self._positions = [self._position(known[field.key]) for field in self.fields]
        self._instead = [(p, self._place(known[k].or_field)) for p, k in enumerate(self.keys) if known[k].or_field]
        self._rules = compile_rules(rules, Places(self.kind, self.keys, self._column), self._constant)
        self._document = self.place("number")
        if self._document is None and any(rule.whole_document for rule in rules):
            raise Invalid("rules", "A rule for whole orders needs the order number, which no column fills.")

    def place(self, key: str) -> int | None:
        """Find where the field ``key`` stands among the values of a row; None where no column fills it."""
        return self.keys.index(key) if key in self.keys else None

    def rows(self, progress: Progress = QUIET) -> list[CheckedRow]:
        """Check all rows; empty ones are left out."""
        checked: list[CheckedRow] = []
        pending: list[tuple[CheckedRow, list[CompiledRule]]] = []
        for row, wide in self._read(progress):
            if wide:
                pending.append((row, wide))
            checked.append(row)
        if pending:
            self._set_documents_aside(checked, pending)
        if self.kind in RECORD_KEYS:
            self._merge(checked)
        for row in checked:
            if not (row.rule or row.problems or row.same_as):
                for place, other in self._instead:
                    if row.values[place] in ("", None):
                        row.values[place] = row.values[other]
                row.problems = self._missing(row)
        return checked

    def problem(self, row: CheckedRow, key: str, reason: str, fix: str = "") -> Problem:
        """Make a problem of a row's field, with the column's name and the value as it was read."""
        place = self._place(key)
        value = row.values[place]
        return self._problem(row.number, self._readers[place], "" if value is None else value, reason, fix)

    # ------------------------------------------------------------------------------------- one row

    def _read(self, progress: Progress) -> Iterator[tuple[CheckedRow, list[CompiledRule]]]:
        width, done = self.detection.width, 0
        plan = list(zip(self._positions, self._readers, strict=True))
        for number, cells in data_rows(self.source, self.detection.layout):
            if not any(cells):
                continue
            done += 1
            if done % _EVERY == 0:
                progress.step(done, self.detection.rows, f"Checking {self.source.name}")
            values: list[Value] = []
            problems: list[Problem] = []
            notes: list[Problem] = []
            filled = len(cells)
            for position, reader in plan:
                cell = cells[position] if position < filled else ""
                try:
                    value, note = reader(cell)
                except Unclear as error:
                    value = reader.empty
                    problems.append(self._problem(number, reader, cell, error.reason, error.fix))
                else:
                    if note:
                        notes.append(self._problem(number, reader, cell, f"{note}.", "", note=True))
                values.append(value)
            if width and filled > width and any(cells[width:]):
                problems.append(_too_wide(number, filled, width))
            row = CheckedRow(number, values, tuple(problems), tuple(notes))
            yield row, self._apply_rules(row, cells) if self._rules else []

    def _apply_rules(self, row: CheckedRow, cells: Sequence[Cell]) -> list[CompiledRule]:
        """Let the rules change the row or set it aside; give those that wait for the whole order."""
        wide = []
        for rule in self._rules:
            if not rule.fits(row.values, cells):
                continue
            for place, value in rule.use:
                row.values[place] = value
            if rule.rule.then is Then.ACCEPT:
                row.accepted = True
            elif rule.rule.then is Then.SET_ASIDE:
                if rule.rule.whole_document:
                    wide.append(rule)
                else:
                    row.rule = rule.rule.name
                    break
        return wide

    def _set_documents_aside(
        self, rows: Iterable[CheckedRow], pending: list[tuple[CheckedRow, list[CompiledRule]]]
    ) -> None:
        """Set a row aside where a rule for whole orders fits every row of its order."""
        place = self._document
        assert place is not None, "a rule for whole orders is refused without it"
        totals: dict[Value, int] = {}
        for row in rows:
            totals[row.values[place]] = totals.get(row.values[place], 0) + 1
        fitting: dict[tuple[int, Value], int] = {}
        for row, rules in pending:
            for rule in rules:
                key = (id(rule), row.values[place])
                fitting[key] = fitting.get(key, 0) + 1
        for row, rules in pending:
            document = row.values[place]
            first = next((rule for rule in rules if fitting[id(rule), document] == totals[document]), None)
            if first and not row.rule:
                row.rule = first.rule.name

    def _merge(self, checked: list[CheckedRow]) -> None:
        """Bring the rows of one record together, or reject the later ones."""
        places = [place for key in RECORD_KEYS[self.kind] if (place := self.place(key)) is not None]
        groups: dict[tuple[Value, ...], list[CheckedRow]] = {}
        for row in checked:
            if not row.rule and not row.problems and row.values[places[0]]:
                groups.setdefault(tuple(_folded(row.values[place]) for place in places), []).append(row)
        for group in groups.values():
            first = group[0]
            if len(group) > 1 and self.repeated is not Repeated.REJECT:
                first.values = merge([row.values for row in group], self.repeated)
                for row in group[1:]:
                    row.same_as = first.number
            for row in group[1:] if self.repeated is Repeated.REJECT else ():
                label, value = self.fields[places[0]].label, row.values[places[0]]
                reason = f"{label} {value} stands in row {first.number:,} already."
                fix = "Keep one of the rows, or say that rows with the same number are one record."
                row.reject(self.problem(row, self.keys[places[0]], reason, fix))

    def _missing(self, row: CheckedRow) -> tuple[Problem, ...]:
        problems = []
        for value, field, reader in zip(row.values, self.fields, self._readers, strict=True):
            reason, fix = "", "Correct it, or take such rows with a rule."
            if value is None or value == "":
                if field.required:
                    reason, fix = f"{field.label} is empty.", "Fill it in."
            elif isinstance(value, Decimal) and not row.accepted:
                if field.positive and value <= 0:
                    reason = f"{field.label} must be more than 0."
                elif field.low is not None and value < field.low:
                    reason = f"{field.label} must not be less than {field.low}."
            if reason:
                problems.append(self._problem(row.number, reader, "" if value is None else value, reason, fix))
        return tuple(problems)

    # ------------------------------------------------------------------------------------- set-up

    def _place(self, key: str) -> int:
        place = self.place(key)
        if place is None:
            raise Invalid(key, f"The field {key} is needed, but no column fills it. Choose one.")
        return place

    def _column(self, name: str) -> int | None:
        column = self.detection.column(name)
        return column.position if column else None

    def _position(self, source: FieldSource) -> int:
        """Where the source's column stands in a row; far right, so always empty, for a constant."""
        position = self._column(source.column) if source.column else None
        return 1 << 30 if position is None else position

    def _constant(self, place: int, text: str) -> Value:
        return self._readers[place].stated(text)

    def _problem(
        self, row: int, reader: CellReader, cell: Cell, reason: str, fix: str, *, note: bool = False
    ) -> Problem:
        column = reader.source.column or reader.field.label
        return Problem(row, column, reader.field.key, short(shown(cell)), _sentence(reason), fix, note)


def _too_wide(number: int, cells: int, width: int) -> Problem:
    reason = f"The row has {cells} cells, the header has {width}."
    return Problem(number, "", "", "", reason, "Put texts that contain the delimiter between quotation marks.")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _folded(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value
