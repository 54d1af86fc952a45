"""Bank lines and deductions: what the bank said is unchanged, and what was decided about it is in the books."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, select

from app.models.banking import bank_account, bank_line, fingerprint
from app.services.integrity.damage import EVERY, LOOK, RESTORE, Damage, Query, Rule, Steps, key_text, readable

_BOOKED: Final = """
    SELECT l.id AS key, l.amount, l.state, l.booked_on, COALESCE(SUM(b.amount), 0) AS booked
      FROM bank_line l LEFT JOIN bank_booking b ON b.line_id = l.id
     GROUP BY l.id, l.amount, l.state, l.booked_on
    HAVING COALESCE(SUM(b.amount), 0) <> CASE WHEN l.state = 'booked' THEN l.amount ELSE 0 END
"""

_DECIDED: Final = """
    SELECT id AS key, amount, state, booked_on FROM bank_line
     WHERE (state = 'open') <> (decided_at IS NULL) OR (state = 'ignored' AND reason = '')
"""

_TIED: Final = """
    SELECT b.id AS key, p.number, b.amount, p.amount AS paid
      FROM bank_booking b JOIN payment p ON p.id = b.payment_id JOIN bank_line l ON l.id = b.line_id
     WHERE b.amount <> p.amount OR p.currency <> l.currency
"""

_LOST: Final = """
    SELECT p.id AS key, p.number
      FROM payment p JOIN payment r ON r.reverses_id = p.id JOIN bank_booking b ON b.payment_id = p.id
      LEFT JOIN bank_booking c ON c.payment_id = r.id
     WHERE c.id IS NULL
"""

_COUNTED: Final = """
    SELECT s.id AS key, s.number, s.new_lines, COUNT(l.id) AS found
      FROM bank_statement s LEFT JOIN bank_line l ON l.statement_id = s.id
     GROUP BY s.id, s.number, s.new_lines HAVING COUNT(l.id) <> s.new_lines
"""

_SETTLED: Final = """
    SELECT d.id AS key, d.amount, COALESCE(SUM(a.amount), 0) AS settled
      FROM deduction d LEFT JOIN allocation a ON a.deduction_id = d.id
     GROUP BY d.id, d.amount, d.invoice_id
    HAVING COALESCE(SUM(a.amount), 0) <> CASE WHEN d.invoice_id IS NULL THEN 0 ELSE d.amount END
"""

_STRANGE: Final = """
    SELECT d.id AS key, d.amount FROM deduction d
      LEFT JOIN invoice i ON i.id = d.invoice_id LEFT JOIN payment p ON p.id = d.payment_id
     WHERE (d.invoice_id IS NULL AND d.payment_id IS NULL)
        OR i.currency <> d.currency OR p.currency <> d.currency
        OR i.customer_id <> d.customer_id OR p.customer_id <> d.customer_id
        OR (d.kind IN ('kept', 'refunded')) <> (d.invoice_id IS NULL)
        OR (d.kind <> 'refunded' AND (d.amount < 0) <> (d.reverses_id IS NOT NULL)) OR ABS(d.tax) > ABS(d.amount)
        OR d.tax * d.amount < 0
"""

_OPPOSITE: Final = """
    SELECT r.id AS key, r.amount FROM deduction r LEFT JOIN deduction d ON d.id = r.reverses_id
     WHERE r.reverses_id IS NOT NULL AND (d.id IS NULL OR r.amount <> -d.amount OR r.tax <> -d.tax
                                          OR r.customer_id <> d.customer_id OR r.kind <> d.kind)
"""

_JOURNAL: Final = """
    SELECT d.id AS key, d.amount, -COALESCE(SUM(l.currency_amount), 0) AS booked
      FROM deduction d LEFT JOIN journal_entry e ON e.document_id = d.id
      LEFT JOIN journal_line l ON l.entry_id = e.id AND l.invoice_id = d.invoice_id
     WHERE d.invoice_id IS NOT NULL
     GROUP BY d.id, d.amount HAVING -COALESCE(SUM(l.currency_amount), 0) <> d.amount
"""

_REFUNDED: Final = """
    SELECT command_id AS key, SUM(amount) AS rest FROM deduction WHERE kind = 'refunded'
     GROUP BY command_id HAVING SUM(amount) <> 0
"""

DEDUCTIONS: Final = (
    Query(
        Rule.DEDUCTION,
        "deduction",
        _REFUNDED,
        "A refund paid back {rest} more than it took off the payments it names.",
        amounts=("rest",),
    ),
    Query(
        Rule.DEDUCTION,
        "deduction",
        _SETTLED,
        "A deduction of {amount} settles {settled}.",
        amounts=("amount", "settled"),
    ),
    Query(
        Rule.DEDUCTION,
        "deduction",
        _STRANGE,
        "A deduction of {amount} is of nothing, of another customer or currency, or its tax is more than itself.",
        amounts=("amount",),
    ),
    Query(
        Rule.DEDUCTION,
        "deduction",
        _OPPOSITE,
        "A deduction of {amount} is not the exact opposite of what it takes back.",
        amounts=("amount",),
    ),
    Query(
        Rule.DEDUCTION,
        "deduction",
        _JOURNAL,
        "A deduction of {amount} is booked with {booked} off the invoice.",
        amounts=("amount", "booked"),
    ),
)

LINES: Final = (
    Query(
        Rule.BANK_LINE,
        "bank_line",
        _BOOKED,
        "The bank's line of {booked_on} over {amount} is {state}, its payments are {booked}.",
        LOOK,
        amounts=("amount", "booked"),
    ),
    Query(
        Rule.BANK_LINE,
        "bank_line",
        _DECIDED,
        "The bank's line of {booked_on} over {amount} is {state}, but who decided that, or why, says otherwise.",
        amounts=("amount",),
    ),
    Query(
        Rule.BANK_LINE,
        "bank_booking",
        _TIED,
        "{number} is {paid}, the bank's line it was booked of has {amount} of it.",
        amounts=("amount", "paid"),
    ),
    Query(
        Rule.BANK_LINE,
        "payment",
        _LOST,
        "{number} was taken back, and the bank's line it was booked of does not know that.",
    ),
    Query(
        Rule.BANK_LINE,
        "bank_statement",
        _COUNTED,
        "Statement {number} brought {new_lines} lines, {found} are here.",
    ),
)


def deductions(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check deductions against invoices, payments and journal."""
    for query in DEDUCTIONS:
        yield from query.find(connection, steps)


def lines(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check bank lines against payments, and against the fingerprint that was taken when they came."""
    for query in LINES:
        yield from query.find(connection, steps)
    rows = connection.execute(
        select(bank_line, bank_account.c.number)
        .join(bank_account, bank_account.c.id == bank_line.c.bank_account_id)
        .execution_options(yield_per=EVERY)
    )
    for row in rows:
        steps.take()
        yield from readable(_unchanged(row), "bank_line", row.id, "A bank line")


def _unchanged(row: Any) -> Iterator[Damage]:
    if fingerprint(row.number, row, row.twin) != row.fingerprint:
        what = f"The bank's line of {row.booked_on} over {row.amount:f} is not what was imported."
        yield Damage(Rule.BANK_LINE, "bank_line", key_text(row.id), what, RESTORE)
