"""The company as papers show it: kept anew each time it changes, so that issued papers keep the old one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotFound
from app.models.base import Key, new_id
from app.models.company import company, letterhead
from app.services.memory import Remembered
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What papers print of ourselves; texts are empty when not given."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    vat_number: str
    registration: str
    email: str
    phone: str
    website: str
    bank_name: str
    iban: str
    bic: str
    logo: bytes | None
    language: str
    qr_iban: str


FIELDS: Final = tuple(Letterhead.__dataclass_fields__)
_NOW: Final = Remembered(select(*(company.c[name] for name in FIELDS)))
_OWN: Final = Remembered(select(company.c.id, company.c.letterhead_id))
_KEPT: Final = Prepared(
    select(*(letterhead.c[name] for name in FIELDS)).where(letterhead.c.id == bindparam("letterhead", type_=Key))
)


def keep(tx: Transaction) -> UUID:
    """Make the company's data of now the letterhead of what is issued from now on; return its id.

    Nothing is written where the letterhead says the same already.

    Raises:
        NotFound: there is no company yet.

    """
    own = _OWN.first(tx.connection)
    data = now(tx.connection)
    kept: UUID | None = own.letterhead_id
    if kept is not None and read(tx.connection, kept) == data:
        return kept
    row: dict[str, Any] = {name: getattr(data, name) for name in FIELDS}
    letterhead_id = new_id()
    tx.insert(letterhead, {"id": letterhead_id, "command_id": tx.key, **row, "at": tx.at})
    tx.update(company, own.id, letterhead_id=letterhead_id)
    return letterhead_id


def now(connection: Connection) -> Letterhead:
    """Read the company as it is now.

    Raises:
        NotFound: there is no company yet.

    """
    row = _NOW.first(connection)
    if row is None:
        raise NotFound("Company", "in this database")
    return Letterhead(*row)


def read(connection: Connection, letterhead_id: UUID | None) -> Letterhead:
    """Read a letterhead; for a document that was not issued, None, the company as it is now.

    Raises:
        NotFound: there is no such letterhead, or no company yet.

    """
    if letterhead_id is None:
        return now(connection)
    row = _KEPT.first(connection, letterhead=letterhead_id)
    if row is None:
        raise NotFound("Letterhead", letterhead_id)
    return Letterhead(*row)
