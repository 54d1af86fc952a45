"""Promotions on an order's lines: worked out anew whenever the lines are, and taken back without a trace.

What a promotion takes off becomes part of a line's discount, what it gives a line of its own.  ``order_promotion``
keeps the discount each line had by itself, so that the lines as they were typed can always be had again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key, new_id
from app.models.promoting import Bought, Outcome, Promotion, Step, work_out
from app.models.promotion import (
    Benefit,
    Running,
    coupon,
    order_coupon,
    order_promotion,
    promotion,
    promotion_product,
    promotion_step,
)
from app.models.rounding import Rounding, round_decimals
from app.services import companies, document_lines, journal, products, promotions
from app.services.document_lines import LineInput, Priced, Rules
from app.services.memory import Remembered
from app.services.order_book import OrderBook
from app.services.pricing import round_price
from app.services.promotions import PromotionRules
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sold:
    """What promotions must know of an order: its day, which product each line sells, which lines are at no charge."""

    order_id: UUID
    ordered_on: date
    products: dict[UUID, UUID | None]
    free: frozenset[UUID]


def sold_of(head: Any, rows: Iterable[Any]) -> Sold:
    """Give what promotions must know of an order from its stored head and the lines as they were sold."""
    lines = list(rows)
    free = frozenset(row.id for row in lines if row.no_charge)
    return Sold(head.id, head.ordered_on, {row.id: row.product_id for row in lines}, free)


@dataclass(frozen=True, slots=True)
class Followed:
    """An order's lines with its promotions worked in, and what is kept of these."""

    inputs: list[LineInput]
    rows: list[dict[str, Any]]
    outcome: Outcome


def automatic(connection: Connection) -> bool:
    """Tell whether any promotion needs no coupon; companies without one pay nothing for the question."""
    return bool(_AUTOMATIC.first(connection))


def is_fixed(book: OrderBook) -> bool:
    """Tell whether promotions stay as they are because something of the order is invoiced."""
    return any(line.invoiced for line in book.lines)


def follow(
    tx: Transaction, book: OrderBook, inputs: Sequence[LineInput], rules: Rules, *, exempt: bool
) -> Followed | None:
    """Work an order's promotions into ``inputs``; None: they do not look after it, or are fixed."""
    if book.head.promotions != Running.ON or is_fixed(book):
        return None
    sold = sold_of(book.head, (line.row for line in book.sold))
    return worked(tx.connection, sold, inputs, rules, exempt=exempt)


def worked(connection: Connection, sold: Sold, inputs: Sequence[LineInput], rules: Rules, *, exempt: bool) -> Followed:
    """Give the lines of ``inputs`` with all promotions that run for the order."""
    stored = _APPLIED.all(connection, order=sold.order_id)
    own = typed(sold, inputs, stored)
    priced = document_lines.price(
        connection, replace(rules, discount_percent=ZERO, discount_amount=ZERO), own, tax_exempt=exempt
    )
    known = running(connection, sold.order_id, sold.ordered_on, rules)
    outcome = work_out(known, _bought(priced, sold.free), rules.decimals)
    return _written(connection, sold, own, stored, (outcome, {one.id: one.name for one in known}), rules)


def typed(sold: Sold, inputs: Sequence[LineInput], stored: Sequence[Any]) -> list[LineInput]:
    """Give lines as they would be without promotions: with the discounts they were typed with."""
    added = {row.order_line_id for row in stored if row.added}
    changed = {row.order_line_id: row for row in stored if not row.added}
    own = []
    for one in inputs:
        if one.id in added:
            continue
        row = changed.get(one.id) if one.id else None
        if row is not None and one.discount_percent == row.set_percent:
            one = replace(one, discount_percent=row.own_percent)  # noqa: PLW2901  # the line as it was typed
        is_new = one.id is None or sold.products.get(one.id, one.product_id) != one.product_id
        own.append(replace(one, id=new_id()) if is_new else one)
    return own


def keep(tx: Transaction, order_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Make these what promotions did to an order."""
    tx.delete_parts(order_promotion, "order_id", order_id)
    tx.insert(order_promotion, *rows)


def applied(connection: Connection, order_id: UUID) -> list[Any]:
    """Read what promotions did to an order, line by line."""
    return _APPLIED.all(connection, order=order_id)


def let_go(tx: Transaction, order_id: UUID) -> None:
    """Take all coupons off an order that is cancelled: others may use them."""
    for row in _COUPONS.all(tx.connection, order=order_id):
        release(tx, order_id, row.coupon_id)


def release(tx: Transaction, order_id: UUID, coupon_id: UUID) -> None:
    """Take a coupon off an order."""
    head = tx.lock(coupon, coupon_id, "Coupon")
    mine = [row.id for row in _COUPONS.all(tx.connection, order=order_id) if row.coupon_id == coupon_id]
    tx.delete(order_coupon, mine)
    tx.update(coupon, coupon_id, uses=head.uses - len(mine))


def coupons(connection: Connection, order_id: UUID) -> list[Any]:
    """Read the coupons that stand on an order: id, code and promotion of each."""
    return _COUPONS.all(connection, order=order_id)


def running(connection: Connection, order_id: UUID, on: date, rules: Rules) -> list[Promotion]:
    """Read the promotions that run for an order on its day, their amounts in its currency."""
    opened = {row.promotion_id for row in _COUPONS.all(connection, order=order_id)}
    steps, named = _grouped(_STEPS.all(connection)), _grouped(_PRODUCTS.all(connection))
    rate = Fraction(journal.converter(connection, rules.currency, on).rate)
    found = []
    for row in _ACTIVE.all(connection):
        ran = (row.starts_on is None or row.starts_on <= on) and (row.ends_on is None or on <= row.ends_on)
        if ran and (not row.needs_coupon or row.id in opened):
            set_up = promotions.rules_of(row, steps.get(row.id, []), named.get(row.id, []))
            found.append(_in_currency(set_up, rate, rules.decimals))
    return found


def _in_currency(rules: PromotionRules, rate: Fraction, places: int) -> Promotion:
    def converted(value: Decimal) -> Decimal:
        return value if rate == 1 else round_decimals(Fraction(value) * rate, places, Rounding.HALF_UP)

    assert rules.id is not None
    steps = tuple(
        Step(
            one.min_quantity,
            converted(one.min_amount),
            one.figure if rules.benefit is Benefit.PERCENT else converted(one.figure),
            one.quantity,
            one.product_id,
            one.at_list,
        )
        for one in rules.steps
    )
    return Promotion(
        rules.id,
        rules.name,
        rules.benefit,
        rules.target,
        steps,
        rules.priority,
        rules.exclusive,
        rules.unit,
        frozenset(rules.products),
        frozenset(rules.excluded),
        rules.skip_discounted,
        rules.with_tax,
        rules.repeats,
        rules.most,
    )


def _bought(priced: Priced, free: frozenset[UUID]) -> list[Bought]:
    """Give the goods among priced lines; what replaces returned goods at no charge is none of them."""
    found = []
    for row in priced.lines:
        product = priced.products.get(row["product_id"])
        if product is None or row["kind"] != "product" or row["id"] in free:
            continue
        quantity, amount = Fraction(row["quantity"]), Fraction(row["amount"])
        found.append(
            Bought(
                row["id"],
                product.id,
                product.unit,
                quantity * Fraction(row["numerator"], row["denominator"]),
                quantity * Fraction(row["unit_price"]),
                row["discount_percent"],
                Fraction(row["net"]) / amount if amount else Fraction(1),
                Fraction(row["total"]) / amount if amount else Fraction(1),
            )
        )
    return found


def _written(
    connection: Connection,
    sold: Sold,
    own: list[LineInput],
    stored: Sequence[Any],
    found: tuple[Outcome, dict[UUID, str]],
    rules: Rules,
) -> Followed:
    """Write an outcome into the lines; goods that are given keep the line they had before."""
    outcome, names = found
    inputs = [
        replace(one, discount_percent=outcome.percents[one.id]) if one.id in outcome.percents else one for one in own
    ]
    own_percents = {one.id: one.discount_percent for one in own}
    rows = [
        _row(
            sold.order_id,
            names,
            effect.promotion_id,
            effect.line_id,
            percents=(own_percents[effect.line_id], outcome.percents[effect.line_id]),
            amount=effect.amount,
        )
        for effect in outcome.effects
    ]
    before = {row.promotion_id: row.order_line_id for row in stored if row.added}
    for gift in outcome.gifts:
        line_id = before.get(gift.promotion_id)
        if line_id is None or sold.products.get(line_id) != gift.product_id:
            line_id = new_id()
        price = _abroad(connection, gift.product_id, sold, rules) if gift.price is None else gift.price
        name = names[gift.promotion_id]
        inputs.append(LineInput(gift.product_id, gift.quantity, unit_price=price, description=name, id=line_id))
        rows.append(
            _row(sold.order_id, names, gift.promotion_id, line_id, percents=(ZERO, ZERO), amount=ZERO, added=True)
        )
    for position, row in enumerate(rows, 1):
        row["position"] = position
    return Followed(inputs, rows, outcome)


def _row(
    order_id: UUID,
    names: dict[UUID, str],
    promotion_id: UUID,
    line_id: UUID,
    *,
    percents: tuple[Decimal, Decimal],
    amount: Decimal,
    added: bool = False,
) -> dict[str, Any]:
    own, written = percents
    return {
        "id": new_id(),
        "order_id": order_id,
        "promotion_id": promotion_id,
        "position": 0,
        "order_line_id": line_id,
        "added": added,
        "own_percent": own,
        "set_percent": written,
        "amount": amount,
        "reason": names[promotion_id],
    }


def _abroad(connection: Connection, product_id: UUID, sold: Sold, rules: Rules) -> Decimal | None:
    """Give a product's list price in a foreign currency by the rate of the day; None: the line takes it by itself."""
    if rules.currency == companies.own_currency(connection):
        return None
    rate = Fraction(journal.converter(connection, rules.currency, sold.ordered_on).rate)
    return round_price(Fraction(products.get(connection, product_id).list_price) * rate)


def _grouped(rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.promotion_id, []).append(row)
    return found


_ACTIVE: Final = Remembered(select(promotion).where(promotion.c.active))
_AUTOMATIC: Final = Remembered(
    select(promotion.c.id).where(promotion.c.active, promotion.c.needs_coupon.is_(False)).limit(1)
)
_STEPS: Final = Remembered(select(promotion_step))
_PRODUCTS: Final = Remembered(select(promotion_product))
_APPLIED: Final = Prepared(
    select(order_promotion)
    .where(order_promotion.c.order_id == bindparam("order", type_=Key))
    .order_by(order_promotion.c.position)
)
_COUPONS: Final = Prepared(
    select(order_coupon.c.id, order_coupon.c.coupon_id, coupon.c.code, coupon.c.promotion_id)
    .join(coupon, coupon.c.id == order_coupon.c.coupon_id)
    .where(order_coupon.c.order_id == bindparam("order", type_=Key))
    .order_by(order_coupon.c.id)
)
