"""The lines of an order: counted when they are ordered, priced anew when one of them changes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Invalid, NotAllowed
from app.models.base import new_id
from app.models.order import InvoicePolicy, OrderState, sales_order, sales_order_line
from app.models.product import GRAIN, to_grains
from app.models.rounding import round_step
from app.services import (
    arrivals,
    blanket_room,
    companies,
    document_lines,
    kits,
    originals,
    parties,
    place_taxes,
    planning,
    promotion_lines,
    sourcing,
)
from app.services.document_lines import ZERO, LineInput, Priced, Rules
from app.services.order_book import COUNTS, BookLine, OrderBook, load
from app.services.parties import Address, Customer
from app.services.pricing import Buyer
from app.services.transaction import Transaction

_PROGRESS: Final = (*COUNTS[1:], "on_order", "by_hand")
_PRICE: Final = ("unit", "unit_price", "discount_percent", "tax_codes")


def new_row(order_id: UUID, row: dict[str, Any], priced: Priced, policy: str) -> dict[str, Any]:
    """Add the progress columns of a line that has just been ordered.

    It may be invoiced by its product's invoice policy, else by the order's ``policy``; one by hand is so for all.
    """
    product = priced.products.get(row["product_id"])
    if product:
        ordered = product.grains(row["quantity"], row["unit"])
    else:
        ordered = to_grains(row["quantity"], Fraction(1), GRAIN)
    by_hand = policy == InvoicePolicy.BY_HAND
    on_order = not by_hand and ((product.invoice_policy if product else "") or policy) == InvoicePolicy.ORDER
    counted = {**dict.fromkeys(COUNTS, 0), "ordered": ordered}
    return {"order_id": order_id, **row, **counted, "on_order": on_order, "by_hand": by_hand}


def new_rows(order_id: UUID, priced: Priced, policy: str) -> list[dict[str, Any]]:
    """Give the rows of an order's lines as they are ordered.

    Raises:
        Invalid: a quantity is below zero: what comes back is a return, what is taken off the price a fee.

    """
    rows = [new_row(order_id, row, priced, policy) for row in priced.lines]
    for row in rows:
        if row["ordered"] < 0:
            raise Invalid(
                "quantity",
                f"Line {row['position']}: an order cannot ask for less than nothing. "
                "Take goods back by a return; give a discount, or a fee with a negative price.",
            )
    return rows


def deposit(rules: Rules, total: Decimal, percent: Decimal, amount: Decimal) -> Decimal:
    """Give the deposit an order asks for: ``percent`` of its total, or an amount of its currency.

    Where totals are rounded to the smallest coin, so is a deposit: what is left of the order is then a sum of coins.

    Raises:
        Invalid: it is below nothing, more than the whole order, or finer than the currency is counted.

    """
    document_lines.check_number("deposit", percent)
    document_lines.check_number("deposit", amount)
    if amount != round(amount, rules.decimals):  # no payment would ever reach it
        raise Invalid("deposit", f"A deposit has at most {rules.decimals} decimal places in this currency. Round it.")
    coin = rules.cash_rounding or Decimal(1).scaleb(-rules.decimals)
    if amount != round_step(amount, coin):
        raise Invalid("deposit", f"Totals are rounded to {coin.normalize():f} here. Round the deposit as well.")
    if not 0 <= percent <= 100 or amount < 0 or amount > max(total, ZERO):
        raise Invalid("deposit", "A deposit is between nothing and the whole order.")
    if percent:
        share = round_step(Fraction(total) * Fraction(percent) / 100, coin)
        return max(share, ZERO)
    return amount


def price_new(
    connection: Connection,
    rules: Rules,
    customer: Customer,
    goes_to: Address | None,
    lines: Sequence[LineInput],
    buyer: Buyer,
) -> Priced:
    """Compute the lines of a new order: their prices by the buyer's price lists, their taxes by where it goes.

    Raises:
        Invalid: a line cannot be taken.
        NotFound: a product does not exist.

    """
    settled, exempt = place_taxes.settle(
        connection, customer, goes_to, lines, currency=rules.currency, day=buyer.on, buyer=buyer
    )
    return document_lines.price(connection, rules, settled, tax_exempt=exempt)


def reprice(tx: Transaction, book: OrderBook, inputs: Sequence[LineInput]) -> None:
    """Compute the order anew with ``inputs`` and let everything that depends on it follow.

    Raises:
        Invalid: a line cannot be taken.
        NotAllowed: less is asked for than was picked, shipped or invoiced, or another price for what is invoiced.

    """
    head, held = book.head, held_products(book)
    decimals = companies.decimals(tx.connection, head.currency)
    rules = Rules(
        head.currency,
        decimals,
        head.tax_rounding,
        head.discount_percent,
        head.discount_amount,
        head.cash_rounding,
    )
    customer, goes_to = parties.get(tx.connection, head.customer_id), Address.from_json(head.shipping_address)
    day, currency = head.ordered_on, head.currency
    buyer = Buyer(customer.id, day, customer.customer_group, head.channel, head.campaign)
    inputs, exempt = place_taxes.settle(
        tx.connection, customer, goes_to, inputs, currency=currency, day=day, buyer=buyer
    )
    followed = promotion_lines.follow(tx, book, inputs, rules, exempt=exempt) if head.promotions else None
    if followed:  # goods that are given bear the taxes of the place as well
        inputs, _ = place_taxes.settle(tx.connection, customer, goes_to, followed.inputs, currency=currency, day=day)
    priced = document_lines.price(tx.connection, rules, inputs, tax_exempt=exempt)
    rows = _kept(tx, book, new_rows(book.id, priced, head.invoice_policy))
    blanket_room.refuse_overrun(tx, book, _wanted(book, rows))
    _free_removed(tx, book, {line.id for line in book.sold} - {row["id"] for row in rows})
    document_lines.replace_lines(tx, sales_order_line, "order_id", book.id, rows)
    document_lines.store_taxes(tx, book.id, priced.taxes, replace=True)
    if followed:
        promotion_lines.keep(tx, book.id, followed.rows)
    values = dict(priced.totals)
    if book.state != OrderState.DRAFT:
        values |= {"amendments": book.head.amendments + 1, **originals.of_order(tx, book)}
    if book.state == OrderState.DRAFT:  # once it is confirmed the deposit is agreed
        fixed = ZERO if head.deposit_percent else head.deposit_amount
        values["deposit_amount"] = deposit(rules, values["total"], head.deposit_percent, fixed)
    tx.update(sales_order, book.id, **values)
    tx.record("order.lines_changed", book.id, total=priced.totals["total"], currency=head.currency)
    changed = load(tx, book.id)
    if changed.state != OrderState.DRAFT:
        changed = kits.explode(tx, changed, {line.id: line.ordered for line in book.sold})
    sourcing.settle(tx, changed)
    arrivals.serve_others(tx, book, held)


def _wanted(book: OrderBook, rows: Sequence[dict[str, Any]]) -> dict[UUID, int]:
    """What the lines of an order want after a change, in grains; removed ones nothing."""
    cancelled = {line.id: line.cancelled for line in book.sold}
    return {**dict.fromkeys(cancelled, 0), **{row["id"]: row["ordered"] - cancelled.get(row["id"], 0) for row in rows}}


def as_input(row: Any, changed: dict[str, Any] | None = None) -> LineInput:
    """Give a stored line as it was typed, with some of it ``changed``."""
    fields = {name: getattr(row, name) for name in LineInput.__dataclass_fields__}
    return LineInput(**{**fields, **(changed or {})})


def held_products(book: OrderBook) -> list[UUID]:
    """Name the products promised to an order, which others may get when it gives them up."""
    return [line.product_id for line in book.lines if line.reserved]


def _kept(tx: Transaction, book: OrderBook, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let lines that stay keep their progress; refuse what is asked for less than it has got, or gone but on paper."""
    progress = {line.id: line for line in book.sold}
    for row in rows:
        line = progress.get(row["id"])
        if line is None:
            continue
        if row["product_id"] != line.row.product_id:
            row["id"] = new_id()  # another product is another line: what was promised of the old one goes back
            continue
        _refuse_more_at_no_charge(line, row)
        _refuse_less(line, row)
        _refuse_new_price(line, row)
        for name in _PROGRESS:
            del row[name]  # stays as it is stored, whatever is freed meanwhile
        del progress[line.id]
    for line in progress.values():
        if line.no_charge:
            raise NotAllowed(f"Line {line.row.position} replaces goods that came back; it cannot be removed.")
        if line.picked or line.shipped or line.invoiced or planning.is_on_paper(tx, line.id):
            raise NotAllowed(
                f"Line {line.row.position} is picked, shipped or invoiced; it cannot be removed. "
                "Set its quantity to what has happened, or take the goods back first."
            )
    return rows


def _refuse_less(line: BookLine, row: dict[str, Any]) -> None:
    """Refuse a quantity below what is with the customer or invoiced, or that leaves picked goods over."""
    if row["ordered"] >= line.ordered:
        return
    wanted = row["ordered"] - line.cancelled
    floor = max(line.shipped - line.returned - line.advanced, line.invoiced)
    if line.picked:
        floor = max(floor, line.shipped - line.returned_open + line.picked)
    if wanted < floor:
        raise NotAllowed(
            f"Line {line.row.position}: more is picked, shipped or invoiced already. Take goods back or credit first."
        )


def _refuse_more_at_no_charge(line: BookLine, row: dict[str, Any]) -> None:
    """Refuse another quantity or price of what replaces goods that came back: the return says how much."""
    if line.no_charge and (row["ordered"] != line.ordered or row["unit_price"]):
        raise NotAllowed(
            f"Line {line.row.position} replaces goods that came back at no charge. "
            "Add a line of its own for what is ordered besides."
        )


def _refuse_new_price(line: BookLine, row: dict[str, Any]) -> None:
    """Refuse another price for what a posted invoice asks for already."""
    if line.invoiced and any(row[name] != getattr(line.row, name) for name in _PRICE):
        raise NotAllowed(
            f"Line {line.row.position} is invoiced: its price, unit and taxes are fixed. Write a credit note instead."
        )


def _free_removed(tx: Transaction, book: OrderBook, removed: set[UUID]) -> None:
    """Give back what removed lines held and drop them from open lists."""
    if not removed:
        return
    for line in book.lines:
        if line.id in removed or line.row.kit_line_id in removed:
            line.cancelled = line.ordered
    sourcing.settle(tx, book)
    kits.remove(tx, removed, book)
    planning.drop_lines(tx, removed)
