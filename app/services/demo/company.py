"""Delta Trading, Rotterdam: the sample company itself, its taxes, carriers and exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from stdnum import iban

from app.models.rounding import round_decimals
from app.services import companies, parties, products
from app.services.companies import Founding, TaxRule
from app.services.demo.catalogue import GS1_PREFIX, Item
from app.services.demo.chance import Chance
from app.services.demo.customers import Profile
from app.services.demo.desk import Desk, Stocked
from app.services.demo.lines import RATES
from app.services.demo.steps import CARRIERS
from app.services.transaction import Transaction

NAME: Final = "Delta Trading"
FOUNDED: Final = "sample.found"
"""The first command of every sample company: it tells a sample from a company somebody works with."""

TAXES: Final = (
    TaxRule("V21", "VAT 21 %", Decimal(21)),
    TaxRule("V9", "VAT 9 %", Decimal(9)),
    TaxRule("V0", "VAT 0 %", Decimal(0)),
)


def found(desk: Desk, *, by: str) -> None:
    """Found the company with everything that a document needs of it.

    Raises:
        NotAllowed: the database holds a company already.

    """
    account = "MAAS0417164300"
    founding = Founding(
        name=NAME,
        country="NL",
        currency="EUR",
        street="Waalhaven Oostzijde 77",
        postal_code="3087 BM",
        city="Rotterdam",
        vat_number="NL999990056B01",
        email="sales@delta-trading.example",
        phone="+31 10 555 0100",
        website="www.delta-trading.example",
        bank_name="Maasbank Rotterdam",
        iban=f"NL{iban.calc_check_digits('NL00' + account)}{account}",
        bic="MAASNL2R",
        gs1_prefix=GS1_PREFIX,
        warehouse="Rotterdam",
        taxes=TAXES,
    )
    desk.run(FOUNDED, lambda tx: companies.found(tx, founding), by=by)
    desk.database.forget_identity()
    registered = {"registration": "KvK Rotterdam 90004417"}
    desk.run("company.change", lambda tx: companies.change(tx, registered), by=by)
    desk.run("carrier.add", _add_carriers, by=by)


def _add_carriers(tx: Transaction) -> None:
    for code, name, services in CARRIERS:
        address = "" if code == "VAN" else f"https://{code.lower()}.example/track/{{number}}"
        companies.add_carrier(tx, code, name, services=services, tracking_url=address)


def set_rates(desk: Desk, first_day: date, last_day: date, chance: Chance, *, by: str) -> None:
    """Store a rate of each currency for the first of every month; they wander around the agreed ones."""
    months = [
        date(year, month, 1)
        for year in range(first_day.year, last_day.year + 1)
        for month in range(1, 13)
        if first_day.replace(day=1) <= date(year, month, 1) <= last_day
    ]
    rates = []
    for code, agreed in RATES.items():
        drift = 0
        for month in months:
            drift = max(-30, min(30, drift + chance.between(-6, 6)))
            rates.append((code, month, round_decimals(agreed * Fraction(1000 + drift, 1000), 4)))

    def op(tx: Transaction) -> None:
        for code, month, rate in rates:
            companies.set_rate(tx, code, month, rate)

    desk.run("rate.set", op, by=by)


def stock_up(desk: Desk, items: list[Item], profiles: list[Profile], *, by: str) -> Stocked:
    """Enter products and customers and say which ids they got."""
    item_ids = desk.run("product.add", lambda tx: products.add_many(tx, [one.new for one in items]), by=by)
    customer_ids = desk.run("customer.add", lambda tx: parties.add_many(tx, [one.new for one in profiles]), by=by)
    return Stocked(items, item_ids, profiles, customer_ids)
