"""What a service keeps beside the state of a product's value: its receipts, its issues and what left of which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.models.costing import Change, Issued, Method, Slice, StockValue, issue, receive, take_back
from app.models.costing_corrections import Past, Period, add_cost, receive_late, revalue
from tests.scenarios.facts import Facts, NotCovered

DAYS = ("day", "date", "on", "dated", "effective_date", "posting_date", "as_of", "at_day")
BEFORE = ("before_step", "before", "dated_before_step", "backdated_before_step", "dated_before", "backdated_before")
AFTER = ("after_step", "after", "dated_after_step", "dated_after", "backdated_after", "backdated_to", "between")
LATE = ("late", "backdated")


@dataclass
class Entry:
    """One event in the order of its day: its goods came in as ``receipt`` or left as ``issue``."""

    step: int
    day: Any
    name: str
    goes_out: bool
    quantity: Fraction
    price: Fraction
    opening: tuple[Fraction, Decimal]
    closing: Fraction
    booked: Decimal
    cost: Decimal  # with corrections, also of goods that came back since
    issued: Issued | None = None


class Books:
    """One product at one place, fed step by step."""

    def __init__(self, method: Method, given: Facts) -> None:
        self.decimals_given = "currency_decimals" in given
        self.may_be_short = given.flag("allow_negative", default=True)
        self.backdating = given.text("backdating")
        cost = Fraction(given.number("start_cost", "0"))
        self.state = StockValue(method, given.whole("currency_decimals", 2), cost)
        self.change: Change | None = None
        self.entries: list[Entry] = []
        self.slices: list[Slice] = []
        self.step, self.day, self.place = 0, None, len(self.entries)
        self.is_late = False
        self._count = 0

    def begin(self, index: int, facts: Facts, *, moves_goods: bool) -> None:
        """Note which step it is, and whether it belongs before events that are booked already."""
        self.step, self.is_late, self.place = index, False, len(self.entries)
        for name in [each for each in facts if each in DAYS and (moves_goods or each != "on")]:
            self.day = _day(facts.value(name))
            self._place_by_day()
        for name in [each for each in facts if each in BEFORE]:
            self._place_before(facts.whole(name))
        for name in [each for each in facts if each in AFTER]:
            after = facts.list(name)[0] if isinstance(facts.value(name), list) else facts.whole(name)
            self.place = max((at + 1 for at, each in enumerate(self.entries) if each.step == after), default=self.place)
        for name in [each for each in facts if each in LATE]:
            if isinstance(facts.value(name), bool):
                self.is_late = self.is_late or facts.flag(name)
            else:
                self._place_before(facts.whole(name))
        self.is_late = self.is_late or self.place < len(self.entries)

    def _place_by_day(self) -> None:
        if words := re.fullmatch(r"before (?:step )?(\d+)", str(self.day)):
            self._place_before(int(words[1]))
            return
        for at, each in enumerate(self.entries):
            if each.day is not None and type(each.day) is type(self.day) and each.day > self.day:
                self.place = at
                return

    def _place_before(self, step: int) -> None:
        self.place = next((at for at, each in enumerate(self.entries) if each.step == step), self.place)

    def receive(self, quantity: Decimal, cost: Decimal | None) -> None:
        price = self.state.unit_cost if cost is None else Fraction(cost)
        if self.is_late and not self._is_ignored():
            self._receive_late(Fraction(quantity), price)
            return
        name = self._name()
        self._book(receive(self.state, name, quantity, price), name, Fraction(quantity), price)

    def _is_ignored(self) -> bool:
        return self.backdating in {"none", "ignore", "ignored", "not_corrected", "as_of_today"}

    def _receive_late(self, quantity: Fraction, price: Fraction) -> None:
        place, name = self.place if self.place < len(self.entries) else self._before_last_issues(), self._name()
        before = {each.name for each in self.entries[:place]}
        since = {each.name for each in self.entries[place:]}
        past = Past(
            sum(layer.receipt in before for layer in self.state.layers),
            [each for each in reversed(self.slices) if each.issue in since and each.receipt in since],
            self._periods(place),
        )
        change = receive_late(self.state, name, quantity, price, past)
        later = self.entries[place:]
        self._book(change, name, quantity, price)
        entry = self.entries.pop()
        self.entries.insert(place, entry)
        self._carry(later, quantity, change)

    def _before_last_issues(self) -> int:
        """Where a receipt belongs of which only is known that it is late: before the issues since the last receipt."""
        place = len(self.entries)
        while place and self.entries[place - 1].goes_out:
            place -= 1
        return place

    def _periods(self, place: int) -> list[Period]:
        periods = list[Period]()
        for each in reversed(self.entries[place:]):
            if each.closing < 0 or each.opening[0] < 0:
                break
            if each.goes_out:
                periods.insert(0, Period(each.name, *each.opening, each.quantity))
        return periods

    def _carry(self, later: Sequence[Entry], quantity: Fraction, change: Change) -> None:
        """What was here before each later event had the late receipt been booked in time."""
        value = change.value
        for each in later:
            each.opening = each.opening[0] + quantity, each.opening[1] + value
            each.closing += quantity
            value += sum((one.value for one in change.corrections if one.issue == each.name), Decimal(0))

    def issue(self, quantity: Decimal) -> None:
        name, price = self._name(), self.state.cost
        change = issue(self.state, name, quantity, may_be_short=self.may_be_short)
        self._book(change, name, Fraction(quantity), price, Issued(name, Fraction(quantity), -change.value))

    def take_back(self, step: int, quantity: Decimal | None) -> None:
        """Goods of a step come back: to us what had left, to the supplier what had come."""
        entry = self._entry(step)
        if entry.issued is None:
            self.issue(Decimal(str(entry.quantity)) if quantity is None else quantity)
            return
        back = entry.issued.quantity if quantity is None else Fraction(quantity)
        name = self._name()
        issued = entry.issued
        change, entry.issued = take_back(self.state, name, issued, back)
        own = sum((each.value for each in change.corrections if each.issue == issued.issue), Decimal(0))
        entry.issued = replace(entry.issued, value=entry.issued.value + own)  # _book corrects it with all the others
        self._book(change, name, back, Fraction(change.value) / back)

    def change_price(self, step: int, price: Decimal, quantity: Decimal | None) -> None:
        entry = self._entry(step)
        share = entry.quantity if quantity is None else Fraction(quantity)
        self.add_cost(step, self.state.rounded((Fraction(price) - entry.price) * share))
        entry.price = Fraction(price)

    def add_cost(self, step: int, amount: Decimal) -> None:
        entry = self._entry(step)
        self._book(add_cost(self.state, entry.name, entry.quantity, amount, self.slices))

    def revalue(self, cost: Decimal) -> None:
        self._book(revalue(self.state, cost))

    def change_quantity(self, step: int, quantity: Decimal) -> None:
        """A booked quantity was wrong: the difference moves today."""
        entry = self._entry(step)
        difference = Fraction(quantity) - entry.quantity
        if entry.goes_out:
            if difference > 0:
                self.issue(_decimal(difference))
            elif difference < 0:
                self.take_back(step, _decimal(-difference))
        elif difference > 0:
            self._book(receive(self.state, entry.name, difference, entry.price))
            entry.quantity += difference
        elif difference < 0:
            self.issue(_decimal(-difference))

    def count(self, quantity: Decimal, cost: Decimal | None) -> None:
        difference = Fraction(quantity) - self.state.quantity
        if difference > 0:
            self.receive(_decimal(difference), cost)
        elif difference < 0:
            self.issue(_decimal(-difference))

    def last_receipt_step(self) -> int:
        return next(each.step for each in reversed(self.entries) if not each.goes_out)

    def last_issue_step(self) -> int:
        return max(each.step for each in self.entries if each.goes_out)

    def issue_value(self, step: int) -> Decimal:
        """What a step's issues cost: with corrections, or as first booked where corrections stay apart from them."""
        entries = [each for each in self.entries if each.step == step and each.goes_out]
        if not entries:
            raise NotCovered(f"step {step} is no issue")
        apart = "today" in self.backdating and step != self.step
        return sum((each.booked if apart else each.cost for each in entries), Decimal(0))

    def issue_cost(self) -> Fraction:
        """What one unit of the last issue cost."""
        entry = max((each for each in self.entries if each.goes_out), key=lambda each: each.step)
        if self.state.method is Method.AVERAGE and entry.cost == entry.booked:
            return entry.price
        return Fraction(entry.cost) / entry.quantity

    def _book(
        self,
        change: Change,
        name: str = "",
        quantity: Fraction = Fraction(0),
        price: Fraction = Fraction(0),
        issued: Issued | None = None,
    ) -> None:
        before = self.state
        if name:
            self.entries.append(
                Entry(
                    self.step, self.day, name, issued is not None, quantity, price, (before.quantity, before.value),
                    change.state.quantity, -change.value, -change.value, issued,
                )
            )  # fmt: skip
        for each in self.entries:
            own = [one for one in change.corrections if one.issue == each.name]
            each.cost -= sum((one.value for one in own), Decimal(0))
            if each.issued is not None:
                each.issued = each.issued.corrected(own)
        for piece in change.slices:
            self._note(piece)
        self.state, self.change = change.state, change

    def _note(self, piece: Slice) -> None:
        if piece.quantity > 0:
            self.slices.append(piece)
            return
        for at in range(len(self.slices) - 1, -1, -1):
            each = self.slices[at]
            if (each.issue, each.receipt) == (piece.issue, piece.receipt):
                self.slices[at] = replace(each, quantity=each.quantity + piece.quantity, value=each.value + piece.value)
                self.slices = [one for one in self.slices if one.quantity]
                return

    def _entry(self, step: int) -> Entry:
        found = [each for each in self.entries if each.step == step]
        if len(found) != 1:
            raise NotCovered(f"step {step} is not one movement")
        return found[0]

    def _name(self) -> str:
        self._count += 1
        return f"{self.step}/{self._count}"


def _day(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
