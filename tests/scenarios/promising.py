"""``promise``, ``available``, ``early_plan``, ``assign``: what may be promised, and who gets which pieces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from math import lcm
from typing import Any

from app.models.assignment import Ask, Assigned, Pile, assign
from app.models.promise import EarlyPlan, Flow, PlannedShipment, Projection, available_now, plan_early
from tests.scenarios.cases import REMARKS, Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.running import adapter, finish

TODAY = date(2026, 11, 23)
Grains = Callable[[Fraction], int]


def _day(days: int) -> date:
    return TODAY + timedelta(days=days)


def _grains(*figures: Fraction) -> Grains:
    """Count in parts so small that every figure of the case is whole."""
    parts = lcm(*(figure.denominator for figure in figures))
    return lambda figure: int(figure * parts)


@adapter("promise")
def run_promise(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps or round_.expect is not None:
            raise NotCovered("steps or expect of a promise")
        given = Facts(round_.given)
        on_hand = Fraction(given.number("on_hand", "0"))
        flows = {
            name: [(row.whole("day"), Fraction(row.number("qty"))) for row in given.all_facts(name)]
            for name in ("receipts", "promised")
        }
        ask = Fraction(given.number("ask"))
        grains = _grains(on_hand, ask, *(figure for rows in flows.values() for _, figure in rows))
        receipts, promised = ([Flow(_day(day), grains(figure)) for day, figure in rows] for rows in flows.values())
        found = Projection(TODAY, grains(on_hand), receipts, promised).earliest(grains(ask))
        expected = given.value("expect_day")
        checks.same("expect_day", expected, None if found is None else (found - TODAY).days)
        finish(given)


@adapter("available")
def run_available(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given = Facts(round_.given)
        records = [(row.number("qty"), row.number("reserved", "0")) for row in given.all_facts("records")]
        grains = _grains(*(Fraction(figure) for record in records for figure in record))
        counted = [(grains(Fraction(quantity)), grains(Fraction(reserved))) for quantity, reserved in records]
        for place, expected, negative in (
            ("expect", round_.expect, False),
            ("expect_allow_negative", given.value("expect_allow_negative"), True),
        ):
            if expected is not None:
                checks.same(
                    place, grains(Fraction(number(expected, place))), available_now(counted, allow_negative=negative)
                )
        finish(given)


@adapter("early_plan", parts=("rule",))
def run_early_plan(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given = Facts(round_.given)
        receipts = given.facts("receipts")
        incoming = {
            name: [(row.whole("week"), Fraction(row.number("qty"))) for row in receipts.all_facts(name)]
            for name in receipts
        }
        planned = {}
        for row in given.all_facts("shipments"):
            lines = row.facts("lines")
            wanted = {name: Fraction(lines.number(name)) for name in lines}
            planned[str(row.value("id"))] = (row.whole("planned_week"), wanted)
        grains = _grains(
            *(figure for rows in incoming.values() for _, figure in rows),
            *(figure for _, lines in planned.values() for figure in lines.values()),
        )
        found = plan_early(
            TODAY,
            {name: [Flow(_day(7 * week), grains(figure)) for week, figure in rows] for name, rows in incoming.items()},
            {
                name: PlannedShipment(_day(7 * week), {product: grains(figure) for product, figure in lines.items()})
                for name, (week, lines) in planned.items()
            },
        )
        expected = round_.expected()
        for name in expected:
            if name not in found:
                raise NotCovered(f"{expected.place(name)} is no shipment of the case")
            _compare_early(expected.facts(name), found[name], checks)
        finish(given, expected)


def _compare_early(expected: Facts, found: EarlyPlan, checks: Checks) -> None:
    for name, day in (("whole_week", found.whole_on), ("first_week", found.first_on)):
        if name in expected:
            checks.same(expected.place(name), expected.whole(name), (day - TODAY).days // 7)
    if "share_first" in expected:
        checks.written(expected.place("share_first"), expected.value("share_first"), found.share_first)


@adapter("assign")
def run_assign(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given, expected = Facts(round_.given), round_.expected()
        given.ignore(*REMARKS)
        _ASSIGNMENTS[_form(given)](given, expected, checks)
        finish(given, expected)


def _form(given: Facts) -> str:
    """Which of the forms the case has, by what is there to be assigned."""
    for name in ("cartons", "batches_in_order_of_age", "orders"):
        if name in given:
            return name
    stock = given.value("stock")
    if isinstance(stock, dict):
        return "places"
    return "lots" if isinstance(stock, list) and any(isinstance(each, dict) for each in stock) else "stock"


def _from_stock(given: Facts, expected: Facts, checks: Checks) -> None:
    """One asks; the stock is one figure or one for each pile."""
    stock = given.value("stock", [])
    figures = stock if isinstance(stock, list) else [stock]
    piles = [Pile[str, int](n, number(each, f"stock[{n}]")) for n, each in enumerate(figures)]
    found = assign([Ask("ask", given.number("ask"))], piles)["ask"]
    _compare(found, expected, checks)


def _from_places(given: Facts, expected: Facts, checks: Checks) -> None:
    """One asks; the stock lies in several warehouses, the first is taken from first."""
    stock = given.facts("stock")
    piles = [Pile[str, str](name, stock.number(name)) for name in stock]
    found = assign([Ask("ask", given.number("ask"))], piles)["ask"]
    if "pick" in expected:
        wanted = expected.facts("pick")
        taken = {name: Fraction(0) for name in stock} | dict(found.taken)
        for name in wanted:
            checks.figure(wanted.place(name), wanted.value(name), taken.get(name, Fraction(0)))
        checks.same("pick", {name for name in taken if taken[name]} <= set(wanted), True)
    _compare(found, expected, checks)


def _from_lots(given: Facts, expected: Facts, checks: Checks) -> None:
    """One asks for a lot; the case says of each pile where it lies and of which lot it is."""
    ask = given.facts("ask")
    quantity = ask.number("qty", "1")
    piles = [
        Pile[str, str](row.text("place"), row.number("qty", str(quantity)), lot=row.text("lot"))
        for row in given.all_facts("stock")
    ]
    found = assign([Ask("ask", quantity, ask.text("lot"))], piles)["ask"]
    if "place" in expected:
        checks.same("place", [expected.text("place")], [place for place, _ in found.taken])
    _compare(found, expected, checks)


def _from_batches(given: Facts, expected: Facts, checks: Checks) -> None:
    """One asks; of the batches, oldest first, it gets the oldest."""
    quantity = given.number("ask", "1")
    piles = [Pile[str, str](str(name), quantity, lot=str(name)) for name in given.list("batches_in_order_of_age")]
    found = assign([Ask("ask", quantity)], piles)["ask"]
    if "batch" in expected:
        checks.same("batch", [expected.text("batch")], [place for place, _ in found.taken])
    _compare(found, expected, checks)


def _from_cartons(given: Facts, expected: Facts, checks: Checks) -> None:
    """Several lines ask, in the order in which they are handled; cartons may be reserved for one of them."""
    asked = given.facts("ask")
    quantities = {name: asked.number(name) for name in asked}
    order = [str(name) for name in given.list("process_order")] or list(quantities)
    piles = [Pile(row.text("id"), row.number("qty"), row.value("reserved_for")) for row in given.all_facts("cartons")]
    found = assign([Ask(name, quantities[name]) for name in order], piles)
    for name in order:
        if name in expected:
            checks.same(expected.place(name), [expected.text(name)], [place for place, _ in found[name].taken])


def _from_orders(given: Facts, expected: Facts, checks: Checks) -> None:
    """Orders in the order in which they were placed share one stock, of which some is reserved for them already."""
    rows = given.all_facts("orders")
    orders = [(str(row.value("id")), row.number("qty"), row.number("reserved", "0")) for row in rows]
    free = given.number("stock", "0") - sum(reserved for _, _, reserved in orders)
    piles = [Pile[str, str](name, reserved, name) for name, _, reserved in orders] + [Pile("free", max(free, 0 * free))]
    if given.list("process_order"):
        turn = [str(name) for name in given.list("process_order")]
        orders.sort(key=lambda order: turn.index(order[0]))
    found = assign([Ask(name, quantity) for name, quantity, _ in orders], piles)
    placed = [str(row.value("id")) for row in rows]
    names = {**{name: name for name in placed}, "older": placed[0], "later": placed[-1]}
    for name in list(expected):
        if name in names:
            checks.figure(expected.place(name), expected.value(name), found[names[name]].total)
    if "short" in expected:
        short = expected.value("short")
        if short in names:
            checks.same("short", [names[short]], [name for name, each in found.items() if each.waiting])
        else:
            checks.figure("short", short, sum(each.waiting for each in found.values()))


_ASSIGNMENTS: dict[str, Callable[[Facts, Facts, Checks], None]] = {
    "stock": _from_stock,
    "places": _from_places,
    "lots": _from_lots,
    "batches_in_order_of_age": _from_batches,
    "cartons": _from_cartons,
    "orders": _from_orders,
}


def _compare(found: Assigned[Any], expected: Facts, checks: Checks) -> None:
    """The figures of one asker."""
    checks.amounts(expected, {"assigned_total": found.total, "waiting": found.waiting})
    if "short" in expected:
        checks.figure("short", expected.value("short"), found.waiting)
    if "assigned" in expected:
        wanted = [Fraction(number(each, f"assigned[{n}]")) for n, each in enumerate(expected.list("assigned"))]
        checks.same("assigned", wanted, [quantity for _, quantity in found.taken])
    if "all" in expected:
        checks.same("all", expected.flag("all"), not found.waiting)
