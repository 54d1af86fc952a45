"""Compares what a case expects with what was found, and remembers every difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.models.rounding import Rational
from tests.scenarios.facts import Facts, NotCovered, number


@dataclass
class Checks:
    """The comparisons of one case.  ``label`` is the variant or step that is running."""

    differences: list[str] = field(default_factory=list)
    count: int = 0
    label: str = ""

    def same(self, place: str, expected: Any, found: Any) -> None:
        """Texts, flags and counts: equal or not."""
        self.count += 1
        if expected != found:
            self._differ(place, expected, found)

    def figure(self, place: str, expected: Any, found: Rational | None) -> None:
        """Figures: the same number, however many zeros it is written with."""
        self.count += 1
        wanted = None if expected is None else Fraction(number(expected, place))
        if found is None or wanted is None:
            if not (found is None and wanted is None):
                self._differ(place, expected, found)
        elif wanted != Fraction(found):
            self._differ(place, expected, found)

    def written(self, place: str, expected: Any, found: Fraction | None) -> None:
        """Figures without end: the same as far as the case writes them, give or take one in the last place."""
        self.count += 1
        if expected is None or found is None:
            if not (expected is None and found is None):
                self._differ(place, expected, found)
            return
        wanted = number(expected, place)
        exponent = wanted.as_tuple().exponent
        last_place = Fraction(10) ** min(int(exponent), 0)
        if wanted == found or (int(exponent) < 0 and abs(Fraction(wanted) - found) <= last_place):
            return
        self._differ(place, expected, found)

    def amounts(self, expected: Facts, found: Mapping[str, Rational | None]) -> None:
        """Each expected figure that ``found`` has a value for; other names stay unread."""
        for name in list(expected):
            if name in found:
                self.figure(expected.place(name), expected.value(name), found[name])

    def same_rows(self, place: str, expected: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> None:
        """Rows of figures in any order: there must be exactly these, and no name may be unknown."""
        self.count += 1
        names = {name for row in expected for name in row}
        unknown = names - {name for row in found for name in row}
        if unknown and found:
            raise NotCovered(f"{place}: {', '.join(sorted(unknown))}")
        wanted = Counter(_row(row, place, names) for row in expected)
        there = Counter(_row({name: row[name] for name in names}, place, names) for row in found)
        if wanted != there:
            self._differ(place, [dict(row) for row in expected], [{name: row[name] for name in names} for row in found])

    def refused(
        self, expected: str, errors: Mapping[str, type[Exception]], act: Callable[..., object], *arguments: object
    ) -> None:
        """The service must refuse with the error that the name ``expected`` stands for."""
        self.count += 1
        if expected not in errors:
            raise NotCovered(f"{expected!r} is not a refusal this kind knows")
        try:
            found = act(*arguments)
        except errors[expected]:
            return
        self._differ("refusal", expected, found)

    def _differ(self, place: str, expected: Any, found: Any) -> None:
        label = f"{self.label}: " if self.label else ""
        self.differences.append(f"{label}{place}: expected {_shown(expected)}, found {_shown(found)}")


def _row(row: Mapping[str, Any], place: str, names: set[str]) -> tuple[tuple[str, Decimal | None], ...]:
    return tuple((name, number(str(row[name]), place).normalize() if name in row else None) for name in sorted(names))


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_shown(each)}" for name, each in value.items()) + "}"
    return str(value)
