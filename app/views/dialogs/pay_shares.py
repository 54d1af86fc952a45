"""What a payment that is being typed settles: shares, discounts, rests that are written off, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.services import payments
from app.services.cash_application import Adjustments, Payable
from app.services.payments import OpenInvoice

ZERO: Final = Decimal(0)


class PayShares:
    """The open invoices of a customer in one currency, and what an amount paid on a day does to each."""

    def __init__(self, currency: str, day: date) -> None:
        self.currency, self.day = currency, day
        self.invoices: list[Payable] = []
        self.amount = ZERO
        self.kept = False
        self._shares: dict[UUID, Decimal] = {}
        self._taken: dict[UUID, Decimal] = {}  # by how much taking the discount changed the amount
        self._given_up: set[UUID] = set()

    def begin(self, invoices: Sequence[Payable]) -> None:
        """Take the open invoices, in the order they are offered."""
        self.invoices = list(invoices)

    def spread(self, amount: Decimal) -> None:
        """Propose anew what a typed amount is used for; what was taken or given up stays so."""
        self._taken = dict.fromkeys(self._taken, ZERO)
        self._spread(amount)

    def set_day(self, day: date) -> bool:
        """Take the day it was paid on; tell whether a discount was lost by it."""
        self.day = day
        late = [one for one in self.invoices if one.id in self._taken and not one.discount_on(day)]
        for one in late:
            del self._taken[one.id]
        if late:
            self._spread(self.amount)
        return bool(late)

    def set_share(self, one: Payable, share: Decimal) -> None:
        """Say by hand how much of an invoice is paid."""
        self._shares[one.id] = share

    def share(self, one: Payable) -> Decimal:
        """How much of an invoice is paid."""
        return self._shares.get(one.id, ZERO)

    def offered(self, one: Payable) -> Decimal:
        """What may be taken off an invoice for paying early on the day."""
        return one.discount_on(self.day)

    def is_taken(self, one: Payable) -> bool:
        """Whether an invoice's discount is taken."""
        return one.id in self._taken

    def discount(self, one: Payable) -> Decimal:
        """What is taken off an invoice; nothing where nothing of it is paid."""
        return self.offered(one) if self.is_taken(one) and self.share(one) else ZERO

    def rest(self, one: Payable) -> Decimal:
        """What stays open of an invoice that is paid in part, before anything is written off."""
        return one.open_amount - self.share(one) - self.discount(one) if self.share(one) else ZERO

    def is_given_up(self, one: Payable) -> bool:
        """Whether what stays open of an invoice is written off."""
        return one.id in self._given_up

    def write_off(self, one: Payable) -> Decimal:
        """What is written off of an invoice."""
        return max(self.rest(one), ZERO) if self.is_given_up(one) else ZERO

    @property
    def left(self) -> Decimal:
        """What is paid and used for no invoice."""
        return self.amount - sum(self._shares.values(), ZERO)

    @property
    def needs_reason(self) -> bool:
        """Whether something is written off or kept."""
        return bool(any(self.write_off(one) for one in self.invoices) or (self.kept and self.left > 0))

    def switch_discount(self, one: Payable) -> Decimal:
        """Take an invoice's discount, or leave it; give the amount, which follows where it paid the invoice whole."""
        before = self._asked(one)
        whole = self.share(one) == before
        if self.is_taken(one):
            changed = -self._taken.pop(one.id)
        else:
            changed = one.open_amount - self.offered(one) - before if whole else ZERO
            self._taken[one.id] = changed
        self._spread(self.amount + changed)
        return self.amount

    def switch_write_off(self, one: Payable) -> None:
        """Write off what stays open of an invoice, or leave it open."""
        self._given_up ^= {one.id}

    def unpaid_discounts(self) -> list[tuple[int, Payable]]:
        """The invoices, with their rows, whose discount is taken though the rest is neither paid nor written off."""
        rows = enumerate(self.invoices)
        return [(row, one) for row, one in rows if self.discount(one) and self.rest(one) and not self.write_off(one)]

    def allocations(self) -> dict[UUID, Decimal]:
        """What is paid of each invoice."""
        return {key: share for key, share in self._shares.items() if share}

    def adjustments(self, reason: str) -> Adjustments:
        """What is settled along with the payment."""
        discounts = {one.id: self.discount(one) for one in self.invoices if self.discount(one)}
        write_offs = {one.id: self.write_off(one) for one in self.invoices if self.write_off(one)}
        kept = self.left if self.kept and self.left > 0 else ZERO
        return Adjustments(discounts, write_offs, kept, reason.strip() if self.needs_reason else "")

    def _asked(self, one: Payable) -> Decimal:
        """What pays an invoice whole."""
        return one.open_amount - (self.offered(one) if self.is_taken(one) else ZERO)

    def _spread(self, amount: Decimal) -> None:
        self.amount = amount
        asked: list[OpenInvoice] = [replace(one, open_amount=self._asked(one)) for one in self.invoices]
        self._shares = payments.propose(amount, asked, self.currency) if amount > 0 else {}
