"""Taxes by place, customer and product class: rules a company sets up, and what they make of a line.

A company without rules sells with the taxes of its products; then nothing is read but that there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import Conflict, Invalid, NotFound
from app.models.base import new_id
from app.models.tax import Tax
from app.models.tax_mapping import (
    EUROPEAN_UNION,
    NOT_EU,
    OTHER_EU,
    PlaceRule,
    Registered,
    Sale,
    Status,
    adapt_price,
    find_rule,
    map_taxes,
    mismatch,
    status_of,
)
from app.models.tax_place import tax_registration, tax_rule
from app.services import companies, document_lines, products
from app.services.companies import TaxRule
from app.services.document_lines import LineInput
from app.services.memory import Remembered
from app.services.parties import Address, Customer
from app.services.pricing import Buyer, round_price
from app.services.products import Product
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it is set up; what is empty matches everything, ``tax_codes`` empty means no tax.

    ``destination`` is a country (ISO 3166), ``EU`` for another member state, or ``NOT EU``.
    """

    name: str
    tax_codes: str = ""
    destination: str = ""
    region: str = ""
    status: str = ""
    product_class: str = ""
    replaces: str = ""
    registered: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    rank: int = 0
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """Where we are registered for tax, besides our own country."""

    country: str
    region: str = ""
    number: str = ""


def save(tx: Transaction, rule: StoredRule, seen: StoredRule | None = None) -> UUID:
    """Add a rule, or change the one with its id; return the id.

    Raises:
        Invalid: it has no name, names a tax or country that is not known, or ends before it starts.
        Conflict: somebody changed the rule since ``seen`` was read.
        NotFound: the rule was removed meanwhile.

    """
    _check(tx.connection, rule)
    row = {name: getattr(rule, name) for name in _FIELDS}
    if rule.id is None:
        rule_id = new_id()
        tx.insert(tax_rule, {"id": rule_id, **row})
    else:
        rule_id = rule.id
        stored = tx.lock(tax_rule, rule_id, "Tax rule")
        if seen is not None and any(getattr(stored, name) != getattr(seen, name) for name in _FIELDS):
            raise Conflict(f"the rule {stored.name}")
        tx.update(tax_rule, rule_id, **row)
    tx.record("tax_rule.saved", rule_id, name=rule.name)
    return rule_id


def restore(tx: Transaction, rule: StoredRule) -> None:
    """Bring a rule back that was removed, as it was; one that is there again already stays.

    Raises:
        Invalid: it names a tax that is not known any more.

    """
    _check(tx.connection, rule)
    if rule.id is None or any(one.id == rule.id for one in read(tx.connection)):
        return
    tx.insert(tax_rule, {name: getattr(rule, name) for name in (*_FIELDS, "id")})
    tx.record("tax_rule.saved", rule.id, name=rule.name)


def remove(tx: Transaction, rule_id: UUID) -> None:
    """Remove a rule; documents keep the taxes they were written with.

    Raises:
        NotFound: it was removed meanwhile.

    """
    if not any(one.id == rule_id for one in read(tx.connection)):
        raise NotFound("Tax rule", rule_id)
    tx.delete(tax_rule, [rule_id])
    tx.record("tax_rule.removed", rule_id)


def register(tx: Transaction, registrations: Sequence[Registration]) -> None:
    """Say where we are registered for tax, besides our own country.

    Raises:
        Invalid: one has no country.

    """
    if any(len(one.country) != 2 for one in registrations):
        raise Invalid("country", "A registration is in a country, named by two letters (ISO 3166), such as FR.")
    tx.delete(tax_registration, [row.id for row in _REGISTRATIONS.all(tx.connection)])
    rows = [{"country": one.country.upper(), "region": one.region, "number": one.number} for one in registrations]
    tx.insert(tax_registration, *({"id": new_id(), **row} for row in rows))


def read(connection: Connection) -> list[StoredRule]:
    """Read the rules in their order."""
    rows = sorted(_RULES.all(connection), key=lambda row: (row.rank, row.name))
    return [StoredRule(**{name: getattr(row, name) for name in (*_FIELDS, "id")}) for row in rows]


def registrations(connection: Connection) -> list[Registration]:
    """Read where we are registered for tax, besides our own country."""
    return [Registration(row.country, row.region, row.number) for row in _REGISTRATIONS.all(connection)]


@dataclass(frozen=True, slots=True)
class Considered:
    """A rule that was looked at for a line: why it does not apply (a field of it), or that it does and won."""

    rule: StoredRule
    mismatch: str
    won: bool


class Taxing:
    """The taxes of one document: the rules, and what they look at of customer and place."""

    def __init__(self, connection: Connection, rules: list[StoredRule], sale: Sale) -> None:
        """Read the taxes that the rules name."""
        self.sale = sale
        self._taxes = companies.taxes(connection)
        self._rules = [self._place_rule(one) for one in rules]
        self._stored = dict(zip(self._rules, rules, strict=True))

    def codes(self, own: str, product_class: str) -> str:
        """Give the taxes of a line whose product has the taxes ``own``."""
        sale = replace(self.sale, product_class=product_class)
        if sale.status is Status.EXEMPT and not self._speaks_of_exempt(own, sale):
            return ""
        return " ".join(tax.code for tax in map_taxes(self._rules, self._known(own), sale))

    def price(self, listed: Decimal, own: str, mapped: str) -> Decimal:
        """Give a list price that contains the taxes ``own`` as it is with others, its net amount kept."""
        if own == mapped or not any(self._taxes[code].included for code in own.split() if code in self._taxes):
            return listed
        exact = adapt_price(listed, self._known(own), self._known(mapped))
        return round_price(exact)

    def explain(self, own: str, product_class: str) -> list[Considered]:
        """Name every rule that was looked at, and which of them won."""
        sale = replace(self.sale, product_class=product_class)
        replaced = own.split() or [""]
        won = {find_rule(self._rules, sale, replaces=code) for code in replaced}
        if sale.status is Status.EXEMPT and not self._speaks_of_exempt(own, sale):
            won = set()
        found = []
        for rule in self._rules:
            reasons = [mismatch(rule, sale, code) for code in replaced]
            found.append(Considered(self._stored[rule], "" if "" in reasons else reasons[0], rule in won))
        return found

    def _speaks_of_exempt(self, own: str, sale: Sale) -> bool:
        found = (find_rule(self._rules, sale, replaces=code) for code in own.split() or [""])
        return any(rule is not None and rule.status is Status.EXEMPT for rule in found)

    def _known(self, codes: str) -> tuple[Tax, ...]:
        return document_lines.engine_taxes(codes, self._taxes)

    def _place_rule(self, rule: StoredRule) -> PlaceRule:
        return PlaceRule(
            rule.name,
            self._known(rule.tax_codes),
            destination=rule.destination,
            replaces=rule.replaces,
            starts_on=rule.starts_on,
            ends_on=rule.ends_on,
            region=rule.region,
            status=Status(rule.status),
            product_class=rule.product_class,
            registered=Registered(rule.registered),
        )


def taxing(connection: Connection, customer: Customer, ship_to: Address | None, day: date | None) -> Taxing | None:
    """Give what decides the taxes of a sale to a customer, whose goods go to ``ship_to``; None without any rules."""
    if not _RULES.all(connection):
        return None
    origin = companies.get(connection).country.upper()
    place = ship_to or customer.shipping_address
    country = (place.country or customer.billing_address.country or origin).upper()
    registered = [row for row in _REGISTRATIONS.all(connection) if row.country == country]
    sale = Sale(
        origin,
        country,
        day=day,
        region=place.region.strip(),
        status=status_of(customer.vat_number, origin, is_exempt=customer.tax_exempt),
        is_registered=country == origin or any(row.region in {"", place.region.strip()} for row in registered),
    )
    return Taxing(connection, read(connection), sale)


def settle(
    connection: Connection,
    customer: Customer,
    ship_to: Address | None,
    lines: Sequence[LineInput],
    *,
    currency: str,
    day: date | None,
    buyer: Buyer | None = None,
) -> tuple[Sequence[LineInput], bool]:
    """Fill in the taxes of lines that name none by the rules, and say whether the customer's lines bear no tax at all.

    Lines that name taxes keep them: a person typed them, or they were settled before.  Lines without a price get that
    of the ``buyer``'s price lists, as it is with their taxes.

    Raises:
        NotFound: a product does not exist.
        Invalid: a unit is not the product's, or price lists contradict each other.

    """
    typed = [one.unit_price is not None for one in lines]
    if buyer is not None and not all(typed):
        lines = document_lines.with_listed_prices(connection, currency, lines, buyer)
    by_place = taxing(connection, customer, ship_to, day)
    if by_place is None:
        return lines, customer.tax_exempt
    wanted = [one.product_id for one in lines if one.product_id and one.tax_codes is None]
    known = products.get_many(connection, wanted)
    own = currency == companies.own_currency(connection)
    priced = zip(lines, typed, strict=True)
    return [_settled(one, known, by_place, own=own, typed=by_hand) for one, by_hand in priced], False


def _settled(one: LineInput, known: dict[UUID, Product], by_place: Taxing, *, own: bool, typed: bool) -> LineInput:
    if one.tax_codes is not None or one.kind not in {"product", "fee"}:
        return one
    if one.product_id is None:
        return replace(one, tax_codes=by_place.codes("", "service"))
    product = known[one.product_id]
    codes = by_place.codes(product.tax_codes, class_of(product))
    price = one.unit_price
    if price is not None and not typed:
        price = by_place.price(price, product.tax_codes, codes)
    elif price is None and own:
        listed = round_price(Fraction(product.list_price) * product.factor(one.unit))
        adapted = by_place.price(listed, product.tax_codes, codes)
        price = None if adapted == listed else adapted
    return replace(one, tax_codes=codes, unit_price=price)


def class_of(product: Product) -> str:
    """Give what rules look at of a product: its tax class, else whether it is goods or a service."""
    return product.tax_class or ("service" if product.kind == "service" else "goods")


def add_usual(tx: Transaction) -> list[UUID]:
    """Add the rules a seller in the European Union usually needs, with their taxes of 0 % and their reasons.

    Goods to businesses in other member states (Art. 138 of directive 2006/112/EC), services to them (Art. 44, 196),
    goods out of the Union (Art. 146), services to customers outside it.  Codes as of the list VATEX.

    Raises:
        Invalid: the company is not in the European Union.

    """
    country = companies.get(tx.connection).country.upper()
    if country not in EUROPEAN_UNION:
        raise Invalid("country", "These rules are those of sellers in the European Union. Write your own rules.")
    known = companies.known_taxes(tx.connection)
    for code, name, category, reason in USUAL_TAXES:
        if code not in known:
            companies.add_tax(tx, TaxRule(code, name, Decimal(0), category=category, exempt_reason=reason))
    there = {one.name for one in read(tx.connection)}
    return [save(tx, replace(one, rank=rank)) for rank, one in enumerate(USUAL_RULES, 1) if one.name not in there]


def _check(connection: Connection, rule: StoredRule) -> None:
    if not rule.name.strip():
        raise Invalid("name", "A rule needs a name; it is what explains a tax later.")
    known = companies.taxes(connection)
    for code in (*rule.tax_codes.split(), *rule.replaces.split()):
        if code not in known:
            raise Invalid("tax_codes", f"There is no tax {code}. Add it in the settings first.")
    if rule.destination not in {"", OTHER_EU, NOT_EU} and len(rule.destination) != 2:
        raise Invalid("destination", "A country has two letters (ISO 3166), such as FR; or write EU, or NOT EU.")
    if rule.region and len(rule.destination) != 2:
        raise Invalid("region", "A region belongs to a country. Name it first.")
    if rule.status not in set(Status) or rule.registered not in set(Registered):
        raise Invalid("status", "There is no such customer. Choose one of the list.")
    if rule.starts_on and rule.ends_on and rule.ends_on < rule.starts_on:
        raise Invalid("ends_on", "A rule does not end before it starts.")


USUAL_TAXES: Final = (
    ("IC", "Intra-community supply", "K", "Exempt intra-community supply, Art. 138"),
    ("RC", "Reverse charge", "AE", "VAT is owed by the customer, Art. 196"),
    ("EXP", "Export", "G", "Exempt export, Art. 146"),
    ("OUT", "Outside scope", "O", "Not subject to VAT, Art. 44"),
)
USUAL_RULES: Final = (
    StoredRule(
        "Goods to a business in another EU country", "IC", OTHER_EU, status="eu business", product_class="goods"
    ),
    StoredRule("Services to a business in another EU country", "RC", OTHER_EU, "", "eu business", "service"),
    StoredRule("Goods out of the EU", "EXP", NOT_EU, product_class="goods"),
    StoredRule("Services to customers outside the EU", "OUT", NOT_EU, product_class="service"),
)
_FIELDS: Final = tuple(name for name in StoredRule.__dataclass_fields__ if name != "id")
_RULES: Final = Remembered(select(tax_rule))
_REGISTRATIONS: Final = Remembered(select(tax_registration))
