"""What a customer's card says for electronic invoices, and how far the one of an invoice is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import Invalid, NotFound
from app.models.einvoice import Category, Form, einvoice
from app.models.invoice import invoice
from app.models.party import customer
from app.services import parties
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """The form a customer gets, where it goes and by which reference, and why lines without a tax have none."""

    einvoice_form: str = ""
    buyer_reference: str = ""
    electronic_address: str = ""
    electronic_scheme: str = ""
    legal_id: str = ""
    exempt_category: str = ""
    exempt_reason: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Which form the customer of an invoice gets, and the last e-invoice that was made of it, None for none yet."""

    wanted: Form
    made: Form | None = None
    at: datetime | None = None


_FIELDS: Final = tuple(CustomerCard.__dataclass_fields__)
_SCHEME: Final = re.compile(r"\d{4}|EM")


def read(connection: Connection, customer_id: UUID) -> CustomerCard:
    """Read what a customer's card says for electronic invoices.

    Raises:
        NotFound: the customer does not exist.

    """
    row = connection.execute(
        select(*(customer.c[n] for n in _FIELDS)).where(customer.c.id == customer_id)
    ).one_or_none()
    if row is None:
        raise NotFound("Customer", customer_id)
    return CustomerCard(*row)


def change(tx: Transaction, customer_id: UUID, values: Mapping[str, str], seen: Mapping[str, str]) -> None:
    """Change what a customer's card says; ``seen`` holds the values shown when the edit began.

    Raises:
        Invalid: a form, scheme or category is none.
        Conflict: somebody changed one of the same fields meanwhile.
        NotFound: the customer does not exist.

    """
    if values.get("einvoice_form", "") not in set(Form):
        raise Invalid("einvoice_form", "There is no such form of e-invoices. Choose one of the list.")
    if values.get("exempt_category", "") not in {"", *Category}:
        raise Invalid("exempt_category", "There is no such category. Choose one of the list.")
    known = {**asdict(read(tx.connection, customer_id)), **values}
    scheme = known["electronic_scheme"]
    if scheme and not _SCHEME.fullmatch(scheme):
        raise Invalid("electronic_scheme", "A scheme has four digits, such as 0204 or 9930, or is EM for e-mail.")
    if scheme and not known["electronic_address"]:
        raise Invalid("electronic_address", "Type the address that belongs to this scheme, or clear the scheme.")
    parties.change(tx, customer_id, dict(values), dict(seen))


def state(connection: Connection, invoice_id: UUID) -> State:
    """Read how far the electronic invoice of an invoice is.

    Raises:
        NotFound: the invoice does not exist.

    """
    row = connection.execute(
        select(customer.c.einvoice_form, einvoice.c.form, einvoice.c.at)
        .select_from(
            invoice.join(customer, customer.c.id == invoice.c.customer_id).outerjoin(
                einvoice, einvoice.c.invoice_id == invoice.c.id
            )
        )
        .where(invoice.c.id == invoice_id)
        .order_by(einvoice.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("Invoice", invoice_id)
    return State(Form(row.einvoice_form), None if row.form is None else Form(row.form), row.at)
