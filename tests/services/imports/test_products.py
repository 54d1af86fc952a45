"""Products come in and change like customers; what is fixed for a product stays."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.models.product import product
from app.services.imports.fields import Kind
from app.services.imports.plan import Effect
from tests.services.imports.company import bring_in, dry_run, everything, found, request, rows

FILE = """Artikelnr.;Bezeichnung;Einheit;VK-Preis;Gewicht;Ausgelaufen;Steuer
4711;Schraube;Stk;0,155;0,0125;nein;V21
4712;Mutter;Stk;1.200,00;;ja;
"""


@pytest.fixture
def books(database):
    return found(database)


def test_products_come_in_with_exact_prices_and_weights(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.PRODUCTS, FILE))
    c = product.c
    assert rows(books, c.sku, c.name, c.unit, c.list_price, c.weight_g, c.active, c.tax_codes) == [
        ("4711", "Schraube", "Stk", Decimal("0.155"), 13, True, "V21"),
        ("4712", "Mutter", "Stk", Decimal(1200), None, False, ""),
    ]


def test_twice_is_once_and_a_new_price_is_a_change(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.PRODUCTS, FILE))
    before = everything(books)
    bring_in(books, request(tmp_path, Kind.PRODUCTS, FILE))
    assert everything(books) == before
    planned = dry_run(books, request(tmp_path, Kind.PRODUCTS, FILE.replace("0,155", "0,16").replace("ja", "nein")))
    assert [one.changes for one in planned.work] == [{"list_price": Decimal("0.16")}, {"active": True}]
    bring_in(books, planned.request)
    assert [row[1] for row in rows(books, product.c.sku, product.c.list_price)] == [Decimal("0.16"), Decimal(1200)]


def test_the_stock_unit_and_an_unknown_tax_are_rejected_at_their_cells(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.PRODUCTS, FILE))
    text = FILE.replace("4711;Schraube;Stk", "4711;Schraube;kg") + "4713;Bolzen;Stk;1,00;;;V7\n"
    planned = dry_run(books, request(tmp_path, Kind.PRODUCTS, text))
    assert [(p.row, p.column, p.reason, p.fix) for p in planned.problems()] == [
        (2, "Einheit", "The stock unit of 4711 is Stk here and cannot be changed.",
         "Leave the column out, or use another SKU."),
        (4, "Steuer", "There is no tax V7.", "Use: V21."),
    ]  # fmt: skip
    assert planned.tallies[Effect.UNCHANGED].rows == 1
