"""Orders come in whole: history as delivered, the rest open; what is wrong with one row holds back its order only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.models.order import sales_order, sales_order_line
from app.models.stock import stock_move
from app.services.imports import preview, runs
from app.services.imports.fields import Kind
from app.services.imports.plan import Effect, Mode, Request
from app.services.imports.rules import Condition, Rule, Then
from tests.services.imports.company import NOON, bring_in, dry_run, everything, found, request, rows
from tests.services.imports.files import checked, text_file

CUSTOMERS = "number,name,country\nC-00412,Harbor & Finch,GB\nC-2,Juniper Labs,US\n"
PRODUCTS = "sku,name,price\nVAL-BR-00418,Valve,18.40\nSEN-1,Sensor,212.50\n"
FILE = """Auftrag;Kunde;Datum;Versanddatum;Artikel;Menge;Preis;Rabatt
A1;C-00412;24.11.2026;25.11.2026;VAL-BR-00418;40;18,40;5
A1;C-00412;24.11.2026;25.11.2026;SEN-1;2;212,50;0
A2;C-2;23.11.2026;;SEN-1;1;212,505;0
"""


@pytest.fixture
def books(database, tmp_path):
    found(database)
    bring_in(database, request(tmp_path, Kind.CUSTOMERS, CUSTOMERS))
    bring_in(database, request(tmp_path, Kind.PRODUCTS, PRODUCTS))
    return database


def orders(books):
    c = sales_order.c
    return rows(books, c.number, c.state, c.delivery_state, c.ordered_on, c.total, c.taken_over)


def problems(planned):
    return [(p.row, p.column, p.reason, p.fix) for p in planned.problems()]


def test_history_is_delivered_and_the_rest_is_open(books, tmp_path):
    planned = dry_run(books, request(tmp_path, Kind.ORDERS, FILE))
    assert (planned.tallies[Effect.NEW].rows, planned.tallies[Effect.NEW].records) == (3, 2)
    assert planned.money == Decimal("1336.705"), "40 × 18.40 less 5 %, 2 × 212.50, 212.505"
    bring_in(books, planned.request)
    assert orders(books) == [
        ("A1", "closed", "shipped", date(2026, 11, 24), Decimal("1124.20"), True),
        ("A2", "confirmed", "waiting", date(2026, 11, 23), Decimal("212.51"), False),
    ]
    assert {row[0] for row in rows(books, stock_move.c.source)} == {"history"}


def test_the_same_orders_again_change_nothing(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.ORDERS, FILE))
    before = everything(books)
    report = bring_in(books, request(tmp_path, Kind.ORDERS, FILE.replace("18,40", "18,4000")))
    assert (report.tallies[Effect.UNCHANGED].rows, report.tallies[Effect.UNCHANGED].records) == (3, 2)
    assert everything(books) == before


def test_an_order_that_came_in_before_is_not_changed_by_a_file(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.ORDERS, FILE))
    planned = dry_run(books, request(tmp_path, Kind.ORDERS, FILE.replace(";40;", ";41;") + FILE.splitlines()[3]))
    assert [(row, column) for row, column, _, _ in problems(planned)] == [(n, "Auftrag") for n in (2, 3, 4, 5)]
    assert "imported before with other content" in problems(planned)[0][2]
    other = dry_run(books, request(tmp_path, Kind.ORDERS, FILE, source="Another shop"))
    assert "did not come from this source" in problems(other)[0][2]


def test_the_picture_of_the_import_page(books, tmp_path):
    text = """Auftrag;Kunde;Datum;Artikel;Menge;Preis
B1;C-00412;24.11.2026;VAL-BR-0418;40;18,40
B1;C-00412;24.11.2026;SEN-1;1;212,50
B2;C-2;24.11.2026;SEN-1;0;212,50
B3;C-09911;24.11.2026;SEN-1;15;9,90
B4;C-2;31.11.2026;SEN-1;120;3,10
"""
    planned = dry_run(books, request(tmp_path, Kind.ORDERS, text))
    assert problems(planned) == [
        (2, "Artikel", "No such SKU.", "Did you mean VAL-BR-00418?"),
        (3, "Auftrag", "Order B1 needs a fix in row 2.", "An order is imported whole."),
        (4, "Menge", "Quantity must be more than 0.", "Correct it, or take such rows with a rule."),
        (5, "Kunde", "There is no such customer.", "Import the customer first, or create it."),
    ]
    assert (planned.ready, planned.adjusted, planned.rejected) == (1, 1, 4)
    seen = preview.rows(planned, limit=5)
    assert [(row.number, row.effect.value) for row in seen] == [*((n, "rejected") for n in (2, 3, 4, 5)), (6, "new")]
    assert seen[0].message == "Artikel: No such SKU. Did you mean VAL-BR-00418?"
    assert seen[0].marks["sku"].fix == "Did you mean VAL-BR-00418?"
    assert seen[4].message == "“31.11.2026” does not exist, set to 30 Nov 2026."
    assert seen[4].cells == ("B4", "C-2", "2026-11-30", "SEN-1", "120", "3.10")
    assert len(preview.rows(planned, limit=9, problems_only=True)) == 4
    bring_in(books, planned.request, Mode.GOOD_ROWS)
    assert [row[:4] for row in orders(books)] == [("B4", "confirmed", "waiting", date(2026, 11, 30))]


def test_rows_of_one_order_that_contradict_each_other_are_rejected(books, tmp_path):
    text = FILE.replace("A1;C-00412;24.11.2026;25.11.2026;SEN-1", "A1;C-2;24.11.2026;25.11.2026;SEN-1")
    planned = dry_run(books, request(tmp_path, Kind.ORDERS, text))
    assert problems(planned)[1][:3] == (3, "Kunde", "Customer number is not the same as in row 2 of order A1.")


def test_lines_in_a_second_file_find_their_order(books, tmp_path):
    heads = """order id,customer,date,shipped date,ship name,ship city,freight
1,C-2,2026-11-01,2026-11-02,Lab,Rome,12.5
2,C-2,2026-11-01,,,,
4,C-2,2026-11-01,,,,
"""
    lines = """order id,sku,quantity,price,discount
1,SEN-1,1,10.00,0.5
1,SEN-1,1,10.00,0
2,SEN-1,x,10.00,0
3,SEN-1,1,1,0
"""
    head, _ = checked(text_file(tmp_path, heads, name="orders.csv"), Kind.ORDER_HEADERS)
    line, _ = checked(text_file(tmp_path, lines, name="lines.csv"), Kind.ORDER_LINES)
    planned = dry_run(books, Request(head, "Shop", line))
    assert [(p.row, p.reason) for p in planned.problems()] == [
        (3, "Order 2 needs a fix in row 4 of lines.csv."),
        (4, "There are no lines for order 4 in lines.csv."),
        (4, "“x” is no number."),
        (5, "There is no order 3 in orders.csv."),
    ]
    runs.apply(books, planned, by="ann", at=NOON, mode=Mode.GOOD_ROWS)
    ((total, ship_to),) = rows(books, sales_order.c.total, sales_order.c.shipping_address)
    assert (total, '"city": "Rome"' in ship_to) == (Decimal("27.50"), True)
    line_rows = rows(books, sales_order_line.c.position, sales_order_line.c.kind, sales_order_line.c.net)
    assert line_rows == [(1, "product", 5), (2, "product", 10), (3, "fee", Decimal("12.50"))]


def test_an_open_order_cannot_take_goods_back(books, tmp_path):
    accept = Rule("returns", "", (Condition("quantity", "negative"),), Then.ACCEPT)
    wanted = request(tmp_path, Kind.ORDERS, FILE.replace("SEN-1;1;", "SEN-1;-1;"), rules=(accept,))
    assert (
        problems(dry_run(books, wanted))[0][2] == "An order that is not shipped yet cannot have a quantity below zero."
    )
    delivered = request(tmp_path, Kind.ORDERS, FILE.replace("SEN-1;2;", "SEN-1;-2;"), rules=(accept,))
    bring_in(books, delivered)
    assert orders(books)[0][4] == Decimal("274.20"), "40 × 18.40 less 5 %, less 2 × 212.50"
