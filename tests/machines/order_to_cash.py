"""The whole life of orders as one machine: every step of every clerk, in any order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from tests.databases import Databases
from tests.desk import DAY
from tests.machines.billing_steps import Billing
from tests.machines.forbidden import Forbidden
from tests.machines.fulfilling import Fulfilling
from tests.machines.selling import Selling


class OrderToCash(Selling, Fulfilling, Billing, Forbidden):
    """Sells, fulfils, bills, and tries what is forbidden.

    Steps drawn at random from all that can be taken seldom bring an order to its end; ``go_on`` draws from those
    that lead there, so that orders are shipped, paid and closed in most runs and late steps have something to meet.
    """

    def ways_on(self) -> list[Callable[[Any], None]]:
        """The steps forward that can be taken now."""
        steps = (
            (self.orders.get("draft"), self.confirm),
            (self.picks.get("open"), partial(self.pick, share=1, cancel_rest=False)),
            (self.picks.get("open"), partial(self.pick, share=2, cancel_rest=False)),
            (self.packable(), partial(self.pack, share=1, packages=2)),
            (self.packable(), partial(self.pack, share=2, packages=1)),
            (self.leaving(), partial(self.ship_packed, backorder=True)),
            (self.direct(), partial(self.ship_directly, share=2, backorder=True)),
            (self.beside_packed(), partial(self.ship_directly, share=2, backorder=False)),
            (self.drafts, partial(self.post, on=DAY)),
            (self.unpaid, partial(self.pay, share=1, more="0", on=DAY)),
            (self.unpaid, partial(self.pay, share=3, more="0", on=DAY)),
        )
        return [step for possible, step in steps if possible]

    def beside_packed(self) -> bool:
        """Whether every planned shipment that can leave stands beside a packed one of its order."""
        orders = [self.order_of(key) for key in self.direct()]
        return bool(orders) and all(order in self.packed_orders for order in orders)

    @initialize(data=st.data(), steps=st.integers(0, 5))
    def begin(self, data, steps) -> None:
        """Begin at any point of an order's way, so that late steps are met in short runs too."""
        if not self.products:
            return  # rules that begin are drawn in any order
        for _ in range(steps):
            self._step_on(data)

    @precondition(lambda self: self.products and self.ways_on())
    @rule(data=st.data())
    def go_on(self, data) -> None:
        self._step_on(data)

    @precondition(lambda self: self.products and self.ways_on())
    @rule(data=st.data(), steps=st.integers(2, 4))
    def go_further(self, data, steps) -> None:
        for _ in range(steps):
            self._step_on(data)

    def _step_on(self, data) -> None:
        ways = self.ways_on()
        if ways:
            ways[data.draw(st.integers(0, len(ways) - 1), "way")](data=data)


def drive(databases: Databases, *, examples: int, steps: int, **more: Any) -> None:
    """Run the machine on fresh databases of one kind.

    Raises whatever the machine found, shrunk to few steps.
    """
    machine = type("Machine", (OrderToCash,), {"databases": databases})
    chosen = settings(max_examples=examples, stateful_step_count=steps, deadline=None, **more)
    run_state_machine_as_test(machine, settings=chosen)
