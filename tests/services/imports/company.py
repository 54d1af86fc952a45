"""A founded company to import into, and the few steps every test of an import takes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.models.base import DataClass, metadata
from app.services import companies
from app.services.companies import Founding, TaxRule
from app.services.database import Database
from app.services.imports import runs
from app.services.imports.fields import Kind
from app.services.imports.plan import Mode, Plan, Report, Request
from tests.services.imports.files import checked, text_file

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def found(database: Database, currency: str = "EUR") -> Database:
    taxes = (TaxRule("V21", "VAT 21 %", rate=Decimal(21)),)
    founding = Founding("Delta Trading", "NL", currency, taxes=taxes)
    database.run("company.found", partial(companies.found, founding=founding), by="ann", at=NOON)
    return database


def request(folder: Path, kind: Kind, text: str, *, source: str = "Old shop", **more: Any) -> Request:
    check, _ = checked(text_file(folder, text), kind, **more)
    return Request(check, source)


def dry_run(database: Database, wanted: Request) -> Plan:
    return database.read(partial(runs.plan, request=wanted))


def bring_in(database: Database, wanted: Request, mode: Mode = Mode.WHOLE_FILE) -> Report:
    return runs.apply(database, dry_run(database, wanted), by="ann", at=NOON, mode=mode)


def rows(database: Database, *columns: Any, **where: Any) -> list[tuple[Any, ...]]:
    """Columns of a table, in the order of the first."""
    query = select(*columns).order_by(columns[0])
    for name, value in where.items():
        query = query.where(columns[0].table.c[name] == value)
    return [tuple(row) for row in database.read(lambda connection: connection.execute(query).all())]


def everything(database: Database) -> dict[str, list[str]]:
    """All rows of all tables that are not derived, as text, to tell whether anything changed."""

    def read(connection):
        return {
            table.name: sorted(str(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
            if table.info["data_class"] is not DataClass.LOCAL
        }

    return database.read(read)
