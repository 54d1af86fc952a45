"""Kits on an order: the components are shipped, the kit is invoiced.

A kit's own line counts nothing of its own: what it has got follows from the lines of its components, so
that half a kit is never told as delivered.  Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.models.bill import Contents, whole_kits
from app.models.order import LineProgress


@dataclass(frozen=True, slots=True)
class KitPart:
    """A component's line; ``share`` of its grains go into one grain of the kit, None: a fixed quantity in all."""

    line: LineProgress
    share: Fraction | None


def follow(kit: LineProgress, grain: int, parts: Sequence[KitPart]) -> None:
    """Set what of a kit was shipped, arrived, came back and was cancelled, by its components; ``grain`` is the kit's.

    Shipped are as many whole kits as the components that left make; returned as many fewer as those still with
    the customer make; a component to be replaced opens its kit again.
    """
    whole = _counter(grain, parts)
    shipped = whole(lambda line: line.shipped)
    out = whole(lambda line: line.shipped - line.returned)
    kept = whole(lambda line: line.shipped - line.returned - line.advanced)
    repaired = whole(lambda line: line.shipped - line.returned - line.advanced + line.returned_open)
    kit.shipped = shipped
    kit.in_transit = shipped - whole(lambda line: line.shipped - line.in_transit)
    kit.returned = shipped - out
    kit.advanced = out - kept
    kit.returned_open = min(repaired - kept, kit.returned + kit.advanced)
    kit.exchanged = min(kit.returned, whole(lambda line: line.shipped - line.returned + line.exchanged) - out)
    kit.cancelled = max(0, kit.ordered - max(whole(lambda line: line.ordered - line.cancelled), kit.shipped))


def _counter(grain: int, parts: Sequence[KitPart]) -> Callable[[Callable[[LineProgress], int]], int]:
    each = {str(place): part.share * grain for place, part in enumerate(parts) if part.share is not None}
    once = {str(place): Fraction(part.line.ordered) for place, part in enumerate(parts) if part.share is None}
    contents = Contents(each, once)

    def whole(of: Callable[[LineProgress], int]) -> int:
        return grain * whole_kits(contents, {str(place): of(part.line) for place, part in enumerate(parts)})

    return whole
