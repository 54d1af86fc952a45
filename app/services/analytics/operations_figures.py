"""The operations dashboard: on time in full, what is open and for how long, picking, returns.

- *On time in full*: of the orders promised for some days, which part had left in full by the promised day (the two
  halves of delivery performance in the SCOR model, RL.2.1 and RL.2.2, together; of whole orders).  Orders taken over as
  history are left out: when they left is not known.
- *Backlog*: what confirmed orders come to and was not invoiced; aged by the days since they were ordered.
- *Picked lines*: lines of pick lists done in the days; *in full* those of which as much was found as was asked for.
- *Return rate*: returns authorised in the days for each hundred shipments that left in them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection, and_, case, func, select, type_coerce

from app.models.base import AMOUNT, Exact
from app.models.order import DeliveryState, OrderState, sales_order
from app.models.returns import ReturnState, goods_return
from app.models.shipment import PickState, ShipmentState, pick, pick_line, shipment
from app.services import companies
from app.services.analytics.spans import Days, Span, last_months, months_back
from app.services.lists import OPEN_STAGES

ZERO: Final = Decimal(0)
AGES: Final = (7, 30, 60, 90)
"""The last day of each class of age but the last, in days since the order."""
LEFT: Final = (ShipmentState.SHIPPED, ShipmentState.DELIVERED)
UNSAID: Final = ""


@dataclass(frozen=True, slots=True)
class AgeClass:
    """Open orders of an age: how many, and what of them is not invoiced in the company's currency.

    Orders in other currencies are counted only.
    """

    orders: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Picker:
    """What one person picked: lines, those found in full, and on how many days."""

    name: str
    lines: int
    full: int
    days: int

    @property
    def id(self) -> str:
        """What a list knows it by."""
        return self.name

    @property
    def per_day(self) -> Fraction:
        """Lines for each day this person picked on."""
        return Fraction(self.lines, self.days)


@dataclass(frozen=True, slots=True)
class OperationsFigures:
    """All that the dashboard shows; rates are 0…1, None where there is nothing to judge."""

    currency: str
    span: Span
    on_time: Fraction | None
    on_time_before: Fraction | None
    on_time_year_ago: Fraction | None
    months: tuple[date, ...]
    on_time_by_month: tuple[Fraction | None, ...]
    backlog: tuple[AgeClass, ...]
    pickers: tuple[Picker, ...]
    lines_before: int
    shipped: int
    shipped_before: int
    returned: int
    returned_before: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def open_orders(self) -> int:
        """How many orders are open."""
        return sum(one.orders for one in self.backlog)

    @property
    def open_value(self) -> Decimal:
        """What of them is not invoiced, in the company's currency."""
        return sum((one.value for one in self.backlog), ZERO)

    @property
    def picked(self) -> tuple[int, int]:
        """Lines picked, and those of them in full."""
        return sum(one.lines for one in self.pickers), sum(one.full for one in self.pickers)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show at all."""
        judged = any(one is not None for one in self.on_time_by_month)
        return not (judged or self.open_orders or self.pickers or self.shipped or self.returned)


def read(connection: Connection, span: Span, now: datetime) -> OperationsFigures:
    """Read the figures of a period at ``now``, whose time zone is the desk's: days begin and end in it."""
    months = last_months(span.now.last)
    today = now.date()
    orders = promised(connection, months_back(months[0], 12), today)
    rate = _Judge(orders, now)
    now_picked, before_picked = (_pickers(connection, days, now) for days in (span.now, span.before))
    counts = [_left_and_back(connection, days, now) for days in (span.now, span.before)]
    return OperationsFigures(
        companies.own_currency(connection),
        span,
        rate.of(span.now),
        rate.of(span.before),
        rate.of(span.year_ago),
        tuple(months),
        tuple(rate.of(Days(month, months_back(month, -1) - timedelta(days=1))) for month in months),
        tuple(backlog(connection, today)),
        tuple(now_picked),
        sum(one.lines for one in before_picked),
        counts[0][0],
        counts[1][0],
        sum(counts[0][1].values()),
        sum(counts[1][1].values()),
        tuple(counts[0][1].most_common()),
    )


# on time in full -------------------------------------------------------------------------------------


def promised(connection: Connection, first: date, end: date) -> Sequence[Any]:
    """Read the orders promised from ``first`` up to before ``end``: the day, delivery state, when the last left."""
    return connection.execute(
        select(_ORDER.promised_on, _ORDER.delivery_state, type_coerce(func.max(shipment.c.shipped_at), _MOMENT))
        .select_from(
            sales_order.outerjoin(shipment, and_(shipment.c.order_id == _ORDER.id, shipment.c.state.in_(LEFT)))
        )
        .where(
            _ORDER.promised_on >= first,
            _ORDER.promised_on < end,
            _ORDER.delivery_state.in_([DeliveryState.WAITING, DeliveryState.PARTIAL, DeliveryState.SHIPPED]),
            ~_ORDER.taken_over,
        )
        .group_by(_ORDER.id, _ORDER.promised_on, _ORDER.delivery_state)
    ).all()


def on_time(orders: Sequence[Any], now: datetime) -> Fraction | None:
    """Tell which part of promised orders had left in full by the promised day, as days are where ``now`` is."""
    in_time = sum(
        state == DeliveryState.SHIPPED and at is not None and at.astimezone(now.tzinfo).date() <= day
        for day, state, at in orders
    )
    return Fraction(in_time, len(orders)) if orders else None


@dataclass(frozen=True, slots=True)
class _Judge:
    orders: Sequence[Any]
    now: datetime

    def of(self, days: Days) -> Fraction | None:
        return on_time([one for one in self.orders if days.first <= one[0] <= days.last], self.now)


# the rest --------------------------------------------------------------------------------------------


def backlog(connection: Connection, today: date) -> list[AgeClass]:
    """Read what is open, by the days since it was ordered; see :data:`AGES`."""
    rest = func.sum(_ORDER.total - _ORDER.invoiced_total).filter(_ORDER.currency == companies.own_currency(connection))
    rows = connection.execute(
        select(_ORDER.ordered_on, func.count(), type_coerce(func.coalesce(rest, 0), Exact(AMOUNT)))
        .where(_ORDER.stage.in_(OPEN_STAGES), _ORDER.state == OrderState.CONFIRMED, ~_ORDER.taken_over)
        .group_by(_ORDER.ordered_on)
    )
    counts, values = [0] * (len(AGES) + 1), [ZERO] * (len(AGES) + 1)
    for ordered_on, count, value in rows:
        place = bisect_left(AGES, (today - ordered_on).days)
        counts[place] += count
        values[place] += value
    return [AgeClass(count, value) for count, value in zip(counts, values, strict=True)]


def _pickers(connection: Connection, days: Days, now: datetime) -> list[Picker]:
    begin, end = _moments(days, now)
    full = func.sum(case((pick_line.c.picked >= pick_line.c.wanted, 1), else_=0))
    rows = connection.execute(
        select(pick.c.picked_by, pick.c.picked_at, func.count(), full)
        .select_from(pick.join(pick_line, pick_line.c.pick_id == pick.c.id))
        .where(pick.c.state == PickState.DONE, pick.c.picked_at >= begin, pick.c.picked_at < end)
        .group_by(pick.c.id, pick.c.picked_by, pick.c.picked_at)
    )
    lines, found, on = Counter[str](), Counter[str](), dict[str, set[date]]()
    for name, at, count, complete in rows:
        lines[name] += count
        found[name] += int(complete)
        on.setdefault(name, set()).add(at.astimezone(now.tzinfo).date())
    return [Picker(name, count, found[name], len(on[name])) for name, count in lines.most_common()]


def _left_and_back(connection: Connection, days: Days, now: datetime) -> tuple[int, Counter[str]]:
    """Count the shipments that left, and the returns authorised by their reason."""
    begin, end = _moments(days, now)
    shipped = connection.execute(
        select(func.count())
        .select_from(shipment)
        .where(shipment.c.state.in_(LEFT), shipment.c.shipped_at >= begin, shipment.c.shipped_at < end)
    ).scalar_one()
    rows = connection.execute(
        select(goods_return.c.reason_code, goods_return.c.reason, func.count())
        .where(
            goods_return.c.state != ReturnState.CANCELLED,
            goods_return.c.created_at >= begin,
            goods_return.c.created_at < end,
        )
        .group_by(goods_return.c.reason_code, goods_return.c.reason)
    )
    reasons = Counter[str]()
    for code, text, count in rows:
        reasons[(code or text).strip() or UNSAID] += count
    return shipped, reasons


def _moments(days: Days, now: datetime) -> tuple[datetime, datetime]:
    """Give when days begin, and when the day after them does."""
    begin = datetime.combine(days.first, time(), now.tzinfo)
    return begin, datetime.combine(days.last + timedelta(days=1), time(), now.tzinfo)


_ORDER: Final = sales_order.c
_MOMENT: Final = shipment.c.shipped_at.type
