"""One return loaded for change: its head, its lines, and the book of the order the goods are from.

A command changes what its lines have got in memory and saves once: the order's lines and the return's state follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.order import OrderState
from app.models.returns import (
    AWAITED,
    COUNTED,
    NEXT,
    ReturnProgress,
    ReturnState,
    goods_return,
    goods_return_line,
    progress,
    return_state,
)
from app.services import order_book
from app.services.order_book import OrderBook
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(slots=True)
class ReturnedLine:
    """A line of a return: as stored, and what it has got ``now`` (grains)."""

    row: Any
    stored: ReturnProgress
    now: ReturnProgress

    @property
    def order_line_id(self) -> UUID:
        """The order line the goods are of."""
        found: UUID = self.row.order_line_id
        return found

    def add(self, **counts: int) -> None:
        """Count so much more of each."""
        self.now = replace(self.now, **{name: getattr(self.now, name) + more for name, more in counts.items()})


@dataclass(slots=True)
class ReturnBook:
    """A return, its lines and its order."""

    head: Any
    order: OrderBook
    lines: list[ReturnedLine]

    @property
    def id(self) -> UUID:
        """The return's key."""
        found: UUID = self.head.id
        return found

    @property
    def number(self) -> str:
        """The number on its papers."""
        found: str = self.head.number
        return found

    def refuse_unless_awaited(self) -> None:
        """Make sure that goods of it are still to arrive.

        Raises:
            NotAllowed: none are.

        """
        if self.head.state not in AWAITED:
            raise NotAllowed(f"Return {self.number} is {in_words(self.head.state)}: nothing more of it is awaited.")

    def save(self, tx: Transaction, *, state: ReturnState | None = None) -> None:
        """Write the return back and let its order's lines follow; the order is settled and saved by the caller.

        Raises:
            NotAllowed: the return's state forbids the step, or more came back than is with the customer.

        """
        state = state or return_state(line.now for line in self.lines)
        changed = [line for line in self.lines if line.now != line.stored]
        for line in changed:
            self._follow(line)
            line.stored, before = line.now, line.stored
            names = [name for name in COUNTED if getattr(line.now, name) != getattr(before, name)]
            tx.update(goods_return_line, line.row.id, **{name: getattr(line.now, name) for name in names})
        if state != self.head.state:
            if state not in NEXT[ReturnState(self.head.state)]:
                raise NotAllowed(f"Return {self.number} is {in_words(self.head.state)}; it cannot become {state}.")
            done = {"received_at": tx.at} if state in {ReturnState.RECEIVED, ReturnState.IN_REPAIR} else {}
            tx.update(goods_return, self.id, state=str(state), **done)
        elif changed:
            tx.update(goods_return, self.id)

    def _follow(self, line: ReturnedLine) -> None:
        of, now, before = self.order.line(line.order_line_id), line.now, line.stored
        of.returned += now.returned - before.returned
        of.advanced += now.advanced - before.advanced
        of.returned_open += now.opened - before.opened
        of.exchanged += now.exchanged - before.exchanged
        if of.returned + of.advanced > of.shipped:
            raise NotAllowed(f"{self.number}: less of {of.row.sku} is with the customer. Nothing was booked.")
        if of.outstanding:
            reopen(self.order)


def load(tx: Transaction, return_id: UUID) -> ReturnBook:
    """Lock a return and its order and read them.

    Raises:
        NotFound: the return does not exist.

    """
    head = tx.lock(goods_return, return_id, "Return")
    order = order_book.load(tx, head.order_id)
    lines = []
    for row in LINES.all(tx.connection, goods_return=return_id):
        found = progress(row, in_advance=head.in_advance, replace=head.replace)
        lines.append(ReturnedLine(row, found, found))
    return ReturnBook(head, order, lines)


def reopen(order: OrderBook) -> None:
    """Let a closed order be worked on again; its states are computed when it is saved."""
    if order.state == OrderState.CLOSED:
        order.changes["state"] = OrderState.CONFIRMED


def in_words(state: str) -> str:
    """Say a return's state as people read it."""
    return state.replace("_", " ")


LINES: Final = Prepared(
    select(goods_return_line)
    .where(goods_return_line.c.return_id == bindparam("goods_return", type_=Key))
    .order_by(goods_return_line.c.id)
)
"""Reads the lines of a return."""
