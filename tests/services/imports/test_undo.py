"""A whole import is undone: exactly what it wrote goes back, what was used since stays and is named."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from app.errors import NotAllowed, NotFound
from app.models.base import new_id
from app.models.company import external_key
from app.models.log import command_log
from app.models.order import sales_order
from app.models.party import address, customer
from app.models.product import product
from app.models.stock import stock_level
from app.services import companies, integrity, parties, products, quotes, stock
from app.services.document_lines import LineInput
from app.services.imports import runs, undo
from app.services.imports.fields import Kind
from app.services.imports.plan import Effect
from app.services.imports.profiles import find
from app.services.quotes import NewQuote
from tests.replay import differences
from tests.services.imports.company import NOON, bring_in, everything, found, request, rows
from tests.services.imports.files import shared

CUSTOMERS = "number,name,city,contact\nC-1,Alder,Delft,Ann\nC-2,Birch,Gouda,Bob\n"
PRODUCTS = "sku,name,list price\nA-1,Clamp,2.50\nA-2,Cable,0.75\n"
ORDERS = "order no,customer,order date,shipped,sku,quantity,price\n"


def take_back(database, run_id, **more):
    return undo.undo(database, run_id, by="bob", at=NOON, **more)


def sound(database):
    """The self-check finds nothing, and the log says what the tables hold."""
    assert database.read(integrity.check) == []
    assert database.read(differences) == []
    return True


def commands(database):
    return [row[1] for row in rows(database, command_log.c.sequence, command_log.c.command)]


def active(database, table, code):
    c = table.c
    query = select(c[code]).where(c.active).order_by(c[code])
    return database.read(lambda connection: list(connection.execute(query).scalars()))


def test_new_customers_and_products_go_out_of_sight_and_the_file_can_be_brought_in_again(database, tmp_path):
    found(database)
    for kind, text, table, code in (
        (Kind.CUSTOMERS, CUSTOMERS, customer, "number"),
        (Kind.PRODUCTS, PRODUCTS, product, "sku"),
    ):
        run_id = bring_in(database, request(tmp_path, kind, text)).run_id
        before = active(database, table, code)
        assert len(before) == 2
        done = take_back(database, run_id)
        assert (done.taken_back, done.kept, active(database, table, code)) == (2, (), [])
        assert commands(database)[-1] == "import.undo"
        again = bring_in(database, request(tmp_path, kind, text))
        assert again.tallies[Effect.NEW].rows == 2
        assert active(database, table, code) == before
        take_back(database, again.run_id)
        assert sorted(row[0] for row in rows(database, table.c[code])) == sorted(
            f"{one} (undone{more})" for one in before for more in ("", " 2")
        )
    assert sound(database)


def test_an_undo_that_is_asked_for_twice_does_nothing_more(database, tmp_path):
    found(database)
    run_id, key = bring_in(database, request(tmp_path, Kind.CUSTOMERS, CUSTOMERS)).run_id, new_id()
    first = take_back(database, run_id, key=key)
    after = everything(database)
    repeated = take_back(database, run_id, key=key)
    assert (repeated.taken_back, repeated.repeated, first.repeated) == (2, True, False)
    again = take_back(database, run_id)
    assert again.sentences() == ["file.csv: nothing of this import is left to take back. Nothing was changed."]
    assert everything(database) == after
    with pytest.raises(NotFound):
        take_back(database, new_id())


def test_records_that_were_here_get_back_what_stood_there(database, tmp_path):
    found(database)
    bring_in(database, request(tmp_path, Kind.CUSTOMERS, "number,name,city\nC-1,Alder,Delft\n"))
    columns = (external_key.c.external_id, external_key.c.row_hash, external_key.c.import_id)
    before = rows(database, *columns)
    changed = "number,name,city,e-mail,contact\nC-1,Alder BV,Leiden,a@alder.nl,Ann\n"
    run_id = bring_in(database, request(tmp_path, Kind.CUSTOMERS, changed)).run_id
    assert take_back(database, run_id).taken_back == 1
    one = database.read(partial(parties.get, customer_id=rows(database, customer.c.id)[0][0]))
    assert (one.name, one.email, one.billing_address.city, one.contacts) == ("Alder", "", "Delft", ())
    assert rows(database, *columns) == before
    assert bring_in(database, request(tmp_path, Kind.CUSTOMERS, changed)).tallies[Effect.CHANGED].rows == 1
    assert sound(database)


def test_a_later_import_of_the_same_records_is_undone_first(database, tmp_path):
    found(database)
    first = bring_in(database, request(tmp_path, Kind.PRODUCTS, PRODUCTS)).run_id
    second = bring_in(database, request(tmp_path, Kind.PRODUCTS, "sku,name,list price\nA-2,Cable,0.80\n")).run_id
    with pytest.raises(NotAllowed, match=r"1 of 2 .*\n?A-2: The later import of file\.csv changed it"):
        take_back(database, first)
    take_back(database, second)
    assert take_back(database, first).taken_back == 2


def test_what_was_used_or_changed_since_stays_and_is_named(database, tmp_path):
    found(database)
    text = CUSTOMERS + "C-3,Cedar,Breda,\nC-4,Dogwood,Zwolle,\n"
    run_id = bring_in(database, request(tmp_path, Kind.CUSTOMERS, text)).run_id
    ids = {number: row_id for row_id, number in rows(database, customer.c.id, customer.c.number)}
    place = rows(database, address.c.id, customer_id=ids["C-2"])[0][0]

    def work(tx):
        quotes.create(tx, NewQuote(ids["C-1"], (LineInput(kind="fee", name="Visit", unit_price=Decimal(9)),)))
        parties.change_address(tx, place, {"city": "Rotterdam"}, {"city": "Gouda"})
        parties.add_contact(tx, ids["C-3"], parties.Contact("Cleo"))

    database.run("some.work", work, by="ann", at=NOON)
    before = everything(database)
    with pytest.raises(NotAllowed) as refused:
        take_back(database, run_id)
    assert str(refused.value).splitlines() == [
        (
            "3 of 4 records of file.csv cannot be taken back. Nothing was changed. "
            "Take back only the other 1, or repair these first."
        ),
        "C-1: It is in use: quote.",
        "C-2: It was changed since: city.",
        "C-3: It was changed since: customer contact added by ann on 2026-11-25.",
    ]
    assert everything(database) == before
    done = take_back(database, run_id, partly=True)
    assert (done.taken_back, [one.number for one in done.kept], done.run.records) == (1, ["C-1", "C-2", "C-3"], 3)
    assert active(database, customer, "number") == ["C-1", "C-2", "C-3"]
    assert sound(database)


def test_a_field_that_somebody_changed_after_the_import_is_not_overwritten(database, tmp_path):
    found(database)
    bring_in(database, request(tmp_path, Kind.PRODUCTS, PRODUCTS))
    run_id = bring_in(database, request(tmp_path, Kind.PRODUCTS, PRODUCTS.replace("2.50", "3.00"))).run_id
    row_id = rows(database, product.c.id, sku="A-1")[0][0]
    values, seen = {"list_price": Decimal(4)}, {"list_price": Decimal(3)}
    database.run("product.change", lambda tx: products.change(tx, row_id, values, seen), by="ann", at=NOON)
    with pytest.raises(NotAllowed, match="A-1: It was changed since: list price"):
        take_back(database, run_id)


def on_hand(database):
    c = stock_level.c
    total = select(product.c.sku, func.sum(c.free + c.promised + c.picked) / product.c.grain).join(
        product, product.c.id == c.product_id
    )
    query = total.group_by(product.c.sku, product.c.grain)
    return {row[0]: int(row[1]) for row in database.read(lambda connection: connection.execute(query).all())}


def test_counts_go_back_to_what_was_there_unless_goods_moved(database, tmp_path):
    found(database)
    bring_in(database, request(tmp_path, Kind.PRODUCTS, PRODUCTS))
    first = bring_in(database, request(tmp_path, Kind.STOCK, "sku,quantity\nA-1,5\nA-2,7\n")).run_id
    second = bring_in(database, request(tmp_path, Kind.STOCK, "sku,quantity\nA-1,8\nA-2,2\n")).run_id
    assert on_hand(database) == {"A-1": 8, "A-2": 2}
    assert take_back(database, second).taken_back == 2
    assert on_hand(database) == {"A-1": 5, "A-2": 7}
    row_id = rows(database, product.c.id, sku="A-1")[0][0]
    database.run("stock.receive", lambda tx: stock.receive(tx, row_id, Decimal(1)), by="ann", at=NOON)
    with pytest.raises(NotAllowed, match="A-1: Goods came in or went out since"):
        take_back(database, first)
    assert take_back(database, first, partly=True).taken_back == 1
    assert on_hand(database) == {"A-1": 6, "A-2": 0}
    assert sound(database)


def test_history_and_open_orders_are_taken_back_and_their_customers_after_them(database, tmp_path):
    found(database)
    customers = bring_in(database, request(tmp_path, Kind.CUSTOMERS, CUSTOMERS)).run_id
    goods = bring_in(database, request(tmp_path, Kind.PRODUCTS, PRODUCTS)).run_id
    counts = bring_in(database, request(tmp_path, Kind.STOCK, "sku,quantity\nA-1,5\nA-2,7\n")).run_id
    text = ORDERS + "1,C-1,2026-01-02,2026-01-03,A-1,4,2.50\n1,C-1,2026-01-02,2026-01-03,A-2,1,1\n"
    text += "2,C-2,2026-11-02,,A-1,3,2.50\n"
    taken = bring_in(database, request(tmp_path, Kind.ORDERS, text)).run_id
    with pytest.raises(NotAllowed, match=r"C-1: It is in use: sales order\.\nC-2: It is in use: "):
        take_back(database, customers)
    with pytest.raises(NotAllowed, match="A-1: Some of it is promised"):
        take_back(database, counts)
    assert take_back(database, taken).taken_back == 2
    c = sales_order.c
    assert rows(database, c.number, c.state, c.stage, c.delivery_state, c.billing_state) == [
        ("1 (undone)", "cancelled", "cancelled", "none", "none"),
        ("2 (undone)", "cancelled", "cancelled", "none", "none"),
    ]
    assert sound(database)
    again = bring_in(database, request(tmp_path, Kind.ORDERS, text))
    assert again.tallies[Effect.NEW].records == 2
    for run_id in (again.run_id, counts, goods, customers):
        assert take_back(database, run_id).taken_back == 2
    assert active(database, customer, "number") == active(database, product, "sku") == []
    assert set(on_hand(database).values()) == {0}
    assert rows(database, external_key.c.source) == []
    assert sound(database)


def test_the_imports_done_are_listed_with_what_is_left_of_them(database, tmp_path):
    found(database)
    first = bring_in(database, request(tmp_path, Kind.CUSTOMERS, CUSTOMERS)).run_id
    second = bring_in(database, request(tmp_path, Kind.PRODUCTS, PRODUCTS)).run_id
    take_back(database, first)
    listed = database.read(undo.history)
    assert [(one.id, one.kind, one.records, one.undone, one.by, one.at) for one in listed] == [
        (second, Kind.PRODUCTS, 2, False, "ann", NOON),
        (first, Kind.CUSTOMERS, 0, True, "ann", NOON),
    ]
    look = database.read(partial(undo.outlook, run_id=second))
    assert (look.possible, look.kept) == (2, ())


def test_northwind_comes_in_and_goes_again(database):
    folder = shared("northwind")
    found(database, "USD")
    reports = list(runs.apply_profile(database, find("northwind"), folder, by="ann", at=NOON))
    for report in reversed(reports):
        assert take_back(database, report.run_id).kept == ()
    assert sound(database)
    assert [
        report.run_id is None for report in runs.apply_profile(database, find("northwind"), folder, by="ann", at=NOON)
    ] == [False] * 4
    assert database.read(companies.get).currency == "USD"
