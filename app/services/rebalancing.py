"""Short stock shared out anew over the open orders: shown first, piece by piece with the reason, then applied as shown.

The strategies are those of :mod:`app.models.rebalancing`.  Quantities are grains.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, and_, func, literal, or_, select, text

from app.errors import Conflict, Invalid, NotAllowed
from app.models.order import OUTSTANDING, WAITING_STAGES, OrderState, line_stock, sales_order, sales_order_line
from app.models.party import customer
from app.models.product import product
from app.models.promise_words import day
from app.models.rebalancing import Claim, Outcome, Strategy, moves, share_out
from app.models.sourcing import Demand, Supply, peg
from app.models.stock import Place, location, stock_level
from app.services import order_book, sourcing, stock_ledger
from app.services.order_book import FROM_STOCK, BookLine, OrderBook
from app.services.progress import Progress
from app.services.statements import LONGEST_LIST
from app.services.stock_ledger import Level, Move
from app.services.transaction import Transaction

SORTS: Final = ("priority", "promised_on", "ordered_on")
VERBS: Final = {Strategy.WIN: "wins", Strategy.GAIN: "gains", Strategy.SHARE: "comes first"}


@dataclass(frozen=True, slots=True)
class Rules:
    """Which strategy holds for whom, and who comes first within one.

    ``by_priority`` gives the strategy of a customer's class (A, B, … or empty), ``by_order`` of single orders,
    ``otherwise`` of the rest; ``sort`` names what decides within a strategy.  ``product_ids`` (empty: all) and
    ``location_id`` (None: the main warehouse) say what is shared out.
    """

    by_priority: Mapping[str, Strategy] = field(default_factory=dict)
    by_order: Mapping[UUID, Strategy] = field(default_factory=dict)
    otherwise: Strategy = Strategy.SHARE
    sort: tuple[str, ...] = SORTS
    product_ids: frozenset[UUID] = frozenset()
    location_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An open line that takes part: of which order, for whom, and what it wants and has."""

    line_id: UUID
    order_id: UUID
    order_number: str
    customer_name: str
    priority: str
    promised_on: date | None
    ordered_on: date
    product_id: UUID
    sku: str
    name: str
    grain: int
    wanted: int
    kept: int
    strategy: Strategy


@dataclass(frozen=True, slots=True)
class MovedPiece:
    """Grains that go from one line to another (None: the free stock), and why."""

    product_id: UUID
    sku: str
    grains: int
    giver: Line | None
    taker: Line | None
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do: every moved piece, the lines that should win and are not served whole, and its mark.

    ``held_back`` are lines that must not take free stock again by themselves, with the grains they keep.
    """

    moved: tuple[MovedPiece, ...]
    exceptions: tuple[tuple[Line, int], ...]
    held_back: Mapping[UUID, int]
    place: UUID
    mark: str

    @property
    def order_ids(self) -> list[UUID]:
        """The orders that are touched, in the order in which they are locked."""
        sides = [side for piece in self.moved for side in (piece.giver, piece.taker) if side]
        return sorted({side.order_id for side in sides})


Done = dict[str, Any]
"""A run that was done, in plain values as a command may answer: the ``grains`` moved, the ``place``, the ``orders``.

``pieces`` say how many ``grains`` of which ``product`` (and its ``sku``) went from the line ``giver`` to ``taker``
(None: the free stock); ``held`` says by line how much it might reserve by itself before and after.
"""


def preview(connection: Connection, rules: Rules, *, on: date, progress: Progress | None = None) -> Preview:
    """Work out a run; nothing is changed.  ``progress`` is told of each product that is done, and may stop it.

    Lines that somebody reserves by hand or that are had to order are left out, and so are orders that wait for their
    deposit.  A line that leaves from several warehouses takes part at each with what is to leave from there.

    Raises:
        Invalid: a sort is not known.
        NotFound: the company has no warehouse.
        Cancelled: ``progress`` was stopped.

    """
    if set(rules.sort) - set(SORTS):
        raise Invalid("sort", f"Lines can be sorted by {', '.join(SORTS)}.")
    place = rules.location_id or stock_ledger.main_location(connection)
    lines = _lines(connection, rules, place)
    free = _free(connection, place, lines)
    moved, exceptions, held = list[MovedPiece](), list[tuple[Line, int]](), dict[UUID, int]()
    for number, (product_id, group) in enumerate(lines.items()):
        if progress is not None:
            progress.step(number, len(lines), group[0].sku)
        known = {line.line_id: line for line in group}
        outcomes = share_out(free.get(product_id, 0), [_claim(line, rules) for line in group])
        for one in moves(outcomes):
            giver = known[one.giver.line_id] if one.giver else None
            taker = known[one.taker.line_id] if one.taker else None
            moved.append(MovedPiece(product_id, group[0].sku, one.grains, giver, taker, _why(giver, taker, on)))
        exceptions += [(known[each.claim.line_id], each.promised) for each in outcomes if each.fails]
        held |= _held_back(outcomes, free.get(product_id, 0))
    return Preview(tuple(moved), tuple(exceptions), held, place, _mark(moved, held))


def apply(tx: Transaction, rules: Rules, mark: str) -> Done:
    """Do what a preview with this mark showed and return what was done, so that it can be taken back.

    Who lost is sourced anew where the product can be had otherwise.  What an order loses at another warehouse than its
    own is not to leave from there any more.

    Raises:
        Conflict: orders or stock have changed since; nothing was moved.
        Invalid: a sort is not known.

    """
    on = tx.at.date()
    shown = preview(tx.connection, rules, on=on)
    if shown.mark != mark:
        raise Conflict("the orders that share this stock")
    books = {order_id: order_book.load(tx, order_id) for order_id in shown.order_ids}
    if tx.connection.dialect.name != "sqlite":  # there one command runs at a time
        shown = preview(tx.connection, rules, on=on)  # again: with the orders locked
        if shown.mark != mark:
            raise Conflict("the orders that share this stock")
    lines = {line.id: line for book in books.values() for line in book.lines}
    limits = {key: lines[key].row.reserve_limit for key in shown.held_back if key in lines}
    pieces = [
        {
            "sku": piece.sku,
            "product": piece.product_id,
            "grains": piece.grains,
            "giver": piece.giver and piece.giver.line_id,
            "taker": piece.taker and piece.taker.line_id,
        }
        for piece in shown.moved
    ]
    _carry_out(tx, books, shown.place, pieces)
    owners = {line.id: book for book in books.values() for line in book.lines}
    _hold_back(
        tx,
        [(lines[key], shown.held_back[key] + _aside(owners[key], lines[key], shown.place)) for key in limits],
    )
    held = {key: [limit, lines[key].row.reserve_limit] for key, limit in limits.items()}
    for order_id, facts in _told(shown).items():
        tx.record("order.rebalanced", order_id, **facts)
    sourcing.settle_many(tx, list(books.values()))
    grains = sum(piece.grains for piece in shown.moved)
    return {"grains": grains, "place": shown.place, "orders": sorted(books), "pieces": pieces, "held": held}


def take_back(tx: Transaction, done: Done) -> int:
    """Give pieces back to who had them before a run; return how many grains moved.

    Raises:
        NotAllowed: a piece was picked or shipped since, who gave it does not wait for it, or a line was reserved by
            hand.

    """
    books = {order_id: order_book.load(tx, order_id) for order_id in done["orders"]}
    lines = {line.id: line for book in books.values() for line in book.lines}
    for line_id, (before, after) in done["held"].items():
        line = lines.get(line_id)
        if line is None or line.row.reserve_limit != after:
            raise NotAllowed("A line that was held back was reserved by hand since. Share out anew instead of undoing.")
        tx.update(sales_order_line, line_id, reserve_limit=before)
        line.row = line.row._replace(reserve_limit=before)
    pieces = [piece | {"giver": piece["taker"], "taker": piece["giver"]} for piece in done["pieces"]]
    _refuse_moved_on(tx, books, done["place"], pieces)
    _carry_out(tx, books, done["place"], pieces)
    for order_id in sorted(books):
        tx.record("order.sharing_taken_back", order_id)
    sourcing.settle_many(tx, list(books.values()))
    return sum(piece["grains"] for piece in pieces)


def _refuse_moved_on(
    tx: Transaction, books: Mapping[UUID, OrderBook], place: UUID, pieces: Sequence[dict[str, Any]]
) -> None:
    """Make sure that who has a piece can give it, and who gets it waits for it."""
    owners = {line.id: (book, line) for book in books.values() for line in book.lines}
    change = dict[UUID, int]()
    free = {key: level.free for key, level in _levels(tx, place, pieces).items()}
    for piece in pieces:
        for key, grains in ((piece["giver"], -piece["grains"]), (piece["taker"], piece["grains"])):
            if key is not None and key not in owners:
                raise NotAllowed(f"{piece['sku']}: a line that was shared out to is gone. Share out anew instead.")
            if key is None:
                free[piece["product"]] += grains
            else:
                change[key] = change.get(key, 0) + grains
    if min(free.values(), default=0) < 0:
        raise NotAllowed("What was freed is promised to others by now. Share out anew instead of undoing.")
    for key, grains in change.items():
        book, line = owners[key]
        if book.place(tx) != place:
            raise NotAllowed(f"{book.head.number} leaves from several warehouses. Share out anew instead of undoing.")
        if book.state != OrderState.CONFIRMED or book.at(line, place).reserved + grains < 0:
            raise NotAllowed(f"{book.head.number} has picked or shipped the {line.row.sku} it gained, or is closed.")
        if grains > max(0, line.outstanding - line.reserved - line.picked):
            raise NotAllowed(f"{book.head.number} does not wait for {line.row.sku} any more. Share out anew instead.")


def _levels(tx: Transaction, place: UUID, pieces: Sequence[dict[str, Any]]) -> dict[UUID, Level]:
    return stock_ledger.lock_levels(tx, place, [piece["product"] for piece in pieces])


def _carry_out(tx: Transaction, books: Mapping[UUID, OrderBook], place: UUID, pieces: Sequence[dict[str, Any]]) -> None:
    """Move pieces from line to line, by way of the free stock."""
    owners = {line.id: (book, line) for book in books.values() for line in book.lines}
    _levels(tx, place, pieces)
    ledger = list[Move]()
    for side, sign in (("giver", -1), ("taker", 1)):
        for piece in pieces:
            if piece[side] is not None:
                book, line = owners[piece[side]]
                ledger.append(_shift(tx, book, line, place, sign * piece["grains"]))
    stock_ledger.move(tx, place, ledger)


def _shift(tx: Transaction, book: OrderBook, line: BookLine, place: UUID, taken: int) -> Move:
    """Count it on the line's book and give the move for the ledger."""
    own = book.place(tx)
    book.shift(line, place, reserved=taken)
    if taken < 0 and place != own:
        book.lower_share(tx, line, place, -taken)
    source, target = (Place.FREE, Place.PROMISED) if taken > 0 else (Place.PROMISED, Place.FREE)
    return Move(line.product_id, source, target, abs(taken), line.id, book.id, reason="rebalanced")


def _aside(book: OrderBook, line: BookLine, place: UUID) -> int:
    """What of a line is promised, or to leave, at other warehouses than the one that is shared out."""
    own = book.own_place
    away = {other for other in line.shares.keys() | line.elsewhere.keys() if other not in {place, own}}
    there = sum(
        max(line.shares.get(other, 0) - book.at(line, other).picked, book.at(line, other).reserved) for other in away
    )
    return there + (book.at(line, own).reserved if own is not None and own != place else 0)


def _hold_back(tx: Transaction, held: Iterable[tuple[BookLine, int]]) -> None:
    """Let lines have no more than the grains they keep until somebody says otherwise."""
    changed = []
    for line, kept in held:
        limit = line.shipped - line.returned_open + line.picked + kept
        line.row = line.row._replace(reserve_limit=limit)
        changed.append((line.id, {"reserve_limit": limit}))
    tx.update_rows(sales_order_line, changed)


def _told(shown: Preview) -> dict[UUID, dict[str, str]]:
    """What the timelines of the orders say: which pieces each gained and lost, by SKU."""
    found: dict[UUID, dict[str, dict[str, None]]] = {key: {"gained": {}, "lost": {}} for key in shown.order_ids}
    for piece in shown.moved:
        if piece.taker:
            found[piece.taker.order_id]["gained"][piece.sku] = None
        if piece.giver:
            found[piece.giver.order_id]["lost"][piece.sku] = None
    return {key: {word: ", ".join(skus) for word, skus in facts.items()} for key, facts in found.items()}


def _claim(line: Line, rules: Rules) -> Claim:
    keys: dict[str, Any] = {
        "priority": line.priority or "~",  # whoever has no class comes after those who have
        "promised_on": line.promised_on or date.max,
        "ordered_on": line.ordered_on,
    }
    return Claim(line.line_id, line.strategy, line.wanted, line.kept, tuple(keys[name] for name in rules.sort))


def _held_back(outcomes: Sequence[Outcome], free: int) -> dict[UUID, int]:
    """Lines that may not gain although something stays free: they would take it the next time they are looked at."""
    rest = free + sum(each.claim.kept - each.promised for each in outcomes)
    if rest <= 0:
        return {}
    kinds = {Strategy.FILL, Strategy.LOSE}
    return {
        each.claim.line_id: each.promised
        for each in outcomes
        if each.claim.strategy in kinds and each.promised < each.claim.wanted
    }


def _why(giver: Line | None, taker: Line | None, on: date) -> str:
    if taker is None:
        assert giver is not None
        return f"{_who(giver, on)} gives up what it has ({giver.strategy})"
    verb = VERBS[taker.strategy]
    if giver is None:
        return f"{_who(taker, on)} {verb}: it lies free"
    return f"{_who(taker, on)} {verb} over {_who(giver, on)} ({giver.strategy})"


def _who(line: Line, on: date) -> str:
    facts = [f"class {line.priority}" if line.priority else "no class"]
    facts.append(f"promised for {day(line.promised_on, on)}" if line.promised_on else "no day promised")
    return f"{line.order_number} ({', '.join(facts)})"


def _mark(moved: Iterable[MovedPiece], held: Mapping[UUID, int]) -> str:
    """A digest of what is shown: applying does exactly that or nothing."""
    sides = [(piece.giver and piece.giver.line_id, piece.taker and piece.taker.line_id) for piece in moved]
    parts = [[str(giver), str(taker), piece.grains] for (giver, taker), piece in zip(sides, moved, strict=False)]
    return sha256(json.dumps([parts, sorted((str(key), kept) for key, kept in held.items())]).encode()).hexdigest()


def _free(connection: Connection, place: UUID, product_ids: Iterable[UUID]) -> dict[UUID, int]:
    wanted, found = sorted(product_ids), dict[UUID, int]()
    for start in range(0, len(wanted), LONGEST_LIST):
        rows = connection.execute(
            select(stock_level.c.product_id, stock_level.c.free).where(
                stock_level.c.location_id == place,
                stock_level.c.product_id.in_(wanted[start : start + LONGEST_LIST]),
            )
        )
        found.update({row.product_id: row.free for row in rows})
    return found


def _lines(connection: Connection, rules: Rules, place: UUID) -> dict[UUID, list[Line]]:
    """Read the open lines that take part, by product; products that nobody lacks are left out."""
    found: dict[UUID, list[Line]] = {}
    main = stock_ledger.main_location(connection)
    spread = _Spread(connection)
    for row in connection.execute(_statement(rules, place, main=place == main, several=spread.several)):
        wanted, kept = spread.of(row, place, row.location_id or main)
        strategy = rules.by_order.get(row.order_id) or rules.by_priority.get(row.priority, rules.otherwise)
        line = Line(
            row.line_id,
            row.order_id,
            row.number,
            row.customer_name,
            row.priority,
            row.requested_on or row.promised_on,
            row.ordered_on,
            row.product_id,
            row.sku,
            row.name,
            row.grain,
            max(wanted, kept),
            kept,
            strategy,
        )
        found.setdefault(row.product_id, []).append(line)
    return {
        product_id: lines
        for product_id, lines in found.items()
        if any(line.wanted > line.kept or line.strategy == Strategy.LOSE for line in lines)
    }


class _Spread:
    """What of lines is to leave, and lies, at other warehouses than their orders' own; read only where there are any.

    ``several``: the company has more than one place.
    """

    def __init__(self, connection: Connection) -> None:
        self.several = connection.execute(select(func.count()).select_from(location)).scalar_one() > 1
        self._shares: dict[UUID, dict[UUID, int]] = {}
        self._parts: dict[UUID, dict[UUID, tuple[int, int]]] = {}
        if not self.several:
            return
        for row in connection.execute(_SHARES):
            places = self._shares.setdefault(row.demand_id, {})
            places[row.location_id] = places.get(row.location_id, 0) + row.open
        for row in connection.execute(_PARTS):
            self._parts.setdefault(row.order_line_id, {})[row.location_id] = (row.reserved, row.picked)

    def of(self, row: Any, place: UUID, own: UUID) -> tuple[int, int]:
        """Give what a line wants at a warehouse, and what it is promised there."""
        parts = self._parts.get(row.line_id, {})
        shares = {key: value for key, value in self._shares.get(row.line_id, {}).items() if key != own}
        away = {key: max(0, share - parts.get(key, (0, 0))[1]) for key, share in shares.items()}
        if place != own:
            return away.get(place, 0), parts.get(place, (0, 0))[0]
        left = row.outstanding - row.picked - int(row.coming or 0) - sum(away.values())
        return max(0, left), row.reserved - sum(reserved for reserved, _ in parts.values())


_SHARES: Final = select(peg.c.demand_id, peg.c.location_id, (peg.c.quantity - peg.c.served).label("open")).where(
    peg.c.supply == Supply.STOCK, peg.c.demand == Demand.ORDER_LINE, peg.c.quantity > peg.c.served
)
_PARTS: Final = select(line_stock).where(or_(line_stock.c.reserved > 0, line_stock.c.picked > 0))


def _statement(rules: Rules, place: UUID, *, main: bool, several: bool) -> Any:
    """Open lines by the index of what is outstanding: what was delivered long ago costs nothing."""
    line, order = sales_order_line.c, sales_order.c
    coming = (
        select(func.sum(peg.c.quantity - peg.c.served))
        .where(peg.c.demand_id == line.id, peg.c.supply != Supply.STOCK)
        .scalar_subquery()
    )
    here = or_(order.location_id == place, and_(order.location_id.is_(None), literal(main)))
    if several:
        share = select(peg.c.id).where(
            peg.c.demand_id == line.id,
            peg.c.supply == Supply.STOCK,
            peg.c.location_id == place,
            peg.c.quantity > peg.c.served,
        )
        here = or_(here, share.exists())
    statement = (
        select(
            line.id.label("line_id"),
            line.order_id,
            order.number,
            order.customer_name,
            customer.c.priority,
            line.requested_on,
            order.promised_on,
            order.ordered_on,
            line.product_id,
            line.sku,
            product.c.name,
            product.c.grain,
            (line.ordered - line.cancelled - line.shipped + line.returned_open).label("outstanding"),
            line.picked,
            line.reserved,
            coming.label("coming"),
            order.location_id,
        )
        .join(sales_order, order.id == line.order_id)
        .join(customer, customer.c.id == order.customer_id)
        .join(product, product.c.id == line.product_id)
        .where(
            text(OUTSTANDING),
            order.state == OrderState.CONFIRMED,
            here,
            line.reserve_limit.is_(None),
            line.stopped == 0,
            line.way.in_(sorted(FROM_STOCK)),
            product.c.kind == "goods",
            order.deposit_open == 0,
        )
    )
    if rules.product_ids:
        return statement.where(line.product_id.in_(rules.product_ids))
    return statement.where(order.stage.in_(WAITING_STAGES))
