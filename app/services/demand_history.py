"""What customers wanted, from their orders: on the day they asked for it and as much as they asked for.

Demand is what was *ordered* for the *requested* day (of the line, else of the order, else the day it was ordered), not
what was shipped: what came late, was lost or was called off for lack of goods was wanted all the same.  So every order
that was confirmed once counts in full, cancelled ones too; drafts do not.  Components of a kit are demand of their own,
the kit's line is none; what replaces returned goods at no charge was wanted once already.  A person may leave lines out
that say nothing about the future (a project, a mistake, what came back), with a reason, and take them in again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Date, Select, bindparam, cast, func, or_, select

from app.errors import Invalid, NotFound
from app.models.base import Key, new_id
from app.models.demand import Bucket, demand_exclusion
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.party import customer
from app.models.product import product
from app.services import stock_ledger
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction


class Facet(StrEnum):
    """By what demand is kept apart."""

    PRODUCT = "product"
    WAREHOUSE = "warehouse"
    CUSTOMER_CLASS = "customer_class"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which demand: days (both included), buckets, kept apart by what, and of what only; None is all of them."""

    first: date
    last: date
    bucket: Bucket = Bucket.WEEK
    by: tuple[Facet, ...] = (Facet.PRODUCT, Facet.WAREHOUSE)
    product_ids: Sequence[UUID] | None = None
    location_id: UUID | None = None
    customer_class: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """Grains wanted in the bucket that begins on ``starts_on``; ``of`` are the members of the facets asked for."""

    of: tuple[Any, ...]
    starts_on: date
    grains: int


@dataclass(frozen=True, slots=True)
class Wish:
    """One order line as demand, for people to judge; ``left_out`` is the reason, empty where it counts."""

    line_id: UUID
    order_id: UUID
    number: str
    customer: str
    wanted_on: date
    quantity: Fraction  # of the stock unit
    left_out: str


def read(connection: Connection, asked: Asked) -> list[Demand]:
    """Read demand in buckets, by facet and then by time; buckets without any demand are left out.  Grains are exact.

    Sums over products add up grains, which are parts of each product's own unit: ask by product, or for one product.
    """
    if asked.product_ids is None:
        return _demands(connection, asked, _statement(connection, asked))
    found = list[Demand]()
    ids = sorted(set(asked.product_ids))
    for start in range(0, len(ids), LONGEST_LIST):
        part = ids[start : start + LONGEST_LIST]
        found += _demands(connection, asked, _statement(connection, asked).where(_LINE.product_id.in_(part)))
    return found


def wishes(connection: Connection, product_id: UUID, first: date, last: date) -> list[Wish]:
    """Read the order lines behind a product's demand, latest first, with those that are left out."""
    rows = _WISHES.all(connection, product=product_id, first=first, last=last)
    return [
        Wish(
            row.id,
            row.order_id,
            row.number,
            row.customer_name,
            row.wanted_on,
            Fraction(row.ordered, row.grain),
            row.reason if row.left_out else "",
        )
        for row in rows
    ]


def leave_out(tx: Transaction, line_ids: Iterable[UUID], reason: str) -> int:
    """Let order lines say nothing about demand, for a reason; give how many.

    Raises:
        Invalid: there is no reason.
        NotFound: an order line does not exist.

    """
    said = reason.strip()
    if not said:
        raise Invalid("reason", "Say why this is no demand to plan by, e.g. a project of once.")
    return _mark(tx, line_ids, said, left_out=True)


def take_in(tx: Transaction, line_ids: Iterable[UUID]) -> int:
    """Let order lines that were left out count again; give how many.

    Raises:
        NotFound: an order line does not exist.

    """
    return _mark(tx, line_ids, "", left_out=False)


def _mark(tx: Transaction, line_ids: Iterable[UUID], reason: str, *, left_out: bool) -> int:
    count = 0
    for line_id in dict.fromkeys(line_ids):
        line = _LINE_OF.first(tx.connection, line=line_id)
        if line is None:
            raise NotFound("Order line", str(line_id))
        values: dict[str, Any] = {"left_out": left_out, "by": tx.by, "at": tx.at}
        if line.exclusion_id is None:
            tx.insert(demand_exclusion, {"id": new_id(), "order_line_id": line_id, "reason": reason, **values})
        else:
            tx.update(demand_exclusion, line.exclusion_id, reason=reason or line.reason, **values)
        tx.record("demand.left_out" if left_out else "demand.taken_in", line.order_id, reason=reason)
        count += 1
    return count


def _statement(connection: Connection, asked: Asked) -> Select[Any]:
    """Make the one statement: what counts, added up by facet and bucket."""
    main = stock_ledger.find_main(connection)
    place: ColumnElement[Any] = func.coalesce(sales_order.c.location_id, bindparam("main", main, type_=Key), type_=Key)
    facets: dict[Facet, ColumnElement[Any]] = {
        Facet.PRODUCT: _LINE.product_id,
        Facet.WAREHOUSE: place,
        Facet.CUSTOMER_CLASS: customer.c.customer_group,
        Facet.CHANNEL: sales_order.c.channel,
    }
    starts_on = _bucketed(connection.dialect.name, asked.bucket)
    apart = [facets[facet] for facet in asked.by]
    source = sales_order_line.join(sales_order, sales_order.c.id == _LINE.order_id).join(
        product, product.c.id == _LINE.product_id
    )
    if Facet.CUSTOMER_CLASS in asked.by or asked.customer_class is not None:
        source = source.join(customer, customer.c.id == sales_order.c.customer_id)
    conditions = [_COUNTS, *_GOODS, ~_LEFT_OUT, WANTED_ON.between(asked.first, asked.last)]
    for wanted, column in (
        (asked.location_id, place),
        (asked.customer_class, customer.c.customer_group),
        (asked.channel, sales_order.c.channel),
    ):
        if wanted is not None:
            conditions.append(column == wanted)
    return (
        select(*apart, starts_on.label("starts_on"), func.sum(_LINE.ordered))
        .select_from(source)
        .where(*conditions)
        .group_by(*apart, starts_on)
        .order_by(*apart, starts_on)
    )


def _demands(connection: Connection, asked: Asked, statement: Select[Any]) -> list[Demand]:
    width = len(asked.by)
    return [Demand(tuple(row[:width]), row[width], int(row[width + 1])) for row in connection.execute(statement)]


def _bucketed(dialect: str, bucket: Bucket) -> ColumnElement[date]:
    """Give the first day of a line's bucket, as the database computes it."""
    if bucket is Bucket.DAY:
        return WANTED_ON
    if dialect == "sqlite":
        steps = ("weekday 0", "-6 days") if bucket is Bucket.WEEK else ("start of month",)
        return func.date(WANTED_ON, *steps, type_=Date())
    return cast(func.date_trunc(str(bucket), WANTED_ON), Date)


_LINE: Final = sales_order_line.c
WANTED_ON: Final[ColumnElement[date]] = func.coalesce(
    _LINE.requested_on, sales_order.c.requested_on, sales_order.c.ordered_on, type_=Date()
)
"""The day a line is wanted."""
_CONFIRMED: Final = (str(OrderState.CONFIRMED), str(OrderState.CLOSED))
_COUNTS: Final = or_(
    sales_order.c.state.in_(_CONFIRMED),
    (sales_order.c.state == str(OrderState.CANCELLED)) & sales_order.c.confirmed_at.is_not(None),
)
_LEFT_OUT: Final = (
    select(demand_exclusion.c.id)
    .where(demand_exclusion.c.order_line_id == _LINE.id, demand_exclusion.c.left_out)
    .exists()
)
_GOODS: Final = (_LINE.ordered > 0, ~_LINE.no_charge, product.c.kind == "goods")
_WISHES: Final = Prepared(
    select(
        _LINE.id,
        _LINE.order_id,
        sales_order.c.number,
        sales_order.c.customer_name,
        WANTED_ON.label("wanted_on"),
        _LINE.ordered,
        product.c.grain,
        demand_exclusion.c.reason,
        demand_exclusion.c.left_out,
    )
    .select_from(
        sales_order_line.join(sales_order, sales_order.c.id == _LINE.order_id)
        .join(product, product.c.id == _LINE.product_id)
        .outerjoin(demand_exclusion, demand_exclusion.c.order_line_id == _LINE.id)
    )
    .where(
        _LINE.product_id == bindparam("product", type_=Key),
        _COUNTS,
        *_GOODS,
        WANTED_ON.between(bindparam("first", type_=Date()), bindparam("last", type_=Date())),
    )
    .order_by(WANTED_ON.desc(), _LINE.id.desc())
)
_LINE_OF: Final = Prepared(
    select(_LINE.order_id, demand_exclusion.c.id.label("exclusion_id"), demand_exclusion.c.reason)
    .select_from(sales_order_line.outerjoin(demand_exclusion, demand_exclusion.c.order_line_id == _LINE.id))
    .where(_LINE.id == bindparam("line", type_=Key))
)
