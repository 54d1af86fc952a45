"""Carriers reached through the library karrio, an extra (``requirements/carriers.in``).

The library works in a process of its own (:mod:`app.services.integrations.carriers.karrio_worker`), started when it is
first asked and ended when an answer takes too long: then nobody knows what happened, and :class:`NoAnswer` is raised.

karrio can rate, buy, void and track; it cannot ask a carrier what became of a purchase.  Where a carrier itself keeps
keys (``Idempotency-Key``), asking to buy once more under the same key is the question: it gives the first answer again.
``KEYS`` says which do and for how long.
"""

from __future__ import annotations

import base64
import binascii
import importlib.util
import multiprocessing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock
from typing import Any, Final

from app.services.integrations.carriers import karrio_worker
from app.services.integrations.carriers.port import (
    Capabilities,
    Label,
    LabelRequest,
    Manifest,
    NoAnswer,
    NotOffered,
    Place,
    Quote,
    Refused,
    Status,
    Tracking,
    TrackingEvent,
)

KEYS: Final[Mapping[str, int]] = {"sendle": 24}
"""Hours for which a carrier remembers the key of a purchase, by karrio's name of the carrier."""

STATUSES: Final[Mapping[str, Status]] = {
    "pending": Status.ANNOUNCED,
    "picked_up": Status.COLLECTED,
    "in_transit": Status.IN_TRANSIT,
    "out_for_delivery": Status.OUT,
    "delivered": Status.DELIVERED,
    "ready_for_pickup": Status.WAITING,
    "on_hold": Status.PROBLEM,
    "delivery_failed": Status.PROBLEM,
    "delivery_delayed": Status.PROBLEM,
    "return_to_sender": Status.RETURNED,
}
"""karrio's names of what happened, and ours."""

STARTING: Final = 90
"""Seconds the library may take to be imported on a slow machine."""


def is_installed() -> bool:
    """Tell whether the extra is there."""
    return importlib.util.find_spec("karrio") is not None


@dataclass
class KarrioProcess:
    """The process, one for all carriers; questions wait for each other."""

    _process: SpawnProcess | None = None
    _channel: Connection | None = None
    _lock: Lock = field(default_factory=Lock)

    def ask(self, question: dict[str, Any], seconds: int) -> dict[str, Any]:
        """Ask, and wait for at most ``seconds`` beyond what starting takes.

        Raises NoAnswer.
        """
        with self._lock:
            starting = 0 if self._channel else STARTING
            channel = self._channel or self._start()
            try:
                channel.send(question)
                if channel.poll(seconds + starting):
                    found: dict[str, Any] = channel.recv()
                    return found
            except (EOFError, OSError) as error:
                self._end()
                raise NoAnswer(f"The carrier's connector stopped ({type(error).__name__}).") from error
            self._end()
            raise NoAnswer(f"The carrier did not answer within {seconds} seconds.")

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=karrio_worker.run, args=(theirs,), name="carriers", daemon=True)
        self._process.start()
        theirs.close()
        self._channel = ours
        return ours

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._channel is not None:
            self._channel.close()
        self._process = self._channel = None


class KarrioCarrier:
    """One carrier behind karrio.  ``settings`` are those of karrio's connector, with the account's secrets.

    ``server`` sends its requests to another address than the connector's own, e.g. a proxy of the company.
    """

    def __init__(
        self,
        process: KarrioProcess,
        carrier: str,
        settings: Mapping[str, Any],
        *,
        server: str = "",
        seconds: int = 20,
    ) -> None:
        self._process, self._carrier, self._settings = process, carrier, dict(settings)
        self._server, self._seconds = server, seconds
        hours = KEYS.get(carrier, 0)
        self.can = Capabilities(rates=True, find=bool(hours), keys_live_hours=hours, void=True, tracking=True)

    def rates(self, request: LabelRequest) -> Sequence[Quote]:
        """Ask what a package would cost.

        Raises Refused, NoAnswer.
        """
        found = self._ask({"do": "rates", **_parcel(request)})
        return [
            Quote(one["service"], one["name"], _amount(one["cost"]), one["currency"] or "", one["days"])
            for one in found["rates"]
        ]

    def buy(self, request: LabelRequest) -> Label:
        """Buy the label of one package under its key.

        Raises Refused, NoAnswer.
        """
        found = self._ask({"do": "buy", "key": request.key, "service": request.service, **_parcel(request)})
        data = _decoded(found["label"])
        cost = _amount(found["cost"]) if found["cost"] is not None else None
        return Label(found["tracking_number"], found["reference"], found["format"], data, cost, found["currency"])

    def find(self, request: LabelRequest) -> Label | None:
        """Ask under the same key once more: a carrier that keeps keys gives the label it sold, or sells it now.

        Raises Refused, NoAnswer, NotOffered.
        """
        if not self.can.find:
            raise NotOffered(f"{self._carrier} cannot be asked what became of a purchase. Look there yourself.")
        return self.buy(request)

    def void(self, label: Label) -> None:
        """Give a label back.

        Raises Refused, NoAnswer.
        """
        self._ask({"do": "void", "reference": label.reference})

    def again(self, label: Label) -> Label:
        """Say that the label kept in the books is all there is.

        Raises NotOffered.
        """
        raise NotOffered("The carrier gives a label once; the one kept here is printed again.")

    def track(self, tracking_number: str) -> Tracking:
        """Ask what happened to a package.

        Raises Refused, NoAnswer.
        """
        found = self._ask({"do": "track", "number": tracking_number})
        events = sorted((_event(one) for one in found["events"]), key=lambda one: one.at)
        expected = found["expected_on"]
        return Tracking(tuple(events), date.fromisoformat(expected) if expected else None)

    def manifest(self, labels: Sequence[Label], on: date) -> Manifest:
        """Say that karrio makes no manifests we could rely on: our own goes with the packages.

        Raises NotOffered.
        """
        raise NotOffered("This carrier wants no manifest of its own.")

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        common = {"carrier": self._carrier, "settings": self._settings, "server": self._server}
        # Two requests at most belong to one question: the order and its label.
        found = self._process.ask({**common, "seconds": self._seconds, **question}, 2 * self._seconds + 5)
        if found["kind"] == karrio_worker.DONE:
            return found
        if found["kind"] == karrio_worker.REFUSED:
            raise Refused(found["text"])
        raise NoAnswer(f"The carrier's answer is lost ({found['text'][:200]}).")


def _parcel(request: LabelRequest) -> dict[str, Any]:
    """Say it in karrio's words: grams, and centimetres as texts of exact decimals."""
    sides = {"length": request.length_mm, "width": request.width_mm, "height": request.height_mm}
    parcel: dict[str, Any] = {"weight": request.weight_g, "weight_unit": "G", "reference_number": request.sscc}
    if all(sides.values()):
        parcel |= {name: side // 10 + bool(side % 10) for name, side in sides.items()} | {"dimension_unit": "CM"}
    if request.contents:
        parcel["description"] = request.contents
    return {
        "from": _address(request.ship_from),
        "to": _address(request.ship_to),
        "package": {
            "parcel": parcel,
            "reference": request.po_number or request.order_number,
            "leaves_on": request.leaves_on.isoformat() if request.leaves_on else "",
        },
    }


def _address(place: Place) -> dict[str, Any]:
    lines = [*place.lines, "", ""]
    return {
        "company_name": place.name,
        "person_name": place.contact or place.name,
        "address_line1": lines[0],
        "address_line2": ", ".join(line for line in lines[1:] if line) or None,
        "postal_code": place.postal_code,
        "city": place.city,
        "state_code": place.region or None,
        "country_code": place.country,
        "phone_number": place.phone or None,
        "email": place.email or None,
    }


def _event(said: Mapping[str, Any]) -> TrackingEvent:
    text = f"{said['date']} {said['time']}".strip()
    for written in ("%Y-%m-%d %H:%M %p", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            at = datetime.strptime(text, written).replace(tzinfo=UTC)
        except ValueError:
            continue
        return TrackingEvent(STATUSES.get(said["status"], Status.IN_TRANSIT), at, said["text"][:200], said["place"])
    raise NoAnswer(f"The carrier's event has no time that can be read: {text!r}.")


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise NoAnswer(f"The carrier's price cannot be read: {text!r}.") from error


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoAnswer("The carrier's label cannot be read.") from error
