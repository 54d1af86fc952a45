"""An electronic invoice as UBL 2.1 (ISO/IEC 19845): Invoice or CreditNote, bound as CEN/TS 16931-3-2 says."""

from __future__ import annotations

from typing import Final

from app.models.einvoice import Category, Form
from app.services.einvoices import xml_tree as xml
from app.services.einvoices.content import Content, Deduction, Line, PostalAddress, TaxPart, Trader
from app.services.einvoices.xml_tree import Element, add, group

NAMESPACE: Final = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
PEPPOL_PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CUSTOMIZATIONS: Final = {
    Form.XRECHNUNG_UBL: "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    Form.PEPPOL: "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
}
"""BT-24 of each form; any other is plain EN 16931."""
PLAIN: Final = "urn:cen.eu:en16931:2017"


def write(content: Content) -> bytes:
    """Write an electronic invoice."""
    name = "CreditNote" if content.is_credit else "Invoice"
    spaces = {
        "": NAMESPACE.format(name),
        "cac": NAMESPACE.format("CommonAggregateComponents"),
        "cbc": NAMESPACE.format("CommonBasicComponents"),
    }
    top = xml.root(name, spaces)
    _head(top, content, name)
    _references(top, content)
    _party(group(top, "cac:AccountingSupplierParty", "cac:Party"), content.seller)
    _party(group(top, "cac:AccountingCustomerParty", "cac:Party"), content.buyer)
    _delivery(top, content)
    _payment(top, content)
    for one in content.deductions:
        _deduction(top, one, content.currency, taxed=True)
    _taxes(top, content)
    _sums(top, content)
    for line in content.lines:
        _line(top, line, content, name)
    return xml.document(top)


def _head(top: Element, content: Content, name: str) -> None:
    add(top, "cbc:CustomizationID", CUSTOMIZATIONS.get(content.form, PLAIN))
    add(top, "cbc:ProfileID", PEPPOL_PROCESS)
    add(top, "cbc:ID", content.number)
    add(top, "cbc:IssueDate", xml.day(content.issued_on))
    if not content.is_credit:
        add(top, "cbc:DueDate", xml.day(content.due_on))
    add(top, f"cbc:{name}TypeCode", content.kind)
    add(top, "cbc:Note", content.note)
    add(top, "cbc:DocumentCurrencyCode", content.currency)
    add(top, "cbc:TaxCurrencyCode", content.company_currency)
    add(top, "cbc:BuyerReference", content.buyer_reference)


def _references(top: Element, content: Content) -> None:
    add(group(top, "cac:OrderReference"), "cbc:ID", content.purchase_order)
    for number, on in content.preceding:
        earlier = group(top, "cac:BillingReference", "cac:InvoiceDocumentReference")
        add(earlier, "cbc:ID", number)
        add(earlier, "cbc:IssueDate", xml.day(on))


def _party(party: Element, trader: Trader) -> None:
    add(party, "cbc:EndpointID", trader.electronic_address, schemeID=trader.electronic_scheme)
    _address(group(party, "cac:PostalAddress"), trader.address)
    for number, scheme in ((trader.vat_number, "VAT"), (trader.tax_number, "FC")):
        if number:
            registered = group(party, "cac:PartyTaxScheme")
            add(registered, "cbc:CompanyID", number)
            add(group(registered, "cac:TaxScheme"), "cbc:ID", scheme)
    legal = group(party, "cac:PartyLegalEntity")
    add(legal, "cbc:RegistrationName", trader.name)
    add(legal, "cbc:CompanyID", trader.legal_id)
    add(legal, "cbc:CompanyLegalForm", trader.legal_note)
    contact = group(party, "cac:Contact")
    add(contact, "cbc:Name", trader.contact)
    add(contact, "cbc:Telephone", trader.phone)
    add(contact, "cbc:ElectronicMail", trader.email)


def _address(place: Element, address: PostalAddress) -> None:
    first, second, third = (*address.lines, "", "", "")[:3]
    add(place, "cbc:StreetName", first)
    add(place, "cbc:AdditionalStreetName", second)
    add(place, "cbc:CityName", address.city)
    add(place, "cbc:PostalZone", address.postal_code)
    add(place, "cbc:CountrySubentity", address.region)
    add(group(place, "cac:AddressLine"), "cbc:Line", third)
    add(group(place, "cac:Country"), "cbc:IdentificationCode", address.country)


def _delivery(top: Element, content: Content) -> None:
    delivery = group(top, "cac:Delivery")
    add(delivery, "cbc:ActualDeliveryDate", xml.day(content.delivery.on))
    if content.delivery.address is not None:
        _address(group(delivery, "cac:DeliveryLocation", "cac:Address"), content.delivery.address)
    add(group(delivery, "cac:DeliveryParty", "cac:PartyName"), "cbc:Name", content.delivery.name)


def _payment(top: Element, content: Content) -> None:
    payment = content.payment
    means = group(top, "cac:PaymentMeans")
    add(means, "cbc:PaymentMeansCode", payment.means)
    add(means, "cbc:PaymentID", payment.reference)
    account = group(means, "cac:PayeeFinancialAccount")
    if payment.iban:
        add(account, "cbc:ID", payment.iban)
        add(account, "cbc:Name", payment.holder)
        add(group(account, "cac:FinancialInstitutionBranch"), "cbc:ID", payment.bic)
    add(group(top, "cac:PaymentTerms"), "cbc:Note", payment.terms)


def _deduction(parent: Element, one: Deduction, currency: str, *, taxed: bool) -> None:
    deduction = group(parent, "cac:AllowanceCharge")
    add(deduction, "cbc:ChargeIndicator", "true" if one.is_charge else "false")
    add(deduction, "cbc:AllowanceChargeReason", one.reason)
    add(deduction, "cbc:Amount", xml.money(one.amount), currencyID=currency)
    if taxed:
        _category(group(deduction, "cac:TaxCategory"), one.category, xml.number(one.rate))


def _category(place: Element, category: Category, rate: str, part: TaxPart | None = None) -> None:
    add(place, "cbc:ID", category)
    if category != Category.OUTSIDE:
        add(place, "cbc:Percent", rate)
    if part is not None:
        add(place, "cbc:TaxExemptionReasonCode", part.reason_code)
        add(place, "cbc:TaxExemptionReason", part.reason)
    add(group(place, "cac:TaxScheme"), "cbc:ID", "VAT")


def _taxes(top: Element, content: Content) -> None:
    total = group(top, "cac:TaxTotal")
    add(total, "cbc:TaxAmount", xml.money(content.sums.tax), currencyID=content.currency)
    for part in content.taxes:
        row = group(total, "cac:TaxSubtotal")
        add(row, "cbc:TaxableAmount", xml.money(part.base), currencyID=content.currency)
        add(row, "cbc:TaxAmount", xml.money(part.amount), currencyID=content.currency)
        _category(group(row, "cac:TaxCategory"), part.category, xml.number(part.rate), part)
    if content.sums.company_tax is not None:
        own = group(top, "cac:TaxTotal")
        add(own, "cbc:TaxAmount", xml.money(content.sums.company_tax), currencyID=content.company_currency)


def _sums(top: Element, content: Content) -> None:
    sums, place = content.sums, group(top, "cac:LegalMonetaryTotal")
    rows = (
        ("LineExtensionAmount", sums.lines, True),
        ("TaxExclusiveAmount", sums.untaxed, True),
        ("TaxInclusiveAmount", sums.total, True),
        ("AllowanceTotalAmount", sums.allowances, bool(sums.allowances)),
        ("ChargeTotalAmount", sums.charges, bool(sums.charges)),
        ("PayableRoundingAmount", sums.rounding, bool(sums.rounding)),
        ("PayableAmount", sums.payable, True),
    )
    for name, value, is_said in rows:
        if is_said:
            add(place, f"cbc:{name}", xml.money(value), currencyID=content.currency)


def _line(top: Element, line: Line, content: Content, name: str) -> None:
    counted = "CreditedQuantity" if content.is_credit else "InvoicedQuantity"
    place = group(top, f"cac:{name}Line")
    add(place, "cbc:ID", line.number)
    add(place, "cbc:Note", line.note)
    add(place, f"cbc:{counted}", xml.number(line.quantity), unitCode=line.unit)
    add(place, "cbc:LineExtensionAmount", xml.money(line.net), currencyID=content.currency)
    for one in line.deductions:
        _deduction(place, one, content.currency, taxed=False)
    item = group(place, "cac:Item")
    add(item, "cbc:Description", line.description)
    add(item, "cbc:Name", line.name)
    add(group(item, "cac:SellersItemIdentification"), "cbc:ID", line.sku)
    _category(group(item, "cac:ClassifiedTaxCategory"), line.category, xml.number(line.rate))
    price = group(place, "cac:Price")
    add(price, "cbc:PriceAmount", xml.number(line.price), currencyID=content.currency)
    if line.per != 1:
        add(price, "cbc:BaseQuantity", xml.number(line.per), unitCode=line.unit)
