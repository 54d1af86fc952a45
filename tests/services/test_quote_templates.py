"""Quote templates: what was quoted once begins other quotes, at the prices of their day."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from app.errors import Invalid
from app.services import products, quote_templates, quotes
from app.services.document_lines import LineInput, OfferedLine
from app.services.quotes import NewQuote
from tests.desk import Desk, unhurried

D = Decimal


class Templates(Desk):
    """A desk with a starter kit: ten pumps at a price of its own, a text, a fee, an optional hose."""

    def open(self) -> Templates:
        self.found()
        self.buyer, self.other = self.customer(), self.customer("Cascade Medical")
        self.pump, self.hose = self.product("PUMP", "100"), self.product("HOSE", "8", units={"roll": Fraction(25)})
        lines = (
            OfferedLine(self.pump, D(10), unit_price=D("91.50"), name="Pump, tested", tax_codes="V21"),
            LineInput(kind="text", name="Delivered to your door."),
            LineInput(kind="fee", name="Set-up", unit_price=D(120), tax_codes="V21"),
            OfferedLine(self.hose, D(2), unit="roll", choice="optional"),
        )
        new = NewQuote(self.buyer, lines, notes="Two years of warranty.", discount_percent=D(5))
        self.quote_id = self.do("quote.create", lambda tx: quotes.create(tx, new))
        return self

    def save(self, name: str):
        return self.do("quote.save_template", lambda tx: quote_templates.save(tx, self.quote_id, name))

    def write(self, template_id, customer_id=None):
        return self.do("quote.create", lambda tx: quote_templates.write(tx, template_id, customer_id or self.other))

    def names(self) -> list[str]:
        return [one.name for one in self.read(quote_templates.offered)]


@pytest.fixture
def desk(database):
    return Templates(unhurried(database)).open()


def test_a_new_quote_has_the_lines_at_prices_of_its_own_day(desk):
    kit = desk.save("Starter kit")
    desk.do("product.change", lambda tx: products.change(tx, desk.pump, {"list_price": D(104)}, {"list_price": D(100)}))
    quote_id, left_out = desk.write(kit)
    head, rows = desk.read(quotes.get, quote_id), desk.read(quotes.lines, quote_id)
    assert (head.customer_id, head.notes, head.discount_percent) == (desk.other, "Two years of warranty.", D(5))
    seen = [(row.kind, row.name, row.quantity, row.unit, row.unit_price, row.choice) for row in rows]
    assert seen == [
        ("product", "Pump, tested", D(10), "unit", D(104), ""),
        ("text", "Delivered to your door.", D(0), "", D(0), ""),
        ("fee", "Set-up", D(1), "", D(120), ""),
        ("product", "Valve HOSE", D(2), "roll", D(200), "optional"),
    ]
    assert head.untaxed == D("1102.00")  # (1,040 + 120) less 5 %; the optional hose is in no total
    assert left_out == ()
    assert desk.damages() == []


def test_what_is_not_sold_any_more_is_left_out_and_named(desk):
    kit = desk.save("Starter kit")
    desk.do("product.change", lambda tx: products.change(tx, desk.hose, {"active": False}, {"active": True}))
    quote_id, left_out = desk.write(kit)
    assert left_out == ("HOSE",)
    assert [row.name for row in desk.read(quotes.lines, quote_id)][-1] == "Set-up"


def test_a_name_is_given_once_and_free_again_when_its_template_is_removed(desk):
    kit = desk.save("  Starter   kit ")
    with pytest.raises(Invalid, match="already"):
        desk.save("STARTER KIT")
    desk.do("quote.remove_template", lambda tx: quote_templates.remove(tx, kit))
    again = desk.save("Starter kit")
    with pytest.raises(Invalid, match="already"):
        desk.do("quote.bring_template_back", lambda tx: quote_templates.bring_back(tx, kit))
    assert desk.do("quote.rename_template", lambda tx: quote_templates.rename(tx, again, "Kit")) == "Starter kit"
    desk.do("quote.bring_template_back", lambda tx: quote_templates.bring_back(tx, kit))
    assert desk.names() == ["Kit", "Starter kit"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_that_cannot_be_taken_saves_nothing(desk, name):
    with pytest.raises(Invalid, match="at most 80"):
        desk.save(name)
    assert desk.names() == []


def test_a_quote_without_lines_is_no_template(desk):
    desk.quote_id = desk.do("quote.create", lambda tx: quotes.create(tx, NewQuote(desk.buyer)))
    with pytest.raises(Invalid, match="no lines"):
        desk.save("Nothing")
