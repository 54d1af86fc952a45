"""Which taxes a sale would bear, tried before there is one: a country, a customer, a product class and a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Invalid
from app.models.base import new_id
from app.models.tax_mapping import Status, status_of
from app.services import companies, place_taxes
from app.services.companies import TaxRule
from app.services.parties import Address, Customer
from app.services.place_taxes import Considered


@dataclass(frozen=True, slots=True)
class Case:
    """A sale that is thought of; ``own`` are the taxes of the product, ``country`` is where the goods go (ISO 3166)."""

    country: str
    region: str = ""
    vat_number: str = ""
    is_exempt: bool = False
    product_class: str = "goods"
    own: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The taxes that come out, what the tax law sees in the customer, and each rule with why it won or did not."""

    taxes: tuple[TaxRule, ...]
    status: Status
    considered: tuple[Considered, ...]


def try_out(connection: Connection, case: Case) -> Outcome:
    """Say which taxes a line of such a sale would be written with; nothing is stored.

    Raises:
        Invalid: the country has not two letters, or a tax is not set up.

    """
    country = case.country.strip().upper()
    if len(country) != 2 or not country.isalpha():
        raise Invalid("country", "A country has two letters (ISO 3166), such as FR.")
    place = Address(country=country, region=case.region.strip())
    customer = _customer(new_id(), case, place)
    by_place = place_taxes.taxing(connection, customer, place, case.day)
    own_country = companies.get(connection).country.upper()
    status = status_of(customer.vat_number, own_country, is_exempt=case.is_exempt)
    known = companies.taxes(connection)
    codes, considered = "" if case.is_exempt else case.own, list[Considered]()
    if by_place is not None:
        codes = by_place.codes(case.own, case.product_class)
        considered = by_place.explain(case.own, case.product_class)
    missing = next((code for code in codes.split() if code not in known), "")
    if missing:
        raise Invalid("own", f"There is no tax {missing}. Add it in the settings first.")
    return Outcome(tuple(known[code] for code in codes.split()), status, tuple(considered))


def _customer(customer_id: UUID, case: Case, place: Address) -> Customer:
    return Customer(
        id=customer_id,
        number="",
        name="",
        vat_number=case.vat_number.replace(" ", ""),
        currency="",
        language="",
        payment_term="",
        email="",
        phone="",
        tax_exempt=case.is_exempt,
        notes="",
        active=True,
        credit_limit=None,
        customer_group="",
        invoice_rhythm="",
        addresses=((customer_id, place),),
    )
