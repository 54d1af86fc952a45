"""Damage to reminders, disputes and credit holds; it is done to the books of tests/services/test_dunning.py."""

from __future__ import annotations

from app.services.integrity import Rule

REMINDED = {
    "UPDATE dunning_letter SET claimed = claimed + 1 WHERE state = 'sent'": Rule.REMINDER,
    "UPDATE reminder SET interest = interest + 1": Rule.REMINDER,
    "UPDATE dunning_letter SET number = NULL": Rule.REMINDER,
    "UPDATE dunning_run SET state = 'draft'": Rule.REMINDER,
    "UPDATE dunning_letter SET fee = fee + 1 WHERE charges_id IS NOT NULL": Rule.REMINDER,
    "UPDATE reminder SET state = 'undone' WHERE level = 1": Rule.REMINDER,
    "UPDATE reminder SET level = 1": Rule.REMINDER,
    "UPDATE dunning_letter SET level = level + 1": Rule.REMINDER,
    "UPDATE dunning_letter SET state = 'lost'": Rule.WORD,
    "UPDATE dispute SET amount = 99990000": Rule.DISPUTE,
    "UPDATE dispute SET outcome = 'credited'": Rule.DISPUTE,
    "UPDATE dispute SET invoice_number = 'INV-9'": Rule.DISPUTE,
    "UPDATE credit_hold SET released_by = 'bob'": Rule.CREDIT_HOLD,
    "UPDATE sales_order SET hold = ''": Rule.CREDIT_HOLD,
}
