"""Papers say what the books say, and always with the same bytes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.base import new_id
from app.models.shipment import pick, shipment
from app.services import billing, orders, overview, papers, picking, quotes, shipping, stock
from app.services.document_lines import LineInput
from app.services.orders import Signature
from app.services.papers import Wanted
from app.services.quotes import Acceptance, NewQuote
from app.services.shipping import Dispatch
from tests.desk import START, Desk

DAY = date(2026, 11, 25)


def text(paper):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper.pdf)).pages)


@pytest.fixture
def desk(sqlite_database):
    desk = Desk(sqlite_database).found(gs1_prefix="9521234")
    desk.valve = desk.product("VAL-1", "18.40")
    desk.do("stock.receive", lambda tx: stock.receive(tx, desk.valve, Decimal(100)))
    desk.buyer = desk.customer("Harbor & Finch <Ltd>")
    return desk


def sold(desk):
    """Carry an order of 12 valves at 4 % off to the posted invoice; gives quote, order, shipment and invoice."""
    new = NewQuote(desk.buyer, (LineInput(desk.valve, Decimal(12)),), discount_percent=Decimal(4))
    quote_id = desk.do("quote.create", lambda tx: quotes.create(tx, new))
    desk.do("quote.send", lambda tx: quotes.send(tx, quote_id))
    answer = Acceptance("4500-88213", Signature("Jo Finch", DAY))
    order_id = desk.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, answer))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    pick_id = desk.read(lambda c: c.execute(select(pick.c.id)).scalar_one())
    desk.do("pick.complete", lambda tx: picking.complete(tx, pick_id))
    shipment_id = desk.read(lambda c: c.execute(select(shipment.c.id)).scalar_one())
    desk.do("shipment.pack", lambda tx: shipping.pack(tx, shipment_id))
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, shipment_id, Dispatch("DHL", "Freight", "JD014600")))
    invoice_id = desk.read(billing.find_draft, order_id)
    desk.do("invoice.post", lambda tx: billing.post(tx, invoice_id, DAY))
    return quote_id, order_id, shipment_id, invoice_id


def test_every_paper_of_an_order_says_what_the_books_say(desk):
    quote_id, order_id, _, invoice_id = sold(desk)
    made = {one.kind: text(desk.read(papers.build, (one,))) for one in desk.read(papers.of_order, order_id)}

    assert set(made) == {"order", "quote", "pick", "delivery_note", "packing_slip", "label", "invoice"}
    invoice = desk.read(billing.get, invoice_id)
    assert (invoice.untaxed, invoice.tax, invoice.total) == (Decimal("211.97"), Decimal("44.51"), Decimal("256.48"))
    for kind in ("quote", "order", "invoice"):
        for figure in ("220.80", "211.97", "44.51", "256.48"):
            assert figure in made[kind], f"{figure} is not on the {kind}"
    assert "Harbor & Finch <Ltd>" in made["invoice"], "a name is never read as markup"
    assert invoice.number in made["invoice"]
    assert "Jo Finch" in made["order"]
    assert "4500-88213" in made["order"]
    assert "JD014600" in made["label"]
    assert "VAL-1" in made["pick"]
    assert quote_id


def test_the_same_paper_has_the_same_bytes_alone_and_joined(desk):
    _, order_id, shipment_id, invoice_id = sold(desk)
    both = (Wanted("order", order_id), Wanted("invoice", invoice_id), Wanted("label", shipment_id))
    assert desk.read(papers.build, both).pdf == desk.read(papers.build, both).pdf
    assert len(PdfReader(BytesIO(desk.read(papers.build, both).pdf)).pages) == 3


def test_a_sent_version_prints_as_it_was_sent_whatever_came_after(desk):
    new = NewQuote(desk.buyer, (LineInput(desk.valve, Decimal(12)),))
    quote_id = desk.do("quote.create", lambda tx: quotes.create(tx, new))
    desk.do("quote.send", lambda tx: quotes.send(tx, quote_id))
    first = desk.read(quotes.versions, quote_id)[0].id
    before = text(desk.read(papers.build, (Wanted("quote_version", first),)))

    desk.do("quote.revise", lambda tx: quotes.revise(tx, quote_id))
    revision = desk.read(quotes.get, quote_id).revision
    lines = [LineInput(desk.valve, Decimal(5))]
    desk.do("quote.write", lambda tx: quotes.set_lines(tx, quote_id, revision, lines))
    desk.do("quote.send", lambda tx: quotes.send(tx, quote_id))

    assert text(desk.read(papers.build, (Wanted("quote_version", first),))) == before
    assert "220.80" in before
    assert "92.00" in text(desk.read(papers.build, (Wanted("quote", quote_id),)))


def test_what_is_not_packed_has_no_packing_slip_and_says_what_to_do(desk):
    new = orders.NewOrder(desk.buyer, (LineInput(desk.valve, Decimal(2)),))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    planned = desk.read(overview.read, order_id).paper("shipment")
    with pytest.raises(NotAllowed, match="Pack it"):
        desk.read(papers.build, (Wanted("packing_slip", planned.id),))


def test_taxes_in_and_on_the_price_beside_each_other_are_no_discount(desk):
    gasket = desk.product("GAS-1", "109.00", tax_codes="V9")
    lines = (LineInput(desk.valve, Decimal(1)), LineInput(gasket, Decimal(1)))
    plain, cheaper = (
        text(desk.read(papers.build, (Wanted("quote", desk.do("quote.create", partial(quotes.create, new=new))),)))
        for new in (NewQuote(desk.buyer, lines), NewQuote(desk.buyer, lines, discount_percent=Decimal(10)))
    )
    assert "Discount" not in plain
    assert "Net amount 118.40" in plain
    assert "Prices include tax" not in plain
    assert "Subtotal 127.40\nDiscount \u221212.74\n" in cheaper


def test_a_customer_called_like_its_town_keeps_the_town(desk):
    buyer = desk.customer("Schiedam")
    new = NewQuote(buyer, (LineInput(desk.valve, Decimal(1)),))
    quote_id = desk.do("quote.create", lambda tx: quotes.create(tx, new))
    assert "Schiedam\nDock 4\nSchiedam\nNL" in text(desk.read(papers.build, (Wanted("quote", quote_id),)))


def test_a_posted_invoice_does_not_take_over_the_day_of_a_later_delivery(desk):
    _, order_id, _, invoice_id = sold(desk)
    before = desk.read(papers.build, (Wanted("invoice", invoice_id),))
    later = {"id": new_id(), "shipped_at": START + timedelta(days=40), "number": "SH-99999"}

    def ship_again(tx):
        row = tx.execute(select(shipment).where(shipment.c.order_id == order_id)).mappings().one()
        tx.insert(shipment, {**row, **later})

    desk.do("shipment.ship", ship_again)
    assert desk.read(papers.build, (Wanted("invoice", invoice_id),)).pdf == before.pdf
