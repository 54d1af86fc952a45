"""Price agreements come in from a file: what changes is shown, written whole, and taken back whole."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Conflict, NotAllowed
from app.models.party import customer
from app.models.pricing import Base, Formula
from app.models.product import product
from app.services import integrity, price_lists, pricing, products
from app.services.imports import run_command, runs, undo
from app.services.imports.fields import Kind
from app.services.imports.plan import Effect, Mode
from app.services.price_lists import NewPriceList, NewRule
from app.services.pricing import Buyer
from app.services.progress import Quiet
from tests.replay import differences
from tests.services.imports.company import NOON, bring_in, dry_run, everything, found, request
from tests.services.imports.files import text_file

CUSTOMERS = "number,name,city\nC-1,Alder,Delft\nC-2,Birch,Gouda\nC-3,Birch,Breda\n"
PRODUCTS = "sku,name,list price\nA-1,Clamp,2.50\nA-2,Cable,0.75\n"
PRICES = """Kunde;SKU;Ab Menge;Preis;Rabatt %;Währung;Gültig ab;Gültig bis
Alder;A-1;;2,20;;;;
C-1;A-1;100;1,90;;;;
C-1;A-1;;2,10;;;01.01.2027;31.12.2027
;A-2;;;10;;;
"""
DAY = date(2026, 11, 25)


@pytest.fixture
def books(sqlite_database, tmp_path):
    found(sqlite_database)
    bring_in(sqlite_database, request(tmp_path, Kind.CUSTOMERS, CUSTOMERS))
    bring_in(sqlite_database, request(tmp_path, Kind.PRODUCTS, PRODUCTS))
    return sqlite_database


def prices(folder, text=PRICES):
    return request(folder, Kind.PRICES, text)


def asked(books, number, sku, quantity, on=DAY):
    """What a customer pays for one on a day, by their lists."""

    def read(connection):
        buyer_id = connection.execute(select(customer.c.id).where(customer.c.number == number)).scalar_one()
        sold_id = connection.execute(select(product.c.id).where(product.c.sku == sku)).scalar_one()
        book = pricing.open_book(connection, Buyer(buyer_id, on), "EUR", [sold_id])
        offer = book.offer(products.get(connection, sold_id), Decimal(quantity), "") if book else None
        return offer.net if offer else None

    return books.read(read)


def share(books, name, price, *numbers):
    """A list for several customers with one price of A-1."""

    def add(tx):
        ids = [tx.execute(select(customer.c.id).where(customer.c.number == one)).scalar_one() for one in numbers]
        sold_id = tx.execute(select(product.c.id).where(product.c.sku == "A-1")).scalar_one()
        rule = NewRule(Formula(Base.FIXED, Decimal(price)), sold_id)
        buyers = tuple(price_lists.For(one) for one in ids)
        price_lists.add(tx, NewPriceList(name, buyers=buyers, rules=(rule,)))

    books.run("price_list.add", add, by="ann", at=NOON)


def test_agreed_prices_are_asked_from_their_quantity_and_day_on(books, tmp_path):
    share(books, "Trade", "2.40", "C-1", "C-2")
    planned = dry_run(books, prices(tmp_path))
    assert list(planned.told.values()) == [
        "list price 2.50 → 2.20 EUR",
        "list price 2.50 → 1.90 EUR",
        "list price 2.50 → 2.10 EUR",
        "list price 0.75 → 10 % off",
    ]
    bring_in(books, prices(tmp_path))
    later = date(2027, 6, 1)
    assert [asked(books, "C-1", "A-1", quantity) for quantity in (1, 99, 100)] == [
        Decimal("2.20"),
        Decimal("2.20"),
        Decimal("1.90"),
    ]
    assert (asked(books, "C-1", "A-1", 1, later), asked(books, "C-1", "A-1", 1, date(2028, 1, 1))) == (
        Decimal("2.10"),
        Decimal("2.20"),
    )
    assert asked(books, "C-2", "A-1", 1) == Decimal("2.40"), "what is agreed with one is not asked of another"
    assert asked(books, "C-2", "A-2", 1) == Decimal("0.675")

    before = everything(books)
    again = dry_run(books, prices(tmp_path))
    assert again.tallies[Effect.UNCHANGED].rows == 4
    bring_in(books, prices(tmp_path))
    assert everything(books) == before


def test_a_changed_price_is_shown_with_the_old_one_and_the_import_is_undone_whole(books, tmp_path):
    bring_in(books, prices(tmp_path))
    before = everything(books)
    text = PRICES.replace("2,20", "2,25").replace("100;1,90", "500;1,70")
    planned = dry_run(books, prices(tmp_path, text))
    assert list(planned.told.values()) == ["2.20 → 2.25 EUR", "list price 2.50 → 1.70 EUR"]
    assert everything(books) == before, "a dry run writes nothing"
    done = bring_in(books, prices(tmp_path, text))
    assert [asked(books, "C-1", "A-1", quantity) for quantity in (1, 100, 500)] == [
        Decimal("2.25"),
        Decimal("1.90"),
        Decimal("1.70"),
    ]
    undo.undo(books, done.run_id, by="bob", at=NOON)
    assert [asked(books, "C-1", "A-1", quantity) for quantity in (1, 100, 500)] == [
        Decimal("2.20"),
        Decimal("1.90"),
        Decimal("1.90"),
    ]


def test_the_first_import_is_undone_with_its_lists_unless_a_price_was_changed_since(books, tmp_path):
    done = bring_in(books, prices(tmp_path))
    lists = {name: list_id for list_id, name, _, _ in books.read(price_lists.find)}
    assert set(lists) == {"Agreed with C-1, EUR", "Agreed prices, EUR"}
    undo.undo(books, done.run_id, by="bob", at=NOON)
    assert books.read(price_lists.find) == []
    assert asked(books, "C-1", "A-1", 1) is None
    assert (books.read(integrity.check), books.read(differences)) == ([], [])

    second = bring_in(books, prices(tmp_path))
    lists = {name: list_id for list_id, name, _, _ in books.read(price_lists.find)}
    mine = lists["Agreed prices, EUR"]
    books.run("price_list.change", lambda tx: price_lists.set_rules(tx, mine, changed(tx, mine)), by="ann", at=NOON)
    with pytest.raises(NotAllowed, match="A-2, Agreed prices, EUR: It was changed since"):
        undo.undo(books, second.run_id, by="bob", at=NOON)


def changed(tx, list_id):
    (rule,) = price_lists.get(tx.connection, list_id).rules
    return [NewRule(Formula(percent=Decimal(12)), rule.product_id, id=rule.id)]


def test_what_cannot_be_agreed_is_refused_at_its_cell_and_holds_the_file_back(books, tmp_path):
    lists = [NewPriceList(name, buyers=(price_lists.For(),)) for name in ("Retail", "Outlet")]
    for new in lists:
        books.run("price_list.add", lambda tx, new=new: price_lists.add(tx, new), by="ann", at=NOON)
    text = (
        "customer,group,sku,unit,price,discount,valid from,valid until\n"
        "C-1,,A-9,,2,,,\nC-7,,A-1,,2,,,\nBirch,,A-1,,2,,,\n,Trade,A-1,,2,,,\nC-1,,A-1,box,2,,,\nC-1,,A-1,,,,,\n"
        "C-1,,A-1,,2,5,,\nC-1,,A-1,,2,,2027-02-01,2027-01-01\n,,A-1,,2,,,\nC-1,,A-2,,2,,,\nAlder,,A-2,,3,,,\n"
    )
    before = everything(books)
    planned = dry_run(books, prices(tmp_path, text))
    assert [(one.row, one.field, one.reason) for one in planned.problems()] == [
        (2, "sku", "No such SKU."),
        (3, "customer", "There is no customer C-7."),
        (4, "customer", "There are several customers Birch."),
        (5, "customer_group", "No customer is in the group Trade."),
        (6, "unit", "A-1 is not sold in box. Use one of: unit."),
        (7, "price", "There is neither a price nor a discount."),
        (8, "price", "There is a price and a discount."),
        (9, "ends_on", "The last day lies before the first."),
        (10, "sku", "Prices for everybody in EUR may go to more than one list: Outlet, Retail."),
        (12, "sku", "Row 11 agrees the same price."),
    ]
    with pytest.raises(NotAllowed, match="10 of 11 rows"):
        bring_in(books, prices(tmp_path, text))
    assert everything(books) == before
    bring_in(books, prices(tmp_path, text), Mode.GOOD_ROWS)
    assert asked(books, "C-1", "A-2", 1) == 2


def test_a_price_that_was_changed_since_the_dry_run_is_not_written_over(books, tmp_path):
    bring_in(books, prices(tmp_path))
    planned = dry_run(books, prices(tmp_path, PRICES.replace(";10;", ";15;")))
    ((list_id, _, _, _),) = [one for one in books.read(price_lists.find) if one[1] == "Agreed prices, EUR"]
    books.run("price_list.change", lambda tx: price_lists.set_rules(tx, list_id, changed(tx, list_id)), by="a", at=NOON)
    with pytest.raises(Conflict):
        runs.apply(books, planned, by="ann", at=NOON)


def test_the_console_tells_what_would_change(books, tmp_path):
    chosen = Namespace(what="prices", file=text_file(tmp_path, PRICES), profile=None, good_rows=False, rejected=None)
    chosen.dry_run, lines = True, list[str]()
    assert run_command(books, chosen, by="ann", at=NOON, progress=Quiet(), tell=lines.append) == 0
    assert "Row 2: list price 2.50 → 2.20 EUR" in lines
    assert books.read(price_lists.find) == []
