"""What a user does with promotions on an order: put them on, take them back, redeem a coupon, see why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.promoting import Verdict
from app.models.promotion import Running, coupon, order_coupon, promotion
from app.services import companies, order_book, order_lines, parties, promotion_lines
from app.services.document_lines import LineInput, Rules
from app.services.order_book import OrderBook
from app.services.promotions import written
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


def apply(tx: Transaction, order_id: UUID) -> Decimal:
    """Put the promotions that run on an order, and let them follow its lines; return what they take off in all.

    Applying again changes nothing that is right already.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: it is finished, or something of it is invoiced.

    """
    _open(tx, order_id)
    tx.update(sales_order, order_id, promotions=str(Running.ON))
    _reprice(tx, order_id)
    return sum((row.amount for row in promotion_lines.applied(tx.connection, order_id)), ZERO)


def take_back(tx: Transaction, order_id: UUID) -> None:
    """Take all promotions and coupons off an order: its lines are again as they were typed, and stay so.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: it is finished, something of it is invoiced, or goods that were given have left the shelf.

    """
    book = _open(tx, order_id)
    promotion_lines.let_go(tx, order_id)
    _leave(tx, book, Running.OFF)
    tx.record("order.promotions_taken_back", order_id)


def redeem(tx: Transaction, order_id: UUID, code: str) -> Decimal:
    """Put a coupon on an order and its promotion with it; return what all promotions take off.

    The coupon is used from now on; taking it off or cancelling the order gives it back.

    Raises:
        NotFound: the order does not exist.
        Invalid: there is no such coupon, it is not valid on the order's day, is another customer's, or used up.
        NotAllowed: it stands on the order already, the order is finished, or something of it is invoiced.

    """
    book = _open(tx, order_id)
    found = _BY_CODE.first(tx.connection, code=written(code))
    if found is None:
        raise Invalid("code", f"There is no coupon {written(code)}. Look at the code again.")
    head = tx.lock(coupon, found.id, "Coupon")
    if _USED.value(tx.connection, coupon=head.id, order=order_id):
        raise NotAllowed(f"Coupon {head.code} stands on {book.head.number} already.")
    _use(tx, book, head)
    return apply(tx, order_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an order's promotions were before a person changed them: whether they run, and its coupons."""

    running: str
    coupons: frozenset[UUID]


def standing(connection: Connection, order_id: UUID) -> Standing:
    """Read what to bring back when the next step with an order's promotions is undone.

    Raises:
        NotFound: the order does not exist.

    """
    head = _HEAD.first(connection, order=order_id)
    if head is None:
        raise NotFound("Order", order_id)
    return Standing(head.promotions, frozenset(row.coupon_id for row in promotion_lines.coupons(connection, order_id)))


def restore(tx: Transaction, order_id: UUID, before: Standing) -> None:
    """Bring an order's promotions and coupons back to what they were.

    Raises:
        NotFound: the order does not exist.
        Invalid: one of the coupons was used up or ended meanwhile.
        NotAllowed: it is finished, or something of it is invoiced.

    """
    book = _open(tx, order_id)
    now = standing(tx.connection, order_id)
    for coupon_id in sorted(before.coupons ^ now.coupons):
        if coupon_id in now.coupons:
            promotion_lines.release(tx, order_id, coupon_id)
        else:
            _use(tx, book, tx.lock(coupon, coupon_id, "Coupon"))
    if before.running == Running.ON:
        apply(tx, order_id)
    else:
        _leave(tx, book, Running(before.running))


def refresh(tx: Transaction, order_id: UUID) -> None:
    """Before an order is confirmed: put on it what runs by itself, unless a person took promotions back.

    What was agreed in a quote stays as it was accepted, until a person puts promotions on it.
    """
    if not promotion_lines.automatic(tx.connection):
        return
    book = order_book.load(tx, order_id)
    if book.state != OrderState.DRAFT or book.head.promotions == Running.OFF:
        return
    if book.head.quote_id is not None and book.head.promotions == Running.NOT_YET:
        return
    found = _worked(tx.connection, book.head, [line.row for line in book.sold])
    if found.rows or book.head.promotions == Running.ON:
        apply(tx, order_id)


@dataclass(frozen=True, slots=True)
class OrderPromotion:
    """What one promotion does to an order: what it takes off and the lines it added, with its reason."""

    promotion_id: UUID
    reason: str
    amount: Decimal
    lines: tuple[UUID, ...]
    added: bool


@dataclass(frozen=True, slots=True)
class OrderPromotions:
    """Promotions of an order: what stands on it, which coupons (id, code), and what else runs and why it does not."""

    running: str
    applied: tuple[OrderPromotion, ...]
    coupons: tuple[tuple[UUID, str], ...]
    others: tuple[Verdict, ...]

    @property
    def amount(self) -> Decimal:
        """What all promotions take off, in the order's currency."""
        return sum((one.amount for one in self.applied), ZERO)


def of_order(connection: Connection, order_id: UUID) -> OrderPromotions:
    """Read the promotions of an order.

    Raises:
        NotFound: the order does not exist.

    """
    head = _HEAD.first(connection, order=order_id)
    if head is None:
        raise NotFound("Order", order_id)
    lines = _LINES.all(connection, order=order_id)
    groups: dict[UUID, list[Any]] = {}
    for row in promotion_lines.applied(connection, order_id):
        groups.setdefault(row.promotion_id, []).append(row)
    applied = tuple(
        OrderPromotion(
            key,
            rows[0].reason,
            sum((row.amount for row in rows), ZERO),
            tuple(row.order_line_id for row in rows),
            rows[0].added,
        )
        for key, rows in groups.items()
    )
    others: tuple[Verdict, ...] = ()
    if head.state in {OrderState.DRAFT, OrderState.CONFIRMED} and not any(line.invoiced for line in lines):
        found = _worked(connection, head, lines)
        others = tuple(one for one in found.outcome.verdicts if one.promotion_id not in groups)
    coupons = tuple((row.coupon_id, row.code) for row in promotion_lines.coupons(connection, order_id))
    return OrderPromotions(head.promotions, applied, coupons, others)


def _worked(connection: Connection, head: Any, lines: Sequence[Any]) -> promotion_lines.Followed:
    rules = Rules(head.currency, companies.decimals(connection, head.currency), head.tax_rounding)
    exempt = parties.get(connection, head.customer_id).tax_exempt
    return promotion_lines.worked(
        connection, promotion_lines.sold_of(head, lines), _inputs(lines), rules, exempt=exempt
    )


def _open(tx: Transaction, order_id: UUID) -> OrderBook:
    book = order_book.load(tx, order_id)
    if book.state not in {OrderState.DRAFT, OrderState.CONFIRMED} or book.head.taken_over:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; its promotions stay as they are.")
    if promotion_lines.is_fixed(book):
        raise NotAllowed(
            f"Part of order {book.head.number} is invoiced, so its promotions are fixed. Write a credit note instead."
        )
    return book


def _leave(tx: Transaction, book: OrderBook, running: Running) -> None:
    """Write an order's lines as they were typed."""
    rows = [line.row for line in book.sold]
    stored = promotion_lines.applied(tx.connection, book.id)
    inputs = promotion_lines.typed(promotion_lines.sold_of(book.head, rows), _inputs(rows), stored)
    promotion_lines.keep(tx, book.id, [])
    tx.update(sales_order, book.id, promotions=str(running))
    order_lines.reprice(tx, order_book.load(tx, book.id), inputs)


def _use(tx: Transaction, book: OrderBook, head: Any) -> None:
    """Put a coupon, which is locked, on an order that may use it."""
    _refuse(tx, book, head)
    tx.update(coupon, head.id, uses=head.uses + 1)
    row = {"order_id": book.id, "coupon_id": head.id, "customer_id": book.head.customer_id}
    tx.insert(order_coupon, {"id": new_id(), **row})
    tx.record("order.coupon_redeemed", book.id, code=head.code)


def _refuse(tx: Transaction, book: OrderBook, head: Any) -> None:
    """Refuse a coupon that this order may not use."""
    on, opens = book.head.ordered_on, tx.lock(promotion, head.promotion_id, "Promotion")
    for one in (head, opens):
        if not one.active or (one.starts_on and on < one.starts_on) or (one.ends_on and on > one.ends_on):
            raise Invalid("code", f"Coupon {head.code} is not valid on {on.isoformat()}, the day of the order.")
    if head.customer_id not in {None, book.head.customer_id}:
        raise Invalid("code", f"Coupon {head.code} is another customer's.")
    if head.most_uses is not None and head.uses >= head.most_uses:
        raise Invalid("code", f"Coupon {head.code} is used up: it stands on {head.uses} orders, its most.")
    if head.most_per_customer is not None:
        used = _BY_CUSTOMER.value(tx.connection, coupon=head.id, customer=book.head.customer_id)
        if used >= head.most_per_customer:
            raise Invalid("code", f"{book.head.customer_name} has used coupon {head.code} as often as they may.")


def _inputs(rows: Sequence[Any]) -> list[LineInput]:
    return [order_lines.as_input(row) for row in rows]


def _reprice(tx: Transaction, order_id: UUID) -> None:
    book = order_book.load(tx, order_id)
    order_lines.reprice(tx, book, _inputs([line.row for line in book.sold]))


_HEAD: Final = Prepared(select(sales_order).where(sales_order.c.id == bindparam("order", type_=Key)))
_LINES: Final = Prepared(
    select(sales_order_line)
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key), sales_order_line.c.kit_line_id.is_(None))
    .order_by(sales_order_line.c.position)
)
_BY_CODE: Final = Prepared(select(coupon.c.id).where(coupon.c.code == bindparam("code")))
_USED: Final = Prepared(
    select(order_coupon.c.id).where(
        order_coupon.c.coupon_id == bindparam("coupon", type_=Key),
        order_coupon.c.order_id == bindparam("order", type_=Key),
    )
)
_BY_CUSTOMER: Final = Prepared(
    select(func.count()).where(
        order_coupon.c.coupon_id == bindparam("coupon", type_=Key),
        order_coupon.c.customer_id == bindparam("customer", type_=Key),
    )
)
