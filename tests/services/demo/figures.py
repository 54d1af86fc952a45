"""The figures of a company without its ids: two builds of the sample company must agree in all of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, select

from app.models.company import company
from app.models.invoice import invoice
from app.models.log import command_log
from app.models.order import sales_order, sales_order_line
from app.models.party import customer
from app.models.payment import payment
from app.models.product import product
from app.models.quote import quote
from app.models.returns import goods_return
from app.models.shipment import package, pick, shipment
from app.models.stock import stock_level


def figures(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Read what a person would compare, table by table, in the order of its numbers."""
    order, line, level = sales_order.c, sales_order_line.c, stock_level.c
    queries = {
        "company": select(company.c.name, company.c.iban, company.c.vat_number),
        "customers": select(customer.c.number, customer.c.name, customer.c.vat_number, customer.c.payment_term),
        "products": select(product.c.sku, product.c.name, product.c.list_price, product.c.barcode, product.c.bin),
        "orders": select(
            order.number, order.customer_name, order.customer_po, order.stage, order.ordered_on, order.promised_on,
            order.currency, order.untaxed, order.tax, order.total, order.invoiced_total, order.paid_total,
        ),
        "lines": select(
            order.number, line.position, line.sku, line.quantity, line.unit, line.unit_price, line.net, line.reserved,
            line.picked, line.shipped,
        ).join(sales_order, order.id == line.order_id),
        "quotes": select(quote.c.number, quote.c.state, quote.c.version, quote.c.valid_until, quote.c.total),
        "picks": select(pick.c.number, pick.c.state, pick.c.lines, pick.c.picked_by, pick.c.picked_at),
        "shipments": select(shipment.c.number, shipment.c.state, shipment.c.tracking_number, shipment.c.weight_g),
        "packages": select(package.c.sscc, package.c.weight_g),
        "returns": select(goods_return.c.number, goods_return.c.state, goods_return.c.reason),
        "invoices": select(
            invoice.c.number, invoice.c.kind, invoice.c.state, invoice.c.due_on, invoice.c.total,
            invoice.c.open_amount, invoice.c.company_total,
        ),
        "payments": select(payment.c.number, payment.c.customer_name, payment.c.amount, payment.c.received_on),
        "stock": select(product.c.sku, level.free, level.promised, level.picked).join(
            product, product.c.id == level.product_id
        ),
        "log": select(command_log.c.sequence, command_log.c.command, command_log.c.by, command_log.c.at),
    }  # fmt: skip
    return {
        name: sorted((tuple(row) for row in connection.execute(query)), key=repr) for name, query in queries.items()
    }


def stages(connection: Connection) -> Counter[str]:
    """Count the orders in each stage."""
    return Counter(connection.execute(select(sales_order.c.stage)).scalars())
