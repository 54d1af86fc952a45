"""Recurring orders: an order given again every so many weeks or months, as a draft that a person confirms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.carrier import FreightPolicy
from app.models.order import OrderState, sales_order
from app.models.recurring import LARGEST, Rhythm, next_days, recurring_order
from app.services import blanket_room, freight, order_lines, orders, promotion_lines
from app.services.document_lines import ZERO, LineInput
from app.services.orders import NewOrder
from app.services.parties import Address
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Repeat:
    """How an order is given again: every so many weeks or months from ``starts_on``, until ``ends_on`` if named."""

    every: int
    rhythm: Rhythm
    starts_on: date
    ends_on: date | None = None

    def days(self, first: int, count: int) -> list[date]:
        """The days from the one with index ``first`` on, at most ``count``."""
        return next_days(self.starts_on, self.every, self.rhythm, self.ends_on, first, count)


def repeat(tx: Transaction, order_id: UUID, how: Repeat) -> UUID:
    """Let an order be given again and return the id of the repetition.

    One that it had on the same days goes on with another end; any other one that it had ends.

    Raises:
        Invalid: the distance is not between 1 and 120, it begins before today, or no day lies before the end.
        NotAllowed: the order is cancelled, was taken over from another system, or calls off a blanket order.
        NotFound: it does not exist.

    """
    head = tx.lock(sales_order, order_id, "Order")
    if head.state == OrderState.CANCELLED or head.taken_over:
        raise NotAllowed(f"Order {head.number} is cancelled or from another system; it is not given again.")
    if blanket_room.is_called_off(tx.connection, order_id):  # written again it would have its prices without its limit
        raise NotAllowed(f"Order {head.number} calls off a blanket order. Call it off again there; nothing was saved.")
    if not 1 <= how.every <= LARGEST:
        raise Invalid("every", f"Type how many weeks or months lie between two orders, 1 to {LARGEST}.")
    known = _OF_ORDER.all(tx.connection, order=order_id)
    same = next((row for row in known if replace(_how(row), ends_on=how.ends_on) == how), None)
    if same is None and how.starts_on < tx.at.date():
        raise Invalid("starts_on", "The first day lies behind us. Choose today or a later one.")
    days = how.days(same.written if same else 0, 1)
    if not days:
        raise Invalid("ends_on", "No order would be written before that day. Choose a later one.")
    if same is not None:
        tx.update(recurring_order, same.id, ends_on=how.ends_on, next_on=days[0])
        tx.record("order.repeated", order_id, every=how.every, rhythm=str(how.rhythm), first=days[0])
        same_id: UUID = same.id
        return same_id
    for row in known:
        tx.update(recurring_order, row.id, active=False, next_on=None)
    repeat_id = new_id()
    tx.insert(
        recurring_order,
        {
            "id": repeat_id,
            "order_id": order_id,
            "every": how.every,
            "rhythm": str(how.rhythm),
            "starts_on": how.starts_on,
            "ends_on": how.ends_on,
            "written": 0,
            "next_on": days[0],
            "active": True,
            "last_id": None,
        },
    )
    tx.record("order.repeated", order_id, every=how.every, rhythm=str(how.rhythm), first=days[0])
    return repeat_id


def stop(tx: Transaction, repeat_id: UUID) -> None:
    """Give an order no more; what was written stays.

    Raises:
        NotAllowed: it is stopped already.
        NotFound: it does not exist.

    """
    row = tx.lock(recurring_order, repeat_id, "Recurring order")
    if not row.active:
        raise NotAllowed("This order is not given again any more.")
    tx.update(recurring_order, repeat_id, active=False, next_on=None)
    tx.record("order.repeat_stopped", row.order_id)


def write_due(tx: Transaction, repeat_id: UUID, today: date) -> int:
    """Write the draft orders that are due by a day and return how many; 0 where somebody else was first.

    Each has the lines of the order that is given again as they are now, and its day as the day it is wanted.  One that
    was cancelled is not given again.

    Raises:
        NotFound: it does not exist.

    """
    row = tx.lock(recurring_order, repeat_id, "Recurring order")
    if row.active and orders.get(tx.connection, row.order_id).state == OrderState.CANCELLED:
        tx.update(recurring_order, repeat_id, active=False, next_on=None)
        return 0
    how, written, last = _how(row), 0, row.last_id
    while row.active and (days := how.days(row.written + written, 1)) and days[0] <= today:
        last = _write(tx, row.order_id, days[0])
        written += 1
        tx.record("order.written_again", row.order_id, last, day=days[0])
    if written:
        ahead = how.days(row.written + written, 1)
        following = ahead[0] if ahead else None
        values = {"written": row.written + written, "next_on": following, "active": bool(ahead), "last_id": last}
        tx.update(recurring_order, repeat_id, **values)
    return written


def due(connection: Connection, today: date) -> list[UUID]:
    """Find the repetitions of which an order is due by a day."""
    return list(_DUE.values(connection, today=today))


def of_order(connection: Connection, order_id: UUID) -> tuple[UUID, Repeat, tuple[date, ...]] | None:
    """Read how an order is given again, with the next three days; None where it is not."""
    for row in _OF_ORDER.all(connection, order=order_id):
        how = _how(row)
        return row.id, how, tuple(how.days(row.written, 3))
    return None


def _how(row: Any) -> Repeat:
    return Repeat(row.every, Rhythm(row.rhythm), row.starts_on, row.ends_on)


def _write(tx: Transaction, order_id: UUID, day: date) -> UUID:
    """Write the order of a day: its lines as they were typed and its freight anew."""
    head, stored = orders.get(tx.connection, order_id), orders.lines(tx.connection, order_id)
    charged = {row.order_line_id for row in freight.charges(tx.connection, order_id)}
    left_out = [row for row in stored if row.no_charge or row.id in charged]
    worth = max(head.total - sum((row.total for row in left_out), ZERO), ZERO)
    written_id = orders.create(
        tx,
        NewOrder(
            head.customer_id,
            _typed(tx, head, stored, {row.id for row in left_out}),
            currency=head.currency,
            payment_term=head.payment_term,
            invoice_policy=head.invoice_policy,
            billing_address=Address.from_json(head.billing_address),
            shipping_address=Address.from_json(head.shipping_address),
            requested_on=day,
            deposit_percent=head.deposit_percent,
            deposit_amount=ZERO if head.deposit_percent else min(head.deposit_amount, worth),
            deposit_blocks=head.deposit_blocks,
            discount_percent=head.discount_percent,
            discount_amount=head.discount_amount,
            tax_rounding=head.tax_rounding,
            cash_rounding=head.cash_rounding,
            rounding_given=True,
            channel=head.channel,
            campaign=head.campaign,
            notes=head.notes,
            ship_policy=head.ship_policy,
            location_id=head.location_id,
            sourcing_rule=head.sourcing_rule,
        ),
    )
    agreed = freight.agreed(tx.connection, order_id)
    if agreed is not None:
        freight.agree(tx, written_id, agreed.table_id, FreightPolicy(agreed.policy))
    return written_id


def _typed(tx: Transaction, head: Any, stored: Sequence[Any], left_out: Collection[UUID]) -> tuple[LineInput, ...]:
    """Give an order's lines as somebody typed them, without promotions and what replaces goods that came back."""
    inputs, given = [order_lines.as_input(row) for row in stored], promotion_lines.applied(tx.connection, head.id)
    own = promotion_lines.typed(promotion_lines.sold_of(head, stored), inputs, given)
    return tuple(replace(one, id=None) for one in own if one.id not in left_out)


_STANDS: Final = sales_order.c.state != OrderState.CANCELLED
_OF_ORDER: Final = Prepared(
    select(recurring_order)
    .join(sales_order, sales_order.c.id == recurring_order.c.order_id)
    .where(recurring_order.c.order_id == bindparam("order", type_=Key), recurring_order.c.active, _STANDS)
    .order_by(recurring_order.c.id)
)
_DUE: Final = Prepared(
    select(recurring_order.c.id)
    .join(sales_order, sales_order.c.id == recurring_order.c.order_id)
    .where(recurring_order.c.next_on <= bindparam("today", type_=recurring_order.c.next_on.type), _STANDS)
    .order_by(recurring_order.c.id)
)
