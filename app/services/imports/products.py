"""Products from a file: which are new, which differ from what is here and in what, and writing them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.product import product
from app.services import companies
from app.services import products as catalogue
from app.services.imports.checking import Check, CheckedRow, Outcome
from app.services.imports.fields import Kind
from app.services.imports.known import by_code, fingerprint, imported
from app.services.imports.plan import Effect, Part, Plan, Work, values_of
from app.services.products import NewProduct
from app.services.transaction import Transaction

_OWN: Final = (
    "name",
    "description",
    "kind",
    "unit",
    "list_price",
    "tax_codes",
    "barcode",
    "category",
    "bin",
    "weight_g",
    "active",
)
_FIXED: Final = {"kind": "kind", "unit": "stock unit"}
_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_PRODUCTS: Final = select(product.c.id, *(product.c[name] for name in _OWN)).where(product.c.id.in_(_IDS))


def plan(connection: Connection, planned: Plan) -> None:
    """Decide for each row that is ready whether its product is new, changes or is here already."""
    check = planned.request.check
    ready = [row for row in planned.rows if row.outcome is Outcome.READY]
    _refuse_unknown_taxes(connection, check, ready)
    work = [_work(check, row) for row in ready if not row.problems]
    before = imported(connection, planned.request.source, Kind.PRODUCTS, (one.number for one in work))
    skus = by_code(connection, product.c.sku, product.c.id, (one.number for one in work))
    maybe = []
    for one in work:
        known = before.get(one.number)
        one.row_id = known[0] if known else skus.get(one.number)
        if known and known[1] == one.fingerprint:
            planned.effects[one.row.number] = Effect.UNCHANGED
        elif one.row_id is None:
            planned.effects[one.row.number] = Effect.NEW
            planned.work.append(one)
        else:
            maybe.append(one)
    _compare(connection, check, maybe)
    for one in maybe:
        if not one.row.problems:
            planned.effects[one.row.number] = Effect.CHANGED if one.changes else Effect.UNCHANGED
            planned.work.append(one)


def write(tx: Transaction, work: Sequence[Work]) -> list[UUID]:
    """Add the new products and change the others; give the ids in order.

    Raises:
        Invalid: a SKU was taken since the dry run.
        Conflict: somebody changed one of the same fields since the dry run.

    """
    new = [one for one in work if one.row_id is None]
    added = iter(catalogue.add_many(tx, [_new(one) for one in new]))
    ids = []
    for one in work:
        if one.row_id is not None:
            if one.changes:
                catalogue.change(tx, one.row_id, one.changes, one.seen)
            ids.append(one.row_id)
            continue
        product_id = next(added)
        ids.append(product_id)
        if not one.values.get("active", True):
            catalogue.change(tx, product_id, {"active": False}, {"active": True})
    return ids


def written_over(one: Work) -> list[Part]:
    """Say what writing ``one`` changes of a product that is here: what stood there, and what stands there then."""
    return [(product.name, one.row_id, one.seen, one.changes)] if one.changes else []


def _refuse_unknown_taxes(connection: Connection, check: Check, rows: Sequence[CheckedRow]) -> None:
    place = check.place("tax_codes")
    if place is None:
        return
    known = companies.taxes(connection)
    for row in rows:
        unknown = [code for code in str(row.values[place]).split() if code not in known]
        if unknown:
            fix = f"Use: {', '.join(sorted(known))}." if known else "Add it in the settings first."
            row.reject(check.problem(row, "tax_codes", f"There is no tax {unknown[0]}.", fix))


def _work(check: Check, row: CheckedRow) -> Work:
    filled = {key: value for key, value in values_of(check, row).items() if value is not None and value != ""}
    digest = fingerprint(sorted(filled.items()))
    values: dict[str, Any] = {key: filled[key] for key in _OWN if key in filled}
    weight, discontinued = filled.get("weight_kg"), filled.get("discontinued")
    if isinstance(weight, Decimal):
        values["weight_g"] = int((weight * 1000).to_integral_value(ROUND_HALF_UP))
    if isinstance(discontinued, bool):
        values["active"] = not discontinued
    return Work(str(filled["sku"]), row, values, digest)


def _compare(connection: Connection, check: Check, work: Sequence[Work]) -> None:
    """Find what differs from the products that are here; an empty cell changes nothing."""
    for start in range(0, len(work), 500):
        part = work[start : start + 500]
        here = {row.id: row for row in connection.execute(_PRODUCTS, {"ids": [one.row_id for one in part]})}
        for one in part:
            found = here[one.row_id]
            one.changes = {key: value for key, value in one.values.items() if getattr(found, key) != value}
            one.seen = {key: getattr(found, key) for key in one.changes}
            for key, words in _FIXED.items():
                if key in one.changes:
                    reason = f"The {words} of {one.number} is {one.seen[key]} here and cannot be changed."
                    one.row.reject(check.problem(one.row, key, reason, "Leave the column out, or use another SKU."))


def _new(one: Work) -> NewProduct:
    return NewProduct(sku=one.number, **{key: value for key, value in one.values.items() if key != "active"})
