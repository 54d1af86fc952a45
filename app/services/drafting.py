"""A document while it is being typed: its lines in memory, each computed once, totals always at hand.

Nothing here is stored.  Amounts come from the same engine as stored ones (services.totals): a changed
line is computed anew, the others are kept, so that a quantity in a thousand lines costs a moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Invalid
from app.models.base import new_id
from app.models.lines import subtotals
from app.models.offer import check_choices, stands_for
from app.models.tax import Tax
from app.services import companies, document_lines, offers, parties, place_taxes, pricing, products, totals
from app.services.companies import TaxRule
from app.services.document_lines import OfferedLine, Rules
from app.services.parties import Address
from app.services.place_taxes import Taxing
from app.services.pricing import Buyer, Offer, PriceBook, round_price
from app.services.products import Product
from app.services.totals import LineAmount, LineTotals, Totals


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as it stands in the editor; ``product`` is None for fees and texts."""

    id: UUID
    kind: str
    product: Product | None
    name: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    tax_codes: str
    requested_on: date | None = None
    choice: str = ""  # of a quote's line: a models.offer.Choice
    price_typed: bool = False  # a person wrote the price or the discount: it stays, whatever the price lists say

    def to_input(self) -> OfferedLine:
        """Give the line as the services take it."""
        return OfferedLine(
            product_id=self.product.id if self.product else None,
            quantity=self.quantity,
            unit=self.unit,
            unit_price=self.unit_price,
            discount_percent=self.discount_percent,
            tax_codes=self.tax_codes,
            name=self.name,
            description=self.description,
            kind=self.kind,
            id=self.id,
            requested_on=self.requested_on,
            choice=self.choice,
        )


class Draft:
    """The lines of one document and what they come to, under fixed rules."""

    def __init__(
        self,
        rules: Rules,
        taxes: dict[str, TaxRule],
        company_currency: str,
        taxing: Taxing | None = None,
        prices: PriceBook | None = None,
    ) -> None:
        """Start without lines; ``taxing`` says which taxes new ones bear where the company has rules for that.

        ``prices`` are the customer's price lists, None where there are none.
        """
        self.taxing, self.prices = taxing, prices
        self.rules, self.taxes, self.company_currency = rules, taxes, company_currency
        self._engine_rules = document_lines.engine_rules(rules)
        self.lines: tuple[TypedLine, ...] = ()
        self._has_choices = False
        self._stands_for: dict[UUID, UUID] = {}
        self._amounts: dict[UUID, tuple[TypedLine, LineAmount]] = {}
        self._known_taxes: dict[str, tuple[Tax, ...]] = {}
        self.totals: Totals = totals.total([], self._engine_rules)

    def set_lines(self, lines: Sequence[TypedLine]) -> None:
        """Take other lines; only those that are new or changed are computed.

        Raises:
            Invalid: a number is too large, a tax unknown, or a line an alternative to nothing; then the lines stay as
                they were.

        """
        has_choices = any(line.choice for line in lines)
        if has_choices:
            check_choices((line.kind, line.choice) for line in lines)
        amounts = {line.id: (line, self._amount(line)) for line in lines}
        counted = [amount for line, amount in amounts.values() if not line.choice]
        self.totals = totals.total(counted, self._engine_rules)
        self.lines, self._amounts = tuple(lines), amounts
        self._has_choices = has_choices
        self._stands_for = stands_for(self.lines) if has_choices else {}

    def check(self, line: TypedLine) -> None:
        """Refuse a line that could not be taken.

        Raises:
            Invalid: a number is too large or too fine, or a tax unknown.

        """
        self._compute(line)

    def amount(self, number: int) -> Decimal:
        """The amount of a line, before the document discount."""
        return self.computed(number).amount

    def subtotal(self, number: int) -> Decimal:
        """Give what a subtotal comes to by now: the included lines since the section or subtotal above it."""
        above = self.lines[: number + 1]
        adds = ((line.kind, Decimal(0) if line.choice else self.amount(place)) for place, line in enumerate(above))
        return subtotals(adds)[number]

    def computed(self, number: int) -> LineTotals:
        """What a line comes to; one that may be chosen as if it were alone."""
        line = self.lines[number]
        if line.choice:  # in no total
            alone = totals.total([self._amounts[line.id][1]], document_lines.engine_rules(offers.alone(self.rules)))
            return alone.lines[0]
        above = sum(1 for one in self.lines[:number] if one.choice) if self._has_choices else 0
        return self.totals.lines[number - above]

    def included(self) -> Iterator[tuple[TypedLine, LineTotals]]:
        """Give the lines in the total, each with what it comes to."""
        counted = [line for line in self.lines if not line.choice] if self._has_choices else self.lines
        return zip(counted, self.totals.lines, strict=True)

    def replaces(self, line: TypedLine) -> int | None:
        """Give the number, from 1, of the line that an alternative may take the place of; None: it is none."""
        base = self._stands_for.get(line.id)
        return next((number for number, one in enumerate(self.lines, 1) if one.id == base), None) if base else None

    def line_for(self, product: Product, quantity: Decimal = Decimal(1), unit: str = "") -> TypedLine:
        """Make a line for a product at the price of the customer's price lists, else at its list price.

        Raises:
            Invalid: the product has no price in the document's currency, price lists contradict each other, or it
                is not sold in the unit.

        """
        price = self.price_of(product, quantity, unit)
        return TypedLine(
            new_id(),
            "product",
            product,
            product.name,
            "",
            quantity,
            unit or product.unit,
            price.unit_price,
            price.discount_percent,
            self._codes(product),
        )

    def price_of(self, product: Product, quantity: Decimal, unit: str = "") -> Offer:
        """Give the price that a line gets where nobody types one.

        Raises:
            Invalid: as for :meth:`line_for`.

        """
        offer = self.prices.offer(product, quantity, unit) if self.prices is not None else None
        if offer is None:
            factor = product.factor(unit)
            offer = Offer(document_lines.list_price(product, factor, self.rules.currency, self.company_currency))
        if self.taxing is None:
            return offer
        adapted = self.taxing.price(offer.unit_price, product.tax_codes, self._codes(product))
        return replace(offer, unit_price=adapted)

    def _codes(self, product: Product) -> str:
        own = product.tax_codes
        return own if self.taxing is None else self.taxing.codes(own, place_taxes.class_of(product))

    def with_quantity(self, line: TypedLine, quantity: Decimal) -> TypedLine:
        """Sell another quantity: a price that the price lists gave follows, one that was typed stays.

        Raises:
            Invalid: price lists contradict each other at this quantity.

        """
        changed = replace(line, quantity=quantity)
        return self._at_listed_price(changed) if self.prices is not None and self.follows(line) else changed

    def with_price(self, line: TypedLine, **typed: Decimal) -> TypedLine:
        """Type the unit price or the discount, which stay from then on."""
        return replace(line, price_typed=True, **typed)  # type: ignore[arg-type]  # decimals by their names

    def follows(self, line: TypedLine) -> bool:
        """Whether a line has the price it gets where nobody types one, and nobody typed one since."""
        if line.product is None or line.price_typed:
            return False
        try:
            offer = self.price_of(line.product, line.quantity, line.unit)
        except Invalid:  # there is none to follow: what stands there was typed
            return False
        return (offer.unit_price, offer.discount_percent) == (line.unit_price, line.discount_percent)

    def _at_listed_price(self, line: TypedLine) -> TypedLine:
        assert line.product is not None, "only products have prices in lists"
        offer = self.price_of(line.product, line.quantity, line.unit)
        return replace(line, unit_price=offer.unit_price, discount_percent=offer.discount_percent)

    def with_unit(self, line: TypedLine, unit: str) -> TypedLine:
        """Sell the line in another unit: its price is the price lists' for it, or follows in proportion.

        Raises:
            Invalid: the product is not sold in that unit, or price lists contradict each other.

        """
        if line.product is None:
            return replace(line, unit=unit)
        factor = line.product.factor(unit) / line.product.factor(line.unit)
        if self.prices is not None and self.follows(line):
            return self._at_listed_price(replace(line, unit=unit))
        price = round_price(Fraction(line.unit_price) * factor)
        return replace(line, unit=unit, unit_price=price)

    def _taxes(self, codes: str) -> tuple[Tax, ...]:
        if codes not in self._known_taxes:
            self._known_taxes[codes] = document_lines.engine_taxes(codes, self.taxes)
        return self._known_taxes[codes]

    def _amount(self, line: TypedLine) -> LineAmount:
        known = self._amounts.get(line.id)
        return known[1] if known is not None and known[0] is line else self._compute(line)

    def _compute(self, line: TypedLine) -> LineAmount:
        if line.product:
            line.product.grains(line.quantity, line.unit)  # refuses what the ledger cannot hold
        for name, value in (("quantity", line.quantity), ("unit_price", line.unit_price)):
            document_lines.check_number(name, value)
        row: dict[str, Any] = {
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "discount_percent": line.discount_percent,
            "tax_codes": line.tax_codes,
        }
        return totals.line_amount(document_lines.engine_line(row, self._taxes(line.tax_codes)), self._engine_rules)


@dataclass(frozen=True, slots=True)
class Opened:
    """What an editor starts with: an empty draft under the document's rules, and its stored lines."""

    draft: Draft
    lines: tuple[TypedLine, ...]


def open_lines(connection: Connection, head: Any, rows: Sequence[Any], buyer: Buyer) -> Opened:
    """Read what is needed to edit the lines ``rows`` of the quote or order ``head`` of a ``buyer``."""
    company = companies.get(connection)
    rules = Rules(
        head.currency,
        companies.decimals(connection, head.currency),
        head.tax_rounding,
        head.discount_percent,
        head.discount_amount,
        head.cash_rounding,
    )
    known = products.get_many(connection, [row.product_id for row in rows if row.product_id])
    lines = tuple(
        TypedLine(
            row.id,
            row.kind,
            known.get(row.product_id),
            row.name,
            row.description,
            row.quantity,
            row.unit,
            row.unit_price,
            row.discount_percent,
            row.tax_codes,
            row.requested_on,
            getattr(row, "choice", ""),
        )
        for row in rows
    )
    ship_to = Address.from_json(head.shipping_address) if head.shipping_address else None
    taxing = place_taxes.taxing(connection, parties.get(connection, head.customer_id), ship_to, buyer.on)
    prices = pricing.open_book(connection, buyer, head.currency)
    return Opened(Draft(rules, companies.taxes(connection), company.currency, taxing, prices), lines)


@dataclass(frozen=True, slots=True)
class PastedLine:
    """A pasted row: the line it makes, or for each column that is wrong the reason."""

    texts: tuple[str, ...]
    line: TypedLine | None
    errors: dict[str, str]


def match_pasted(connection: Connection, draft: Draft, rows: Sequence[dict[str, Any]]) -> list[PastedLine]:
    """Turn pasted rows (sku, quantity, price, discount; numbers read already, None where unreadable) into lines."""
    skus = [str(row["sku"]).strip() for row in rows]
    ids = products.by_sku(connection, skus)
    known = products.get_many(connection, list(ids.values()))
    found = []
    for row, sku in zip(rows, skus, strict=True):
        errors: dict[str, str] = dict(row["errors"])
        product = known.get(ids[sku]) if sku in ids else None
        if product is None:
            errors["sku"] = f"There is no product {sku}." if sku else "The SKU is missing."
        line = None
        if product is not None and not errors:
            try:
                line = _pasted_line(draft, product, row)
            except Invalid as error:
                errors[error.field] = str(error)
        found.append(PastedLine(tuple(row["texts"]), line, errors))
    return found


def _pasted_line(draft: Draft, product: Product, row: dict[str, Any]) -> TypedLine:
    quantity = row.get("quantity")
    line = draft.line_for(product, Decimal(1) if quantity is None else quantity)
    product.grains(line.quantity, line.unit)
    if row.get("price") is not None:
        line = draft.with_price(line, unit_price=row["price"], discount_percent=Decimal(0))
    if row.get("discount") is not None:  # comes off what the price lists ask, whichever way they show that
        net = Offer(line.unit_price, line.discount_percent).net
        line = draft.with_price(line, unit_price=net, discount_percent=row["discount"])
    return line
