"""Customers with their addresses and contacts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotFound
from app.models.base import Key, new_id
from app.models.company import company
from app.models.invoice import Rhythm
from app.models.party import address, contact, customer
from app.services import numbering
from app.services.memory import Remembered
from app.services.text_search import begins, contains
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; ``street`` may have several lines, ``country`` is its ISO 3166 code."""

    name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    label: str = ""
    billing: bool = True
    shipping: bool = True

    def to_json(self) -> str:
        """Freeze the address as a document keeps it."""
        return json.dumps({name: getattr(self, name) for name in _PARTS}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Address:
        """Read a document's address."""
        return cls(**json.loads(text)) if text else cls()

    def lines(self) -> list[str]:
        """Write the address as an envelope shows it, without empty lines."""
        place = " ".join(part for part in (self.postal_code, self.city) if part)
        return [
            line for line in (self.name, *self.street.split("\n"), place, self.region, self.country) if line.strip()
        ]


_PARTS: Final = sorted(Address.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer."""

    name: str
    role: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What a new customer is made of; ``number`` is given out when empty."""

    name: str
    number: str = ""
    currency: str = ""
    payment_term: str = "NET30"
    vat_number: str = ""
    language: str = ""
    email: str = ""
    phone: str = ""
    tax_exempt: bool = False
    notes: str = ""
    credit_limit: Decimal | None = None
    customer_group: str = ""  # price lists may be for a group
    invoice_rhythm: str = ""  # models.invoice.Rhythm: how often what was delivered is put on one invoice
    addresses: tuple[Address, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with everything known of it; ``notes`` are internal and never printed."""

    id: UUID
    number: str
    name: str
    vat_number: str
    currency: str
    language: str
    payment_term: str
    email: str
    phone: str
    tax_exempt: bool
    notes: str
    active: bool
    credit_limit: Decimal | None
    customer_group: str
    invoice_rhythm: str
    addresses: tuple[tuple[UUID, Address], ...] = field(default=())
    contacts: tuple[tuple[UUID, Contact], ...] = field(default=())

    @property
    def billing_address(self) -> Address:
        """Where invoices go: the address marked so, else the first, else only the name."""
        return self._pick("billing")

    @property
    def shipping_address(self) -> Address:
        """Where goods go: the address marked so, else the first, else only the name."""
        return self._pick("shipping")

    def _pick(self, purpose: str) -> Address:
        known = [found for _, found in self.addresses]
        chosen = next((found for found in known if getattr(found, purpose)), known[0] if known else Address())
        return chosen if chosen.name else replace(chosen, name=self.name)


_HEAD: Final = [name for name in Customer.__dataclass_fields__ if name not in {"addresses", "contacts"}]
_BY_ID: Final = Remembered(
    select(*(customer.c[n] for n in _HEAD)).where(customer.c.id == bindparam("row_id", type_=Key))
)
_GROUPS: Final = (
    select(customer.c.customer_group)
    .where(customer.c.customer_group != "")
    .distinct()
    .order_by(customer.c.customer_group)
)
_ADDRESSES: Final = Remembered(
    select(address.c.id, *(address.c[n] for n in Address.__dataclass_fields__))
    .where(address.c.customer_id == bindparam("row_id", type_=Key), address.c.active)
    .order_by(address.c.id)
)
_CONTACTS: Final = Remembered(
    select(contact.c.id, *(contact.c[n] for n in Contact.__dataclass_fields__))
    .where(contact.c.customer_id == bindparam("row_id", type_=Key), contact.c.active)
    .order_by(contact.c.id)
)


def add(tx: Transaction, new: NewCustomer) -> UUID:
    """Add a customer and return its id.

    Raises:
        Invalid: the name is empty, or the number is taken.

    """
    return add_many(tx, [new])[0]


def add_many(tx: Transaction, customers: Sequence[NewCustomer]) -> list[UUID]:
    """Add customers and return their ids in order.

    Raises:
        Invalid: a name is empty, or a number is taken.

    """
    ids = [new_id() for _ in customers]
    unnumbered = [row_id for row_id, new in zip(ids, customers, strict=True) if not new.number]
    by_hand = [new.number for new in customers if new.number]
    _refuse_taken(tx, by_hand)
    given = _next_numbers(tx, unnumbered, set(by_hand))
    default_currency = _company_currency(tx)
    rows, addresses, contacts = [], [], []
    for row_id, new in zip(ids, customers, strict=True):
        if not new.name.strip():
            raise Invalid("name", "The customer needs a name.")
        rows.append(
            {
                "id": row_id,
                "number": new.number or given[row_id],
                **{n: getattr(new, n) for n in _HEAD if n not in {"id", "number", "currency", "active"}},
                "currency": new.currency or default_currency,
                "active": True,
                "created_at": tx.at,
            }
        )
        addresses += [{"id": new_id(), "customer_id": row_id, **asdict(a), "active": True} for a in new.addresses]
        contacts += [{"id": new_id(), "customer_id": row_id, **asdict(c), "active": True} for c in new.contacts]
    tx.insert(customer, *rows)
    tx.insert(address, *addresses)
    tx.insert(contact, *contacts)
    if len(rows) == 1:
        tx.record("customer.added", ids[0], name=customers[0].name)
    return ids


def change(tx: Transaction, customer_id: UUID, values: dict[str, Any], seen: dict[str, Any]) -> None:
    """Change fields of a customer; ``seen`` holds the values shown when the edit began.

    Raises:
        Invalid: the name is empty, or invoices come in no rhythm that is known.
        Conflict: somebody changed one of the same fields meanwhile.
        NotFound: the customer does not exist.

    """
    if "name" in values and not values["name"].strip():
        raise Invalid("name", "The customer needs a name.")
    if values.get("invoice_rhythm", "") not in list(Rhythm):
        raise Invalid("invoice_rhythm", "Invoices are for each delivery, weekly or monthly.")
    tx.change_fields(customer, customer_id, values, seen)
    tx.record("customer.changed", customer_id, fields=", ".join(values))


def add_address(tx: Transaction, customer_id: UUID, new: Address) -> UUID:
    """Add an address to a customer and return its id."""
    address_id = new_id()
    tx.insert(address, {"id": address_id, "customer_id": customer_id, **asdict(new), "active": True})
    tx.record("customer.address_added", customer_id, address=", ".join(new.lines()))
    return address_id


def change_address(tx: Transaction, address_id: UUID, values: dict[str, Any], seen: dict[str, Any]) -> None:
    """Change fields of an address; ``{"active": False}`` removes it from sight.

    Raises:
        Conflict: somebody changed one of the same fields meanwhile.

    """
    tx.change_fields(address, address_id, values, seen)


def add_contact(tx: Transaction, customer_id: UUID, new: Contact) -> UUID:
    """Add a contact to a customer and return its id."""
    contact_id = new_id()
    tx.insert(contact, {"id": contact_id, "customer_id": customer_id, **asdict(new), "active": True})
    tx.record("customer.contact_added", customer_id, name=new.name)
    return contact_id


def change_contact(tx: Transaction, contact_id: UUID, values: dict[str, Any], seen: dict[str, Any]) -> None:
    """Change fields of a contact; ``{"active": False}`` removes it from sight.

    Raises:
        Conflict: somebody changed one of the same fields meanwhile.

    """
    tx.change_fields(contact, contact_id, values, seen)


def get(connection: Connection, customer_id: UUID) -> Customer:
    """Read a customer with its addresses and contacts.

    Raises:
        NotFound: the customer does not exist.

    """
    row = _BY_ID.first(connection, row_id=customer_id)
    if row is None:
        raise NotFound("Customer", customer_id)
    addresses = tuple((r[0], Address(*r[1:])) for r in _ADDRESSES.all(connection, row_id=customer_id))
    contacts = tuple((r[0], Contact(*r[1:])) for r in _CONTACTS.all(connection, row_id=customer_id))
    return Customer(*(*row, addresses, contacts))


def groups(connection: Connection) -> list[str]:
    """Give the groups that customers are in, by name."""
    return list(connection.execute(_GROUPS).scalars())


def payer(connection: Connection, customer_id: UUID) -> Any:
    """Read who pays: a customer's own fields, without addresses and contacts.

    Raises:
        NotFound: the customer does not exist.

    """
    row = _BY_ID.first(connection, row_id=customer_id)
    if row is None:
        raise NotFound("Customer", customer_id)
    return row


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str]]:
    """Find active customers by number or part of the name: id, number, name; best matches first."""
    dialect = connection.dialect.name
    found = connection.execute(
        select(customer.c.id, customer.c.number, customer.c.name)
        .where(customer.c.active, contains((customer.c.name, customer.c.number), text, dialect))
        .order_by(~begins((customer.c.name,), text, dialect), customer.c.name)
        .limit(limit)
    )
    return [(row.id, row.number, row.name) for row in found]


def _company_currency(tx: Transaction) -> str:
    return str(tx.execute(select(company.c.currency)).scalar_one())


def _next_numbers(tx: Transaction, ids: list[UUID], by_hand: set[str]) -> dict[UUID, str]:
    """Give each customer the next number that no other has, nor is given by hand in the same batch."""
    given: dict[UUID, str] = {}
    while missing := [row_id for row_id in ids if row_id not in given]:
        numbers = numbering.free_numbers(tx, "C", missing, customer.c.number)
        given.update((i, n) for i, n in zip(missing, numbers, strict=True) if n not in by_hand)
    return given


def _refuse_taken(tx: Transaction, numbers: list[str]) -> None:
    if len(numbers) != len(set(numbers)):
        raise Invalid("number", "Two of these customers have the same number.")
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        taken = tx.execute(select(customer.c.number).where(customer.c.number.in_(part))).scalars().first()
        if taken:
            raise Invalid("number", f"There is a customer {taken} already. Use another number or leave it empty.")
