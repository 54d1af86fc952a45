"""Which carrier and service takes a shipment: what each would cost and when it would be there, and why one is chosen.

Costs are the company's currency; days are the company's.  Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import NotFound
from app.models.carrier import Choice
from app.models.order import sales_order
from app.models.shipment import package, shipment
from app.services import carriers, companies, journal
from app.services.carriers import Rate
from app.services.parties import Address

Workday = Callable[[date], bool]

ZERO: Final = Decimal(0)
MOST_PARCELS: Final = 20
"""Into so many parcels of equal weight a share of an order is thought to go; what is heavier goes another way."""
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A package to price: weight in grams, outer size in millimetres (0 = not measured)."""

    weight_g: int
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be shipped where and by when; ``ready_at`` is the company's local time."""

    parcels: tuple[Parcel, ...]
    country: str
    postcode: str
    ready_at: datetime
    promised_on: date | None = None
    value: Decimal = ZERO
    customer_id: UUID | None = None

    @property
    def weight_g(self) -> int:
        """The whole shipment's weight in grams."""
        return sum(one.weight_g for one in self.parcels)


@dataclass(frozen=True, slots=True)
class Offer:
    """What one service would cost and when it would be there, from the earliest to the latest day."""

    service_id: UUID | None
    carrier_id: UUID
    carrier: str
    service_code: str
    service: str
    cost: Decimal
    earliest_on: date
    latest_on: date

    @property
    def name(self) -> str:
        """Carrier and service as people say them."""
        return f"{self.carrier} {self.service}"

    def in_time(self, promised_on: date | None) -> bool:
        """Tell whether it is sure to be there by the promised day."""
        return promised_on is None or self.latest_on <= promised_on


@dataclass(frozen=True, slots=True)
class Excluded:
    """A service that cannot or must not take the shipment, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All offers, the cheapest first; those left out with the reason; the chosen one with the reason in words."""

    offers: tuple[Offer, ...]
    excluded: tuple[Excluded, ...]
    chosen: Offer | None
    reason: str


def is_weekday(day: date) -> bool:
    """Tell whether carriers work: Monday to Friday."""
    return day.weekday() < 5


def compare(
    connection: Connection, wish: Wish, quoted: Sequence[Offer] = (), *, workday: Workday = is_weekday
) -> Comparison:
    """Compare all services for a shipment and choose one by the rules.

    ``quoted`` are offers that carriers gave over the network before; they take the place of the same service's table.
    """
    currency = companies.get(connection).currency
    tables, places = carriers.rates(connection), carriers.zones(connection, wish.country)
    offers, excluded = list(quoted), []
    known = {(one.carrier_id, one.service_code) for one in quoted}
    for row in carriers.services(connection):
        if (row.carrier_id, row.code) in known:
            continue
        name = f"{row.carrier} {row.name}"
        found = _price(row, wish, tables.get(row.id, []), places.get(row.carrier_id, []))
        if isinstance(found, str):
            excluded.append(Excluded(name, found))
            continue
        earliest, latest = _arrival(row, wish.ready_at, workday)
        offers.append(Offer(row.id, row.carrier_id, row.carrier, row.code, row.name, found, earliest, latest))
    return _choose(offers, excluded, carriers.rules(connection), wish, currency)


def parcel_prices(connection: Connection, country: str, postcode: str, on: datetime) -> Callable[[int], Decimal | None]:
    """Read the rate tables for one address; give what grams cost by the cheapest service, in few parcels.

    The answer is None where no service in use has a price for them.
    """
    tables, places, rows = (
        carriers.rates(connection),
        carriers.zones(connection, country),
        carriers.services(connection),
    )

    def price(weight_g: int) -> Decimal | None:
        for parcels in range(1, MOST_PARCELS + 1):
            one = Parcel(-(-weight_g // parcels))
            wish = Wish((one,) * parcels, country, postcode, on)
            found = [_price(row, wish, tables.get(row.id, []), places.get(row.carrier_id, [])) for row in rows]
            known = [cost for cost in found if isinstance(cost, Decimal)]
            if known:
                return min(known)
        return None

    return price


def wish_for(connection: Connection, shipment_id: UUID, ready_at: datetime) -> Wish:
    """Say what a shipment is: its packages, else one package of unknown size; where it goes and by when.

    Raises:
        NotFound: the shipment does not exist.

    """
    order = sales_order.c
    head = connection.execute(
        select(
            shipment.c.ship_to, shipment.c.weight_g, order.promised_on, order.untaxed, order.currency, order.customer_id
        )
        .join(sales_order, order.id == shipment.c.order_id)
        .where(shipment.c.id == shipment_id)
    ).one_or_none()
    if head is None:
        raise NotFound("Shipment", shipment_id)
    on_the_floor = (package.c.shipment_id == shipment_id) & package.c.parent_id.is_(None)
    rows = connection.execute(select(package).where(on_the_floor).order_by(package.c.position))
    parcels = tuple(Parcel(row.weight_g, row.length_mm, row.width_mm, row.height_mm) for row in rows)
    to = Address.from_json(head.ship_to)
    return Wish(
        parcels or (Parcel(head.weight_g),),
        to.country,
        to.postal_code,
        ready_at,
        head.promised_on,
        journal.converter(connection, head.currency, ready_at.date()).company(head.untaxed),
        head.customer_id,
    )


def chargeable_g(parcel: Parcel, volume_divisor: int | None) -> int:
    """Give the weight a carrier charges: the real one, or that of the volume where it is more, in whole grams."""
    volume = parcel.length_mm * parcel.width_mm * parcel.height_mm  # cubic millimetres; divided by cm³/kg: grams
    by_volume = -(-volume // volume_divisor) if volume_divisor else 0
    return max(parcel.weight_g, by_volume)


def price_of(table: Sequence[Rate], zone: str | None, weight_g: int) -> Decimal | None:
    """Look one package up in a rate table: the heaviest row below its weight, the zone's own rows first.

    A package of unknown weight costs what the lightest does.  None: the table has no row for it.
    """
    for wanted in dict.fromkeys((zone, "")):
        rows = [one for one in table if wanted is not None and one.zone == wanted]
        below = [one for one in rows if one.above_g < weight_g] or [one for one in rows if not one.above_g]
        if below:
            row = max(below, key=lambda one: one.above_g)
            begun = -(-max(0, weight_g - row.above_g) // 1000)
            return row.price + row.per_kg * begun
    return None


def _price(row: Any, wish: Wish, table: Sequence[Rate], places: Sequence[carriers.Zone]) -> Decimal | str:
    """Give the cost of all packages, or why the service cannot take them."""
    zone = carriers.zone_of(places, wish.postcode)
    cost = ZERO
    for number, parcel in enumerate(wish.parcels, 1):
        what = f"package {number}" if len(wish.parcels) > 1 else "the package"
        refusal = _too_much(row, parcel, what)
        if refusal:
            return refusal
        weight = chargeable_g(parcel, row.volume_divisor)
        price = price_of(table, zone, weight)
        if price is None:
            place = " ".join(part for part in (wish.country, wish.postcode) if part) or "this address"
            if not table:
                return "it has no rate table"
            return f"its rate table has no price for {_kilograms(weight)} to {place}"
        cost += price
    return cost


def _too_much(row: Any, parcel: Parcel, what: str) -> str:
    if row.max_weight_g and parcel.weight_g > row.max_weight_g:
        return f"{what} weighs {_kilograms(parcel.weight_g)}, it takes {_kilograms(row.max_weight_g)}"
    sides = sorted((parcel.length_mm, parcel.width_mm, parcel.height_mm), reverse=True)
    if row.max_length_mm and sides[0] > row.max_length_mm:
        return f"{what} is {_centimetres(sides[0])} long, it takes {_centimetres(row.max_length_mm)}"
    girth = sides[0] + 2 * (sides[1] + sides[2])
    if row.max_girth_mm and girth > row.max_girth_mm:
        return f"{what} has a girth of {_centimetres(girth)}, it takes {_centimetres(row.max_girth_mm)}"
    return ""


def _arrival(row: Any, ready_at: datetime, workday: Workday) -> tuple[date, date]:
    leaves = ready_at.date()
    if row.cut_off and f"{ready_at:%H:%M}" > row.cut_off:
        leaves += timedelta(days=1)
    while not workday(leaves):
        leaves += timedelta(days=1)
    return _later(leaves, row.days_min, workday), _later(leaves, row.days_max, workday)


def _later(day: date, days: int, workday: Workday) -> date:
    while days:
        day += timedelta(days=1)
        days -= workday(day)
    return day


def _choose(
    offers: list[Offer], excluded: list[Excluded], rules: Sequence[Any], wish: Wish, currency: str
) -> Comparison:
    applying = [rule for rule in rules if _applies(rule, wish)]
    banned = {rule.service_id: rule.name for rule in applying if rule.choice == Choice.NEVER}
    excluded += [Excluded(one.name, f"rule “{banned[one.service_id]}”") for one in offers if one.service_id in banned]
    left = [one for one in offers if one.service_id not in banned]
    left.sort(key=lambda one: (one.cost, one.latest_on, one.name))
    if not left:
        why = "; ".join(f"{one.name}: {one.why}" for one in excluded)
        return Comparison((), tuple(excluded), None, f"No service takes this shipment. {why}".strip())
    possible = {one.service_id for one in left}
    deciding = next((rule for rule in applying if _decides(rule, possible)), None)
    choice = Choice(deciding.choice) if deciding is not None else Choice.IN_TIME
    chosen, words = _by(choice, deciding, left, wish)
    reason = f"{chosen.name}: {_money(chosen.cost, currency)}, there {_span(chosen)}; {words}"
    if deciding is not None:
        reason += f", rule “{deciding.name}”"
    return Comparison(tuple(left), tuple(excluded), chosen, f"{reason}.")


def _decides(rule: Any, possible: set[UUID | None]) -> bool:
    """A rule for a service that cannot take the shipment leaves the decision to the next one."""
    if rule.choice == Choice.NEVER:
        return False
    return rule.choice != Choice.SERVICE or rule.service_id in possible


def _by(choice: Choice, rule: Any, offers: Sequence[Offer], wish: Wish) -> tuple[Offer, str]:
    cheapest, fastest = offers[0], min(offers, key=lambda one: (one.latest_on, one.earliest_on, one.cost))
    if choice == Choice.SERVICE:
        chosen = next(one for one in offers if one.service_id == rule.service_id)
        more = chosen.cost - cheapest.cost
        return chosen, f"{_plain(more)} dearer than {cheapest.name}" if more else "no other is cheaper"
    if choice == Choice.FASTEST:
        return fastest, "the fastest" if len(offers) > 1 else "the only one"
    if choice == Choice.CHEAPEST:
        return cheapest, f"the cheapest of {len(offers)}" if len(offers) > 1 else "the only one"
    in_time = [one for one in offers if one.in_time(wish.promised_on)]
    if not in_time:
        return fastest, f"none is sure to be there by the promised {_day(wish.promised_on)}, this is the fastest"
    by = f" there by the promised {_day(wish.promised_on)}" if wish.promised_on else ""
    if len(in_time) == 1:
        return in_time[0], f"the only one{by}"
    cheaper = f"; {cheapest.name} would be {_plain(in_time[0].cost - cheapest.cost)} cheaper but too late"
    return in_time[0], f"the cheapest of {len(in_time)}{by}{cheaper if in_time[0].cost > cheapest.cost else ''}"


def _applies(rule: Any, wish: Wish) -> bool:
    if rule.countries and wish.country.upper() not in rule.countries.split():
        return False
    if rule.customer_id is not None and rule.customer_id != wish.customer_id:
        return False
    bounds = (
        (rule.weight_from_g, rule.weight_to_g, wish.weight_g),
        (rule.value_from, rule.value_to, wish.value),
    )
    return all((low is None or value >= low) and (high is None or value <= high) for low, high, value in bounds)


def _span(offer: Offer) -> str:
    if offer.earliest_on == offer.latest_on:
        return _day(offer.latest_on)
    return f"{_day(offer.earliest_on)} to {_day(offer.latest_on)}"


def _day(day: date | None) -> str:
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}" if day else ""


def _kilograms(grams: int) -> str:
    return f"{(Decimal(grams) / 1000).normalize():f} kg"


def _centimetres(millimetres: int) -> str:
    return f"{(Decimal(millimetres) / 10).normalize():f} cm"


def _money(amount: Decimal, currency: str) -> str:
    return f"{_plain(amount)} {currency}"


def _plain(amount: Decimal) -> str:
    """Write an amount with two decimals, or with more where it has more."""
    cents = amount.quantize(Decimal("0.01"))
    return f"{cents if cents == amount else amount.normalize():f}"
