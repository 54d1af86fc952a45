"""Damage of every kind, done to the rows of a busy company as somebody with a database tool could do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from app.models.base import new_id
from app.models.invoice import invoice, invoice_line
from app.models.lines import document_tax
from app.models.log import command_log, event, log_head, number_issued, number_series
from app.models.order import sales_order, sales_order_line
from app.models.party import contact, customer
from app.models.payment import allocation, journal_entry, journal_line, payment
from app.models.quote import quote, quote_line, quote_version
from app.models.returns import goods_return, goods_return_line
from app.models.shipment import package, package_line, pick, pick_line, shipment, shipment_line
from app.models.stock import stock_level, stock_move
from app.services.integrity import Rule
from app.services.transaction import chain_hash
from tests.desk import START

Ids = dict[str, Any]


@dataclass
class Case:
    """Damage ``rule`` must name by ``key``; what else must be found because the rows hang together."""

    rule: Rule
    spoil: Callable[[Connection, Ids], Any]
    key: Callable[[Connection, Ids], Any] = lambda *_: None
    also: tuple[Rule, ...] = ()
    only: str = ""


def change(table: Any, where: Any, **values: Any) -> Any:
    """Spoil rows; ``where`` and the values get the ids."""

    def spoil(connection: Connection, ids: Ids) -> Any:
        given = {name: value(ids) if callable(value) else value for name, value in values.items()}
        rows = connection.execute(select(*table.primary_key.columns).where(where(ids))).all()
        assert len(rows) == 1, "spoil one row"
        connection.execute(update(table).where(where(ids)).values(**given))
        return " ".join(str(value) for value in rows[0])

    return spoil


def add(table: Any, **values: Any) -> Any:
    def spoil(connection: Connection, ids: Ids) -> Any:
        row = {"id": new_id(), **{name: value(ids) if callable(value) else value for name, value in values.items()}}
        connection.execute(insert(table).values(**row))
        return str(row["id"])

    return spoil


def first_line(connection: Connection, order: Any) -> Any:
    lines = select(sales_order_line).where(sales_order_line.c.order_id == order)
    return connection.execute(lines.order_by(sales_order_line.c.position)).first()


def line_of(name: str) -> Any:
    """The first line of an order, for ``where``."""
    return lambda ids: (sales_order_line.c.order_id == ids[name]) & (sales_order_line.c.position == 1)


def command_of(ids: Ids) -> Any:
    return select(command_log.c.id).where(command_log.c.sequence == 3).scalar_subquery()


def rewrite_the_fifth(connection: Connection, ids: Ids) -> str:
    """Change a log row and everything in it that covers it: only the next row can tell."""
    row = dict(connection.execute(select(command_log).where(command_log.c.sequence == 5)).one()._mapping)
    row["by"] = "eve"
    connection.execute(update(command_log).where(command_log.c.sequence == 5).values(by="eve", hash=chain_hash(row)))
    return str(connection.execute(select(command_log.c.id).where(command_log.c.sequence == 6)).scalar_one())


def drop_the_second(connection: Connection, ids: Ids) -> str:
    """The second command set a rate: no ledger row belongs to it."""
    connection.execute(delete(command_log).where(command_log.c.sequence == 2))
    return str(connection.execute(select(command_log.c.id).where(command_log.c.sequence == 3)).scalar_one())


def sell_what_is_not_there(connection: Connection, ids: Ids) -> str:
    level = connection.execute(select(stock_level).where(stock_level.c.product_id == ids["valve"])).one()
    add(
        stock_move,
        command_id=command_of,
        product_id=ids["valve"],
        location_id=level.location_id,
        source="free",
        target="adjustment",
        quantity=level.free + 5,
        reason="count",
        at=START,
    )(connection, ids)
    connection.execute(update(stock_level).where(stock_level.c.product_id == ids["valve"]).values(free=-5))
    return str(ids["valve"])


def key_of(name: str) -> Any:
    return lambda _, ids: str(ids[name])


def valve_level(ids: Ids) -> Any:
    return stock_level.c.product_id == ids["valve"]


def fifth(_: Ids) -> Any:
    return command_log.c.sequence == 5


def series(name: str) -> Any:
    return lambda _: number_series.c.series == name


def row_of(table: Any, name: str, column: str = "id") -> Any:
    return lambda ids: table.c[column] == ids[name]


def _issued(document: Any) -> Any:
    return select(number_issued.c.n).where(number_issued.c.document_id == document)


def _receipt(ids: Ids) -> Any:
    return (stock_move.c.product_id == ids["valve"]) & (stock_move.c.source == "supplier")


def _shipped_line(ids: Ids) -> Any:
    shipped = select(shipment.c.id).where(shipment.c.order_id == ids["returned order"], shipment.c.state == "shipped")
    return shipment_line.c.shipment_id.in_(shipped)


def _packed(ids: Ids) -> Any:
    box = select(package.c.id).where(package.c.shipment_id == ids["packed"], package.c.position == 1)
    line = select(sales_order_line.c.id).where(line_of("packed order")(ids))
    return package_line.c.package_id.in_(box) & package_line.c.order_line_id.in_(line)


def _packed_shipment_line(ids: Ids) -> Any:
    line = select(sales_order_line.c.id).where(line_of("packed order")(ids))
    return select(shipment_line.c.id).where(
        shipment_line.c.shipment_id == ids["packed"], shipment_line.c.order_line_id.in_(line)
    )


def _planned(ids: Ids) -> Any:
    return select(shipment.c.id).where(shipment.c.order_id == ids["waiting order"], shipment.c.state == "planned")


def _planned_line(ids: Ids) -> Any:
    return shipment_line.c.shipment_id.in_(_planned(ids))


def _picked_line(ids: Ids) -> Any:
    line = select(sales_order_line.c.id).where(line_of("packed order")(ids))
    return (pick_line.c.pick_id == ids["pick"]) & pick_line.c.order_line_id.in_(line)


def _wanted_line(ids: Ids) -> Any:
    lists = select(pick.c.id).where(pick.c.order_id == ids["waiting order"], pick.c.state == "open")
    return pick_line.c.pick_id.in_(lists)


def _entry(document: Any) -> Any:
    return select(journal_entry.c.id).where(journal_entry.c.document_id == document).order_by(journal_entry.c.n)


def _booked(ids: Ids, account: str, name: str = "advance", amount: int | None = None) -> Any:
    of = journal_line.c.entry_id.in_(_entry(ids[name]).order_by(None))
    found = of & (journal_line.c.account == account)
    return found if amount is None else found & (journal_line.c.amount == Decimal(amount))


def _allocated(key: Any) -> Any:
    return select(allocation.c.id).where(allocation.c.payment_id == key)


def _credit_line(ids: Ids) -> Any:
    return invoice_line.c.invoice_id == ids["credit"]


def _quoted(ids: Ids, name: str) -> Any:
    return (quote_line.c.quote_id == ids[name]) & (quote_line.c.position == 1)


def _drafted(ids: Ids) -> Any:
    of = select(invoice.c.id).where(invoice.c.order_id == ids["waiting order"], invoice.c.state == "draft")
    return invoice_line.c.invoice_id.in_(of)


CASES = [
    Case(
        Rule.FILE,
        add(contact, customer_id=lambda _: new_id(), name="Nobody", active=True),
        only="sqlite",
    ),
    Case(
        Rule.EXACT,
        lambda c, _: c.execute(text("UPDATE product SET list_price = 18400000.5 WHERE sku = 'VALVE'")),
        key_of("valve"),
        only="sqlite",
    ),
    Case(
        Rule.MOMENT,
        change(customer, row_of(customer, "customer"), created_at=datetime(2500, 1, 1, tzinfo=UTC)),
    ),
    Case(
        Rule.LOG_PAYLOAD,
        change(command_log, fifth, payload=command_log.c.payload + " "),
    ),
    Case(Rule.LOG_CHAIN, change(command_log, fifth, by="eve")),
    Case(Rule.LOG_CHAIN, rewrite_the_fifth),
    Case(Rule.LOG_SEQUENCE, drop_the_second),
    Case(Rule.LOG_HEAD, change(log_head, lambda _: log_head.c.site == "HQ", sequence=log_head.c.sequence + 1)),
    Case(
        Rule.LEDGER_COMMAND,
        change(event, lambda _: event.c.name == "note.written", command_id=lambda _: new_id()),
    ),
    Case(
        Rule.NUMBER_SERIES,
        change(number_series, series("INV:HQ.0"), last=number_series.c.last + 1),
    ),
    Case(
        Rule.NUMBER_SERIES,
        lambda c, _: c.execute(
            delete(number_issued).where(number_issued.c.series == "INV:HQ.0", number_issued.c.n == 2)
        ),
        lambda *_: "INV:HQ.0",
        also=(Rule.NUMBER_DOCUMENT,),
    ),
    Case(
        Rule.NUMBER_DOCUMENT,
        change(invoice, row_of(invoice, "paid"), number="INV-99999"),
        lambda c, ids: f"INV:HQ.0 {c.execute(_issued(ids['paid'])).scalar_one()}",
    ),
    Case(
        Rule.NUMBER_BEHIND,
        change(number_series, series("SH:HQ.0"), last=number_series.c.last - 1),
    ),
    Case(Rule.STOCK_MOVE, change(stock_move, _receipt, source="packing")),
    Case(
        Rule.STOCK_LEVEL,
        change(stock_level, valve_level, free=stock_level.c.free + 1),
        key_of("valve"),
    ),
    Case(Rule.STOCK_FLOOR, sell_what_is_not_there),
    Case(
        Rule.STOCK_PROMISED,
        change(stock_level, valve_level, promised=stock_level.c.promised + 1),
        key_of("valve"),
        also=(Rule.STOCK_LEVEL,),
    ),
    Case(
        Rule.LINE_MOVES,
        change(sales_order_line, line_of("returned order"), returned=sales_order_line.c.returned - 1),
        also=(Rule.ORDER_STATES,),
    ),
    Case(
        Rule.LINE_PROMISE,
        change(sales_order_line, line_of("waiting order"), cancelled=sales_order_line.c.ordered - 1),
        also=(Rule.SHIPMENT_PLAN, Rule.ORDER_STATES),
    ),
    Case(
        Rule.LINE_INVOICED,
        change(sales_order_line, line_of("paid order"), invoiced=sales_order_line.c.invoiced + 1),
    ),
    Case(
        Rule.LINE_QUANTITY,
        change(sales_order_line, line_of("draft order"), ordered=sales_order_line.c.ordered + 1),
    ),
    Case(
        Rule.SHIPMENT_LINES,
        change(shipment_line, _shipped_line, shipped=shipment_line.c.shipped + 1, planned=0),
    ),
    Case(Rule.SHIPMENT_PACKAGES, change(shipment, row_of(shipment, "packed"), packages=3)),
    Case(
        Rule.SHIPMENT_PACKAGES,
        change(package_line, _packed, quantity=package_line.c.quantity + 1),
        lambda c, ids: str(c.execute(_packed_shipment_line(ids)).scalar_one()),
    ),
    Case(
        Rule.SHIPMENT_PICKED,
        change(sales_order_line, line_of("packed order"), picked=1),
        also=(Rule.LINE_MOVES, Rule.STOCK_PROMISED),
    ),
    Case(
        Rule.SHIPMENT_PLAN,
        change(shipment_line, _planned_line, planned=shipment_line.c.planned + 1),
        lambda c, ids: str(first_line(c, ids["waiting order"]).id),
    ),
    Case(Rule.PICK_LINES, change(pick_line, _picked_line, picked=pick_line.c.picked - 1), also=(Rule.PICK_TAKES,)),
    Case(
        Rule.PICK_PLAN,
        change(pick_line, _wanted_line, wanted=pick_line.c.wanted + 1),
        lambda c, ids: str(first_line(c, ids["waiting order"]).id),
    ),
    Case(Rule.PICK_PLAN, change(pick, row_of(pick, "pick"), lines=7)),
    Case(
        Rule.RETURN_LINES,
        change(
            goods_return_line,
            row_of(goods_return_line, "return", "return_id"),
            received_good=goods_return_line.c.received_scrap,
            received_scrap=0,
        ),
    ),
    Case(
        Rule.RETURN_LINES,
        change(sales_order_line, line_of("returned order"), returned_open=sales_order_line.c.returned_open - 1),
        also=(Rule.SHIPMENT_PLAN, Rule.LINE_PROMISE),
    ),
    Case(
        Rule.SHIPMENT_LINES,
        change(
            shipment,
            lambda ids: (shipment.c.order_id == ids["returned order"]) & (shipment.c.state == "shipped"),
            shipped_at=None,
        ),
        lambda c, ids: str(c.execute(select(shipment_line.c.id).where(_shipped_line(ids))).scalar_one()),
    ),
    Case(
        Rule.SHIPMENT_PLAN,
        change(shipment, row_of(shipment, "packed"), state="planned", packages=0, weight_g=0),
        key_of("packed order"),
        also=(Rule.SHIPMENT_PLAN, Rule.SHIPMENT_PACKAGES, Rule.ORDER_STATES),
    ),
    Case(Rule.PICK_LINES, change(pick_line, _picked_line, wanted=1), also=(Rule.PICK_TAKES,)),
    Case(
        Rule.RETURN_LINES,
        change(goods_return, row_of(goods_return, "return"), state="authorised"),
    ),
    Case(
        Rule.RETURN_LINES,
        change(goods_return_line, row_of(goods_return_line, "return", "return_id"), given_up=1),
    ),
    Case(
        Rule.RETURN_LINES,
        change(sales_order_line, line_of("returned order"), no_charge=True),
        also=(Rule.ORDER_STATES,),
    ),
    Case(Rule.ORDER_STATES, change(sales_order, row_of(sales_order, "paid order"), state="confirmed")),
    Case(Rule.ORDER_STATES, change(sales_order, row_of(sales_order, "waiting order"), stage="packed", progress=9)),
    Case(
        Rule.ORDER_MONEY,
        change(sales_order, row_of(sales_order, "paid order"), paid_total=sales_order.c.paid_total - 1),
    ),
    Case(
        Rule.ORDER_DRAFT,
        change(invoice_line, _drafted, grains=invoice_line.c.grains + 1),
        lambda c, ids: str(c.execute(select(invoice_line.c.order_line_id).where(_drafted(ids))).scalar_one()),
        also=(Rule.LINE_QUANTITY,),
    ),
    Case(
        Rule.ORDER_DRAFT,
        change(invoice, row_of(invoice, "draft"), order_id=lambda ids: ids["waiting order"]),
        key_of("waiting order"),
        also=(Rule.SNAPSHOT,),
    ),
    Case(
        Rule.JOURNAL_BALANCE,
        change(journal_line, lambda ids: _booked(ids, "1000"), amount=Decimal(1), currency_amount=Decimal(1)),
        lambda c, ids: str(c.execute(_entry(ids["advance"])).scalars().first()),
        also=(Rule.PAYMENT_JOURNAL,),
    ),
    Case(
        Rule.JOURNAL_NUMBERS,
        change(journal_entry, lambda _: journal_entry.c.n == 2, n=99),
        lambda *_: "HQ",
    ),
    Case(
        Rule.INVOICE_OPEN,
        change(invoice, row_of(invoice, "free"), open_amount=invoice.c.open_amount + 1),
        also=(Rule.RECEIVABLE,),
    ),
    Case(
        Rule.INVOICE_OPEN,
        change(invoice, row_of(invoice, "free"), open_amount=Decimal(-1)),
        also=(Rule.RECEIVABLE,),
    ),
    Case(
        Rule.NUMBER_DOCUMENT,
        change(invoice, row_of(invoice, "draft"), number="INV-00077"),
        also=(Rule.INVOICE_STATE, Rule.INVOICE_JOURNAL, Rule.RECEIVABLE),
    ),
    Case(Rule.INVOICE_STATE, change(invoice, row_of(invoice, "free"), due_on=None)),
    Case(
        Rule.INVOICE_JOURNAL,
        change(journal_line, lambda ids: _booked(ids, "4000", "free"), account="1770"),
        key_of("free"),
    ),
    Case(
        Rule.RECEIVABLE,
        change(journal_line, lambda ids: _booked(ids, "1200", "free"), invoice_id=lambda ids: ids["paid"]),
        key_of("free"),
        also=(Rule.RECEIVABLE,),
    ),
    Case(Rule.RECEIVABLE, change(invoice, row_of(invoice, "foreign"), company_total=Decimal(1))),
    Case(
        Rule.DEPOSIT,
        change(journal_line, lambda ids: _booked(ids, "1720", "deducting"), invoice_id=None),
        key_of("deposit"),
        also=(Rule.DEPOSIT, Rule.JOURNAL_DOCUMENT),
    ),
    Case(
        Rule.PAYMENT_JOURNAL,
        change(payment, row_of(payment, "payment"), account="1300"),
        also=(Rule.JOURNAL_DOCUMENT,),
    ),
    Case(
        Rule.PAYMENT_LEFT,
        change(journal_line, lambda ids: _booked(ids, "1710", "advance", amount=-500), account="1300"),
        key_of("advance"),
        also=(Rule.JOURNAL_DOCUMENT,),
    ),
    Case(
        Rule.PAYMENT_REVERSAL,
        change(payment, row_of(payment, "reversal"), customer_id=lambda ids: ids["exempt"]),
        also=(Rule.ALLOCATION,),
    ),
    Case(
        Rule.ALLOCATION,
        change(payment, row_of(payment, "advance"), customer_id=lambda ids: ids["exempt"]),
        lambda c, ids: str(c.execute(_allocated(ids["advance"])).scalar_one()),
    ),
    Case(
        Rule.ALLOCATION,
        change(payment, row_of(payment, "advance"), amount=Decimal(10)),
        also=(Rule.PAYMENT_JOURNAL, Rule.PAYMENT_LEFT),
    ),
    Case(
        Rule.ALLOCATION,
        change(
            allocation,
            lambda ids: (allocation.c.invoice_id == ids["invoice"]) & allocation.c.payment_id.is_(None),
            amount=allocation.c.amount + 1,
        ),
        lambda c, ids: str(
            c.execute(
                select(allocation.c.command_id).where(
                    allocation.c.invoice_id == ids["invoice"], allocation.c.payment_id.is_(None)
                )
            ).scalar_one()
        ),
        also=(Rule.INVOICE_OPEN,),
    ),
    Case(
        Rule.CREDIT,
        change(invoice_line, _credit_line, grains=invoice_line.c.grains * 10),
        lambda c, ids: str(
            c.execute(select(invoice_line.c.id).where(invoice_line.c.invoice_id == ids["invoice"])).scalar_one()
        ),
        also=(Rule.LINE_INVOICED, Rule.LINE_QUANTITY),
    ),
    Case(
        Rule.CREDIT,
        change(invoice_line, _credit_line, credits_line_id=None),
    ),
    Case(
        Rule.TOTALS,
        change(quote_line, lambda ids: _quoted(ids, "declined"), net=quote_line.c.net + Decimal("0.01")),
    ),
    Case(
        Rule.TOTALS,
        change(
            document_tax,
            lambda ids: (document_tax.c.document_id == ids["declined"]) & (document_tax.c.code == "V21"),
            amount=Decimal(1),
        ),
    ),
    Case(
        Rule.TOTALS,
        change(sales_order, row_of(sales_order, "draft order"), total=sales_order.c.total + 1),
    ),
    Case(
        Rule.QUOTE_VERSION,
        change(
            quote_version,
            lambda ids: quote_version.c.quote_id == ids["accepted"],
            snapshot=quote_version.c.snapshot + " ",
        ),
    ),
    Case(Rule.QUOTE_VERSION, change(quote, row_of(quote, "sent"), notes="free of charge")),
    Case(Rule.QUOTE_VERSION, change(quote, row_of(quote, "declined"), version=2)),
    Case(Rule.COUNTER_OFFER, change(quote, row_of(quote, "declined"), open_counters=1)),
    Case(Rule.SNAPSHOT, change(shipment, row_of(shipment, "packed"), order_number="SO-99999")),
    Case(
        Rule.SNAPSHOT,
        change(sales_order, row_of(sales_order, "waiting order"), shipping_address="{}"),
        lambda c, ids: str(c.execute(_planned(ids)).scalar_one()),
    ),
]
