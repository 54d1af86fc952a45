"""``costing`` and ``cost_queue``: stock value by moving average and first in first out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.errors import UserError
from app.models.costing import Layer, Method, Shortage, StockValue, issue, receive
from app.models.rounding import round_decimals
from tests.scenarios.cases import REMARKS, Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.costing_books import Books
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.running import adapter, finish

METHODS = {"average": Method.AVERAGE, "avco": Method.AVERAGE, "moving_average": Method.AVERAGE, "fifo": Method.FIFO}
REFUSED = ("refused", "error", "insufficient_stock", "negative_stock")
STEP = ("of", "on", "of_step", "step", "receipt", "for", "to")
OUT = ("out", "issue", "ship", "scrap", "loss", "consume", "supplier_return", "return_to_supplier", "purchase_return")
IN = ("in", "receive", "receipt", "gain", "late_in", "late_receipt", "backdated_in", "backdated_receipt")
RETURN = ("return_of", "customer_return", "return")
PRICE = (
    "price_change", "change_price", "change_price_of", "cost_change", "change_cost", "change_cost_of", "late_price",
    "new_price", "new_cost", "invoice", "invoice_price", "supplier_invoice", "vendor_invoice",
    "vendor_bill", "bill", "bill_price", "correct_price", "correct_price_of", "price_of", "cost_of",
)  # fmt: skip
EXTRA = ("landed_cost", "landed_costs", "extra_cost", "additional_cost", "add_cost", "freight", "duty", "late_cost")
REVALUE = ("revalue", "revaluation", "set_cost", "new_standard_cost", "standard_cost", "cost_price", "modify_cost")
QUANTITY = ("correct_qty_of", "change_qty_of", "correct_qty", "change_qty", "set_qty_of")


@adapter("costing", parts=("derived",))
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        given = Facts(round_.given, "given")
        names = given.list("methods") or [given.text("method", "average")]
        for name in names:
            if name not in METHODS:
                raise NotCovered(f"the method {name!r}")
            label = f"{round_.label} {name}".strip() if len(names) > 1 else round_.label
            _play(round_, Books(METHODS[name], Facts(round_.given, "given")), label, case, checks)
        given.ignore("allow_negative", "backdating", "currency_decimals", "start_cost", "method", "methods")
        finish(given)


def _play(round_: Round, books: Books, label: str, case: Case, checks: Checks) -> None:
    derived = [Facts(each, "derived") for each in case.body.get("derived") or []]
    for index, step in enumerate(round_.steps, 1):
        checks.label = f"{label} step {index}".strip()
        facts = Facts(_flat(step), f"steps[{index}]")
        facts.ignore(*REMARKS)
        _step(facts, index, books, checks)
        finish(facts)
        for each in derived:
            if each.whole("after_step") == index:
                each.ignore("why", *REMARKS)
                _compare(each, index, books, checks)
                finish(each)
    if round_.expect is not None:
        checks.label = label
        expected = round_.expected()
        _compare(expected, len(round_.steps), books, checks)
        finish(expected)


def _step(facts: Facts, index: int, books: Books, checks: Checks) -> None:
    expected = facts.value("expect", {})
    act = _event(facts, index, books)
    refusal = expected if isinstance(expected, str) else ""
    if isinstance(expected, dict) and expected.get("refused") is True:
        refusal = "refused"
    if refusal:
        checks.refused(refusal, dict.fromkeys(REFUSED, UserError), act)
        return
    act()
    if expected:
        _compare(facts.facts("expect"), index, books, checks)


def _flat(step: dict[str, Any]) -> dict[str, Any]:
    """A step whose event is written as a list or a mapping, as the same step in plain names."""
    verb = next((name for name in step if name in _EVENTS), "")
    written = step.get(verb)
    if isinstance(written, list) and len(written) == len(("quantity", "cost")):
        return {**step, verb: written[0], "at": written[1]}
    if isinstance(written, dict):
        names = dict(written)
        figure = next((names.pop(name) for name in ("qty", "amount", "price", "of") if name in names), None)
        return {**step, verb: figure, **names}
    return step


def _event(facts: Facts, index: int, books: Books) -> Callable[[], None]:
    """What the step does, as a call; every name of the step has been read then."""
    verb = next((name for name in facts if name in _EVENTS), "")
    books.begin(index, facts, moves_goods=verb in {*IN, *OUT, *RETURN})
    if not verb:
        raise NotCovered(f"nothing known happens in {', '.join(facts) or 'the step'}")
    act = _EVENTS[verb](facts, verb, books)
    times = facts.whole("times", 1)

    def repeat() -> None:
        for _ in range(times):
            act()

    return repeat


def _optional_cost(facts: Facts) -> Decimal | None:
    for name in ("at", "price", "cost", "unit_cost", "unit_price", "rate"):
        if name in facts:
            return facts.number(name)
    return None


def _receive(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    quantity, cost = facts.number(verb), _optional_cost(facts)
    if "late" in verb or "backdated" in verb:
        books.is_late = True
    return lambda: books.receive(quantity, cost)


def _issue(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    quantity = facts.number(verb)
    facts.ignore("of", "to")
    return lambda: books.issue(quantity)


def _return(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    step = facts.whole("of") if "of" in facts else facts.whole(verb)
    quantity = facts.number(verb) if "of" in facts else facts.optional_number("qty")
    return lambda: books.take_back(step, quantity)


def _price(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    """The receipt of step ``of`` costs another price: the step or the price stands at the verb."""
    cost = _optional_cost(facts)
    if "cost" in verb and cost is None and not any(name in facts for name in STEP):
        return _revalue(facts, verb, books)
    step = _receipt_step(facts, verb, at_verb=cost is not None, books=books)
    price = facts.number(verb) if cost is None else cost
    quantity = facts.optional_number("qty")
    return lambda: books.change_price(step, price, quantity)


def _extra(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    step = _receipt_step(facts, verb, at_verb="amount" in facts, books=books)
    amount = facts.number("amount") if "amount" in facts else facts.number(verb)
    return lambda: books.add_cost(step, amount)


def _receipt_step(facts: Facts, verb: str, *, at_verb: bool, books: Books) -> int:
    for name in STEP:
        if name in facts and name != verb:
            facts.ignore(verb)
            return facts.whole(name)
    return facts.whole(verb) if at_verb else books.last_receipt_step()


def _revalue(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    cost = facts.number(verb)
    return lambda: books.revalue(cost)


def _quantity(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    step = facts.whole("of") if "of" in facts else facts.whole(verb)
    quantity = facts.number(verb) if "of" in facts else facts.number("qty" if "qty" in facts else "to")
    return lambda: books.change_quantity(step, quantity)


def _count(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    quantity, cost = facts.number(verb), _optional_cost(facts)
    return lambda: books.count(quantity, cost)


def _nothing(facts: Facts, verb: str, books: Books) -> Callable[[], None]:
    facts.ignore(verb, "at", "price", "qty", "of")
    return lambda: None


_EVENTS: dict[str, Callable[[Facts, str, Books], Callable[[], None]]] = {
    **dict.fromkeys(("drop_ship", "drop_shipment", "dropship", "transfer"), _nothing),
    **dict.fromkeys(OUT, _issue),
    **dict.fromkeys(IN, _receive),
    **dict.fromkeys(RETURN, _return),
    **dict.fromkeys(PRICE, _price),
    **dict.fromkeys(EXTRA, _extra),
    **dict.fromkeys(REVALUE, _revalue),
    **dict.fromkeys(QUANTITY, _quantity),
    **dict.fromkeys(("count", "inventory"), _count),
}


def _compare(expected: Facts, index: int, books: Books, checks: Checks) -> None:
    change = books.change
    exact: dict[str, Decimal | Fraction | None] = {"qty": books.state.quantity, "value": books.state.value}
    if change is not None:
        exact |= {
            "correction": change.correction,
            "rounding_adjustment": change.rounding_adjustment,
            "adjust_already_shipped": -change.correction,
            "adjust_stock": change.value + change.correction,
        }
    checks.amounts(expected, exact)
    for name in expected:
        place = expected.place(name)
        if name == "issue_value" or name.startswith("issue_value_of_step_"):
            step = books.last_issue_step() if name == "issue_value" else int(name.rpartition("_")[2])
            found = books.issue_value(step)
            written = number(expected.value(name), place)
            checks.figure(place, expected.value(name), -found if written < 0 else found)
        elif name in {"cost", "issue_cost"}:
            cost = books.state.unit_cost if name == "cost" else books.issue_cost()
            if books.decimals_given and -int(number(expected.value(name), place).as_tuple().exponent) <= (
                books.state.decimals
            ):
                checks.figure(place, expected.value(name), round_decimals(cost, books.state.decimals))
            else:
                checks.written(place, expected.value(name), cost)


@adapter("cost_queue")
def run_queue(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        given = Facts(round_.given)
        if given.choice("method", ("fifo",), "fifo") and given.text("layer", "[qty, cost]") != "[qty, cost]":
            raise NotCovered(f"layers as {given.text('layer')}")
        state = _queue(given.list("start"))
        state = _queue_events(state, given)
        if round_.expect is not None:
            _same_queue("expect", round_.expect, state, checks)
        for index, step in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            facts = Facts(step, f"steps[{index}]")
            facts.ignore(*REMARKS)
            state = _queue_events(state, facts)
            if "expect" in facts:
                _same_queue(facts.place("expect"), facts.value("expect", []), state, checks)
            finish(facts)
        finish(given)


def _queue(start: list[Any]) -> StockValue:
    layers, shortages = [], []
    for index, (quantity, cost) in enumerate(_pairs(start)):
        value = round_decimals(abs(quantity) * cost, 12)
        if quantity < 0:
            shortages.append(Shortage(f"start {index}", -quantity, value))
        else:
            layers.append(Layer.worth(f"start {index}", quantity, value))
    total = sum((each.value for each in layers), Decimal(0)) - sum((each.value for each in shortages), Decimal(0))
    quantity = sum((each.quantity for each in layers), Fraction(0)) - sum(each.quantity for each in shortages)
    last = _pairs(start)[-1][1] if start else Fraction(0)
    return StockValue(Method.FIFO, 12, last, quantity, total, tuple(layers), tuple(shortages))


def _queue_events(state: StockValue, facts: Facts) -> StockValue:
    for name in [each for each in facts if each in {"in", "out"}]:
        value = facts.value(name)
        for pair in value if isinstance(value, list) and value and isinstance(value[0], list) else [value]:
            quantity, *rest = pair if isinstance(pair, list) else [pair]
            cost = number(rest[0], name) if rest else _optional_cost(facts)
            wanted = number(quantity, name)
            if name == "in":
                state = receive(state, f"in {len(state.layers)}", wanted, cost or Decimal(0)).state
            else:
                state = _out(state, wanted, cost)
    return state


def _out(state: StockValue, quantity: Decimal, cost: Decimal | None) -> StockValue:
    """Goods leave; where a cost is named, layers that cost just this leave first."""
    if cost is None:
        return issue(state, "out", quantity).state
    if state.quantity <= 0:
        state = StockValue(Method.FIFO, 12, Fraction(cost), state.quantity, state.value, (), state.shortages)
    wanted = [each.receipt for each in state.layers if Fraction(each.value) / each.quantity == Fraction(cost)]
    return issue(state, "out", quantity, receipts=wanted).state


def _same_queue(place: str, expected: Any, state: StockValue, checks: Checks) -> None:
    found = [(each.quantity, Fraction(each.value) / each.quantity) for each in state.layers]
    found += [(-each.quantity, Fraction(each.value) / each.quantity) for each in state.shortages]
    checks.same(place, _joined(_pairs(expected)), _joined(found))


def _pairs(layers: Any) -> list[tuple[Fraction, Fraction]]:
    return [(Fraction(number(quantity, "layer")), Fraction(number(cost, "layer"))) for quantity, cost in layers]


def _joined(layers: list[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    """Neighbours of one cost are one layer: whether they are kept apart is nobody's concern."""
    joined: list[tuple[Fraction, Fraction]] = []
    for quantity, cost in layers:
        if joined and joined[-1][1] == cost:
            joined.append((joined.pop()[0] + quantity, cost))
        else:
            joined.append((quantity, cost))
    return joined
