"""What a rule of the books is, and what it finds: rows that contradict what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Invalid, NotFound
from app.models.base import AMOUNT
from app.models.product import shown
from app.services.progress import Progress

EVERY: Final = 5_000
"""Rows between two chances to stop."""


class Rule(StrEnum):
    """What must be true of sound books, each with the name it is reported under."""

    FILE = "file"  # the database itself is readable and its keys point at rows that exist
    EXACT = "exact number"  # SQLite holds whole numbers where exact ones belong
    MOMENT = "moment"  # dates and times are plausible
    WORD = "known word"  # states, kinds and currencies are those that Waybill writes
    UNREADABLE = "unreadable row"  # a row holds what Waybill never writes, and could not be checked
    LOG_PAYLOAD = "log content"  # what a command wrote is what its log row holds
    LOG_CHAIN = "log chain"  # each log row is bound to the one before
    LOG_SEQUENCE = "log sequence"  # no log row is missing
    LOG_HEAD = "log head"  # the last log row is the last that was written
    LEDGER_COMMAND = "ledger command"  # each ledger row came with a command
    LEDGER_ROW = "ledger row"  # ledgers hold the rows that the log says were written, unchanged
    NUMBER_SERIES = "number series"  # gapless numbers have no gap
    NUMBER_DOCUMENT = "number on document"  # each of them stands on its document
    NUMBER_BEHIND = "number behind"  # a series never gives a number again
    STOCK_MOVE = "stock move"  # moves are possible ones
    STOCK_LEVEL = "stock level"  # level = sum of moves
    STOCK_FLOOR = "stock floor"  # nothing is below zero
    STOCK_PROMISED = "stock promised"  # promised and picked = what order lines hold
    SHELF_STOCK = "shelf stock"  # what lies in a bin = sum of its shelf moves
    SHELF_ASKED = "shelf asked"  # what is set aside in bins = what open pick lists ask for there
    SHELF_LEVEL = "shelf level"  # shelves hold no more than is there; goods with lots always have a place
    SERIAL_ONCE = "serial number"  # a serial number is in the house at most once
    LOT_SHIPPED = "lot shipped"  # lots are named for all that leaves, and only lots that were picked
    LOT_BLOCKED = "lot blocked"  # what lies on shelves of a blocked lot is blocked
    PICK_TAKES = "pick takes"  # the bins of a list add up to what it asks for
    LINE_MOVES = "line moves"  # an order line's counts = sum of its moves
    KIT = "kit"  # a kit's line has got what its components have got
    LINE_PLACES = "line places"  # what lies at other warehouses = sum of its moves there
    LINE_PROMISE = "line promise"  # no more is promised than a line still needs
    LINE_INVOICED = "line invoiced"  # invoiced = sum of posted invoice lines
    LINE_QUANTITY = "line quantity"  # typed quantity x unit = counted quantity
    SHIPMENT_LINES = "shipment lines"  # shipped = sum of the shipment's moves
    SHIPMENT_PACKAGES = "shipment packages"  # packages hold what is packed
    SHIPMENT_PALLETS = "shipment pallets"  # a pallet weighs what is on it and itself; nothing else is stacked
    SHIPMENT_PICKED = "shipment picked"  # packed goods were picked
    SHIPMENT_PLAN = "shipment plan"  # what is still to ship is planned once
    LABEL = "label"  # a package has one label and bears its number
    PICK_LINES = "pick lines"  # picked = sum of the list's moves
    PICK_PLAN = "pick plan"  # the open list asks for what is promised
    RETURN_LINES = "return lines"  # received = sum of the return's moves
    COMPONENT_MOVES = "component moves"  # a component's counts = sum of its moves
    WORK_MOVES = "work moves"  # made and scrapped = sum of the work order's moves
    TRANSFER_MOVES = "transfer moves"  # a transfer line's counts = sum of its moves
    TRANSIT = "transit"  # what is between our places = what transfers have under way
    PURCHASE_MOVES = "purchase moves"  # received = what came from the supplier
    PURCHASE_TOTAL = "purchase total"  # total = sum of the lines
    SUPPLY_STATES = "supply states"  # states of purchases, work orders and transfers fit what happened
    STOCK_VALUE = "stock value"  # what goods here are worth = sum of the value ledger
    STOCK_LAYERS = "stock layers"  # first in, first out: layers = their entries, and together the value of stock
    VALUE_JOURNAL = "value journal"  # the journal holds what the value ledger says
    VALUE_UNDER_WAY = "value under way"  # nothing stays between two places, or in a finished work order
    PEG = "peg"  # no more came in of a peg than it asks for
    PEG_DEMAND = "peg demand"  # no more is pegged than is wanted
    PEG_SUPPLY = "peg supply"  # no more is pegged than will come, or somebody is told
    ORDER_STATES = "order states"  # states follow from what happened
    ORDER_MONEY = "order money"  # invoiced, paid and asked as deposit = sums over the order's invoices
    ORDER_DRAFT = "order draft"  # a draft invoice asks for what may be invoiced
    JOURNAL_BALANCE = "journal balance"  # entries sum to zero
    JOURNAL_DOCUMENT = "journal document"  # entries are about an invoice, a payment or goods, on its accounts only
    JOURNAL_NUMBERS = "journal numbers"  # entries are numbered without gap
    PERIOD = "period"  # a closed month holds what it held when it was closed
    ACCOUNT_RULE = "account rule"  # rules name accounts of income that there are
    INVOICE_OPEN = "invoice open"  # open = total - allocated
    INVOICE_STATE = "invoice state"  # number, dates, state and open amount agree
    INSTALMENTS = "instalments"  # instalments come to their invoice; what is paid settles the first
    COLLECTED = "collective invoice"  # what is about each order comes to the invoice
    INVOICE_JOURNAL = "invoice journal"  # an invoice's entry holds its figures
    RECEIVABLE = "receivable"  # the receivable account holds what is open
    DEPOSIT = "deposit"  # the deposit account holds what is not deducted yet
    PAYMENT_JOURNAL = "payment journal"  # a payment's entries hold its figures
    PAYMENT_LEFT = "payment left"  # the prepayment account holds what is not allocated
    PAYMENT_REVERSAL = "payment reversal"  # a reversal is the exact opposite
    ALLOCATION = "allocation"  # allocations stay within payment, customer and currency
    DEDUCTION = "deduction"  # what is settled without being paid is booked, and taken back whole
    REMINDER = "reminder"  # a letter asks for the sum of its reminders; what it charged is an invoice of that amount
    DISPUTE = "dispute"  # disputes stay within their invoice, and say how they were solved
    CREDIT_HOLD = "credit hold"  # an order beyond its customer's limit is on hold until somebody released it
    BANK_LINE = "bank line"  # a line is what the bank said, and booked as far as payments say
    CREDIT = "credit note"  # no more is credited than was invoiced
    STORED_VALUE = "stored value"  # balances of gift cards and store credit = sum of their ledger
    STORED_JOURNAL = "stored value journal"  # the journal owes what they hold
    COUPON = "coupon"  # a coupon is used as often as it stands on orders
    PROMOTION = "promotion"  # what was given belongs to lines of its order
    TOTALS = "document totals"  # stored amounts = computed from the lines
    QUOTE_VERSION = "quote version"  # sent versions are unchanged
    COUNTER_OFFER = "counter-offer"  # a quote counts what waits for an answer, and which orders took its lines
    SNAPSHOT = "copied text"  # numbers and addresses copied to papers agree
    LETTERHEAD = "letterhead"  # papers issued now print the company's data
    ORIGINAL = "original"  # what the paper of an issued document prints is kept, and only then


REBUILD: Final = "Rebuild the derived figures: they are computed anew from the ledgers, which are kept."
RESTORE: Final = (
    "Keep a copy of these books as they are, restore the last backup that passes this check, "
    "and enter again what is missing since."
)
LOOK: Final = "Open the document, compare it with the paper that was sent, and correct it by a new document."


@dataclass(frozen=True, slots=True)
class Damage:
    """One row that breaks a rule: ``table`` and ``key`` name it, ``what`` and ``advice`` are for the user."""

    rule: Rule
    table: str
    key: str
    what: str
    advice: str


UNREADABLE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, Invalid, NotFound)
"""What goes wrong with values that Waybill never writes."""


def readable(damages: Iterator[Damage], table: str, key: Any, name: str) -> Iterator[Damage]:
    """Give what is found of a row; where the row cannot even be read, that is its damage, and the check goes on."""
    try:
        yield from damages
    except UNREADABLE as error:
        what = (
            f"{name} cannot be checked: it holds a value that Waybill never writes. ({type(error).__name__}: {error})"
        )
        yield Damage(Rule.UNREADABLE, table, key_text(key), what, RESTORE)


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of part of the books; ``words`` tell the user what is being checked."""

    words: str
    find: Callable[[Connection, Steps], Iterator[Damage]]


class Steps:
    """Lets a long pass be seen and stopped: ``take`` is called for each row."""

    def __init__(self, progress: Progress, done: int, total: int, words: str) -> None:
        self._progress, self._done, self._total, self._words = progress, done, total, words
        self._rows = 0
        progress.step(done, total, words)

    def take(self) -> None:
        """Count a row.

        Raises:
            Cancelled: the user wants the check to stop.

        """
        self._rows += 1
        if self._rows % EVERY == 0:
            self._progress.step(self._done, self._total, self._words)


@dataclass(frozen=True, slots=True)
class Query:
    """A rule that one SQL statement answers: every row it finds is damaged.

    The statement gives ``key`` and whatever ``words`` names.  ``amounts`` are ten-thousandths;
    ``quantities`` are grains, shown in the stock unit of the product whose ``grain`` is beside them.
    """

    rule: Rule
    table: str
    statement: str
    words: str
    advice: str = RESTORE
    amounts: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()

    def find(self, connection: Connection, steps: Steps) -> Iterator[Damage]:
        """Run the statement."""
        for row in read(connection, self.statement):
            steps.take()
            values = dict(row._mapping)
            values |= {name: amount(values[name]) for name in self.amounts}
            values |= {name: quantity(values[name], values["grain"]) for name in self.quantities}
            yield Damage(self.rule, self.table, key_text(values["key"]), self.words.format(**values), self.advice)


def read(connection: Connection, statement: str) -> Iterator[Any]:
    """Run a statement and give its rows one after the other, as the database stores them.

    A reader that stops before the last row closes the server's cursor by letting go of the rows.
    """
    options = {"stream_results": True, "max_row_buffer": EVERY}
    with connection.exec_driver_sql(statement, execution_options=options) as rows:
        for part in rows.partitions(EVERY):
            yield from part


def key_text(key: Any) -> str:
    """Write a row's key: UUIDs as text, however the database keeps them."""
    if isinstance(key, bytes) and len(key) == 16:
        return str(UUID(bytes=key))
    return str(key)


def amount(stored: Any) -> str:
    """Write a stored amount."""
    return "nothing" if stored is None else f"{Decimal(int(stored)).scaleb(-AMOUNT).normalize() + 0:f}"


def quantity(grains: Any, grain: Any) -> str:
    """Write a stored quantity in stock units."""
    return shown(Fraction(int(grains or 0), int(grain or 1)))
