"""What a chart shows, as exact values: lines, bars and bands over days, numbers or names.

A :class:`Picture` knows no Qt and no pixels.  :class:`app.views.widgets.chart.Chart` draws it, reads it out under the
pointer, by keyboard and to screen readers, and its figures are what is saved as a table: all from the same values, so
that no two of them can differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.services import unit_words
from app.services.spreadsheets import Value
from app.views import format as written
from app.views.format import tr

Place = date | Decimal | int | str
"""Where a figure stands on the foot of a chart: a day, a number, or a name (then one after another)."""
Figure = Decimal | int | None
"""An exact figure; None where there is none: a line is broken there."""
DASH: Final = "–"


class Ink(StrEnum):
    """The colours of a chart, by token: told apart by people who see no red or no green, in light and dark."""

    ACTUAL = "chart_actual"
    FORECAST = "chart_forecast"
    REORDER = "chart_reorder"
    FOURTH = "chart_fourth"
    FAINT = "text3"
    BAD = "bad"


class Shape(StrEnum):
    """How a series is drawn; no two series of one picture should differ by colour alone."""

    LINE = "line"
    THICK = "thick"
    DASHED = "dashed"
    STEPS = "steps"
    BARS = "bars"
    DOTS = "dots"


@dataclass(frozen=True, slots=True)
class Series:
    """One figure for each place, under a name."""

    name: str
    values: Sequence[Figure]
    ink: Ink = Ink.ACTUAL
    shape: Shape = Shape.LINE


@dataclass(frozen=True, slots=True)
class Band:
    """From a low to a high figure at each place; ``strength`` is how much of its colour shows, of 255."""

    name: str
    low: Sequence[Figure]
    high: Sequence[Figure]
    ink: Ink = Ink.FORECAST
    strength: int = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright line at a place, with a word: today, the day stock runs out."""

    place: Place
    text: str = ""
    ink: Ink = Ink.FAINT


@dataclass(frozen=True, slots=True)
class Level:
    """A line across at a figure, with a word: a reorder point, a goal."""

    figure: Decimal
    text: str = ""
    ink: Ink = Ink.REORDER


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything one chart shows.

    ``places`` are in rising order, all of one kind; each series and band has as many figures.  ``unit`` is written
    behind figures that are read out (``pcs``, ``EUR``), ``decimals`` is how many of them an amount has (None: as many
    as it needs).  ``from_zero`` lets the height begin at nothing; a share of a hundred or a price may begin elsewhere.
    ``stacked`` puts bars on one another instead of side by side.  ``place_name`` heads the places in the table.
    """

    title: str
    places: Sequence[Place]
    series: Sequence[Series] = ()
    bands: Sequence[Band] = ()
    marks: Sequence[Mark] = ()
    levels: Sequence[Level] = ()
    unit: str = ""
    decimals: int | None = None
    from_zero: bool = True
    stacked: bool = False
    place_name: str = ""

    def __post_init__(self) -> None:
        """Every series has a figure, or None, for each place."""
        count = len(self.places)
        for one in self.series:
            assert len(one.values) == count, f"{one.name} has a figure for each place"
        for band in self.bands:
            assert len(band.low) == len(band.high) == count, f"{band.name} has two figures for each place"

    def positions(self) -> list[Decimal]:
        """Give where each place stands: days by their number, names one after another."""
        return [position(place, number) for number, place in enumerate(self.places)]

    def position_of(self, place: Place) -> Decimal:
        """Give where a place stands that a mark names; a name must be one of the places."""
        return position(place, list(self.places).index(place) if isinstance(place, str) else 0)

    def bounds(self) -> tuple[Decimal, Decimal]:
        """Give the lowest and the highest figure there is to show; zero to one where there is none."""
        found = [Decimal(one) for series in self.series for one in series.values if one is not None]
        found += [Decimal(one) for band in self.bands for one in (*band.low, *band.high) if one is not None]
        found += [level.figure for level in self.levels]
        if self.stacked:
            found += self._heights()
        if self.from_zero or not found:
            found.append(Decimal(0))
        low, high = min(found), max(found)
        return low, high if high > low else low + 1

    def _heights(self) -> list[Decimal]:
        bars = [one.values for one in self.series if one.shape is Shape.BARS]
        return [sum((Decimal(one or 0) for one in standing), Decimal(0)) for standing in zip(*bars, strict=True)]

    def place_text(self, number: int) -> str:
        """Write a place in full: ``Mon 23 Nov 2026``."""
        place = self.places[number]
        if isinstance(place, date):
            return written.full_day(place)
        return place if isinstance(place, str) else written.quantity(Decimal(place))

    def figure_text(self, figure: Figure) -> str:
        """Write a figure with its unit; a dash where there is none."""
        if figure is None:
            return DASH
        value = Decimal(figure)
        said = written.quantity(value) if self.decimals is None else written.amount(value, self.decimals)
        return f"{said} {unit_words.of(self.unit, value)}".strip()

    def read_out(self, number: int) -> list[tuple[str, str]]:
        """Give names and figures at a place, as the pointer, the keyboard and a screen reader tell them."""
        found = [
            (one.name, self.figure_text(one.values[number])) for one in self.series if one.values[number] is not None
        ]
        for band in self.bands:
            low, high = band.low[number], band.high[number]
            if low is not None and high is not None:
                found.append((band.name, tr("{} to {}").format(self.figure_text(low), self.figure_text(high))))
        return found

    def headings(self) -> tuple[str, ...]:
        """Give the headings of the figures as a table."""
        names = [self.place_name or tr("Day"), *(one.name for one in self.series)]
        for band in self.bands:
            names += [tr("{} from").format(band.name), tr("{} to").format(band.name)]
        return tuple(names)

    def rows(self) -> list[tuple[Value, ...]]:
        """Give the figures as the rows of a table, exact."""
        columns: list[Sequence[Value]] = [self.places, *(one.values for one in self.series)]
        for band in self.bands:
            columns += [band.low, band.high]
        return list(zip(*columns, strict=True))


def position(place: Place, number: int) -> Decimal:
    """Give where the place with this number stands on the foot of a chart."""
    if isinstance(place, date):
        return Decimal(place.toordinal())
    return Decimal(number) if isinstance(place, str) else Decimal(place)
