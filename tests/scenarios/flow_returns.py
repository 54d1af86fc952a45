"""Goods that come back in a ``flow``: announced, exchanged, received, called off, complained about and credited.

What a figure counts is told without its sign: other systems write what comes back below zero.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from functools import partial
from uuid import UUID

from sqlalchemy import select

from app.models.invoice import invoice
from app.models.returns import Disposition, goods_return
from app.services import billing, orders, return_credits, return_sheets, returns
from app.services.returns import LineTerms, Terms
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company

Figure = Callable[[Company], Fraction]


def _last(company: Company) -> UUID:
    rows = select(goods_return.c.id).where(goods_return.c.order_id == company.order_id).order_by(goods_return.c.id)
    found = company.read(lambda c: c.execute(rows).scalars().all())
    if not found:
        raise NotCovered("nothing was announced to come back")
    return found[-1]


def _authorise(company: Company, wanted: dict[UUID, int], terms: Terms) -> UUID:
    order_id = company.order.order.id
    return company.do(
        "return.authorise", lambda tx: returns.authorise(tx, order_id, wanted, reason="came back", terms=terms)
    )


def _for_exchange(company: Company, facts: Facts) -> None:
    """The customer gets the same again, and need not wait until the goods are back."""
    line = company.goods()[0]
    expected = company.today + timedelta(days=30)
    terms = Terms(LineTerms(Disposition.REPLACE), in_advance=True, expected_on=expected)
    _authorise(company, {line.id: line.to_grains(facts.number("qty"))}, terms)


def _receive(company: Company, facts: Facts) -> None:
    line, return_id = company.goods()[0], _last(company)
    wanted = {line.id: line.to_grains(facts.number("qty"))}
    company.do("return.receive", lambda tx: returns.receive(tx, return_id, wanted))


def _cancel(company: Company, _: Facts) -> None:
    return_id = _last(company)
    company.do("return.cancel", lambda tx: returns.cancel(tx, return_id))


def _ship_replacement(company: Company, _: Facts) -> None:
    company.ship(None)


def _return_order(company: Company, facts: Facts) -> None:
    """All in one: announced, received, and credited where it was billed."""
    wanted = {}
    for row in facts.all_facts("lines"):
        line = company.line_of(row.text("product"))
        wanted[line.id] = line.to_grains(row.number("qty").copy_abs())
    _come_back(company, wanted)


def _come_back(company: Company, wanted: dict[UUID, int]) -> None:
    return_id, today = _authorise(company, wanted, returns.CREDITED), company.today
    company.do("return.receive", lambda tx: returns.receive(tx, return_id))
    if company.read(lambda c: return_sheets.sheet(c, return_id)).creditable:
        company.do("return.credit", lambda tx: return_credits.credit(tx, return_id, today))


def _complaint(company: Company, facts: Facts) -> None:
    """What a complaint leads to: goods that come back, or a credit note for what was billed."""
    facts.choice("about", ("order", "sale", "line", "sale_line", "invoice", "invoice_line"), "order")
    action = facts.choice("action", ("return", "credit", "sale_return", "credit_note"), "return")
    rows = facts.all_facts("lines") if "lines" in facts else [facts]
    wanted = {}
    for row in rows:
        lines = [company.line(row.whole("line"))] if "line" in row else company.goods()
        for line in lines:
            price = row.optional_number("unit_price")
            stored = next(one for one in company.read(_stored(company)) if one.id == line.id)
            if price is not None and price != stored.unit_price:
                raise NotCovered("a complaint about the price")
            quantity = row.optional_number("qty")
            wanted[line.id] = stored.ordered if quantity is None else line.to_grains(quantity.copy_abs())
    if action in {"return", "sale_return"}:
        _authorise(company, wanted, returns.CREDITED)
        return
    for line in company.order.lines:
        if line.id in wanted:
            company.credit(line, Fraction(wanted[line.id]) / line.grains_per_unit)


def _stored(company: Company) -> Callable[..., list]:
    return partial(orders.lines, order_id=company.order.order.id)


def _credit_all(company: Company, _: Facts) -> None:
    today = company.today
    for row in company.invoices():
        if row.state in {"posted", "paid"}:
            company.do("invoice.credit", lambda tx, key=row.id: billing.credit(tx, key, on=today))


def _open_form(company: Company, _: Facts) -> None:
    """The form proposes what is with the customer and not announced yet: see ``proposed_qty``."""
    company.order  # noqa: B018  there must be an order


def _proposed(company: Company) -> Fraction:
    order_id = company.order.order.id
    return sum((one.authorised for one in company.read(lambda c: return_sheets.returnable(c, order_id))), Fraction(0))


def _announced(company: Company) -> Fraction:
    sheet = company.read(lambda c: return_sheets.sheet(c, _last(company)))
    return sum((line.authorised for line in sheet.lines), Fraction(0))


def _announced_total(company: Company) -> Fraction:
    """What the goods of the last return were sold for, net, as their order lines say."""
    sheet = company.read(lambda c: return_sheets.sheet(c, _last(company)))
    sold = {line.id: line for line in company.order.lines}
    return sum(
        (
            Fraction(sold[one.order_line_id].amount) * one.authorised / sold[one.order_line_id].quantity
            for one in sheet.lines
        ),
        Fraction(0),
    )


def _credits(company: Company) -> list:
    rows = select(invoice).where(invoice.c.order_id == company.order_id, invoice.c.kind == "credit")
    return list(company.read(lambda c: c.execute(rows).all()))


def _credit_quantity(company: Company) -> Fraction:
    per = {line.id: line.grains_per_unit for line in company.order.lines}
    rows = [row for note in _credits(company) for row in company.invoice_lines(note.id) if row.order_line_id]
    return -sum((Fraction(row.grains) / per[row.order_line_id] for row in rows), Fraction(0))


def _replacement(company: Company) -> Fraction:
    """Still to ship in the place of what came back, or will."""
    rows = {row.id: row for row in company.read(_stored(company))}
    left = Fraction(0)
    for line in company.goods():
        row = rows[line.id]
        again = max(0, row.returned_open - max(0, row.shipped - (row.ordered - row.cancelled)))
        left += Fraction(again) / line.grains_per_unit
    return left


RETURN_STEPS: dict[str, Callable[[Company, Facts], None]] = {
    "return_for_exchange": _for_exchange,
    "receive_return": _receive,
    "cancel_return": _cancel,
    "ship_replacement": _ship_replacement,
    "return_order": _return_order,
    "complaint": _complaint,
    "credit_all": _credit_all,
    "open_return_form": _open_form,
}
RETURN_FIGURES: dict[str, Figure] = {
    "proposed_qty": _proposed,
    "return_qty": _announced,
    "return_total": _announced_total,
    "credit_qty": _credit_quantity,
    "credit_total": lambda company: -sum((Fraction(note.total) for note in _credits(company)), Fraction(0)),
    "replacement_open": _replacement,
}
UNSIGNED = frozenset({"return_qty", "return_total", "credit_qty", "credit_total"})
