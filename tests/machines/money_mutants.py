"""Seeded bugs of payments, deductions and the bank that the machine of money must catch."""

from __future__ import annotations

from app.services import deductions, payments, settlement
from app.services.banking import bank_lines, booking, importing
from tests.machines.mutants import Mutant

MONEY_MUTANTS = (
    Mutant(
        "an invoice can be paid with more than is open",
        payments,
        "_settling",
        "abs(amount) > abs(head.open_amount) or ",
        "",
    ),
    Mutant(
        "what was kept of a payment stays when the payment is taken back",
        payments,
        "reverse",
        "deductions.take_back_of_payment(tx, payment_id, on)",
        "pass",
    ),
    Mutant(
        "a credit note is netted the wrong way round",
        payments,
        "net",
        "((credit_id, -amount), (invoice_id, amount))",
        "((credit_id, amount), (invoice_id, -amount))",
    ),
    Mutant(
        "a payment can be taken back twice",
        payments,
        "reverse",
        "if head.reverses_id or _REVERSAL.first(tx.connection, payment=payment_id):",
        "if head.reverses_id:",
    ),
    Mutant(
        "what is used of a payment stays to the customer's credit",
        payments,
        "allocate",
        "Posting(prepayment, used, amount, head.customer_id), ",
        "",
    ),
    Mutant(
        "what a payment settled is not settled",
        settlement,
        "allocate",
        "rest = head.open_amount - amount",
        "rest = head.open_amount",
    ),
    Mutant(
        "a write-off that is taken back stays on the invoice",
        deductions,
        "_reopen",
        "settled = [(owed, -head.amount)]",
        "settled = [(owed, head.amount * 0)]",
    ),
    Mutant(
        "a bank line is booked twice",
        booking,
        "book",
        "line = _open_line(tx, line_id)",
        "line = tx.lock(bank_line, line_id, 'Bank line')",
    ),
    Mutant(
        "the same statement brings its lines again",
        importing,
        "_keep",
        'if row["fingerprint"] not in there',
        'if row["fingerprint"] or there',
    ),
    Mutant(
        "a bank line whose payment bounced stays booked",
        bank_lines,
        "taken_back",
        "if line.state == LineState.BOOKED:",
        "if line.state == LineState.IGNORED:",
    ),
)
