"""The database itself: readable pages, keys that point at rows, whole numbers where exact ones belong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Integer,
    String,
    Table,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)

from app.models.banking import LineState, bank_account, bank_line
from app.models.base import Exact, Key, Moment, metadata
from app.models.carrier import FreightPolicy, LabelState, label_purchase, order_freight, tracking_event
from app.models.company import company, currency
from app.models.dispute import DisputeState, Outcome, dispute
from app.models.dunning import RunState, dunning_letter, dunning_run, reminder
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line
from app.models.lines import LINE_KINDS
from app.models.log import command_log
from app.models.offer import Choice
from app.models.order import BillingState, DeliveryState, OrderState, sales_order, sales_order_line
from app.models.payment import DeductionKind, deduction, journal_line, payment
from app.models.price_list import price_rule
from app.models.pricing import Base
from app.models.promotion import Benefit, Running, Target, promotion
from app.models.purchase import PurchaseState, purchase_order
from app.models.quote import CounterState, QuoteState, quote, quote_counter, quote_line
from app.models.returns import ReturnState, goods_return
from app.models.shipment import PickState, ShipmentState, pick, shipment
from app.models.sourcing import Demand, Supply, peg
from app.models.stored_value import EntryKind, StoredKind, stored_value, stored_value_entry
from app.models.supply import Way, product_supply
from app.models.transfer import TransferState, transfer
from app.models.work import WorkState, work_order
from app.services.integrations.carriers.port import Status
from app.services.integrity.damage import RESTORE, Damage, Rule, Steps, key_text
from app.services.payments import METHODS
from app.services.statements import Prepared
from app.services.totals import TaxRounding

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2200, 1, 1)
"""No date of a business lies outside: a value that does was stored in another unit, or by another program."""
KEY_BYTES: Final = 16
WORDS: Final[tuple[tuple[Column[Any], Iterable[str] | None], ...]] = (
    (quote.c.state, QuoteState),
    (quote_counter.c.state, CounterState),
    (quote_line.c.choice, Choice),
    (sales_order.c.state, OrderState),
    (sales_order.c.delivery_state, DeliveryState),
    (sales_order.c.billing_state, BillingState),
    (pick.c.state, PickState),
    (shipment.c.state, ShipmentState),
    (goods_return.c.state, ReturnState),
    (label_purchase.c.state, LabelState),
    (order_freight.c.policy, FreightPolicy),
    (tracking_event.c.status, Status),
    (invoice.c.state, InvoiceState),
    (invoice.c.kind, InvoiceKind),
    (payment.c.method, METHODS),
    (deduction.c.kind, DeductionKind),
    (stored_value.c.kind, StoredKind),
    (stored_value_entry.c.kind, EntryKind),
    (promotion.c.benefit, Benefit),
    (price_rule.c.base, Base),
    (promotion.c.target, Target),
    (sales_order.c.promotions, Running),
    (bank_line.c.state, LineState),
    *((one.c.state, RunState) for one in (dunning_run, dunning_letter, reminder)),
    (dispute.c.state, DisputeState),
    (dispute.c.outcome, Outcome),
    (purchase_order.c.state, PurchaseState),
    (work_order.c.state, WorkState),
    (work_order.c.way, Way),
    (transfer.c.state, TransferState),
    (product_supply.c.way, Way),
    (peg.c.way, Way),
    (peg.c.demand, Demand),
    (peg.c.supply, Supply),
    *((document.c.tax_rounding, TaxRounding) for document in (quote, sales_order, invoice)),
    *((line.c.kind, LINE_KINDS) for line in (quote_line, sales_order_line, invoice_line)),
    *(
        (document.c.currency, None)
        for document in (
            quote,
            sales_order,
            invoice,
            payment,
            journal_line,
            purchase_order,
            deduction,
            bank_line,
            bank_account,
            dunning_letter,
            dispute,
        )
    ),
)
"""Columns whose words Waybill chooses; those of a currency are in its own table."""


def file(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Let SQLite check its pages and keys; a PostgreSQL server does that by itself."""
    if connection.dialect.name != "sqlite":
        return
    for row in connection.exec_driver_sql("PRAGMA integrity_check"):
        steps.take()
        if row[0] != "ok":
            yield Damage(Rule.FILE, "", "", f"The file is damaged: {row[0]}", RESTORE)
    for name, place, target, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        rows = select(*_keys(metadata.tables[name])).where(literal_column("rowid") == place)
        key = _key_of(connection.execute(rows).one()) if name in metadata.tables else str(place)
        yield Damage(Rule.FILE, name, key, f"A row of {name} belongs to a row of {target} that is not there.", RESTORE)


def values(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Look for numbers that are no whole numbers and keys that are none (SQLite takes any value in any column), for
    words that Waybill does not write, and for impossible times.
    """
    for question in _questions(connection.dialect.name):
        steps.take()
        for row in question.rows.all(connection):
            yield Damage(question.rule, question.table, _key_of(row), question.what, RESTORE)
    if (
        connection.execute(select(command_log.c.id).limit(1)).first()
        and not connection.execute(select(company)).first()
    ):
        yield Damage(Rule.WORD, "company", "", "The company's own row is missing.", RESTORE)


@dataclass(frozen=True, slots=True)
class _Question:
    """Asks for the rows of a table that break a rule."""

    table: str
    rule: Rule
    what: str
    rows: Prepared


@cache
def _questions(dialect: str) -> tuple[_Question, ...]:
    """Write what is asked of a kind of database, once: to put some hundred questions takes longer than to ask them."""
    asked = []
    for table in metadata.sorted_tables:
        bounded = [not_(column.between(*_bounds(column))) for column in table.c if _is_time(column)]
        asked += _asking(table, bounded, Rule.MOMENT, f"A date or time in {table.name} is impossible.")
        if dialect == "sqlite":
            what = f"A row of {table.name} holds a number or key that is not exact: it was not written by Waybill."
            asked += _asking(table, list(_inexact(table)), Rule.EXACT, what)
    for column, words in WORDS:
        known = select(currency.c.code) if words is None else list(map(str, words))
        what = f"A row of {column.table.name} has a {column.name.replace('_', ' ')} that Waybill does not know."
        asked += _asking(column.table, [column.not_in(known)], Rule.WORD, what)
    return tuple(asked)


def _asking(table: Any, conditions: list[Any], rule: Rule, what: str) -> list[_Question]:
    """Ask for the rows of a table that meet one of the conditions, if there are any."""
    rows = Prepared(select(*_keys(table)).where(or_(*conditions))) if conditions else None
    return [] if rows is None else [_Question(table.name, rule, what, rows)]


def _inexact(table: Table) -> Iterator[Any]:
    for column in table.c:
        if isinstance(column.type, (Exact, Moment, Integer, BigInteger)):
            yield func.typeof(column).not_in(["integer", "null"])
        elif isinstance(column.type, Key):
            yield column.is_not(None) & ((func.typeof(column) != "blob") | (func.length(column) != KEY_BYTES))


def _is_time(column: Column[Any]) -> bool:
    return isinstance(column.type, (Moment, Date))


def _bounds(column: Column[Any]) -> tuple[Any, Any]:
    if isinstance(column.type, Date):
        return FIRST, LAST
    return tuple(datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (FIRST, LAST))  # type: ignore[return-value]


def _keys(table: Table) -> list[Any]:
    """The key of a table as it is stored, so that one that is damaged can be named too."""
    return [type_coerce(column, String).label(column.name) for column in table.primary_key.columns]


def _key_of(row: Any) -> str:
    return " ".join(key_text(value) for value in row)
