"""Steps of sourced goods that come back: announced, received in parts, inspected, repaired, charged, credited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from app.models.invoice import invoice
from app.models.order import sales_order_line
from app.models.returns import Disposition, goods_return, goods_return_line
from app.services import billing, return_credits, returns, shipping
from app.services.returns import Inspection, LineTerms, Terms
from tests.desk import DAY
from tests.supply_desk import GRAIN

EVERY = ("credit", "repair", "advance", "exchange", "send_back", "replace", "exchange ahead", "advance")
KINDS = st.sampled_from(EVERY)
"""What becomes of goods, as a clerk would say it; ``ahead`` and ``advance`` leave before the goods are here."""

FOUND = st.sampled_from(["as said", "as said", "good", "scrap", "repair", "refused", "mixed"])
"""What inspection finds; ``as said``: what the return says becomes of it."""

OTHERS = st.sampled_from(["", "", "kit", "lots"])
"""What is given in exchange: a sensor, a kit at another price, or what may have lots."""

FATES = st.sampled_from(["receive", "receive", "receive", "mend", "wait no more", "cancel"])


class Returning(RuleBasedStateMachine):
    """``kept`` is told what came back by what was drawn, not by what the books say."""

    kept: Any
    desk: Any
    set: UUID
    spring: UUID
    taken: dict[str, int]
    attempt: Callable[..., bool]
    all: Callable[..., Sequence[Any]]
    one: Callable[..., Any]
    parts: Callable[..., dict[UUID, int]]
    picked: Callable[..., Sequence[Any]]

    def terms(self, kind: str, product_id: UUID, other: str) -> Terms:
        """The terms for goods of a product."""
        ahead = kind in {"advance", "exchange ahead"}
        name = {"advance": "replace", "exchange ahead": "exchange"}.get(kind, kind)
        given = {"kit": self.set, "lots": self.spring}.get(other, self.desk.sensor)
        if given == product_id:
            given = self.spring if product_id == self.desk.sensor else self.desk.sensor
        of = LineTerms(Disposition(name), exchange_for=given if name == "exchange" else None)
        return Terms(of, in_advance=ahead, expected_on=DAY if ahead else None)

    @rule(data=st.data(), share=st.sampled_from([1, 1, 2]), kind=KINDS, other=OTHERS, twice=st.booleans())
    def send_back(self, data: Any, share: int, kind: str, other: str, twice: bool) -> None:
        rows = self.all(sales_order_line, sales_order_line.c.shipped > sales_order_line.c.returned)
        rows = [row for row in rows if row.product_id != self.set]
        if not rows:
            return
        self.announce(data.draw(st.sampled_from(rows)), share, kind, other, twice=twice)

    def announce(self, row: Any, share: int, kind: str, other: str, *, twice: bool = False) -> None:
        """Let all or half of what is out of a line come back; ``twice``: try to announce what is announced already."""
        pending = self.desk.read(returns.announced, row.order_id).get(row.id, 0)
        chosen = self.parts([row], lambda each: each.shipped - each.returned - pending, share)
        terms, before = self.terms(kind, row.product_id, other), self.asked_for(row.order_id)
        ask = partial(returns.authorise, order_id=row.order_id, quantities=chosen, reason="bent", terms=terms)
        if twice and pending:
            more = partial(ask, quantities={row.id: row.shipped - row.returned})
            assert not self.attempt("return twice", more), "goods were announced twice"
        if self.attempt(f"return {kind}", ask):
            self.kept.announced(row.id, chosen[row.id], ahead=kind == "advance")
            given = chosen[row.id] if kind == "exchange ahead" else 0
            assert self.asked_for(row.order_id) - before == given, "another product is given for what is exchanged"

    def homecoming(self, line: Any, first: int, found: str, end: str) -> None:
        """Of a line that is out and billed three pieces are announced, each to become something else.

        They come back, but for the last of them where ``end`` is to wait no more for it or to cancel it.
        """
        for number, kind in enumerate((EVERY * 2)[first : first + 3]):
            (now,) = self.all(sales_order_line, sales_order_line.c.id == line.id)
            out = now.shipped - now.returned - self.desk.read(returns.announced, line.order_id).get(line.id, 0)
            self.announce(now, out // GRAIN, kind, "kit" if number else "", twice=number > 0)
        for sent in self.picked(packed=True) if end == "wait no more" else ():
            self.attempt("ship", partial(shipping.ship, shipment_id=sent.id))  # what leaves in advance
        heads = self.all(goods_return, goods_return.c.state == "authorised")
        for number, head in enumerate(heads):
            (row,) = self.all(goods_return_line, goods_return_line.c.return_id == head.id)
            if number == len(heads) - 1 and end == "wait no more":
                self.wait_no_more(head, row, row.authorised)
            elif number == len(heads) - 1 and end == "cancel":
                self.call_off(head, row, row.authorised)
            else:
                self.inspect(head, row, row.authorised, found, last=False)

    def asked_for(self, order_id: UUID) -> int:
        """All that an order asks for, in the stock units of these goods, which are counted alike."""
        return sum(row.ordered for row in self.kept.sold_lines(order_id))

    def free_lines(self, order_id: UUID) -> int:
        """How many lines of an order are at no charge."""
        return sum(row.no_charge for row in self.kept.sold_lines(order_id))

    @rule(data=st.data(), share=st.sampled_from([1, 1, 2]), found=FOUND, fate=FATES)
    def take_back(self, data: Any, share: int, found: str, fate: str) -> None:
        states = {"mend": ["in_repair", "partial"], "cancel": ["authorised"]}.get(fate, ["authorised", "partial"])
        head = self.one(data, goods_return, *states)
        if head is None:
            return
        (row,) = self.all(goods_return_line, goods_return_line.c.return_id == head.id)
        left = row.authorised - row.given_up - _arrived(row)
        if fate == "mend":
            self.mend(head, row, share)
        elif fate == "wait no more":
            self.wait_no_more(head, row, left)
        elif fate == "cancel":
            self.call_off(head, row, left)
        else:
            self.inspect(head, row, -(-left // GRAIN // share) * GRAIN, found, last=share == 2 and found == "mixed")

    def call_off(self, head: Any, row: Any, left: int) -> None:
        """The goods will not come; what was to be given for them stays here, unless it has left."""
        before = self.asked_for(head.order_id)
        if self.attempt("return cancel", partial(returns.cancel, return_id=head.id)):
            given = left if row.disposition == "exchange" and head.in_advance else 0
            assert before - self.asked_for(head.order_id) == given, "what was to be given is taken off again"
            self.kept.forgotten(row.order_line_id, left, ahead=_ahead(head, row))

    def inspect(self, head: Any, row: Any, arrived: int, found: str, *, last: bool) -> None:
        """Receive so much; mixed goods are one broken piece, one to repair, the rest good."""
        scrap, repair = (min(GRAIN, arrived), min(GRAIN, max(0, arrived - GRAIN))) if found == "mixed" else (0, 0)
        parts = {"scrap": scrap, "repair": repair, "good": arrived - scrap - repair}
        if found == "as said":
            found = {"repair": "repair", "send_back": "refused"}.get(row.disposition, "good")
        if found != "mixed":
            parts = {found: arrived}
        by_line = {name: {row.order_line_id: grains} for name, grains in parts.items()}
        more = Inspection(by_line.get("repair", {}), by_line.get("refused", {}), last=last)
        good, broken = by_line.get("good", {}), by_line.get("scrap", {})
        before, free = self.asked_for(head.order_id), self.free_lines(head.order_id)
        receive = partial(returns.receive, return_id=head.id, good=good, scrap=broken, inspection=more)
        if not self.attempt(f"return {found}", receive):
            return
        ours = row.disposition not in {"repair", "send_back"}
        taken = parts.get("scrap", 0) + (parts.get("good", 0) + parts.get("repair", 0) if ours else 0)
        refused = parts.get("refused", 0) + (0 if ours else parts.get("good", 0))
        shelf = taken - parts.get("scrap", 0) + refused
        self.kept.came(row.product_id, shelf)
        again = taken if row.disposition == "replace" else 0
        self.kept.came_back(row.order_line_id, taken + refused, again + refused)
        if _ahead(head, row):
            left = row.authorised - row.given_up - _arrived(row) if last else arrived
            self.kept.forgotten(row.order_line_id, left, ahead=True)
        given = taken if row.disposition == "exchange" and not head.in_advance else 0
        dear = row.exchange_product_id == self.set
        assert self.free_lines(head.order_id) == free or (given and not dear), "a dearer product was given for nothing"
        assert self.asked_for(head.order_id) - before == given, "another product is given for what is exchanged"

    def mend(self, head: Any, row: Any, share: int) -> None:
        """All or half of what is in repair is repaired; of half, the rest can not be."""
        there = 0 if row.disposition != "repair" else row.received_repair - row.repaired - row.beyond_repair
        fine = -(-there // GRAIN // share) * GRAIN
        lost = there - fine
        done = {row.order_line_id: fine}, {row.order_line_id: lost}
        repair = partial(returns.finish_repair, return_id=head.id, repaired=done[0], beyond_repair=done[1])
        if self.attempt("return mend", repair):
            self.kept.came(row.product_id, fine)
            self.kept.came_back(row.order_line_id, fine + lost, fine)

    def wait_no_more(self, head: Any, row: Any, left: int) -> None:
        """What was replaced in advance is ordered and billed as well, as far as the customer has it."""
        (before,) = self.all(sales_order_line, sales_order_line.c.id == row.order_line_id)
        ahead = _ahead(head, row)
        assert self.attempt("return wait no more", partial(returns.stop_waiting, return_id=head.id))
        (after,) = self.all(sales_order_line, sales_order_line.c.id == row.order_line_id)
        self.kept.forgotten(row.order_line_id, left, ahead=ahead)
        twice = before.shipped - (before.ordered - before.cancelled) - after.returned_open
        expected = max(0, min(left, twice)) if ahead and before.kit_line_id is None else 0
        assert after.ordered - before.ordered == expected, "what the customer keeps twice is ordered twice"
        self.kept.changed(row.order_line_id, after.ordered // GRAIN)

    @rule(data=st.data(), step=st.sampled_from(["post", "post", "credit"]))
    def bill(self, data: Any, step: str) -> None:
        """The office posts what is drafted, and credits what came back."""
        if step == "post":
            head = self.one(data, invoice, "draft")
            if head:
                self.attempt("post", lambda tx: billing.post(tx, head.id, DAY) and None)
            return
        head = self.one(data, goods_return, "received", "partial", "in_repair")
        if head:
            self.attempt("return credit", partial(return_credits.credit, return_id=head.id, on=DAY))


def _arrived(row: Any) -> int:
    return int(row.received_good + row.received_scrap + row.received_repair + row.refused)


def _ahead(head: Any, row: Any) -> bool:
    """Whether what is awaited has opened its order line already."""
    return bool(head.in_advance and row.disposition == "replace")
