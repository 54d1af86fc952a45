"""What one product was worth at a time: where, in which layers, and every entry that made it so.

Quantities are grains, values are of the company's currency, times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, bindparam, func, select

from app.models.base import Key
from app.models.company import account
from app.models.costing import NOTHING, Method
from app.models.payment import Purpose, journal_entry, journal_line
from app.models.product import product
from app.models.stock import Place, location
from app.models.valuation import value_entry
from app.services import products, value_entries, value_history
from app.services.products import Product
from app.services.source_documents import SourceDocument, SourceDocuments


@dataclass(frozen=True, slots=True)
class PlacedValue:
    """What lay at a warehouse, or was on its way (``location_id`` None), and what it was worth."""

    location_id: UUID | None
    warehouse: str
    quantity: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class LayerValue:
    """What is left of a receipt, where goods are kept first in, first out."""

    receipt_id: UUID
    warehouse: str
    since: datetime
    quantity: int
    value: Decimal
    paper: SourceDocument | None


@dataclass(frozen=True, slots=True)
class ValueEntry:
    """An entry of the value ledger: ``place`` is its other side, ``correction`` says that no goods moved with it."""

    id: UUID
    at: datetime
    place: str
    warehouse: str
    quantity: int
    value: Decimal
    correction: bool
    paper: SourceDocument | None


@dataclass(frozen=True, slots=True)
class ValueSheet:
    """All there is to know of what a product was worth; ``entries`` are the latest, newest first."""

    product: Product
    own_costing: str  # empty: as the company
    method: Method
    currency: str
    decimals: int
    places: tuple[PlacedValue, ...]
    layers: tuple[LayerValue, ...]
    entries: tuple[ValueEntry, ...]

    @property
    def quantity(self) -> int:
        """All that was ours, also on its way."""
        return sum(one.quantity for one in self.places)

    @property
    def value(self) -> Decimal:
        """What it was worth together."""
        return sum((one.value for one in self.places), NOTHING)

    def unit_cost(self, quantity: int, value: Decimal) -> Fraction | None:
        """What one stock unit cost of so many grains that were worth so much; None where there were none."""
        return Fraction(value) * self.product.grain / quantity if quantity else None

    @property
    def margin(self) -> Fraction | None:
        """The share of the list price that is left when the cost is taken off, exactly."""
        cost = self.unit_cost(self.quantity, self.value)
        price = self.product.list_price
        return None if cost is None or not price else 1 - cost / Fraction(price)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the value ledger says all stock was worth, and what the journal's account of stock held."""

    keeps: bool
    currency: str
    decimals: int
    account: str
    in_stock: Decimal
    under_way: Decimal
    booked: Decimal

    @property
    def total(self) -> Decimal:
        """What all stock was worth, also on its way."""
        return self.in_stock + self.under_way

    @property
    def difference(self) -> Decimal:
        """What the journal says more; nothing where both agree."""
        return self.booked - self.total


def end_of(day: date) -> datetime:
    """When a day of the books is over (UTC): the journal's days are those of UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def read(connection: Connection, product_id: UUID, until: datetime, *, entries: int = 200) -> ValueSheet:
    """Read what a product was worth just before a time, with its latest ``entries``.

    Raises:
        NotFound: the product does not exist.

    """
    known = products.get(connection, product_id)
    kept = value_entries.books(connection)
    own = str(connection.execute(select(product.c.costing).where(product.c.id == product_id)).scalar_one())
    names = {row.id: row.name for row in connection.execute(select(location.c.id, location.c.name))}
    return ValueSheet(
        known,
        own,
        Method(own or kept.method),
        kept.currency,
        kept.decimals,
        tuple(_places(connection, product_id, until, names)),
        tuple(_layers(connection, product_id, until, names)),
        tuple(_entries(connection, product_id, until, names, entries)),
    )


def agreement(connection: Connection, until: datetime) -> Agreement:
    """Compare what all stock was worth just before a time with the journal."""
    kept = value_entries.books(connection)
    code = connection.execute(select(account.c.code).where(account.c.purpose == str(Purpose.STOCK))).scalar() or ""
    here = connection.execute(_HERE, {"until": until}).scalar_one()
    way = connection.execute(_ON_THE_WAY, {"until": until}).scalar_one()
    booked = connection.execute(_BOOKED, {"until": until, "code": code}).scalar_one()
    return Agreement(
        kept.keeps, kept.currency, kept.decimals, code, here or NOTHING, -(way or NOTHING), booked or NOTHING
    )


def _places(connection: Connection, product_id: UUID, until: datetime, names: dict[UUID, str]) -> list[PlacedValue]:
    given = {"product": product_id, "until": until}
    found = [
        PlacedValue(row.location_id, names[row.location_id], int(row.quantity), row.value)
        for row in connection.execute(_BY_PLACE, given)
        if row.quantity or row.value
    ]
    way = connection.execute(_WAY_OF_PRODUCT, given).one()
    if way.quantity or way.value:
        found.append(PlacedValue(None, "", -int(way.quantity), -way.value))
    return found


def _layers(connection: Connection, product_id: UUID, until: datetime, names: dict[UUID, str]) -> list[LayerValue]:
    rows = [
        row
        for row in connection.execute(_BY_RECEIPT, {"product": product_id, "until": until})
        if row.quantity or row.value
    ]
    came = value_history.entries(connection, {row.receipt_id for row in rows})
    papers = SourceDocuments(connection, ((one.document_id, one.line_id) for one in came.values()))
    found = []
    for row in rows:
        one = came[row.receipt_id]
        paper = papers.of(one.document_id, one.line_id)
        place = names[one.location_id]
        found.append(LayerValue(one.id, place, one.counted_at, int(row.quantity), row.value, paper))
    return sorted(found, key=lambda one: (one.warehouse, one.since, one.receipt_id))


def _entries(
    connection: Connection, product_id: UUID, until: datetime, names: dict[UUID, str], limit: int
) -> list[ValueEntry]:
    rows = connection.execute(_OF_PRODUCT, {"product": product_id, "until": until, "most": limit}).all()
    papers = SourceDocuments(connection, ((row.document_id, row.line_id) for row in rows))
    return [_entry(row, names, papers) for row in rows]


def _entry(row: Any, names: dict[UUID, str], papers: SourceDocuments) -> ValueEntry:
    paper = papers.of(row.document_id, row.line_id)
    corrects = row.corrects_id is not None and not row.quantity
    return ValueEntry(row.id, row.at, row.place, names[row.location_id], row.quantity, row.value, corrects, paper)


_E: Final = value_entry.c
_QUANTITY: Final = func.sum(_E.quantity, type_=BigInteger)
_VALUE: Final = func.sum(_E.value, type_=_E.value.type)
_BEFORE: Final = _E.at < bindparam("until", type_=_E.at.type)
_PRODUCT: Final = _E.product_id == bindparam("product", type_=Key)
_WAY: Final = _E.place == str(Place.TRANSIT)
_HERE: Final = select(_VALUE).where(_BEFORE, ~_E.direct)
_ON_THE_WAY: Final = select(_VALUE).where(_BEFORE, _WAY)
_BOOKED: Final = (
    select(func.sum(journal_line.c.amount, type_=journal_line.c.amount.type))
    .join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
    .where(journal_line.c.account == bindparam("code"), journal_entry.c.at < bindparam("until", type_=_E.at.type))
)
_BY_PLACE: Final = (
    select(_E.location_id, _QUANTITY.label("quantity"), _VALUE.label("value"))
    .join(location, location.c.id == _E.location_id)
    .where(_PRODUCT, _BEFORE, ~_E.direct)
    .group_by(_E.location_id, location.c.rank)
    .order_by(location.c.rank, _E.location_id)
)
_WAY_OF_PRODUCT: Final = select(
    func.coalesce(_QUANTITY, 0).label("quantity"), func.coalesce(_VALUE, 0, type_=_E.value.type).label("value")
).where(_PRODUCT, _BEFORE, _WAY)
_BY_RECEIPT: Final = (
    select(_E.receipt_id, _QUANTITY.label("quantity"), _VALUE.label("value"))
    .where(_PRODUCT, _BEFORE, ~_E.direct, _E.receipt_id.is_not(None))
    .group_by(_E.receipt_id)
)
_OF_PRODUCT: Final = (
    select(value_entry).where(_PRODUCT, _BEFORE).order_by(_E.id.desc()).limit(bindparam("most", type_=BigInteger))
)
