"""Money: the journal, what is open on invoices, what is left of payments, and the accounts that hold it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from app.models.base import AMOUNT, PRICE
from app.services import journal as journal_service
from app.services.integrity.damage import (
    LOOK,
    REBUILD,
    RESTORE,
    Damage,
    Query,
    Rule,
    Steps,
    amount,
    key_text,
    read,
    readable,
)
from app.services.journal import Converter

_OWN: Final = "(SELECT currency FROM company)"

_ENTRY: Final = f"""
    SELECT e.id AS key, e.n, e.text, SUM(l.amount) AS rest, SUM(l.currency_amount) AS currency_rest
      FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id LEFT JOIN account a ON a.code = l.account
     GROUP BY e.id, e.n, e.text
    HAVING SUM(l.amount) <> 0 OR SUM(l.currency_amount) <> 0 OR COUNT(a.code) <> COUNT(*)
        OR SUM(CASE WHEN l.currency = {_OWN} AND l.amount <> l.currency_amount THEN 1 ELSE 0 END) > 0
        OR COUNT(DISTINCT l.currency) > 1
"""

_STRAY: Final = """
    SELECT e.id AS key, e.n, e.text, MIN(l.account) AS account
      FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.code = l.account
      LEFT JOIN payment p ON p.id = e.document_id LEFT JOIN invoice i ON i.id = e.document_id
      LEFT JOIN (SELECT DISTINCT command_id FROM value_entry) v ON v.command_id = e.command_id
      LEFT JOIN deduction d ON d.id = e.document_id LEFT JOIN manual_entry m ON m.id = e.document_id
      LEFT JOIN stored_value_entry s ON s.id = e.document_id
     WHERE (p.id IS NULL AND i.id IS NULL AND v.command_id IS NULL AND d.id IS NULL AND m.id IS NULL AND s.id IS NULL)
        OR (m.id IS NOT NULL AND a.purpose IN ('receivable', 'prepayment', 'deposit', 'stock', 'work_in_process',
                                               'gift_card', 'store_credit'))
        OR (a.purpose IN ('receivable', 'deposit') AND l.invoice_id IS NULL)
        OR (p.id IS NOT NULL AND a.code <> p.account
            AND COALESCE(a.purpose, '') NOT IN ('receivable', 'prepayment', 'exchange', 'write_off'))
     GROUP BY e.id, e.n, e.text
"""

_JOURNAL_NUMBERS: Final = """
    SELECT e.site AS key, e.found, e.first, e.last, COALESCE(s.given, 0) AS given
      FROM (SELECT site, COUNT(*) AS found, MIN(n) AS first, MAX(n) AS last FROM journal_entry GROUP BY site) e
      LEFT JOIN (SELECT series, last AS given FROM number_series) s ON s.series = 'J:' || e.site || '.0'
     WHERE e.first <> 1 OR e.last <> e.found OR COALESCE(s.given, 0) <> e.last
"""

OPEN_AMOUNTS: Final = """
    SELECT i.id AS key, i.number, i.state, i.total, i.open_amount, COALESCE(a.allocated, 0) AS allocated,
           i.total - COALESCE(a.allocated, 0) AS rest
      FROM invoice i
      LEFT JOIN (SELECT invoice_id, CAST(SUM(amount) AS BIGINT) AS allocated FROM allocation GROUP BY invoice_id) a
        ON a.invoice_id = i.id
     WHERE i.open_amount <> CASE WHEN i.state IN ('posted', 'paid') THEN i.total ELSE 0 END - COALESCE(a.allocated, 0)
"""
"""Invoices whose open amount is not what the allocations leave: the amount stored and the rest."""

_OVERPAID: Final = """
    SELECT id AS key, number, total, open_amount FROM invoice
     WHERE (total >= 0 AND (open_amount < 0 OR open_amount > total))
        OR (total < 0 AND (open_amount > 0 OR open_amount < total))
"""

_STATE: Final = """
    SELECT id AS key, COALESCE(number, 'A draft invoice') AS number, state, open_amount FROM invoice
     WHERE (state IN ('posted', 'paid') AND (number IS NULL OR invoiced_on IS NULL OR due_on IS NULL
                                             OR posted_at IS NULL OR due_on < invoiced_on))
        OR (state IN ('draft', 'cancelled') AND (number IS NOT NULL OR posted_at IS NOT NULL))
        OR (state = 'paid' AND open_amount <> 0) OR (state = 'posted' AND open_amount = 0)
"""

_JOURNAL: Final = """
    SELECT f.invoice_id AS key, i.number, f.account, SUM(f.wanted) AS wanted, SUM(f.booked) AS booked
      FROM (SELECT i.id AS invoice_id, a.code AS account, i.total AS wanted, 0 AS booked
              FROM invoice i JOIN account a ON a.purpose = 'receivable' WHERE i.number IS NOT NULL
             UNION ALL
            SELECT i.id, a.code, -i.rounding, 0
              FROM invoice i JOIN account a ON a.purpose = 'rounding' WHERE i.number IS NOT NULL
             UNION ALL
            SELECT i.id, a.code, -i.untaxed, 0
              FROM invoice i LEFT JOIN invoice c ON c.id = i.credits_id
              JOIN account a ON a.purpose = CASE WHEN i.kind = 'deposit' OR c.kind = 'deposit' THEN 'deposit'
                                                 ELSE 'revenue' END
             WHERE i.number IS NOT NULL
             UNION ALL
            SELECT l.invoice_id, a.code, CASE a.purpose WHEN 'deposit' THEN -l.net ELSE l.net END, 0
              FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id AND i.number IS NOT NULL
              JOIN account a ON a.purpose IN ('deposit', 'revenue')
             WHERE l.deposit_id IS NOT NULL
             UNION ALL
            SELECT l.invoice_id, a.code, CASE a.purpose WHEN 'revenue' THEN l.net ELSE -l.net END, 0
              FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id AND i.number IS NOT NULL
              JOIN account a ON a.purpose = 'revenue' OR a.code = l.account
             WHERE l.account <> ''
             UNION ALL
            SELECT d.document_id, COALESCE(t.account, '1770'), -d.amount, 0
              FROM document_tax d JOIN invoice i ON i.id = d.document_id AND i.number IS NOT NULL
              LEFT JOIN tax t ON t.code = d.code
             UNION ALL
            SELECT e.document_id, CASE WHEN a.kind = 'income' AND a.purpose IS NULL THEN s.code ELSE l.account END, 0,
                   l.currency_amount
              FROM journal_line l JOIN journal_entry e ON e.id = l.entry_id JOIN invoice i ON i.id = e.document_id
              LEFT JOIN account a ON a.code = l.account LEFT JOIN account s ON s.purpose = 'revenue') f
      JOIN invoice i ON i.id = f.invoice_id
     GROUP BY f.invoice_id, i.number, f.account HAVING SUM(f.wanted) <> SUM(f.booked)
"""

_RECEIVABLE: Final = f"""
    SELECT i.id AS key, i.number, i.currency, i.rate, i.open_amount, i.total, i.company_total,
           i.currency = {_OWN} AS own, CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) AS held,
           CAST(COALESCE(SUM(l.currency_amount), 0) AS BIGINT) AS currency_held
      FROM invoice i
      LEFT JOIN journal_line l
        ON l.invoice_id = i.id AND l.account = (SELECT code FROM account WHERE purpose = 'receivable')
     GROUP BY i.id, i.number, i.currency, i.rate, i.open_amount, i.total, i.company_total
    HAVING i.currency <> {_OWN} OR COALESCE(SUM(l.currency_amount), 0) <> i.open_amount
        OR COALESCE(SUM(l.amount), 0) <> i.open_amount
        OR i.company_total <> CASE WHEN i.number IS NULL THEN 0 ELSE i.total END
"""

_DEPOSIT: Final = """
    SELECT f.id AS key, i.number, SUM(f.left_over) AS left_over, SUM(f.held) AS held
      FROM (SELECT id, untaxed AS left_over, 0 AS held FROM invoice WHERE kind = 'deposit' AND number IS NOT NULL
             UNION ALL
            SELECT c.credits_id, c.untaxed, 0 FROM invoice c JOIN invoice d ON d.id = c.credits_id
             WHERE d.kind = 'deposit' AND c.number IS NOT NULL
             UNION ALL
            SELECT l.deposit_id, l.net, 0 FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
             WHERE l.deposit_id IS NOT NULL AND i.number IS NOT NULL
             UNION ALL
            SELECT l.invoice_id, 0, -l.currency_amount FROM journal_line l
             WHERE l.account = (SELECT code FROM account WHERE purpose = 'deposit')) f
      LEFT JOIN invoice i ON i.id = f.id
     GROUP BY f.id, i.number HAVING SUM(f.left_over) <> SUM(f.held) OR SUM(f.left_over) < 0
"""

_PAYMENT: Final = """
    SELECT p.id AS key, p.number, p.amount, p.company_amount, COALESCE(SUM(l.amount), 0) AS held,
           COALESCE(SUM(l.currency_amount), 0) AS currency_held
      FROM payment p LEFT JOIN journal_entry e ON e.document_id = p.id
      LEFT JOIN journal_line l ON l.entry_id = e.id AND l.account = p.account
     GROUP BY p.id, p.number, p.amount, p.company_amount
    HAVING COALESCE(SUM(l.amount), 0) <> p.company_amount OR COALESCE(SUM(l.currency_amount), 0) <> p.amount
"""

_LEFT: Final = f"""
    SELECT p.id AS key, p.number, p.currency, p.amount - COALESCE(a.allocated, 0) AS left_over,
           -COALESCE(j.held, 0) AS held
      FROM payment p
      LEFT JOIN (SELECT u.payment_id, SUM(u.amount) AS allocated
                   FROM (SELECT payment_id, amount FROM allocation WHERE payment_id IS NOT NULL
                          UNION ALL
                         SELECT payment_id, amount FROM deduction
                          WHERE payment_id IS NOT NULL AND invoice_id IS NULL) u
                  GROUP BY u.payment_id) a ON a.payment_id = p.id
      LEFT JOIN (SELECT COALESCE(l.invoice_id, e.document_id) AS payment_id, SUM(l.amount) AS company_held,
                        SUM(l.currency_amount) AS held
                   FROM journal_line l JOIN journal_entry e ON e.id = l.entry_id
                  WHERE l.account = (SELECT code FROM account WHERE purpose = 'prepayment')
                  GROUP BY COALESCE(l.invoice_id, e.document_id)) j ON j.payment_id = p.id
     WHERE p.amount - COALESCE(a.allocated, 0) <> -COALESCE(j.held, 0)
        OR (p.amount = COALESCE(a.allocated, 0) AND COALESCE(j.company_held, 0) <> 0)
        OR (a.allocated IS NULL AND COALESCE(j.company_held, 0) <> -p.company_amount)
        OR (p.currency = {_OWN} AND COALESCE(j.company_held, 0) <> COALESCE(j.held, 0))
"""

_REVERSAL: Final = """
    SELECT r.id AS key, r.number, COALESCE(p.number, 'a payment that is gone') AS original, r.amount
      FROM payment r LEFT JOIN payment p ON p.id = r.reverses_id
     WHERE r.reverses_id IS NOT NULL
       AND (p.id IS NULL OR r.amount <> -p.amount OR r.company_amount <> -p.company_amount
            OR r.currency <> p.currency OR r.customer_id <> p.customer_id OR r.account <> p.account)
"""

_ALLOCATED: Final = """
    SELECT p.id AS key, p.number, p.amount, SUM(a.amount) AS allocated
      FROM allocation a JOIN payment p ON p.id = a.payment_id
     GROUP BY p.id, p.number, p.amount
    HAVING (p.amount >= 0 AND (SUM(a.amount) < 0 OR SUM(a.amount) > p.amount))
        OR (p.amount < 0 AND (SUM(a.amount) > 0 OR SUM(a.amount) < p.amount))
"""

_FOREIGN: Final = """
    SELECT a.id AS key, COALESCE(i.number, 'a draft') AS number, COALESCE(p.number, 'a credit note') AS source
      FROM allocation a JOIN invoice i ON i.id = a.invoice_id LEFT JOIN payment p ON p.id = a.payment_id
     WHERE i.number IS NULL OR p.currency <> i.currency OR p.customer_id <> i.customer_id
"""

_PAIR: Final = """
    SELECT command_id AS key, SUM(amount) AS rest FROM allocation
     WHERE payment_id IS NULL AND deduction_id IS NULL
     GROUP BY command_id HAVING SUM(amount) <> 0
"""

_CREDITED: Final = """
    SELECT o.id AS key, i.number, o.position, o.name
      FROM invoice_line o JOIN invoice i ON i.id = o.invoice_id
      JOIN (SELECT l.credits_line_id, SUM(l.grains) AS grains, SUM(l.quantity) AS quantity, MIN(l.unit) AS unit,
                   MAX(l.unit) AS other_unit
              FROM invoice_line l JOIN invoice c ON c.id = l.invoice_id AND c.number IS NOT NULL
             WHERE l.credits_line_id IS NOT NULL GROUP BY l.credits_line_id) c ON c.credits_line_id = o.id
     WHERE ABS(c.grains) > ABS(o.grains) OR (o.grains > 0 AND c.grains > 0) OR (o.grains < 0 AND c.grains < 0)
"""

_CREDITS: Final = """
    SELECT l.id AS key, COALESCE(c.number, 'A draft') AS number, l.position
      FROM invoice_line l JOIN invoice c ON c.id = l.invoice_id LEFT JOIN invoice_line o ON o.id = l.credits_line_id
      LEFT JOIN invoice i ON i.id = c.credits_id
     WHERE (l.credits_line_id IS NOT NULL AND (o.id IS NULL OR c.credits_id IS NULL OR o.invoice_id <> c.credits_id))
        OR (c.credits_id IS NOT NULL AND (l.credits_line_id IS NULL OR i.currency <> c.currency
                                          OR i.customer_id <> c.customer_id))
"""

JOURNAL: Final = (
    Query(
        Rule.JOURNAL_BALANCE,
        "journal_entry",
        _ENTRY,
        "Entry {n} ({text}) does not balance: {rest} is left over, {currency_rest} in its currency, "
        "or a line is on an unknown account or in another currency.",
        amounts=("rest", "currency_rest"),
    ),
    Query(
        Rule.JOURNAL_DOCUMENT,
        "journal_entry",
        _STRAY,
        "Entry {n} ({text}) is about no invoice, payment or goods of these books, or its line on account {account} "
        "is not what one books there.",
    ),
    Query(
        Rule.JOURNAL_NUMBERS,
        "journal_entry",
        _JOURNAL_NUMBERS,
        "The journal of {key} has {found} entries, numbered {first} to {last}; {given} numbers were given.",
    ),
)

INVOICES: Final = (
    Query(
        Rule.INVOICE_OPEN,
        "invoice",
        OPEN_AMOUNTS,
        "{number} ({state}): {open_amount} is open, but {total} less what was allocated ({allocated}) is {rest}.",
        REBUILD,
        amounts=("open_amount", "total", "allocated", "rest"),
    ),
    Query(
        Rule.INVOICE_OPEN,
        "invoice",
        _OVERPAID,
        "{number}: {open_amount} is open of {total}: it was settled with more than its amount.",
        "Take one of its payments back and allocate it anew.",
        amounts=("open_amount", "total"),
    ),
    Query(
        Rule.INVOICE_STATE,
        "invoice",
        _STATE,
        "{number} is {state} with {open_amount} open, but its number, dates and open amount say otherwise.",
        REBUILD,
        amounts=("open_amount",),
    ),
    Query(
        Rule.INVOICE_JOURNAL,
        "invoice",
        _JOURNAL,
        "{number}: its figures ask for {wanted} on account {account}, the journal holds {booked}.",
        amounts=("wanted", "booked"),
    ),
    Query(
        Rule.DEPOSIT,
        "invoice",
        _DEPOSIT,
        "{number}: {left_over} of the deposit is not deducted yet, the account holds {held}.",
        amounts=("left_over", "held"),
    ),
    Query(
        Rule.CREDIT,
        "invoice_line",
        _CREDITED,
        "{number}, line {position} ({name}): more was credited than invoiced.",
        LOOK,
    ),
    Query(
        Rule.CREDIT,
        "invoice_line",
        _CREDITS,
        "{number}, line {position}: it takes back a line of another invoice, or none.",
    ),
)

PAYMENTS: Final = (
    Query(
        Rule.PAYMENT_JOURNAL,
        "payment",
        _PAYMENT,
        "{number}: {amount} was received ({company_amount} in company currency), "
        "its account holds {currency_held} ({held}).",
        amounts=("amount", "company_amount", "held", "currency_held"),
    ),
    Query(
        Rule.PAYMENT_LEFT,
        "payment",
        _LEFT,
        "{number}: {left_over} {currency} is not allocated, the prepayment account holds {held}.",
        amounts=("left_over", "held"),
    ),
    Query(
        Rule.PAYMENT_REVERSAL,
        "payment",
        _REVERSAL,
        "{number} ({amount}) is not the exact opposite of {original}.",
        amounts=("amount",),
    ),
    Query(
        Rule.ALLOCATION,
        "payment",
        _ALLOCATED,
        "{number}: {allocated} is allocated of {amount}.",
        amounts=("allocated", "amount"),
    ),
    Query(
        Rule.ALLOCATION,
        "allocation",
        _FOREIGN,
        "{source} is allocated to {number}, which is a draft, another customer's or in another currency.",
    ),
    Query(
        Rule.ALLOCATION,
        "allocation",
        _PAIR,
        "A credit note settled {rest} more than it took from itself.",
        amounts=("rest",),
    ),
)


def journal(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check that entries balance and are numbered without gap."""
    for query in JOURNAL:
        yield from query.find(connection, steps)


def invoices(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check invoices against allocations, journal and accounts."""
    for query in INVOICES:
        yield from query.find(connection, steps)
    yield from _receivables(connection, steps)


def payments(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check payments against allocations and journal."""
    for query in PAYMENTS:
        yield from query.find(connection, steps)


def _receivables(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Compare what the receivable account holds of an invoice with what is open, at the rate it was booked with."""
    rows = list(read(connection, _RECEIVABLE))
    if not rows:
        return
    decimals = journal_service.company_decimals(connection)
    for row in rows:
        steps.take()
        name = row.number or "A draft invoice"
        yield from readable(_receivable(row, name, decimals), "invoice", row.key, name)


def _receivable(row: Any, name: str, decimals: int) -> Iterator[Damage]:
    rate = Decimal(1) if row.own else Decimal(row.rate).scaleb(-PRICE)
    converter = Converter(row.currency, rate, decimals)
    open_amount, total = (Decimal(value).scaleb(-AMOUNT) for value in (row.open_amount, row.total))
    wanted = converter.company(open_amount)
    company_total = converter.company(total) if row.number else Decimal(0)
    held = Decimal(row.held).scaleb(-AMOUNT)
    if held == wanted and row.currency_held == row.open_amount and row.company_total == _stored(company_total):
        return
    what = (
        f"{name}: {open_amount.normalize():f} {row.currency} is open, "
        f"the receivable account holds {amount(row.currency_held)} ({held.normalize():f} in company currency)."
    )
    yield Damage(Rule.RECEIVABLE, "invoice", key_text(row.key), what, RESTORE)


def _stored(value: Decimal) -> Any:
    return int(value.scaleb(AMOUNT))
