"""A stock list is booked as a count, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.models.base import new_id
from app.models.company import external_key
from app.models.product import product
from app.models.stock import location
from app.services import companies, journal, stock, valuation
from app.services.imports.fields import Kind
from app.services.imports.plan import Effect
from tests.services.imports.company import NOON, bring_in, dry_run, everything, found, request, rows

PRODUCTS = "sku,name,type\nVAL-BR-00418,Valve,goods\nSEN-1,Sensor,goods\nHOUR,Hour of work,service\n"


@pytest.fixture
def books(database, tmp_path):
    found(database)
    bring_in(database, request(tmp_path, Kind.PRODUCTS, PRODUCTS))
    return database


def on_hand(books, sku):
    ((row_id,),) = rows(books, product.c.id, sku=sku)
    figures = books.read(lambda connection: stock.figures(connection, row_id))
    return Decimal(figures.on_hand) / figures.grain


def test_a_stock_list_is_counted_and_the_same_list_again_is_nothing(books, tmp_path):
    text = "Artikel;Bestand\nVAL-BR-00418;12,5\nSEN-1;0\n"
    report = bring_in(books, request(tmp_path, Kind.STOCK, text))
    assert (report.tallies[Effect.CHANGED].rows, report.tallies[Effect.UNCHANGED].rows) == (1, 1)
    assert on_hand(books, "VAL-BR-00418") == Decimal("12.5")
    ((row_id,),) = rows(books, product.c.id, sku="VAL-BR-00418")
    books.run("stock.receive", lambda tx: stock.receive(tx, row_id, Decimal(2)), by="ann", at=NOON)
    before = everything(books)
    bring_in(books, request(tmp_path, Kind.STOCK, text))
    assert everything(books) == before, "an old list must not take back what came in since"
    bring_in(books, request(tmp_path, Kind.STOCK, text.replace("12,5", "9")))
    assert on_hand(books, "VAL-BR-00418") == 9


def test_what_cannot_be_counted_is_rejected_with_a_proposal(books, tmp_path):
    text = (
        "sku,quantity,location,unit\nVAL-BR-0418,1,,\nHOUR,1,,\nSEN-1,1,MOON,\nSEN-1,1,,box\nXYZ,1,MAIN,\nSEN-1,-1,,\n"
    )
    planned = dry_run(books, request(tmp_path, Kind.STOCK, text))
    assert [(p.row, p.column, p.reason, p.fix) for p in planned.problems()][:3] == [
        (2, "sku", "No such SKU.", "Did you mean VAL-BR-00418?"),
        (3, "sku", "HOUR is a service: it has no stock.", "Leave the row out."),
        (4, "location", "There is no location “MOON”.", "Use one of: MAIN."),
    ]
    assert [p.row for p in planned.problems()] == [2, 3, 4, 5, 6, 7]


def test_the_same_goods_are_counted_once_in_a_file_however_their_place_is_named(books, tmp_path):
    planned = dry_run(books, request(tmp_path, Kind.STOCK, "sku,quantity,location\nSEN-1,5,\nSEN-1,7,MAIN\n"))
    assert [(p.row, p.reason) for p in planned.problems()] == [(3, "Row 2 counts the same product at the same place.")]


def test_a_product_counted_at_two_places_is_known_at_both_the_next_time(books, tmp_path):
    place = {"id": new_id(), "code": "SHOP", "name": "Shop", "owner": "HQ", "active": True}
    books.run("location.add", lambda tx: tx.insert(location, place), by="ann", at=NOON)
    text = "sku,quantity,location\nSEN-1,5,MAIN\nSEN-1,7,SHOP\n"
    bring_in(books, request(tmp_path, Kind.STOCK, text))
    assert on_hand(books, "SEN-1") == 12
    bring_in(books, request(tmp_path, Kind.STOCK, text.replace("5", "6").replace("7", "9")))
    assert on_hand(books, "SEN-1") == 15
    assert [row[0] for row in rows(books, external_key.c.external_id, kind="stock")] == ["SEN-1|MAIN", "SEN-1|SHOP"]


def test_a_cost_in_the_list_says_what_the_goods_are_worth(books, tmp_path):
    text = "sku,quantity,unit cost\nVAL-BR-00418,4,2.35\nSEN-1,0,9\n"
    assert bring_in(books, request(tmp_path, Kind.STOCK, text)).tallies[Effect.CHANGED].rows == 2
    ((row_id,),) = rows(books, product.c.id, sku="VAL-BR-00418")
    worth = books.read(lambda connection: valuation.read(connection, row_id))
    assert (worth.value, worth.unit_cost) == (Decimal("9.40"), Decimal("2.35"))
    balances = {name: value for _, name, value in books.read(journal.balances)}
    assert (balances["Stock"], balances["Opening balances"]) == (Decimal("9.40"), Decimal("-9.40"))
    books.run("company.change", lambda tx: companies.change(tx, {"stock_value": False}), by="ann", at=NOON)
    (problem,) = dry_run(books, request(tmp_path, Kind.STOCK, text.replace("SEN-1,0,9\n", ""))).problems()
    assert problem.reason == "What stock is worth is not kept in these books."
