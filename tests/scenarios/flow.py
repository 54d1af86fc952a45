"""``flow``: one order from the first line to the last payment, step by step, as a clerk does it.

Other systems name states differently; STATES says which of ours each of their words may stand for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.errors import UserError
from app.models.payment import Purpose
from app.services import billing, companies, journal, orders, quotes
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.scenarios.cases import Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company, found
from tests.scenarios.running import adapter, finish

Step = Callable[[Company, Facts], None]
Figure = Callable[[Company], Any]

STATES: dict[str, dict[str, set[str]]] = {
    "state": {
        "draft": {"draft"},
        "quotation": {"draft"},
        "confirmed": {"confirmed"},
        "processing": {"confirmed"},
        "done": {"closed"},
        "closed": {"closed"},
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


@adapter("flow")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        if "do" in round_.given:
            raise NotCovered("a variant that is one more step")
        _play(round_, checks)


def _play(round_: Round, checks: Checks) -> None:
    given = Facts({**round_.given})
    given.ignore("supply") if given.value("supply") == "stock" else None
    company = found(given)
    try:
        _deposit(company, given)
        finish(given)
        for index, values in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            _step(company, Facts(values, f"steps[{index}]"), checks)
    finally:
        company.close()


def _deposit(company: Company, given: Facts) -> None:
    facts = given.facts("deposit")
    company.deposit = {  # type: ignore[attr-defined]
        "deposit_percent": facts.number("pct", "0"),
        "deposit_blocks": facts.choice("blocks", ("supply", ""), "") == "supply",
    }


def _step(company: Company, facts: Facts, checks: Checks) -> None:
    name = facts.text("do")
    if name not in STEPS:
        raise NotCovered(f"step {name}")
    expected = facts.value("expect")
    facts.ignore("title", "note", "decision")
    if company.order_id is not None:
        company.seen = {line.id: line.reserved + line.picked for line in company.order.lines}
    if isinstance(expected, str) and expected in {"refused", "warning"}:
        checks.count += 1
        try:
            STEPS[name](company, facts)
        except UserError:
            finish(facts)
            return
        checks.differences.append(f"{checks.label}: {name} was not refused")
        return
    STEPS[name](company, facts)
    finish(facts)
    if expected is not None:
        wanted = Facts(expected, "expect")
        _compare(company, wanted, checks)
        finish(wanted)


def _compare(company: Company, wanted: Facts, checks: Checks) -> None:
    for name in list(wanted):
        if name in COMPARED:
            COMPARED[name](company, wanted, checks)
        elif name in FIGURES:
            found_value = FIGURES[name](company)
            value = wanted.value(name)
            if isinstance(found_value, str):
                checks.same(wanted.place(name), value, found_value)
            else:
                checks.figure(wanted.place(name), value, found_value)


# steps -----------------------------------------------------------------------------------------------------------


def _order(company: Company, facts: Facts) -> None:
    lines = company.line_inputs(facts.all_facts("lines"))
    policy = facts.choice("invoice_policy", ("", "order", "shipment"))
    new = NewOrder(company.customer, lines, invoice_policy=policy, **company.deposit)  # type: ignore[attr-defined]
    company.order_id = company.do("order.create", lambda tx: orders.create(tx, new))


def _confirm(company: Company, _: Facts) -> None:
    order_id = company.order.order.id
    company.do("order.confirm", lambda tx: orders.confirm(tx, order_id))


def _order_and_confirm(company: Company, facts: Facts) -> None:
    product = company.product(facts.text("product", next(iter(company.products), "P")))
    new = NewOrder(company.customer, (LineInput(product, facts.number("qty")),))
    company.order_id = company.do("order.create", lambda tx: orders.create(tx, new))
    _confirm(company, facts)


def _binding(company: Company) -> None:
    """Some cases leave the confirming out: they ship at once."""
    if company.order.order.state == "draft":
        _confirm(company, Facts({}))


def _quote(company: Company, facts: Facts) -> None:
    if "lines" in facts:
        company.write_quote(company.line_inputs(facts.all_facts("lines")))


def _order_from_quote(company: Company, facts: Facts) -> None:
    quote_id, expired = company.quote_id, facts.flag("allow_expired")
    if quote_id is None or "keep_lines" in facts:
        raise NotCovered("an order from part of a quote")
    answer = quotes.Acceptance(allow_expired=expired)
    company.order_id = company.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, answer))


def _change_line(company: Company, facts: Facts) -> None:
    order_id, line = company.order.order.id, company.line(facts.whole("line", 1))
    quantity, price = facts.optional_number("qty"), facts.optional_number("unit_price")
    company.do(
        "order.change_line",
        lambda tx: orders.change_line(tx, order_id, line.id, quantity=quantity, unit_price=price),
    )


def _add_line(company: Company, facts: Facts) -> None:
    order_id = company.order.order.id
    product, quantity = company.product(facts.text("product")), facts.number("qty")
    company.do("order.add_line", lambda tx: orders.add_line(tx, order_id, LineInput(product, quantity)))


def _remove_line(company: Company, facts: Facts) -> None:
    order_id, line = company.order.order.id, company.line(facts.whole("line", 1))
    company.do("order.remove_line", lambda tx: orders.remove_line(tx, order_id, line.id))


def _pick(company: Company, facts: Facts) -> None:
    facts.flag("backorder", True)
    company.pick_part(facts.number("qty")) if "qty" in facts else company.pick_all()


def _pack(company: Company, facts: Facts) -> None:
    company.pack(facts.number("qty"))


def _ship(company: Company, facts: Facts) -> None:
    _binding(company)
    backorder = facts.flag("backorder", True)
    wanted: dict[Any, int] = {}
    if "lines" in facts:
        for row in facts.all_facts("lines"):
            line = company.line_of(row.text("product"))
            wanted[line.id] = company.grains(line, row.number("qty"), row.text("uom"))
    elif isinstance(facts.value("qty"), dict):
        for product, quantity in facts.value("qty").items():
            line = company.line_of(product)
            wanted[line.id] = line.to_grains(Decimal(quantity))
    elif "qty" in facts:
        line = company.line_of(facts.text("product")) if "product" in facts else company.goods()[0]
        wanted[line.id] = line.to_grains(facts.number("qty"))
    company.ship(wanted or None, backorder=backorder)


def _ship_all(company: Company, _: Facts) -> None:
    _binding(company)
    company.ship(None)


def _ship_picked(company: Company, _: Facts) -> None:
    company.ship({line.id: line.to_grains(_decimal(line.picked)) for line in company.goods() if line.picked})


def _recreate(company: Company, _: Facts) -> None:
    """The shipment that was stopped is still planned: nothing has to be made again."""
    if not company.shipments("planned"):
        raise NotCovered("nothing is planned")


def _invoice_all(company: Company, _: Facts) -> None:
    while any(row.state == "draft" for row in company.invoices()):
        company.post(company.draft_id())


def _post_invoice(company: Company, facts: Facts) -> None:
    if "set_qty" in facts:
        company.draft_quantities([Decimal(figure) for figure in facts.list("set_qty")])
    company.post(company.draft_id())


def _post_and_pay(company: Company, facts: Facts) -> None:
    if "set_qty" in facts:
        company.draft_quantities([Decimal(figure) for figure in facts.list("set_qty")])
    draft = company.draft_id()
    company.post(draft)
    company.pay(draft)


def _pay_invoice(company: Company, _: Facts) -> None:
    for row in company.invoices():
        if row.state == "posted":
            company.pay(row.id)


def _pay_deposit(company: Company, _: Facts) -> None:
    for row in company.invoices("deposit"):
        if row.state == "draft":
            company.post(row.id)
        company.pay(row.id)


def _invoice(company: Company, facts: Facts) -> None:
    if company.order_id is not None:
        if "lines" not in facts:
            raise NotCovered("an invoice of an order without lines")
        for row in facts.all_facts("lines"):
            company.invoice_quantity(row.text("product") or None, row.number("qty"))
        return
    if "date" in facts:
        company.today = date.fromisoformat(facts.text("date"))
    lines = company.line_inputs(facts.all_facts("lines"))
    free = FreeInvoice(company.customer, lines, currency=facts.text("currency"))
    company.invoice_id = company.do("invoice.write", lambda tx: billing.write(tx, free))
    company.post(company.invoice_id)


def _credit_note(company: Company, facts: Facts) -> None:
    if "of" in facts:
        raise NotCovered("a credit note of a named document")
    free = FreeInvoice(company.customer, company.line_inputs(facts.all_facts("lines")))
    company.invoice_id = company.do("invoice.write", lambda tx: billing.write(tx, free))
    company.post(company.invoice_id)


def _pay(company: Company, facts: Facts) -> None:
    if "date" in facts:
        company.today = date.fromisoformat(facts.text("date"))
    facts.text("currency")
    paid = company.invoice_id or company.invoices()[-1].id
    company.pay(paid, facts.number("amount"))


def _return(company: Company, facts: Facts) -> None:
    if "of" in facts or facts.flag("refund", True) is False:
        raise NotCovered("a return of a named document, or without refund")
    if "lines" in facts:
        for row in facts.all_facts("lines"):
            company.give_back(company.line_of(row.text("product")), row.number("qty"), row.text("uom"))
        return
    line = company.line_of(facts.text("product")) if "product" in facts else company.goods()[0]
    company.give_back(line, facts.number("qty"))


def _credit(company: Company, facts: Facts) -> None:
    for row in facts.all_facts("lines"):
        company.credit(company.line_of(row.text("product")), row.number("qty"), row.text("uom"))


def _cancel_order(company: Company, _: Facts) -> None:
    order_id = company.order.order.id
    company.do("order.cancel", lambda tx: orders.cancel(tx, order_id))


def _close(company: Company, _: Facts) -> None:
    order_id = company.order.order.id
    company.do("order.close", lambda tx: orders.close(tx, order_id))


def _set_today(company: Company, facts: Facts) -> None:
    company.today = date.fromisoformat(facts.text("date"))


STEPS: dict[str, Step] = {
    "order": _order,
    "order_and_confirm": _order_and_confirm,
    "confirm": _confirm,
    "quote": _quote,
    "order_from_quote": _order_from_quote,
    "change_line": _change_line,
    "change_qty": _change_line,
    "add_line": _add_line,
    "remove_line": _remove_line,
    "pick": _pick,
    "pack": _pack,
    "ship": _ship,
    "ship_all": _ship_all,
    "ship_rest": _ship_all,
    "deliver_all": _ship_all,
    "ship_picked": _ship_picked,
    "cancel_shipment_and_recreate": _recreate,
    "invoice_all": _invoice_all,
    "post_invoices": _invoice_all,
    "post_invoice": _post_invoice,
    "post_and_pay_invoice": _post_and_pay,
    "pay_invoice": _pay_invoice,
    "pay_deposit": _pay_deposit,
    "invoice": _invoice,
    "credit_note": _credit_note,
    "pay": _pay,
    "return": _return,
    "credit": _credit,
    "cancel_order": _cancel_order,
    "cancel": _cancel_order,
    "close": _close,
    "set_today": _set_today,
}


# what is compared ------------------------------------------------------------------------------------------------


def _decimal(value: Fraction) -> Decimal:
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
    return _sum(line.reserved + line.picked - company.seen.get(line.id, Fraction(0)) for line in company.goods())


def _balance(company: Company) -> Fraction:
    account = company.read(companies.accounts)[Purpose.RECEIVABLE]
    return Fraction(next(amount for code, _, amount in company.read(journal.balances) if code == account))


def _gain(company: Company) -> Fraction:
    account = company.read(companies.accounts)[Purpose.EXCHANGE]
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
    "deposit_amount": lambda company: Fraction(company.order.order.deposit_amount),
    "shipments": lambda company: Fraction(len(company.shipments("planned", "packed", "shipped", "delivered"))),
    "open_shipments": lambda company: Fraction(len(company.shipments("planned", "packed"))),
    "returns": lambda company: Fraction(sum(1 for one in company.order.papers if one.kind == "return")),
    "invoices": lambda company: Fraction(len(company.invoices())),
    "deposit_invoices": lambda company: Fraction(len(company.invoices("deposit"))),
    "deposit_invoice_total": lambda company: Fraction(company.invoices("deposit")[-1].total),
    "documents": _documents,
    "open_pick_qty": lambda company: company.open_pick_quantity(),
    "open_ship_qty": _open_ship,
    "delivered": lambda company: _sum(line.shipped - line.returned for line in company.goods()),
    "shipped": lambda company: _sum(line.shipped for line in company.goods()),
    "reserved": lambda company: _sum(line.reserved for line in company.goods()),
    "delivered_pct": _delivered_percent,
    "backorder": lambda company: _sum(line.outstanding for line in company.goods()),
    "reserved_delta": _reserved_change,
    "line_total": lambda company: Fraction(company.line().net),
    "invoiced_qty_total": _invoiced,
    "moves_total_in_unit": _open_ship_in_stock_units,
    "warnings_on_order": lambda company: Fraction(int(bool(company.order.order.warning))),
    "receivable_balance": _balance,
    "exchange_gain": _gain,
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


def _invoice_word(company: Company, wanted: Facts, checks: Checks) -> None:
    checks.same(wanted.place("invoice"), wanted.text("invoice"), str(_head(company).state))


COMPARED: dict[str, Callable[[Company, Facts, Checks], None]] = {
    "state": _states("state", "state"),
    "shipment_state": _states("delivery", "delivery_state"),
    "invoice_state": _states("billing", "billing_state"),
    "moves": _moves,
    "lines": _lines,
    "final_invoice": _final_invoice,
    "invoice": _invoice_word,
}
