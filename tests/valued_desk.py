"""A company that keeps what its stock is worth, for tests of cost: it buys, makes, moves and sells pumps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from app.models.supply import Way
from app.services import journal, purchasing, receiving, returns, shipping, stock, transfers, valuation
from tests.desk import unhurried
from tests.supply_desk import FRIDAY, GRAIN, SupplyDesk


class ValuedDesk(SupplyDesk):
    """A clerk whose words are pieces and euros."""

    def take(self, product_id: UUID, pieces: int, cost: str | None, **fields: Any) -> None:
        unit_cost = None if cost is None else Decimal(cost)
        self.do(
            "stock.receive", lambda tx: stock.receive(tx, product_id, Decimal(pieces), unit_cost=unit_cost, **fields)
        )

    def sell(self, product_id: UUID, pieces: int) -> tuple[UUID, UUID, UUID]:
        """Order and ship at once: order, its line, shipment."""
        order, line = self.order(product_id, pieces)

        def ship(tx):
            shipment_id = shipping.planned_shipment(tx, order)
            shipping.ship(tx, shipment_id)
            return shipment_id

        return order, line, self.do("shipment.ship", ship)

    def bring_back(self, order: UUID, line: UUID, good: int, broken: int = 0) -> None:
        pieces = {line: (good + broken) * GRAIN}
        back = self.do("return.authorise", lambda tx: returns.authorise(tx, order, pieces, reason="Too many"))
        parts = [{line: n * GRAIN} if n else {} for n in (good, broken)]
        self.do("return.receive", lambda tx: returns.receive(tx, back, *parts))

    def buy(self, way: UUID, pieces: int, *, received: int | None = None) -> UUID:
        """Buy by a way of supply and take in what comes; give the purchase line."""
        found = self.do(
            "purchase.propose", lambda tx: purchasing.propose(tx, way, pieces * GRAIN, FRIDAY, location_id=self.main)
        )
        purchase = self.do("purchase.find", lambda tx: tx.lock(purchasing.purchase_line, found, "Line").purchase_id)
        self.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
        parts = None if received is None else {found: received * GRAIN}
        self.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, parts))
        return found

    def bring(self, product_id: UUID, pieces: int, to: UUID, *, lost: int = 0) -> None:
        """Move pieces to another warehouse; some of them never arrive."""
        line = self.do(
            "transfer.plan",
            lambda tx: transfers.plan(
                tx, product_id, pieces * GRAIN, from_location=self.main, to_location=to, needed_on=FRIDAY
            ),
        )
        moving = self.do("transfer.find", lambda tx: tx.lock(transfers.transfer_line, line, "Line").transfer_id)
        self.do("transfer.ship", lambda tx: transfers.ship(tx, moving))
        if lost:
            self.do("transfer.lose", lambda tx: transfers.lose(tx, moving, {line: lost * GRAIN}))
        if pieces > lost:
            self.do("transfer.receive", lambda tx: transfers.receive(tx, moving))

    def worth(self, product_id: UUID) -> tuple[int, str]:
        """Pieces on hand everywhere and what they are worth."""
        found = self.read(valuation.read, product_id)
        return found.on_hand // GRAIN, f"{found.value:.2f}"

    def account(self, name: str) -> str:
        """The balance of an account, by its name."""
        return next(f"{balance:.2f}" for _, known, balance in self.read(journal.balances) if known == name)

    def means_to_buy(self, price: str, **fields: Any) -> UUID:
        return self.way(self.sensor, Way.BUY, price, **fields)


def valued_desk(database: Any, costing: str = "average") -> ValuedDesk:
    desk = ValuedDesk(unhurried(database))
    desk.found = lambda **settings: SupplyDesk.found(desk, costing=costing, **settings)  # type: ignore[method-assign]
    desk.open()
    desk.branch = desk.warehouse("ROT", transfer_days=2)
    return desk
