"""A small company at work, for tests that need books: founded through the services, driven through the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import event

from app.models.base import metadata
from app.services import companies, integrity, parties, products
from app.services.companies import Founding, TaxRule
from app.services.database import Database
from app.services.parties import Address, NewCustomer
from app.services.products import NewProduct
from app.services.transaction import Transaction

T = TypeVar("T")

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)


class Desk:
    """One clerk at a database.  Every command is a minute later than the one before."""

    def __init__(self, database: Database) -> None:
        self.database, self._minutes = database, 0

    @property
    def now(self) -> datetime:
        """When the last command was given."""
        return START + timedelta(minutes=self._minutes)

    def do(self, command: str, op: Callable[[Transaction], T], *, key: UUID | None = None) -> T:
        self._minutes += 1
        return self.database.run(command, op, by="ann", at=self.now, key=key).value

    def read(self, op: Callable[..., T], *arguments: Any) -> T:
        return self.database.read(lambda connection: op(connection, *arguments))

    def rows(self, statement: str) -> list[Any]:
        return self.database.read(lambda connection: connection.exec_driver_sql(statement).all())

    def damages(self) -> list[integrity.Damage]:
        return self.database.read(integrity.check)

    def fingerprint(self) -> str:
        """A digest of all rows of all tables: equal before and after means that nothing was changed."""

        def look(connection):
            digest = sha256()
            for name in sorted(metadata.tables):
                rows = sorted(repr(tuple(row)) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'))
                digest.update(f"{name}\n".encode() + "\n".join(rows).encode())
            return digest.hexdigest()

        return self.database.read(look)

    def found(self, **settings: Any) -> Desk:
        """Found the company with two taxes (one contained in the price) and a rate for pounds."""
        taxes = (
            TaxRule("V21", "VAT 21 %", Decimal(21)),
            TaxRule("V9", "VAT 9 %, in the price", Decimal(9), included=True),
        )
        founding = Founding("Delta Trading", "NL", "EUR", taxes=taxes, **settings)
        self.do("company.found", lambda tx: companies.found(tx, founding))
        for on, rate in ((date(2026, 1, 1), "0.8417"), (date(2026, 12, 1), "0.9113")):
            self.do("rate.set", lambda tx, on=on, rate=rate: companies.set_rate(tx, "GBP", on, Decimal(rate)))
        return self

    def customer(self, name: str = "Harbor & Finch", **fields: Any) -> UUID:
        new = NewCustomer(name, addresses=(Address(street="Dock 4", city="Schiedam", country="NL"),), **fields)
        return self.do("customer.add", lambda tx: parties.add(tx, new))

    def product(self, sku: str, price: str = "18.40", **fields: Any) -> UUID:
        fields = {"tax_codes": "V21", "units": {"dozen": Fraction(12)}, **fields}
        new = NewProduct(sku, f"Valve {sku}", Decimal(price), **fields)
        return self.do("product.add", lambda tx: products.add(tx, new))


def unhurried(database: Database) -> Database:
    """Let a SQLite file not wait for the disk at each commit: a test's books need not survive a power cut."""
    if database.dialect == "sqlite":
        event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return database
