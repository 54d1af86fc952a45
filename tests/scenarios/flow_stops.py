"""What stops a ``flow`` and lets it go on: holds, closing and opening again, shipments called off and decided about."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.order import sales_order_line
from app.models.shipment import shipment_line
from app.services import calling_back, order_stops, orders, pegs, purchasing, sourcing
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company
from tests.scenarios.flow_supply import purchase_lines, purchases


def undecided(company: Company) -> list[Any]:
    """The order's stored lines whose shipment was called off and that nobody has decided about."""
    rows = select(sales_order_line).where(
        sales_order_line.c.order_id == company.order_id, sales_order_line.c.stopped > 0
    )
    return list(company.read(lambda c: c.execute(rows).all()))


def troubled(company: Company) -> list[UUID]:
    """The lines of which a person must say where they are to come from, because a supply of theirs fails."""
    lines = [line.id for line in company.goods()]
    found = company.read(lambda c: pegs.of_demands(c, lines))
    return [line_id for line_id in lines if any(one.trouble and one.open for one in found.get(line_id, ()))]


def is_closed(company: Company) -> bool:
    """Finished, or closed by a person: nothing more is to leave; what has left may still be billed."""
    order = company.order
    nothing_left = not any(line.outstanding for line in order.lines)
    return order.order.state == "closed" or (nothing_left and any(line.cancelled for line in order.lines))


def _hold(company: Company, _: Facts) -> None:
    order_id = company.order.order.id
    company.do("order.hold", partial(order_stops.hold, order_id=order_id, reason="the customer asked for it"))


def _reopen(company: Company, _: Facts) -> None:
    """Out of a hold, or out of being closed."""
    head = company.order.order
    step = order_stops.release if head.hold else order_stops.reopen
    company.do("order.reopen", partial(step, order_id=head.id))


def _cancel_shipment(company: Company, _: Facts) -> None:
    """What is planned is called off; what has left already had not left after all."""
    planned, shipped = company.shipments("planned"), company.shipments("shipped")
    if planned:
        company.do("shipment.call_off", partial(order_stops.call_off, shipment_id=planned[-1].id))
    elif shipped:
        company.do("shipment.call_back", partial(calling_back.call_back, shipment_id=shipped[-1].id))
    else:
        raise NotCovered("there is no shipment to cancel")


def _resolve(company: Company, facts: Facts) -> None:
    """Lines are named by their product."""
    again, dropped = ([company.line_of(str(name)) for name in facts.list(key)] for key in ("recreate", "ignore"))
    if not again and not dropped:
        raise NotCovered("nothing to decide is named")
    order_id = company.order.order.id
    stopped = {row.kit_line_id or row.id for row in undecided(company)}
    decide = partial(
        order_stops.decide,
        order_id=order_id,
        again=[line.id for line in again if line.id in stopped],
        dropped=[line.id for line in dropped if line.id in stopped],
    )
    if any(line.id in stopped for line in (*again, *dropped)):
        company.do("order.decide", decide)
    for line in again:
        if line.id not in stopped:
            company.do("order.source", partial(sourcing.source_anew, order_id=order_id, line_id=line.id))
    for line in dropped:
        if line.id not in stopped:
            left = Decimal(line.shipped.numerator) / line.shipped.denominator
            company.do(
                "order.change_line", partial(orders.change_line, order_id=order_id, line_id=line.id, quantity=left)
            )


def _cancel_backorder(company: Company, _: Facts) -> None:
    order_id = company.order.order.id
    if not company.shipments("planned"):
        raise NotCovered("there is no backorder")
    company.do("order.close", partial(orders.close, order_id=order_id))


def _correct_shipped(company: Company, facts: Facts) -> None:
    """The last shipment held another quantity than was booked: it is taken back and booked as it was."""
    line, shipped = company.goods()[0], company.shipments("shipped")
    if not shipped:
        raise NotCovered("nothing was shipped")
    company.do("shipment.call_back", partial(calling_back.call_back, shipment_id=shipped[-1].id))
    company.ship({line.id: line.to_grains(facts.number("qty"))})


def _ignore_on_purchase(company: Company, _: Facts) -> None:
    """The purchase waits for nothing more: it ends with what came."""
    if not purchase_lines(company):
        raise NotCovered("nothing was bought")
    for purchase_id in purchases(company, "sent", "confirmed"):
        company.do("purchase.close", partial(purchasing.close, purchase_id=purchase_id))


def _complete_order(company: Company, _: Facts) -> None:
    order_id = company.order.order.id
    company.do("order.close", partial(orders.close, order_id=order_id, cancel_rest=False))


def _planned_moves(company: Company) -> Fraction:
    """Lines on the shipments that are planned."""
    ids = [one.id for one in company.shipments("planned")]
    rows = select(shipment_line.c.id).where(shipment_line.c.shipment_id.in_(ids), shipment_line.c.planned > 0)
    return Fraction(len(company.read(lambda c: c.execute(rows).all())))


STOP_STEPS: dict[str, Callable[[Company, Facts], None]] = {
    "hold": _hold,
    "reopen": _reopen,
    "cancel_shipment": _cancel_shipment,
    "resolve": _resolve,
    "cancel_backorder": _cancel_backorder,
    "correct_shipped": _correct_shipped,
    "ignore_on_purchase": _ignore_on_purchase,
    "complete_order": _complete_order,
}
STOP_FIGURES: dict[str, Callable[[Company], Fraction]] = {
    "new_shipments": lambda company: Fraction(len(company.shipments("planned"))),
    "new_shipment_moves": _planned_moves,
}
