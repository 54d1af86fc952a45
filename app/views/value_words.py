"""How values, unit costs and the entries of the value ledger are written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.models.costing import Method
from app.models.product import shown
from app.models.rounding import round_decimals
from app.models.stock import Place
from app.models.valuation import Side
from app.services.value_sheets import LayerValue, PlacedValue, ValueEntry
from app.views import cells
from app.views import format as written
from app.views.cells import Cell
from app.views.format import tr
from app.views.tokens import Tone

METHODS: Final = {Method.AVERAGE: "Moving average", Method.FIFO: "First in, first out"}
COST_DECIMALS: Final = 4
"""A unit cost is shown to a hundredth of a cent; the exact one stays in the books."""
SIDES: Final = {
    Place.SUPPLIER: ("Received", "Price corrected"),
    Place.CUSTOMER: ("Delivered or brought back", "Cost of goods sold corrected"),
    Place.ADJUSTMENT: ("Counted", "Stock difference"),
    Place.SCRAP: ("Scrapped", "Scrap corrected"),
    Place.PRODUCTION: ("Production", "Production corrected"),
    Place.TRANSIT: ("Between warehouses", "Transfer corrected"),
    Place.HISTORY: ("Taken over", "Taken over, corrected"),
    Side.OPENING: ("Opening balance", "Opening balance"),
    Side.REVALUED: ("Said to be worth", "Said to be worth"),
    Side.METHOD: ("Costing method chosen", "Costing method chosen"),
    Side.OPERATION: ("Work on it", "Work on it"),
    Side.FREIGHT: ("Freight", "Freight added"),
}
"""What an entry is about by its other side: where goods moved, and where only their value did."""


def unit_cost(cost: Fraction | None) -> str:
    """Write what one stock unit cost; empty where nobody knows."""
    if cost is None:
        return ""
    return written.amount(round_decimals(cost, COST_DECIMALS).normalize())


def cost_cell(cost: Fraction | None) -> Cell:
    """What one stock unit cost."""
    return cells.text(unit_cost(cost) or cells.DASH, tone=Tone.SOFT if cost is not None else Tone.FAINT)


def quantity(grains: int, grain: int) -> Cell:
    """A quantity in stock units; nothing is faint."""
    return cells.text(shown(Fraction(grains, grain)), strong=True) if grains else Cell(cells.DASH, tone=Tone.FAINT)


def where(one: PlacedValue) -> Cell:
    """The warehouse, or that goods are between two of them."""
    return cells.text(one.warehouse or tr("On its way"), strong=True)


def layer(one: LayerValue) -> Cell:
    """When a layer came, with its document."""
    day = written.full_day(one.since.astimezone().date())
    second = f"{one.paper.number} · {one.warehouse}" if one.paper else one.warehouse
    return Cell(day, strong=True, second=second)


def about(one: ValueEntry) -> Cell:
    """What an entry is about, and where."""
    moved, corrected = SIDES.get(one.place, (one.place, one.place))  # type: ignore[call-overload]
    return cells.two_lines(tr(corrected if one.correction else moved), one.warehouse, code_below=False)


def signed(value: Decimal, decimals: int) -> Cell:
    """An amount with its sign."""
    if not value:
        return Cell(cells.DASH, tone=Tone.FAINT)
    words = written.amount(abs(value), decimals)
    return cells.text(f"+{words}", tone=Tone.OK, strong=True) if value > 0 else cells.text(f"−{words}", strong=True)


def moved(grains: int, grain: int) -> Cell:
    """Goods with their sign."""
    words = shown(Fraction(abs(grains), grain))
    return cells.text(f"+{words}" if grains > 0 else f"−{words}", tone=Tone.SOFT) if grains else Cell()
