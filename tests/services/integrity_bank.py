"""Damage to bank lines and deductions; it is done to the books of tests/services/banking/test_booking.py."""

from __future__ import annotations

from app.services.integrity import Rule

BANK = {
    "UPDATE bank_line SET amount = amount + 10000": Rule.BANK_LINE,
    "UPDATE bank_line SET text = 'INV-00099'": Rule.BANK_LINE,
    "UPDATE bank_line SET state = 'open', decided_at = NULL": Rule.BANK_LINE,
    "UPDATE bank_line SET state = 'ignored'": Rule.BANK_LINE,
    "UPDATE bank_line SET state = 'lost'": Rule.WORD,
    "DELETE FROM bank_booking": Rule.BANK_LINE,
    "UPDATE bank_statement SET new_lines = 7": Rule.BANK_LINE,
    "UPDATE deduction SET amount = amount + 1": Rule.DEDUCTION,
    "UPDATE deduction SET tax = 2 * amount": Rule.DEDUCTION,
    "UPDATE deduction SET invoice_id = NULL": Rule.DEDUCTION,
    "UPDATE allocation SET deduction_id = NULL": Rule.DEDUCTION,
}
