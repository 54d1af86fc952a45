"""Damage that no rule about figures expects: words, keys and values that Waybill never writes, bookings about nothing.

The check must name the row and go on to the end, whatever it meets.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection, insert, select, text, update

from app.models.base import new_id
from app.models.invoice import invoice
from app.models.log import command_log, event, number_issued, number_series
from app.models.order import sales_order, sales_order_line
from app.models.payment import journal_entry, journal_line, payment
from app.models.quote import quote_line
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, Ids, _quoted, change, key_of, line_of, row_of


def book(connection: Connection, document: object, *lines: tuple[str, int]) -> str:
    """Add an entry that balances, is numbered without gap and came with a command, as a careful thief would."""
    entry_id = new_id()
    n = connection.execute(select(number_series.c.last).where(number_series.c.series == "J:HQ.0")).scalar_one() + 1
    like = connection.execute(select(journal_entry)).first()
    values = {**like._mapping, "id": entry_id, "n": n, "document_id": document, "text": "Balanced"}
    connection.execute(insert(journal_entry).values(**values))
    for account, amount in lines:
        figures = {"amount": Decimal(amount), "currency": "EUR", "currency_amount": Decimal(amount)}
        connection.execute(insert(journal_line).values(id=new_id(), entry_id=entry_id, account=account, **figures))
    connection.execute(update(number_series).where(number_series.c.series == "J:HQ.0").values(last=n))
    return str(entry_id)


def money_from_nowhere(connection: Connection, ids: Ids) -> str:
    return book(connection, new_id(), ("1000", 500), ("4000", -500))


def sales_by_payment(connection: Connection, ids: Ids) -> str:
    return book(connection, ids["advance"], ("1770", 500), ("4000", -500))


def receivable_of_nobody(connection: Connection, ids: Ids) -> str:
    return book(connection, ids["advance"], ("1200", 500), ("4840", -500))


def drop_a_series(connection: Connection, ids: Ids) -> str:
    connection.execute(number_series.delete().where(number_series.c.series == "CN:HQ.0"))
    return str(connection.execute(select(number_issued.c.series, number_issued.c.n)
        .where(number_issued.c.series == "CN:HQ.0")).first()[0]) + " 1"  # fmt: skip


def a_key_of_another_program(connection: Connection, ids: Ids) -> str:
    connection.execute(text("UPDATE event SET id = 'abc' WHERE name = 'note.written'"))
    return "abc"


def remove_the_company(connection: Connection, ids: Ids) -> str:
    connection.execute(text("DELETE FROM company"))
    return ""


def all_of_a_payment(connection: Connection, ids: Ids) -> str:
    """Say that an advance came by card with another reference: no figure contradicts another."""
    connection.execute(update(payment).where(payment.c.id == ids["advance"]).values(method="card", reference="other"))
    return str(ids["advance"])


def forget_a_note(connection: Connection, ids: Ids) -> str:
    note = connection.execute(select(event.c.id).where(event.c.name == "note.written")).scalar_one()
    connection.execute(event.delete().where(event.c.id == note))
    return str(note)


def add_a_note(connection: Connection, ids: Ids) -> str:
    like = connection.execute(select(event).where(event.c.name == "note.written")).one()
    note = new_id()
    connection.execute(insert(event).values(**{**like._mapping, "id": note, "by": "eve"}))
    return str(note)


STRANGE = [
    Case(Rule.LEDGER_ROW, all_of_a_payment),
    Case(Rule.LEDGER_ROW, forget_a_note),
    Case(Rule.LEDGER_ROW, add_a_note),
    Case(Rule.JOURNAL_DOCUMENT, money_from_nowhere),
    Case(Rule.JOURNAL_DOCUMENT, sales_by_payment),
    Case(Rule.JOURNAL_DOCUMENT, receivable_of_nobody),
    Case(
        Rule.WORD,
        change(sales_order, row_of(sales_order, "waiting order"), state="frozen"),
        also=(Rule.UNREADABLE,),
    ),
    Case(Rule.WORD, change(payment, row_of(payment, "payment"), method="barter")),
    Case(
        Rule.WORD,
        change(invoice, row_of(invoice, "draft"), currency="XXX"),
        also=(Rule.UNREADABLE,),
    ),
    Case(Rule.WORD, remove_the_company, also=(Rule.UNREADABLE,)),
    Case(
        Rule.UNREADABLE,
        change(sales_order_line, line_of("waiting order"), tax_codes="V99"),
        key_of("waiting order"),
    ),
    Case(
        Rule.UNREADABLE,
        change(command_log, lambda _: command_log.c.sequence == 5, payload=b"\x00\xff"),
        only="sqlite",
    ),
    Case(Rule.UNREADABLE, change(invoice, row_of(invoice, "paid"), printed='{"number":"C-1"}')),
    Case(
        Rule.EXACT,
        a_key_of_another_program,
        only="sqlite",
    ),
    Case(Rule.FILE, drop_a_series, only="sqlite", also=(Rule.FILE, Rule.NUMBER_SERIES)),
    Case(
        Rule.TOTALS,
        change(quote_line, lambda ids: _quoted(ids, "declined"), amount=quote_line.c.amount + Decimal("0.01")),
    ),
]
