"""Damage of the books: a month closed by nobody, sales sent to an account that is not there or not one of income."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.models.books import account_rule, accounting_period
from app.models.order import sales_order
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, add, change, row_of

BOOKS = [
    Case(Rule.PERIOD, add(accounting_period, first_on=date(2026, 3, 1), closed=True)),
    Case(Rule.ACCOUNT_RULE, add(account_rule, purpose="revenue", category="Pumps", tax_code="", account="4711")),
    Case(Rule.ACCOUNT_RULE, add(account_rule, purpose="revenue", category="", tax_code="V9", account="1000")),
    Case(Rule.ORDER_MONEY, change(sales_order, row_of(sales_order, "paid order"), deposit_amount=Decimal(7))),
]
