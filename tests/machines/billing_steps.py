"""Steps of the office: draft, post, credit, receive and take back payments."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.models.invoice import invoice_line
from app.models.payment import allocation
from app.services import billing, payments
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.payments import NewPayment
from tests.desk import DAY
from tests.machines.world import QUANTITIES, World

DAYS = st.sampled_from([DAY, DAY + timedelta(days=10)])  # the rate of the pound changes in between
CENT = Decimal("0.01")


def share_of(amount: Decimal, share: int) -> Decimal:
    return (amount / share).quantize(CENT, ROUND_DOWN) or amount


class Billing(World):
    def draftable(self) -> list:
        """Lines that something is left to invoice of, on orders that do not wait for a deposit."""
        return [
            row
            for order_id in self.open_orders
            if not self.waits(order_id)
            for row in self.lines[order_id]
            if row.ordered - row.cancelled > row.invoiced and not row.returned
        ]

    @precondition(lambda self: self.products and self.draftable())
    @rule(data=st.data(), share=st.sampled_from([1, 2]))
    def draft_by_hand(self, data, share) -> None:
        row = data.draw(st.sampled_from(self.draftable()))
        left = row.ordered - row.cancelled - row.invoiced
        quantities = {row.id: self.part(left, share, row.product_id) or left}
        draft = self.do("invoice.draft", lambda tx: billing.draft(tx, row.order_id, quantities))
        found = {line.order_line_id: line.grains for line in self.invoice_lines(draft) if line.order_line_id}
        assert found == quantities

    @precondition(lambda self: self.products and sum(not row.order_id for row in self.invoices.values()) < 4)
    @rule(data=st.data(), quantity=QUANTITIES, back=st.booleans())
    def write_free_invoice(self, data, quantity, back) -> None:
        customer = data.draw(st.sampled_from(self.customers))
        product = data.draw(st.sampled_from(self.products))
        price = Decimal("11.35")
        lines = tuple(LineInput(product, -quantity if back else quantity, unit_price=price) for _ in range(2))
        self.do("invoice.write", lambda tx: billing.write(tx, FreeInvoice(customer, lines)))

    @precondition(lambda self: self.products and self.drafts)
    @rule(data=st.data(), on=DAYS)
    def post(self, data, on: date) -> None:
        invoice_id = data.draw(st.sampled_from(self.drafts))
        head = self.invoices[invoice_id]
        self.do("invoice.post", lambda tx: billing.post(tx, invoice_id, on))
        self.books.post(head.customer_id, head.order_id, head.total)
        after = self.invoices[invoice_id]
        assert after.total == after.open_amount == head.total
        assert after.state == ("posted" if head.total else "paid")

    @precondition(lambda self: self.products and self.drafts)
    @rule(data=st.data())
    def discard(self, data) -> None:
        drafts = [key for key in self.drafts if self.invoices[key].kind != "deposit"]
        if drafts:
            invoice_id = data.draw(st.sampled_from(drafts))
            self.do("invoice.discard", lambda tx: billing.discard(tx, invoice_id))

    # credit notes ----------------------------------------------------------------------------

    def credited(self, invoice_id) -> dict:
        """What of each line was credited before."""
        notes = [key for key, row in self.invoices.items() if row.credits_id == invoice_id]
        found: dict = {}
        for note in notes:
            for line in self.invoice_lines(note):
                found[line.credits_line_id] = found.get(line.credits_line_id, 0) - line.grains
        return found

    def uncredited(self) -> list:
        credited = {row.credits_id for row in self.invoices.values()}
        return [
            key
            for key in self.posted
            if self.invoices[key].kind != "credit" and key not in credited and not self.deducted(key)
        ]

    def deducted(self, deposit_id) -> Decimal:
        """How much of a deposit posted invoices deduct, less what credit notes gave back."""
        lines = self.rows(invoice_line, invoice_line.c.deposit_id, deposit_id)
        return -sum((line.net for line in lines if self.invoices[line.invoice_id].number), Decimal(0))

    @precondition(lambda self: self.products and self.uncredited())
    @rule(data=st.data(), on=DAYS)
    def credit_whole(self, data, on) -> None:
        invoice_id = data.draw(st.sampled_from(self.uncredited()))
        head = self.invoices[invoice_id]
        note = self.do("invoice.credit", lambda tx: billing.credit(tx, invoice_id, on))
        assert self.invoices[note].total == -head.total
        assert self.invoices[note].tax == -head.tax
        self.note_credit(note, head.open_amount)

    @precondition(lambda self: self.products and self.uncredited())
    @rule(data=st.data(), share=st.sampled_from([1, 2]), on=DAYS)
    def credit_part(self, data, share, on) -> None:
        invoices = [key for key in self.posted if self.invoices[key].kind == "invoice"]
        lines = [
            (key, line, left)
            for key in invoices
            for done in [self.credited(key)]
            for line in self.invoice_lines(key)
            if (left := line.grains - done.get(line.id, 0)) > 0
        ]
        if not lines:
            return
        invoice_id, line, left = data.draw(st.sampled_from(lines))
        before = self.invoices[invoice_id].open_amount
        quantities = {line.id: self.part(left, share, line.product_id) or left}
        note = self.do("invoice.credit", lambda tx: billing.credit(tx, invoice_id, on, quantities))
        self.note_credit(note, before)

    def note_credit(self, note, open_before: Decimal) -> None:
        """A credit note first settles what was open on its invoice; the rest is owed to the customer."""
        head = self.invoices[note]
        self.books.post(head.customer_id, head.order_id, head.total)
        settled = max(Decimal(0), min(open_before, -head.total))
        assert head.open_amount == head.total + settled
        assert self.invoices[head.credits_id].open_amount == open_before - settled

    # payments --------------------------------------------------------------------------------

    @precondition(lambda self: self.products and self.unpaid)
    @rule(data=st.data(), share=st.sampled_from([1, 1, 1, 2, 3]), more=st.sampled_from(["0", "0", "10"]), on=DAYS)
    def pay(self, data, share, more, on) -> None:
        invoice_id = data.draw(st.sampled_from(self.unpaid))
        head = self.invoices[invoice_id]
        amount = share_of(head.open_amount, share)
        received = amount + Decimal(more) * (1 if amount > 0 else -1)
        new = NewPayment(head.customer_id, received, on, head.currency, allocations={invoice_id: amount})
        payment_id = self.do("payment.receive", lambda tx: payments.receive(tx, new))
        self.books.pay(head.customer_id, received)
        self.books.settle(head.order_id, amount)
        assert self.invoices[invoice_id].open_amount == head.open_amount - amount
        assert self.left[payment_id] == received - amount

    @precondition(lambda self: self.products and sum(1 for left in self.left.values() if left) < 3)
    @rule(data=st.data(), on=DAYS, amount=st.sampled_from(["50", "12.34", "-20"]))
    def pay_on_account(self, data, on, amount) -> None:
        customer = data.draw(st.sampled_from(self.customers))
        new = NewPayment(customer, Decimal(amount), on)
        self.do("payment.receive", lambda tx: payments.receive(tx, new))
        self.books.pay(customer, Decimal(amount))

    def matches(self) -> list:
        """Payments with something left, and an open invoice of the same customer they may settle."""
        return [
            (one, other)
            for one, left in self.left.items()
            for other in self.unpaid
            if left
            and one not in self.reversed
            and not self.payments[one].reverses_id
            and self.payments[one].customer_id == self.invoices[other].customer_id
            and left * self.invoices[other].open_amount > 0
        ]

    @precondition(lambda self: self.products and self.matches())
    @rule(data=st.data(), share=st.sampled_from([1, 2]), on=DAYS)
    def allocate(self, data, share, on) -> None:
        payment_id, invoice_id = data.draw(st.sampled_from(self.matches()))
        head, left = self.invoices[invoice_id], self.left[payment_id]
        amount = share_of(min(left, head.open_amount, key=abs), share)
        self.do("payment.allocate", lambda tx: payments.allocate(tx, payment_id, invoice_id, amount, on))
        self.books.settle(head.order_id, amount)
        assert self.left[payment_id] == left - amount

    def reversible(self) -> list:
        if len(self.reversed) > 3:
            return []
        return [key for key, row in self.payments.items() if key not in self.reversed and not row.reverses_id]

    @precondition(lambda self: self.products and self.reversible())
    @rule(data=st.data(), on=DAYS)
    def reverse(self, data, on) -> None:
        payment_id = data.draw(st.sampled_from(self.reversible()))
        settled = self.allocations(payment_id)
        self.do("payment.reverse", lambda tx: payments.reverse(tx, payment_id, on))
        self.books.pay(self.payments[payment_id].customer_id, -self.payments[payment_id].amount)
        for invoice_id, amount in settled:
            self.books.settle(self.invoices[invoice_id].order_id, -amount)

    def allocations(self, payment_id) -> list:
        rows = self.rows(allocation, allocation.c.payment_id, payment_id)
        return [(row.invoice_id, row.amount) for row in rows]
