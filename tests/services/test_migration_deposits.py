"""Companies of before orders waited for their own deposits: what they wait for is found in their invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from alembic import command
from sqlalchemy import create_engine, select, text

from app.models.invoice import invoice
from app.models.order import sales_order
from app.services import billing, migration, orders, payments
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from tests.desk import DAY, Desk, unhurried

SAID = (sales_order.c.number, sales_order.c.deposit_amount, sales_order.c.deposit_blocks, sales_order.c.deposit_open)
BEFORE = ("UPDATE alembic_version SET version_num = '0028'", "ALTER TABLE sales_order DROP COLUMN deposit_open")


@pytest.fixture
def url(databases):
    made = databases.new_url()
    yield made
    databases.drop(made)


def sold(desk: Desk, customer: Any, *, asked: str, paid: str | None) -> None:
    """Sell something for 121.00 that waits for a deposit; ``paid`` None: its invoice is not posted yet."""
    line = LineInput(kind="fee", name="Work", unit_price=Decimal(100), tax_codes="V21")
    new = NewOrder(customer, (line,), deposit_amount=Decimal(asked), deposit_blocks=True)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    wanted = select(invoice.c.id).where(invoice.c.order_id == order_id, invoice.c.kind == "deposit")
    deposit_id = desk.read(lambda c: c.execute(wanted).scalar_one_or_none())
    if deposit_id is None or paid is None:
        return
    desk.do("invoice.post", lambda tx: billing.post(tx, deposit_id, DAY))
    if Decimal(paid):
        part = NewPayment(customer, Decimal(paid), DAY, allocations={deposit_id: Decimal(paid)})
        desk.do("payment.receive", lambda tx: payments.receive(tx, part))


def said(database: Database) -> tuple[list[Any], list[Any]]:
    heads, bills = select(*SAID).order_by(sales_order.c.number), select(invoice.c.id, invoice.c.blocks)
    return (
        database.read(lambda c: c.execute(heads).all()),
        database.read(lambda c: c.execute(bills.order_by(invoice.c.id)).all()),
    )


def test_what_orders_wait_for_is_found_in_their_deposit_invoices(url, monkeypatch):
    database = unhurried(Database(url))
    desk = Desk(database).found()
    customer = desk.customer("Harbor & Finch")
    for asked, paid in (("60.50", None), ("60.50", "0"), ("60.50", "20.50"), ("60.50", "60.50"), ("0", None)):
        sold(desk, customer, asked=asked, paid=paid)
    before = said(database)
    assert [row.deposit_open for row in before[0]] == [Decimal(x) for x in ("60.50", "60.50", "40.00", "0", "0")]
    database.close()

    engine = create_engine(url)
    with engine.begin() as connection:  # as it was before these columns
        for statement in (*BEFORE, "ALTER TABLE invoice DROP COLUMN blocks"):
            connection.execute(text(statement))
    engine.dispose()
    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0029"))  # what is later is there
    migration.upgrade(url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{migration.head()}'"))
    engine.dispose()

    database = unhurried(Database(url))
    assert said(database) == before
    assert Desk(database).damages() == []
    database.close()
