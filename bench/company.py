"""The company that is measured: a few customers, a shelf full of products, one tax."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from app.services import companies, parties, products, stock
from app.services.companies import Founding, TaxRule
from app.services.database import Database
from app.services.transaction import Transaction

T = TypeVar("T")

NOW: Final = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
CLERK: Final = "ann"
CUSTOMERS: Final = 20
PRODUCTS: Final = 200


@dataclass(frozen=True, slots=True)
class Masters:
    """Who buys and what is sold."""

    customers: list[UUID]
    products: list[UUID]


def do(database: Database, command: str, op: Callable[[Transaction], T]) -> T:
    """Run one business command."""
    return database.run(command, op, by=CLERK, at=NOW).value


def found(database: Database) -> Masters:
    """Found the company and fill its shelves."""
    tax = TaxRule("V21", "VAT 21 %", Decimal(21))
    do(database, "company.found", lambda tx: companies.found(tx, Founding("Delta", "NL", "EUR", taxes=(tax,))))
    database.forget_identity()
    customers = do(database, "customer.add", lambda tx: parties.add_many(tx, [_customer(n) for n in range(CUSTOMERS)]))
    goods = do(database, "product.add", lambda tx: products.add_many(tx, [_product(n) for n in range(PRODUCTS)]))
    shelf: list[tuple[UUID, Decimal, str]] = [(product_id, Decimal(10_000_000), "") for product_id in goods]
    do(database, "stock.receive", lambda tx: stock.receive_many(tx, shelf))
    return Masters(customers, goods)


def _customer(n: int) -> Any:
    address = parties.Address(street=f"Dock {n}", postal_code=f"31{n:02} AB", city="Schiedam", country="NL")
    return parties.NewCustomer(f"Harbor {n}", addresses=(address,))


def _product(n: int) -> Any:
    return products.NewProduct(f"SKU-{n}", f"Valve {n}", Decimal("18.40"), tax_codes="V21", bin=f"A-{n:03}")
