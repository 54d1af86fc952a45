"""Entries of the value ledger: how they are made, booked, and what stands beside them.  Nothing is decided here.

Quantities are grains, costs are exact and of one grain, values are of the company's currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key, new_id
from app.models.company import company, currency
from app.models.costing import NOTHING, Change, Layer, Method, StockValue
from app.models.payment import Purpose
from app.models.stock import Place, stock_level
from app.models.valuation import Side, stock_layer, value_entry
from app.services import journal
from app.services.journal import Entry, Posting
from app.services.statements import Prepared
from app.services.transaction import Transaction

ACCOUNTS: Final[Mapping[str, Purpose]] = {
    Place.SUPPLIER: Purpose.RECEIVED,
    Place.CUSTOMER: Purpose.COST_OF_SALES,
    Place.ADJUSTMENT: Purpose.STOCK_DIFFERENCE,
    Place.SCRAP: Purpose.SCRAP,
    Place.PRODUCTION: Purpose.WORK_IN_PROCESS,
    Place.TRANSIT: Purpose.STOCK,  # on its way between two places of ours
    Place.HISTORY: Purpose.OPENING,
    Side.OPENING: Purpose.OPENING,
    Side.REVALUED: Purpose.STOCK_DIFFERENCE,
    Side.METHOD: Purpose.STOCK,  # from one way of costing to the other
    Side.OPERATION: Purpose.OPERATIONS,
    Side.FREIGHT: Purpose.RECEIVED,  # until the bill of whoever brought them is booked
}
"""Where the other side of an entry is booked."""

At = tuple[UUID, UUID]
"""A location and a product."""


@dataclass(frozen=True, slots=True)
class Passing:
    """Value that comes from one place and goes to another at once, for a line of a document."""

    source: str
    target: str
    line_id: UUID | None
    document_id: UUID | None


class Desk(Protocol):
    """What works out entries: a command, or somebody who only wants to see what one would do."""

    connection: Connection
    key: UUID
    at: datetime
    worth: dict[At, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """What the company decided about the value of stock."""

    keeps: bool
    method: Method
    currency: str
    decimals: int


@dataclass(slots=True)
class Worth:
    """What a product at a location is worth, its level locked; ``quantity`` is all that is on hand."""

    method: Method
    quantity: int
    value: Decimal
    cost: Fraction
    layers: tuple[Layer, ...] | None = None  # None: not read, or none are kept
    before: tuple[Layer, ...] = ()  # as they are stored

    @property
    def unit_cost(self) -> Fraction:
        """What one grain costs: the average, or the last known cost where nothing is here."""
        if self.method is Method.FIFO and self.quantity > 0:
            return Fraction(self.value) / self.quantity
        return self.cost

    @property
    def columns(self) -> dict[str, Any]:
        """What stands beside the stock level."""
        from_layers = self.method is Method.FIFO and self.quantity > 0
        return {
            "new_costing": str(self.method),
            "new_value": self.value,
            "new_cost": "" if from_layers else written(self.cost),
        }


@dataclass(slots=True)
class Booked:
    """Entries on their way to the ledger, and what is known of goods that are out, by line and place."""

    kept: Books
    rows: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[At, Worth] = field(default_factory=dict)
    out: dict[tuple[UUID, str], list[Any]] = field(default_factory=dict)


def written(cost: Fraction) -> str:
    """Write an exact cost."""
    return f"{cost.numerator}/{cost.denominator}" if cost.denominator != 1 else str(cost.numerator)


@lru_cache(maxsize=4096)
def read(cost: str) -> Fraction:
    """Read an exact cost back; what was never known is nothing.  The same few are read with every line shipped."""
    return Fraction(cost) if cost else Fraction(0)


def books(connection: Connection) -> Books:
    """Read what the company decided."""
    found = _BOOKS.first(connection)
    return Books(bool(found.stock_value), Method(found.costing), found.currency, found.decimals)


def settle(tx: Desk, booked: Booked, at: At, change: Change, rows: Sequence[dict[str, Any]]) -> None:
    """Take in what an event did, with its entries: the last one of each receipt says what its goods cost now."""
    after, more = _not_below_zero(tx, at, change.state)
    change, rows = replace(change, state=after), [*rows, *more]
    if change.state.method is Method.FIFO:
        costs = {layer.receipt: layer.cost for layer in change.state.layers}
        for each in rows:
            cost = costs.get(each["receipt_id"].hex) if each["receipt_id"] else None
            each["cost"] = written(cost) if cost is not None else ""
    else:
        rows[-1]["cost"] = written(change.state.cost)
    booked.rows += rows
    take(tx, booked, at, change.state)


def _not_below_zero(tx: Desk, at: At, after: StockValue) -> tuple[StockValue, list[dict[str, Any]]]:
    """Let no correction take more off goods than they are worth: what is too much is a stock difference.

    That can only be where somebody said meanwhile that they are worth less than they cost.
    """
    rows, layers = list[dict[str, Any]](), list[Layer]()
    for layer in after.layers if after.method is Method.FIFO else ():
        if layer.value < 0:
            receipt = UUID(layer.receipt)
            rows.append(row(tx, at, None, Place.ADJUSTMENT, 0, -layer.value, receipt_id=receipt, corrects_id=receipt))
            layers.append(Layer(layer.receipt, layer.quantity))
        else:
            layers.append(layer)
    if after.method is Method.AVERAGE and after.value < 0:
        return replace(after, value=NOTHING, cost=Fraction(0)), [row(tx, at, None, Place.ADJUSTMENT, 0, -after.value)]
    added = sum((each["value"] for each in rows), NOTHING)
    return (replace(after, value=after.value + added, layers=tuple(layers)), rows) if rows else (after, rows)


def pair(tx: Desk, booked: Booked, at: At, one: Any, value: Decimal, *, quantity: int = 0) -> None:
    """Add two entries that cancel out: value that comes from ``one.source`` and goes to ``one.target`` at once."""
    booked.rows.append(row(tx, at, one, one.source, quantity, value, direct=True))
    booked.rows.append(row(tx, at, one, one.target, -quantity, -value, direct=True))


def take(tx: Desk, booked: Booked, at: At, after: StockValue) -> None:
    """Remember what an event left."""
    worth: Worth = tx.worth[at]
    worth.quantity, worth.value, worth.cost = int(after.quantity), after.value, after.cost
    worth.layers = after.layers if worth.method is Method.FIFO else None
    booked.changed[at] = worth


def state(worth: Worth, kept: Books) -> StockValue:
    """Give the state that the rules of costing work on."""
    return StockValue(
        worth.method, kept.decimals, worth.cost, Fraction(worth.quantity), worth.value, worth.layers or ()
    )


def row(
    tx: Desk,
    at: At,
    one: Any,
    place: str,
    quantity: int,
    value: Decimal,
    *,
    receipt_id: UUID | None = None,
    corrects_id: UUID | None = None,
    cost: str = "",
    direct: bool = False,
) -> dict[str, Any]:
    """Give the row of an entry; ``one`` is the move it follows, or says line and document."""
    return {
        "id": new_id(),
        "command_id": tx.key,
        "product_id": at[1],
        "location_id": at[0],
        "place": str(place),
        "direct": direct,
        "quantity": quantity,
        "value": value,
        "receipt_id": receipt_id,
        "corrects_id": corrects_id,
        "cost": cost,
        "line_id": one.line_id if one is not None else None,
        "document_id": one.document_id if one is not None else None,
        "counted_at": tx.at,
        "at": tx.at,
    }


def write(tx: Transaction, booked: Booked) -> None:
    """Write entries and layers, and keep what is to be booked until the command ends."""
    if not booked.rows:
        return
    tx.insert(value_entry, *booked.rows)
    for each in booked.rows:
        if each["value"]:
            document_id = None if each["corrects_id"] else each["document_id"]
            sums = tx.value_postings.setdefault(document_id or tx.key, {})
            other = ACCOUNTS[each["place"]]
            sums[Purpose.STOCK] = sums.get(Purpose.STOCK, NOTHING) + each["value"]
            sums[other] = sums.get(other, NOTHING) - each["value"]
    if tx.value_postings and _book not in tx.at_end:
        tx.at_end.append(_book)
    for at, worth in booked.changed.items():
        if worth.layers is not None:
            _write_layers(tx, at, worth, booked.rows)


def write_level(tx: Transaction, at: At) -> None:
    """Write what a product at a location is worth beside its level, where no goods move."""
    columns = tx.worth[at].columns
    tx.change_projection(stock_level, SET_WORTH, [{"place": at[0], "product": at[1], **columns}])


def _book(tx: Transaction) -> None:
    """Book what the command's moves are worth: one entry for each document."""
    accounts, kept = journal.accounts(tx.connection), books(tx.connection)
    for document_id, sums in tx.value_postings.items():
        postings = [Posting(accounts[purpose], value, value) for purpose, value in sums.items() if value]
        if postings:
            journal.book(tx, Entry(tx.at.date(), document_id, "Stock value", kept.currency), postings)


def look(tx: Desk, at: At) -> Worth:
    """Give what a product at a location is worth; a command locks its level first."""
    if at not in tx.worth:
        statement = _LOCK if isinstance(tx, Transaction) else LEVEL
        found = statement.first(tx.connection, place=at[0], product=at[1])
        note(tx, at[0], found)
    worth = known(tx, at)
    assert worth is not None, "what has no value is not looked at"
    if worth.layers is None:
        read_layers(tx, [at])
    return worth


def note(tx: Desk, location_id: UUID, level: Any) -> None:
    """Remember, for the length of the command, what a level just locked is worth."""
    tx.worth[location_id, level.product_id] = level


def known(tx: Desk, at: At) -> Worth | None:
    """Give what is remembered of a level; None where it is not locked or has no value."""
    found = tx.worth.get(at)
    if found is None or isinstance(found, Worth):
        return found
    on_hand = found.free + found.promised + found.picked + found.blocked
    worth = tx.worth[at] = Worth(Method(found.costing), on_hand, found.value, read(found.cost))
    return worth


def read_layers(tx: Desk, ats: Iterable[At]) -> None:
    """Read the layers of products at locations that are kept first in, first out."""
    for at in ats:
        worth = known(tx, at)
        if worth is not None and worth.method is Method.FIFO:
            found = _LAYERS.all(tx.connection, place=at[0], product=at[1])
            worth.layers = tuple(Layer(e.id.hex, Fraction(e.quantity), e.value, read(e.cost)) for e in found)
            worth.before = worth.layers


def _write_layers(tx: Transaction, at: At, worth: Worth, rows: Iterable[Mapping[str, Any]]) -> None:
    """Make the stored layers those that are left."""
    before = {layer.receipt: layer for layer in worth.before}
    after = {layer.receipt: layer for layer in worth.layers or ()}
    gone = [{"layer": UUID(receipt)} for receipt in before if receipt not in after]
    changed = [layer for receipt, layer in after.items() if receipt in before and before[receipt] != layer]
    new = [layer for receipt, layer in after.items() if receipt not in before]
    if gone:
        tx.change_projection(stock_layer, DELETE_LAYER, gone)
    if changed:
        tx.change_projection(stock_layer, SET_LAYER, [_stored(layer) for layer in changed])
    if new:
        since: dict[str, datetime] = {each["id"].hex: each["counted_at"] for each in rows}
        for layer in new:
            if layer.receipt not in since:  # goods that a late receipt leaves in stock again
                since[layer.receipt] = _COUNTED.value(tx.connection, entry=UUID(layer.receipt))
        tx.change_projection(
            stock_layer,
            ADD_LAYER,
            [{**_stored(one), "product": at[1], "place": at[0], "new_since": since[one.receipt]} for one in new],
        )
    worth.before = worth.layers or ()


def _stored(layer: Layer) -> dict[str, Any]:
    return {
        "layer": UUID(layer.receipt),
        "new_quantity": int(layer.quantity),
        "new_value": layer.value,
        "new_cost": written(layer.cost),
    }


_L: Final = stock_level.c
_OF_LEVEL: Final = (
    _L.product_id == bindparam("product", type_=Key),
    _L.location_id == bindparam("place", type_=Key),
)
_BOOKS: Final = Prepared(
    select(company.c.stock_value, company.c.costing, company.c.currency, currency.c.decimals).join(
        currency, currency.c.code == company.c.currency
    )
)
LEVEL: Final = Prepared(select(stock_level).where(*_OF_LEVEL))
_LOCK: Final = Prepared(select(stock_level).where(*_OF_LEVEL).with_for_update())
_LAYERS: Final = Prepared(
    select(stock_layer)
    .where(
        stock_layer.c.product_id == bindparam("product", type_=Key),
        stock_layer.c.location_id == bindparam("place", type_=Key),
    )
    .order_by(stock_layer.c.since, stock_layer.c.id)
)
_COUNTED: Final = Prepared(select(value_entry.c.counted_at).where(value_entry.c.id == bindparam("entry", type_=Key)))
VALUES: Final = {name: bindparam(f"new_{name}", type_=_L[name].type) for name in ("costing", "value", "cost")}
"""What :attr:`Worth.columns` fills in a statement on levels."""
SET_WORTH: Final = Prepared(stock_level.update().where(*_OF_LEVEL).values(VALUES))
_LAYER_VALUES: Final = {
    name: bindparam(f"new_{name}", type_=stock_layer.c[name].type) for name in ("quantity", "value", "cost")
}
_OF_LAYER: Final = stock_layer.c.id == bindparam("layer", type_=Key)
SET_LAYER: Final = Prepared(stock_layer.update().where(_OF_LAYER).values(_LAYER_VALUES))
DELETE_LAYER: Final = Prepared(stock_layer.delete().where(_OF_LAYER))
ADD_LAYER: Final = Prepared(
    stock_layer.insert()
    .inline()
    .values(
        {
            **_LAYER_VALUES,
            "id": bindparam("layer", type_=Key),
            "product_id": bindparam("product", type_=Key),
            "location_id": bindparam("place", type_=Key),
            "since": bindparam("new_since", type_=stock_layer.c.since.type),
        }
    )
)
