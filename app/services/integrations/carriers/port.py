"""What every carrier's system can be asked, in the words of the trade; each connector translates.

Connectors do network calls and keep no books: they are called outside any transaction.  Whoever buys gives a *key*
that stands for one package's one label; a carrier asked twice with the same key must not sell twice.  Where an answer
is lost nobody knows whether something was bought, and :class:`NoAnswer` says so; :meth:`Carrier.find` settles it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from app.errors import UserError


class Refused(UserError):
    """The carrier answered no; nothing was bought, voided or changed there."""


class NoAnswer(UserError):
    """No answer came, or none that can be read: what was asked for may have happened or not."""


class NotOffered(UserError):
    """This carrier's system cannot do what was asked; a person has to."""


class Status(StrEnum):
    """What a tracking event means, whatever the carrier calls it."""

    ANNOUNCED = "announced"  # the carrier knows of it and does not have it yet
    COLLECTED = "collected"
    IN_TRANSIT = "in_transit"
    OUT = "out"  # on the van
    DELIVERED = "delivered"
    WAITING = "waiting"  # at a shop or agent, to be fetched
    PROBLEM = "problem"
    RETURNED = "returned"  # on its way back to us


@dataclass(frozen=True, slots=True)
class Place:
    """An address as carriers take it; ``lines`` are street lines."""

    name: str
    lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """One package to be carried; ``key`` is its purchase's, sizes are millimetres, 0 = not measured."""

    key: str
    service: str
    ship_from: Place
    ship_to: Place
    weight_g: int
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    sscc: str = ""
    order_number: str = ""
    po_number: str = ""
    contents: str = ""
    leaves_on: date | None = None

    def to_json(self) -> str:
        """Write it down as it will be sent."""
        values = asdict(self) | {"leaves_on": self.leaves_on.isoformat() if self.leaves_on else None}
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> LabelRequest:
        """Read what :meth:`to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        for name in ("ship_from", "ship_to"):
            values[name] = Place(**{**values[name], "lines": tuple(values[name]["lines"])})
        leaves = values["leaves_on"]
        values["leaves_on"] = date.fromisoformat(leaves) if leaves else None
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Label:
    """A bought label: ``reference`` is the carrier's own id of it, to void it or have it again.

    ``data`` is the carrier's label in ``format`` (``pdf`` or ``zpl``); empty where we print our own.
    """

    tracking_number: str
    reference: str = ""
    format: str = ""
    data: bytes = b""
    cost: Decimal | None = None
    currency: str = ""
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a carrier asks for one package by one of its services, tax included where it says so; days under way."""

    service: str
    name: str
    cost: Decimal
    currency: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """What happened to a package, when (UTC) and where, in the carrier's words."""

    status: Status
    at: datetime
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Tracking:
    """What a carrier says of one tracking number, oldest event first."""

    events: tuple[TrackingEvent, ...]
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The carrier's own list of what it took: its number, and its paper where it makes one (PDF)."""

    reference: str
    pdf: bytes = b""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a connector can do besides buying."""

    rates: bool = False
    find: bool = False  # can be asked by key what became of a purchase
    keys_live_hours: int = 0  # how long it remembers keys; 0: for ever
    void: bool = False
    tracking: bool = False
    manifest: bool = False
    own_label: bool = False  # the label is ours; the carrier makes none


class Carrier(Protocol):
    """A carrier's system.

    Every method may raise Refused, NoAnswer and NotOffered, and nothing else that a user could cause.
    """

    can: Capabilities

    def rates(self, request: LabelRequest) -> Sequence[Quote]:
        """Ask what a package would cost; nothing is bought."""

    def buy(self, request: LabelRequest) -> Label:
        """Buy the label of one package.  Asked again with the same key, the first label is given again."""

    def find(self, request: LabelRequest) -> Label | None:
        """Ask whether a key has bought a label: that label, or None when it certainly has not."""

    def void(self, label: Label) -> None:
        """Give a label back before it was used; a label that is void already is no error."""

    def again(self, label: Label) -> Label:
        """Give a bought label's picture again."""

    def track(self, tracking_number: str) -> Tracking:
        """Ask what happened to a package."""

    def manifest(self, labels: Sequence[Label], on: date) -> Manifest:
        """Tell the carrier what it takes today."""
