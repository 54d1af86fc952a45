"""What the sample company trades in: families of products, each a grid of kinds, materials, sizes and variants.

Prices are in mills (thousandths of a euro) so that a washer can cost less than a cent; factors are in
percent.  A season is twelve monthly factors in percent, January first; lots are what people usually
order: quantity, unit (empty: the stock unit) and how often.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

Season = tuple[int, ...]
Lots = tuple[tuple[int, str, int], ...]

FLAT: Final[Season] = (100,) * 12
HEATING: Final[Season] = (150, 130, 105, 80, 55, 40, 35, 50, 95, 130, 160, 170)
COOLING: Final[Season] = (40, 50, 75, 110, 150, 180, 170, 130, 95, 75, 65, 60)
SPRING: Final[Season] = (70, 85, 130, 150, 140, 110, 80, 75, 95, 100, 90, 75)
BUILDING: Final[Season] = (55, 65, 100, 115, 125, 125, 105, 90, 120, 115, 105, 80)
OVERHAUL: Final[Season] = (85, 90, 100, 95, 90, 100, 140, 150, 95, 90, 85, 80)
DARK: Final[Season] = (120, 105, 90, 75, 65, 60, 65, 85, 120, 145, 145, 125)

PIECES: Final[Lots] = (
    (1, "", 20),
    (2, "", 22),
    (3, "", 8),
    (4, "", 16),
    (5, "", 8),
    (6, "", 10),
    (10, "", 12),
    (20, "", 4),
)
BIG_PIECES: Final[Lots] = ((1, "", 55), (2, "", 28), (3, "", 7), (4, "", 8), (6, "", 2))
MANY: Final[Lots] = ((5, "", 12), (10, "", 30), (20, "", 25), (25, "", 12), (40, "", 8), (50, "", 9), (80, "", 4))
BOXES: Final[Lots] = (
    (1, "box", 28),
    (2, "box", 20),
    (5, "box", 10),
    (50, "", 14),
    (200, "", 8),
    (1, "dozen", 8),
    (4, "dozen", 12),
)
METRES: Final[Lots] = (
    (1, "roll", 18),
    (2, "roll", 8),
    (25, "", 20),
    (50, "", 24),
    (60, "", 8),
    (120, "", 8),
    (250, "", 6),
)
DOZENS: Final[Lots] = ((1, "", 30), (2, "", 24), (5, "", 12), (10, "", 6), (6, "pair", 16), (1, "pair", 12))
HOURS: Final[Lots] = ((2, "", 20), (4, "", 30), (8, "", 30), (16, "", 12), (24, "", 4))


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind, material, size or variant: its words, its price factor and its weight factor (percent)."""

    words: str
    price: int = 100
    weight: int = 100
    code: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A family; ``price`` in mills and ``weight_g`` are those of its plainest product; ``demand`` its share of lines.

    ``trades`` are the customers' trades (marine, plumbing, electrical, machinery, food, building, in this
    order) and how much more or less of it they buy, in percent.
    """

    prefix: str
    name: str
    zone: str
    price: int
    weight_g: int
    demand: int
    kinds: tuple[Choice, ...]
    materials: tuple[Choice, ...]
    sizes: tuple[Choice, ...] = (Choice(""),)
    variants: tuple[Choice, ...] = (Choice(""),)
    trades: tuple[int, ...] = (100,) * 6
    season: Season = FLAT
    lots: Lots = PIECES
    unit: str = "unit"
    units: dict[str, Fraction] = field(default_factory=dict)
    tax: str = "V21"
    pattern: str = "{material} {kind} {size}"
    goods: bool = True


def steps(words: str, first: int, growth: int) -> tuple[Choice, ...]:
    """Make sizes that each cost and weigh ``growth`` percent of the one before, from ``first`` percent on."""
    found = []
    factor = first
    for each in words.split(" "):
        found.append(Choice(each.replace("_", " "), factor, factor))
        factor = max(factor + 1, factor * growth // 100)
    return tuple(found)


def choices(words: str) -> tuple[Choice, ...]:
    """Read ``CODE words price`` entries separated by commas; the price factor may be left out, ``-`` is no word."""
    found = []
    for entry in words.split(","):
        code, *rest = entry.split()
        price = int(rest.pop()) if rest and rest[-1].isdigit() else 100
        found.append(Choice(" ".join(rest).strip("-"), price, 100, code))
    return tuple(found)


def kinds(words: str) -> tuple[Choice, ...]:
    """Read ``words price`` entries separated by commas; the price factor may be left out."""
    return tuple(
        Choice(one.words, one.price, one.price) for one in choices(",".join(f"- {e}" for e in words.split(",")))
    )


def variants(words: str) -> tuple[Choice, ...]:
    """Read variants like :func:`kinds`; the plain product comes first."""
    return (Choice(""), *(Choice(one.words, one.price) for one in kinds(words)))


DN: Final = steps("DN15 DN20 DN25 DN32 DN40 DN50 DN65 DN80 DN100 DN125 DN150", 80, 128)
THREADS: Final = steps("M6×20 M8×30 M8×40 M10×40 M10×60 M12×50 M12×80 M16×60 M16×100 M20×80", 60, 135)
CORES: Final = steps("2×0.75 3×0.75 4×0.75 3×1.5 4×1.5 5×1.5 3×2.5 5×2.5 5×4 5×6 5×10 5×16", 62, 132)
FRAMES: Final = steps("frame_56 frame_63 frame_71 frame_80 frame_90 frame_100 frame_112 frame_132", 70, 126)
KILOWATTS: Final = steps("0.25_kW 0.37_kW 0.55_kW 0.75_kW 1.1_kW 1.5_kW 2.2_kW 4_kW 7.5_kW", 80, 128)
LETTERS: Final = steps("S M L XL", 70, 125)
