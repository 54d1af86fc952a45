"""What was agreed stays agreed: prices of invoiced lines, discounts that can be kept, drafts that follow."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from app.errors import Invalid, NotAllowed
from app.services import billing, companies, orders, quotes
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.quotes import Acceptance, NewQuote
from tests.desk import DAY, Desk, unhurried

CRANE = LineInput(kind="fee", name="Crane", unit_price=Decimal(100))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(unhurried(database)).found(invoice_policy="order")


def confirmed(desk: Desk) -> UUID:
    customer_id = desk.customer()
    order_id = desk.do("order.write", lambda tx: orders.create(tx, NewOrder(customer_id, (CRANE,))))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def change_lines(desk: Desk, order_id: UUID, **changed) -> None:
    head, (line,) = desk.read(orders.get, order_id), desk.read(orders.lines, order_id)
    fields = {name: getattr(line, name) for name in LineInput.__dataclass_fields__}
    lines = [LineInput(**{**fields, **changed})]
    desk.do("order.set_lines", lambda tx: orders.set_lines(tx, order_id, head.revision, lines))


@pytest.mark.parametrize(
    "changed", [{"unit_price": Decimal(70)}, {"discount_percent": Decimal(5)}, {"tax_codes": "V21"}], ids=str
)
def test_the_price_of_an_invoiced_line_is_fixed(desk, changed):
    order_id = confirmed(desk)
    change_lines(desk, order_id, unit_price=Decimal(90))  # not invoiced yet: the draft follows
    draft = desk.read(billing.find_draft, order_id)
    assert desk.read(billing.get, draft).total == 90
    desk.do("invoice.post", lambda tx: billing.post(tx, draft, DAY))
    with pytest.raises(NotAllowed, match="Write a credit note instead"):
        change_lines(desk, order_id, **changed)
    line = desk.read(orders.lines, order_id)[0]
    with pytest.raises(NotAllowed, match="Write a credit note instead"):
        desk.do("order.change_line", lambda tx: orders.change_line(tx, order_id, line.id, unit_price=Decimal(70)))
    change_lines(desk, order_id, quantity=Decimal(3))
    assert desk.read(orders.get, order_id).total == 270
    assert desk.damages() == []


def test_a_draft_invoice_follows_po_and_discount_changed_together(desk):
    order_id = confirmed(desk)
    head = desk.read(orders.get, order_id)
    values = {"discount_percent": Decimal(5), "customer_po": "PO-9"}
    desk.do("order.change", lambda tx: orders.change_head(tx, order_id, head.revision, values))
    draft = desk.read(billing.get, desk.read(billing.find_draft, order_id))
    assert (draft.customer_po, draft.total) == ("PO-9", 95)
    assert desk.damages() == []


@pytest.mark.parametrize(
    "typed",
    [
        {"discount_percent": Decimal("33.3333333")},
        {"discount_percent": Decimal("NaN")},
        {"discount_percent": Decimal(150)},
        {"discount_amount": Decimal("1.23456")},
        {"tax_rounding": "foot"},
    ],
    ids=str,
)
def test_a_discount_that_cannot_be_kept_is_refused_in_words(desk, typed):
    customer_id = desk.customer()
    with pytest.raises(Invalid) as refused:
        desk.do("order.write", lambda tx: orders.create(tx, NewOrder(customer_id, (CRANE,), **typed)))
    assert refused.value.field in typed
    quote_id = desk.do("quote.write", lambda tx: quotes.create(tx, NewQuote(customer_id, (CRANE,))))
    with pytest.raises(Invalid):
        desk.do("quote.change", lambda tx: quotes.change_head(tx, quote_id, 0, typed))
    if "tax_rounding" not in typed:
        order_id = confirmed(desk)
        revision = desk.read(orders.get, order_id).revision
        with pytest.raises(Invalid):
            desk.do("order.change", lambda tx: orders.change_head(tx, order_id, revision, typed))
    assert desk.damages() == []


def test_an_order_comes_to_what_its_quote_said_though_cash_is_rounded_otherwise_since(desk):
    customer_id, line = desk.customer(), replace(CRANE, unit_price=Decimal("99.99"))
    quote_id = desk.do("quote.write", lambda tx: quotes.create(tx, NewQuote(customer_id, (line,))))
    desk.do("quote.send", lambda tx: quotes.send(tx, quote_id))
    desk.do("company.change", lambda tx: companies.change(tx, {"cash_rounding": Decimal("0.05")}))
    order_id = desk.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, Acceptance()))
    quoted, ordered = desk.read(quotes.get, quote_id), desk.read(orders.get, order_id)
    assert quoted.total == ordered.total == Decimal("99.99")
    customer_id = desk.customer()
    other = desk.do("order.write", lambda tx: orders.create(tx, NewOrder(customer_id, (line,))))
    assert desk.read(orders.get, other).total == 100
    assert desk.damages() == []


def test_a_line_of_no_known_kind_is_refused(desk):
    customer_id, line = desk.customer(), replace(CRANE, kind="freight")
    with pytest.raises(Invalid, match="product, fee, text"):
        desk.do("order.write", lambda tx: orders.create(tx, NewOrder(customer_id, (line,))))
