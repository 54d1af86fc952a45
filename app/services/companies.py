"""The company: founding it, reading and changing what it decides once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from babel import Locale
from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models import payment_references
from app.models.base import new_id
from app.models.company import account, carrier, company, currency, exchange_rate, payment_term, tax
from app.models.log import node, site
from app.models.payment import Purpose
from app.models.stock import location
from app.services import letterheads
from app.services.memory import Remembered
from app.services.transaction import Transaction

CURRENCIES: Final = {
    **dict.fromkeys(("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD", "AUD", "NZD", "CNY"), 2),
    **dict.fromkeys(("INR", "BRL", "MXN", "ZAR", "SGD", "HKD", "TRY", "RON", "ILS", "AED", "THB"), 2),
    **dict.fromkeys(("JPY", "KRW", "ISK", "HUF", "CLP"), 0),
    **dict.fromkeys(("KWD", "BHD", "TND"), 3),
}
"""Decimal places by ISO 4217 (HUF is cashless in whole forints in practice)."""

CHART: Final = (
    ("1000", "Bank", "asset", Purpose.BANK),
    ("1200", "Trade receivables", "asset", Purpose.RECEIVABLE),
    ("1300", "Stock", "asset", Purpose.STOCK),
    ("1310", "Work in process", "asset", Purpose.WORK_IN_PROCESS),
    ("1610", "Goods received, not invoiced", "liability", Purpose.RECEIVED),
    ("1710", "Prepayments from customers", "liability", Purpose.PREPAYMENT),
    ("1720", "Deposits invoiced", "liability", Purpose.DEPOSIT),
    ("1730", "Gift cards sold, not yet used", "liability", Purpose.GIFT_CARD),
    ("1740", "Store credit of customers", "liability", Purpose.STORE_CREDIT),
    ("1770", "Sales tax payable", "liability", None),
    ("2900", "Opening balances", "equity", Purpose.OPENING),
    ("4000", "Sales", "income", Purpose.REVENUE),
    ("4730", "Discounts allowed", "expense", Purpose.DISCOUNT),
    ("4740", "Goodwill to customers", "expense", Purpose.GOODWILL),
    ("4840", "Exchange differences", "income", Purpose.EXCHANGE),
    ("4850", "Gift cards and store credit never used", "income", Purpose.BREAKAGE),
    ("4900", "Rounding differences", "income", Purpose.ROUNDING),
    ("4930", "Payment differences and write-offs", "expense", Purpose.WRITE_OFF),
    ("5000", "Cost of goods sold", "expense", Purpose.COST_OF_SALES),
    ("5100", "Stock differences", "expense", Purpose.STOCK_DIFFERENCE),
    ("5110", "Scrap", "expense", Purpose.SCRAP),
    ("5200", "Work that went into stock", "expense", Purpose.OPERATIONS),
    ("6855", "Bank fees", "expense", Purpose.BANK_FEE),
)
TAX_ACCOUNT: Final = "1770"

TERMS: Final = (
    ("NET0", "Due at once", 0, False),
    ("NET14", "14 days net", 14, False),
    ("NET30", "30 days net", 30, False),
    ("NET60", "60 days net", 60, False),
    ("EOM30", "30 days, end of month", 30, True),
)


@dataclass(frozen=True, slots=True)
class TaxRule:
    """A tax as it is set up now; ``rate`` in percent, or an amount per unit for kind fixed."""

    code: str
    name: str
    rate: Decimal
    kind: str = "percent"
    included: bool = False
    affects_base: bool = False
    base_affected: bool = True
    sequence: int = 0
    account: str = TAX_ACCOUNT
    category: str = ""  # how e-invoices name it, see models.einvoice.Category; empty: by its rate
    exempt_reason: str = ""  # why its rate is nothing


@dataclass(frozen=True, slots=True)
class Founding:
    """What is asked of a new company; everything else has a default that can be changed later."""

    name: str
    country: str
    currency: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    vat_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    language: str = "en"
    gs1_prefix: str = ""
    site: str = "HQ"
    warehouse: str = "Main warehouse"
    tax_rounding: str = "line"
    invoice_policy: str = "shipment"
    delivery_steps: int = 2
    over_delivery: Decimal = Decimal(0)
    stock_value: bool = True
    costing: str = "average"
    taxes: tuple[TaxRule, ...] = ()


def found(tx: Transaction, founding: Founding) -> UUID:
    """Set up a new, empty company in an empty database and return its id.

    Raises:
        NotAllowed: there is a company already.
        Invalid: the currency or the country is not known, or the name is empty.

    """
    if tx.execute(select(company.c.id)).first():
        raise NotAllowed("This database holds a company already. Choose another file for the new one.")
    if not founding.name.strip():
        raise Invalid("name", "The company needs a name.")
    if founding.currency not in CURRENCIES:
        raise Invalid("currency", f"{founding.currency} is not a currency Waybill knows. Use its three letters.")
    if len(founding.country) != 2 or founding.country.upper() not in Locale("en").territories:
        raise Invalid("country", f"“{founding.country}” is no country. Use its two letters (ISO 3166), such as NL.")
    tx.site, tx.incarnation = founding.site, 0
    tx.insert(site, {"code": founding.site, "name": founding.name})
    tx.insert(node, {"site": founding.site, "incarnation": 0})
    tx.insert(currency, *({"code": code, "decimals": places, "step": None} for code, places in CURRENCIES.items()))
    tx.insert(
        account,
        *(
            {"id": new_id(), "code": code, "name": name, "kind": kind, "purpose": purpose}
            for code, name, kind, purpose in CHART
        ),
    )
    tx.insert(
        payment_term,
        *(
            {"id": new_id(), "code": code, "name": name, "due_days": days, "end_of_month": end}
            for code, name, days, end in TERMS
        ),
    )
    for rule in founding.taxes:
        add_tax(tx, rule)
    tx.insert(
        location,
        {"id": new_id(), "code": "MAIN", "name": founding.warehouse, "owner": founding.site, "active": True},
    )
    row = {name: getattr(founding, name) for name in Founding.__dataclass_fields__ if name in company.c}
    company_id = new_id()
    tx.insert(company, {"id": company_id, **row})
    letterheads.keep(tx)
    tx.record("company.founded", company_id, name=founding.name)
    return company_id


def add_tax(tx: Transaction, rule: TaxRule) -> UUID:
    """Add a tax under a code of its own.

    Raises:
        Invalid: the code is taken, or holds a space.

    """
    if " " in rule.code or not rule.code:
        raise Invalid("code", "A tax code is one word, e.g. V21.")
    if tx.execute(select(tax.c.id).where(tax.c.code == rule.code)).first():
        raise Invalid("code", f"There is a tax {rule.code} already.")
    tax_id = new_id()
    row = {name: getattr(rule, name) for name in TaxRule.__dataclass_fields__}
    tx.insert(tax, {"id": tax_id, "active": True, **row})
    return tax_id


def change(tx: Transaction, values: dict[str, Any]) -> None:
    """Change the company's own data and settings, by column name.

    Raises:
        NotFound: there is no company yet.
        Invalid: a QR-IBAN is none.

    """
    company_id = tx.execute(select(company.c.id)).scalar_one_or_none()
    if company_id is None:
        raise NotFound("Company", "")
    if values.get("qr_iban") and not payment_references.is_qr_iban(values["qr_iban"]):
        what = "is no QR-IBAN, which begins with CH or LI and has a bank number of 30000 to 31999"
        raise Invalid("qr_iban", f"{values['qr_iban']} {what}. Leave it empty where your bank gave you none.")
    tx.update(company, company_id, **values)
    letterheads.keep(tx)
    tx.record("company.changed", company_id, fields=", ".join(values))


def add_carrier(
    tx: Transaction, code: str, name: str, *, services: tuple[str, ...] = (), tracking_url: str = ""
) -> UUID:
    """Add a carrier; ``{number}`` in ``tracking_url`` stands for the tracking number.

    Raises:
        Invalid: the code is taken.

    """
    if tx.execute(select(carrier.c.id).where(carrier.c.code == code)).first():
        raise Invalid("code", f"There is a carrier {code} already.")
    carrier_id = new_id()
    row = {"code": code, "name": name, "services": "\n".join(services), "tracking_url": tracking_url}
    tx.insert(carrier, {"id": carrier_id, "active": True, **row})
    return carrier_id


def set_rate(tx: Transaction, code: str, on: Any, rate: Decimal) -> None:
    """Store that on that day one unit of the company's currency was worth ``rate`` of ``code``.

    Raises:
        Invalid: the rate is not more than zero, or the day has one already.

    """
    if not rate.is_finite() or rate <= 0:
        raise Invalid("rate", "An exchange rate is more than zero.")
    known = exchange_rate.c
    if tx.execute(select(known.rate).where(known.currency == code, known.on == on)).first():
        raise Invalid("on", f"There is a rate of {code} for {on} already.")
    tx.insert(exchange_rate, {"id": new_id(), "currency": code, "on": on, "rate": rate})


@dataclass(frozen=True, slots=True)
class Company:
    """What documents and rules need to know of the company; texts are empty when not given."""

    id: UUID
    name: str
    street: str
    postal_code: str
    city: str
    country: str
    currency: str
    vat_number: str
    registration: str
    email: str
    phone: str
    website: str
    bank_name: str
    iban: str
    bic: str
    logo: bytes | None
    language: str
    gs1_prefix: str
    tax_rounding: str
    cash_rounding: Decimal | None
    invoice_policy: str
    delivery_steps: int
    over_delivery: Decimal
    quote_validity_days: int
    dispatch_check: str
    unbooked_shipping: bool
    weight_tolerance: Decimal | None
    tax_number: str
    legal_id: str
    electronic_address: str
    electronic_scheme: str
    contact_name: str
    rate_day: str
    rates_url: str
    qr_iban: str


_COMPANY: Final = Remembered(select(*(company.c[name] for name in Company.__dataclass_fields__)))
_CURRENCY: Final = Remembered(select(company.c.currency))
_DELIVERY_STEPS: Final = Remembered(select(company.c.delivery_steps))
_GS1_PREFIX: Final = Remembered(select(company.c.gs1_prefix))
_TERMS: Final = Remembered(select(payment_term))
_ALL_TAXES: Final = select(*(tax.c[name] for name in TaxRule.__dataclass_fields__))
_KNOWN_TAXES: Final = Remembered(_ALL_TAXES)
_TAXES: Final = Remembered(_ALL_TAXES.where(tax.c.active))


def get(connection: Connection) -> Company:
    """Read the company.

    Raises:
        NotFound: the database holds no company yet.

    """
    row = _COMPANY.first(connection)
    if row is None:
        raise NotFound("Company", "in this database")
    return Company(*row)


def own_currency(connection: Connection) -> str:
    """Read the company's currency."""
    return str(_CURRENCY.value(connection))


def delivery_steps(connection: Connection) -> int:
    """Read in how many steps goods leave: one without pick lists, two with."""
    return int(_DELIVERY_STEPS.value(connection))


def gs1_prefix(connection: Connection) -> str:
    """Read the company's GS1 prefix; empty where it has none."""
    return str(_GS1_PREFIX.value(connection))


def taxes(connection: Connection) -> dict[str, TaxRule]:
    """Read the active taxes by code."""
    return {row.code: TaxRule(*row) for row in _TAXES.all(connection)}


def known_taxes(connection: Connection) -> dict[str, TaxRule]:
    """Read all taxes by code, also those no longer used: documents written before still name them."""
    return {row.code: TaxRule(*row) for row in _KNOWN_TAXES.all(connection)}


def decimals(connection: Connection, code: str) -> int:
    """Read how many decimal places amounts in currency ``code`` have.

    Raises:
        Invalid: the currency is not set up.

    """
    found_places = _DECIMALS.value(connection, code=code)
    if found_places is None:
        raise Invalid("currency", f"{code} is not a currency of this company. Add it in the settings.")
    return int(found_places)


def terms(connection: Connection) -> dict[str, tuple[str, int, bool]]:
    """Read the payment terms: code -> name, days, whether they run from the end of the month."""
    return {row.code: (row.name, row.due_days, row.end_of_month) for row in _TERMS.all(connection)}


def carriers(connection: Connection) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Read the active carriers: code, name, services, tracking address."""
    rows = connection.execute(select(carrier).where(carrier.c.active).order_by(carrier.c.name))
    return [(row.code, row.name, tuple(row.services.split("\n")), row.tracking_url) for row in rows]


_DECIMALS: Final = Remembered(select(currency.c.decimals).where(currency.c.code == bindparam("code")))
