"""Carriers' services, zones, rates and the rules by which one is chosen: setting them up and reading them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, select

from app.errors import Invalid, NotFound
from app.models.base import new_id
from app.models.carrier import Choice, carrier_account, carrier_rate, carrier_rule, carrier_service, carrier_zone
from app.models.company import carrier
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)
CONNECTORS: Final = ("manual", "table")
"""Ways to get a label without a carrier's system: typed by hand, or our own label with our own number."""
KARRIO: Final = "karrio:"
"""Connectors that begin so use the library karrio; what follows is its name of the carrier."""
_CUT_OFF: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class NewService:
    """A service of a carrier; limits that are None do not exist.

    ``days_min`` and ``days_max`` are working days under way.  ``volume_divisor``: so many cubic centimetres count as
    one kilogram.  ``cut_off`` (HH:MM, company's time): what is ready later leaves on the next working day.
    ``label_inside``: parcels that stand on a pallet have labels of their own as well.
    """

    code: str
    name: str
    days_min: int = 1
    days_max: int = 1
    max_weight_g: int | None = None
    max_length_mm: int | None = None
    max_girth_mm: int | None = None
    volume_divisor: int | None = None
    cut_off: str = ""
    label_inside: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the world a carrier prices alike; postcodes are compared by their first characters, both included."""

    zone: str
    country: str
    postcode_from: str = ""
    postcode_to: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one package heavier than ``above_g`` grams costs in a zone (empty: in all), in company's currency.

    ``per_kg`` is added for each kilogram begun beyond ``above_g``.
    """

    above_g: int
    price: Decimal
    zone: str = ""
    per_kg: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule for choosing: what it applies to (None and empty: everything), and what it says."""

    name: str
    choice: Choice
    service_id: UUID | None = None
    countries: tuple[str, ...] = ()
    weight_from_g: int | None = None
    weight_to_g: int | None = None
    value_from: Decimal | None = None
    value_to: Decimal | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """How a carrier is spoken to: its connector and the settings that are no secrets."""

    carrier_id: UUID
    carrier: str
    connector: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def add_service(tx: Transaction, carrier_id: UUID, new: NewService) -> UUID:
    """Add a service to a carrier and return its id.

    Raises:
        NotFound: the carrier does not exist.
        Invalid: the code is empty or taken, days run backwards, a limit is not above zero, or the cut-off is no time.

    """
    tx.lock(carrier, carrier_id, "Carrier")
    if not new.code.strip() or not new.name.strip():
        raise Invalid("code", "A service needs a code and a name.")
    if not 0 <= new.days_min <= new.days_max:
        raise Invalid("days_max", "The days under way run from the fewest to the most.")
    limits = (new.max_weight_g, new.max_length_mm, new.max_girth_mm, new.volume_divisor)
    if any(limit is not None and limit <= 0 for limit in limits):
        raise Invalid("max_weight_g", "A limit is more than zero. Leave it empty where there is none.")
    if new.cut_off and not _CUT_OFF.fullmatch(new.cut_off):
        raise Invalid("cut_off", "Type the cut-off as hours and minutes, e.g. 16:30.")
    mine = (carrier_service.c.carrier_id == carrier_id) & (carrier_service.c.code == new.code)
    if tx.execute(select(carrier_service.c.id).where(mine)).first():
        raise Invalid("code", f"This carrier has a service {new.code} already.")
    service_id = new_id()
    row = {name: getattr(new, name) for name in NewService.__dataclass_fields__}
    tx.insert(carrier_service, {"id": service_id, "carrier_id": carrier_id, "active": True, **row})
    return service_id


def set_zones(tx: Transaction, carrier_id: UUID, zones: Sequence[Zone]) -> None:
    """Make these the zones of a carrier.

    Raises:
        NotFound: the carrier does not exist.
        Invalid: a country has not two letters, or postcodes run backwards.

    """
    tx.lock(carrier, carrier_id, "Carrier")
    rows = []
    for one in zones:
        if len(one.country) != 2 or not one.country.isalpha():
            raise Invalid("country", "A zone names countries by their two letters, e.g. NL.")
        first, last = plain_postcode(one.postcode_from), plain_postcode(one.postcode_to or one.postcode_from)
        if last[: len(first)] < first[: len(last)]:
            raise Invalid("postcode_to", f"Zone {one.zone}: the postcodes run from the lower to the higher.")
        values = {"zone": one.zone, "country": one.country.upper(), "postcode_from": first, "postcode_to": last}
        rows.append({"id": new_id(), "carrier_id": carrier_id, **values})
    tx.delete_parts(carrier_zone, "carrier_id", carrier_id)
    tx.insert(carrier_zone, *rows)


def set_rates(tx: Transaction, service_id: UUID, rates: Sequence[Rate]) -> None:
    """Make these the rates of a service.

    Raises:
        NotFound: the service does not exist.
        Invalid: a price or weight is below zero, or a zone has two prices for one weight.

    """
    tx.lock(carrier_service, service_id, "Service")
    if any(one.price < 0 or one.per_kg < 0 or one.above_g < 0 for one in rates):
        raise Invalid("price", "Prices and weights of a rate table are not below zero.")
    if len({(one.zone, one.above_g) for one in rates}) != len(rates):
        raise Invalid("above_g", "The rate table has two prices for one zone and weight. Keep one of them.")
    tx.delete_parts(carrier_rate, "service_id", service_id)
    columns = ("zone", "above_g", "price", "per_kg")
    rows = [{name: getattr(one, name) for name in columns} for one in rates]
    tx.insert(carrier_rate, *({"id": new_id(), "service_id": service_id, **row} for row in rows))


def add_rule(tx: Transaction, new: NewRule) -> UUID:
    """Add a rule behind those there are, and return its id.

    Raises:
        Invalid: a rule about one service names none, or it has no name.
        NotFound: the service does not exist.

    """
    if not new.name.strip():
        raise Invalid("name", "Give the rule a name: it is the reason people read.")
    names_one = new.choice in {Choice.SERVICE, Choice.NEVER}
    if names_one != (new.service_id is not None):
        raise Invalid("service_id", "A rule to take or avoid a service names it; the others name none.")
    if new.service_id is not None:
        tx.lock(carrier_service, new.service_id, "Service")
    last = tx.execute(select(carrier_rule.c.position).order_by(carrier_rule.c.position.desc()).limit(1)).scalar()
    rule_id = new_id()
    row = {name: getattr(new, name) for name in NewRule.__dataclass_fields__}
    row |= {"countries": " ".join(code.upper() for code in new.countries), "choice": str(new.choice)}
    tx.insert(carrier_rule, {"id": rule_id, "position": (last or 0) + 1, "active": True, **row})
    return rule_id


def drop_rule(tx: Transaction, rule_id: UUID) -> None:
    """Take a rule out of use.

    Raises:
        NotFound: the rule does not exist.

    """
    tx.lock(carrier_rule, rule_id, "Rule")
    tx.update(carrier_rule, rule_id, active=False)


def connect(tx: Transaction, carrier_id: UUID, connector: str, settings: Mapping[str, Any] | None = None) -> None:
    """Say how labels of a carrier are got: ``manual``, ``table``, or ``karrio:NAME`` with its account's settings.

    Secrets are not among the settings; they stay in the keyring of the computer that buys the labels.

    Raises:
        NotFound: the carrier does not exist.
        Invalid: there is no such connector.

    """
    tx.lock(carrier, carrier_id, "Carrier")
    if connector not in CONNECTORS and not (connector.startswith(KARRIO) and len(connector) > len(KARRIO)):
        raise Invalid("connector", f"There is no connector {connector}. Use manual, table or karrio:NAME.")
    values = {"connector": connector, "settings": json.dumps(dict(settings or {}), sort_keys=True)}
    known = tx.execute(select(carrier_account.c.id).where(carrier_account.c.carrier_id == carrier_id)).scalar()
    if known:
        tx.update(carrier_account, known, **values)
    else:
        tx.insert(carrier_account, {"id": new_id(), "carrier_id": carrier_id, **values})


def account(connection: Connection, carrier_id: UUID) -> Account:
    """Read how a carrier is spoken to; one that nothing was said about is manual.

    Raises:
        NotFound: the carrier does not exist.

    """
    row = connection.execute(
        select(carrier.c.name, carrier_account.c.connector, carrier_account.c.settings)
        .select_from(carrier.outerjoin(carrier_account, carrier_account.c.carrier_id == carrier.c.id))
        .where(carrier.c.id == carrier_id)
    ).one_or_none()
    if row is None:
        raise NotFound("Carrier", carrier_id)
    return Account(carrier_id, row.name, row.connector or "manual", json.loads(row.settings or "{}"))


def services(connection: Connection) -> list[Any]:
    """Read the services in use with their carrier's name, by carrier and name."""
    return list(
        connection.execute(
            select(carrier_service, carrier.c.name.label("carrier"))
            .join(carrier, carrier.c.id == carrier_service.c.carrier_id)
            .where(carrier_service.c.active, carrier.c.active)
            .order_by(carrier.c.name, carrier_service.c.name, carrier_service.c.id)
        )
    )


def rates(connection: Connection) -> dict[UUID, list[Rate]]:
    """Read the rate tables by service, lightest first."""
    found: dict[UUID, list[Rate]] = {}
    for row in connection.execute(select(carrier_rate).order_by(carrier_rate.c.above_g)):
        found.setdefault(row.service_id, []).append(Rate(row.above_g, row.price, row.zone, row.per_kg))
    return found


def zones(connection: Connection, country: str) -> dict[UUID, list[Zone]]:
    """Read the zones of a country by carrier."""
    return _by_carrier(connection, select(carrier_zone).where(carrier_zone.c.country == country.upper()))


def all_zones(connection: Connection) -> dict[UUID, list[Zone]]:
    """Read all zones by carrier, in the order they were written."""
    return _by_carrier(connection, select(carrier_zone).order_by(carrier_zone.c.id))


def _by_carrier(connection: Connection, rows: Select[Any]) -> dict[UUID, list[Zone]]:
    found: dict[UUID, list[Zone]] = {}
    for row in connection.execute(rows):
        found.setdefault(row.carrier_id, []).append(Zone(row.zone, row.country, row.postcode_from, row.postcode_to))
    return found


def rules(connection: Connection) -> list[Any]:
    """Read the rules in use, in the order they are asked."""
    known = carrier_rule.c
    return list(connection.execute(select(carrier_rule).where(known.active).order_by(known.position, known.id)))


def plain_postcode(text: str) -> str:
    """Write a postcode without spaces and in capitals, so that 3115 hc and 3115HC are the same."""
    return "".join(text.split()).replace("-", "").upper()


def zone_of(known: Sequence[Zone], postcode: str) -> str | None:
    """Find the zone of a postcode: the narrowest range that holds it; None where the carrier has none."""
    plain = plain_postcode(postcode)
    found = [one for one in known if _holds(one, plain)]
    return max(found, key=lambda one: (len(one.postcode_from), one.postcode_from)).zone if found else None


def _holds(one: Zone, postcode: str) -> bool:
    if not one.postcode_from:
        return True
    return (
        one.postcode_from <= postcode[: len(one.postcode_from)] and postcode[: len(one.postcode_to)] <= one.postcode_to
    )
