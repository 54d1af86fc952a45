"""``reserve`` and ``alloc``: an order reserved by hand, in parts, driven through the public services."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.errors import Invalid, NotAllowed
from app.models.reservation import state
from app.services import order_stops, orders, reservations, shipping
from app.services.document_lines import LineInput
from app.services.reservations import Reserved
from app.services.transaction import Transaction
from tests.scenarios import flow_company
from tests.scenarios.cases import REMARKS, Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import PLENTY, Company
from tests.scenarios.flow_stops import is_closed
from tests.scenarios.running import adapter, finish

ITEM = "P"


class Reserving:
    """A company with stock of one product and one order for it; ``made`` are the reservations in their order."""

    def __init__(self, stock: Decimal, before: Decimal = Decimal(0)) -> None:
        self.company: Company = flow_company.found(Facts({}))
        self.company.add_product(ITEM, Facts({}), stock)
        self.made: list[UUID] = []
        self.ended: UUID | None = None  # the reservation a step cancelled
        if before:
            self.order(before)
            self.company.order_id = None

    def order(self, quantity: Decimal) -> None:
        line = LineInput(product_id=self.company.products[ITEM], quantity=quantity)
        new = orders.NewOrder(self.company.customer, (line,))
        order_id = self.company.do("order.create", lambda tx: orders.create(tx, new))
        self.company.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        self.company.order_id = order_id

    def reserve(self, quantity: Decimal) -> None:
        wanted = {self.company.line().id: self.company.line().to_grains(quantity)}
        order_id = self._order_id
        self.made += self.company.do("order.reserve", lambda tx: reservations.reserve(tx, order_id, wanted))

    def cancel_reservation(self, index: int) -> None:
        self.ended = self.made[index - 1]
        reservation_id = self.ended
        self.company.do("order.unreserve", lambda tx: reservations.cancel(tx, reservation_id))

    def change(self, index: int, quantity: Decimal) -> None:
        reservation_id, grains = self.made[index - 1], self.company.line().to_grains(quantity)
        self.company.do("order.reserve", lambda tx: reservations.change(tx, reservation_id, grains))

    def issue(self, quantity: Decimal) -> None:
        """Somebody else takes goods off the shelf at once: an order of their own, shipped as it is confirmed."""
        line = LineInput(product_id=self.company.products[ITEM], quantity=quantity)
        new = orders.NewOrder(self.company.customer, (line,))

        def op(tx: Transaction) -> None:
            order_id = orders.create(tx, new)
            orders.confirm(tx, order_id)
            (row,) = orders.lines(tx.connection, order_id)
            shipping.ship(tx, shipping.planned_shipment(tx, order_id), quantities={row.id: row.ordered})

        self.company.do("order.issue", op)

    def ship(self, quantity: Decimal) -> None:
        self.company.ship({self.company.line().id: self.company.line().to_grains(quantity)})

    def take_back(self) -> None:
        """What was shipped never arrived: it comes back and is to be sent again."""
        line = self.company.line()
        shipped = Decimal(line.shipped.numerator) / Decimal(line.shipped.denominator)
        self.company.give_back(line, shipped, replace=True)

    def cancel(self) -> None:
        order_id = self._order_id
        self.company.do("order.cancel", lambda tx: orders.cancel(tx, order_id))

    def close(self) -> None:
        order_id = self._order_id
        self.company.do("order.close", lambda tx: orders.close(tx, order_id))

    def reopen(self) -> None:
        order_id = self._order_id
        self.company.do("order.reopen", lambda tx: order_stops.reopen(tx, order_id))

    @property
    def _order_id(self) -> UUID:
        if self.company.order_id is None:
            raise NotCovered("there is no order yet")
        return self.company.order_id

    def found(self) -> Reserved:
        line_id = self.company.line().id
        return self.company.read(lambda connection: reservations.of_line(connection, line_id))

    def figure(self, grains: int) -> Fraction:
        return grains / Fraction(self.company.line().to_grains(Decimal(1)))


@adapter("reserve", parts=("states",))
def run_reserve(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        given = Facts(round_.given)
        at = Reserving(given.number("stock", f"{PLENTY}"), given.number("reserved_before", "0"))
        try:
            for index, step in enumerate(round_.steps, 1):
                checks.label = f"{round_.label} step {index}".strip()
                _run_step(at, Facts(step, f"steps[{index}]"), checks)
            if round_.expect is not None:
                checks.label = round_.label
                expected = round_.expected()
                _compare(at, expected, False, checks)
                finish(expected)
        finally:
            at.company.close()
        finish(given)
    checks.label = "states"
    for index, row in enumerate(case.body.get("states") or [], 1):
        facts = Facts(row, f"states[{index}]")
        figures = {name: int(facts.number(name, "0") * 1000) for name in ("of", "reserved", "delivered")}
        found = state(wanted=figures["of"], reserved=figures["reserved"], delivered=figures["delivered"])
        checks.same(facts.place("state"), facts.text("state"), str(found))
        finish(facts)


def _run_step(at: Reserving, facts: Facts, checks: Checks) -> None:
    facts.ignore(*REMARKS)
    steps: dict[str, Callable[[], None]] = {
        "order_and_confirm": lambda: at.order(facts.number("qty")),
        "reserve": lambda: at.reserve(facts.number("qty")),
        "issue_for_another_use": lambda: at.issue(facts.number("qty")),
        "cancel_reservation": lambda: at.cancel_reservation(facts.whole("index")),
        "ship": lambda: at.ship(facts.number("qty")),
        "cancel_shipment": at.take_back,
        "cancel": at.cancel,
        "close": at.close,
        "reopen": at.reopen,
    }
    at.ended = None
    name = facts.text("do")
    if name not in steps:
        raise NotCovered(f"{facts.place('do')}: {name}")
    expected = facts.facts("expect")
    refused = _refused(steps[name], known="refused" in expected)
    _compare(at, expected, refused, checks)
    finish(facts)


def _refused(act: Callable[[], None], *, known: bool) -> bool:
    """Do it and tell whether it was refused; a refusal that the case does not ask about is a failure."""
    try:
        act()
    except (NotAllowed, Invalid):
        if not known:
            raise
        return True
    return False


def _compare(at: Reserving, expected: Facts, refused: bool, checks: Checks) -> None:
    if "refused" in expected:
        checks.same(expected.place("refused"), expected.flag("refused"), refused)
    if set(expected) <= {"refused"}:
        return
    found = at.found()
    checks.amounts(expected, {"reserved": at.figure(found.reserved), "delivered": at.figure(found.delivered)})
    if "reservation_state" in expected:
        ended = at.ended is not None and at.ended not in {part for part, _ in found.parts}
        now = "cancelled" if ended else str(found.state)
        checks.same(expected.place("reservation_state"), expected.text("reservation_state"), now)
    if "closed" in expected:
        checks.same(expected.place("closed"), expected.flag("closed"), is_closed(at.company))


@adapter("alloc")
def run_alloc(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        given = Facts(round_.given)
        stock = given.optional_number("stock_record")
        at = Reserving(PLENTY if stock is None else stock)
        try:
            at.order(given.number("ordered"))
            _allocate(at, given, round_.expected(), checks)
            for index, step in enumerate(round_.steps, 1):
                checks.label = f"{round_.label} step {index}".strip()
                facts = Facts(step, f"steps[{index}]")
                facts.ignore(*REMARKS, "do")
                _allocate(at, facts, facts.facts("expect"), checks)
                finish(facts)
        finally:
            at.company.close()
        finish(given)


def _allocate(at: Reserving, facts: Facts, expected: Facts, checks: Checks) -> None:
    """Allocate in parts, change one, cancel the order; count what was accepted."""
    accepted, refused = 0, False
    typed: Any = facts.value("allocate") or facts.value("qty") or []
    for quantity in typed if isinstance(typed, list) else [typed]:
        once = _refused(lambda quantity=quantity: at.reserve(Decimal(quantity)), known=True)  # type: ignore[misc]
        accepted, refused = accepted + (not once), refused or once
    changed = facts.facts("change_allocation") if "change_allocation" in facts else Facts({})
    if "index" in changed:
        refused = _refused(lambda: at.change(changed.whole("index"), changed.number("qty")), known=True) or refused
    then = facts.choice("then", ("", "cancel_order"), "")
    if then:
        at.cancel()
    found = at.found()
    total = at.figure(sum(grains for _, grains in found.parts))
    checks.amounts(expected, {"allocated": total, "allocations": len(found.parts), "accepted": accepted})
    if "fully_allocated" in expected:
        whole = total == at.company.line().quantity
        checks.same("fully_allocated", expected.flag("fully_allocated"), whole)
    if "refused" in expected:
        checks.same("refused", expected.flag("refused"), refused)
    if "state" in expected:
        checks.same("state", expected.text("state"), at.company.order.order.state)
    finish(expected)
