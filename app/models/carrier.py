"""Carriers' services and what they cost, freight charged to customers, labels bought, manifests, tracking."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, LargeBinary, String, Text
from sqlalchemy import UniqueConstraint as Unique

from app.models.base import DataClass, Key, Moment, amount, key, reference, table
from app.models.lines import document_columns


class Choice(StrEnum):
    """What a rule for choosing a service says."""

    SERVICE = "service"  # take this one
    NEVER = "never"  # do not take this one
    CHEAPEST = "cheapest"
    FASTEST = "fastest"
    IN_TIME = "in_time"  # the cheapest of those that arrive by the promised day


class FreightPolicy(StrEnum):
    """When a customer is charged freight."""

    ORDER = "order"  # once, for the whole order, as its lines weigh
    SHIPMENT = "shipment"  # for each shipment, as its packages weigh


class LabelState(StrEnum):
    """Where the purchase of one package's label stands."""

    PLANNED = "planned"  # asked for, not sent
    SENT = "sent"  # sent to the carrier; whether it arrived is not known yet
    UNKNOWN = "unknown"  # no answer came: the carrier is asked by key before anything else
    DONE = "done"  # bought
    REFUSED = "refused"  # the carrier said no; nothing was bought
    VOIDING = "voiding"  # the carrier was asked to take it back
    VOID = "void"


LABEL_NEXT: Final[dict[LabelState, frozenset[LabelState]]] = {
    LabelState.PLANNED: frozenset({LabelState.SENT, LabelState.DONE, LabelState.VOID}),  # done: its number was typed
    LabelState.SENT: frozenset({LabelState.DONE, LabelState.REFUSED, LabelState.UNKNOWN}),
    LabelState.UNKNOWN: frozenset({LabelState.DONE, LabelState.PLANNED, LabelState.REFUSED}),
    LabelState.DONE: frozenset({LabelState.VOIDING}),
    LabelState.VOIDING: frozenset({LabelState.VOID, LabelState.DONE}),
    LabelState.REFUSED: frozenset({LabelState.SENT, LabelState.DONE, LabelState.VOID}),
    LabelState.VOID: frozenset(),
}

AT_CARRIER: Final = frozenset({LabelState.SENT, LabelState.UNKNOWN, LabelState.DONE, LabelState.VOIDING})
"""States in which the carrier has, or may have, sold a label that can be used."""

carrier_account = table(
    "carrier_account",
    DataClass.HUB_ONLY,
    key(),
    reference("carrier_id", "carrier"),
    Column("connector", String(24), nullable=False),  # manual | table | karrio:NAME
    Column("settings", Text, nullable=False),  # JSON, no secrets: those are in the keyring
    Unique("carrier_id"),
)

carrier_service = table(
    "carrier_service",
    DataClass.HUB_ONLY,
    key(),
    reference("carrier_id", "carrier"),
    Column("code", String(40), nullable=False),  # as the carrier's own system calls it
    Column("name", String(80), nullable=False),
    Column("days_min", Integer, nullable=False),  # working days under way
    Column("days_max", Integer, nullable=False),
    Column("max_weight_g", Integer),  # of one package; null for no limit
    Column("max_length_mm", Integer),  # of the longest side
    Column("max_girth_mm", Integer),  # longest side + 2 x (the two others)
    Column("volume_divisor", Integer),  # cubic centimetres that count as one kilogram
    Column("cut_off", String(5), nullable=False),  # HH:MM, company's time; empty for none
    Column("active", Boolean, nullable=False),
    Column("label_inside", Boolean, nullable=False, server_default="0"),  # parcels on a pallet have labels too
    Unique("carrier_id", "code"),
    CheckConstraint("days_min >= 0 AND days_max >= days_min", name="days"),
)

carrier_zone = table(
    "carrier_zone",
    DataClass.HUB_ONLY,
    key(),
    reference("carrier_id", "carrier", index=True),
    Column("zone", String(24), nullable=False),
    Column("country", String(2), nullable=False),
    Column("postcode_from", String(20), nullable=False),  # first characters; empty for the whole country
    Column("postcode_to", String(20), nullable=False),
)

carrier_rate = table(
    "carrier_rate",
    DataClass.HUB_ONLY,
    key(),
    reference("service_id", "carrier_service"),
    Column("zone", String(24), nullable=False),  # empty for every zone
    Column("above_g", Integer, nullable=False),  # for packages heavier than this
    amount("price"),  # what the carrier charges us for one package, company's currency
    amount("per_kg"),  # more for each kilogram begun beyond above_g
    Unique("service_id", "zone", "above_g"),
)

carrier_rule = table(
    "carrier_rule",
    DataClass.HUB_ONLY,
    key(),
    Column("position", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    Column("countries", Text, nullable=False),  # two letters each, separated by spaces; empty for all
    Column("weight_from_g", Integer),  # of the whole shipment
    Column("weight_to_g", Integer),
    amount("value_from", required=False),  # of the order, company's currency
    amount("value_to", required=False),
    reference("customer_id", "customer", required=False),
    Column("choice", String(12), nullable=False),
    reference("service_id", "carrier_service", required=False),
    Column("active", Boolean, nullable=False),
)

freight_table = table(
    "freight_table",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(24), nullable=False, unique=True),
    Column("name", String(80), nullable=False),  # as papers print it
    Column("tax_codes", String(120), nullable=False),
    Column("lightest_pays", Boolean, nullable=False),  # below the first row: its price, else nothing
    amount("free_from", required=False),  # value of the order's goods from which nothing is charged
    Column("active", Boolean, nullable=False),
)

freight_rate = table(
    "freight_rate",
    DataClass.HUB_ONLY,
    key(),
    reference("table_id", "freight_table"),
    Column("country", String(2), nullable=False),  # empty for every country without rows of its own
    Column("above_g", Integer, nullable=False),  # for weights above this
    amount("price"),  # company's currency
    Unique("table_id", "country", "above_g"),
)

order_freight = table(
    "order_freight",
    DataClass.DOCUMENT,
    key(),
    reference("order_id", "sales_order"),
    reference("table_id", "freight_table"),
    Column("policy", String(8), nullable=False),
    Unique("order_id"),
)

freight_charge = table(
    "freight_charge",
    DataClass.DOCUMENT,
    key(),
    reference("order_id", "sales_order", index=True),
    Column("order_line_id", Key, nullable=False),
    reference("shipment_id", "shipment", required=False),  # null: for the whole order, or not charged yet
    Column("weight_g", Integer, nullable=False),
    amount("price"),  # order's currency
    Unique("shipment_id"),
)

shipment_surcharge = table(
    "shipment_surcharge",
    DataClass.DOCUMENT,
    key(),
    reference("order_id", "sales_order", index=True),
    reference("shipment_id", "shipment", index=True),
    Column("order_line_id", Key, nullable=False),  # the fee it put on the order
)

label_purchase = table(
    "label_purchase",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    reference("order_id", "sales_order"),
    reference("shipment_id", "shipment", index=True),
    Column("package_id", Key, nullable=False),  # unpacking removes the package, not what was bought for it
    Column("attempt", Integer, nullable=False),  # 1; one more after each label that was taken back
    Column("purchase_key", String(40), nullable=False, unique=True),  # what the carrier knows this purchase by
    Column("state", String(12), nullable=False),
    reference("carrier_id", "carrier"),
    Column("connector", String(24), nullable=False),
    Column("carrier", String(80), nullable=False),
    Column("service_code", String(40), nullable=False),
    Column("service", String(80), nullable=False),
    Column("request", Text, nullable=False),  # JSON, as it is sent
    Column("tracking_number", String(80), nullable=False),
    Column("carrier_reference", String(120), nullable=False),  # the carrier's own id, to void or print it again
    amount("cost", required=False),  # what the carrier charges, in its currency; null when it did not say
    Column("currency", String(3), nullable=False),
    Column("label_format", String(4), nullable=False),  # pdf | zpl, empty: our own label
    Column("label", LargeBinary),
    Column("trouble", Text, nullable=False),  # why it was refused, or that no answer came
    Column("sent_at", Moment),
    Column("answered_at", Moment),
    Unique("package_id", "attempt"),
    Index("ix_label_purchase_state", "state", "id"),
)

carrier_manifest = table(
    "carrier_manifest",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("carrier", String(80), nullable=False),
    Column("handed_over_on", Date, nullable=False, index=True),
    Column("packages", Integer, nullable=False),
    Column("weight_g", Integer, nullable=False),
    Column("carrier_reference", String(120), nullable=False),  # of the carrier's own manifest
)

carrier_manifest_line = table(
    "carrier_manifest_line",
    DataClass.DOCUMENT,
    key(),
    reference("manifest_id", "carrier_manifest", index=True),
    reference("shipment_id", "shipment", index=True),
    reference("package_id", "package", required=False),  # null: shipped without packages
    Column("position", Integer, nullable=False),
    Column("sscc", String(18), nullable=False),
    Column("tracking_number", String(80), nullable=False),
    Column("weight_g", Integer, nullable=False),
    Unique("package_id"),
)

tracking_event = table(
    "tracking_event",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("shipment_id", "shipment"),
    Column("package_id", Key),
    Column("tracking_number", String(80), nullable=False),
    Column("status", String(16), nullable=False),
    Column("text", String(200), nullable=False),
    Column("place", String(120), nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("source", String(8), nullable=False),  # carrier | hand
    Column("fingerprint", String(64), nullable=False, unique=True),  # the same event is kept once
    Index("ix_tracking_event_shipment", "shipment_id", "happened_at"),
)
