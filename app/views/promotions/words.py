"""What promotions give, in words, and their steps as they are typed."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from app.errors import Invalid
from app.models.promoting import Step
from app.models.promotion import Benefit, Target
from app.services.promotions import PromotionRules
from app.views import format as written
from app.views.format import tr
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

GIVES: Final[dict[tuple[Benefit, Target], str]] = {
    (Benefit.PERCENT, Target.LINES): "per cent off the products",
    (Benefit.PERCENT, Target.ORDER): "per cent off the whole order",
    (Benefit.PERCENT, Target.CHEAPEST): "per cent off the cheapest pieces",
    (Benefit.AMOUNT, Target.LINES): "an amount off each piece",
    (Benefit.AMOUNT, Target.ORDER): "an amount off the whole order",
    (Benefit.AMOUNT, Target.CHEAPEST): "an amount off each of the cheapest pieces",
    (Benefit.GOODS, Target.ORDER): "goods along",
}
SAYS: Final[dict[tuple[Benefit, Target], str]] = {
    (Benefit.PERCENT, Target.LINES): "{} % off",
    (Benefit.PERCENT, Target.ORDER): "{} % off the order",
    (Benefit.PERCENT, Target.CHEAPEST): "{} % off the cheapest",
    (Benefit.AMOUNT, Target.LINES): "{} off each",
    (Benefit.AMOUNT, Target.ORDER): "{} off the order",
    (Benefit.AMOUNT, Target.CHEAPEST): "{} off the cheapest",
    (Benefit.GOODS, Target.ORDER): "{} given along",
}
"""The same with its figure, short enough for a list."""
COLUMNS: Final = (
    TypedColumn("min_quantity", "From pieces", 100, right=True),
    TypedColumn("min_amount", "From amount", 104, right=True),
    TypedColumn("figure", "Gives", 104, right=True),
    TypedColumn("quantity", "Pieces given", 104, right=True),
    TypedColumn("sku", "Of product (SKU)", 140, stretch=True, code=True),
)
ZERO: Final = Decimal(0)


def summary(rules: PromotionRules) -> str:
    """Say in one line what a promotion gives and from where on."""
    gives = tr(SAYS[(rules.benefit, rules.target)])
    said = []
    for step in rules.steps:
        figure = written.quantity(step.quantity if rules.benefit is Benefit.GOODS else step.figure)
        if rules.benefit is Benefit.AMOUNT:
            figure = written.amount(step.figure)
        pieces = tr("from 1 piece") if step.min_quantity == 1 else tr("from {} pieces")
        after = [pieces.format(written.quantity(step.min_quantity))] if step.min_quantity else []
        after += [tr("from {}").format(written.amount(step.min_amount))] if step.min_amount else []
        said.append(" ".join((gives.format(figure), *after)))
    return " · ".join(said)


def texts(step: Step, sku: str) -> Texts:
    """Write a step as it is typed; a list price is written as such."""
    figure = tr("list price") if step.at_list else written.quantity(step.figure)
    return {
        "min_quantity": written.quantity(step.min_quantity) if step.min_quantity else "",
        "min_amount": written.amount(step.min_amount) if step.min_amount else "",
        "figure": figure,
        "quantity": written.quantity(step.quantity),
        "sku": sku,
    }


def read(table: TypedTable) -> list[tuple[Step, str]]:
    """Read the steps that were typed, each with the SKU it gives, and mark the cell that cannot be read.

    Raises:
        Invalid: a cell cannot be read.

    """
    found = []
    for place, row in table.texts():
        typed = row.get("figure", "").strip()
        at_list = typed.lower() in {"list", "list price", tr("list price").lower()}
        figure = ZERO if at_list else _number(table, place, "figure", typed, ZERO)
        quantity = _number(table, place, "quantity", row.get("quantity", ""), Decimal(1))
        from_pieces = _number(table, place, "min_quantity", row.get("min_quantity", ""), ZERO)
        from_amount = _number(table, place, "min_amount", row.get("min_amount", ""), ZERO)
        sku = row.get("sku", "").strip()
        found.append((Step(from_pieces, from_amount, figure, quantity, None, at_list), sku))
    if reason := table.first_error():
        raise Invalid("steps", reason)
    return found


def _number(table: TypedTable, place: int, column: str, typed: str, otherwise: Decimal) -> Decimal:
    value = written.number(typed.replace("%", "").strip()) if typed.strip() else otherwise
    table.mark(place, column, tr("“{}” is no number.").format(typed) if value is None else "")
    return otherwise if value is None else value
