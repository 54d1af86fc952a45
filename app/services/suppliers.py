"""Suppliers: whom we buy from, who makes for us, who sends to our customers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotFound
from app.models.base import Key, new_id
from app.models.company import company, currency, payment_term
from app.models.stock import location
from app.models.supply import supplier
from app.services import numbering
from app.services.parties import Address
from app.services.statements import Prepared
from app.services.text_search import begins, contains
from app.services.transaction import Transaction

SUBCONTRACTOR: Final = "subcontractor"
LAST_RANK: Final = 1_000
"""Rank of a subcontractor's yard among the locations: goods leave from our own warehouses first."""


@dataclass(frozen=True, slots=True)
class NewSupplier:
    """What a new supplier is made of; ``number`` is given out when empty, ``lead_days`` are working days.

    ``over_receipt`` is the share above the order that is taken in, ``under_receipt`` the share below it that still
    counts as complete.
    """

    name: str
    number: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    vat_number: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    currency: str = ""
    payment_term: str = "NET30"
    our_number: str = ""
    lead_days: int = 5
    calendar_id: UUID | None = None
    drop_ships: bool = False
    notes: str = ""
    over_receipt: Decimal = Decimal(0)
    under_receipt: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier; ``our_number`` is our customer number with them, ``lead_days`` are their working days."""

    id: UUID
    number: str
    name: str
    street: str
    postal_code: str
    city: str
    region: str
    country: str
    vat_number: str
    email: str
    phone: str
    language: str
    currency: str
    payment_term: str
    our_number: str
    lead_days: int
    calendar_id: UUID | None
    drop_ships: bool
    notes: str
    active: bool
    over_receipt: Decimal
    under_receipt: Decimal

    @property
    def address(self) -> Address:
        """Where letters to them go."""
        return Address(self.name, self.street, self.postal_code, self.city, self.region, self.country)


_BY_ID: Final = Prepared(
    select(*(supplier.c[n] for n in Supplier.__dataclass_fields__)).where(
        supplier.c.id == bindparam("supplier", type_=Key)
    )
)


def add(tx: Transaction, new: NewSupplier) -> UUID:
    """Add a supplier and return its id.

    Raises:
        Invalid: the name is empty, the number is taken, or currency, terms or lead time are none.

    """
    supplier_id = new_id()
    row: dict[str, Any] = {name: getattr(new, name) for name in NewSupplier.__dataclass_fields__}
    row["currency"] = new.currency or tx.execute(select(company.c.currency)).scalar_one()
    _check(tx, row)
    if new.number:
        _refuse_taken(tx, new.number)
    row["number"] = new.number or numbering.free_number(tx, "S", supplier_id, supplier.c.number)
    tx.insert(supplier, {"id": supplier_id, **row, "active": True, "created_at": tx.at})
    tx.record("supplier.added", supplier_id, name=new.name)
    return supplier_id


def change(tx: Transaction, supplier_id: UUID, values: dict[str, Any], seen: dict[str, Any]) -> None:
    """Change fields of a supplier; ``seen`` holds the values shown when the edit began.

    Raises:
        Invalid: a value cannot be taken.
        Conflict: somebody changed one of the same fields meanwhile.
        NotFound: the supplier does not exist.

    """
    _check(tx, values)
    if "number" in values and values["number"] != seen.get("number"):
        if not values["number"].strip():
            raise Invalid("number", "The supplier needs a number.")
        _refuse_taken(tx, values["number"])
    tx.change_fields(supplier, supplier_id, values, seen)
    tx.record("supplier.changed", supplier_id, fields=", ".join(values))


def get(connection: Connection, supplier_id: UUID) -> Supplier:
    """Read a supplier.

    Raises:
        NotFound: the supplier does not exist.

    """
    row = _BY_ID.first(connection, supplier=supplier_id)
    if row is None:
        raise NotFound("Supplier", supplier_id)
    return Supplier(*row)


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str]]:
    """Find active suppliers by number or part of the name: id, number, name; best matches first."""
    dialect = connection.dialect.name
    found = connection.execute(
        select(supplier.c.id, supplier.c.number, supplier.c.name)
        .where(supplier.c.active, contains((supplier.c.name, supplier.c.number), text, dialect))
        .order_by(~begins((supplier.c.name,), text, dialect), supplier.c.name)
        .limit(limit)
    )
    return [(row.id, row.number, row.name) for row in found]


def yard(tx: Transaction, supplier_id: UUID) -> UUID:
    """Give the location of a subcontractor, where components of ours lie; it is made when they have none.

    Raises:
        NotFound: the supplier does not exist.

    """
    head = tx.lock(supplier, supplier_id, "Supplier")  # two clerks must not make it twice
    known = find_yard(tx.connection, supplier_id)
    if known is not None:
        return known
    location_id = new_id()
    row = {name: getattr(head, name) for name in ("street", "postal_code", "city", "country")}
    tx.insert(
        location,
        {
            "id": location_id,
            "code": f"AT-{head.number}"[:24],
            "name": head.name[:80],
            "owner": tx.site,
            "active": True,
            "kind": SUBCONTRACTOR,
            "rank": LAST_RANK,
            "supplier_id": supplier_id,
            **row,
        },
    )
    return location_id


def find_yard(connection: Connection, supplier_id: UUID) -> UUID | None:
    """Give the location of a subcontractor, or None while nothing was ever sent there."""
    found: UUID | None = _YARD.value(connection, supplier=supplier_id)
    return found


def _check(tx: Transaction, values: dict[str, Any]) -> None:
    if "name" in values and not values["name"].strip():
        raise Invalid("name", "The supplier needs a name.")
    if values.get("lead_days", 0) < 0:
        raise Invalid("lead_days", "A lead time cannot be below zero.")
    for name in ("over_receipt", "under_receipt"):
        if not 0 <= values.get(name, 0) < 1:
            raise Invalid(name, "A tolerance is a share from 0 to below 1, e.g. 0.05 for five percent.")
    for name, column in (("currency", currency.c.code), ("payment_term", payment_term.c.code)):
        if name in values and not tx.execute(select(column).where(column == values[name])).first():
            raise Invalid(name, f"{values[name]} is not set up. Add it in the settings, or choose another.")


def _refuse_taken(tx: Transaction, number: str) -> None:
    if tx.execute(select(supplier.c.id).where(supplier.c.number == number)).first():
        raise Invalid("number", f"There is a supplier {number} already. Use another number or leave it empty.")


_YARD: Final = Prepared(
    select(location.c.id)
    .where(location.c.supplier_id == bindparam("supplier", type_=Key), location.c.active)
    .order_by(location.c.id)
    .limit(1)
)
