"""What the day asks for: key figures with a comparison, what needs somebody, orders by stage and by week."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, select, type_coerce

from app.models.banking import LineState, bank_line
from app.models.base import AMOUNT, Exact
from app.models.invoice import InvoiceState, invoice
from app.models.log import event
from app.models.order import WAITING_STAGES, DeliveryState, OrderState, sales_order, sales_order_line
from app.models.quote import OFFERED, QuoteState, quote
from app.models.returns import AWAITED, ReturnState, goods_return
from app.models.shipment import PickState, ShipmentState, pick, pick_line, shipment
from app.models.stock import stock_level
from app.services import approvals, companies, receivables
from app.services.activity import Happening
from app.services.analytics import operations_figures
from app.services.lists import OPEN_STAGES

ZERO: Final = Decimal(0)
MONTH: Final = timedelta(days=30)
WEEK: Final = timedelta(days=7)
WEEKS_SHOWN: Final = 53
EXPIRES_WITHIN: Final = timedelta(days=5)
LATE_SHOWN: Final = 2
SHORT_SINCE: Final = timedelta(days=3)
PAYMENTS_SHOWN: Final = 2
APPROVALS_SHOWN: Final = 5
HAPPENINGS: Final = 12

Sums = tuple[tuple[str, Decimal], ...]
"""Amounts by currency, the company's own first."""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The four figures on top of the page, each with what it is compared with.

    Rates are 0…1, None where there is nothing to judge.  Amounts are in the currencies they were agreed in.
    """

    to_ship: int  # orders promised for today or earlier with something left to ship
    shipped_today: int  # orders of which something left today
    late: int
    packed: int
    open_value: Sums  # ordered and not invoiced
    ordered_week: Decimal  # in the company's currency, last seven days
    ordered_week_before: Decimal
    on_time: Fraction | None
    on_time_before: Fraction | None
    overdue: Sums
    overdue_count: int
    oldest_overdue: date | None


@dataclass(frozen=True, slots=True)
class Need:
    """One thing somebody should do; ``kind`` says what it is about, the rest is what its sentence needs."""

    kind: str  # late | short | backorder | payment | bank | approval | counter | expires | packed | drafts | …
    record_id: UUID | None = None
    number: str = ""
    customer: str = ""
    count: int = 1
    on: date | None = None
    amount: Decimal = ZERO
    currency: str = ""


@dataclass(frozen=True, slots=True)
class StageShare:
    """Orders at one stage; ``value`` in the company's currency, other currencies are counted only."""

    stage: str
    count: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Day:
    """Everything the page shows but the chart."""

    currency: str
    figures: KeyFigures
    needs: tuple[Need, ...]
    stages: tuple[StageShare, ...]
    happenings: tuple[Happening, ...]


def read(connection: Connection, now: datetime, zone: tzinfo | None = None) -> Day:
    """Read the day at ``now`` (UTC); ``zone`` is the desk's time zone, in which days begin and end."""
    local = now.astimezone(zone)
    company = companies.get(connection)
    return Day(
        company.currency,
        _figures(connection, local, company.currency),
        tuple(_needs(connection, local.date(), company.currency)),
        tuple(_stages(connection, company.currency)),
        tuple(_happenings(connection)),
    )


# key figures -----------------------------------------------------------------------------------------


def _figures(connection: Connection, now: datetime, currency: str) -> KeyFigures:
    today = now.date()
    due, late = connection.execute(
        select(func.count(), func.count().filter(_ORDER.promised_on < today)).where(_due(today))
    ).one()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    left_today = select(func.count(shipment.c.order_id.distinct())).where(_left(), shipment.c.shipped_at >= midnight)
    packed = select(func.count()).select_from(shipment).where(shipment.c.state == ShipmentState.PACKED)
    ordered = _ordered_by_day(connection, currency, today - 2 * WEEK)
    overdue = connection.execute(
        select(
            invoice.c.currency,
            _sum(invoice.c.open_amount),
            func.count(),
            func.min(invoice.c.due_on),
        )
        .where(_overdue(today))
        .group_by(invoice.c.currency)
    ).all()
    return KeyFigures(
        to_ship=due,
        shipped_today=connection.execute(left_today).scalar_one(),
        late=late,
        packed=connection.execute(packed).scalar_one(),
        open_value=_open_value(connection, currency),
        ordered_week=sum((v for day, v in ordered.items() if today - WEEK < day <= today), ZERO),
        ordered_week_before=sum((v for day, v in ordered.items() if today - 2 * WEEK < day <= today - WEEK), ZERO),
        on_time=_on_time(connection, now, today - MONTH, today),
        on_time_before=_on_time(connection, now, today - 2 * MONTH, today - MONTH),
        overdue=_own_first(((row[0], row[1]) for row in overdue), currency),
        overdue_count=sum(row[2] for row in overdue),
        oldest_overdue=min((row[3] for row in overdue), default=None),
    )


def _open_value(connection: Connection, currency: str) -> Sums:
    rows = connection.execute(
        select(_ORDER.currency, _sum(_ORDER.total - _ORDER.invoiced_total))
        .where(_ORDER.stage.in_(OPEN_STAGES), _ORDER.state == OrderState.CONFIRMED, ~_ORDER.taken_over)
        .group_by(_ORDER.currency)
    )
    return _own_first(((row[0], row[1]) for row in rows), currency)


def _on_time(connection: Connection, now: datetime, first: date, end: date) -> Fraction | None:
    return operations_figures.on_time(operations_figures.promised(connection, first, end), now)


# what needs somebody ---------------------------------------------------------------------------------


def _needs(connection: Connection, today: date, currency: str) -> Iterable[Need]:
    yield from _late_orders(connection, today)
    yield from _short(connection, today)
    yield from _servable(connection)
    for key, number, customer, left, code in receivables.unallocated(connection, PAYMENTS_SHOWN):
        yield Need("payment", key, number, customer, amount=left, currency=code)
    for one in approvals.waiting(connection)[:APPROVALS_SHOWN]:
        who = f"{one.customer} · {one.why}"
        yield Need("approval", one.quote_id, one.number, who, amount=one.total, currency=one.currency)
    yield from _countered(connection)
    soon = connection.execute(
        select(quote.c.id, quote.c.number, quote.c.customer_name, quote.c.valid_until, quote.c.total, quote.c.currency)
        .where(
            quote.c.state == QuoteState.SENT,
            quote.c.valid_until >= today,
            quote.c.valid_until <= today + EXPIRES_WITHIN,
        )
        .order_by(quote.c.valid_until, quote.c.id)
        .limit(LATE_SHOWN)
    )
    for row in soon:
        yield Need("expires", row[0], row[1], row[2], on=row[3], amount=row[4], currency=row[5])
    yield from _piles(connection, today, currency)


def _late_orders(connection: Connection, today: date) -> Iterable[Need]:
    late = and_(_due(today), _ORDER.promised_on < today)
    count = connection.execute(select(func.count()).select_from(sales_order).where(late)).scalar_one()
    rows = connection.execute(
        select(_ORDER.id, _ORDER.number, _ORDER.customer_name, _ORDER.promised_on)
        .where(late)
        .order_by(_ORDER.promised_on, _ORDER.id)
        .limit(LATE_SHOWN)
    )
    for row in rows:
        yield Need("late", row[0], row[1], row[2], count=count, on=row[3])


def _short(connection: Connection, today: date) -> Iterable[Need]:
    """Pick lists of the last days on which less was found than was asked for, of orders that still wait for it."""
    since = datetime.combine(today - SHORT_SINCE, time(), UTC)
    rows = connection.execute(
        select(_ORDER.id, pick.c.number, _ORDER.customer_name, func.min(sales_order_line.c.sku), func.count())
        .select_from(
            pick.join(pick_line, pick_line.c.pick_id == pick.c.id)
            .join(sales_order, _ORDER.id == pick.c.order_id)
            .join(sales_order_line, sales_order_line.c.id == pick_line.c.order_line_id)
        )
        .where(
            pick.c.state == PickState.DONE,
            pick.c.picked_at >= since,
            pick_line.c.picked < pick_line.c.wanted,
            _ORDER.stage.in_(WAITING_STAGES),
        )
        .group_by(_ORDER.id, pick.c.id, pick.c.number, _ORDER.customer_name)
        .order_by(pick.c.id.desc())
        .limit(LATE_SHOWN)
    )
    for row in rows:
        yield Need("short", row[0], row[1], f"{row[2]} · {row[3]}", count=row[4])


def _countered(connection: Connection) -> Iterable[Need]:
    """Quotes on which customers asked for something else that is not settled."""
    rows = connection.execute(
        select(quote.c.id, quote.c.number, quote.c.customer_name, quote.c.open_counters)
        .where(quote.c.open_counters > 0, quote.c.state.in_(OFFERED))
        .order_by(quote.c.id.desc())
        .limit(LATE_SHOWN)
    )
    for row in rows:
        yield Need("counter", row[0], row[1], row[2], count=row[3])


def _servable(connection: Connection) -> Iterable[Need]:
    """Orders that wait for goods of which some are free."""
    line = sales_order_line.c
    missing = line.ordered - line.cancelled - line.shipped + line.returned_open - line.reserved - line.picked
    rows = connection.execute(
        select(_ORDER.id, _ORDER.number, _ORDER.customer_name, func.min(line.sku), func.count(line.id.distinct()))
        .select_from(
            sales_order.join(sales_order_line, line.order_id == _ORDER.id).join(
                stock_level, stock_level.c.product_id == line.product_id
            )
        )
        .where(_ORDER.stage == "backorder", missing > 0, stock_level.c.free > 0)
        .group_by(_ORDER.id, _ORDER.number, _ORDER.customer_name)
        .order_by(_ORDER.id)
        .limit(LATE_SHOWN)
    )
    for row in rows:
        yield Need("backorder", row[0], row[1], f"{row[2]} · {row[3]}", count=row[4])


def _piles(connection: Connection, today: date, currency: str) -> Iterable[Need]:
    """What waits in numbers: packed shipments, drafts, overdue invoices, returns."""
    piles: tuple[tuple[str, Any, ColumnElement[bool]], ...] = (
        ("bank", bank_line, bank_line.c.state == LineState.OPEN),
        ("packed", shipment, shipment.c.state == ShipmentState.PACKED),
        ("drafts", invoice, invoice.c.state == InvoiceState.DRAFT),
        ("overdue", invoice, _overdue(today)),
        ("returns", goods_return, goods_return.c.state.in_([*AWAITED, ReturnState.IN_REPAIR])),
    )
    for kind, source, condition in piles:
        count = connection.execute(select(func.count()).select_from(source).where(condition)).scalar_one()
        if not count:
            continue
        amount = ZERO
        if source is invoice:
            column = invoice.c.open_amount if kind == "overdue" else invoice.c.total
            mine = select(_sum(column)).where(condition, invoice.c.currency == currency)
            amount = connection.execute(mine).scalar_one() or ZERO
        yield Need(kind, count=count, amount=amount, currency=currency)


# stages, activity, weeks -----------------------------------------------------------------------------


def _stages(connection: Connection, currency: str) -> list[StageShare]:
    own = func.sum(_ORDER.total).filter(_ORDER.currency == currency)
    rows = connection.execute(
        select(_ORDER.stage, func.count(), type_coerce(func.coalesce(own, 0), Exact(AMOUNT)))
        .where(_ORDER.stage.in_(("draft", *OPEN_STAGES)))
        .group_by(_ORDER.stage)
    )
    found = {row[0]: StageShare(row[0], row[1], row[2]) for row in rows}
    return [found[stage] for stage in ("draft", *OPEN_STAGES) if stage in found]


def _happenings(connection: Connection) -> list[Happening]:
    """The latest events of all; their keys are in the order of time.

    One step may be told on an order and on its customer: it is given once.
    """
    columns = (event.c.name, event.c.at, event.c.by, event.c.facts, event.c.document_id, event.c.subject_id)
    rows = connection.execute(select(*columns).order_by(event.c.id.desc()).limit(2 * HAPPENINGS)).all()
    found: dict[tuple[str, UUID], Happening] = {}
    for row in rows:
        about: UUID = row.document_id or row.subject_id
        facts = {**json.loads(row.facts), **(found[row.name, about].facts if (row.name, about) in found else {})}
        found[row.name, about] = Happening(row.name, row.at, row.by, facts, about)
    return list(found.values())[:HAPPENINGS]


@dataclass(frozen=True, slots=True)
class Weeks:
    """Orders taken per week in the company's currency: the Mondays, this year's values, those a year before."""

    currency: str
    mondays: tuple[date, ...]
    values: tuple[Decimal, ...]
    year_before: tuple[Decimal, ...]


def weeks(connection: Connection, today: date) -> Weeks:
    """Read what was ordered in each of the last 53 full weeks and in the same weeks a year before."""
    currency = companies.get(connection).currency
    monday = today - timedelta(days=today.weekday())
    mondays = tuple(monday - WEEK * number for number in range(WEEKS_SHOWN, 0, -1))
    before = tuple(day - 52 * WEEK for day in mondays)
    sums = dict.fromkeys((*before, *mondays), ZERO)
    for day, value in _ordered_by_day(connection, currency, before[0]).items():
        week = day - timedelta(days=day.weekday())
        if week in sums:
            sums[week] += value
    return Weeks(currency, mondays, tuple(sums[day] for day in mondays), tuple(sums[day] for day in before))


def _ordered_by_day(connection: Connection, currency: str, first: date) -> dict[date, Decimal]:
    rows = connection.execute(
        select(_ORDER.ordered_on, _sum(_ORDER.total))
        .where(
            _ORDER.ordered_on >= first,
            _ORDER.currency == currency,
            _ORDER.state.in_([OrderState.CONFIRMED, OrderState.CLOSED]),
        )
        .group_by(_ORDER.ordered_on)
    )
    return {row[0]: row[1] for row in rows}


# parts of the statements -----------------------------------------------------------------------------

_ORDER: Final = sales_order.c
_MOMENT: Final = shipment.c.shipped_at.type


def _due(today: date) -> ColumnElement[bool]:
    return and_(
        _ORDER.state == OrderState.CONFIRMED,
        _ORDER.promised_on <= today,
        _ORDER.delivery_state.in_([DeliveryState.WAITING, DeliveryState.PARTIAL]),
    )


def _left() -> ColumnElement[bool]:
    return shipment.c.state.in_([ShipmentState.SHIPPED, ShipmentState.DELIVERED])


def _overdue(today: date) -> ColumnElement[bool]:
    return and_(invoice.c.state == InvoiceState.POSTED, invoice.c.due_on < today, invoice.c.open_amount > 0)


def _sum(column: Any) -> Any:
    return type_coerce(func.sum(column), Exact(AMOUNT))


def _own_first(sums: Iterable[tuple[str, Decimal]], currency: str) -> Sums:
    found = {code: value for code, value in sums if value}
    own = found.pop(currency, ZERO)
    return ((currency, own), *sorted(found.items()))
