"""What a ``flow`` case expects of supply: requests, purchases, work, drop shipments, and what each line waits for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from app.models.log import event
from app.models.shipment import shipment, shipment_line
from app.models.stock import Place, stock_level, stock_move
from app.models.supply import Way
from app.services import pegs, promising, work_orders
from app.services.purchase_lines import missing
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company
from tests.scenarios.flow_stops import troubled, undecided
from tests.scenarios.flow_supply import purchase_lines, work

REQUEST_STATES = {"draft": {"draft"}, "purchased": {"sent", "confirmed", "closed"}, "cancelled": {"cancelled"}}
SHIPMENT_STATES = {
    "waiting": {"waiting"},
    "sent": {"shipped"},
    "shipped": {"shipped"},
    "partially shipped": {"partial"},
}
ADDRESSES = {"customer address": True, "warehouse": False, "own warehouse": False}

Compared = Callable[[Company, Facts, Checks], None]


def _per_unit(company: Company) -> dict[Any, Fraction]:
    return {line.product_id: line.grains_per_unit for line in company.order.lines if line.product_id}


def _quantities(company: Company, rows: list[Any], cancelled: set[str]) -> list[Fraction]:
    """What purchase lines or work orders bring, in the unit of the order's lines."""
    per = _per_unit(company)
    kept = [one for one in rows if one.state not in cancelled]
    return [Fraction(one.ordered - one.cancelled) / per[one.product_id] for one in kept]


def _requests(company: Company) -> list[Fraction]:
    return _quantities(company, purchase_lines(company), {"cancelled"})


def _productions(company: Company) -> list[Fraction]:
    """Work orders for lines of the order, not those for parts of them."""
    return _quantities(company, [one for one in work(company) if one.product_id in _per_unit(company)], {"cancelled"})


def _straight(company: Company) -> list[Any]:
    """Purchase lines that a supplier sends to the customer, not cancelled."""
    rows = [one for one in purchase_lines(company) if one.order_line_id is not None]
    return [one for one in rows if one.state != "cancelled"]


def _troubled(company: Company) -> bool:
    """Whether a person must say where some of the order is to come from, or whether it is to be shipped at all."""
    return bool(troubled(company) or undecided(company))


def _drop_shipments(company: Company) -> list[Any]:
    rows = select(shipment).where(shipment.c.order_id == company.order_id, shipment.c.kind == "drop_ship")
    return list(company.read(lambda c: c.execute(rows).all()))


def awaited(company: Company) -> Fraction:
    """Drop shipments that are still to come: one for each purchase order sent of which something is open."""
    rows = [one for one in _straight(company) if one.state in {"sent", "confirmed"} and missing(one)]
    return Fraction(len({one.purchase_id for one in rows}))


def _all_drop_shipments(company: Company) -> Fraction:
    return len(_drop_shipments(company)) + awaited(company)


def _moves_to_customer(company: Company) -> list[Any]:
    lines = [line.id for line in company.order.lines]
    rows = select(stock_move).where(
        stock_move.c.source == str(Place.SUPPLIER),
        stock_move.c.target == str(Place.CUSTOMER),
        stock_move.c.line_id.in_(lines),
    )
    return list(company.read(lambda c: c.execute(rows).all()))


def _to_customer(company: Company) -> Fraction:
    per = _per_unit(company)
    return sum((Fraction(one.quantity) / per[one.product_id] for one in _moves_to_customer(company)), Fraction(0))


def _open_drop(company: Company) -> Fraction:
    per = _per_unit(company)
    rows = [one for one in _straight(company) if one.state in {"sent", "confirmed", "draft"}]
    return sum((Fraction(missing(one)) / per[one.product_id] for one in rows), Fraction(0))


def _own(company: Company, *, out: bool) -> Fraction:
    """Shipments from our shelves, or goods for the order that came to us."""
    if out:
        own = [one for one in company.shipments("planned", "packed", "shipped", "delivered") if one.kind != "drop_ship"]
        return Fraction(len(own))
    return Fraction(sum(1 for one in purchase_lines(company) if one.order_line_id is None and one.received))


def _reserved(company: Company, product: str) -> int:
    level = stock_level.c
    promised = select(func.coalesce(func.sum(level.promised), 0)).where(level.product_id == company.products[product])
    return int(company.read(lambda c: c.execute(promised).scalar_one()))


def _tasks(company: Company) -> list[str]:
    """What the purchases of the order were told: that the order wants less of them."""
    heads = {one.purchase_id for one in purchase_lines(company)}
    rows = select(event.c.facts).where(event.c.subject_id.in_(heads), event.c.name == "purchase.unwanted")
    return [str(facts) for facts in company.read(lambda c: c.execute(rows).scalars().all())]


def _pair(company: Company) -> tuple[int, int]:
    """Moves of the drop shipments at the supplier's and at the customer's end: those done, and those to come."""
    done = len(_moves_to_customer(company))
    open_there = sum(1 for one in _straight(company) if missing(one))
    waiting = company.read(lambda c: pegs.of_demands(c, [line.id for line in company.goods()]))
    open_here = sum(1 for each in waiting.values() for one in each if one.way == Way.DROP_SHIP and one.open)
    return done + open_there, done + open_here


def _shipped_quantities(company: Company) -> tuple[list[int], list[int]]:
    """What suppliers sent and what customers got, by shipment line."""
    ids = [one.id for one in _drop_shipments(company)]
    lines = select(shipment_line.c.order_line_id, shipment_line.c.shipped).where(shipment_line.c.shipment_id.in_(ids))
    got: dict[Any, int] = {}
    for row in company.read(lambda c: c.execute(lines).all()):
        got[row.order_line_id] = got.get(row.order_line_id, 0) + row.shipped
    sent = {one.order_line_id: one.received for one in _straight(company)}
    return [sent[key] for key in sorted(sent)], [got.get(key, 0) for key in sorted(sent)]


SUPPLY_FIGURES: dict[str, Callable[[Company], Any]] = {
    "purchase_request_qty": lambda company: sum(_requests(company), Fraction(0)),
    "purchase_line": lambda company: sum(_requests(company), Fraction(0)),
    "purchases": lambda company: Fraction(len({one.purchase_id for one in _kept(company)})),
    "purchase_orders": lambda company: Fraction(len({one.purchase_id for one in _kept(company)})),
    "own_shipments": lambda company: _own(company, out=True),
    "own_receipts": lambda company: _own(company, out=False),
    "drop_shipments": _all_drop_shipments,
    "open_drop_qty": _open_drop,
    "customer_qty": _to_customer,
    "qty_to_customer": _to_customer,
    "moves_to_customer": lambda company: Fraction(len(_moves_to_customer(company))),
    "supplier_moves": lambda company: Fraction(_pair(company)[0]),
    "customer_moves": lambda company: Fraction(_pair(company)[1]),
    "shipped_qty": lambda company: sum((line.shipped for line in company.goods()), Fraction(0)),
    "tasks_on_purchase": lambda company: Fraction(len(_tasks(company))),
}


def _kept(company: Company) -> list[Any]:
    return [one for one in purchase_lines(company) if one.state != "cancelled"]


def _listed(found: Callable[[Company], list[Fraction]], name: str) -> Compared:
    def compare(company: Company, wanted: Facts, checks: Checks) -> None:
        value = wanted.value(name)
        if not isinstance(value, list):
            checks.figure(wanted.place(name), value, Fraction(len(found(company))))
            return
        checks.same(wanted.place(name), [Fraction(str(each)) for each in value], found(company))

    return compare


def _request_state(company: Company, wanted: Facts, checks: Checks) -> None:
    word, rows = wanted.text("request_state"), purchase_lines(company)
    state = rows[-1].state if rows else "none"
    if word == "exception":
        checks.same(wanted.place("request_state"), ("cancelled", True), (state, _troubled(company)))
    elif word in REQUEST_STATES:
        checks.same(wanted.place("request_state"), word, word if state in REQUEST_STATES[word] else state)
    else:
        raise NotCovered(f"{wanted.place('request_state')} is {word!r}")


def _order_shipment_state(company: Company, wanted: Facts, checks: Checks) -> None:
    word, state = wanted.text("order_shipment_state"), company.order.order.delivery_state
    if word == "exception":
        checks.same(wanted.place("order_shipment_state"), True, _troubled(company))
    elif word in SHIPMENT_STATES:
        found = state if state not in SHIPMENT_STATES[word] or _troubled(company) else word
        checks.same(wanted.place("order_shipment_state"), word, found)
    else:
        raise NotCovered(f"{wanted.place('order_shipment_state')} is {word!r}")


def _move_state(company: Company, wanted: Facts, checks: Checks) -> None:
    """``staging``: waits for work nobody has planned; ``draft``: may go on; ``assigned``: all of it is promised."""
    word = wanted.choice("move_state", ("draft", "staging", "assigned"))
    waits = any(one.state == "planned" for one in work(company))
    promised = all(line.reserved + line.picked == line.outstanding for line in company.goods())
    found = {"draft": not waits, "staging": waits and not promised, "assigned": promised and not waits}
    checks.same(wanted.place("move_state"), True, found[word])


def _purchase_names(company: Company, wanted: Facts, checks: Checks) -> None:
    names = {product: name for name, product in company.products.items()}
    checks.same(
        wanted.place("purchase_lines"),
        wanted.list("purchase_lines"),
        [names[one.product_id] for one in _kept(company)],
    )


def _suppliers(company: Company, wanted: Facts, checks: Checks) -> None:
    found = sorted({one.supplier_name for one in _kept(company)})
    checks.same(wanted.place("suppliers"), sorted(wanted.list("suppliers")), found)


def _purchase_ship_to(company: Company, wanted: Facts, checks: Checks) -> None:
    word = wanted.choice("purchase_ship_to", tuple(ADDRESSES))
    address = company.order.order.shipping_address
    found = [one.order_id == company.order_id and one.ship_to == address for one in _kept(company)]
    checks.same(wanted.place("purchase_ship_to"), [ADDRESSES[word]] * max(1, len(found)), found)


def _purchase_shipment_state(company: Company, wanted: Facts, checks: Checks) -> None:
    word = wanted.text("purchase_shipment_state")
    ordered = sum(one.ordered - one.cancelled for one in _kept(company))
    received = sum(one.received for one in _kept(company))
    known = {
        "waiting": received == 0,
        "partially shipped": 0 < received < ordered,
        "received": received >= ordered > 0,
        "sent": received >= ordered > 0,
    }
    if word not in known:
        raise NotCovered(f"{wanted.place('purchase_shipment_state')} is {word!r}")
    checks.same(wanted.place("purchase_shipment_state"), True, known[word])


def _linked(company: Company, wanted: Facts, checks: Checks) -> None:
    """Each purchase line is pegged to one line of the order, and each line has one of its own."""
    lines = [line.id for line in company.goods()]
    found = company.read(lambda c: pegs.of_demands(c, lines))
    pairs = [(line, one.supply_id) for line in lines for one in found.get(line, ()) if one.supply_id]
    own = {supply for _, supply in pairs}
    linked = len(pairs) == len(own) == len({line for line, _ in pairs}) and own == {one.id for one in _kept(company)}
    checks.same(wanted.place("each_linked_to_its_line"), wanted.flag("each_linked_to_its_line"), linked)


def _equal(company: Company, wanted: Facts, checks: Checks) -> None:
    sent, got = _shipped_quantities(company)
    flag = wanted.flag("each_supplier_qty_equals_customer_qty")
    checks.same(wanted.place("each_supplier_qty_equals_customer_qty"), flag, bool(sent) and sent == got)


def split_total(company: Company) -> Fraction:
    """Of drop shipments in parts, what went and is to come in all."""
    return _to_customer(company) + _open_drop(company)


def _component_demand(company: Company, wanted: Facts, checks: Checks) -> None:
    facts = wanted.facts("component_demand")
    per = {product: name for name, product in company.products.items()}
    found: dict[str, Fraction] = {}
    for head in work(company):
        for one in company.read(lambda c, key=head.id: work_orders.components(c, key)):
            name = per[one.product_id]
            grain = company.grain(name)
            found[name] = found.get(name, Fraction(0)) + Fraction(one.needed - one.consumed) / grain
    for name in list(facts):
        checks.figure(facts.place(name), facts.value(name), found.get(name, Fraction(0)))


def _stock_changes(company: Company, wanted: Facts, checks: Checks) -> None:
    facts = wanted.facts("reserved_change")
    for name in list(facts):
        change = Fraction(_reserved(company, name)) / company.grain(name)
        checks.figure(facts.place(name), facts.value(name), change)


def _ordered_changes(company: Company, wanted: Facts, checks: Checks) -> None:
    """What is on its way to our shelves."""
    facts = wanted.facts("ordered_qty_change")
    for name in list(facts):
        product_id = company.products[name]
        incoming = company.read(lambda c, key=product_id: promising.available(c, key, at=company.now)).incoming
        checks.figure(facts.place(name), facts.value(name), Fraction(incoming) / company.grain(name))


def _task_mentions(company: Company, wanted: Facts, checks: Checks) -> None:
    number = company.order.order.number
    found = bool(_tasks(company)) and all(number in facts for facts in _tasks(company))
    checks.same(wanted.place("task_mentions_order"), wanted.flag("task_mentions_order"), found)


def by_product(name: str, value: Callable[[Any], Fraction]) -> Compared:
    """A figure of each product's line."""

    def compare(company: Company, wanted: Facts, checks: Checks) -> None:
        facts = wanted.facts(name)
        for product in list(facts):
            found = [value(line) for line in company.order.lines if line.product_id == company.products.get(product)]
            checks.figure(facts.place(product), facts.value(product), sum(found, Fraction(0)))

    return compare


def _line_quantities(company: Company, wanted: Facts, checks: Checks) -> None:
    found = [line.quantity - line.cancelled for line in company.order.lines if not line.component]
    expected = [Fraction(str(each)) for each in wanted.list("line_quantities")]
    checks.same(wanted.place("line_quantities"), expected, found)


def _invoice_quantities(company: Company, wanted: Facts, checks: Checks) -> None:
    """The quantities on the order's last invoice, in its order or by product."""
    names = {product: name for name, product in company.products.items()}
    invoices = company.invoices()
    rows = company.invoice_lines(invoices[-1].id) if invoices else []
    found = [(names.get(row.product_id, ""), Fraction(row.quantity)) for row in rows if row.quantity]
    value = wanted.value("invoice_quantities")
    if isinstance(value, list):
        checks.same(wanted.place("invoice_quantities"), [Fraction(str(each)) for each in value], [q for _, q in found])
        return
    expected = {name: Fraction(str(each)) for name, each in value.items()}
    kept = {name: quantity for name, quantity in expected.items() if quantity}
    checks.same(wanted.place("invoice_quantities"), kept, dict(found))


SUPPLY_COMPARED: dict[str, Compared] = {
    "purchase_requests": _listed(_requests, "purchase_requests"),
    "purchase_line_quantities": _listed(_requests, "purchase_line_quantities"),
    "productions": _listed(_productions, "productions"),
    "work_orders": _listed(_productions, "work_orders"),
    "request_state": _request_state,
    "order_shipment_state": _order_shipment_state,
    "purchase_shipment_state": _purchase_shipment_state,
    "move_state": _move_state,
    "purchase_lines": _purchase_names,
    "suppliers": _suppliers,
    "purchase_ship_to": _purchase_ship_to,
    "each_linked_to_its_line": _linked,
    "each_supplier_qty_equals_customer_qty": _equal,
    "component_demand": _component_demand,
    "reserved_change": _stock_changes,
    "ordered_qty_change": _ordered_changes,
    "task_mentions_order": _task_mentions,
    "move_quantities": by_product("move_quantities", lambda line: line.outstanding),
    "components": by_product("components", lambda line: line.quantity - line.cancelled),
    "line_quantities": _line_quantities,
    "invoice_quantities": _invoice_quantities,
}
