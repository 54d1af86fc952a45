"""What most papers have in common, taken from the books or from what an issued document keeps of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.lines import UNPRICED, document_tax, signature, subtotals
from app.models.product import shown
from app.services import companies
from app.services.documents.snapshots import (
    Company,
    Currency,
    Deposit,
    GoodsLine,
    Heading,
    LineKind,
    PaperLine,
    Party,
    Priced,
    Signature,
    TotalsKind,
    TotalsRow,
)
from app.services.letterheads import Letterhead
from app.services.originals import Goods, Original, Printed
from app.services.parties import Address

EPC_LARGEST: Final = Decimal("999999999.99")
"""Largest amount of an EPC payment code (EPC069-12, quick response code guidelines)."""
LINE_KINDS: Final = {str(kind): kind for kind in LineKind}


def company(ours: Letterhead) -> Company:
    """Give ourselves as papers show us."""
    place = " ".join(part for part in (ours.postal_code, ours.city) if part)
    bank = [ours.bank_name, f"IBAN {ours.iban}" if ours.iban else "", f"BIC {ours.bic}" if ours.bic else ""]
    return Company(
        name=ours.name,
        address=tuple(line for line in (*ours.street.split("\n"), place, ours.country) if line.strip()),
        contact=tuple(part for part in (ours.phone, ours.email, ours.website) if part),
        bank=tuple(part for part in bank if part),
        vat_number=ours.vat_number,
        registration=ours.registration,
        logo=ours.logo,
    )


def party(address: Address, customer: Printed | None = None) -> Party:
    """Give an address as an envelope shows it."""
    name = address.name or (customer.name if customer else "")
    return Party(
        name=name,
        address=tuple(replace(address, name="").lines()),
        contact=customer.contact if customer else "",
        number=customer.number if customer else "",
        vat_number=customer.vat_number if customer else "",
        phone=customer.phone if customer else "",
    )


def heading(
    original: Original, head: Any, *, number: str, dated: Any, address: str, po_number: str, order_number: str = ""
) -> Heading:
    """Give the head of a letter about a quote, order, shipment or invoice.

    ``address`` is the stored snapshot of the address the letter goes to.
    """
    ours, customer = original.letterhead, original.printed
    return Heading(
        number=number,
        dated=dated,
        company=company(ours),
        customer=party(Address.from_json(address), customer),
        language=locale(customer.language or ours.language, ours.country),
        po_number=po_number,
        order_number=order_number,
        clerk=getattr(head, "created_by", ""),
    )


def taxes(connection: Connection, document_id: UUID) -> list[Any]:
    """Read the stored taxes of a document."""
    mine = select(document_tax).where(document_tax.c.document_id == document_id).order_by(document_tax.c.code)
    return list(connection.execute(mine))


def locale(language: str, country: str) -> str:
    """English papers of a company outside the United States write dates and numbers as Britain does."""
    return "en_GB" if language == "en" and country != "US" else language


def priced(connection: Connection, head: Any, rows: Sequence[Any], taxes: Sequence[Any]) -> Priced:
    """Give lines and stored totals as they are printed; nothing is computed but sums of the stored lines."""
    currency = Currency(head.currency, companies.decimals(connection, head.currency))
    names = {row.code: row.name for row in taxes}
    included = bool(taxes) and all(row.included for row in taxes)
    sums = subtotals((row.kind, Decimal(0) if getattr(row, "choice", "") else row.amount) for row in rows)
    lines = tuple(_line(row, names, sums.get(place)) for place, row in enumerate(rows))
    return Priced(currency, lines, tuple(_totals(head, rows, taxes)), tax_included=included)


def deposits(head: Any) -> tuple[Deposit, ...]:
    """Give the deposit an order asks for, as it was agreed."""
    if not head.deposit_amount:
        return ()
    name = f"{plain(head.deposit_percent):f} %" if head.deposit_percent else ""
    return (Deposit(name, head.deposit_amount),)


def signed(connection: Connection, document_id: UUID) -> Signature | None:
    """Give the last signature under a document."""
    row = connection.execute(
        select(signature).where(signature.c.document_id == document_id).order_by(signature.c.id.desc())
    ).first()
    return Signature(row.name, row.signed_on, row.image) if row else None


def goods_line(goods: Goods, quantity: int, outstanding: int | None = None) -> GoodsLine:
    """Give a line without prices from grains; what is no finite decimal is rounded to four places for the eye."""

    def in_unit(grains: int) -> Decimal:
        return written(Fraction(max(0, grains) * goods.denominator, goods.grain * goods.numerator))

    return GoodsLine(
        position=str(goods.position),
        name=goods.name,
        quantity=in_unit(quantity),
        unit=goods.unit,
        sku=goods.sku,
        description=goods.description,
        ordered=goods.ordered,
        outstanding=None if outstanding is None else in_unit(outstanding),
    )


def written(quantity: Fraction) -> Decimal:
    """Write a quantity as a decimal for print."""
    return Decimal(shown(quantity))


def plain(value: Decimal) -> Decimal:
    """Take needless zeros off a stored number."""
    cut = value.normalize()
    exponent = cut.as_tuple().exponent
    return cut if isinstance(exponent, int) and exponent <= 0 else cut.quantize(Decimal(1))


def _line(row: Any, names: dict[str, str], subtotal: Decimal | None) -> PaperLine:
    if row.kind in UNPRICED:
        return PaperLine("", row.name, description=row.description, amount=subtotal, kind=LINE_KINDS[row.kind])
    return PaperLine(
        position=str(row.position),
        name=row.name,
        sku=row.sku,
        description=row.description,
        quantity=plain(row.quantity),
        unit=row.unit,
        unit_price=plain(row.unit_price),
        discount_percent=plain(row.discount_percent),
        tax_codes=tuple(code for code in row.tax_codes.split() if code in names),
        amount=row.amount,
        kind=LINE_KINDS[row.kind],
        choice=getattr(row, "choice", ""),  # of a quote's line
    )


def _totals(head: Any, rows: Sequence[Any], taxes: Sequence[Any]) -> list[TotalsRow]:
    lines = sum((row.amount for row in rows if not getattr(row, "choice", "")), Decimal(0))
    inside = sum((row.amount for row in taxes if row.included), Decimal(0))  # taxes that are in the lines' prices
    discount = head.untaxed + inside - lines
    found = []
    if discount:
        found = [TotalsRow(TotalsKind.LINES, lines), TotalsRow(TotalsKind.DISCOUNT, discount)]
    found.append(TotalsRow(TotalsKind.UNTAXED, head.untaxed))
    found += [TotalsRow(TotalsKind.TAX, row.amount, row.name, row.base) for row in taxes]
    if head.rounding:
        found.append(TotalsRow(TotalsKind.ROUNDING, head.rounding))
    found.append(TotalsRow(TotalsKind.TOTAL, head.total))
    return found


def terms_text(connection: Connection, term: str) -> str:
    """Give a payment term in words, as it is named now."""
    known = companies.terms(connection).get(term)
    return known[0] if known else term


def other_address(address: str, usual: str) -> str:
    """Give an address as lines when it differs from the usual one, else nothing."""
    return "" if address == usual else "\n".join(Address.from_json(address).lines())


def payment_code(ours: Letterhead, currency: str, amount: Decimal, reference: str) -> str:
    """Write the EPC payment code (version 002, SEPA credit transfer) of what a paper in euros asks for.

    Of an invoice it names the whole amount whatever was paid since: the paper is the one that was sent.
    """
    if not (ours.iban and reference and currency == "EUR" and 0 < amount <= EPC_LARGEST):
        return ""
    iban = ours.iban.replace(" ", "")
    fields = ["BCD", "002", "1", "SCT", ours.bic, ours.name[:70], iban, f"EUR{amount:.2f}"]
    return "\n".join([*fields, "", "", reference[:140]])
