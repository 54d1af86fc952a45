"""Damage of instalments: too much, too little, settled out of turn, on another day; and of orders on one invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.models.invoice import instalment, invoice
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, change, key_of, row_of

ROWS = instalment.c


def first(ids):
    return (ROWS.invoice_id == ids["in parts"]) & (ROWS.amount != ROWS.open_amount)


def last(ids):
    return (ROWS.invoice_id == ids["in parts"]) & (ROWS.amount == ROWS.open_amount)


IN_PARTS = [
    Case(Rule.INSTALMENTS, change(instalment, first, amount=ROWS.amount + 1), key_of("in parts")),
    Case(Rule.INSTALMENTS, change(instalment, last, open_amount=Decimal(0)), key_of("in parts")),
    Case(Rule.INSTALMENTS, change(instalment, last, due_on=date(2026, 11, 1)), key_of("in parts")),
    Case(Rule.INSTALMENTS, change(invoice, row_of(invoice, "in parts"), due_on=date(2027, 1, 31))),
    Case(Rule.INSTALMENTS, change(invoice, row_of(invoice, "in parts"), instalments=0)),
    Case(Rule.INSTALMENTS, change(invoice, row_of(invoice, "free"), instalments=2)),
    Case(Rule.COLLECTED, change(invoice, row_of(invoice, "free"), orders=2), key_of("free")),
]
