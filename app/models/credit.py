"""Credit limits: what a customer may owe us in all, and orders that would go beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Column, String

from app.models.base import DataClass, Moment, amount, key, reference, table
from app.models.rounding import Rounding, round_decimals


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer owes or will owe, in the company's currency.

    ``open_items`` are posted invoices and credit notes as far as they are open, ``on_account`` payments that settle
    none of them yet, ``disputed`` what of the open items is disputed, ``orders`` what is agreed and not invoiced.
    """

    open_items: Decimal
    on_account: Decimal
    disputed: Decimal
    orders: Decimal

    @property
    def total(self) -> Decimal:
        """What counts against the limit."""
        return self.open_items - self.on_account - self.disputed + self.orders


def still_to_invoice(
    total: Decimal, invoiced: Decimal, shares: list[tuple[Decimal, Fraction]], decimals: int
) -> Decimal:
    """Give what of an order's ``total`` will still be asked for; ``invoiced`` contains its deposits.

    ``shares`` are the lines' net amounts, each with the part of the ordered quantity that is or will be invoiced: what
    is cancelled or came back for good is not.
    """
    net = sum((Fraction(amount) for amount, _ in shares), Fraction(0))
    wanted = sum((Fraction(amount) * part for amount, part in shares), Fraction(0))
    agreed = Fraction(total) * wanted / net if net else Fraction(total)
    left = round_decimals(agreed - Fraction(invoiced), decimals, Rounding.HALF_UP)
    return max(Decimal(0), left)


credit_hold = table(
    "credit_hold",
    DataClass.DOCUMENT,
    key(),
    reference("order_id", "sales_order", index=True),
    reference("customer_id", "customer", index=True),
    amount("credit_limit"),  # company currency, as it was
    amount("exposure"),  # with the order, when it was held or released
    Column("held_by", String(80), nullable=False),  # whose command went beyond the limit
    Column("held_at", Moment, nullable=False),
    Column("released_by", String(80), nullable=False),  # somebody else; empty while it is held
    Column("released_at", Moment),
    Column("reason", String(200), nullable=False),  # why it was released
)
