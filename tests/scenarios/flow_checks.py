"""What a ``flow`` case expects of an order, read from the books: figures, states, lines, invoices.

Other systems name states differently; STATES says which of ours each of their words may stand for.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.models.payment import Purpose
from app.services import billing, instalments, journal, orders, quotes
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_billing import BILLING_COMPARED, BILLING_FIGURES
from tests.scenarios.flow_blankets import BLANKET_COMPARED, BLANKET_FIGURES
from tests.scenarios.flow_company import Company
from tests.scenarios.flow_costs import COST_COMPARED, COST_FIGURES
from tests.scenarios.flow_deposits import DEPOSIT_FIGURES
from tests.scenarios.flow_items import ITEM_COMPARED
from tests.scenarios.flow_quotes import QUOTE_COMPARED
from tests.scenarios.flow_returns import RETURN_FIGURES, UNSIGNED
from tests.scenarios.flow_stops import STOP_FIGURES, is_closed
from tests.scenarios.flow_supply_checks import SUPPLY_COMPARED, SUPPLY_FIGURES, awaited, by_product, split_total

Figure = Callable[[Company], Any]

STATES: dict[str, dict[str, set[str]]] = {
    "state": {
        "draft": {"draft"},
        "quotation": {"draft"},
        "confirmed": {"confirmed"},
        "processing": {"confirmed"},
        "done": {"closed"},
        "cancelled": {"cancelled"},
        "canceled": {"cancelled"},
    },
    "delivery": {
        "none": {"none"},
        "waiting": {"waiting"},
        "partial": {"partial"},
        "partially shipped": {"partial"},
        "sent": {"shipped"},
        "shipped": {"shipped"},
    },
    "billing": {
        "none": {"none"},
        "pending": {"to_invoice"},
        "to invoice": {"to_invoice"},
        "nothing": {"none", "partial", "paid", "invoiced"},
        "awaiting payment": {"invoiced", "partial"},
        "invoiced": {"invoiced", "paid"},
        "paid": {"paid"},
    },
}


def compare(company: Company, wanted: Facts, checks: Checks) -> None:
    for name in list(wanted):
        if name == "total" and "each_supplier_qty_equals_customer_qty" in wanted:
            checks.figure(wanted.place(name), wanted.value(name), split_total(company))
        elif name == "backorder" and isinstance(wanted.value(name), dict):
            by_product("backorder", lambda line: line.outstanding)(company, wanted, checks)
        elif name in COMPARED:
            COMPARED[name](company, wanted, checks)
        elif name in FIGURES:
            found_value = FIGURES[name](company)
            value = wanted.value(name)
            if name in UNSIGNED:
                value = str(value).removeprefix("-")
            if isinstance(found_value, str):
                checks.same(wanted.place(name), value, found_value)
            else:
                checks.figure(wanted.place(name), value, found_value)


def decimal(value: Fraction) -> Decimal:
    scaled = value * 1_000_000
    if scaled.denominator != 1:
        raise NotCovered(f"{value} cannot be written")
    return Decimal(scaled.numerator).scaleb(-6)


def _sum(values: Any) -> Fraction:
    return sum(values, Fraction(0))


def _open_ship(company: Company) -> Fraction:
    return _sum(line.outstanding for line in company.goods())


def _documents(company: Company) -> Fraction:
    """Open pick lists and planned shipments of the order."""
    picks = [one for one in company.order.papers if one.kind == "pick" and one.state == "open"]
    return Fraction(len(picks) + len(company.shipments("planned", "packed")))


def _delivered_percent(company: Company) -> Fraction:
    wanted = _sum(line.quantity - line.cancelled for line in company.goods())
    return min(Fraction(100), 100 * _sum(line.shipped - line.returned for line in company.goods()) / wanted)


def _reserved_change(company: Company) -> Fraction:
    """Against the time before the order."""
    return _sum(line.reserved + line.picked for line in company.goods())


def _balance(company: Company) -> Fraction:
    account = company.read(journal.accounts)[Purpose.RECEIVABLE]
    return Fraction(next(amount for code, _, amount in company.read(journal.balances) if code == account))


def _gain(company: Company) -> Fraction:
    account = company.read(journal.accounts)[Purpose.EXCHANGE]
    return -Fraction(next(amount for code, _, amount in company.read(journal.balances) if code == account))


def _head(company: Company) -> Any:
    if company.invoice_id is not None:
        invoice_id = company.invoice_id
        return company.read(lambda c: billing.get(c, invoice_id))
    if company.order_id is None and company.quote_id is not None:
        quote_id = company.quote_id
        return company.read(lambda c: quotes.get(c, quote_id))
    return company.order.order


def _invoiced(company: Company) -> Fraction:
    """Pieces on all invoices of the order that are not cancelled, drafts as well."""
    rows = [row for head in company.invoices() for row in company.invoice_lines(head.id) if row.order_line_id]
    per = {line.id: line.grains_per_unit for line in company.order.lines}
    return _sum(Fraction(row.grains) / per[row.order_line_id] for row in rows)


def _delivered(company: Company) -> Fraction:
    """With the customer, or on its way to them again: what may be billed."""
    rows = {row.id: row for row in company.read(lambda c: orders.lines(c, company.order.order.id))}
    return _sum(
        line.shipped
        - line.returned
        - Fraction(rows[line.id].advanced) / line.grains_per_unit
        + max(Fraction(0), Fraction(rows[line.id].returned_open) / line.grains_per_unit)
        - min(
            Fraction(rows[line.id].returned_open) / line.grains_per_unit,
            max(Fraction(0), line.shipped - (line.quantity - line.cancelled)),
        )
        for line in company.goods()
    )


def _open_ship_in_stock_units(company: Company) -> Fraction:
    """Pieces on the planned shipments, in the products' stock units."""
    return _sum(line.outstanding * _stock_units(company, line) for line in company.goods())


def _stock_units(company: Company, line: Any) -> Fraction:
    return company.units.get(line.unit, Fraction(1))


FIGURES: dict[str, Figure] = {
    "untaxed": lambda company: Fraction(_head(company).untaxed),
    "tax": lambda company: Fraction(_head(company).tax),
    "total": lambda company: Fraction(_head(company).total),
    "order_total": lambda company: Fraction(company.order.order.total),
    "company_total": lambda company: Fraction(_head(company).company_total),
    "open": lambda company: Fraction(_head(company).open_amount),
    "open_amount": lambda company: Fraction(_head(company).open_amount),
    "open_instalments": lambda company: Fraction(
        len(company.read(lambda c: instalments.still_open(c, billing.get(c, _head(company).id))))
    ),
    "deposit_amount": lambda company: Fraction(company.order.order.deposit_amount),
    "shipments": lambda company: (
        Fraction(len(company.shipments("planned", "packed", "shipped", "delivered"))) + awaited(company)
    ),
    "open_shipments": lambda company: Fraction(len(company.shipments("planned", "packed"))),
    "returns": lambda company: Fraction(sum(1 for one in company.order.papers if one.kind == "return")),
    "invoices": lambda company: Fraction(len(company.invoices())),
    "deposit_invoices": lambda company: Fraction(len(company.invoices("deposit"))),
    "deposit_invoice_total": lambda company: Fraction(company.invoices("deposit")[-1].total),
    "documents": _documents,
    "open_pick_qty": lambda company: company.open_pick_quantity(),
    "open_ship_qty": _open_ship,
    "delivered": _delivered,
    "revision": lambda company: Fraction(company.order.order.amendments),
    "shipped": lambda company: _sum(line.shipped for line in company.goods()),
    "fulfilled": lambda company: _sum(line.shipped for line in company.goods()),
    "move_qty": _open_ship_in_stock_units,
    "reserved": lambda company: _sum(line.reserved for line in company.goods()),
    "delivered_pct": _delivered_percent,
    "backorder": lambda company: _sum(line.outstanding for line in company.goods()),
    "reserved_delta": _reserved_change,
    "line_total": lambda company: Fraction(company.line().amount),
    "invoiced_qty_total": _invoiced,
    "moves_total_in_unit": _open_ship_in_stock_units,
    "warnings_on_order": lambda company: Fraction(int(bool(company.order.order.warning))),
    "receivable_balance": _balance,
    "exchange_gain": _gain,
    **SUPPLY_FIGURES,
    **RETURN_FIGURES,
    **STOP_FIGURES,
    **COST_FIGURES,
    **DEPOSIT_FIGURES,
    **BILLING_FIGURES,
    **BLANKET_FIGURES,
}


def _states(kind: str, column: str) -> Callable[[Company, Facts, Checks], None]:
    def compare(company: Company, wanted: Facts, checks: Checks) -> None:
        name = {"state": "state", "delivery": "shipment_state", "billing": "invoice_state"}[kind]
        word = wanted.text(name)
        if kind == "state" and word not in STATES["state"]:
            _compound_state(company, word, wanted, checks)
            return
        if word not in STATES[kind]:
            raise NotCovered(f"{wanted.place(name)} is {word!r}")
        state = getattr(_head(company), column) if kind == "state" else getattr(company.order.order, column)
        checks.count += 1
        if state not in STATES[kind][word]:
            checks.differences.append(f"{checks.label}: {wanted.place(name)} expected {word}, found {state}")

    return compare


def _compound_state(company: Company, word: str, wanted: Facts, checks: Checks) -> None:
    """ "To deliver and bill": what is still to do, in one word."""
    if word in {"closed", "on hold"}:
        found = is_closed(company) if word == "closed" else bool(company.order.order.hold)
        checks.same(wanted.place("state"), word, word if found else str(company.order.order.state))
        return
    if word in {"complete", "completed", "shipped"}:
        checks.same(wanted.place("state"), 0, sum(line.outstanding for line in company.order.lines))
        return
    if word in {"paid", "posted"} and company.invoice_id is not None:
        checks.same(wanted.place("state"), word, str(_head(company).state))
        return
    known = {"to deliver and bill": (True, True), "to deliver": (True, False), "to bill": (False, True)}
    if word not in known:
        raise NotCovered(f"{wanted.place('state')} is {word!r}")
    order = company.order
    deliver = any(line.outstanding for line in order.lines)
    bill = _sum(line.quantity - line.cancelled - line.invoiced for line in order.lines) > 0
    checks.same(wanted.place("state"), known[word], (deliver, bill))


def _moves(company: Company, wanted: Facts, checks: Checks) -> None:
    """What is planned to leave, in the products' stock units."""
    names = {product: name for name, product in company.products.items()}
    planned = [line for line in company.goods() if line.outstanding]
    expected = wanted.all_facts("moves")
    checks.same(wanted.place("moves"), len(expected), len(planned))
    for row, line in zip(expected, planned, strict=False):
        checks.same(row.place("product"), row.text("product"), names[line.product_id])
        unit = row.text("uom")
        factor = _stock_units(company, line) / company.units.get(unit, Fraction(1))
        checks.figure(row.place("qty"), row.value("qty"), line.outstanding * factor)


def _lines(company: Company, wanted: Facts, checks: Checks) -> None:
    rows = wanted.all_facts("lines")
    for row, line in zip(rows, company.order.lines, strict=True):
        delivered = line.shipped - line.returned
        if "delivered" in row:
            unit = row.text("uom", line.unit)
            factor = _stock_units(company, line) / company.units.get(unit, Fraction(1))
            checks.figure(row.place("delivered"), row.value("delivered"), delivered * factor)
        if "delivered_in_unit" in row:
            found_value = delivered * _stock_units(company, line)
            checks.figure(row.place("delivered_in_unit"), row.value("delivered_in_unit"), found_value)
        if "invoiced_in_unit" in row:
            found_value = line.invoiced * _stock_units(company, line)
            checks.figure(row.place("invoiced_in_unit"), row.value("invoiced_in_unit"), found_value)


def _final_invoice(company: Company, wanted: Facts, checks: Checks) -> None:
    facts = wanted.facts("final_invoice")
    head = company.invoices()[-1]
    if "total" in facts:
        checks.figure(facts.place("total"), facts.value("total"), Fraction(head.total))
    if "lines" not in facts:
        return
    names = {product: name for name, product in company.products.items()}
    found_rows = [
        {
            "deposit": True if row.deposit_id else None,
            "product": names.get(row.product_id),
            "qty": Fraction(row.quantity),
            "unit_price": Fraction(row.unit_price),
        }
        for row in company.invoice_lines(head.id)
    ]
    expected = [
        {
            "deposit": row.flag("deposit") or None,
            "product": row.text("product") or None,
            "qty": Fraction(row.number("qty")),
            "unit_price": Fraction(row.number("unit_price")),
        }
        for row in facts.all_facts("lines")
    ]
    key = repr
    checks.same(facts.place("lines"), sorted(expected, key=key), sorted(found_rows, key=key))


def _shipment_move(company: Company, wanted: Facts, checks: Checks) -> None:
    """The one product that is planned to leave."""
    facts = wanted.facts("shipment_move")
    names = {product: name for name, product in company.products.items()}
    planned = [(names[line.product_id], line.outstanding) for line in company.goods() if line.outstanding]
    checks.same(facts.place("product"), [(facts.text("product"), Fraction(facts.number("qty")))], planned)


def _invoice_lines(company: Company, wanted: Facts, checks: Checks) -> None:
    """The lines of the order's last invoice."""
    names = {product: name for name, product in company.products.items()}
    found_rows = [
        (names.get(row.product_id), Fraction(row.quantity), Fraction(row.unit_price))
        for row in company.invoice_lines(company.invoices()[-1].id)
    ]
    expected = [
        (row.text("product") or None, Fraction(row.number("qty")), Fraction(row.number("unit_price")))
        for row in wanted.all_facts("invoice_lines")
    ]
    checks.same(wanted.place("invoice_lines"), expected, found_rows)


def _invoice_word(company: Company, wanted: Facts, checks: Checks) -> None:
    checks.same(wanted.place("invoice"), wanted.text("invoice"), str(_head(company).state))


COMPARED: dict[str, Callable[[Company, Facts, Checks], None]] = {
    "state": _states("state", "state"),
    "shipment_state": _states("delivery", "delivery_state"),
    "invoice_state": _states("billing", "billing_state"),
    "moves": _moves,
    "shipment_move": _shipment_move,
    "invoice_lines": _invoice_lines,
    "lines": _lines,
    "final_invoice": _final_invoice,
    "invoice": _invoice_word,
    **SUPPLY_COMPARED,
    **ITEM_COMPARED,
    **QUOTE_COMPARED,
    **COST_COMPARED,
    **BILLING_COMPARED,
    **BLANKET_COMPARED,
}
