"""Customers from a file: which are new, which differ from what is here and in what, and writing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.company import currency
from app.models.party import address, contact, customer
from app.services import companies, parties
from app.services.imports.checking import Check, CheckedRow, Outcome
from app.services.imports.fields import Kind
from app.services.imports.known import by_code, fingerprint, imported
from app.services.imports.plan import Effect, Part, Plan, Work, values_of
from app.services.parties import Address, Contact, NewCustomer
from app.services.transaction import Transaction

_OWN: Final = (
    "name",
    "vat_number",
    "currency",
    "language",
    "payment_term",
    "email",
    "phone",
    "tax_exempt",
    "credit_limit",
    "notes",
)
_ADDRESS: Final = ("street", "postal_code", "city", "region", "country")
_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_CUSTOMERS: Final = select(customer.c.id, *(customer.c[name] for name in _OWN)).where(customer.c.id.in_(_IDS))
_ADDRESSES: Final = (
    select(address.c.id, address.c.customer_id, *(address.c[name] for name in _ADDRESS))
    .where(address.c.customer_id.in_(_IDS), address.c.active)
    .order_by(~address.c.billing, address.c.id)
)
_CONTACTS: Final = (
    select(contact.c.id, contact.c.customer_id, contact.c.name, contact.c.role)
    .where(contact.c.customer_id.in_(_IDS), contact.c.active)
    .order_by(contact.c.id)
)


def plan(connection: Connection, planned: Plan) -> None:
    """Decide for each row that is ready whether its customer is new, changes or is here already."""
    check = planned.request.check
    ready = [row for row in planned.rows if row.outcome is Outcome.READY]
    _refuse_unknown(connection, check, ready)
    work = [_work(check, row) for row in ready if not row.problems]
    before = imported(connection, planned.request.source, Kind.CUSTOMERS, (one.number for one in work))
    numbers = by_code(connection, customer.c.number, customer.c.id, (one.number for one in work))
    maybe = []
    for one in work:
        known = before.get(one.number)
        one.row_id = known[0] if known else numbers.get(one.number)
        if known and known[1] == one.fingerprint:
            planned.effects[one.row.number] = Effect.UNCHANGED
        elif one.row_id is None:
            planned.effects[one.row.number] = Effect.NEW
            planned.work.append(one)
        else:
            maybe.append(one)
            planned.work.append(one)
    _compare(connection, maybe)
    for one in maybe:
        planned.effects[one.row.number] = Effect.CHANGED if one.changes else Effect.UNCHANGED


def write(tx: Transaction, work: Sequence[Work]) -> list[UUID]:
    """Add the new customers and change the others; give the ids in order.

    Raises:
        Invalid: a number was taken since the dry run.
        Conflict: somebody changed one of the same fields since the dry run.

    """
    new = [one for one in work if one.row_id is None]
    added = iter(parties.add_many(tx, [_new(one) for one in new]))
    ids = []
    for one in work:
        if one.row_id is None:
            ids.append(next(added))
            continue
        _change(tx, one, one.row_id)
        ids.append(one.row_id)
    return ids


def written_over(one: Work) -> list[Part]:
    """Say what writing ``one`` changes of a customer that is here: what stood there, and what stands there then."""
    tables = {"own": customer.name, "address": address.name, "contact": contact.name}
    parts = []
    for group, values in one.changes.items():
        seen = dict(one.seen.get(group, {}))
        parts.append((tables[group], seen.pop("id", None), seen, values))
    return parts


def _refuse_unknown(connection: Connection, check: Check, rows: Sequence[CheckedRow]) -> None:
    """Reject rows whose currency or payment term is not set up here."""
    known: dict[str, tuple[set[str], str]] = {
        "currency": (set(connection.execute(select(currency.c.code)).scalars()), "currency"),
        "payment_term": (set(companies.terms(connection)), "payment term"),
    }
    for key, (codes, words) in known.items():
        place = check.place(key)
        if place is None:
            continue
        for row in rows:
            value = row.values[place]
            if value and value not in codes:
                some = ", ".join(sorted(codes)[:8]) if key == "payment_term" else "the settings"
                row.reject(check.problem(row, key, f"There is no {words} “{value}”.", f"Use one of: {some}."))


def _work(check: Check, row: CheckedRow) -> Work:
    values = {key: value for key, value in values_of(check, row).items() if value is not None and value != ""}
    number = str(values["number"])
    digest = fingerprint(sorted(values.items()))
    own = {key: values[key] for key in _OWN if key in values}
    place = {key: values[key] for key in _ADDRESS if key in values}
    if "street_2" in values:
        place["street"] = "\n".join(str(values[key]) for key in ("street", "street_2") if key in values)
    person = {name: values.get(key, "") for name, key in (("name", "contact_name"), ("role", "contact_role"))}
    groups = {"own": own, "address": place, "contact": person if person["name"] else {}}
    return Work(number, row, groups, digest)


def _compare(connection: Connection, work: Sequence[Work]) -> None:
    """Find what differs from the customers that are here; an empty cell changes nothing."""
    for start in range(0, len(work), 500):
        part = work[start : start + 500]
        ids = {"ids": [one.row_id for one in part]}
        customers = {row.id: row for row in connection.execute(_CUSTOMERS, ids)}
        addresses: dict[Any, Any] = {}
        for row in connection.execute(_ADDRESSES, ids):
            addresses.setdefault(row.customer_id, row)
        people = {(row.customer_id, row.name): row for row in connection.execute(_CONTACTS, ids)}
        for one in part:
            _differ(one, "own", customers[one.row_id])
            _differ(one, "address", addresses.get(one.row_id))
            _differ(one, "contact", people.get((one.row_id, one.values["contact"].get("name"))))


def _differ(one: Work, group: str, here: Any) -> None:
    wanted = one.values[group]
    if here is None:
        if wanted:
            one.changes[group] = wanted
        return
    different = {key: value for key, value in wanted.items() if getattr(here, key) != value}
    if different:
        one.changes[group] = different
        one.seen[group] = {"id": here.id, **{key: getattr(here, key) for key in different}}


def _new(one: Work) -> NewCustomer:
    place, person = one.values["address"], one.values["contact"]
    return NewCustomer(
        number=one.number,
        addresses=(Address(**place),) if place else (),
        contacts=(Contact(**person),) if person else (),
        **one.values["own"],
    )


def _change(tx: Transaction, one: Work, customer_id: UUID) -> None:
    for group, values in one.changes.items():
        seen = dict(one.seen.get(group, {}))
        row_id = seen.pop("id", None)
        if group == "own":
            parties.change(tx, customer_id, values, seen)
        elif group == "address" and row_id:
            parties.change_address(tx, row_id, values, seen)
        elif group == "address":
            parties.add_address(tx, customer_id, Address(**values))
        elif row_id:
            parties.change_contact(tx, row_id, values, seen)
        else:
            parties.add_contact(tx, customer_id, Contact(**values))
