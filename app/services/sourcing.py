"""Where the pieces of an order come from: what its promise plans is made real, and follows the order when it changes.

:func:`settle` may be called after any change of an order, any number of times: what is wanted and not covered yet is
planned (:mod:`app.services.promising`) and made: purchase proposals, work orders with all that goes into them,
transfers, drop shipments, each pegged to what it is for.  What is wanted no more is called off where nobody is bound.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import NotAllowed
from app.models.base import AMOUNT, Key
from app.models.capable import Answer, Part
from app.models.order import OrderState, sales_order_line
from app.models.promise_words import part_reason, waiting_reason
from app.models.purchase import purchase_line
from app.models.rounding import round_decimals
from app.models.sourcing import Demand, Supply
from app.models.supply import Way, product_supply
from app.models.transfer import transfer, transfer_line
from app.models.ways import MADE, World
from app.models.work import work_component, work_order
from app.services import (
    arrivals,
    call_off,
    delays,
    order_book,
    order_money,
    pegs,
    planning,
    promising,
    purchasing,
    ready_days,
    stock_ledger,
    transfers,
    work_orders,
    work_plans,
)
from app.services.order_book import COUNTS, BookLine, BookPeg, OrderBook
from app.services.pegs import Freed
from app.services.promising import Known, Plan, Policy, Wanted
from app.services.statements import LONGEST_LIST, Prepared
from app.services.stock_outlook import Entry, Viewer
from app.services.transaction import Transaction


def settle(tx: Transaction, book: OrderBook) -> None:
    """Make what supplies an order agree with it, then everything else that depends on it; the book is saved.

    Lines that wait although they could be had are sourced; supply that is wanted no more is called off, or left to
    come in for others where a supplier or the shop floor has it already.
    """
    plan = _provide(tx, book)
    if book.state == OrderState.CONFIRMED and not book.waits_for_deposit:
        _tell(tx, book, plan)


def settle_many(tx: Transaction, books: Sequence[OrderBook]) -> None:
    """Settle orders that share what they wait for: all of them first, then their lines are told day and reason.

    What the lines wait for is read once for all, so that each order costs what it would cost alone.
    """
    plans = [(book, _provide(tx, book)) for book in books]
    told = [(book, plan) for book, plan in plans if book.state == OrderState.CONFIRMED and not book.waits_for_deposit]
    ids = {line.product_id for book, plan in told for line in _unplanned(book, plan)}
    known = promising.read(tx.connection, ids, Viewer(tx.at, binding=True)) if ids else None
    for book, plan in told:
        _tell(tx, book, plan, known)


def _provide(tx: Transaction, book: OrderBook) -> _Sourced | None:
    """Call off and source, then let everything else follow; give what was planned of the lines, if anything was."""
    plan = None
    if book.waits_for_deposit:
        order_money.read(tx, book)  # it may just have been paid
    if book.state != OrderState.DRAFT:
        _call_off(tx, book)
        if book.state == OrderState.CONFIRMED and not book.waits_for_deposit:
            plan = _source(tx, book)
    planning.settle(tx, book)
    return plan


def make_up(tx: Transaction, books: Iterable[OrderBook]) -> None:
    """Source anew what orders lost meanwhile, e.g. by a count that found less; the books are settled already."""
    place = COUNTS.index("reserved")
    for book in books:
        if any(line.reserved < line.saved[place] for line in book.lines):
            settle(tx, order_book.load(tx, book.id))


def source_anew(tx: Transaction, order_id: UUID, line_id: UUID) -> None:
    """Give up the sources of a line that are in trouble (cancelled, too little, too late) and look for others.

    What comes of them all the same is free for everybody.

    Raises:
        NotAllowed: the order is not confirmed, the line is not on it, or none of its sources is in trouble.
        NotFound: the order does not exist.

    """
    book = order_book.load(tx, order_id)
    line = book.line(line_id)
    troubled = [one for one in pegs.of_demand(tx.connection, line_id) if one.trouble and one.open and one.supply_id]
    if book.state != OrderState.CONFIRMED or not troubled:
        raise NotAllowed(f"No source of {line.row.name} on {book.head.number} is in trouble. Nothing was changed.")
    call_off.lower(tx, line_id, sum(one.open for one in troubled))
    tx.record("order.sourced_anew", order_id, line_id, sku=line.row.sku)
    settle(tx, order_book.load(tx, order_id))


def choose_way(tx: Transaction, order_id: UUID, line_id: UUID, way: str) -> None:
    """Say how a line is to be had (empty: whatever is best) and source it anew where its order is confirmed.

    What was arranged for it and binds nobody is called off; what is under way all the same comes in for others.

    Raises:
        NotAllowed: the order is finished, the line is not on it or cannot be sourced, or a supplier was asked to send
            it straight to the customer: that purchase order is cancelled or closed first.
        NotFound: the order does not exist.

    """
    book = order_book.load(tx, order_id)
    line = book.line(line_id)
    if way not in promising.WAYS or not line.goods or book.state not in {OrderState.DRAFT, OrderState.CONFIRMED}:
        raise NotAllowed(f"{line.row.name} on {book.head.number} cannot be had that way. Nothing was changed.")
    sources = [one for one in pegs.of_demand(tx.connection, line_id) if one.open and one.supply_id]
    straight = {one.supply_id for one in sources if one.way == Way.DROP_SHIP}
    for stake in call_off.at_stake(tx.connection, line_id):
        if stake.peg.supply_id in straight and not stake.peg.trouble:
            raise NotAllowed(f"{stake.number} is {stake.state} and goes to the customer. Cancel or close it first.")
    tx.update(sales_order_line, line_id, way=way)
    call_off.lower(tx, line_id, sum(one.open for one in sources))
    tx.record("order.way_chosen", order_id, line_id, sku=line.row.sku, way=way)
    planning.settle(tx, order_book.load(tx, order_id))  # what is promised from stock is given back where it must be
    settle(tx, order_book.load(tx, order_id))


# what is wanted no more ------------------------------------------------------------------------------


def _call_off(tx: Transaction, book: OrderBook) -> None:
    """Lower what is on its way to lines that want less than is covered."""
    kept = list[Freed]()
    changed = False
    for line in book.lines:
        excess = min(_covered(book, tx, line) - line.outstanding, line.coming) if line.pegs else 0
        if excess > 0:
            changed = True
            kept += call_off.lower(tx, line.id, excess)
        changed |= call_off.forget(tx, line, max(0, excess))
    if changed:
        _read_pegs(tx, book)
    for freed in kept:
        tx.record("order.supply_left", book.id, freed.supply_id, way=str(freed.way), supply=str(freed.supply))
        if freed.supply == Supply.PURCHASE_LINE:
            row = _BOUGHT.first(tx.connection, line=freed.supply_id)
            tx.record("purchase.unwanted", row.purchase_id, book.id, sku=row.sku, order=book.head.number)


def _covered(book: OrderBook, tx: Transaction, line: BookLine) -> int:
    """What of a line is promised, picked, on its way to it or to leave from another warehouse."""
    if not line.elsewhere and not line.shares:
        return line.coming + line.reserved + line.picked
    own = book.at(line, book.place(tx))
    places = line.elsewhere.keys() | line.shares.keys()
    there = {place: book.at(line, place) for place in places}
    away = sum(max(line.shares.get(place, 0), part.reserved + part.picked) for place, part in there.items())
    return line.coming + own.reserved + own.picked + away


def _read_pegs(tx: Transaction, book: OrderBook) -> None:
    """Read the pegs of the lines again; what was noted of them on the book and not saved yet stays noted."""
    noted = {one.id: one.saved - one.open for line in book.lines for one in line.pegs}
    own = book.place(tx)
    found = pegs.of_demands(tx.connection, [line.id for line in book.lines])
    for line in book.lines:
        line.pegs = [
            BookPeg(
                one.id,
                one.way,
                one.supply == Supply.STOCK,
                one.location_id,
                one.quantity,
                one.open - noted.get(one.id, 0),
                one.open,
            )
            for one in found.get(line.id, ())
            if one.supply != Supply.STOCK or one.location_id != own
        ]


# what is wanted and not covered ------------------------------------------------------------------------


@dataclass(slots=True)
class _Sourced:
    """What a plan said of each line, and the world to put it in words with."""

    world: World
    answers: dict[UUID, promising.LinePromise]


def _source(tx: Transaction, book: OrderBook) -> _Sourced | None:
    """Plan the lines that are not covered, and make what the plan needs; None where no line can be sourced."""
    open_lines = [line for line in book.lines if _is_sourced(line) and line.to_ship > _covered(book, tx, line)]
    if not open_lines:
        return None
    parts = _lists(line.product_id for line in open_lines)
    had = {product_id for part in parts for product_id in _WAYS.values(tx.connection, ids=part)}
    if not book.get("sourcing_rule"):
        open_lines = [line for line in open_lines if line.product_id in had]
    if not open_lines:
        return None
    found = _plan(tx, book, open_lines, lock=True)
    for line in open_lines:
        for answer in found.answers[line.id].answers:
            wanted = _For(Demand.ORDER_LINE, line.id, book.id, answer.want.place, book.place(tx))
            _obtain(tx, answer, wanted, found.world)
    _read_pegs(tx, book)
    lost = [line for line in open_lines if call_off.forget(tx, line)]  # what came in before is gone, and was had anew
    if lost:
        _read_pegs(tx, book)
    return found


def _plan(
    tx: Transaction, book: OrderBook, lines: Sequence[BookLine], *, lock: bool = False, known: Known | None = None
) -> _Sourced:
    """Plan what of lines is not covered, as the order's policy says; with ``lock`` nobody else plans the same.

    ``known`` is what was read of their products for many orders.
    """
    address = json.loads(book.get("shipping_address") or "{}")
    policy = Policy(
        ship=book.get("ship_policy"),
        rule=book.get("sourcing_rule"),
        location_id=book.place(tx),
        country=address.get("country", ""),
        postal_code=address.get("postal_code", ""),
    )
    ids = [line.product_id for line in lines]
    loose = {line.id: line.backordered - line.coming for line in book.lines if _is_loose(line)}
    viewer = Viewer(tx.at, order_id=book.id, binding=True)
    plan = Plan(tx.connection, ids, policy, viewer, known=known, given_back=_entries(tx, book, loose) if known else ())
    if lock and _lock_ways(tx, plan.product_ids):
        plan = Plan(tx.connection, ids, policy, viewer)
    wants = [
        Wanted(line.product_id, line.to_ship - _covered(book, tx, line), _wanted_on(book, line), line.row.way)
        for line in lines
    ]
    found = plan.promise(wants)
    latest = found.ready_on
    if policy.ship == "complete" and latest is not None and latest > tx.at.date():
        found = plan.promise([replace(each, by=max(each.by or latest, latest)) for each in wants])
    return _Sourced(plan.world(), {line.id: said for line, said in zip(lines, found.lines, strict=True)})


def _lock_ways(tx: Transaction, product_ids: Iterable[UUID]) -> bool:
    """Keep others from planning with the ways to have these products; tell whether they may have done so meanwhile."""
    for part in _lists(product_ids):
        _LOCK_WAYS.values(tx.connection, ids=part)
    return tx.connection.dialect.name != "sqlite"  # there one command runs at a time


def _lists(ids: Iterable[UUID]) -> list[list[UUID]]:
    wanted = sorted(set(ids))
    return [wanted[start : start + LONGEST_LIST] for start in range(0, len(wanted), LONGEST_LIST)]


def _wanted_on(book: OrderBook, line: BookLine) -> date | None:
    found: date | None = line.row.requested_on or book.get("promised_on") or book.get("requested_on")
    return found


@dataclass(frozen=True, slots=True)
class _For:
    """What something is obtained for: the demand, its order, the place it is wanted at, the order's own place."""

    demand: Demand
    demand_id: UUID
    order_id: UUID
    place: UUID
    own: UUID


def _obtain(tx: Transaction, answer: Answer, wanted: _For, world: World) -> None:
    """Make each part of an answer real and peg it to what it is for."""
    for part in answer.parts:
        if part.way == Way.STOCK:
            _from_stock(tx, part, wanted)
        elif part.way == Way.TRANSFER:
            _transfer(tx, part, answer, wanted, world)
        elif part.way in {Way.BUY, Way.DROP_SHIP}:
            _buy(tx, part, answer, wanted, world)
        elif part.way in MADE and part.way != Way.KIT:  # a kit's components are lines of the order themselves
            _make(tx, part, answer, wanted, world)


def _from_stock(tx: Transaction, part: Part, wanted: _For) -> None:
    """Keep what is free for a component; let a line of the order leave from another warehouse that has it."""
    if wanted.demand == Demand.ORDER_LINE and wanted.place != wanted.own:
        pegs.make(
            tx,
            wanted.demand,
            wanted.demand_id,
            Way.STOCK,
            Supply.STOCK,
            None,
            part.grains,
            location_id=wanted.place,
            ready_on=part.on,
            reason="in stock at another warehouse",
        )
    elif wanted.demand == Demand.COMPONENT:
        row = _COMPONENT.first(tx.connection, component=wanted.demand_id)
        free = stock_ledger.lock_levels(tx, wanted.place, [row.product_id])[row.product_id].free
        grains = min(free, part.grains, row.needed - row.reserved - row.consumed)
        if grains > 0:
            arrivals.promise(tx, wanted.place, work_component, row, grains)


def _transfer(tx: Transaction, part: Part, answer: Answer, wanted: _For, world: World) -> None:
    assert part.lane is not None
    line_id = transfers.plan(
        tx,
        answer.want.product_id,
        part.grains,
        from_location=part.lane.from_place,
        to_location=wanted.place,
        needed_on=part.on,
    )
    _tie(tx, part, answer, wanted, world, (Supply.TRANSFER_LINE, line_id))


def _buy(tx: Transaction, part: Part, answer: Answer, wanted: _For, world: World) -> None:
    assert part.source is not None
    straight = wanted.demand_id if part.way == Way.DROP_SHIP else None
    line_id = purchasing.propose(
        tx, part.source.id, part.grains, part.on, location_id=wanted.place, order_line_id=straight
    )
    _tie(tx, part, answer, wanted, world, (Supply.PURCHASE_LINE, line_id))


def _make(tx: Transaction, part: Part, answer: Answer, wanted: _For, world: World) -> None:
    """Plan the work, and obtain what goes into it; what a subcontractor works on is sent to their yard first."""
    assert part.source is not None
    sent_along = part.way == Way.OUTSOURCE
    work_order_id = work_orders.plan(
        tx, part.source.id, part.ordered, part.on, location_id=wanted.place, supply_components=sent_along
    )
    _tie(tx, part, answer, wanted, world, (Supply.WORK_ORDER, work_order_id))
    rows = work_plans.components(tx.connection, work_order_id)
    for row, needed in zip(rows, part.needs, strict=True):
        demand, demand_id = Demand.COMPONENT, row.id
        if sent_along:
            (peg,) = pegs.of_demand(tx.connection, row.id)
            assert peg.supply_id is not None
            demand, demand_id = Demand.TRANSFER_LINE, peg.supply_id
        _obtain(tx, needed, replace(wanted, demand=demand, demand_id=demand_id), world)


def _tie(tx: Transaction, part: Part, answer: Answer, wanted: _For, world: World, supply: tuple[Supply, UUID]) -> None:
    """Peg a supply to its demand; where it comes later than was planned, all that waits for it follows."""
    kind, supply_id = supply
    planned_on = _COMES[kind].value(tx.connection, supply=supply_id)
    ready_on = part.on if planned_on is None else max(part.on, planned_on)
    pegs.make(
        tx,
        wanted.demand,
        wanted.demand_id,
        part.way,
        kind,
        supply_id,
        part.grains,
        location_id=wanted.place,
        order_id=wanted.order_id,
        ready_on=ready_on,
        reason=part_reason(part, answer, world),
        cost=_stored(part.cost),
    )
    if ready_on > part.on:
        left = pegs.pegged(tx.connection, supply_id)
        delays.follow(tx, kind, supply_id, left=left, ready_on=ready_on, text="")


def _stored(cost: Fraction | None) -> Decimal:
    return Decimal(0) if cost is None else round_decimals(cost, AMOUNT)


# what people are told ------------------------------------------------------------------------------------


def _tell(tx: Transaction, book: OrderBook, sourced: _Sourced | None, known: Known | None = None) -> None:
    """Write day and reason of the lines that wait; a line that all was promised to at once needs none.

    ``known`` is what was read of their products for many orders; it follows the days that are told.
    """
    waiting = [line for line in book.lines if line.goods and (line.backordered or line.coming)]
    if not waiting:
        return
    plans = [sourced] if sourced else []
    unplanned = _unplanned(book, sourced)
    if unplanned:
        plans.append(_plan(tx, book, unplanned, known=known))
    waits = {line.id: max(0, line.backordered - line.dropping) for line in waiting}
    before = _entries(tx, book, waits) if known else []
    ready_days.tell(tx, _days(tx, waiting, plans))
    if known:
        known.outlook.add(before)
        known.outlook.add(_entries(tx, book, {line_id: -grains for line_id, grains in waits.items()}))


def _unplanned(book: OrderBook, sourced: _Sourced | None) -> list[BookLine]:
    """The lines that nothing is promised or pegged to and that no plan has said anything of."""
    return [
        line
        for line in book.lines
        if _is_sourced(line) and _is_loose(line) and not (sourced and line.id in sourced.answers)
    ]


def _entries(tx: Transaction, book: OrderBook, grains: Mapping[UUID, int]) -> list[Entry]:
    """Give grains of lines on the days they are wanted, as :mod:`stock_outlook` shows to others what waits."""
    place, usual = book.place(tx), book.get("promised_on") or book.get("requested_on") or tx.at.date()
    return [
        Entry(line.product_id, place, line.row.ready_on or line.row.requested_on or usual, grains[line.id], "order")
        for line in book.lines
        if line.id in grains
    ]


def _days(
    tx: Transaction, waiting: Sequence[BookLine], plans: Sequence[_Sourced]
) -> Iterator[tuple[BookLine, date | None, str]]:
    """Say of lines that wait on which day they have all, and why."""
    found = pegs.of_demands(tx.connection, [line.id for line in waiting])
    for line in waiting:
        coming = [one for one in found.get(line.id, ()) if one.open and one.supply_id]
        words = [ready_days.in_words(coming, tx.at.date())] if coming else []
        days = [one.ready_on for one in coming]
        said = next((plan for plan in plans if line.id in plan.answers), None) if _is_loose(line) else None
        if said:
            answers = said.answers[line.id].answers
            words += [text for answer in answers if (text := waiting_reason(answer, said.world))]
            days.append(said.answers[line.id].ready_on)
        known = [day for day in days if day is not None]
        ready_on = max(known, default=None) if None not in days else None
        yield line, ready_on, "; ".join(words)


def _is_sourced(line: BookLine) -> bool:
    """Whether it is seen to that a line gets all its pieces: it is goods, and nobody reserves it by hand."""
    return line.goods and line.row.reserve_limit is None


def _is_loose(line: BookLine) -> bool:
    """Whether some of a line is neither promised nor pegged."""
    return line.backordered > line.coming


_IDS: Final = product_supply.c.product_id.in_(bindparam("ids", type_=Key, expanding=True))
_WAYS: Final = Prepared(select(product_supply.c.product_id).where(_IDS, product_supply.c.active).distinct())
_LOCK_WAYS: Final = Prepared(select(product_supply.c.id).where(_IDS).order_by(product_supply.c.id).with_for_update())
_COMPONENT: Final = Prepared(
    select(
        work_component.c.id,
        work_component.c.product_id,
        work_component.c.needed,
        work_component.c.reserved,
        work_component.c.consumed,
        work_order.c.id.label("document_id"),
        work_order.c.number,
    )
    .join(work_order, work_order.c.id == work_component.c.work_order_id)
    .where(work_component.c.id == bindparam("component", type_=Key))
)
_BOUGHT: Final = Prepared(
    select(purchase_line.c.purchase_id, purchase_line.c.sku).where(purchase_line.c.id == bindparam("line", type_=Key))
)
_SUPPLY: Final = bindparam("supply", type_=Key)
_COMES: Final[dict[Supply, Prepared]] = {
    Supply.PURCHASE_LINE: Prepared(select(purchase_line.c.expected_on).where(purchase_line.c.id == _SUPPLY)),
    Supply.WORK_ORDER: Prepared(select(work_order.c.due_on).where(work_order.c.id == _SUPPLY)),
    Supply.TRANSFER_LINE: Prepared(
        select(transfer.c.expected_on)
        .join(transfer_line, transfer_line.c.transfer_id == transfer.c.id)
        .where(transfer_line.c.id == _SUPPLY)
    ),
}
