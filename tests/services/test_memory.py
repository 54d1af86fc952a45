"""What a connection remembers from one command to the next is what the database holds, whoever wrote it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.order import sales_order, sales_order_line
from app.services import order_book, orders, products
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.desk import Desk
from tests.remembered import stale


@pytest.fixture
def desk(sqlite_database):
    """A company with one confirmed order of two lines."""
    desk = Desk(sqlite_database).found()
    desk.goods = [desk.product("A"), desk.product("B")]
    lines = tuple(LineInput(product_id, Decimal(3)) for product_id in desk.goods)
    desk.buyer = desk.customer("Harbor & Finch")
    desk.order = desk.do("order.create", lambda tx: orders.create(tx, NewOrder(desk.buyer, lines)))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, desk.order))
    return desk


def reads_of(table, tx, op):
    """Give what the database is asked of a table while ``op`` runs, and what ``op`` gives."""
    asked: list[str] = []
    driver = tx.connection.connection.dbapi_connection
    driver.set_trace_callback(asked.append)
    try:
        value = op()
    finally:
        driver.set_trace_callback(None)
    return [text for text in asked if text.startswith("SELECT") and f"FROM {table.name}" in text], value


def on_order(desk):
    """Load the order as the next command does: what was asked, and the order's PO, policy and counts."""

    def load(tx):
        heads, book = reads_of(sales_order, tx, lambda: order_book.load(tx, desk.order))
        lines, again = reads_of(sales_order_line, tx, lambda: order_book.load(tx, desk.order))
        assert [line.row for line in again.lines] == [line.row for line in book.lines]
        return len(heads) + len(lines), book.head.customer_po, [int(line.row.quantity) for line in book.lines]

    return desk.do("test.look", load)


def rename(desk, words):
    values = {"customer_po": words}
    revision = desk.read(lambda c: c.execute(select(sales_order.c.revision)).scalar_one())
    return lambda tx: orders.change_head(tx, desk.order, revision, values)


def test_the_next_step_of_an_order_does_not_read_it_again(desk):
    assert on_order(desk) == (0, "", [3, 3]), "the confirmation has read it"
    desk.do("order.change", rename(desk, "4500-A"))
    assert on_order(desk) == (0, "4500-A", [3, 3])
    assert stale(desk.database) == []


def test_what_was_undone_is_not_remembered(desk):
    def change_and_fail(tx):
        rename(desk, "4500-B")(tx)
        raise NotAllowed("not today")

    on_order(desk)
    with pytest.raises(NotAllowed):
        desk.do("order.change", change_and_fail)
    assert on_order(desk)[1:] == ("", [3, 3])
    assert stale(desk.database) == []


def test_what_another_program_wrote_is_read(desk):
    on_order(desk)
    other = Desk(Database(desk.database.url))
    other.order, other._minutes = desk.order, 500
    other.do("order.change", rename(desk, "4500-C"))
    other.database.close()
    assert on_order(desk)[1] == "4500-C"
    assert stale(desk.database) == []


def test_a_line_that_is_added_and_a_product_that_is_changed_are_seen_by_the_next_step(desk):
    desk.do("order.add_line", lambda tx: orders.add_line(tx, desk.order, LineInput(desk.goods[0], Decimal(1))))
    assert on_order(desk)[2] == [3, 3, 1]
    desk.do("product.change", lambda tx: products.change(tx, desk.goods[0], {"bin": "Z-9"}, {"bin": ""}))
    bins = desk.do("test.look", lambda tx: [line.bin for line in order_book.load(tx, desk.order).lines])
    assert bins == ["Z-9", "", "Z-9"]
    assert stale(desk.database) == []


def test_counters_go_on_where_they_were_whoever_moved_them(desk):
    new = NewOrder(desk.buyer, (LineInput(desk.goods[0], Decimal(1)),))

    def create(one, *, fail=False):
        def op(tx):
            order_id = orders.create(tx, new)
            if fail:
                raise NotAllowed("not today")
            return str(order_id)

        one.do("order.create", op)

    other = Desk(Database(desk.database.url))
    other._minutes = 500
    create(desk)
    with pytest.raises(NotAllowed):
        create(desk, fail=True)
    create(other)
    create(desk)
    other.database.close()
    numbers = desk.read(lambda c: c.execute(select(sales_order.c.number).order_by(sales_order.c.id)).scalars().all())
    assert [int(number[-5:]) for number in numbers] == [1, 2, 3, 4]
    assert stale(desk.database) == []


def test_on_a_server_everything_is_read(postgres_database):
    desk = Desk(postgres_database).found()
    assert desk.do("test.look", lambda tx: "memory" in tx.connection.info) is False
