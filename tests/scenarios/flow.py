"""``flow``: one order from the first line to the last payment, step by step, as a clerk does it.

Other systems name states differently; STATES says which of ours each of their words may stand for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from app.errors import UserError
from app.models.payment_terms import Every, evenly
from app.services import (
    amendments,
    billing,
    calling_back,
    companies,
    instalments,
    integrity,
    order_lines,
    orders,
)
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.integrity.checking import PASSES
from app.services.orders import NewOrder
from tests.scenarios.cases import Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_billing import BILLING_STEPS
from tests.scenarios.flow_blankets import BLANKET_STEPS, agree
from tests.scenarios.flow_checks import compare, decimal
from tests.scenarios.flow_company import ORDER_POLICIES, Company, fill, found
from tests.scenarios.flow_costs import COST_STEPS, agree_freight, read_carrier
from tests.scenarios.flow_deposits import DEPOSIT_STEPS
from tests.scenarios.flow_items import ITEM_STEPS, Items
from tests.scenarios.flow_quotes import QUOTE_STEPS, keep_for
from tests.scenarios.flow_returns import RETURN_STEPS
from tests.scenarios.flow_stops import STOP_STEPS
from tests.scenarios.flow_supply import SUPPLY_STEPS, Sources
from tests.scenarios.running import adapter, finish

Step = Callable[[Company, Facts], None]
CHECKED = [one for one in PASSES if one.words in {"stock", "order lines", "deliveries", "supply", "pegs", "invoices"}]
"""What is looked at of the books when a case has been played."""


@adapter("flow")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        _play(_one_more_step(case, round_) if "do" in round_.given else round_, checks)


def _one_more_step(case: Case, variant: Round) -> Round:
    """The case played up to its confirming, then the variant's step in the place of those that followed."""
    steps = [Facts(step).text("do") for step in case.body.get("steps") or []]
    if "confirm" not in steps:
        raise NotCovered("a variant that is one more step of an order that is not confirmed")
    before = case.body["steps"][: steps.index("confirm") + 1]
    known = case.body.get("given") or {}
    step = {name: value for name, value in variant.given.items() if name not in known}
    return Round(variant.label, known, None, [*before, {**step, "expect": variant.expect}])


def _play(round_: Round, checks: Checks) -> None:
    given = Facts({**round_.given})
    company = found(given)
    company.refund = given.flag("refund", True)
    try:
        _terms(company, given)
        keep_for(company, given)
        read_carrier(company, given)
        if given.flag("ship_without_stock"):
            allowed: dict[str, Any] = {"unbooked_shipping": True}
            company.do("company.change", partial(companies.change, values=allowed))
        Sources(company, given).arrange()
        fill(company, given)
        Items(company, given).arrange()
        agree(company, given)
        finish(given)
        for index, values in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            _step(company, Facts(values, f"steps[{index}]"), checks)
        checks.label = f"{round_.label} the books after it".strip()
        checks.same("damages", [], company.read(lambda c: integrity.check(c, passes=CHECKED)))
    finally:
        company.close()


def _terms(company: Company, given: Facts) -> None:
    facts = given.facts("deposit")
    policy = given.choice("ship_policy", ("available", "complete", "line", "after_payment"), "available")
    company.prepaid = policy == "after_payment"
    company.terms = {
        "deposit_percent": Decimal(100) if company.prepaid else facts.number("pct", "0"),
        "deposit_blocks": company.prepaid or facts.choice("blocks", ("supply", ""), "") == "supply",
        "ship_policy": "available" if company.prepaid else policy,
    }


def _step(company: Company, facts: Facts, checks: Checks) -> None:
    name = facts.text("do")
    if name not in STEPS:
        raise NotCovered(f"step {name}")
    expected = facts.value("expect")
    facts.ignore("title", "note", "decision")
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
        compare(company, wanted, checks)
        finish(wanted)


# steps -----------------------------------------------------------------------------------------------------------


def _order(company: Company, facts: Facts) -> None:
    lines = company.line_inputs(facts.all_facts("lines"))
    policy = ORDER_POLICIES[facts.choice("invoice_policy", tuple(ORDER_POLICIES))]
    new = NewOrder(company.customer, lines, invoice_policy=policy, **company.terms)
    company.order_id = company.do("order.create", lambda tx: orders.create(tx, new))
    agree_freight(company, facts)


def _confirm(company: Company, _: Facts) -> None:
    order_id = company.order.order.id
    company.do("order.confirm", lambda tx: orders.confirm(tx, order_id))


def _order_and_confirm(company: Company, facts: Facts) -> None:
    product = company.product(facts.text("product", next(iter(company.products), "P")))
    new = NewOrder(company.customer, (LineInput(product, facts.number("qty")),), **company.terms)
    company.order_id = company.do("order.create", lambda tx: orders.create(tx, new))
    _confirm(company, facts)


def _binding(company: Company) -> None:
    """Some cases leave the confirming out: they ship at once."""
    if company.order.order.state == "draft":
        _confirm(company, Facts({}))


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
    wanted: dict[UUID, int] = {}
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
    """All that is open leaves, also what the books lack where the company ships without stock."""
    _binding(company)
    open_lines = {line.id: line.to_grains(decimal(line.outstanding)) for line in company.goods() if line.outstanding}
    company.ship(open_lines if company.read(companies.get).unbooked_shipping else None)


def _ship_picked(company: Company, _: Facts) -> None:
    company.ship({line.id: line.to_grains(decimal(line.picked)) for line in company.goods() if line.picked})


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
    if company.prepaid:
        _pay_ahead(company, [Decimal(figure) for figure in facts.list("set_qty")])
        return
    if "set_qty" in facts:
        company.draft_quantities([Decimal(figure) for figure in facts.list("set_qty")])
    draft = company.draft_id()
    company.post(draft)
    company.pay(draft)


def _pay_ahead(company: Company, quantities: list[Decimal]) -> None:
    """Pay what the quantities are worth of the deposit, without any all that is open of it."""
    deposit = company.invoices("deposit")[-1]
    if deposit.state == "draft":
        company.post(deposit.id)
    if not quantities:
        company.pay(deposit.id)
        return
    lines = zip(company.order.lines, quantities, strict=True)
    worth = sum((Fraction(line.amount) * Fraction(part) / line.quantity for line, part in lines), Fraction(0))
    company.pay(deposit.id, decimal(worth))


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


def _reschedule(company: Company, facts: Facts) -> None:
    """What is open is paid in even parts, the first of them one such distance from today."""
    parts, every = facts.whole("parts"), Every(facts.choice("every", tuple(Every), Every.MONTH))
    paid = company.invoice_id or company.invoices()[-1].id
    head = company.read(lambda c: billing.get(c, paid))
    decimals = company.read(lambda c: companies.decimals(c, head.currency))
    first_on = evenly(head.open_amount, 2, company.today, every, decimals)[1].due_on
    wanted = evenly(head.open_amount, parts, first_on, every, decimals)
    company.do("invoice.reschedule", lambda tx: instalments.reschedule(tx, paid, wanted))


def _return(company: Company, facts: Facts) -> None:
    """Goods come back; which document brought them does not matter here.  Without refund they are to be replaced."""
    facts.choice("of", ("", "delivery", "invoice", "shipment"))
    replacing = not facts.flag("refund", company.refund)
    if isinstance(facts.value("qty"), dict):
        parts = facts.facts("qty")
        for product in parts:
            company.give_back(company.line_of(product), parts.number(product), replace=replacing)
        return
    if "lines" in facts:
        for row in facts.all_facts("lines"):
            line = company.line_of(row.text("product"))
            company.give_back(line, row.number("qty"), row.text("uom"), replace=replacing)
        return
    line = company.line_of(facts.text("product")) if "product" in facts else company.goods()[0]
    company.give_back(line, facts.number("qty"), replace=replacing)


def _invoice_and_ship(company: Company, facts: Facts) -> None:
    """One document that does both: the goods leave, and exactly they are invoiced."""
    _binding(company)
    line, quantity = company.goods()[0], facts.number("qty")
    company.ship({line.id: line.to_grains(quantity)})
    company.together = company.shipments("shipped")[-1].id
    company.invoice_quantity(None, quantity)


def _cancel_invoice(company: Company, _: Facts) -> None:
    """The document that did both is called off: credited, and its goods have not left after all."""
    if company.together is None:
        raise NotCovered("an invoice that moved no goods")
    last, shipment_id, day = company.invoices()[-1].id, company.together, company.today
    company.do("invoice.credit", lambda tx: billing.credit(tx, last, on=day))
    company.do("shipment.call_back", lambda tx: calling_back.call_back(tx, shipment_id))


def _amend(company: Company, facts: Facts) -> None:
    """Party, products, quantities and prices change in one step."""
    order, changed = company.order, {row.whole("line"): row for row in facts.all_facts("lines")}
    lines = []
    for number, line in enumerate((one for one in order.lines if not one.component), 1):
        row = changed.get(number, Facts({}))
        new = order_lines.as_input(company.read(lambda c: orders.lines(c, order.order.id))[number - 1])
        product = company.product(row.text("product")) if "product" in row else line.product_id
        quantity, price = row.optional_number("qty"), row.optional_number("unit_price")
        lines.append(
            replace(
                new,
                product_id=product,
                quantity=new.quantity if quantity is None else quantity,
                unit_price=new.unit_price if price is None else price,
                **({"name": "", "unit": "", "tax_codes": None} if product != line.product_id else {}),
            )
        )
    party = facts.text("party")
    customer = company.party(party) if party else None
    head = order.order
    company.do(
        "order.amend", lambda tx: amendments.amend(tx, head.id, head.revision, customer_id=customer, lines=lines)
    )


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
    "reschedule": _reschedule,
    "return": _return,
    "invoice_and_ship": _invoice_and_ship,
    "cancel_invoice": _cancel_invoice,
    "amend": _amend,
    "credit": _credit,
    "cancel_order": _cancel_order,
    "cancel": _cancel_order,
    "close": _close,
    "set_today": _set_today,
    **SUPPLY_STEPS,
    **RETURN_STEPS,
    **STOP_STEPS,
    **ITEM_STEPS,
    **QUOTE_STEPS,
    **COST_STEPS,
    **DEPOSIT_STEPS,
    **BILLING_STEPS,
    **BLANKET_STEPS,
}
