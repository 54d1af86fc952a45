"""Stock from a file: what was counted on the shelf, product by product, booked as a count."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import Invalid
from app.models.product import product
from app.models.stock import location, stock_level
from app.services import products, stock, stock_ledger, valuation, value_entries
from app.services.imports.checking import Check, CheckedRow, Outcome
from app.services.imports.fields import Kind
from app.services.imports.known import Suggestions, by_code, fingerprint, imported
from app.services.imports.plan import Effect, Expected, Plan, Work, values_of
from app.services.transaction import Transaction

_NOT_KEPT: Final = "What stock is worth is not kept in these books."


def plan(connection: Connection, planned: Plan, expected: Expected) -> None:
    """Decide for each row that is ready whether the count changes the stock."""
    check = planned.request.check
    ready = [row for row in planned.rows if row.outcome is Outcome.READY]
    source = planned.request.source
    skus = {str(values_of(check, row)["sku"]) for row in ready}
    ids = {number: row_id for number, (row_id, _) in imported(connection, source, Kind.PRODUCTS, skus).items()}
    ids = by_code(connection, product.c.sku, product.c.id, skus) | ids
    places = {row.code: row.id for row in connection.execute(select(location.c.code, location.c.id))}
    places[""] = stock_ledger.main_location(connection)
    keeps = value_entries.books(connection).keeps
    for row in ready:
        if values_of(check, row).get("unit_cost") is not None and not keeps:
            row.reject(check.problem(row, "unit_cost", _NOT_KEPT, "Turn it on first, or leave the column out."))
    ready = [row for row in ready if row.outcome is Outcome.READY]
    known = products.get_many(connection, list(ids.values()))
    suggest = Suggestions(connection, product.c.sku)
    work = [one for row in ready if (one := _work(check, row, (ids, places, known), (suggest, expected))) is not None]
    work = _once_each(check, work)
    before = imported(connection, source, Kind.STOCK, (one.number for one in work))
    levels = _levels(connection)
    for one in work:
        if one.number in before and before[one.number][1] == one.fingerprint:
            planned.effects[one.row.number] = Effect.UNCHANGED
            continue
        on_hand = levels.get((one.values["product_id"], one.values["location_id"]), 0)
        same = one.values["grains"] == on_hand and one.values.get("unit_cost") is None
        planned.effects[one.row.number] = Effect.UNCHANGED if same else Effect.CHANGED
        one.row_id = one.values["product_id"]
        planned.work.append(one)


def write(tx: Transaction, work: Sequence[Work]) -> list[UUID]:
    """Book the counts, and what goods are worth where the file says so; give the products' ids in order.

    Raises:
        NotAllowed: less was counted than lies picked for shipments.

    """
    ids = []
    for one in work:
        values = one.values
        stock.count(
            tx, values["product_id"], values["quantity"], unit=values["unit"], location_id=values["location_id"]
        )
        if values["unit_cost"] is not None:
            valuation.say_worth(
                tx,
                values["product_id"],
                values["unit_cost"],
                unit=values["unit"],
                location_id=values["location_id"],
                opening=True,
            )
        ids.append(values["product_id"])
    return ids


def _once_each(check: Check, work: Sequence[Work]) -> list[Work]:
    """Reject a second count of the same goods at the same place, however the row names them."""
    first: dict[tuple[UUID, UUID], Work] = {}
    kept = []
    for one in work:
        place = (one.values["product_id"], one.values["location_id"])
        known = first.setdefault(place, one) if place[0] else one
        if known is one:
            kept.append(one)
        else:
            reason = f"Row {known.row.number:,} counts the same product at the same place."
            one.row.reject(check.problem(one.row, "sku", reason, "Keep one of the rows."))
    return kept


def _work(
    check: Check,
    row: CheckedRow,
    known: tuple[dict[str, UUID], dict[str, UUID], dict[UUID, Any]],
    help_: tuple[Suggestions, Expected],
) -> Work | None:
    """Find product, location and unit of a row; reject it where one is not here."""
    ids, places, found = known
    suggest, expected = help_
    values = values_of(check, row)
    sku, place, unit = str(values["sku"]), str(values.get("location") or ""), str(values.get("unit") or "")
    number = f"{sku}|{place}"
    digest = fingerprint(sorted(values.items()))
    if place not in places:
        fix = f"Use one of: {', '.join(sorted(filter(None, places)))}."
        row.reject(check.problem(row, "location", f"There is no location “{place}”.", fix))
        return None
    if sku not in ids:
        if sku in expected.products:
            return Work(number, row, {"product_id": None, "location_id": None, "grains": Fraction(-1)}, digest)
        row.reject(check.problem(row, "sku", "No such SKU.", suggest.sentence(sku) or "Import the product first."))
        return None
    counted = found[ids[sku]]
    if counted.kind != "goods":
        row.reject(check.problem(row, "sku", f"{sku} is a service: it has no stock.", "Leave the row out."))
        return None
    quantity = values["quantity"]
    assert isinstance(quantity, Decimal), "a required number"
    try:
        grains = counted.grains(quantity, unit)
    except Invalid as error:
        row.reject(check.problem(row, "unit" if error.field == "unit" else "quantity", str(error)))
        return None
    content = {
        "product_id": counted.id,
        "location_id": places[place],
        "quantity": quantity,
        "unit": unit,
        "grains": grains,
        "unit_cost": values.get("unit_cost"),
    }
    return Work(number, row, content, digest)


def _levels(connection: Connection) -> dict[tuple[UUID, UUID], int]:
    level = stock_level.c
    rows = connection.execute(select(level.product_id, level.location_id, level.free + level.promised + level.picked))
    return {(row[0], row[1]): int(row[2]) for row in rows}
