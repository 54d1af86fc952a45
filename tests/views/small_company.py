"""A small company for the window's tests, made by its services: three products, two customers, a few orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from app.models.invoice import invoice
from app.models.shipment import pick, shipment
from app.services import companies, orders, parties, picking, products, shipping, stock
from app.services.companies import Founding, TaxRule
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.parties import Address, NewCustomer
from app.services.products import NewProduct
from app.services.shipping import Dispatch
from app.services.transaction import Transaction

T = TypeVar("T")
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@dataclass
class SmallCompany:
    """What tests name; ``do`` runs a command, ``read`` a read."""

    database: Database
    harbor: UUID
    summit: UUID
    valve: UUID
    gasket: UUID
    cable: UUID

    def do(self, op: Callable[[Transaction], T], at: datetime = MORNING) -> T:
        return self.database.run("test.step", op, by="bea", at=at).value

    def read(self, op: Callable[[Any], T]) -> T:
        return self.database.read(op)

    def order(self, lines: dict[UUID, int], *, customer: UUID | None = None, promised: date = TODAY) -> UUID:
        """Write and confirm an order."""
        inputs = tuple(LineInput(product, Decimal(quantity)) for product, quantity in lines.items())
        new = NewOrder(customer or self.harbor, inputs, promised_on=promised, customer_po="4500-88213")
        order_id = self.do(lambda tx: orders.create(tx, new))
        self.do(lambda tx: orders.confirm(tx, order_id))
        return order_id

    def pick_of(self, order_id: UUID) -> UUID:
        """The open pick list of an order."""
        found = select(pick.c.id).where(pick.c.order_id == order_id, pick.c.state == "open")
        return self.read(lambda connection: connection.execute(found).scalar_one())

    def shipment_of(self, order_id: UUID, state: str = "planned") -> UUID | None:
        """The shipment of an order in a state, if there is one."""
        found = select(shipment.c.id).where(shipment.c.order_id == order_id, shipment.c.state == state)
        return self.read(lambda connection: connection.execute(found).scalar_one_or_none())

    def invoice_of(self, order_id: UUID) -> UUID:
        """The invoice of an order."""
        found = select(invoice.c.id).where(invoice.c.order_id == order_id, invoice.c.state != "cancelled")
        return self.read(lambda connection: connection.execute(found).scalar_one())

    def pick_all(self, order_id: UUID) -> None:
        """Take everything off the shelf."""
        pick_id = self.pick_of(order_id)
        self.do(lambda tx: picking.complete(tx, pick_id))

    def ship(self, order_id: UUID, dispatch: Dispatch | None = None) -> UUID:
        """Pick, pack and ship an order; give the shipment."""
        self.pick_all(order_id)
        shipment_id = self.shipment_of(order_id)
        assert shipment_id is not None
        self.do(lambda tx: shipping.pack(tx, shipment_id))
        self.do(lambda tx: shipping.ship(tx, shipment_id, dispatch or Dispatch("Meridian", "Parcel", "MR123")))
        return shipment_id


def found(database: Database) -> SmallCompany:
    """Found the company in an empty database, with 1,000 of each product in stock."""

    def run(op: Callable[[Transaction], T]) -> T:
        return database.run("test.step", op, by="bea", at=MORNING).value

    vat = TaxRule("V21", "VAT 21 %", Decimal(21))
    run(lambda tx: companies.found(tx, Founding("Delta Trading", "NL", "EUR", taxes=(vat,))))
    run(lambda tx: companies.add_carrier(tx, "MER", "Meridian", tracking_url="https://meridian.example/t/{number}"))
    database.forget_identity()
    dock = (Address(street="Dock 4", postal_code="3115 HC", city="Schiedam", country="NL"),)
    customers = [NewCustomer("Harbor & Finch", addresses=dock), NewCustomer("Summit Safety", addresses=dock)]
    harbor, summit = run(lambda tx: parties.add_many(tx, customers))
    goods = [
        NewProduct("VAL-1", "Brass valve", Decimal("18.40"), tax_codes="V21", bin="A-2", barcode="8719327004418"),
        NewProduct("GAS-1", "Rubber gasket", Decimal("2.30"), tax_codes="V21", bin="A-10", barcode="8719327004425"),
        NewProduct("CBL-1", "Cable", Decimal("1.85"), tax_codes="V21", bin="B-1", barcode="8719327004432"),
    ]
    ids = run(lambda tx: products.add_many(tx, goods))
    run(lambda tx: stock.receive_many(tx, [(one, Decimal(1000), "") for one in ids]))
    return SmallCompany(database, harbor, summit, *ids)
