"""The one totals engine: what a document's lines, taxes and discounts come to.

Everything that shows or books an amount reads a stored result of :func:`compute`; nothing else adds taxes up.

What it does, in this order:

1. A line's amount is quantity x unit price, less its discount, rounded once to the currency's step.
2. A document discount is taken off the net amounts or the gross totals of the lines, in proportion, the last
   steps by largest remainder.  From then on the reduced amounts are the lines' amounts.
3. Taxes, rounded per line or per document (:mod:`app.services.tax_rounding`).  Where the price contains
   tax the net amount is rounded and the tax is the rest, so that the price stays what it was.
4. Cash rounding changes the total, never the tax.
5. The same in company currency at the document's rate; per line where rounding is per line.

Lines add up to the document, taxes to the tax, net and tax to the total, in every figure.  The order of the taxes
on a line changes nothing.  :func:`mirrored` gives the credit note: exactly the negative of every figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from app.errors import Invalid
from app.models.rounding import MIRRORED, Rational, Rounding, round_decimals, round_ratio, round_step, spread, times
from app.models.tax import Prices, Tax
from app.models.tax_formula import NOTHING, Formula, Ratio, formula
from app.services.tax_rounding import Entry, Share, TaxSum, TaxSums, add_up, by_document, by_line

ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")


class TaxRounding(StrEnum):
    """Where taxes are rounded; stored with each document."""

    LINE = "line"
    DOCUMENT = "document"


class DiscountBase(StrEnum):
    """What a document discount is taken off."""

    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True, slots=True)
class DocumentDiscount:
    """A discount on the whole document: ``percent`` (below zero a surcharge), then ``amount`` in its currency."""

    percent: Decimal = ZERO
    amount: Decimal = ZERO
    applies_to: DiscountBase = DiscountBase.NET


@dataclass(frozen=True, slots=True)
class CompanyRate:
    """How amounts become company currency: ``rate`` document units are one company unit; amounts in ``step``."""

    rate: Decimal
    step: Decimal = CENT


@dataclass(frozen=True, slots=True)
class Rules:
    """What a document's amounts are computed by; every one of them is stored with the document.

    ``step`` is the smallest amount of the currency (0.01, or one that is no power of ten such as 0.05),
    ``cash_step`` the smallest coin the total is rounded to.  ``discount_decimals`` rounds discount
    percentages before they are applied.
    """

    step: Decimal = CENT
    tax_rounding: TaxRounding = TaxRounding.DOCUMENT
    prices: Prices = Prices.BY_TAX
    discount: DocumentDiscount | None = None
    discount_decimals: int | None = None
    cash_step: Decimal | None = None
    company: CompanyRate | None = None
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        """Refuse what can only be a programming error: a step of nothing, a rounding that has no mirror image."""
        if self.step <= 0 or self.rounding not in MIRRORED:
            raise ValueError(f"no document can be rounded to {self.step} by {self.rounding}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as typed.

    ``quantity`` counts the unit that ``unit_price`` is for; both are exact.  ``discount_percent`` below zero
    is a surcharge; ``discount_amount`` comes off the whole line after it.  ``tax_quantity`` is the quantity
    that taxes per unit count, in their unit, where that is another one.  A discount of the whole document
    leaves a line alone that is not ``discountable``: a deposit that is deducted.  ``stated`` are the amounts of
    ``taxes`` where they were settled elsewhere: a part of a deposit bears its part of the order's.
    """

    quantity: Rational
    unit_price: Rational
    taxes: tuple[Tax, ...] = ()
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    tax_quantity: Rational | None = None
    discountable: bool = True
    stated: tuple[Decimal, ...] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document to be computed."""

    lines: tuple[Line, ...]
    rules: Rules


@dataclass(frozen=True, slots=True)
class LineAmount:
    """A line after its own discount, in whole steps: all that does not depend on other lines.

    An editor keeps these and gives them to :func:`total` again when another line changes.
    ``share`` is there when taxes are rounded per line, or stated.
    """

    line: Line
    discount_percent: Decimal
    listed: int
    entry: Entry
    share: Share | None


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """One tax of a line or document, in the document's currency."""

    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax over lines of one sign, as it is booked: sales apart from returns; none where both are nothing."""

    code: str
    base: Decimal
    amount: Decimal


class LineTotals(NamedTuple):
    """What one line comes to, in the document's currency."""

    step: Decimal
    discount_percent: Decimal
    formula: Formula
    listed_steps: int
    amount_steps: int
    document_discount_steps: int
    net_steps: int
    taxes_steps: Sequence[int]

    @property
    def amount(self) -> Decimal:
        """Quantity x price less the line's own discount (with tax where the price contains it)."""
        return times(self.amount_steps, self.step)

    @property
    def net(self) -> Decimal:
        """The amount before tax, after all discounts."""
        return times(self.net_steps, self.step)

    @property
    def tax(self) -> Decimal:
        """All taxes of the line."""
        return times(sum(self.taxes_steps), self.step)

    @property
    def total(self) -> Decimal:
        """Net and tax."""
        return times(self.net_steps + sum(self.taxes_steps), self.step)

    @property
    def discount(self) -> Decimal:
        """What the line's own discount took off its price amount (with tax where the price contains it)."""
        return times(self.listed_steps - self.amount_steps, self.step)

    @property
    def document_discount(self) -> Decimal:
        """The line's part of the document discount, net or gross as that is."""
        return times(self.document_discount_steps, self.step)

    @property
    def taxes(self) -> dict[str, TaxTotal]:
        """Base and amount by tax code."""
        bases = self.formula.bases(self.net_steps, self.taxes_steps)
        return {
            term.tax.code: TaxTotal(times(base, self.step), times(amount, self.step))
            for term, base, amount in zip(self.formula.terms, bases, self.taxes_steps, strict=True)
        }


@dataclass(frozen=True, slots=True)
class CompanyTotals:
    """A document in company currency."""

    untaxed: Decimal
    tax: Decimal
    rounding: Decimal
    total: Decimal
    taxes: dict[str, TaxTotal]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document comes to, in its currency.  ``rounding`` is the cash rounding within ``total``."""

    lines: tuple[LineTotals, ...]
    untaxed: Decimal
    tax: Decimal
    total_before_rounding: Decimal
    rounding: Decimal
    total: Decimal
    document_discount: Decimal
    taxes: dict[str, TaxTotal]
    tax_lines: tuple[TaxLine, ...]
    company: CompanyTotals | None


def compute(document: Document) -> Totals:
    """Compute a document from its lines.

    Raises:
        Invalid: a tax is there twice on a line, the taxes in a price leave no net amount, or the rate is not
            more than nothing.

    """
    return total([line_amount(line, document.rules) for line in document.lines], document.rules)


def line_amount(line: Line, rules: Rules) -> LineAmount:
    """Compute what a line is worth by itself, in the price terms of its document.

    Raises:
        Invalid: see :func:`compute`.

    """
    step_numerator, step_denominator = rules.step.as_integer_ratio()
    quantity, quantity_denominator = line.quantity.as_integer_ratio()
    price, price_denominator = line.unit_price.as_integer_ratio()
    numerator = quantity * price * step_denominator
    denominator = quantity_denominator * price_denominator * step_numerator
    amount = listed = round_ratio(numerator, denominator, rules.rounding)
    percent = _percent(line.discount_percent, rules)
    if percent or line.discount_amount:
        off, off_denominator = percent.as_integer_ratio()
        numerator *= 100 * off_denominator - off
        denominator *= 100 * off_denominator
        off, off_denominator = line.discount_amount.as_integer_ratio()
        numerator = numerator * off_denominator * step_numerator - off * step_denominator * denominator
        denominator *= off_denominator * step_numerator
        amount = round_ratio(numerator, denominator, rules.rounding)
    taxes = formula(line.taxes, rules.prices)
    entry = Entry(
        taxes,
        amount,
        (numerator, denominator),
        _units(line, taxes, rules.step),
        numerator < 0 or (numerator == 0 and quantity < 0),
    )
    share = None
    if line.stated is not None:
        share = _stated(line, line.stated, entry, rules.step)
    elif rules.tax_rounding is TaxRounding.LINE:
        share = Share(*taxes.inside(amount, entry.units, rules.rounding))
    return LineAmount(line, percent, listed, entry, share)


def total(amounts: Sequence[LineAmount], rules: Rules) -> Totals:
    """Compute a document from line amounts that were computed by the same rules.

    Raises:
        Invalid: a document discount meets taxes that cannot be computed on a reduced amount.

    """
    entries = [amount.entry for amount in amounts]
    shares, sums = _shares(amounts, entries, rules)
    discounts = [0] * len(entries)
    if rules.discount is not None:
        discounts = _discounts(amounts, shares, rules.discount, rules)
        entries = _discounted(amounts, shares, discounts, rules.discount.applies_to)
        shares, sums = _rounded(amounts, entries, rules)
    lines = tuple(
        LineTotals(
            rules.step,
            amount.discount_percent,
            entry.formula,
            amount.listed,
            amount.entry.price,
            off,
            share.net,
            share.taxes,
        )
        for amount, entry, off, share in zip(amounts, entries, discounts, shares, strict=True)
    )
    return _totals(lines, sums, rules)


def mirrored(document: Document) -> Document:
    """Give the document's credit note: every figure of it is exactly the negative."""
    rules = document.rules
    discount = rules.discount
    if discount is not None:
        rules = replace(rules, discount=replace(discount, amount=-discount.amount))
    return Document(
        tuple(
            replace(
                line,
                quantity=-line.quantity,
                discount_amount=-line.discount_amount,
                tax_quantity=None if line.tax_quantity is None else -line.tax_quantity,
                stated=None if line.stated is None else tuple(-amount for amount in line.stated),
            )
            for line in document.lines
        ),
        rules,
    )


def before_discounts(document: Document) -> Document:
    """Give the document as it would be without any discount, of a line or of the whole."""
    lines = tuple(replace(line, discount_percent=ZERO, discount_amount=ZERO) for line in document.lines)
    return Document(lines, replace(document.rules, discount=None))


def _percent(percent: Decimal, rules: Rules) -> Decimal:
    if rules.discount_decimals is None or not percent:
        return percent
    return round_decimals(percent, rules.discount_decimals, rules.rounding)


def _units(line: Line, taxes: Formula, step: Decimal) -> Ratio:
    """Count what taxes per unit count, in units of 1/step; a negative price takes them back."""
    if not any(term.per_unit[0] for term in taxes.terms):
        return NOTHING
    counted = line.quantity if line.tax_quantity is None else line.tax_quantity
    numerator, denominator = counted.as_integer_ratio()
    step_numerator, step_denominator = step.as_integer_ratio()
    sign = -1 if line.unit_price < 0 else 1
    return sign * numerator * step_denominator, denominator * step_numerator


def _shares(amounts: Sequence[LineAmount], entries: Sequence[Entry], rules: Rules) -> tuple[list[Share], TaxSums]:
    known = [amount.share for amount in amounts if amount.share is not None]
    if rules.tax_rounding is TaxRounding.LINE and len(known) == len(entries):
        return known, add_up(entries, known)
    return _rounded(amounts, entries, rules)


def _stated(line: Line, stated: tuple[Decimal, ...], entry: Entry, step: Decimal) -> Share:
    settled = {tax.code: int(amount / step) for tax, amount in zip(line.taxes, stated, strict=True)}
    taxes = [settled[term.tax.code] for term in entry.formula.terms]
    return Share(entry.price - sum(taxes[place] for place in entry.formula.included), taxes)


def _rounded(amounts: Sequence[LineAmount], entries: Sequence[Entry], rules: Rules) -> tuple[list[Share], TaxSums]:
    settled = {place: amount.share for place, amount in enumerate(amounts) if amount.line.stated is not None}
    if not settled:
        return _computed(entries, rules)
    computed, sums = _computed([entry for place, entry in enumerate(entries) if place not in settled], rules)
    rest = iter(computed)
    shares = [settled.get(place) or next(rest) for place in range(len(entries))]
    stated = add_up([entries[place] for place in settled], [shares[place] for place in settled])
    for key, part in stated.items():
        known = sums.get(key, TaxSum())
        sums[key] = TaxSum(known.base + part.base, known.amount + part.amount)
    return shares, sums


def _computed(entries: Sequence[Entry], rules: Rules) -> tuple[list[Share], TaxSums]:
    if rules.tax_rounding is TaxRounding.DOCUMENT:
        return by_document(entries, rules.rounding)
    shares = by_line(entries, rules.rounding)
    return shares, add_up(entries, shares)


def _discounts(
    amounts: Sequence[LineAmount], shares: Sequence[Share], discount: DocumentDiscount, rules: Rules
) -> list[int]:
    """Share the document discount out over the lines it applies to, in steps."""
    places = [place for place, amount in enumerate(amounts) if amount.line.discountable]
    weights = [shares[place].net for place in places]
    if discount.applies_to is DiscountBase.GROSS:
        weights = [shares[place].net + sum(shares[place].taxes) for place in places]
    percent, percent_denominator = _percent(discount.percent, rules).as_integer_ratio()
    off = round_ratio(sum(weights) * percent, 100 * percent_denominator, rules.rounding)
    amount, amount_denominator = discount.amount.as_integer_ratio()
    step_numerator, step_denominator = rules.step.as_integer_ratio()
    off += round_ratio(amount * step_denominator, amount_denominator * step_numerator, rules.rounding)
    discounts = [0] * len(shares)
    for place, part in zip(places, spread(off, weights), strict=True):
        discounts[place] = part
    return discounts


def _discounted(
    amounts: Sequence[LineAmount], shares: Sequence[Share], discounts: Sequence[int], applies_to: DiscountBase
) -> list[Entry]:
    """Reduce net amounts, or totals: from here on these are the lines' prices, net or with all taxes in them."""
    prices = Prices.NET if applies_to is DiscountBase.NET else Prices.GROSS
    changed: dict[Formula, Formula] = {}
    entries = []
    for amount, share, off in zip(amounts, shares, discounts, strict=True):
        entry = amount.entry
        taxes = changed.get(entry.formula)
        if taxes is None:
            taxes = changed[entry.formula] = formula(amount.line.taxes, prices)
        price = share.net - off
        if prices is Prices.GROSS:
            price += sum(share.taxes)
        entries.append(Entry(taxes, price, (price, 1), entry.units, entry.is_negative))
    return entries


def _totals(lines: tuple[LineTotals, ...], sums: TaxSums, rules: Rules) -> Totals:
    step = rules.step
    untaxed = sum(line.net_steps for line in lines)
    tax = sum(sum(line.taxes_steps) for line in lines)
    before = times(untaxed + tax, step)
    rounded = before if rules.cash_step is None else round_step(before, rules.cash_step, rules.rounding)
    by_code: dict[str, tuple[int, int]] = {}
    for (code, _), part in sums.items():
        base, amount = by_code.get(code, (0, 0))
        by_code[code] = (base + part.base, amount + part.amount)
    return Totals(
        lines=lines,
        untaxed=times(untaxed, step),
        tax=times(tax, step),
        total_before_rounding=before,
        rounding=rounded - before,
        total=rounded,
        document_discount=times(sum(line.document_discount_steps for line in lines), step),
        taxes={code: TaxTotal(times(base, step), times(amount, step)) for code, (base, amount) in by_code.items()},
        tax_lines=tuple(
            TaxLine(code, times(part.base, step), times(part.amount, step))
            for (code, _), part in sums.items()
            if part.base or part.amount
        ),
        company=None
        if rules.company is None
        else _in_company_currency(lines, by_code, rounded - before, rules, rules.company),
    )


def _in_company_currency(
    lines: tuple[LineTotals, ...],
    by_code: dict[str, tuple[int, int]],
    rounding: Decimal,
    rules: Rules,
    company: CompanyRate,
) -> CompanyTotals:
    """Convert what was rounded: each line's amounts where rounding is per line, else the document's sums."""
    if company.rate <= 0:
        raise Invalid("rate", "The exchange rate must be more than nothing. Correct it in the currency's rates.")
    step, step_denominator = rules.step.as_integer_ratio()
    per_unit, per_unit_denominator = company.rate.as_integer_ratio()
    company_step, company_step_denominator = company.step.as_integer_ratio()
    numerator = step * per_unit_denominator * company_step_denominator
    denominator = step_denominator * per_unit * company_step

    def converted(steps: int) -> int:
        return round_ratio(steps * numerator, denominator, rules.rounding)

    if rules.tax_rounding is TaxRounding.DOCUMENT:
        untaxed = converted(sum(line.net_steps for line in lines))
        taxes = {code: (converted(base), converted(amount)) for code, (base, amount) in by_code.items()}
    else:
        untaxed = sum(converted(line.net_steps) for line in lines)
        taxes = dict.fromkeys(by_code, (0, 0))
        for line in lines:
            bases = line.formula.bases(line.net_steps, line.taxes_steps)
            for term, base, amount in zip(line.formula.terms, bases, line.taxes_steps, strict=True):
                sums = taxes[term.tax.code]
                taxes[term.tax.code] = (sums[0] + converted(base), sums[1] + converted(amount))
    tax = sum(amount for _, amount in taxes.values())
    in_rounding = round_step(Fraction(rounding) / Fraction(company.rate), company.step, rules.rounding)
    return CompanyTotals(
        untaxed=times(untaxed, company.step),
        tax=times(tax, company.step),
        rounding=in_rounding,
        total=times(untaxed + tax, company.step) + in_rounding,
        taxes={
            code: TaxTotal(times(base, company.step), times(amount, company.step))
            for code, (base, amount) in taxes.items()
        },
    )
