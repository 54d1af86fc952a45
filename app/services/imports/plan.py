"""What an import will do, row by row, before anything is written; and what it did, afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.services.imports.cells import Problem
from app.services.imports.checking import Check, CheckedRow, Outcome
from app.services.imports.fields import Kind
from app.services.imports.values import Value

ZERO: Final = Decimal(0)

Part: TypeAlias = tuple[str, UUID | None, dict[str, Any], dict[str, Any]]
"""A row that an import writes over: table, id (None where the import adds it), values before and after."""


class Effect(StrEnum):
    """What a row, or the record it belongs to, will do to the books."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"
    REJECTED = "rejected"
    SET_ASIDE = "set aside"


class Mode(StrEnum):
    """What to do when rows were rejected: import nothing, or the good ones."""

    WHOLE_FILE = "whole file"
    GOOD_ROWS = "good rows"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be imported: a checked file, for orders perhaps a second one with the lines.

    ``source`` is the name of the other program; records are known again by it and by their number
    there.  A number that is already in use here means the same record, whatever program it came from.
    """

    check: Check
    source: str = "file"
    lines: Check | None = None

    @property
    def kind(self) -> Kind:
        """What the rows are, for people: orders with their lines elsewhere are orders."""
        return Kind.ORDERS if self.check.kind is Kind.ORDER_HEADERS else self.check.kind

    @property
    def file_names(self) -> str:
        """The names of the files."""
        return " + ".join(part.source.name for part in self.parts)

    @property
    def parts(self) -> tuple[Check, ...]:
        """The checks of the files."""
        return (self.check, self.lines) if self.lines else (self.check,)


@dataclass(frozen=True, slots=True)
class Expected:
    """Customers and products that earlier steps of the same profile will have brought in."""

    customers: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()


@dataclass(slots=True)
class Tally:
    """How many rows and records (customers, orders, …), and how much money, before tax and unrounded."""

    rows: int = 0
    records: int = 0
    money: Decimal = ZERO

    def to_data(self) -> dict[str, Any]:
        """Give the figures as the report keeps them."""
        return {"rows": self.rows, "records": self.records, "money": f"{self.money:f}"}


@dataclass(slots=True)
class Work:
    """One record to write: its rows, its values by field, and the record it changes, if there is one.

    ``values`` holds what the import stores; ``changes`` only what differs from the record ``row_id``.
    ``fingerprint`` tells whether the same content was imported before.
    """

    number: str
    row: CheckedRow
    values: dict[str, Any]
    fingerprint: str
    row_id: UUID | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """A dry run: what each row will do.  ``rows`` are those of the main file, ``line_rows`` of a second one."""

    request: Request
    file_hash: str
    rows: list[CheckedRow]
    line_rows: list[CheckedRow] = field(default_factory=list)
    effects: dict[int, Effect] = field(default_factory=dict)  # of main rows that are ready, by row number
    line_effects: dict[int, Effect] = field(default_factory=dict)
    work: list[Work] = field(default_factory=list)
    expects: bool = False  # counts on records that are not in the books yet: a dry run that cannot be applied
    tallies: dict[Effect, Tally] = field(default_factory=lambda: {effect: Tally() for effect in Effect})
    set_aside: dict[str, Tally] = field(default_factory=dict)  # by the name of the rule
    told: dict[int, str] = field(default_factory=dict)  # what a row changes, in words, by row number

    @property
    def rows_read(self) -> int:
        """Rows that are not empty, without the header, of all files."""
        return len(self.rows) + len(self.line_rows)

    @property
    def rejected(self) -> int:
        """Rows that need a fix."""
        return self.tallies[Effect.REJECTED].rows

    @property
    def ready(self) -> int:
        """Rows that will be written or are there already."""
        return sum(self.tallies[e].rows for e in (Effect.NEW, Effect.CHANGED, Effect.UNCHANGED, Effect.REPEATED))

    @property
    def adjusted(self) -> int:
        """Rows that are imported with something put right for the user."""
        rows = (*self.rows, *self.line_rows)
        return sum(bool(row.notes) and row.outcome is Outcome.READY for row in rows)

    @property
    def money(self) -> Decimal:
        """All rows' money together, whatever becomes of them: quantity times price less discount, unrounded."""
        return sum((tally.money for tally in self.tallies.values()), ZERO)

    def effect(self, row: CheckedRow, *, of_lines: bool = False) -> Effect:
        """Say what a row will do."""
        if row.outcome is not Outcome.READY:
            return Effect(row.outcome.value)
        return (self.line_effects if of_lines else self.effects)[row.number]

    def problems(self) -> Iterator[Problem]:
        """All problems of rejected rows, in the order of the files."""
        for row in (*self.rows, *self.line_rows):
            if row.outcome is Outcome.REJECTED:
                yield from row.problems

    def reasons(self, *, of_lines: bool = False, set_aside: bool = False) -> dict[int, str]:
        """Why rows were rejected (or set aside), by row number: what the file of rejected rows is made from."""
        wanted = Outcome.SET_ASIDE if set_aside else Outcome.REJECTED
        rows = self.line_rows if of_lines else self.rows
        return {row.number: row.reason() for row in rows if row.outcome is wanted}

    def count(self) -> None:
        """Count rows and records once all rows have their effect."""
        for of_lines, rows in ((False, self.rows), (True, self.line_rows)):
            for row in rows:
                effect = self.effect(row, of_lines=of_lines)
                self.tallies[effect].rows += 1
                if row.rule:
                    self.set_aside.setdefault(row.rule, Tally()).rows += 1


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did; ``why`` gives the reason of each rule that set rows aside.

    ``run_id`` is None where everything was here already and nothing was written.
    """

    run_id: UUID | None
    kind: Kind
    source: str
    file_names: str
    rows_read: int
    tallies: Mapping[Effect, Tally]
    set_aside: Mapping[str, Tally]
    why: Mapping[str, str]
    repeated: bool = False  # the same command had been done before

    def sentences(self) -> list[str]:
        """Say it as people read it, one line each."""
        unit = {1: "order"}
        lines = [f"{self.file_names}: {self.rows_read:,} rows read."]
        for effect, words in _WORDS.items():
            tally = self.tallies[effect]
            if tally.rows:
                records = f" ({tally.records:,} {unit.get(tally.records, 'orders')})" if tally.records else ""
                money = f", {tally.money:,f} net" if tally.money else ""
                lines.append(f"{tally.rows:,} rows {words}{records}{money}.")
        lines += [
            f"Set aside, {name}: {tally.rows:,} rows, {tally.money:,f} net. {self.why.get(name, '')}".rstrip()
            for name, tally in self.set_aside.items()
        ]
        return lines


_WORDS: Final = {
    Effect.NEW: "new",
    Effect.CHANGED: "changed records that were here",
    Effect.UNCHANGED: "were here already, unchanged",
    Effect.REPEATED: "repeat the record of an earlier row",
    Effect.REJECTED: "rejected",
    Effect.SET_ASIDE: "set aside by a rule",
}


def values_of(check: Check, row: CheckedRow) -> dict[str, Value]:
    """Give a row's values by field."""
    return dict(zip(check.keys, row.values, strict=True))
