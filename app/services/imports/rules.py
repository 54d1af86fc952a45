"""Written rules for the oddities of a file: which rows are set aside, and what stands in for what is missing.

A rule is data that a person can read, write and save with the mapping.  Its conditions look at fields
after mapping, or at columns of the file as they stand.  The first rule that sets a row aside ends the
search; the others add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fnmatch import translate
from re import IGNORECASE
from re import compile as pattern_of
from typing import Any, Final

from app.errors import Invalid
from app.services.imports import fields
from app.services.imports.cells import Cell
from app.services.imports.fields import Kind
from app.services.imports.values import Value

Test = Callable[[Value], bool]


class Then(StrEnum):
    """What a rule does with the rows it fits.

    ``accept`` takes numbers that are otherwise refused: quantities that are not more than zero and
    prices below zero, as cancellations have them.
    """

    SET_ASIDE = "set aside"
    ACCEPT = "accept"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of a field, or else of a column as it stands in the file.

    The tests are empty, filled, zero, negative, positive, equal to (numbers), like (with * and ?), one of.
    """

    field: str
    test: str
    values: tuple[str, ...] = ()
    column: str = ""

    def to_data(self) -> dict[str, Any]:
        """Give the condition as it is saved."""
        place = {"column": self.column} if self.column else {"field": self.field}
        return place | {"is": self.test} | ({"values": list(self.values)} if self.values else {})

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Condition:
        """Read a saved condition; what is missing raises KeyError."""
        column = str(data.get("column", ""))
        field = "" if column else str(data["field"])
        return cls(field, str(data["is"]), tuple(map(str, data.get("values", ()))), column)


@dataclass(frozen=True, slots=True)
class Rule:
    """One oddity: its name, why it is treated so, when it applies, and what is done.

    With ``whole_document`` the rule sets a row aside only where it fits all rows of the same order.
    ``use`` gives the fields and the values put into them.
    """

    name: str
    why: str
    when: tuple[Condition, ...]
    then: Then
    use: Mapping[str, str] = field(default_factory=dict)
    whole_document: bool = False

    def to_data(self) -> dict[str, Any]:
        """Give the rule as it is saved."""
        when = [condition.to_data() for condition in self.when]
        data: dict[str, Any] = {"name": self.name, "why": self.why, "when": when, "then": self.then.value}
        if self.use:
            data["use"] = dict(self.use)
        if self.whole_document:
            data["whole_document"] = True
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Rule:
        """Read a saved rule.

        Raises:
            Invalid: something in it is not understood.

        """
        try:
            return cls(
                str(data["name"]),
                str(data["why"]),
                tuple(Condition.from_data(condition) for condition in data["when"]),
                Then(data["then"]),
                {str(key): str(value) for key, value in data.get("use", {}).items()},
                bool(data.get("whole_document", False)),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Invalid("rules", f"A rule of the profile is not understood: {error}.") from error


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule made ready for many rows: places among a row's values, and places among its cells."""

    rule: Rule
    tests: tuple[tuple[int, Test], ...]
    cell_tests: tuple[tuple[int, Test], ...]
    use: tuple[tuple[int, Value], ...]

    def fits(self, values: Sequence[Value], cells: Sequence[Cell]) -> bool:
        """Tell whether all conditions hold for a row."""
        for place, test in self.tests:
            if not test(values[place]):
                return False
        return not self.cell_tests or all(
            test(cells[place] if place < len(cells) else "") for place, test in self.cell_tests
        )


@dataclass(frozen=True, slots=True)
class Places:
    """Where rules find things: the kind of rows, the keys of their values in order, and columns by name."""

    kind: Kind
    keys: Sequence[str]
    column: Callable[[str], int | None]

    def field(self, key: str, rule: Rule) -> int:
        """Find a field among the values (Invalid where it is not there)."""
        fields.field(self.kind, key)
        if key not in self.keys:
            raise Invalid("rules", f"The rule “{rule.name}” needs the field {key}, which no column fills.")
        return self.keys.index(key)

    def cell(self, name: str, rule: Rule) -> int:
        """Find a column among the cells (Invalid where it is not there)."""
        place = self.column(name)
        if place is None:
            raise Invalid("rules", f"The rule “{rule.name}” needs the column {name}, which the file does not have.")
        return place


def compile_rules(rules: Sequence[Rule], places: Places, read: Callable[[int, str], Value]) -> list[CompiledRule]:
    """Make rules ready.  ``read`` turns a text that a rule puts in into the value of the field at a place.

    Raises:
        Invalid: a rule names a field or column that is not there, or a test that does not exist.

    """
    compiled = []
    for rule in rules:
        uses = [(places.field(key, rule), value) for key, value in rule.use.items()]
        compiled.append(
            CompiledRule(
                rule,
                tuple((places.field(c.field, rule), _test(c, rule)) for c in rule.when if not c.column),
                tuple((places.cell(c.column, rule), _test(c, rule)) for c in rule.when if c.column),
                tuple((place, read(place, value)) for place, value in uses),
            )
        )
    return compiled


def _test(condition: Condition, rule: Rule) -> Test:
    make = _TESTS.get(condition.test)
    if make is None or (condition.test in {"like", "one of", "equal to"} and not condition.values):
        known = ", ".join(_TESTS)
        raise Invalid("rules", f"The rule “{rule.name}” asks “is {condition.test}”. It may ask: {known}.")
    return make(condition.values)


def _like(values: tuple[str, ...]) -> Test:
    pattern = pattern_of("|".join(translate(value) for value in values), IGNORECASE)
    return lambda value: isinstance(value, str) and pattern.match(value) is not None


def _one_of(values: tuple[str, ...]) -> Test:
    wanted = frozenset(value.casefold() for value in values)
    return lambda value: isinstance(value, str) and value.casefold() in wanted


def _equal(values: tuple[str, ...]) -> Test:
    try:
        numbers = [Decimal(value) for value in values]
    except InvalidOperation as error:
        raise Invalid("rules", f"A rule compares with “{values[0]}”, which is no number.") from error
    return lambda value: isinstance(value, Decimal) and value in numbers


_TESTS: Final[dict[str, Callable[[tuple[str, ...]], Test]]] = {
    "empty": lambda _: lambda value: value is None or value == "",
    "filled": lambda _: lambda value: value is not None and value != "",
    "zero": lambda _: lambda value: isinstance(value, Decimal) and not value,
    "negative": lambda _: lambda value: isinstance(value, Decimal) and value < 0,
    "positive": lambda _: lambda value: isinstance(value, Decimal) and value > 0,
    "like": _like,
    "one of": _one_of,
    "equal to": _equal,
}
