"""The sample company's customers: a few large ones, a long tail, spread over the countries around the North Sea."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.services.demo.chance import Chance, Wheel, zipf
from app.services.demo.company_names import FANCY_WORDS, FIRST_NAMES, KNOWN, ROLES, SURNAMES, TRADE_WORDS, TRADES
from app.services.demo.countries import COUNTRIES, Country, Town
from app.services.demo.vat_numbers import vat_number
from app.services.parties import Address, Contact, NewCustomer

HOME: Final = "NL"
TERMS: Final = (("NET30", 50), ("NET14", 25), ("EOM30", 12), ("NET60", 8), ("NET0", 5))
PO_PATTERNS: Final = ("4500-8####", "9####", "PO-1####", "P/13###", "45009####")
NOTES: Final = (
    "Asks for a call before every delivery.",
    "Pays by collective transfer on Fridays.",
    "Wants one invoice per month; not agreed yet.",
    "Goods in closes at 15:00.",
)
OFFICE_LABELS: Final = ("Warehouse", "Workshop", "Yard", "Building site")

_SPELLED: Final = {
    ord(letter): plain for letter, plain in zip("øØßłŁæÆ", ("oe", "Oe", "ss", "l", "L", "ae", "Ae"), strict=True)
}
_BY_CODE: Final = {country.code: country for country in COUNTRIES}
_TERM_WHEEL: Final = Wheel(weight for _, weight in TERMS)
_COUNTRY_WHEEL: Final = Wheel(country.share for country in COUNTRIES)


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer to be and how it behaves.

    ``weight`` is its share of the orders; ``joined`` and ``left`` bound the days it orders on;
    ``discount`` is in percent of every line; ``late_days`` how long after the due day it pays.
    """

    new: NewCustomer
    trade: int
    weight: int
    size: int
    discount: int
    late_days: int
    po_pattern: str
    joined: date
    left: date

    @property
    def contact(self) -> str:
        """The person who signs."""
        return self.new.contacts[0].name


def make(count: int, seed: int, first_day: date, last_day: date) -> list[Profile]:
    """Invent ``count`` customers that order between two days, the largest first."""
    chance = Chance(seed, "customers")
    names = _Names(chance)
    weights = zipf(count)
    found = []
    for rank in range(count):
        if rank < len(KNOWN):
            name, code, trade_name = KNOWN[rank]
            country, trade = _BY_CODE[code], TRADES.index(trade_name)
            names.taken.add(name)
        else:
            country, trade = COUNTRIES[_COUNTRY_WHEEL.turn(chance)], chance.below(len(TRADES))
            name = names.invent(country, trade)
        found.append(_profile(chance, _customer(chance, name, country, rank), trade, weights[rank], rank, count))
    return [_with_days(one, chance, rank, first_day, last_day) for rank, one in enumerate(found)]


def _profile(chance: Chance, new: NewCustomer, trade: int, weight: int, rank: int, count: int) -> Profile:
    large = rank * 100 < 8 * count
    return Profile(
        new,
        trade,
        weight,
        size=chance.between(2, 4) if large else 1,
        discount=chance.one_of((4, 5, 8, 10)) if large else chance.one_of((0, 0, 0, 0, 0, 2, 3)),
        late_days=chance.one_of((-4, -2, -1, 0, 0, 1, 2, 3, 6, 12, 24)),
        po_pattern=chance.one_of(PO_PATTERNS),
        joined=date.min,
        left=date.max,
    )


def _with_days(one: Profile, chance: Chance, rank: int, first_day: date, last_day: date) -> Profile:
    """Let a third of the smaller customers come later, and a few leave."""
    joined, left = first_day, last_day
    span = (last_day - first_day).days
    if rank >= len(KNOWN):
        if chance.percent(35):
            joined = first_day + timedelta(chance.between(span // 20, span * 4 // 5))
        elif chance.percent(10):
            left = last_day - timedelta(chance.between(span // 5, span // 2))
    return replace(one, joined=joined, left=left)


def _customer(chance: Chance, name: str, country: Country, rank: int) -> NewCustomer:
    domain = _domain(name)
    town = chance.one_of(country.towns)
    term = TERMS[_TERM_WHEEL.turn(chance)][0] if rank else "NET30"
    return NewCustomer(
        name=name,
        currency=country.currency if chance.percent(40) else "",
        payment_term=term,
        vat_number=vat_number(country.code, chance),
        language=country.language,
        email=f"orders@{domain}",
        phone=chance.spelled(country.phone),
        tax_exempt=country.code != HOME,
        notes=chance.one_of(NOTES) if chance.percent(12) else "",
        credit_limit=Decimal(50_000 + 5_000 * chance.between(1, 12)) if chance.percent(40) else None,
        addresses=_addresses(chance, country, town) if rank else _first_customers_addresses(),
        contacts=_contacts(chance, country, domain, rank),
    )


def _addresses(chance: Chance, country: Country, town: Town) -> tuple[Address, ...]:
    office = _address(chance, country, town)
    if not chance.percent(25):
        return (office,)
    other = _address(chance, country, chance.one_of(country.towns), label=chance.one_of(OFFICE_LABELS))
    return (
        replace(office, label="Head office", shipping=False),
        replace(other, billing=False),
    )


def _first_customers_addresses() -> tuple[Address, ...]:
    return (Address(street="Dock 4\nNieuwe Haven", postal_code="3115 HC", city="Schiedam", country="NL"),)


def _address(chance: Chance, country: Country, town: Town, label: str = "") -> Address:
    street, number = chance.one_of(country.streets), chance.between(1, 180)
    return Address(
        street=f"{number} {street}" if country.number_first else f"{street} {number}",
        postal_code=chance.spelled(town.postal_code),
        city=town.name,
        region=town.region,
        country=country.code,
        label=label,
    )


def _contacts(chance: Chance, country: Country, domain: str, rank: int) -> tuple[Contact, ...]:
    found = []
    for place in range(1 if chance.percent(60) else 2):
        first, last = chance.one_of(FIRST_NAMES[country.language]), chance.one_of(SURNAMES[country.language])
        if rank == 0 and place == 0:
            first, last = "Jo", "Finch"
        mail = f"{_plain(first)}.{_plain(last)}@{domain}".lower()
        found.append(Contact(f"{first} {last}", chance.one_of(ROLES), mail, chance.spelled(country.phone)))
    return tuple(found)


class _Names:
    """Invents names of companies, no two the same."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.taken: set[str] = set()

    def invent(self, country: Country, trade: int) -> str:
        """Invent one; where the pattern is used up the town is added, then a number."""
        chance = self._chance
        for attempt in range(200):
            name = self._words(country, trade)
            if attempt >= 6:
                name += f" {chance.one_of(country.towns).name}"
            if attempt >= 60:
                name += f" {attempt}"
            name += f" {chance.one_of(country.legal_forms)}"
            if name not in self.taken:
                self.taken.add(name)
                return name
        raise AssertionError(f"no more names in {country.code}")

    def _words(self, country: Country, trade: int) -> str:
        chance, language = self._chance, country.language
        word = chance.one_of(TRADE_WORDS[language][trade])
        kind = chance.below(10)
        if kind < 5:
            return f"{chance.one_of(FANCY_WORDS[language])} {word}"
        if kind < 8:
            return f"{chance.one_of(SURNAMES[language])} {word}"
        if kind < 9:
            return f"{chance.one_of(country.towns).name} {word}"
        first, second = chance.some(SURNAMES[language], 2)
        joint = {"nl": "en", "de": "&", "fr": "et"}.get(language, "&")
        return f"{first} {joint} {second}"


def _plain(text: str) -> str:
    """Write a name in the letters of a mail address."""
    return unicodedata.normalize("NFKD", text.translate(_SPELLED)).encode("ascii", "ignore").decode()


def _domain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _plain(name).lower()).strip("-") + ".example"
