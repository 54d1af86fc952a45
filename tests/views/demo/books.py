"""The demo's tables, its listing, and what is in them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Connection, Date, Integer, MetaData, Table, Text, func, insert, text

from app.models.base import Exact, Key, new_id
from app.services.listing import Linked, Listing, Words

TODAY = date(2026, 11, 23)
DONE = ("shipped", "invoiced", "overdue")
metadata = MetaData()
customer = Table("demo_customer", metadata, SqlColumn("id", Key, primary_key=True), SqlColumn("name", Text))
order = Table(
    "demo_order",
    metadata,
    SqlColumn("id", Key, primary_key=True),
    SqlColumn("number", Text, nullable=False),
    SqlColumn("customer_id", Key, index=True),
    SqlColumn("po_number", Text, nullable=False),
    SqlColumn("due_on", Date),
    SqlColumn("state", Text, nullable=False),
    SqlColumn("share", Integer),
    SqlColumn("total", Exact(4), nullable=False),
    SqlColumn("currency", Text, nullable=False),
)


class OrderRow(NamedTuple):
    id: UUID
    number: str
    customer: str
    po_number: str
    due_on: date | None
    state: str
    share: int | None
    total: Decimal


ORDERS = Listing(
    name="demo_orders",
    row=OrderRow,
    source=order.outerjoin(customer, customer.c.id == order.c.customer_id),
    columns=(
        order.c.id,
        order.c.number,
        customer.c.name,
        order.c.po_number,
        order.c.due_on,
        order.c.state,
        order.c.share,
        order.c.total,
    ),
    tables=("demo_order", "demo_customer"),
    sorts={
        "number": order.c.id,
        "customer": customer.c.name,
        "due": order.c.due_on,
        "state": order.c.state,
        "total": order.c.total,
    },
    default_sort="number",
    filters={
        "state": order.c.state.in_,
        "due_until": lambda day: order.c.due_on <= day,
    },
    search=(Words(order.c.number, order.c.po_number), Linked(order.c.customer_id, customer.c.id, (customer.c.name,))),
    totals={"total": func.sum(order.c.total)},
    totals_by=order.c.currency,
)


_SHOWN = (  # as in the picture: number, customer, PO number, days until due, state, share, total
    ("SO-10482", "Harbor & Finch Ltd", "4500-88213", 0, "picking", 87, "6443.82"),
    ("SO-10481", "Summit Safety AB", "92559", 2, "confirmed", None, "20547.19"),
    ("SO-10480", "Marlowe Lighting", "49767", -3, "backorder", 33, "14804.50"),
    ("SO-10479", "Northwind Marine Supply", "69374", 0, "picking", 7, "3557.56"),
    ("SO-10478", "Silverline Optics BV", "450091674", 4, "deposit_due", None, "15756.43"),
    ("SO-10477", "Brightwell Plumbing", "PO-14673", 1, "packed", None, "537.32"),
    ("SO-10476", "Juniper Labs Inc", "52767", 3, "confirmed", None, "4710.76"),
    ("SO-10475", "Cascade Medical GmbH", "450093924", -1, "part_shipped", 66, "10673.45"),
    ("SO-10474", "Redstone Robotics", "PO-69943", 6, "on_hold", None, "7186.69"),
    ("SO-10473", "Tidewater Hydraulics", "PO-43291", 9, "sourcing", None, "15777.38"),
    ("SO-10472", "Delta Pump Service", "P/13899", 5, "confirmed", None, "7689.90"),
    ("SO-10471", "Lakeside Fasteners Co", "24129", 2, "picking", 13, "1852.72"),
    ("SO-10470", "Evergreen Kitchens", "PO-99770", 0, "shipped", None, "20345.62"),
    ("SO-10469", "Copperfield Tools", "59212", 11, "sourcing", None, "192.98"),
    ("SO-10468", "Harbor & Finch Ltd", "PO-84218", 7, "confirmed", None, "23532.15"),
    ("SO-10467", "Pioneer Packaging", "P/54157", -4, "invoiced", None, "15173.62"),
    ("SO-10466", "Oakridge Automotive", "25465", -12, "overdue", None, "2255.77"),
)
COUNT, SUM = 64, Decimal("412806.90")


def fill(connection: Connection) -> None:
    """Write the demo company: 64 orders worth 412,806.90 EUR."""
    metadata.create_all(connection)
    names = sorted({entry[1] for entry in _SHOWN} | {"Harborview Clinics"})
    ids = {name: new_id() for name in names}
    connection.execute(insert(customer), [{"id": ids[name], "name": name} for name in names])
    rows = [
        {
            "id": new_id(),
            "number": number,
            "customer_id": ids[name],
            "po_number": po,
            "due_on": TODAY + timedelta(days=days),
            "state": state,
            "share": share,
            "total": Decimal(total),
            "currency": "EUR",
        }
        for number, name, po, days, state, share, total in _SHOWN
    ]
    left, others = SUM - sum((row["total"] for row in rows), Decimal(0)), COUNT - len(rows)
    for place in range(others):
        part = left if place == others - 1 else Decimal("5123.45")
        left -= part
        rows.append(
            {
                "id": new_id(),
                "number": f"SO-{10465 - place}",
                "customer_id": ids[names[place % len(names)]],
                "po_number": f"PO-{place:05}",
                "due_on": TODAY + timedelta(days=place % 20 + 1),
                "state": "confirmed",
                "share": None,
                "total": part,
                "currency": "EUR",
            }
        )
    keys = sorted((row["id"] for row in rows), reverse=True)
    for row, row_id in zip(rows, keys, strict=True):  # the newest order has the greatest key, as with UUIDv7
        row["id"] = row_id
    connection.execute(insert(order), rows)


def fill_many(connection: Connection, count: int) -> None:
    """Write ``count`` orders of 20,000 customers, all inside SQLite."""
    metadata.create_all(connection)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {min(count, 20_000)}) "
    connection.execute(
        text(
            f"INSERT INTO demo_customer (id, name) {numbers} "
            "SELECT CAST(printf('%016d', i) AS BLOB), 'Customer ' || (i * 7919 % 104729) FROM n"
        )
    )
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
    connection.execute(
        text(
            f"INSERT INTO demo_order (id, number, customer_id, po_number, due_on, state, share, total, currency) "
            f"{numbers} SELECT CAST(printf('%016d', i) AS BLOB), 'SO-' || printf('%07d', i), "
            "CAST(printf('%016d', 1 + i * 31 % 20000) AS BLOB), 'PO-' || (i * 7919 % 1000003), "
            "date('2026-01-01', (i % 365) || ' days'), "
            "CASE i % 5 WHEN 0 THEN 'picking' WHEN 1 THEN 'confirmed' WHEN 2 THEN 'backorder' "
            "WHEN 3 THEN 'packed' ELSE 'cancelled' END, NULL, (i * 7919 % 1000003) * 10000, 'EUR' FROM n"
        )
    )
