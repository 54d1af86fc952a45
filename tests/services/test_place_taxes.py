"""Taxes by place, customer and product class: who is charged what, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.errors import Conflict, Invalid, NotFound
from app.models.promoting import Step
from app.models.promotion import Benefit, Target
from app.services import (
    billing,
    companies,
    drafting,
    order_promotions,
    orders,
    parties,
    place_taxes,
    products,
    promotions,
)
from app.services.billing import FreeInvoice
from app.services.companies import TaxRule
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.parties import Address, NewCustomer
from app.services.place_taxes import Registration, StoredRule
from app.services.pricing import Buyer
from tests.desk import DAY, Desk, unhurried

D = Decimal


class Office(Desk):
    def buyer(self, country: str, vat: str = "", region: str = "", **fields: Any) -> UUID:
        place = Address(street="Quay 1", city="Town", country=country, region=region)
        new = NewCustomer(f"Buyer {country}{vat}{region}{fields}", vat_number=vat, addresses=(place,), **fields)
        return self.do("customer.add", lambda tx: parties.add(tx, new))

    def rule(self, name: str, **fields: Any) -> UUID:
        return self.do("tax_rule.save", lambda tx: place_taxes.save(tx, StoredRule(name, **fields)))

    def order(self, customer: UUID, *products: UUID, **agreed: Any) -> UUID:
        lines = tuple(LineInput(product) for product in products)
        return self.do("order.write", lambda tx: orders.create(tx, NewOrder(customer, lines, **agreed)))

    def taxed(self, customer: UUID, *products: UUID, **agreed: Any) -> list[str]:
        order_id = self.order(customer, *products, **agreed)
        return [row.tax_codes for row in self.read(orders.lines, order_id)]


@pytest.fixture
def office(sqlite_database) -> Office:
    office = Office(unhurried(sqlite_database))
    office.found(invoice_policy="order")
    return office


def test_a_dutch_seller_charges_by_place_vat_number_and_kind(office):
    goods, service = office.product("A", "100"), office.product("S", "100", kind="service")
    office.do("tax_rule.usual", place_taxes.add_usual)
    cases = (
        (("NL", "NL001234567B01"), ["V21", "V21"]),
        (("DE", "DE123456789"), ["IC", "RC"]),
        (("DE", ""), ["V21", "V21"]),  # a consumer, and we are below the threshold
        (("DE", "NL001234567B01"), ["V21", "V21"]),  # no number of another member state
        (("CH", ""), ["EXP", "OUT"]),
        (("GR", "EL123456789"), ["IC", "RC"]),
    )
    for (country, vat), codes in cases:
        assert office.taxed(office.buyer(country, vat), goods, service) == codes, (country, vat)
    german = office.buyer("DE", "DE999999999")
    assert office.taxed(german, goods, shipping_address=Address(country="NL")) == ["V21"]  # where the goods go decides
    assert office.do("tax_rule.usual", place_taxes.add_usual) == []


def test_the_reason_is_printed_and_kept_and_the_e_invoice_knows_the_category(office):
    office.do("tax_rule.usual", place_taxes.add_usual)
    order_id = office.order(office.buyer("DE", "DE123456789"), office.product("A", "100"))
    [row] = office.read(orders.taxes, order_id)
    assert row.name == "Intra-community supply: Exempt intra-community supply, Art. 138"
    assert (row.base, row.amount) == (100, 0)
    assert office.read(companies.known_taxes)["IC"].category == "K"


def test_registered_abroad_consumers_pay_the_tax_of_their_country(office):
    office.do("tax.add", lambda tx: companies.add_tax(tx, TaxRule("DE19", "USt. 19 %", D(19))))
    office.rule("German consumers", tax_codes="DE19", destination="DE", status="consumer", registered="yes")
    goods, buyer = office.product("A", "100"), office.buyer("DE")
    assert office.taxed(buyer, goods) == ["V21"]
    office.do("tax_rule.register", lambda tx: place_taxes.register(tx, [Registration("DE", "", "DE55")]))
    assert office.taxed(buyer, goods) == ["DE19"]


def test_sales_tax_of_a_state_is_several_taxes_at_once_and_a_class_may_be_free(office):
    for code, rate in (("CA", "6"), ("LA", "1.25"), ("LACC", "2.25")):
        office.do("tax.add", lambda tx, c=code, r=rate: companies.add_tax(tx, TaxRule(c, f"{c} sales tax", D(r))))
    office.rule("Los Angeles", tax_codes="CA LA LACC", destination="US", region="CA")
    office.rule("Food in California", destination="US", region="CA", product_class="food")
    office.rule("No nexus", destination="US")
    plain, food = office.product("A", "100", tax_codes=""), office.product("F", "100", tax_class="food")
    assert office.taxed(office.buyer("US", region="CA"), plain, food) == ["CA LA LACC", ""]
    assert office.taxed(office.buyer("US", region="OR"), plain) == [""]
    order_id = office.order(office.buyer("US", region="CA", language="en"), plain)
    assert office.read(orders.get, order_id).total == D("109.50")
    assert office.damages() == []


def test_a_list_price_with_tax_in_it_keeps_its_net_amount_under_other_taxes(office):
    """10.90 with 9 % in it is 10.00 to a customer abroad; a price that was typed is what was typed."""
    office.do("tax_rule.usual", place_taxes.add_usual)
    book, buyer = office.product("B", "10.90", tax_codes="V9"), office.buyer("FR", "FR12345678901")
    assert office.read(orders.get, office.order(buyer, book)).total == 10
    typed = (LineInput(book, unit_price=D("9.50")), LineInput(book, unit_price=D("9.50"), tax_codes="V21"))
    order_id = office.do("order.write", lambda tx: orders.create(tx, NewOrder(buyer, typed)))
    assert [(row.tax_codes, row.unit_price) for row in office.read(orders.lines, order_id)] == [
        ("IC", D("9.50")),
        ("V21", D("9.50")),
    ]


def test_an_exempt_customer_pays_no_tax_unless_a_rule_says_how_it_is_called(office):
    office.do("tax_rule.usual", place_taxes.add_usual)
    embassy, goods = office.buyer("NL", tax_exempt=True), office.product("A", "100")
    assert office.taxed(embassy, goods) == [""]
    zero = TaxRule("EMB", "Embassy", D(0), category="E", exempt_reason="Art. 151")
    office.do("tax.add", lambda tx: companies.add_tax(tx, zero))
    office.rule("Embassies", tax_codes="EMB", status="exempt")
    assert office.taxed(embassy, goods) == ["EMB"]


def test_a_new_line_of_an_order_and_a_free_invoice_follow_the_rules_too(office):
    office.do("tax_rule.usual", place_taxes.add_usual)
    goods, buyer = office.product("A", "100"), office.buyer("DE", "DE123456789")
    order_id = office.order(buyer, goods)
    office.do("order.add_line", lambda tx: orders.add_line(tx, order_id, LineInput(goods)))
    assert [row.tax_codes for row in office.read(orders.lines, order_id)] == ["IC", "IC"]
    head, rows = office.read(orders.get, order_id), office.read(orders.lines, order_id)
    opened = office.read(drafting.open_lines, head, rows, Buyer(buyer, DAY))
    assert opened.draft.line_for(opened.lines[0].product).tax_codes == "IC"
    free = office.do("invoice.write", lambda tx: billing.write(tx, FreeInvoice(buyer, (LineInput(goods),))))
    office.do("invoice.post", lambda tx: billing.post(tx, free, DAY))
    assert [row.tax_codes for row in office.read(billing.lines, free)] == ["IC"]
    assert office.damages() == []


def test_it_explains_which_rule_won_and_why_the_others_did_not(office):
    office.do("tax_rule.usual", place_taxes.add_usual)
    customer = office.read(parties.get, office.buyer("DE"))
    by_place = office.read(place_taxes.taxing, customer, None, DAY)
    assert by_place.codes("V21", "goods") == "V21"
    assert {one.rule.name: (one.mismatch, one.won) for one in by_place.explain("V21", "goods")} == {
        "Goods to a business in another EU country": ("status", False),
        "Services to a business in another EU country": ("status", False),
        "Goods out of the EU": ("destination", False),
        "Services to customers outside the EU": ("destination", False),
    }


def test_the_editor_asks_the_rules_of_the_day_of_the_order(office):
    for code, percent in (("V16", 16), ("V19", 19)):
        office.do(
            "tax.add", lambda tx, code=code, percent=percent: companies.add_tax(tx, TaxRule(code, code, D(percent)))
        )
    goods, buyer = office.product("A", "100"), office.buyer("DE")
    office.rule("Germany in 2020", tax_codes="V16", destination="DE", ends_on=date(2020, 12, 31), rank=1)
    office.rule("Germany", tax_codes="V19", destination="DE", starts_on=date(2021, 1, 1), rank=2)
    for day, wanted in ((DAY, "V19"), (date(2020, 7, 1), "V16")):
        order_id = office.order(buyer, goods, ordered_on=day)
        head, rows = office.read(orders.get, order_id), office.read(orders.lines, order_id)
        opened = office.read(drafting.open_lines, head, rows, Buyer(buyer, head.ordered_on))
        added = opened.draft.line_for(office.read(products.get, goods))
        assert [rows[0].tax_codes, added.tax_codes] == [wanted, wanted]


def test_goods_that_a_promotion_gives_bear_the_taxes_of_the_place(office):
    office.do("tax_rule.usual", place_taxes.add_usual)
    office.do("tax.add", lambda tx: companies.add_tax(tx, TaxRule("INC", "Included", D(21), included=True)))
    goods, gift = office.product("A", "100"), office.product("G", "121", tax_codes="INC")
    step = Step(min_quantity=D(1), product_id=gift, at_list=True)
    rules = promotions.PromotionRules("P", "Extra", Benefit.GOODS, Target.LINES, (step,))
    office.do("promotion.save", lambda tx: promotions.save(tx, rules))
    order_id = office.order(office.buyer("DE", "DE123456789"), goods)
    for _ in range(2):
        office.do("order.promote", lambda tx: order_promotions.apply(tx, order_id))
        lines = office.read(orders.lines, order_id)
        assert [(row.tax_codes, row.net, row.tax) for row in lines] == [("IC", 100, 0), ("IC", 100, 0)]
    assert office.damages() == []


def test_a_rule_that_somebody_changed_or_removed_meanwhile_is_left_alone(office):
    rule_id = office.rule("Germany", tax_codes="V9", destination="DE")
    (seen,) = office.read(place_taxes.read)
    office.do("tax_rule.save", lambda tx: place_taxes.save(tx, replace(seen, rank=3), seen=seen))
    with pytest.raises(Conflict, match="the rule Germany"):
        office.do("tax_rule.save", lambda tx: place_taxes.save(tx, replace(seen, name="Mine"), seen=seen))
    (now,) = office.read(place_taxes.read)
    assert (now.name, now.rank) == ("Germany", 3)
    office.do("tax_rule.remove", lambda tx: place_taxes.remove(tx, rule_id))
    with pytest.raises(NotFound):
        office.do("tax_rule.save", lambda tx: place_taxes.save(tx, now, seen=now))
    for _ in range(2):
        office.do("tax_rule.restore", lambda tx: place_taxes.restore(tx, now))
        assert office.read(place_taxes.read) == [now]


def test_a_rule_that_cannot_work_is_refused(office):
    with pytest.raises(Invalid, match="There is no tax X9"):
        office.rule("Wrong", tax_codes="X9")
    with pytest.raises(Invalid, match="Name it first"):
        office.rule("Wrong", region="CA")
    kept = office.rule("Swiss", destination="CH")
    office.do("tax_rule.remove", lambda tx: place_taxes.remove(tx, kept))
    assert office.read(place_taxes.read) == []
