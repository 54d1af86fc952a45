"""The process in which the library karrio works: one question in, one answer out, both plain values.

karrio takes seconds to import, writes to the error output, keeps state for the whole process and waits for a server for
ever.  So it lives in a process of its own, which its owner (:mod:`app.services.integrations.carriers.karrio`) ends when
an answer takes too long.  karrio is an extra and imported by name, here only.  Its search for plugins, which imports
every connector installed, is not used: the one connector asked for is imported.

karrio switches the checking of TLS certificates off for its whole process; here it stays on, because every request goes
through an opener with a context of our own.

Every HTTP request of a connector passes :class:`_Gatekeeper`: it gives up in time, carries the purchase's key where the
carrier knows ``Idempotency-Key``, and notes how each exchange ended, because karrio tells an answer of 500 from a
refusal no more than a connection that broke.
"""

from __future__ import annotations

import base64
import importlib
import ssl
import sys
import traceback
import urllib.request
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

Question = dict[str, Any]
Answer = dict[str, Any]

BROKEN: Final = "broken"
REFUSED: Final = "refused"
DONE: Final = "done"


@dataclass
class _Exchange:
    """One HTTP request and how it ended; 0: no answer."""

    method: str
    status: int = 0


@dataclass
class _Gatekeeper(urllib.request.BaseHandler):
    """Looks at every request before it is sent and at every answer."""

    server: str = ""
    seconds: int = 20
    key: str = ""
    exchanges: list[_Exchange] = field(default_factory=list)
    handler_order = 100

    def http_request(self, request: Any) -> Any:
        """Set the time limit, the key, and the server where the account names one of its own."""
        request.timeout = self.seconds
        if self.key and request.get_method() == "POST":
            request.add_header("Idempotency-Key", self.key)
        if self.server:
            old, new = urlsplit(request.full_url), urlsplit(self.server)
            request.full_url = urlunsplit((new.scheme, new.netloc, old.path, old.query, ""))
        self.exchanges.append(_Exchange(request.get_method()))
        return request

    https_request = http_request

    def http_response(self, request: Any, response: Any) -> Any:
        """Note how the exchange ended."""
        self.exchanges[-1].status = response.status
        return response

    https_response = http_response

    @property
    def is_clear(self) -> bool:
        """Tell whether every request that changes something was answered by the carrier itself."""
        return all(0 < one.status < 500 for one in self.exchanges if one.method != "GET")


def serve(channel: Connection) -> None:
    """Answer questions until the owner hangs up."""
    gate = _Gatekeeper()
    checked = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    urllib.request.install_opener(urllib.request.build_opener(gate, checked))
    while True:
        try:
            question = channel.recv()
        except EOFError:
            return
        channel.send(answer(question, gate))


def answer(question: Question, gate: _Gatekeeper) -> Answer:
    """Answer one question; whatever goes wrong inside karrio becomes an answer too."""
    gate.exchanges.clear()
    gate.server, gate.seconds = question.get("server", ""), question["seconds"]
    gate.key = question.get("key", "")
    try:
        gateway = _gateway(question["carrier"], question["settings"])
        found = _ACTIONS[question["do"]](gateway, question)
    except ImportError as error:
        return {"kind": REFUSED, "text": f"The carrier’s connector is not installed ({error.name})."}
    except Exception as error:  # noqa: BLE001  what a connector raises is its own business: nothing is known then
        return {"kind": BROKEN, "text": f"{type(error).__name__}: {error}", "trace": traceback.format_exc(limit=-3)}
    if found["kind"] == REFUSED and not gate.is_clear:
        found = {"kind": BROKEN, "text": found["text"]}
    return found


def _gateway(carrier: str, settings: dict[str, Any]) -> Any:
    """Make the connection to a carrier without karrio's search for plugins."""
    known = importlib.import_module(f"karrio.plugins.{carrier}").METADATA
    api = importlib.import_module("karrio.api.gateway")
    hooks = importlib.import_module("karrio.api.hooks")
    tools = importlib.import_module("karrio.core.utils")
    if carrier in _REPAIRS:
        _REPAIRS[carrier]()
    made = tools.DP.to_object(known.Settings, settings)
    made.cache, made.tracer, made.system_config = tools.Cache(), tools.Tracer(), tools.SystemConfig()
    return api.Gateway(
        tracer=made.tracer,
        is_hub=known.is_hub,
        settings=made,
        mapper=known.Mapper(made),
        proxy=known.Proxy(made),
        hooks=hooks.Hooks(made),
    )


def _repair_sendle() -> None:
    """Let Sendle's labels be read: karrio 2026.1 hands its connector the bytes where it expects the open answer."""
    utils: Any = importlib.import_module("karrio.providers.sendle.utils")
    utils.label_decoder = _label


def _label(answer: Any) -> dict[str, str]:
    data = answer if isinstance(answer, bytes) else answer.read()
    return {"label": base64.b64encode(data).decode("ascii")}


_REPAIRS: Final = {"sendle": _repair_sendle}


def _models() -> Any:
    return importlib.import_module("karrio.core.models")


def _shared(question: Question) -> dict[str, Any]:
    models, package = _models(), question["package"]
    options = {"shipment_date": package["leaves_on"]} if package["leaves_on"] else {}
    return {
        "shipper": models.Address(**question["from"]),
        "recipient": models.Address(**question["to"]),
        "parcels": [models.Parcel(**package["parcel"])],
        "reference": package["reference"],
        "options": options,
    }


def _rates(gateway: Any, question: Question) -> Answer:
    mapper, proxy = gateway.mapper, gateway.proxy
    request = mapper.create_rate_request(_models().RateRequest(services=[], **_shared(question)))
    rates, messages = mapper.parse_rate_response(proxy.get_rates(request))
    found = [
        {
            "service": one.service,
            "name": (one.meta or {}).get("service_name") or one.service,
            "cost": str(one.total_charge),
            "currency": one.currency,
            "days": one.transit_days,
        }
        for one in rates or []
    ]
    return {"kind": DONE, "rates": found} if found else _refusal(messages)


def _buy(gateway: Any, question: Question) -> Answer:
    mapper, proxy = gateway.mapper, gateway.proxy
    payload = _models().ShipmentRequest(service=question["service"], label_type="PDF", **_shared(question))
    request = mapper.create_shipment_request(payload)
    made, messages = mapper.parse_shipment_response(proxy.create_shipment(request))
    if made is None or not made.tracking_number:
        return _refusal(messages)
    rate = made.selected_rate
    return {
        "kind": DONE,
        "tracking_number": made.tracking_number,
        "reference": made.shipment_identifier or "",
        "format": (made.label_type or "PDF").lower(),
        "label": made.docs.label if made.docs else "",
        "cost": str(rate.total_charge) if rate and rate.total_charge is not None else None,
        "currency": (rate.currency if rate else "") or "",
    }


def _void(gateway: Any, question: Question) -> Answer:
    mapper, proxy = gateway.mapper, gateway.proxy
    request = mapper.create_cancel_shipment_request(
        _models().ShipmentCancelRequest(shipment_identifier=question["reference"])
    )
    done, messages = mapper.parse_cancel_shipment_response(proxy.cancel_shipment(request))
    return {"kind": DONE} if done is not None and done.success else _refusal(messages)


def _track(gateway: Any, question: Question) -> Answer:
    mapper, proxy = gateway.mapper, gateway.proxy
    request = mapper.create_tracking_request(_models().TrackingRequest(tracking_numbers=[question["number"]]))
    found, messages = mapper.parse_tracking_response(proxy.get_tracking(request))
    if not found:
        return _refusal(messages)
    [details] = found
    events = [
        {
            "date": one.date,
            "time": one.time or "",
            "status": one.status or "",
            "text": one.description or one.code or "",
            "place": one.location or "",
        }
        for one in details.events
    ]
    return {"kind": DONE, "events": events, "status": details.status, "expected_on": details.estimated_delivery}


_ACTIONS: Final = {"rates": _rates, "buy": _buy, "void": _void, "track": _track}


def _refusal(messages: Any) -> Answer:
    """Put the carrier's own words together."""
    said = "; ".join(str(one.message or one.code) for one in messages or [])
    return {"kind": REFUSED, "text": said or "The carrier gave no reason."}


def run(channel: Connection) -> None:
    """Start the process: what karrio writes to the error output stays here."""
    sys.stderr.close()
    with open("/dev/null" if sys.platform != "win32" else "NUL", "w", encoding="utf-8") as nothing:  # noqa: PTH123
        sys.stderr = nothing
        serve(channel)
