"""Damage to gift cards and store credit; it is done to the books of tests/services/test_gift_cards.py."""

from __future__ import annotations

from app.services.integrity import Rule

STORED = {
    "UPDATE stored_value SET balance = balance + 10000": Rule.STORED_VALUE,
    "UPDATE stored_value SET void = 1": Rule.STORED_VALUE,
    "UPDATE stored_value SET value = value + 1": Rule.STORED_VALUE,
    "UPDATE stored_value_entry SET payment_id = NULL": Rule.STORED_VALUE,
    "DELETE FROM stored_value_entry": Rule.STORED_VALUE,
    "UPDATE payment SET method = 'card'": Rule.STORED_VALUE,
    "UPDATE stored_value_entry SET amount = amount + 1": Rule.STORED_JOURNAL,
    "UPDATE journal_line SET account = '1000' WHERE account = '1730'": Rule.STORED_JOURNAL,
    "UPDATE stored_value SET kind = 'voucher'": Rule.WORD,
    "UPDATE stored_value_entry SET kind = 'lost'": Rule.WORD,
}
