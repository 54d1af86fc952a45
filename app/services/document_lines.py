"""Turns what was typed on a quote, order or invoice into lines with stored, exact totals.

This is the only way amounts come into being: the totals engine is asked once, its result is stored,
and every screen, paper and ledger reads what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, select

from app.errors import Invalid
from app.models.base import AMOUNT, PRICE, Key, new_id
from app.models.lines import LINE_KINDS, UNPRICED, document_tax
from app.models.tax import Tax, TaxKind
from app.services import companies, pricing, products, totals
from app.services.companies import TaxRule
from app.services.pricing import Buyer, round_price
from app.services.products import Product
from app.services.statements import Prepared
from app.services.totals import DocumentDiscount, TaxRounding
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)
LARGEST: Final = Decimal(10) ** 11
"""Quantities, prices and amounts stay below this, so that their stored whole numbers fit 64 bits."""

LONGEST_NAME: Final = 80
"""Characters of a tax's name on a document."""


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line as typed.  What is left None comes from the product: unit, price, taxes, texts.

    ``quantity`` counts ``unit``; ``unit_price`` is per ``unit`` in the document's currency;
    ``discount_percent`` below zero is a surcharge.  Kind ``text`` has no amount, ``fee`` no product.
    """

    product_id: UUID | None = None
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_price: Decimal | None = None
    discount_percent: Decimal = ZERO
    tax_codes: str | None = None
    name: str = ""
    description: str = ""
    kind: str = "product"
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OfferedLine(LineInput):
    """A line of a quote as typed: also the day it is wanted on, and whether it is optional or an alternative.

    ``choice`` is a :class:`app.models.offer.Choice`; ``requested_on`` None is the quote's own day.
    """

    requested_on: date | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a document's amounts are computed by; stored on the document."""

    currency: str
    decimals: int
    tax_rounding: str = "line"
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    cash_rounding: Decimal | None = None

    def columns(self) -> dict[str, Any]:
        """Give the columns of the document these rules are stored in."""
        return {
            "currency": self.currency,
            "tax_rounding": self.tax_rounding,
            "discount_percent": self.discount_percent,
            "discount_amount": self.discount_amount,
            "cash_rounding": self.cash_rounding,
        }


@dataclass(frozen=True, slots=True)
class Priced:
    """Lines ready to store (without their document's id), the document's totals and its taxes."""

    lines: list[dict[str, Any]]
    totals: dict[str, Decimal]
    taxes: list[dict[str, Any]]
    products: dict[UUID, Product] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What lines are completed from, read once for a document or for a whole batch of them."""

    products: dict[UUID, Product]
    taxes: dict[str, TaxRule]
    company_currency: str


def catalogue(connection: Connection, product_ids: Iterable[UUID], company_currency: str = "") -> Catalogue:
    """Read the products, taxes and, where it is not known yet, the company's currency that lines need.

    Raises:
        NotFound: a product does not exist.

    """
    known = products.get_many(connection, list(product_ids))
    return Catalogue(known, companies.taxes(connection), company_currency or companies.own_currency(connection))


def price(
    connection: Connection,
    rules: Rules,
    inputs: Sequence[LineInput],
    *,
    tax_exempt: bool = False,
    company_currency: str = "",
) -> Priced:
    """Complete the lines from their products and compute all amounts; what is not handed over is read.

    Raises:
        Invalid: a quantity, unit, price or tax cannot be taken; the text names the line.
        NotFound: a product does not exist.

    """
    known = catalogue(connection, [one.product_id for one in inputs if one.product_id], company_currency)
    return price_from(known, rules, inputs, tax_exempt=tax_exempt)


def with_listed_prices(
    connection: Connection, currency: str, inputs: Sequence[LineInput], buyer: Buyer
) -> Sequence[LineInput]:
    """Give lines without a price the one of the buyer's price lists; where those say nothing they stay without.

    Raises:
        Invalid: a product is not sold in the unit, or price lists contradict each other; the text names the line.
        NotFound: a product does not exist.

    """
    unpriced = {
        one.product_id for one in inputs if one.product_id and one.unit_price is None and one.kind not in UNPRICED
    }
    book = pricing.open_book(connection, buyer, currency, unpriced) if unpriced else None
    if book is None:
        return inputs
    known = products.get_many(connection, list(unpriced))
    listed = list(inputs)
    for place, one in enumerate(inputs):
        if one.product_id is None or one.product_id not in unpriced or one.unit_price is not None:
            continue
        try:
            offer = book.offer(known[one.product_id], one.quantity, one.unit)
        except Invalid as error:
            raise Invalid(error.field, f"Line {place + 1}: {error}") from error
        if offer is not None:
            price, discount = offer.unit_price, offer.discount_percent
            if one.discount_percent:  # comes off what the list asks, whichever way the list shows that
                price, discount = offer.net, one.discount_percent
            listed[place] = replace(one, unit_price=price, discount_percent=discount)
    return listed


def price_from(known: Catalogue, rules: Rules, inputs: Sequence[LineInput], *, tax_exempt: bool = False) -> Priced:
    """As :func:`price`, from a catalogue read before.

    Raises:
        Invalid: a quantity, unit, price or tax cannot be taken; the text names the line.

    """
    check_discounts(rules.discount_percent, rules.discount_amount)
    if rules.tax_rounding not in set(TaxRounding):
        raise Invalid("tax_rounding", f"Taxes are rounded per {' or per '.join(TaxRounding)}. Choose one of them.")
    lines = []
    for position, one in enumerate(inputs, 1):
        try:
            row = _complete(one, known.products, rules, known.company_currency)
        except Invalid as error:
            raise Invalid(error.field, f"Line {position}: {error}") from error
        if tax_exempt:
            row["tax_codes"] = ""
        _refuse_unknown_taxes(position, row["tax_codes"], known.taxes)
        lines.append({"id": one.id or new_id(), "position": position, **row})
    return compute(rules, lines, known.taxes, known.products)


def compute(
    rules: Rules, lines: list[dict[str, Any]], taxes: dict[str, TaxRule], known: dict[UUID, Product] | None = None
) -> Priced:
    """Compute the amounts of complete lines: fills ``net``, ``tax`` and ``total`` of each in place.

    Raises:
        Invalid: a tax is not set up, or an amount is too large to be stored.

    """
    known_taxes = {codes: engine_taxes(codes, taxes) for codes in {row["tax_codes"] for row in lines}}
    engine_lines = tuple(engine_line(row, known_taxes[row["tax_codes"]]) for row in lines)
    result = totals.compute(totals.Document(engine_lines, engine_rules(rules)))
    for row, line in zip(lines, result.lines, strict=True):
        net, total = line.net, line.total
        row["amount"], row["net"], row["tax"], row["total"] = line.amount, net, line.tax, total
        if max(abs(net), abs(total)) >= LARGEST:
            raise Invalid("quantity", f"Line {row['position']}: the amount is too large.")
    if max(abs(result.untaxed), abs(result.total)) >= LARGEST:
        raise Invalid("lines", "The amount of this document is too large.")
    document = {
        "untaxed": result.untaxed,
        "tax": result.tax,
        "rounding": result.rounding,
        "total": result.total,
    }
    tax_rows = [
        {
            "code": code,
            "name": _printed_name(taxes[code]),
            "rate": taxes[code].rate,
            "included": taxes[code].included,
            "base": part.base,
            "amount": part.amount,
        }
        for code, part in result.taxes.items()
    ]
    return Priced(lines, document, tax_rows, known or {})


def _printed_name(rule: TaxRule) -> str:
    """Name a tax as papers print it: one of nothing with its reason, as far as there is room for it."""
    words = f"{rule.name}: {rule.exempt_reason}"
    return words if rule.exempt_reason and not rule.rate and len(words) <= LONGEST_NAME else rule.name


def taxes_of(connection: Connection, document_id: UUID) -> dict[str, TaxRule]:
    """Read the taxes as they stood when a document was computed, also those changed or no longer used since."""
    known = companies.known_taxes(connection)
    for row in _STORED_TAXES.all(connection, document=document_id):
        known[row.code] = replace(known[row.code], name=row.name, rate=row.rate, included=row.included)
    return known


def engine_rules(rules: Rules) -> totals.Rules:
    """Put a document's rules as the totals engine asks for them."""
    discount = None
    if rules.discount_percent or rules.discount_amount:
        discount = DocumentDiscount(rules.discount_percent, rules.discount_amount)
    return totals.Rules(
        step=Decimal(1).scaleb(-rules.decimals),
        tax_rounding=TaxRounding(rules.tax_rounding),
        discount=discount,
        cash_step=rules.cash_rounding,
    )


def engine_taxes(codes: str, taxes: dict[str, TaxRule]) -> tuple[Tax, ...]:
    """Put the taxes a line names as the totals engine asks for them.

    Raises:
        Invalid: a tax is not set up.

    """
    for code in codes.split():
        if code not in taxes:
            raise Invalid("tax_codes", f"There is no tax {code}. Add it in the settings.")
    return tuple(_tax(taxes[code]) for code in codes.split())


def engine_line(row: dict[str, Any], taxes: tuple[Tax, ...]) -> totals.Line:
    """Put a complete line as the totals engine asks for it."""
    return totals.Line(
        row["quantity"],
        row["unit_price"],
        taxes,
        discount_percent=row["discount_percent"],
        discountable=not row.get("deposit_id"),
        stated=_stated(row, taxes) if row.get("tax_amounts") else None,
    )


def _stated(row: dict[str, Any], taxes: tuple[Tax, ...]) -> tuple[Decimal, ...]:
    """Read the taxes a line of a deposit states, one amount for each of its codes."""
    amounts = tuple(map(Decimal, row["tax_amounts"].split()))
    if len(amounts) != len(taxes):
        raise Invalid("tax_codes", f"Line {row['position']}: its taxes and their amounts are not as many.")
    return amounts


def _tax(rule: TaxRule) -> Tax:
    return Tax(
        rule.code,
        rule.rate,
        TaxKind(rule.kind),
        included=rule.included,
        affects_base=rule.affects_base,
        base_affected=rule.base_affected,
        sequence=rule.sequence,
    )


def _complete(one: LineInput, known: dict[UUID, Product], rules: Rules, company_currency: str) -> dict[str, Any]:
    product = known[one.product_id] if one.product_id else None
    factor = product.factor(one.unit) if product else products.ONE
    unit_price = one.unit_price
    if one.kind not in LINE_KINDS:
        raise Invalid("kind", f"There are no lines of kind {one.kind}. Choose one of: {', '.join(LINE_KINDS)}.")
    if one.kind in UNPRICED:
        unit_price, quantity = ZERO, ZERO
    else:
        quantity = one.quantity
        if unit_price is None:
            unit_price = list_price(product, factor, rules.currency, company_currency)
    check_number("quantity", quantity)
    check_number("unit_price", unit_price)
    check_number("discount_percent", one.discount_percent)
    if one.discount_percent > 100:
        raise Invalid("discount_percent", "A discount of more than the price cannot be given.")
    if product:
        product.grains(quantity, one.unit)  # refuses what the ledger cannot hold
    codes = one.tax_codes if one.tax_codes is not None else (product.tax_codes if product else "")
    return {
        "kind": one.kind,
        "product_id": one.product_id,
        "sku": product.sku if product else "",
        "name": one.name or (product.name if product else ""),
        "description": one.description,
        "quantity": quantity,
        "unit": one.unit or (product.unit if product else ""),
        "numerator": factor.numerator,
        "denominator": factor.denominator,
        "unit_price": unit_price,
        "discount_percent": one.discount_percent,
        "tax_codes": "" if one.kind in UNPRICED else " ".join(codes.split()),
    }


def list_price(product: Product | None, factor: Fraction, currency: str, company_currency: str) -> Decimal:
    """Give the list price of a unit that holds ``factor`` stock units, in the document's currency.

    Raises:
        Invalid: there is no product, or it has no price in that currency.

    """
    if product is None:
        raise Invalid("unit_price", "Type a price.")
    if currency != company_currency:
        raise Invalid("unit_price", f"{product.sku} has no price in {currency}. Type one.")
    if factor == 1:
        return product.list_price
    return round_price(Fraction(product.list_price) * factor)


def check_number(name: str, value: Decimal) -> None:
    """Refuse what cannot be stored exactly.

    Raises:
        Invalid: the number is too large or has too many decimals.

    """
    if not value.is_finite() or abs(value) >= LARGEST:
        raise Invalid(name, f"This number is too large. Use one below {LARGEST:,f}.")
    _, denominator = value.as_integer_ratio()
    if 10**PRICE % denominator:
        raise Invalid(name, f"Use at most {PRICE} decimal places.")


def check_discounts(discount_percent: Decimal = ZERO, discount_amount: Decimal = ZERO) -> None:
    """Refuse a discount of a whole document that cannot be stored exactly.

    Raises:
        Invalid: it is too large or has too many decimals.

    """
    check_number("discount_percent", discount_percent)
    check_number("discount_amount", discount_amount)
    if discount_percent > 100:
        raise Invalid("discount_percent", "A discount of more than the whole document cannot be given.")
    if 10**AMOUNT % discount_amount.as_integer_ratio()[1]:
        raise Invalid("discount_amount", f"Use at most {AMOUNT} decimal places.")


def _refuse_unknown_taxes(position: int, codes: str, taxes: dict[str, TaxRule]) -> None:
    for code in codes.split():
        if code not in taxes:
            raise Invalid("tax_codes", f"Line {position}: there is no tax {code}. Add it in the settings.")


def store_taxes(tx: Transaction, document_id: UUID, rows: Iterable[dict[str, Any]], *, replace: bool) -> None:
    """Write a document's taxes; ``replace`` removes what was there first."""
    if replace:
        tx.delete_parts(document_tax, "document_id", document_id)
    tx.insert(document_tax, *({"document_id": document_id, **row} for row in rows))


def replace_lines(
    tx: Transaction, table: Table, parent: str, document_id: UUID, lines: Sequence[dict[str, Any]]
) -> None:
    """Make the stored lines of a document equal to ``lines``: change, add and remove only what differs."""
    mine = table.select().where(table.c[parent] == document_id)
    if "kit_line_id" in table.c:  # components follow their kit's line
        mine = mine.where(table.c.kit_line_id.is_(None))
    stored = {row["id"]: dict(row) for row in tx.execute(mine).mappings()}
    wanted = {row["id"]: {**row, parent: document_id} for row in lines}
    tx.delete(table, [row_id for row_id in stored if row_id not in wanted])
    for row_id, row in wanted.items():
        if row_id in stored:
            values = {name: value for name, value in row.items() if name != "id" and stored[row_id][name] != value}
            if values:
                tx.update(table, row_id, **values)
    tx.insert(table, *(row for row_id, row in wanted.items() if row_id not in stored))


_STORED_TAXES: Final = Prepared(
    select(document_tax.c.code, document_tax.c.name, document_tax.c.rate, document_tax.c.included).where(
        document_tax.c.document_id == bindparam("document", type_=Key)
    )
)
