"""Returns: allowing goods back, receiving and inspecting them, repairing them, waiting no more.  Quantities are grains.

What the customer gets for them goes the way of every sale: a line that is replaced, repaired or refused is open again,
and is promised, picked and shipped with its order; another product is another line of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Date, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.product import shown
from app.models.returns import (
    AWAITED,
    OURS,
    Disposition,
    ReturnProgress,
    ReturnState,
    goods_return,
    goods_return_line,
    progress,
)
from app.models.stock import Place
from app.services import (
    arrivals,
    lot_returns,
    lots,
    order_book,
    order_lines,
    placing,
    promises,
    return_book,
    return_credits,
    return_exchanges,
    sourcing,
    stock_ledger,
    unit_words,
)
from app.services.order_book import BookLine, OrderBook
from app.services.return_book import ReturnBook, ReturnedLine
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction

Quantities = Mapping[UUID, int]
"""Grains by order line."""


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What becomes of one line's goods and why they come back; ``exchange_for``: the product given for them."""

    disposition: Disposition = Disposition.CREDIT
    reason: str = ""
    exchange_for: UUID | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What becomes of goods that come back.

    ``usual`` is for lines ``by_line`` does not name (by order line, as they were sold).  ``in_advance``: what takes
    their place leaves before they are here; those not here by ``expected_on`` are charged.
    """

    usual: LineTerms = field(default_factory=LineTerms)
    by_line: Mapping[UUID, LineTerms] = field(default_factory=dict)
    in_advance: bool = False
    expected_on: date | None = None

    def of(self, line: BookLine) -> LineTerms:
        """Give the terms of an order line; a component has its kit's."""
        return self.by_line.get(line.id) or self.by_line.get(line.row.kit_line_id) or self.usual


CREDITED: Final = Terms()
REPLACED: Final = Terms(LineTerms(Disposition.REPLACE))


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found besides good and broken pieces, by order line.

    ``repair``: to be repaired; for the customer where the return says so, else they are ours and blocked until then.
    ``refused`` go back to the customer as they came.  ``findings`` are words.  ``last``: no more is awaited.
    """

    repair: Quantities = field(default_factory=dict)
    refused: Quantities = field(default_factory=dict)
    findings: Mapping[UUID, str] = field(default_factory=dict)
    last: bool = False


NOTHING_ELSE: Final = Inspection()
MICRO: Final = 1_000_000
"""Parts of a unit that a typed quantity can tell."""


def authorise(tx: Transaction, order_id: UUID, quantities: Quantities, *, reason: str, terms: Terms = CREDITED) -> UUID:
    """Allow a customer to send goods back; return the return's id.

    A kit comes back as its components.  What is replaced in advance is promised and planned to ship at once.

    Raises:
        Invalid: no reason is given, or what is sent in advance has no day by which the goods must be here.
        NotAllowed: more of a line would come back than is out with the customer.

    """
    if not reason.strip():
        raise Invalid("reason", "Say why the goods come back.")
    if terms.in_advance and terms.expected_on is None:
        raise Invalid("expected_on", "Say by which day the goods must be here; after it they are charged.")
    book = order_book.load(tx, order_id)
    wanted = _opened(book, {line_id: quantity for line_id, quantity in quantities.items() if quantity})
    if not wanted:
        raise NotAllowed("Choose at least one line with a quantity.")
    _refuse_more_than_out(tx, book, wanted)
    return_id = new_id()
    head = _new_head(tx, book, return_id, [terms.of(book.line(line_id)).disposition for line_id in wanted])
    rows = [_new_line(return_id, book.line(line_id), quantity, terms) for line_id, quantity in wanted.items()]
    tx.insert(
        goods_return,
        {**head, "reason": reason.strip(), "in_advance": terms.in_advance, "expected_on": terms.expected_on},
    )
    tx.insert(goods_return_line, *rows)
    tx.record("return.authorised", order_id, return_id, number=head["number"], reason=reason)
    if terms.in_advance:
        _send_in_advance(tx, return_id)
    return return_id


def _refuse_more_than_out(tx: Transaction, book: OrderBook, wanted: Quantities) -> None:
    pending = announced(tx.connection, book.id)
    for line_id, quantity in wanted.items():
        line = book.line(line_id)
        out = line.shipped - line.returned - pending.get(line_id, 0)
        if not line.goods or not 0 < quantity <= out:
            most = line.in_unit(max(0, out))
            raise NotAllowed(
                f"{line.row.sku or line.row.name}: {shown(most)} {unit_words.of(line.row.unit, most)} are with the "
                "customer. No more than that can come back."
            )


def announced(connection: Connection, order_id: UUID) -> dict[UUID, int]:
    """Read what of an order's lines is awaited or in repair for the customer: with them still, and spoken for."""
    found: dict[UUID, int] = {}
    for row in _PENDING.all(connection, order=order_id):
        left = progress(row, in_advance=row.in_advance, replace=row.replace).pending
        found[row.order_line_id] = found.get(row.order_line_id, 0) + left
    return found


def _opened(book: OrderBook, quantities: Quantities) -> dict[UUID, int]:
    """Say what comes back with kits opened: a kit comes back as its components."""
    wanted: dict[UUID, int] = {}
    for line_id, quantity in quantities.items():
        line = book.line(line_id)
        if not line.kit:
            wanted[line_id] = wanted.get(line_id, 0) + quantity
            continue
        for part in book.lines:
            if part.row.kit_line_id == line_id and part.share:
                wanted[part.id] = wanted.get(part.id, 0) + ceil(part.share * quantity)
    return wanted


def _new_head(tx: Transaction, book: OrderBook, return_id: UUID, dispositions: Sequence[Disposition]) -> dict[str, Any]:
    common = dispositions[0] if len(set(dispositions)) == 1 else ""
    return {
        "id": return_id,
        "number": tx.number("RMA", return_id),
        "state": str(ReturnState.AUTHORISED),
        "order_id": book.id,
        "order_number": book.head.number,
        "customer_id": book.head.customer_id,
        "customer_name": book.head.customer_name,
        "location_id": book.place(tx),
        "replace": common == Disposition.REPLACE,
        "received_at": None,
        "disposition": str(common),
    }


def _new_line(return_id: UUID, line: BookLine, quantity: int, terms: Terms) -> dict[str, Any]:
    of = terms.of(line)
    return_exchanges.refuse_unless_possible(line, of.disposition == Disposition.EXCHANGE, of.exchange_for)
    return {
        "id": new_id(),
        "return_id": return_id,
        "order_line_id": line.id,
        "product_id": line.product_id,
        "authorised": quantity,
        "received_good": 0,
        "received_scrap": 0,
        "disposition": str(of.disposition),
        "reason": of.reason.strip(),
        "exchange_product_id": of.exchange_for if of.disposition == Disposition.EXCHANGE else None,
    }


def _send_in_advance(tx: Transaction, return_id: UUID) -> None:
    """Open the lines that are replaced, and put what is exchanged on the order, before the goods are here."""
    book = return_book.load(tx, return_id)
    for line in book.lines:
        of = book.order.line(line.order_line_id)
        of.advanced += line.now.advanced
        of.returned_open += line.now.opened
    exchanged = [line for line in book.lines if line.now.disposition == Disposition.EXCHANGE]
    if not exchanged and not any(line.now.advanced for line in book.lines):
        raise NotAllowed("Only goods that are replaced or exchanged can be sent in advance. Nothing was authorised.")
    return_book.reopen(book.order)
    sourcing.settle(tx, book.order)
    for line in exchanged:
        return_exchanges.give(tx, book.order.id, line.row, line.now.awaited, charged=True)


def receive(
    tx: Transaction,
    return_id: UUID,
    good: Quantities | None = None,
    scrap: Quantities | None = None,
    named: Mapping[UUID, Quantities] | None = None,
    inspection: Inspection = NOTHING_ELSE,
) -> None:
    """Book what arrived and what inspection made of it: good pieces go to stock, broken ones to scrap.

    ``named`` says by order line of which lots the pieces are (grains by lot); else those that were sent first.
    Good pieces of a lot that is blocked or over its last day are blocked.  May be called for each part that arrives.

    What is to be replaced is promised to this order again first, the rest to others that wait.
    Without quantities everything awaited arrived, as it was said to become.

    Raises:
        NotAllowed: nothing more is awaited, more arrived than was authorised, or nothing.
        NotFound: the return does not exist.

    """
    book = return_book.load(tx, return_id)
    book.refuse_unless_awaited()
    parts = _parts(book, good, scrap, inspection)
    moves = list[Move]()
    for line in book.lines:
        line.add(**_found(book, line, parts.get(line.order_line_id, _NONE)))
        moves += _moves(tx, book, line, named)
        if inspection.last:
            line.add(given_up=line.now.awaited)
    if not moves and not any(line.now.in_repair > line.stored.in_repair for line in book.lines):
        raise NotAllowed(f"Type what arrived of {book.number}, or cancel it.")
    for line in book.lines:
        finding = inspection.findings.get(line.order_line_id, "").strip()
        if finding:
            tx.update(goods_return_line, line.row.id, finding=finding)
    _book(tx, book, moves, "return.received")


@dataclass(frozen=True, slots=True)
class _Part:
    good: int = 0
    scrap: int = 0
    repair: int = 0
    refused: int = 0


_NONE: Final = _Part()


def _parts(
    book: ReturnBook, good: Quantities | None, scrap: Quantities | None, inspection: Inspection
) -> dict[UUID, _Part]:
    """Collect what was found, by order line."""
    repair, refused = inspection.repair, inspection.refused
    if good is None and scrap is None and not repair and not refused:
        return {line.order_line_id: _as_said(line.now) for line in book.lines}
    known = {line.order_line_id for line in book.lines}
    good, scrap = good or {}, scrap or {}
    named = {key for part in (good, scrap, repair, refused) for key, quantity in part.items() if quantity}
    if named - known:
        raise NotAllowed(f"{book.number}: something else arrived than was authorised. Authorise it first.")
    return {key: _Part(good.get(key, 0), scrap.get(key, 0), repair.get(key, 0), refused.get(key, 0)) for key in known}


def _as_said(now: ReturnProgress) -> _Part:
    if now.disposition == Disposition.REPAIR:
        return _Part(repair=now.awaited)
    return _Part(refused=now.awaited) if now.disposition == Disposition.SEND_BACK else _Part(good=now.awaited)


def _found(book: ReturnBook, line: ReturnedLine, part: _Part) -> dict[str, int]:
    """Say what of a line is counted; what is the customer's and in good order goes back to them as it came."""
    figures = (part.good, part.scrap, part.repair, part.refused)
    if min(figures) < 0 or sum(figures) > line.now.awaited:
        raise NotAllowed(f"{book.number}: more arrived than was authorised. Authorise the rest first.")
    if part.repair and line.now.disposition == Disposition.SEND_BACK:
        raise NotAllowed(f"{book.number}: these goods go back as they came; none of them is repaired.")
    ours = line.now.disposition in OURS
    return {
        "received_good": part.good if ours else 0,
        "received_scrap": part.scrap,
        "received_repair": part.repair,
        "refused": part.refused + (0 if ours else part.good),
    }


def _moves(
    tx: Transaction, book: ReturnBook, line: ReturnedLine, named: Mapping[UUID, Quantities] | None
) -> list[Move]:
    """Give the stock moves of what a line has got since it was read: goods in repair stay the customer's."""
    was, now = line.stored, line.now
    free = now.received_good + now.refused + now.repaired - was.received_good - was.refused - was.repaired
    ours = now.disposition in OURS
    held = now.received_repair - was.received_repair if ours else 0
    broken = now.received_scrap + now.beyond_repair - was.received_scrap - was.beyond_repair
    of = book.order.line(line.order_line_id)
    back = Move(of.product_id, Place.CUSTOMER, Place.FREE, free, of.id, book.id, book.number)
    blocked = replace(back, target=Place.BLOCKED, quantity=held)
    moves = [back, blocked]
    if (free or held) and of.row.tracking in lots.TRACKED:
        said = (named or {}).get(of.id)
        if free and held:
            raise NotAllowed(f"{of.row.sku}: receive good pieces and pieces to repair one after the other.")
        fine, spoiled = lot_returns.returned(tx, book.order.id, of.id, free or held, said)
        moves = placing.kept_apart(back, fine, spoiled) if free else [replace(blocked, spots=[*fine, *spoiled])]
    moves.append(replace(back, target=Place.SCRAP, quantity=broken))
    return [move for move in moves if move.quantity]


def _book(tx: Transaction, book: ReturnBook, moves: list[Move], event: str) -> None:
    """Move the goods, store the return, let its order and those who wait for the goods have what is theirs."""
    arrived = sorted({line.row.product_id for line in book.lines})
    waiting = [other for other in promises.lock_orders(tx, arrived) if other.id != book.order.id]
    stock_ledger.lock_levels(tx, book.head.location_id, arrived)
    stock_ledger.move(tx, book.head.location_id, moves)
    took = [(line, line.now.taken - line.stored.taken) for line in book.lines]
    book.save(tx)
    tx.record(event, book.order.id, book.id, number=book.number)
    sourcing.settle(tx, book.order)
    promises.serve(tx, waiting)
    for line, quantity in took:
        if quantity and line.now.disposition == Disposition.EXCHANGE and not book.head.in_advance:
            return_exchanges.give(tx, book.order.id, line.row, quantity)
    arrivals.serve_waiting(tx, book.head.location_id, arrived)
    return_credits.settle_unbilled(tx, book.id)


def finish_repair(
    tx: Transaction, return_id: UUID, repaired: Quantities | None = None, beyond_repair: Quantities | None = None
) -> None:
    """Say what was repaired, which goes back to the customer with the order, and what could not be, which is scrapped.

    What could not be repaired is credited.  Without quantities all of it was repaired.

    Raises:
        NotAllowed: less of it is in repair.
        NotFound: the return does not exist.

    """
    book = return_book.load(tx, return_id)
    if repaired is None and beyond_repair is None:
        repaired = {line.order_line_id: line.now.in_repair for line in book.lines}
    done, lost = repaired or {}, beyond_repair or {}
    if (done.keys() | lost.keys()) - {line.order_line_id for line in book.lines}:
        raise NotAllowed(f"{book.number} does not hold all of these goods. Look at it again.")
    moves = list[Move]()
    for line in book.lines:
        fine, broken = done.get(line.order_line_id, 0), lost.get(line.order_line_id, 0)
        if fine < 0 or broken < 0 or fine + broken > line.now.in_repair:
            raise NotAllowed(f"{book.number}: less than that is in repair.")
        line.add(repaired=fine, beyond_repair=broken)
        moves += _moves(tx, book, line, None)
    if not moves:
        raise NotAllowed(f"Nothing of {book.number} is in repair.")
    _book(tx, book, moves, "return.repaired")


def stop_waiting(tx: Transaction, return_id: UUID) -> None:
    """Await no more of a return; what was replaced in advance and did not come back is invoiced.

    The customer has it twice, so that its line is ordered and billed for both, at the order's price.

    Raises:
        NotAllowed: nothing of it is awaited.
        NotFound: the return does not exist.

    """
    book = return_book.load(tx, return_id)
    book.refuse_unless_awaited()
    twice = {line.order_line_id: line.now.advanced for line in book.lines if line.now.advanced}
    for line in book.lines:
        line.add(given_up=line.now.awaited)
    book.save(tx)
    tx.record("return.given_up", book.order.id, book.id, number=book.number)
    sourcing.settle(tx, book.order)
    _add_to_order(tx, book.order, twice)


def _add_to_order(tx: Transaction, order: OrderBook, twice: Quantities) -> None:
    """Let what the customer keeps twice be ordered as well, as far as it has left; a kit's is billed as delivered."""
    more = dict[UUID, Decimal]()
    for line in order.sold:
        extra = min(twice.get(line.id, 0), line.shipped - line.wanted - line.returned_open)
        typed = line.in_unit(extra) * MICRO if extra > 0 else Fraction(0)
        if typed and typed.denominator == 1:
            more[line.id] = line.row.quantity + Decimal(typed.numerator) / MICRO
    if more and not order.head.taken_over:
        book = order_book.load(tx, order.id)
        changed = {key: {"quantity": quantity} for key, quantity in more.items()}
        order_lines.reprice(tx, book, [order_lines.as_input(one.row, changed.get(one.id)) for one in book.sold])


def charge_if_overdue(tx: Transaction, return_id: UUID, today: date) -> int:
    """Charge a return that was replaced in advance and is not back by its day: 1; 0 where it is back or charged by now.

    Raises:
        NotAllowed: what the customer keeps cannot be put on the order.
        NotFound: the return does not exist.

    """
    head = tx.lock(goods_return, return_id, "Return")
    if not head.in_advance or head.state not in AWAITED or head.expected_on is None or head.expected_on >= today:
        return 0
    stop_waiting(tx, return_id)
    return 1


def overdue(connection: Connection, today: date) -> list[Any]:
    """Read the returns replaced in advance whose goods should have been here before ``today``, the oldest first."""
    return list(_OVERDUE.all(connection, today=today))


def cancel(tx: Transaction, return_id: UUID) -> None:
    """Call a return off before the goods arrive; what was to go out in advance stays.

    Raises:
        NotAllowed: goods have arrived, or what replaces them has left.

    """
    book = return_book.load(tx, return_id)
    if book.head.state != ReturnState.AUTHORISED:
        stands = return_book.in_words(book.head.state)
        raise NotAllowed(f"Return {book.number} is {stands}; it cannot become {ReturnState.CANCELLED}.")
    for line in book.lines:
        of = book.order.line(line.order_line_id)
        if line.now.advanced and of.replacement_open < line.now.advanced:
            raise NotAllowed(
                f"What replaces the goods of {book.number} has left. Receive them, or charge what does not come back."
            )
        of.advanced -= line.now.advanced
        of.returned_open -= line.now.advanced
    tx.update(goods_return, return_id, state=str(ReturnState.CANCELLED))
    tx.record("return.cancelled", book.order.id, return_id, number=book.number)
    if book.head.in_advance:
        sourcing.settle(tx, book.order)
        return_exchanges.take_off(tx, book.order.id, [line.row for line in book.lines])


def get(connection: Connection, return_id: UUID) -> Any:
    """Read a return's head.

    Raises:
        NotFound: the return does not exist.

    """
    row = connection.execute(select(goods_return).where(goods_return.c.id == return_id)).one_or_none()
    if row is None:
        raise NotFound("Return", return_id)
    return row


_PENDING: Final = Prepared(
    select(goods_return_line, goods_return.c.in_advance, goods_return.c.replace)
    .join(goods_return, goods_return.c.id == goods_return_line.c.return_id)
    .where(
        goods_return.c.order_id == bindparam("order", type_=Key),
        goods_return.c.state.in_([*AWAITED, ReturnState.IN_REPAIR]),
    )
)
_OVERDUE: Final = Prepared(
    select(goods_return)
    .where(
        goods_return.c.state.in_(AWAITED),
        goods_return.c.in_advance,
        goods_return.c.expected_on < bindparam("today", type_=Date),
    )
    .order_by(goods_return.c.expected_on, goods_return.c.id)
)
