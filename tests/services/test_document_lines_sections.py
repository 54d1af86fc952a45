"""Sections and subtotals: typed in a quote, printed, and kept through versions, the order and its invoice."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.errors import Invalid, NotAllowed
from app.services import orders, overview, papers, quotes
from app.services.document_lines import LineInput, OfferedLine
from app.services.papers import Wanted
from app.services.quotes import Acceptance, NewQuote
from tests.desk import Desk, unhurried

D = Decimal
KINDS = ["section", "product", "product", "subtotal", "section", "fee", "subtotal", "text"]


@pytest.fixture
def desk(sqlite_database):
    made = Desk(unhurried(sqlite_database)).found()
    made.buyer = made.customer()
    pump, hose = made.product("PUMP", "180.05"), made.product("HOSE", "18.40")
    made.lines = (
        LineInput(kind="section", name="Pumps"),
        LineInput(pump, D(3)),
        OfferedLine(hose, D(1), choice="optional"),
        LineInput(kind="subtotal"),
        LineInput(kind="section", name="Work on site"),
        LineInput(kind="fee", name="Set-up", unit_price=D("120.10"), quantity=D(2), tax_codes="V21"),
        LineInput(kind="subtotal", name="All work"),
        LineInput(kind="text", name="We bring our own tools."),
    )
    made.quote_id = made.do("quote.create", lambda tx: quotes.create(tx, NewQuote(made.buyer, made.lines)))
    return made


def text_of(desk, kind, record_id):
    paper = desk.read(papers.build, (Wanted(kind, record_id),))
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper.pdf)).pages)


def test_a_quote_prints_its_sections_with_what_each_comes_to(desk):
    desk.do("quote.send", lambda tx: quotes.send(tx, desk.quote_id))
    said = text_of(desk, "quote", desk.quote_id)
    for words in ("Pumps", "Work on site", "All work", "We bring our own tools."):
        assert words in said
    places = [said.index(words) for words in ("Pumps", "540.15", "Work on site", "240.20")]
    assert places == sorted(places)
    assert said.count("540.15") == 2, "the line, and the subtotal: the optional hose is in neither"
    assert desk.read(quotes.get, desk.quote_id).untaxed == D("780.35")
    assert desk.damages() == []


def test_an_order_keeps_them_and_they_cost_nothing(desk):
    answer = Acceptance(customer_po="4500")
    order_id = desk.do("quote.accept", lambda tx: quotes.accept(tx, desk.quote_id, answer))
    seen = desk.read(overview.read, order_id)
    assert [line.kind for line in seen.lines] == [kind for n, kind in enumerate(KINDS) if n != 2]
    assert all(line.amount == 0 for line in seen.lines if line.kind in {"section", "subtotal", "text"})
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    said = text_of(desk, "order", order_id)
    assert said.count("540.15") == 2
    assert "Work on site" in said
    assert desk.damages() == []


def test_a_heading_alone_is_nothing_to_confirm(desk):
    lines = (LineInput(kind="section", name="Pumps"), LineInput(kind="subtotal"))
    quote_id = desk.do("quote.create", lambda tx: quotes.create(tx, NewQuote(desk.buyer, lines)))
    with pytest.raises(NotAllowed, match="Nothing of quote"):
        desk.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, Acceptance()))


def test_a_heading_cannot_be_optional(desk):
    lines = (LineInput(desk.product("VALVE"), D(1)), OfferedLine(kind="section", name="More", choice="optional"))
    with pytest.raises(Invalid, match="only goods and fees"):
        desk.do("quote.create", lambda tx: quotes.create(tx, NewQuote(desk.buyer, lines)))
