"""Written rules for the oddities of a file: which rows are set aside, and what stands in for what is missing.

A rule is data that a person can read, write and save with the mapping.  Its conditions look at the
fields after mapping; the first rule that sets a row aside ends the search, others add up.
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
from app.services.imports.fields import Kind
from app.services.imports.values import Value

Test = Callable[[Value], bool]


class Then(StrEnum):
    """What a rule does with the rows it fits."""

    SET_ASIDE = "set aside"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one field: ``is`` empty, filled, zero, negative, positive, like (with * and ?) or one of."""

    field: str
    test: str
    values: tuple[str, ...] = ()


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
        when = [{"field": c.field, "is": c.test} | ({"values": list(c.values)} if c.values else {}) for c in self.when]
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
            when = tuple(
                Condition(c["field"], c["is"], tuple(str(v) for v in c.get("values", ()))) for c in data["when"]
            )
            return cls(
                str(data["name"]),
                str(data["why"]),
                when,
                Then(data["then"]),
                {str(key): str(value) for key, value in data.get("use", {}).items()},
                bool(data.get("whole_document", False)),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Invalid("rules", f"A rule of the profile is not understood: {error}.") from error


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule made ready for many rows; ``places`` are positions of fields among the values of a row."""

    rule: Rule
    tests: tuple[tuple[int, Test], ...]
    use: tuple[tuple[int, Value], ...]

    def fits(self, values: Sequence[Value]) -> bool:
        """Tell whether all conditions hold for a row."""
        return all(test(values[place]) for place, test in self.tests)


def compile_rules(
    rules: Sequence[Rule], kind: Kind, keys: Sequence[str], read: Callable[[int, str], Value]
) -> list[CompiledRule]:
    """Make rules ready for rows whose values stand in the order of ``keys``.

    ``read`` turns the text that a rule puts in into the value of the field at a place.

    Raises:
        Invalid: a rule names a field that is not there, or a test that does not exist.

    """
    return [
        CompiledRule(
            rule,
            tuple((_place(condition.field, kind, keys, rule), _test(condition, rule)) for condition in rule.when),
            tuple((place, read(place, value)) for place, value in _uses(rule, kind, keys)),
        )
        for rule in rules
    ]


def _uses(rule: Rule, kind: Kind, keys: Sequence[str]) -> list[tuple[int, str]]:
    return [(_place(key, kind, keys, rule), value) for key, value in rule.use.items()]


def _place(key: str, kind: Kind, keys: Sequence[str], rule: Rule) -> int:
    fields.field(kind, key)
    if key not in keys:
        raise Invalid("rules", f"The rule “{rule.name}” needs the field {key}, which no column fills.")
    return keys.index(key)


def _test(condition: Condition, rule: Rule) -> Test:
    make = _TESTS.get(condition.test)
    if make is None or (condition.test in {"like", "one of", "equal to"} and not condition.values):
        known = ", ".join(_TESTS)
        raise Invalid("rules", f"The rule “{rule.name}” asks “is {condition.test}”. It may ask: {known}.")
    return make(condition.values)


def _like(values: tuple[str, ...]) -> Test:
    patterns = [pattern_of(translate(value), IGNORECASE) for value in values]
    return lambda value: isinstance(value, str) and any(pattern.match(value) for pattern in patterns)


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
