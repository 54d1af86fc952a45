"""Orders from a file or two: checked against the books, and taken over.

History comes in delivered, with its turnover and without moving today's stock; what is not shipped yet
comes in as an open order (see app.services.takeover).  An order that was imported before stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid
from app.models.base import Key
from app.models.company import currency
from app.models.order import sales_order
from app.models.party import customer
from app.models.product import product
from app.services import products, takeover
from app.services.document_lines import LineInput
from app.services.imports.checking import QUIET, CheckedRow
from app.services.imports.drafts import Draft, bring_together, reject_whole_orders
from app.services.imports.fields import Kind
from app.services.imports.known import Suggestions, by_code, imported
from app.services.imports.plan import ZERO, Effect, Expected, Plan, Tally, Work, values_of
from app.services.parties import Address
from app.services.products import Product
from app.services.progress import Progress
from app.services.takeover import TakenOrder
from app.services.transaction import Transaction

_HUNDRED: Final = Decimal(100)
_AMOUNT_MAX: Final = Decimal(10) ** 11
_SHIP: Final = ("name", "street", "postal_code", "city", "region", "country")
_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_NAMES: Final = select(customer.c.id, customer.c.name).where(customer.c.id.in_(_IDS))


def net(values: dict[str, Any]) -> Decimal:
    """Quantity times price less discount, exact and unrounded; zero where one of them could not be read."""
    quantity, price, discount = values.get("quantity"), values.get("unit_price"), values.get("discount_percent")
    if quantity is None or price is None:
        return ZERO
    amount: Decimal = quantity * price
    return amount * (_HUNDRED - discount) / _HUNDRED if discount else amount


def plan(connection: Connection, planned: Plan, expected: Expected, progress: Progress = QUIET) -> None:
    """Decide for each order whether it is new or here already, and reject what the books refuse."""
    drafts = bring_together(planned)
    books = _Books(connection, planned, expected, drafts)
    for count, draft in enumerate(drafts, start=1):
        books.check(draft)
        if count % 200 == 0:
            progress.step(count, len(drafts), "Comparing orders with the books")
    reject_whole_orders(planned, drafts)
    for draft in drafts:
        if any(row.problems for row in draft.rows):
            continue
        work = books.work(draft)
        effect = Effect.UNCHANGED if work is None else Effect.NEW
        if work is not None:
            planned.work.append(work)
        planned.tallies[effect].records += 1
        planned.effects[draft.head_row.number] = effect
        lines = planned.line_effects if planned.request.lines else planned.effects
        lines.update((row.number, effect) for row, _ in draft.lines)


def add_money(planned: Plan) -> None:
    """Add the money of all line rows to the tallies, whatever becomes of them."""
    check = planned.request.lines or planned.request.check
    of_lines = planned.request.lines is not None
    for row in planned.line_rows if of_lines else planned.rows:
        amount = net(values_of(check, row))
        planned.tallies[planned.effect(row, of_lines=of_lines)].money += amount
        if row.rule:
            planned.set_aside.setdefault(row.rule, Tally()).money += amount


def write(tx: Transaction, work: Sequence[Work]) -> list[UUID]:
    """Take the orders over; give their ids in order.

    Raises:
        Invalid: a number was taken since the dry run, or a line cannot be taken.

    """
    return takeover.take_over(tx, [one.values["order"] for one in work])


# ------------------------------------------------------------------------------------------ against the books


class _Books:
    """What the books know of the customers, products and orders of a file, and the checks against it."""

    def __init__(self, connection: Connection, planned: Plan, expected: Expected, drafts: Sequence[Draft]) -> None:
        request = planned.request
        self._check, self._line_check = request.check, request.lines or request.check
        self._expected = expected
        customers = {str(draft.head.get("customer_number", "")) for draft in drafts}
        skus = {str(values["sku"]) for draft in drafts for _, values in draft.lines}
        self._customers = _found(connection, request.source, Kind.CUSTOMERS, customers)
        ids = _found(connection, request.source, Kind.PRODUCTS, skus)
        known = products.get_many(connection, list(ids.values()))
        self._products = {sku: known[row_id] for sku, row_id in ids.items()}
        numbers = [draft.number for draft in drafts]
        self._before = imported(connection, request.source, Kind.ORDERS, numbers)
        self._taken = by_code(connection, sales_order.c.number, sales_order.c.id, numbers)
        self._currencies = set(connection.execute(select(currency.c.code)).scalars())
        self._names = _customer_names(connection, self._customers.values())
        self._like_customer = Suggestions(connection, customer.c.number)
        self._like_sku = Suggestions(connection, product.c.sku)

    def check(self, draft: Draft) -> None:
        """Reject the rows of an order that the books refuse."""
        row, head = draft.head_row, draft.head
        if self._was_imported(draft) or any(one.problems for one in draft.rows):
            return
        number = str(head["customer_number"])
        if number not in self._customers and number not in self._expected.customers:
            fix = self._like_customer.sentence(number) or "Import the customer first, or create it."
            row.reject(self._check.problem(row, "customer_number", "There is no such customer.", fix))
        code = head.get("currency")
        if code and code not in self._currencies:
            row.reject(self._check.problem(row, "currency", f"{code} is not set up here.", "Add it in the settings."))
        is_open = head.get("shipped_on") is None
        for line_row, values in draft.lines:
            self._check_line(line_row, values, is_open=is_open)

    def work(self, draft: Draft) -> Work | None:
        """Make the order to be taken over; None where the same one was imported before."""
        if draft.number in self._before:
            return None
        return Work(draft.number, draft.head_row, {"order": self._taken_order(draft)}, draft.fingerprint())

    def _was_imported(self, draft: Draft) -> bool:
        """Tell whether the order came in before; reject it where it is another one now."""
        row, before = draft.head_row, self._before.get(draft.number)
        if before is None:
            if draft.number in self._taken:
                reason = f"There is an order {draft.number} already that did not come from this source."
                row.reject(self._check.problem(row, "number", reason, "Give one of them another number."))
            return False
        if before[1] != draft.fingerprint() and not any(one.problems for one in draft.rows):
            reason = f"Order {draft.number} was imported before with other content, and an import does not change it."
            row.reject(self._check.problem(row, "number", reason, "Change the order itself, or leave it out."))
        return True

    def _check_line(self, row: CheckedRow, values: dict[str, Any], *, is_open: bool) -> None:
        check, sku = self._line_check, str(values["sku"])
        sold = self._products.get(sku)
        if sold is None:
            if sku not in self._expected.products:
                fix = self._like_sku.sentence(sku) or "Import the product first."
                row.reject(check.problem(row, "sku", "No such SKU.", fix))
        elif problem := _quantity_problem(sold, values):
            row.reject(check.problem(row, *problem))
        if is_open and values["quantity"] <= 0:
            reason = "An order that is not shipped yet cannot have a quantity below zero."
            row.reject(check.problem(row, "quantity", reason, "Map its shipped date, or leave the row out."))
        if abs(net(values)) >= _AMOUNT_MAX:
            row.reject(check.problem(row, "quantity", "Quantity times price is too large.", "Check the decimal sign."))

    def _taken_order(self, draft: Draft) -> TakenOrder:
        head = draft.head
        customer_id = self._customers.get(str(head["customer_number"]))
        lines = [self._line(values) for _, values in draft.lines]
        freight = head.get("freight")
        if freight:
            lines.append(LineInput(kind="fee", name="Freight", quantity=Decimal(1), unit_price=freight, tax_codes=""))
        return TakenOrder(
            customer_id=customer_id,  # type: ignore[arg-type]  # None only in a dry run of a profile
            number=draft.number,
            ordered_on=head["ordered_on"],
            lines=tuple(lines),
            delivered_on=head.get("shipped_on"),
            requested_on=head.get("requested_on") or head.get("promised_on"),
            customer_po=head.get("customer_po") or "",
            currency=head.get("currency") or "",
            shipping_address=self._ship_to(head, customer_id),
            channel=head.get("channel") or "",
            notes=head.get("notes") or "",
        )

    def _line(self, values: dict[str, Any]) -> LineInput:
        sold = self._products.get(str(values["sku"]))
        return LineInput(
            product_id=sold.id if sold else None,
            quantity=values["quantity"],
            unit=values.get("unit") or "",
            unit_price=values["unit_price"],
            discount_percent=values.get("discount_percent") or ZERO,
            name=values.get("line_name") or "",
        )

    def _ship_to(self, head: dict[str, Any], customer_id: UUID | None) -> Address | None:
        parts = {name: value for name in _SHIP if (value := head.get(f"ship_{name}"))}
        if not parts:
            return None
        name = self._names.get(customer_id, "") if customer_id else ""
        return Address(**{"name": name, **parts})


def _found(connection: Connection, source: str, kind: Kind, numbers: set[str]) -> dict[str, UUID]:
    """Find customers or products by their number in the other program, or else by their own."""
    code, row_id = (customer.c.number, customer.c.id) if kind is Kind.CUSTOMERS else (product.c.sku, product.c.id)
    before = imported(connection, source, kind, numbers)
    return by_code(connection, code, row_id, numbers) | {number: key for number, (key, _) in before.items()}


def _customer_names(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, str]:
    wanted, names = sorted(set(ids)), dict[UUID, str]()
    for start in range(0, len(wanted), 500):
        rows = connection.execute(_NAMES, {"ids": wanted[start : start + 500]})
        names.update((row.id, row.name) for row in rows)
    return names


def _quantity_problem(sold: Product, values: dict[str, Any]) -> tuple[str, str] | None:
    """Say what the product refuses: a unit it is not sold in, or too fine a quantity."""
    quantity, unit = values["quantity"], values.get("unit") or ""
    if not unit and quantity == quantity.to_integral_value():
        return None
    try:
        sold.grains(quantity, unit)
    except Invalid as error:
        return ("unit" if error.field == "unit" else "quantity"), str(error)
    return None
