"""What a bank line pays: proposals with a reason, by rules that look at reference, amount and payer.

Only a line that names what it pays, to the cent, is *sure*; a person accepts everything else, or decides anew.
Pure: the open items are given, nothing is read or written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from stdnum.ch import esr

from app.models import payment_references as references
from app.models.open_items import settle_best

ZERO: Final = Decimal(0)
SHORTEST: Final = 4
"""Characters of the shortest document number that is looked for in a line's text."""
PIECES: Final = 4
"""How many words a number may be written in: "INV - 00 042"."""
MOST_ITEMS: Final = 40
"""Open items of one customer whose combinations are weighed."""
MOST_SUMS: Final = 4_000
_WORD: Final = re.compile(r"[^\W_]+")
_CREDITOR_REFERENCE: Final = re.compile(r"RF\d\d(?=.)")
_FORMS: Final = (
    "AB AG AND AS BV BVBA CO COMPANY CORP GMBH INC KG LIMITED LLC LTD MBH NV OHG OY PLC SA SARL SAS SPA SRL SE UND"
)
LEGAL_FORMS: Final = frozenset(_FORMS.split(" "))
"""Words of a company's name that payers leave out or write otherwise."""


class Confidence(StrEnum):
    """How far a proposal may be trusted; only what is sure is booked without being looked at one by one."""

    SURE = "sure"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A posted invoice that is not settled, or (negative) a credit note; ``discount`` is off until its last day."""

    id: UUID
    number: str
    customer_id: UUID
    customer_name: str
    currency: str
    open_amount: Decimal
    due_on: date
    aliases: tuple[str, ...] = ()
    discount: Decimal = ZERO
    discount_until: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What of a line belongs to one customer: amounts by invoice, discounts by invoice, and the rest on account."""

    customer_id: UUID
    customer_name: str
    allocations: tuple[tuple[UUID, Decimal], ...] = ()
    discounts: tuple[tuple[UUID, Decimal], ...] = ()
    on_account: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """What of the line's money it takes."""
        return sum((amount for _, amount in self.allocations), self.on_account)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line pays, how sure that is, and why."""

    confidence: Confidence
    reason: str
    parts: tuple[Part, ...] = ()


NOTHING: Final = Proposal(Confidence.NONE, "Nothing that is open fits.")


class OpenItems:
    """The open items, found by number, amount and customer; and who pays from which account under which name."""

    def __init__(
        self,
        items: Iterable[OpenItem],
        customers: Iterable[tuple[UUID, str]] = (),
        payers: Mapping[str, UUID] | None = None,
    ) -> None:
        """Index everything once: a line is then matched by a few look-ups."""
        self._by_number: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_digits: dict[str, list[OpenItem]] = {}
        self._by_alias: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_amount: dict[tuple[str, Decimal], list[OpenItem]] = defaultdict(list)
        self._by_customer: dict[tuple[UUID, str], list[OpenItem]] = defaultdict(list)
        self._names: dict[UUID, str] = {}
        self._by_name: dict[frozenset[str], set[UUID]] = defaultdict(set)
        self._payers = payers or {}
        for item in sorted(items, key=lambda one: (one.due_on, one.number)):
            self._by_number[_plain(item.number)].append(item)
            for alias in item.aliases:
                if len(plain := _plain(alias)) >= SHORTEST and any(map(str.isdigit, plain)):
                    self._by_alias[plain].append(item)
            self._by_amount[item.currency, item.open_amount].append(item)
            self._by_customer[item.customer_id, item.currency].append(item)
            self._names[item.customer_id] = item.customer_name
        for customer_id, name in customers:
            self._names[customer_id] = name
        for customer_id, name in self._names.items():
            if words := _name(name):
                self._by_name[words].add(customer_id)

    def propose(self, line: Any) -> Proposal:
        """Say what a line (as stored: amount, currency, booked_on, name, counterparty, reference, text) pays."""
        words = list(_joined(f"{line.reference} {line.text}"))
        named = self._named(self._by_number, words, line) or self._by_qr_reference(words, line)
        payer, known_by = self._payer(line)
        if named:
            return self._by_reference(line, named, payer)
        alias = self._named(self._by_alias, words, line)
        if alias and (found := _exactly(line, alias, "The order is named, and its invoices are paid in full")):
            return found
        if payer is not None:
            return self._by_payer(line, payer, known_by)
        return self._by_figure(line)

    def _named(self, index: Mapping[str, list[OpenItem]], words: Sequence[str], line: Any) -> list[OpenItem]:
        """Find the items whose numbers stand in a line, in the line's order, each once."""
        found: dict[UUID, OpenItem] = {}
        for word in words:
            for item in index.get(word, ()):
                if item.currency == line.currency:
                    found.setdefault(item.id, item)
        return list(found.values())

    def _by_qr_reference(self, words: Sequence[str], line: Any) -> list[OpenItem]:
        """Find the items whose numbers a Swiss QR reference holds; they are indexed when the first one is met."""
        told = [word[:-1].lstrip("0") for word in words if len(word) == references.QR_DIGITS and esr.is_valid(word)]
        if not told:
            return []
        if not self._by_digits:
            for items in self._by_number.values():
                self._by_digits.setdefault(references.digits(items[0].number).lstrip("0"), []).extend(items)
        return self._named(self._by_digits, told, line)

    def _payer(self, line: Any) -> tuple[UUID | None, str]:
        """Find who pays: by the account earlier lines were booked from, else by a name only one customer has."""
        known = self._payers.get(line.counterparty) if line.counterparty else None
        if known is not None:
            return known, "who has paid from this account before"
        same = self._by_name.get(_name(line.name), set()) if line.name else set()
        return (next(iter(same)), "who has this name") if len(same) == 1 else (None, "")

    def _by_reference(self, line: Any, named: list[OpenItem], payer: UUID | None) -> Proposal:
        numbers = _listed(named)
        exact = _exactly(line, named, f"{numbers}: named, and paid in full")
        customers = {item.customer_id for item in named}
        if exact and len(customers) == 1 and payer in {None, *customers}:
            return Proposal(Confidence.SURE, exact.reason, exact.parts)
        if exact:
            reason = f"{numbers}: named and paid in full, though not by their customer alone."
            return Proposal(Confidence.LIKELY, reason, exact.parts)
        if len(customers) > 1:
            return Proposal(Confidence.DOUBTFUL, f"{numbers}: named, but of several customers, and the amounts differ.")
        return _early(line, named) or _unequal(line, named, numbers)

    def _by_payer(self, line: Any, payer: UUID, known_by: str) -> Proposal:
        name = self._names.get(payer, "")
        items = self._by_customer.get((payer, line.currency), [])
        same = [item for item in items if item.open_amount == line.amount]
        if len(same) == 1:
            reason = f"{same[0].number}: the only one of {name}, {known_by}, over this amount."
            return Proposal(Confidence.LIKELY, reason, _full(same))
        if same:
            reason = f"{_listed(same)}: all of {name} over this amount; the oldest is proposed."
            return Proposal(Confidence.DOUBTFUL, reason, _full(same[:1]))
        if found := _combined(line, items, f"{name}, {known_by}"):
            return found
        if line.amount < 0:
            return Proposal(Confidence.NONE, f"Money that left for {name}; no credit note over this amount is open.")
        return Proposal(
            Confidence.DOUBTFUL,
            f"{name}: {known_by}; no open invoices make this amount, so it is proposed to their credit.",
            (Part(payer, name, on_account=line.amount),),
        )

    def _by_figure(self, line: Any) -> Proposal:
        same = self._by_amount.get((line.currency, line.amount), [])
        if len(same) == 1:
            reason = f"{same[0].number}: only the amount fits, of {same[0].customer_name}."
            return Proposal(Confidence.DOUBTFUL, reason, _full(same))
        if same:
            return Proposal(
                Confidence.NONE, f"{len(same)} open items have this amount; nothing tells which one is meant."
            )
        return NOTHING


def written(amount: Decimal) -> str:
    """Write an amount with two decimals, or as many as it has."""
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount.normalize():f}"


def _exactly(line: Any, items: list[OpenItem], reason: str) -> Proposal | None:
    if sum((item.open_amount for item in items), ZERO) != line.amount:
        return None
    return Proposal(Confidence.LIKELY, f"{reason}.", _full(items))


def _combined(line: Any, items: list[OpenItem], payer: str) -> Proposal | None:
    """Propose items of one customer that make the amount: one less its discount, or several together."""
    for item in items:
        if early := _early(line, [item]):
            confidence = Confidence.LIKELY if early.confidence == Confidence.SURE else early.confidence
            return Proposal(confidence, f"{early.reason[:-1]}, of {payer}.", early.parts)
    if line.amount <= 0 or not 1 < len(items) <= MOST_ITEMS:
        return None
    best = settle_best([item.open_amount for item in items], line.amount, MOST_SUMS)
    if best is None or best.remain:
        return None
    taken = [items[place] for place in best.take]
    confidence = Confidence.LIKELY if best.unique else Confidence.DOUBTFUL
    how = "together exactly this amount" if best.unique else "one of several combinations of this amount"
    return Proposal(confidence, f"{_listed(taken)}: {how}, of {payer}.", _full(taken))


def _unequal(line: Any, named: list[OpenItem], numbers: str) -> Proposal:
    """Propose what one customer's line pays of the items it names, though their amounts are not its amount."""
    fitting = settle_best([item.open_amount for item in named], line.amount, MOST_SUMS)
    if fitting and not fitting.remain and fitting.unique:
        taken = [named[place] for place in fitting.take]
        return Proposal(Confidence.LIKELY, f"{_listed(taken)}: paid in full, of {numbers}.", _full(taken))
    total = sum((item.open_amount for item in named), ZERO)
    if line.amount * total <= 0:
        return Proposal(Confidence.DOUBTFUL, f"{numbers}: named, but the money goes the other way.")
    rest = written(abs(line.amount - total))
    if abs(line.amount) < abs(total):
        confidence = Confidence.LIKELY if len(named) == 1 else Confidence.DOUBTFUL
        return Proposal(confidence, f"{numbers}: named, paid in part; {rest} stays open.", _spread(line, named))
    reason = f"{numbers}: named and paid in full; {rest} more stays to the customer's credit."
    return Proposal(Confidence.LIKELY, reason, _full(named, line.amount - total))


def _early(line: Any, items: list[OpenItem]) -> Proposal | None:
    """Propose the discount for paying early where it makes the amount, and the line is not too late for it."""
    discounted = [item for item in items if item.discount and item.discount < item.open_amount]
    off = sum((item.discount for item in discounted), ZERO)
    if not off or sum((item.open_amount for item in items), ZERO) - off != line.amount:
        return None
    last = min(item.discount_until for item in discounted if item.discount_until)
    allocations = tuple((item.id, item.open_amount - (item.discount if item in discounted else ZERO)) for item in items)
    first = items[0]
    if line.booked_on > last:
        part = Part(first.customer_id, first.customer_name, allocations)
        reason = f"{_listed(items)}: less {written(off)} for paying early, but that ended on {last.isoformat()}."
        return Proposal(Confidence.DOUBTFUL, reason, (part,))
    part = Part(
        first.customer_id, first.customer_name, allocations, tuple((item.id, item.discount) for item in discounted)
    )
    return Proposal(Confidence.SURE, f"{_listed(items)}: paid less {written(off)} for paying early.", (part,))


def _full(items: Sequence[OpenItem], on_account: Decimal = ZERO) -> tuple[Part, ...]:
    by_customer: dict[UUID, list[OpenItem]] = defaultdict(list)
    for item in items:
        by_customer[item.customer_id].append(item)
    return tuple(
        Part(key, own[0].customer_name, tuple((item.id, item.open_amount) for item in own), on_account=on_account)
        for key, own in by_customer.items()
    )


def _spread(line: Any, items: Sequence[OpenItem]) -> tuple[Part, ...]:
    """Spread a part payment over the items in the order they are named."""
    rest, shares = line.amount, []
    for item in items:
        share = min(rest, item.open_amount, key=abs)
        if rest and share * rest > 0:
            shares.append((item.id, share))
            rest -= share
    return (Part(items[0].customer_id, items[0].customer_name, tuple(shares)),)


def _listed(items: Sequence[OpenItem]) -> str:
    numbers = [item.number for item in items]
    return ", ".join(numbers) if len(numbers) <= 3 else f"{', '.join(numbers[:3])} and {len(numbers) - 3} more"


def _plain(text: str) -> str:
    return "".join(_WORD.findall(text.upper()))


def _name(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.upper())) - LEGAL_FORMS


def _joined(text: str) -> Iterator[str]:
    """Give every word of a text, and every few that follow each other as one: a number may be cut anywhere."""
    words = _WORD.findall(text.upper())
    for start in range(len(words)):
        joined = ""
        for word in words[start : start + PIECES]:
            joined += word
            if len(joined) >= SHORTEST:
                yield joined
                if _CREDITOR_REFERENCE.match(joined):
                    yield joined[4:]
