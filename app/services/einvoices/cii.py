"""An electronic invoice as UN/CEFACT Cross Industry Invoice D16B, bound as CEN/TS 16931-3-3 says."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from app.models.einvoice import Category, Form
from app.services.einvoices import xml_tree as xml
from app.services.einvoices.content import Content, Deduction, Line, PostalAddress, TaxPart, Trader
from app.services.einvoices.ubl import PEPPOL_PROCESS, PLAIN
from app.services.einvoices.xml_tree import Element, add, group

_UNECE: Final = "urn:un:unece:uncefact:data:standard:{}:100"
NAMESPACES: Final = {
    "rsm": _UNECE.format("CrossIndustryInvoice"),
    "ram": _UNECE.format("ReusableAggregateBusinessInformationEntity"),
    "qdt": _UNECE.format("QualifiedDataType"),
    "udt": _UNECE.format("UnqualifiedDataType"),
}
GUIDELINES: Final = {Form.XRECHNUNG_CII: "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"}
"""BT-24 of each form; any other, Factur-X among them, is plain EN 16931."""
DELIVERY: Final = "ram:ApplicableHeaderTradeDelivery"
"""This group must be there even where nothing is known of a delivery."""


def write(content: Content) -> bytes:
    """Write an electronic invoice."""
    top = xml.root("rsm:CrossIndustryInvoice", NAMESPACES)
    context = group(top, "rsm:ExchangedDocumentContext")
    if content.form == Form.XRECHNUNG_CII:
        add(group(context, "ram:BusinessProcessSpecifiedDocumentContextParameter"), "ram:ID", PEPPOL_PROCESS)
    guideline = group(context, "ram:GuidelineSpecifiedDocumentContextParameter")
    add(guideline, "ram:ID", GUIDELINES.get(content.form, PLAIN))
    head = group(top, "rsm:ExchangedDocument")
    add(head, "ram:ID", content.number)
    add(head, "ram:TypeCode", content.kind)
    _date(group(head, "ram:IssueDateTime"), xml.compact_day(content.issued_on))
    add(group(head, "ram:IncludedNote"), "ram:Content", content.note)
    deal = group(top, "rsm:SupplyChainTradeTransaction")
    for line in content.lines:
        _line(group(deal, "ram:IncludedSupplyChainTradeLineItem"), line)
    _agreement(group(deal, "ram:ApplicableHeaderTradeAgreement"), content)
    _delivery(group(deal, DELIVERY), content)
    _settlement(group(deal, "ram:ApplicableHeaderTradeSettlement"), content)
    return xml.document(top, keep=DELIVERY)


def _date(place: Element, text: str, space: str = "udt") -> None:
    add(place, f"{space}:DateTimeString", text, format="102")


def _line(place: Element, line: Line) -> None:
    about = group(place, "ram:AssociatedDocumentLineDocument")
    add(about, "ram:LineID", line.number)
    add(group(about, "ram:IncludedNote"), "ram:Content", line.note)
    product = group(place, "ram:SpecifiedTradeProduct")
    add(product, "ram:SellerAssignedID", line.sku)
    add(product, "ram:Name", line.name)
    add(product, "ram:Description", line.description)
    price = group(place, "ram:SpecifiedLineTradeAgreement", "ram:NetPriceProductTradePrice")
    add(price, "ram:ChargeAmount", xml.number(line.price))
    if line.per != 1:
        add(price, "ram:BasisQuantity", xml.number(line.per), unitCode=line.unit)
    counted = group(place, "ram:SpecifiedLineTradeDelivery")
    add(counted, "ram:BilledQuantity", xml.number(line.quantity), unitCode=line.unit)
    settled = group(place, "ram:SpecifiedLineTradeSettlement")
    _category(group(settled, "ram:ApplicableTradeTax"), line.category, line.rate)
    for one in line.deductions:
        _deduction(settled, one, taxed=False)
    total = group(settled, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    add(total, "ram:LineTotalAmount", xml.money(line.net))


def _category(place: Element, category: Category, rate: Decimal) -> None:
    add(place, "ram:TypeCode", "VAT")
    add(place, "ram:CategoryCode", category)
    if category != Category.OUTSIDE:
        add(place, "ram:RateApplicablePercent", xml.number(rate))


def _deduction(parent: Element, one: Deduction, *, taxed: bool) -> None:
    deduction = group(parent, "ram:SpecifiedTradeAllowanceCharge")
    add(group(deduction, "ram:ChargeIndicator"), "udt:Indicator", "true" if one.is_charge else "false")
    add(deduction, "ram:ActualAmount", xml.money(one.amount))
    add(deduction, "ram:Reason", one.reason)
    if taxed:
        _category(group(deduction, "ram:CategoryTradeTax"), one.category, one.rate)


def _agreement(place: Element, content: Content) -> None:
    add(place, "ram:BuyerReference", content.buyer_reference)
    _party(group(place, "ram:SellerTradeParty"), content.seller)
    _party(group(place, "ram:BuyerTradeParty"), content.buyer)
    add(group(place, "ram:BuyerOrderReferencedDocument"), "ram:IssuerAssignedID", content.purchase_order)


def _party(party: Element, trader: Trader) -> None:
    add(party, "ram:Name", trader.name)
    add(party, "ram:Description", trader.legal_note)
    add(group(party, "ram:SpecifiedLegalOrganization"), "ram:ID", trader.legal_id)
    contact = group(party, "ram:DefinedTradeContact")
    add(contact, "ram:PersonName", trader.contact)
    add(group(contact, "ram:TelephoneUniversalCommunication"), "ram:CompleteNumber", trader.phone)
    add(group(contact, "ram:EmailURIUniversalCommunication"), "ram:URIID", trader.email)
    _address(group(party, "ram:PostalTradeAddress"), trader.address)
    reached = group(party, "ram:URIUniversalCommunication")
    add(reached, "ram:URIID", trader.electronic_address, schemeID=trader.electronic_scheme)
    add(group(party, "ram:SpecifiedTaxRegistration"), "ram:ID", trader.vat_number, schemeID="VA")
    add(group(party, "ram:SpecifiedTaxRegistration"), "ram:ID", trader.tax_number, schemeID="FC")


def _address(place: Element, address: PostalAddress) -> None:
    add(place, "ram:PostcodeCode", address.postal_code)
    for tag, line in zip(("ram:LineOne", "ram:LineTwo", "ram:LineThree"), address.lines, strict=False):
        add(place, tag, line)
    add(place, "ram:CityName", address.city)
    add(place, "ram:CountryID", address.country)
    add(place, "ram:CountrySubDivisionName", address.region)


def _delivery(place: Element, content: Content) -> None:
    delivery = content.delivery
    if delivery.address is not None:
        to = group(place, "ram:ShipToTradeParty")
        add(to, "ram:Name", delivery.name)
        _address(group(to, "ram:PostalTradeAddress"), delivery.address)
    if delivery.on is not None:
        happened = group(place, "ram:ActualDeliverySupplyChainEvent", "ram:OccurrenceDateTime")
        _date(happened, xml.compact_day(delivery.on))


def _settlement(place: Element, content: Content) -> None:
    payment = content.payment
    add(place, "ram:PaymentReference", payment.reference)
    add(place, "ram:TaxCurrencyCode", content.company_currency)
    add(place, "ram:InvoiceCurrencyCode", content.currency)
    means = group(place, "ram:SpecifiedTradeSettlementPaymentMeans")
    add(means, "ram:TypeCode", payment.means)
    if payment.iban:
        account = group(means, "ram:PayeePartyCreditorFinancialAccount")
        add(account, "ram:IBANID", payment.iban)
        add(account, "ram:AccountName", payment.holder)
        add(group(means, "ram:PayeeSpecifiedCreditorFinancialInstitution"), "ram:BICID", payment.bic)
    for part in content.taxes:
        _tax(group(place, "ram:ApplicableTradeTax"), part)
    for one in content.deductions:
        _deduction(place, one, taxed=True)
    terms = group(place, "ram:SpecifiedTradePaymentTerms")
    add(terms, "ram:Description", payment.terms)
    if not content.is_credit:
        _date(group(terms, "ram:DueDateDateTime"), xml.compact_day(content.due_on))
    _sums(group(place, "ram:SpecifiedTradeSettlementHeaderMonetarySummation"), content)
    for number, on in content.preceding:
        earlier = group(place, "ram:InvoiceReferencedDocument")
        add(earlier, "ram:IssuerAssignedID", number)
        _date(group(earlier, "ram:FormattedIssueDateTime"), xml.compact_day(on), "qdt")


def _tax(place: Element, part: TaxPart) -> None:
    add(place, "ram:CalculatedAmount", xml.money(part.amount))
    add(place, "ram:TypeCode", "VAT")
    add(place, "ram:ExemptionReason", part.reason)
    add(place, "ram:BasisAmount", xml.money(part.base))
    add(place, "ram:CategoryCode", part.category)
    add(place, "ram:ExemptionReasonCode", part.reason_code)
    if part.category != Category.OUTSIDE:
        add(place, "ram:RateApplicablePercent", xml.number(part.rate))


def _sums(place: Element, content: Content) -> None:
    sums = content.sums
    add(place, "ram:LineTotalAmount", xml.money(sums.lines))
    add(place, "ram:ChargeTotalAmount", xml.money(sums.charges))
    add(place, "ram:AllowanceTotalAmount", xml.money(sums.allowances))
    add(place, "ram:TaxBasisTotalAmount", xml.money(sums.untaxed))
    add(place, "ram:TaxTotalAmount", xml.money(sums.tax), currencyID=content.currency)
    if sums.company_tax is not None:
        add(place, "ram:TaxTotalAmount", xml.money(sums.company_tax), currencyID=content.company_currency)
    if sums.rounding:
        add(place, "ram:RoundingAmount", xml.money(sums.rounding))
    add(place, "ram:GrandTotalAmount", xml.money(sums.total))
    add(place, "ram:DuePayableAmount", xml.money(sums.payable))
