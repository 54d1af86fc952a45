"""What a buyer's price lists say: the price of a line, and the whole story of how it came about.

The rules are :mod:`app.models.pricing`'s.  A company without price lists is asked nothing: whether there is any
is remembered from one command to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, or_, select

from app.errors import Invalid
from app.models.base import PRICE, Key
from app.models.price_list import price_list, price_list_buyer, price_rule
from app.models.pricing import (
    Asked,
    Base,
    Considered,
    Formula,
    Lists,
    Nearness,
    PriceConflict,
    PriceList,
    PriceRule,
)
from app.models.rounding import Rounding, round_decimals
from app.services import companies, journal
from app.services.currency import NoRate, convert
from app.services.memory import Remembered
from app.services.products import Product
from app.services.statements import LONGEST_LIST, Prepared

ZERO: Final = Decimal(0)
DISCOUNT_DECIMALS: Final = 2


def round_price(exact: Fraction) -> Decimal:
    """Round a price that Waybill works out itself, e.g. per dozen from the price of one, as fine as prices are stored.

    Small parts are sold by the hundred thousand: two decimals less would be money.
    """
    return round_decimals(exact, PRICE, Rounding.HALF_UP)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who asks for prices, for which day, and how they came to us."""

    customer_id: UUID | None
    on: date
    group: str = ""
    channel: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a line is asked for: the price of one typed unit in the document's currency, and a discount off it."""

    unit_price: Decimal
    discount_percent: Decimal = ZERO
    list_name: str = ""

    @property
    def net(self) -> Decimal:
        """The price of one typed unit after the discount."""
        return round_price(Fraction(self.unit_price) * (100 - Fraction(self.discount_percent)) / 100)


@dataclass(frozen=True, slots=True)
class Better:
    """What gives a lower price than today's: at least ``quantity`` of the typed unit, or the day ``on``."""

    unit_price: Decimal
    list_name: str
    quantity: Fraction | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the price of a line came about; prices are per typed unit in the document's currency.

    ``looked`` holds every rule of the buyer's lists that speaks of the product, the one that won first.
    ``list_price`` is None where the document's currency has no rate; ``conflict`` says which lists contradict.
    ``discount_percent`` is what the price is below the list price, rounded to two places.
    """

    quantity: Decimal
    unit: str
    currency: str
    on: date
    list_price: Decimal | None
    offer: Offer | None
    looked: tuple[Considered, ...]
    conflict: str = ""
    discount_percent: Decimal | None = None
    more: Better | None = None
    later: Better | None = None

    @property
    def won(self) -> Considered | None:
        """The rule that gave the price; None: the list price stands, or lists contradict."""
        return self.looked[0] if self.looked and self.looked[0].verdict == "won" and not self.conflict else None


@dataclass(frozen=True, slots=True)
class PriceBook:
    """One buyer's price lists as they were read; asks the database nothing more."""

    buyer: Buyer
    lists: Lists

    def offer(self, product: Product, quantity: Decimal, unit: str) -> Offer | None:
        """Give what the lists ask for a line; None where no rule fits and the list price stands.

        Raises:
            PriceConflict: two lists stand equal and give different prices.
            Invalid: the product is not sold in the unit, a currency has no rate, or lists form a circle.

        """
        asked = self._asked(product, quantity, unit)
        won = self.lists.winner(asked)
        return None if won is None else self._offer(won, asked)

    def explain(self, product: Product, quantity: Decimal, unit: str) -> Explanation:
        """Tell how the price of a line comes about, and what quantity or day gives the next better one.

        Raises:
            Invalid: the product is not sold in the unit, a currency has no rate, or lists form a circle.

        """
        asked = self._asked(product, quantity, unit)
        start = self._start(asked)
        try:
            looked, conflict = self.lists.look(asked), ""
        except PriceConflict as error:
            looked, conflict = self.lists.judge(asked), str(error)
        won = looked[0] if looked and looked[0].verdict == "won" and not conflict else None
        offer = None if won is None else self._offer(won, asked)
        price = won.price if won is not None else start
        found = Explanation(
            quantity,
            unit or product.unit,
            self.lists.currency,
            self.buyer.on,
            None if start is None else round_price(start),
            offer,
            looked,
            conflict,
            _percent(price, start),
        )
        if conflict:
            return found
        quantities, days = self.lists.turns(asked)
        more = (self._better(replace(asked, quantity=each), price, quantity=each) for each in quantities)
        later = (self._better(replace(asked, on=each), price, on=each) for each in days)
        return replace(
            found,
            more=next((one for one in more if one is not None), None),
            later=next((one for one in later if one is not None), None),
        )

    def _asked(self, product: Product, quantity: Decimal, unit: str) -> Asked:
        return Asked(
            product.id,
            product.category,
            product.list_price,
            Fraction(quantity),
            self.buyer.on,
            unit or product.unit,
            product.factor(unit),
        )

    def _start(self, asked: Asked) -> Fraction | None:
        try:
            return self.lists.start(asked)
        except NoRate:
            return None

    def _offer(self, won: Considered, asked: Asked) -> Offer:
        """Put the price as the list shows it: net, or as a discount where that comes to the same price."""
        price = won.price
        assert price is not None, "a rule that won has a price"
        start = self._start(asked) if won.list.shows_discount else None
        percent = _percent(price, start)
        net = Offer(round_price(price), ZERO, won.list.name)
        if start is None or not percent or percent <= 0:
            return net
        shown = Offer(round_price(start), percent, won.list.name)
        return shown if shown.net == net.unit_price else net

    def _better(
        self, asked: Asked, price: Fraction | None, *, quantity: Fraction | None = None, on: date | None = None
    ) -> Better | None:
        try:
            won = self.lists.winner(asked)
        except PriceConflict:
            return None
        if won is None or won.price is None or (price is not None and won.price >= price):
            return None
        return Better(round_price(won.price), won.list.name, quantity, on)


def _percent(price: Fraction | None, start: Fraction | None) -> Decimal | None:
    if price is None or not start:
        return None
    return round_decimals((start - price) / start * 100, DISCOUNT_DECIMALS, Rounding.HALF_UP)


def any_lists(connection: Connection) -> bool:
    """Say whether the company has a price list in use at all."""
    return _ANY.first(connection) is not None


def open_book(
    connection: Connection, buyer: Buyer, currency: str, product_ids: Iterable[UUID] | None = None
) -> PriceBook | None:
    """Read a buyer's price lists in a currency with their rules for some products (None: for all).

    None where the company has no price lists, or none for this buyer.
    """
    if not any_lists(connection):
        return None
    nearest = _nearest(connection, buyer, currency)
    if not nearest:
        return None
    wanted = None if product_ids is None else list(product_ids)
    lists = _with_rules(connection, list(nearest), wanted)
    bases = _bases(connection, lists, wanted)
    own = companies.own_currency(connection)
    currencies = {currency, *(one.currency for one in bases.values())}
    rates = _rates(connection, currencies, own, buyer.on)
    mine = tuple(replace(one, nearness=nearest[one.id]) for one in lists)
    return PriceBook(buyer, Lists(mine, currency, own, partial(convert, rates=rates), bases))


def list_price_only(connection: Connection, buyer: Buyer, currency: str) -> PriceBook:
    """Give a book without lists, to explain that the list price stands."""
    own = companies.own_currency(connection)
    rates = _rates(connection, {currency}, own, buyer.on)
    return PriceBook(buyer, Lists((), currency, own, partial(convert, rates=rates)))


def _nearest(connection: Connection, buyer: Buyer, currency: str) -> dict[UUID, Nearness]:
    """Find the lists that are for a buyer, each with the nearest way it comes to them."""
    rows = _FOR_ALL.all(
        connection, currency=currency, groups=buyer.group, channels=buyer.channel, campaigns=buyer.campaign
    )
    if buyer.customer_id is not None:
        rows += _FOR_CUSTOMER.all(
            connection,
            customer=buyer.customer_id,
            currency=currency,
            groups=buyer.group,
            channels=buyer.channel,
            campaigns=buyer.campaign,
        )
    found: dict[UUID, Nearness] = {}
    for row in rows:
        if row.customer_id is not None:
            near = Nearness.CUSTOMER
        elif row.customer_group:
            near = Nearness.GROUP
        else:
            near = Nearness.CHANNEL if row.channel else Nearness.EVERYBODY
        found[row.price_list_id] = min(near, found.get(row.price_list_id, near))
    return found


def _with_rules(connection: Connection, list_ids: list[UUID], product_ids: list[UUID] | None) -> list[PriceList]:
    rules: dict[UUID, list[PriceRule]] = {}
    heads: list[Any] = []
    for lists in _parts(list_ids):
        heads += _HEADS.all(connection, lists=lists)
        rows = _ALL_RULES.all(connection, lists=lists) if product_ids is None else _GENERAL.all(connection, lists=lists)
        for products in _parts(product_ids or []):
            rows += _OF_PRODUCTS.all(connection, lists=lists, products=products)
        for row in sorted(rows, key=lambda row: int(row.position)):
            rules.setdefault(row.price_list_id, []).append(rule_of(row))
    return [
        PriceList(
            row.id,
            row.name,
            row.currency,
            tuple(rules.get(row.id, ())),
            row.priority,
            shows_discount=row.shows_discount,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in sorted(heads, key=lambda row: str(row.name))
    ]


def _bases(connection: Connection, lists: list[PriceList], product_ids: list[UUID] | None) -> Mapping[UUID, PriceList]:
    """Read the lists that these are based on, and those they are based on."""
    known = {one.id: one for one in lists}
    named = _named(lists)
    while missing := named - known.keys():
        found = _with_rules(connection, list(missing), product_ids)
        known |= {one.id: one for one in found}
        named = _named(found)
    return {list_id: one for list_id, one in known.items() if list_id in _named(known.values())}


def _named(lists: Iterable[PriceList]) -> set[UUID]:
    return {rule.base_list_id for one in lists for rule in one.rules if rule.base_list_id is not None}


def _parts(ids: list[UUID]) -> list[list[UUID]]:
    return [ids[start : start + LONGEST_LIST] for start in range(0, len(ids), LONGEST_LIST)]


def rule_of(row: Any) -> PriceRule:
    """Make a rule of its stored row."""
    return PriceRule(
        row.id,
        row.price_list_id,
        Formula(
            Base(row.base),
            row.fixed,
            row.percent,
            row.amount,
            row.step,
            row.surcharge,
            row.min_margin,
            row.max_margin,
        ),
        row.position,
        row.product_id,
        row.category,
        row.unit,
        row.min_quantity,
        row.max_quantity,
        row.starts_on,
        row.ends_on,
        row.base_list_id,
    )


def _rates(connection: Connection, currencies: set[str], own: str, on: date) -> dict[str, Decimal]:
    """Read the rates of the day; a currency without one is left out and refused where it is needed."""
    rates = {own: Decimal(1)}
    for code in currencies - {own}:
        try:
            rates[code] = journal.converter(connection, code, on).rate
        except Invalid:
            continue
    return rates


def _lists_for(*more: Any) -> Prepared:
    return Prepared(
        select(
            price_list_buyer.c.price_list_id,
            price_list_buyer.c.customer_id,
            price_list_buyer.c.customer_group,
            price_list_buyer.c.channel,
        )
        .join(price_list, price_list.c.id == price_list_buyer.c.price_list_id)
        .where(
            *more,
            price_list.c.active,
            price_list.c.currency == bindparam("currency"),
            or_(price_list_buyer.c.customer_group == "", price_list_buyer.c.customer_group == bindparam("groups")),
            or_(price_list_buyer.c.channel == "", price_list_buyer.c.channel == bindparam("channels")),
            or_(price_list_buyer.c.campaign == "", price_list_buyer.c.campaign == bindparam("campaigns")),
        )
    )


_AMONG: Final = price_rule.c.price_list_id.in_(bindparam("lists", type_=Key, expanding=True))
_ANY: Final = Remembered(select(price_list.c.id).where(price_list.c.active).limit(1))
_FOR_ALL: Final = _lists_for(price_list_buyer.c.customer_id.is_(None))
_FOR_CUSTOMER: Final = _lists_for(price_list_buyer.c.customer_id == bindparam("customer", type_=Key))
_HEADS: Final = Prepared(select(price_list).where(price_list.c.id.in_(bindparam("lists", type_=Key, expanding=True))))
_ALL_RULES: Final = Prepared(select(price_rule).where(_AMONG))
_GENERAL: Final = Prepared(select(price_rule).where(_AMONG, price_rule.c.product_id.is_(None)))
_OF_PRODUCTS: Final = Prepared(
    select(price_rule).where(_AMONG, price_rule.c.product_id.in_(bindparam("products", type_=Key, expanding=True)))
)
