"""Units of measure: how much of one unit is one of another, exactly.

A unit belongs to a kind of quantity and holds a rational number of that kind's base unit (kilogram, second,
metre, square metre, litre, piece).  Converting multiplies fractions, so nothing is lost on the way; rounding
happens only where somebody reads the number, to the step of the unit they read it in.

Sources of the definitions: SI; the international yard and pound agreement of 1959 (1 yd = 0.9144 m,
1 lb = 0.45359237 kg); NIST Handbook 44 appendix C (US gallon of 231 cubic inches, avoirdupois ounce, acre);
UK Units of Measurement Regulations 1995 (imperial gallon 4.54609 l).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Final

from app.errors import Invalid
from app.models.rounding import Rational, Rounding, round_step


class Quantity(StrEnum):
    """What a unit measures."""

    COUNT = "count"
    WEIGHT = "weight"
    TIME = "time"
    LENGTH = "length"
    AREA = "area"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit of measure: ``factor`` base units of its kind in one, shown in multiples of ``step``."""

    name: str
    symbol: str
    quantity: Quantity
    factor: Fraction
    step: Decimal = Decimal("0.01")


class IncompatibleUnits(Invalid):
    """Two units measure different things, and nothing says how much of one is the other."""

    def __init__(self, source: Measure, target: Measure) -> None:
        super().__init__(
            "unit",
            f"{source.name} measures {source.quantity} and {target.name} measures {target.quantity}. "
            "Choose another unit, or give the product a factor between the two.",
        )


_WHOLE: Final = Decimal(1)
_TABLE: Final = {
    Quantity.COUNT: "Unit u 1, Pair pr 2, Dozen dz 12, Gross gr 144, Hundred C 100, Thousand M 1000",
    Quantity.WEIGHT: (
        "Milligram mg 0.000001, Gram g 0.001, Kilogram kg 1, Tonne t 1000, Carat ct 0.0002, "
        "Ounce oz 0.028349523125, Pound lb 0.45359237, Stone st 6.35029318, "
        "Short_ton tn 907.18474, Long_ton LT 1016.0469088"
    ),
    Quantity.TIME: "Second s 1, Minute min 60, Hour h 3600, Work_day wd 28800, Day d 86400, Week wk 604800",
    Quantity.LENGTH: (
        "Millimeter mm 0.001, Centimeter cm 0.01, Decimeter dm 0.1, Meter m 1, Kilometer km 1000, "
        "Inch in 0.0254, Foot ft 0.3048, Yard yd 0.9144, Mile mi 1609.344, Nautical_mile nmi 1852"
    ),
    Quantity.AREA: (
        "Square_millimeter mm² 0.000001, Square_centimeter cm² 0.0001, Square_meter m² 1, Are a 100, "
        "Hectare ha 10000, Square_kilometer km² 1000000, Square_inch in² 0.00064516, Square_foot ft² 0.09290304, "
        "Square_yard yd² 0.83612736, Acre ac 4046.8564224, Square_mile mi² 2589988.110336"
    ),
    Quantity.VOLUME: (
        "Milliliter ml 0.001, Centiliter cl 0.01, Deciliter dl 0.1, Liter l 1, Hectoliter hl 100, "
        "Cubic_centimeter cm³ 0.001, Cubic_decimeter dm³ 1, Cubic_meter m³ 1000, "
        "Cubic_inch in³ 0.016387064, Cubic_foot ft³ 28.316846592, Cubic_yard yd³ 764.554857984, "
        "Fluid_ounce fl_oz 0.0295735295625, Pint pt 0.473176473, Quart qt 0.946352946, Gallon gal 3.785411784, "
        "Imperial_gallon imp_gal 4.54609"
    ),
}
_OTHER_NAMES: Final = {
    "piece": "unit",
    "pieces": "unit",
    "pcs": "unit",
    "each": "unit",
    "ea": "unit",
    "metric ton": "tonne",
    "feet": "foot",
    "inches": "inch",
    "lbs": "pound",
    "litre": "liter",
    "metre": "meter",
}


def _standard() -> Iterator[Measure]:
    for quantity, entries in _TABLE.items():
        for entry in entries.split(", "):
            name, symbol, factor = entry.split(" ")
            is_whole = name in {"Unit", "Pair"}
            yield Measure(
                name.replace("_", " "),
                symbol.replace("_", " "),
                quantity,
                Fraction(factor),
                _WHOLE if is_whole else Decimal("0.01"),
            )


STANDARD: Final = tuple(_standard())
"""The units everyone knows, in the order a list shows them."""


@cache
def standard(name: str) -> Measure:
    """Find a standard unit by its name (any case, singular or plural) or its symbol.

    Raises:
        Invalid: there is no such unit.

    """
    for measure in STANDARD:
        if name == measure.symbol:
            return measure
    plain = name.strip().lower().replace("metre", "meter").replace("litre", "liter")
    wanted = {plain, plain.removesuffix("s"), _OTHER_NAMES.get(plain, plain)}
    for measure in STANDARD:
        if measure.name.lower() in wanted or measure.symbol.lower() == plain:
            return measure
    raise Invalid("unit", f"There is no unit {name}. Choose one of the list, or add it to the product.")


def factor(source: Measure, target: Measure, *, ratio: Fraction | None = None) -> Fraction:
    """How many of ``target`` are one of ``source``.

    ``ratio`` bridges two kinds of quantity for one product: base units of the target's kind in one base unit
    of the source's (litres in a kilogram).  It is not asked between units of one kind.

    Raises:
        IncompatibleUnits: the units measure different things and there is no ``ratio``.

    """
    if source.quantity is target.quantity:
        return source.factor / target.factor
    if ratio is None:
        raise IncompatibleUnits(source, target)
    return source.factor * ratio / target.factor


def convert_quantity(
    quantity: Rational, source: Measure, target: Measure, *, ratio: Fraction | None = None
) -> Fraction:
    """Give the exact quantity of ``target`` that is ``quantity`` of ``source``.

    Raises:
        IncompatibleUnits: see :func:`factor`.

    """
    return Fraction(quantity) * factor(source, target, ratio=ratio)


def convert_price(price: Rational, source: Measure, target: Measure, *, ratio: Fraction | None = None) -> Fraction:
    """Give the exact price of one ``target`` from the price of one ``source``: the inverse of a quantity's way.

    Raises:
        IncompatibleUnits: see :func:`factor`.

    """
    return Fraction(price) / factor(source, target, ratio=ratio)


def round_quantity(quantity: Rational, unit: Measure, mode: Rounding = Rounding.HALF_UP) -> Decimal:
    """Round a quantity to the step of its unit, for reading; what is stored is never rounded."""
    return round_step(quantity, unit.step, mode)
