"""Reminders, disputes and credit holds agree with the invoices and orders they are about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import LOOK, RESTORE, Damage, Query, Rule, Steps

_SUMS: Final = """
    SELECT l.id AS key, l.number, l.claimed, l.interest, COALESCE(SUM(r.claimed), 0) AS asked,
           COALESCE(SUM(r.interest), 0) AS counted
      FROM dunning_letter l LEFT JOIN reminder r ON r.letter_id = l.id AND r.state = l.state
     WHERE l.state <> 'undone'
     GROUP BY l.id, l.number, l.claimed, l.interest
    HAVING COALESCE(SUM(r.claimed), 0) <> l.claimed OR COALESCE(SUM(r.interest), 0) <> l.interest
"""

_STATES: Final = """
    SELECT l.id AS key, COALESCE(l.number, 'A drafted letter') AS number
      FROM dunning_letter l JOIN dunning_run r ON r.id = l.run_id
     WHERE (l.state <> 'undone' AND r.state <> l.state)
        OR (l.number IS NULL AND (l.sent_on IS NOT NULL OR l.state = 'sent'))
        OR (l.number IS NOT NULL AND (l.sent_on IS NULL OR l.state = 'draft'))
"""

_CHARGES: Final = """
    SELECT l.id AS key, l.number, l.fee, l.interest, i.total
      FROM dunning_letter l LEFT JOIN invoice i ON i.id = l.charges_id
     WHERE l.charges_id IS NOT NULL
       AND (i.id IS NULL OR i.total - i.rounding <> l.fee + l.interest OR i.customer_id <> l.customer_id
            OR i.currency <> l.currency OR i.number IS NULL)
"""

_CLAIMS: Final = """
    SELECT r.id AS key, COALESCE(i.number, 'A draft invoice') AS number, r.claimed, i.total
      FROM reminder r JOIN invoice i ON i.id = r.invoice_id JOIN dunning_letter l ON l.id = r.letter_id
     WHERE i.number IS NULL OR r.claimed <= 0 OR r.claimed + r.disputed > i.total OR i.customer_id <> l.customer_id
        OR (r.state <> 'undone' AND r.level > 1 AND NOT EXISTS (
            SELECT 1 FROM reminder b
             WHERE b.invoice_id = r.invoice_id AND b.due_on = r.due_on AND b.level = r.level - 1 AND b.state = 'sent'))
"""

_TWICE: Final = """
    SELECT r.id AS key, i.number, r.level
      FROM reminder r JOIN invoice i ON i.id = r.invoice_id
      JOIN reminder b ON b.invoice_id = r.invoice_id AND b.due_on = r.due_on AND b.level = r.level AND b.id < r.id
     WHERE r.state <> 'undone' AND b.state <> 'undone'
"""

_LEVELS: Final = """
    SELECT l.id AS key, l.number, l.level, MAX(r.level) AS reached
      FROM dunning_letter l JOIN reminder r ON r.letter_id = l.id AND r.state = l.state
     WHERE l.state <> 'undone'
     GROUP BY l.id, l.number, l.level
    HAVING MAX(r.level) <> l.level
"""

_DISPUTES: Final = """
    SELECT d.id AS key, d.number, d.amount, d.invoice_number, i.total
      FROM dispute d JOIN invoice i ON i.id = d.invoice_id
     WHERE d.amount <= 0 OR d.amount > i.total OR d.amount > d.open_before OR d.customer_id <> i.customer_id
        OR d.currency <> i.currency OR i.number IS NULL OR d.invoice_number <> i.number
        OR (d.state = 'open') <> (d.outcome = '') OR (d.state = 'open') <> (d.solved_on IS NULL)
        OR (d.outcome = 'credited') <> (d.credit_id IS NOT NULL)
        OR (d.credit_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM invoice n WHERE n.id = d.credit_id AND n.credits_id = d.invoice_id AND n.number IS NOT NULL))
"""

_HOLDS: Final = """
    SELECT h.id AS key, o.number
      FROM credit_hold h JOIN sales_order o ON o.id = h.order_id
     WHERE (h.released_by = '') <> (h.released_at IS NULL) OR h.customer_id <> o.customer_id
        OR (h.released_by = '' AND o.state = 'confirmed' AND o.hold = '')
"""

_QUERIES: Final = (
    Query(
        Rule.REMINDER,
        "dunning_letter",
        _SUMS,
        "Letter {number} asks for {claimed} and {interest} of interest, its reminders for {asked} and {counted}.",
        RESTORE,
        amounts=("claimed", "interest", "asked", "counted"),
    ),
    Query(Rule.REMINDER, "dunning_letter", _STATES, "{number}: its number, day and state contradict each other."),
    Query(
        Rule.REMINDER,
        "dunning_letter",
        _CHARGES,
        "Letter {number} charged {fee} and {interest} of interest; the invoice that asks for it is of {total}.",
        LOOK,
        amounts=("fee", "interest", "total"),
    ),
    Query(
        Rule.REMINDER,
        "reminder",
        _CLAIMS,
        "{number} of {total} is reminded of with {claimed}, or at a level that does not follow the one before.",
        RESTORE,
        amounts=("claimed", "total"),
    ),
    Query(
        Rule.REMINDER,
        "reminder",
        _TWICE,
        "{number} is reminded of more than once at level {level} for the same due day.",
        LOOK,
    ),
    Query(
        Rule.REMINDER,
        "dunning_letter",
        _LEVELS,
        "Letter {number} is of level {level}, the highest of its reminders of level {reached}.",
        RESTORE,
    ),
    Query(
        Rule.DISPUTE,
        "dispute",
        _DISPUTES,
        "{number} is about {amount} of {invoice_number}, {total}: that, or how it was solved, cannot be.",
        RESTORE,
        amounts=("amount", "total"),
    ),
    Query(
        Rule.CREDIT_HOLD,
        "credit_hold",
        _HOLDS,
        "{number} is beyond its customer's credit limit, and neither on hold nor released.",
        LOOK,
    ),
)


def reminders(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check letters and their reminders, disputes, and orders that are held for their customer's credit."""
    for query in _QUERIES:
        yield from query.find(connection, steps)
