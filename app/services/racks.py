"""Racks: many bins set up at once from ranges of aisles, bays and levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.errors import Invalid
from app.services.warehouses import NewBin

MOST: Final = 5_000
"""So many bins are set up at once at most: a typing error is more likely than a larger rack."""


@dataclass(frozen=True, slots=True)
class Rack:
    """A zone with its aisles, bays and levels, each a range as people type it: ``1-4`` or ``7``; empty: not said."""

    zone: str
    aisles: str = ""
    bays: str = ""
    levels: str = ""
    kind: str = "shelf"


def bins_of(rack: Rack) -> list[NewBin]:
    """Name the bins of a rack, in walking order: zone, aisle, bay and level with dashes between, ``A-04-12-2``.

    Aisles and bays are written with as many digits as the highest of them has, two at least.

    Raises:
        Invalid: a range cannot be read or runs backwards, nothing is said, or there would be too many bins.

    """
    aisles, bays, levels = span(rack.aisles, "aisles"), span(rack.bays, "bays"), span(rack.levels, "levels")
    zone = rack.zone.strip()
    if not zone and not (aisles or bays or levels):
        raise Invalid("zone", "Say at least a zone, or a range of aisles, bays or levels.")
    count = max(1, len(aisles)) * max(1, len(bays)) * max(1, len(levels))
    if count > MOST:
        raise Invalid("bays", f"That would be {count:,} bins, and {MOST:,} is the most at once. Make them in parts.")
    return [
        NewBin(_code(zone, (aisle, bay, level), (aisles, bays)), zone, aisle, bay, level, rack.kind)
        for aisle in aisles or (0,)
        for bay in bays or (0,)
        for level in levels or (0,)
    ]


def span(typed: str, field: str) -> range:
    """Read a range as people type it: ``1-4``, ``7``, or nothing.

    Raises:
        Invalid: it is none, begins below one, or runs backwards.

    """
    text = typed.replace("–", "-").replace(" ", "")
    if not text:
        return range(0)
    first, _, last = text.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        raise Invalid(field, f"“{typed}” is not a range. Type for example 1-12, or 3 for one.")
    low, high = int(first), int(last or first)
    if low < 1 or high < low:
        raise Invalid(field, f"“{typed}” runs backwards or begins below one. Type for example 1-12.")
    return range(low, high + 1)


def _code(zone: str, place: tuple[int, int, int], ranges: tuple[range, range]) -> str:
    aisle, bay, level = place
    widths = [max(2, len(str(one[-1]))) if one else 0 for one in ranges]
    parts = [zone, f"{aisle:0{widths[0]}}" if aisle else "", f"{bay:0{widths[1]}}" if bay else ""]
    return "-".join(part for part in (*parts, str(level) if level else "") if part)
