"""The pro-forma invoice says what would be invoiced, asks for it, and leaves the books as they were."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.shipment import pick, shipment
from app.services import billing, companies, orders, papers, picking, quotes, shipping, stock
from app.services.document_lines import LineInput, OfferedLine
from app.services.orders import NewOrder
from app.services.papers import Wanted
from app.services.quotes import NewQuote
from app.services.shipping import Dispatch
from tests.desk import DAY, Desk
from tests.services.documents.reading import symbols, text

TWELVE = Decimal(12)


@pytest.fixture
def desk(sqlite_database):
    """A company with an account, five valves on the shelf and an order of twelve at 4 % off."""
    desk = Desk(sqlite_database).found()
    account = {"iban": "NL91 ABNA 0417 1643 00", "bic": "ABNANL2A"}
    desk.do("company.change", lambda tx: companies.change(tx, account))
    desk.valve = desk.product("VAL-1", "18.40")
    desk.buyer = desk.customer(language="de")
    desk.do("stock.receive", lambda tx: stock.receive(tx, desk.valve, Decimal(5)))
    new = NewOrder(desk.buyer, (LineInput(desk.valve, TWELVE),), discount_percent=Decimal(4), customer_po="4500-88")
    desk.order = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, desk.order))
    desk.number = desk.read(orders.get, desk.order).number
    return desk


def printed(desk, kind, document_id):
    return desk.read(papers.build, (Wanted(kind, document_id),))


def asked(paper):
    """What a banking app reads from the paper: the amount and the reference."""
    code = symbols(paper.pdf, 300)[0].text.split("\n")
    assert code[:7] == ["BCD", "002", "1", "SCT", "ABNANL2A", "Delta Trading", "NL91ABNA0417164300"]
    return code[7], code[10]


def send_and_invoice(desk):
    pick_id = desk.read(lambda c: c.execute(select(pick.c.id)).scalar_one())
    desk.do("pick.complete", lambda tx: picking.complete(tx, pick_id))
    shipment_id = desk.read(lambda c: c.execute(select(shipment.c.id).order_by(shipment.c.id)).scalars().first())
    desk.do("shipment.pack", lambda tx: shipping.pack(tx, shipment_id))
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, shipment_id, Dispatch("DHL", "Freight", "JD0146")))
    invoice_id = desk.read(billing.find_draft, desk.order)
    desk.do("invoice.post", lambda tx: billing.post(tx, invoice_id, DAY))


def test_a_whole_order_is_asked_for_and_nothing_is_booked(desk):
    before = desk.fingerprint()
    paper = printed(desk, "proforma", desk.order)
    said = text(paper.pdf)
    assert paper.title == f"Pro-forma invoice PF-{desk.number}"
    assert f"Proforma-Rechnung PF-{desk.number}" in said, "in the customer's language"
    assert "keine Rechnung im Sinne des Umsatzsteuerrechts" in said
    for figure in ("220,80", "211,97", "44,51", "256,48", "4500-88"):  # as the order has it, with its tax
        assert figure in said, figure
    assert asked(paper) == ("EUR256.48", f"PF-{desk.number}")
    assert printed(desk, "proforma", desk.order).pdf == paper.pdf
    assert desk.fingerprint() == before


def test_the_rest_is_what_no_invoice_holds_and_a_closed_order_asks_for_what_was_sent(desk):
    send_and_invoice(desk)  # five of twelve: 92.00 less 4 % is 88.32, with tax 106.87
    rest = printed(desk, "proforma_rest", desk.order)
    assert "149,62" in text(rest.pdf), "seven: 128.80 less 4 % is 123.65, with tax"
    assert asked(rest) == ("EUR149.62", f"PF-{desk.number}-R")

    desk.do("order.close", lambda tx: orders.close(tx, desk.order))
    assert asked(printed(desk, "proforma", desk.order))[0] == "EUR106.87", "what was cancelled is not asked for"
    with pytest.raises(NotAllowed, match=r"Nothing of .* is left to invoice"):
        printed(desk, "proforma_rest", desk.order)


def test_a_quote_asks_for_what_is_not_optional_and_only_while_it_is_offered(desk):
    lines = (LineInput(desk.valve, TWELVE), OfferedLine(desk.valve, Decimal(3), choice="optional"))
    quote_id = desk.do("quote.create", lambda tx: quotes.create(tx, NewQuote(desk.buyer, lines)))
    desk.do("quote.send", lambda tx: quotes.send(tx, quote_id))
    number = desk.read(quotes.get, quote_id).number
    paper = printed(desk, "proforma_quote", quote_id)
    assert asked(paper) == ("EUR267.17", f"PF-{number}-V1")
    assert "55,20" not in text(paper.pdf)
    desk.do("quote.decline", lambda tx: quotes.decline(tx, quote_id))
    with pytest.raises(NotAllowed, match="is declined"):
        printed(desk, "proforma_quote", quote_id)
