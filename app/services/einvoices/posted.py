"""The electronic invoice of a posted invoice, deposit invoice or credit note, from the figures that were posted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import NotAllowed, NotFound
from app.models.company import company
from app.models.einvoice import Category, Form
from app.models.invoice import InvoiceKind, InvoiceState, invoice
from app.models.lines import UNPRICED
from app.models.party import customer
from app.services import billing, collected_orders, companies, document_lines, journal, originals
from app.services.documents.printable import one_line, printable
from app.services.einvoices import line_figures, tax_categories, trading_names, unit_codes
from app.services.einvoices.content import (
    CREDIT_NOTE,
    INVOICE,
    PREPAYMENT,
    ZERO,
    Content,
    Deduction,
    Delivery,
    Finding,
    Line,
    Payment,
    PostalAddress,
    Sums,
    TaxPart,
    Trader,
)
from app.services.einvoices.line_figures import Row
from app.services.einvoices.tax_categories import Exemption, Treatment
from app.services.originals import Original
from app.services.papers import parts
from app.services.parties import Address

CREDIT_TRANSFER: Final = "30"
SEPA_TRANSFER: Final = "58"
NOT_DEFINED: Final = "1"
"""Means of payment (UNTDID 4461)."""

_ADDED_LATER: Final = ("vat_number", "phone", "email", "iban", "bic", "street", "postal_code", "city")
DISCOUNT_WORDS: Final = {"de": "Rabatt"}


@dataclass(frozen=True, slots=True)
class Sources:
    """What an electronic invoice is made from: stored head, lines and taxes, and who sells and buys."""

    head: Any
    lines: list[Any]
    taxes: list[Any]
    rules: dict[str, companies.TaxRule]
    original: Original
    company: Any
    customer: Any
    sign: int
    decimals: int


def find(connection: Connection, number: str) -> UUID:
    """Find a posted invoice or credit note by its number.

    Raises:
        NotFound: none has this number.

    """
    found: UUID | None = connection.execute(select(invoice.c.id).where(invoice.c.number == number)).scalar_one_or_none()
    if found is None:
        raise NotFound("Invoice", number)
    return found


def form_of(connection: Connection, invoice_id: UUID) -> Form:
    """Read in which form the customer of an invoice gets it.

    Raises:
        NotFound: the invoice does not exist.

    """
    head = billing.get(connection, invoice_id)
    wanted = select(customer.c.einvoice_form).where(customer.c.id == head.customer_id)
    return Form(connection.execute(wanted).scalar_one())


def read(connection: Connection, invoice_id: UUID, form: Form) -> tuple[Content | None, list[Finding]]:
    """Read what the electronic invoice says, and what keeps it from being said; no content where that is fatal.

    Raises:
        NotFound: the invoice does not exist.
        NotAllowed: it is not posted.

    """
    sources = _sources(connection, invoice_id)
    own = unit_codes.known(connection)
    treatments, findings = _treatments(sources)
    rows = [row for row in sources.lines if row.kind not in UNPRICED]
    if not rows:
        findings.append(Finding("BR-16", "This invoice has no lines with an amount; an e-invoice needs one."))
    findings += _unknown_units(rows, own)
    if findings:
        return None, findings
    words = DISCOUNT_WORDS.get(sources.original.printed.language or sources.original.letterhead.language, "Discount")
    notes = _orders_of_lines(sources)
    made, offs = [], []
    for number, stored in enumerate(rows, 1):
        treatment = treatments[_key(stored)]
        contains = any(sources.rules[code].included for code in stored.tax_codes.split())
        unit = unit_codes.code_of(stored.unit, own)
        row = Row(stored, treatment, unit, contains, sources.sign, sources.decimals, words)
        line, off = line_figures.line(number, row)
        made.append(replace(line, note=notes.get(stored.id, "")))
        offs.append((off, treatment))
    deductions = line_figures.deductions(offs, words)
    return _content(connection, sources, form, made, deductions, _taxes(sources, rows, treatments)), []


def _sources(connection: Connection, invoice_id: UUID) -> Sources:
    head = billing.get(connection, invoice_id)
    if head.state not in {InvoiceState.POSTED, InvoiceState.PAID}:
        raise NotAllowed("Only a posted invoice has its e-invoice. Post it first.")
    own = connection.execute(select(company)).one()
    buyer = connection.execute(select(customer).where(customer.c.id == head.customer_id)).one()
    return Sources(
        head=head,
        lines=billing.lines(connection, invoice_id),
        taxes=parts.taxes(connection, invoice_id),
        rules=document_lines.taxes_of(connection, invoice_id),
        original=_completed(originals.of(connection, head), own, buyer),
        company=own,
        customer=buyer,
        sign=-1 if head.kind == InvoiceKind.CREDIT else 1,
        decimals=companies.decimals(connection, head.currency),
    )


def _completed(original: Original, own: Any, buyer: Any) -> Original:
    """Fill in what was empty when the invoice was posted and is known by now; nothing that was printed changes."""
    ours, theirs = original.letterhead, original.printed
    missing = {name: getattr(own, name) for name in _ADDED_LATER if not getattr(ours, name)}
    vat = theirs.vat_number or buyer.vat_number
    return replace(original, letterhead=replace(ours, **missing), printed=replace(theirs, vat_number=vat))


def _key(row: Any) -> tuple[str, bool]:
    """What decides how a line is taxed: its taxes, and whether it is about a deposit."""
    return row.tax_codes, bool(row.deposit_id)


def _treatments(sources: Sources) -> tuple[dict[tuple[str, bool], Treatment], list[Finding]]:
    head, buyer = sources.head, sources.customer
    exemption = Exemption(
        category=buyer.exempt_category,
        reason=buyer.exempt_reason,
        is_exempt=buyer.tax_exempt,
        seller=sources.original.letterhead.country,
        buyer=Address.from_json(head.billing_address).country,
        has_vat_number=bool(sources.original.printed.vat_number),
    )
    about_deposit = head.kind == InvoiceKind.DEPOSIT
    found: dict[tuple[str, bool], Treatment] = {}
    findings: dict[str, Finding] = {}
    for row in sources.lines:
        if row.kind in UNPRICED or _key(row) in found:
            continue
        codes, is_deposit = _key(row)
        if codes:
            treated = tax_categories.of_taxes(codes, sources.rules)
        else:
            treated = tax_categories.without_taxes(exemption, is_deposit=is_deposit or about_deposit)
        if isinstance(treated, Finding):
            findings[treated.text] = treated
        else:
            found[_key(row)] = treated
    return found, list(findings.values())


def _unknown_units(rows: list[Any], own: dict[str, str]) -> list[Finding]:
    unknown = sorted({row.unit for row in rows if not unit_codes.code_of(row.unit, own)})
    words = "The unit “{}” has no code that everybody knows. Give it one in the settings."
    return [Finding("BT-130", words.format(unit), "unit", unit) for unit in unknown]


def _taxes(sources: Sources, rows: list[Any], treatments: dict[tuple[str, bool], Treatment]) -> tuple[TaxPart, ...]:
    """Give the breakdown of tax: the stored bases and amounts, put together by category and rate."""
    reasons: dict[tuple[Category, Decimal], dict[str, None]] = {}
    sums: dict[tuple[Category, Decimal], tuple[Decimal, Decimal]] = {}
    stored = {row.code: row for row in sources.taxes}
    seen = set()
    for row in rows:
        treatment = treatments[_key(row)]
        key = (treatment.category, treatment.rate)
        reasons.setdefault(key, {})[treatment.reason] = None
        base, amount = row.net, ZERO
        if code := row.tax_codes:
            tax = stored.get(code)
            base, amount = (ZERO, ZERO) if tax is None or code in seen else (tax.base, tax.amount)
            seen.add(code)
        before = sums.get(key, (ZERO, ZERO))
        sums[key] = (before[0] + base, before[1] + amount)
    found = []
    for key, (base, amount) in sums.items():
        part = TaxPart(key[0], key[1], sources.sign * base, sources.sign * amount)
        if tax_categories.wants_reason(part.category):
            words = "; ".join(reasons[key])
            part = replace(part, reason=words, reason_code=tax_categories.REASON_CODES.get(part.category, ""))
        found.append(part)
    return tuple(found)


def _content(
    connection: Connection,
    sources: Sources,
    form: Form,
    lines: list[Line],
    deductions: tuple[Deduction, ...],
    taxes: tuple[TaxPart, ...],
) -> Content:
    head = sources.head
    buyer, reference = _buyer(sources, form), sources.customer.buyer_reference
    own = companies.own_currency(connection)
    texts = [_text(row) for row in sources.lines if row.kind == "text" and not head.orders]
    return Content(
        form=form,
        kind=_kind(head, form),
        number=head.number,
        issued_on=head.invoiced_on,
        due_on=sources.original.printed.due[0][0] if sources.original.printed.due else head.due_on,
        currency=head.currency,
        company_currency=own if own != head.currency else "",
        note=printable("\n".join(part for part in (head.notes, *texts) if part)),
        buyer_reference=reference,
        purchase_order=one_line(head.customer_po),
        preceding=_preceding(connection, sources),
        seller=_seller(sources, form),
        buyer=buyer,
        payment=_payment(sources),
        sums=_sums(connection, sources, lines, deductions),
        taxes=taxes,
        lines=tuple(lines),
        deductions=deductions,
        delivery=_delivery(connection, sources),
    )


def _text(row: Any) -> str:
    return f"{row.name}\n{row.description}".strip()


def _orders_of_lines(sources: Sources) -> dict[UUID, str]:
    """Say of each line of a collective invoice which order it is of (BT-127): the document has room for one (BT-13).

    The heading of an order's lines says its number, its day, the customer's number and what was shipped when.  The
    customer's own line numbers (BT-132) are not known.
    """
    found: dict[UUID, str] = {}
    heading = ""
    for row in sources.lines if sources.head.orders else ():
        if row.kind == "text":
            heading = one_line(_text(row).replace("\n", ", "))
        elif heading:
            found[row.id] = heading
    return found


def _kind(head: Any, form: Form) -> str:
    """Give the kind of document; XRechnung (BR-DE-17) has no kind of its own for a deposit."""
    if head.kind == InvoiceKind.CREDIT:
        return CREDIT_NOTE
    plain = head.kind != InvoiceKind.DEPOSIT or form in {Form.XRECHNUNG_UBL, Form.XRECHNUNG_CII}
    return INVOICE if plain else PREPAYMENT


def _preceding(connection: Connection, sources: Sources) -> tuple[tuple[str, Any], ...]:
    ids = [row.deposit_id for row in sources.lines if row.deposit_id]
    if sources.head.credits_id:
        ids = [sources.head.credits_id]
    heads = [billing.get(connection, one) for one in dict.fromkeys(ids)]
    return tuple((one.number, one.invoiced_on) for one in heads if one.number)


def _seller(sources: Sources, form: Form) -> Trader:
    ours, now = sources.original.letterhead, sources.company
    vat = trading_names.vat_number(ours.vat_number, ours.country)
    given = (now.electronic_address, now.electronic_scheme)
    address, scheme = trading_names.electronic_address(form, given, routing="", vat=vat, email=ours.email)
    place = Address(street=ours.street, postal_code=ours.postal_code, city=ours.city, country=ours.country)
    return Trader(
        name=one_line(ours.name),
        address=_postal(place),
        vat_number=vat,
        tax_number=now.tax_number,
        legal_id=now.legal_id,
        electronic_address=address,
        electronic_scheme=scheme,
        contact=now.contact_name or one_line(ours.name),
        phone=ours.phone,
        email=ours.email,
        legal_note=one_line(ours.registration),
    )


def _buyer(sources: Sources, form: Form) -> Trader:
    printed, now = sources.original.printed, sources.customer
    place = Address.from_json(sources.head.billing_address)
    vat = trading_names.vat_number(printed.vat_number, place.country)
    given = (now.electronic_address, now.electronic_scheme)
    address, scheme = trading_names.electronic_address(
        form, given, routing=now.buyer_reference, vat=vat, email=now.email
    )
    return Trader(
        name=one_line(place.name or printed.name),
        address=_postal(place),
        vat_number=vat,
        legal_id=now.legal_id,
        electronic_address=address,
        electronic_scheme=scheme,
        contact=one_line(printed.contact),
        phone=printed.phone,
    )


def _postal(place: Address) -> PostalAddress:
    """Give an address in three lines at most; what is more stands in the last one."""
    lines = [one_line(line) for line in place.street.split("\n") if line.strip()]
    if len(lines) > 3:
        lines = [*lines[:2], ", ".join(lines[2:])]
    return PostalAddress(
        tuple(lines), one_line(place.postal_code), one_line(place.city), one_line(place.region), place.country.upper()
    )


def _payment(sources: Sources) -> Payment:
    ours, head = sources.original.letterhead, sources.head
    iban = "".join(ours.iban.split())
    means = NOT_DEFINED if not iban else SEPA_TRANSFER if head.currency == "EUR" else CREDIT_TRANSFER
    terms = one_line(sources.original.printed.term_words)
    due = sources.original.printed.due
    if len(due) > 1:  # there is one day in an e-invoice; instalments are said in words
        parts_due = "; ".join(f"{amount:.{sources.decimals}f} {head.currency} {on.isoformat()}" for on, amount in due)
        terms = f"{terms}: {parts_due}" if terms else parts_due
    return Payment(means, head.number, iban, "".join(ours.bic.split()), one_line(ours.name), terms)


def _delivery(connection: Connection, sources: Sources) -> Delivery:
    head = sources.head
    moment = collected_orders.shipped_at(connection, head)
    on = moment.date() if moment is not None else None
    place = Address.from_json(sources.original.printed.ship_to or head.billing_address)
    if on is None and not sources.original.printed.ship_to:
        return Delivery()
    return Delivery(on, one_line(place.name), _postal(place))


def _sums(connection: Connection, sources: Sources, lines: list[Line], deductions: tuple[Deduction, ...]) -> Sums:
    head, sign = sources.head, sources.sign
    company_tax = None
    decimals = journal.company_decimals(connection)
    if head.currency != companies.own_currency(connection):
        rate = journal.Converter(head.currency, head.rate, decimals)
        company_tax = sign * sum((rate.company(row.amount) for row in sources.taxes), ZERO)
    return Sums(
        lines=sum((one.net for one in lines), ZERO),
        allowances=sum((one.amount for one in deductions if not one.is_charge), ZERO),
        charges=sum((one.amount for one in deductions if one.is_charge), ZERO),
        untaxed=sign * head.untaxed,
        tax=sign * head.tax,
        total=sign * (head.total - head.rounding),
        rounding=sign * head.rounding,
        payable=sign * head.total,
        company_tax=company_tax,
    )
