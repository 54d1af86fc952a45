"""A company with a little of everything in its books: two currencies, a discount, too much paid, a credit note."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from app.models.payment import DeductionKind
from app.services import billing, deductions, payments
from app.services.billing import FreeInvoice
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.payments import NewPayment
from tests.desk import DAY, Desk


def company(database: Database) -> Desk:
    """Found it and work."""
    desk = Desk(database).found()
    valve = desk.product("VALVE", "18.40")
    book = desk.product("BOOK", "10.90", tax_codes="V9")
    harbor, abroad = desk.customer(), desk.customer("Clyde =Yard", currency="GBP")

    def invoice(customer: UUID, product: UUID, price: str = "") -> UUID:
        line = LineInput(product, Decimal(5), unit_price=Decimal(price) if price else None)
        new = FreeInvoice(customer, (line,))
        key = desk.do("invoice.write", lambda tx: billing.write(tx, new))
        desk.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
        return key

    early, books, _ = invoice(harbor, valve), invoice(harbor, book), invoice(abroad, valve, "18.40")
    off = Decimal("2.23")
    kind = DeductionKind.DISCOUNT
    desk.do("invoice.deduct", lambda tx: deductions.settle(tx, early, off, kind, DAY))
    paid = {early: Decimal("109.09"), books: Decimal("54.50")}
    new = NewPayment(harbor, sum(paid.values(), Decimal(30)), DAY, reference="+49 bank", allocations=paid)
    desk.do("payment.receive", lambda tx: payments.receive(tx, new))
    again = invoice(harbor, book)
    desk.do("invoice.credit", lambda tx: billing.credit(tx, again, DAY))
    return desk
