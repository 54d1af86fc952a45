"""A server on this machine that speaks Sendle's protocol: products, orders, labels, tracking, cancelling.

An order asked for again under the same ``Idempotency-Key`` is given again.  ``faults`` happen to the orders that come
in, one each: ``hang`` and ``drop`` make the order and never answer, ``error`` answers 500 without making one, ``no``
refuses, ``no label`` makes the order whose label cannot be had.
"""

from __future__ import annotations

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

ACCOUNT = {"sendle_id": "delta", "api_key": "s3cret"}
LABEL = b"%PDF-1.4 a label"


class SendleServer:
    """Runs while it is used as a context; ``orders`` are those made, by id."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, str] = {}
        self.faults: list[str] = []
        self.tracking: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.released = Event()
        office = self

        class Handler(_Handler):
            server_office = office

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def order(self, asked: dict[str, Any], key: str) -> dict[str, Any]:
        """The order of a key, made if it is new."""
        if key not in self.keys:
            number = len(self.orders) + 1
            found = {
                "order_id": f"00000000-0000-0000-0000-{number:012}",
                "state": "Pickup",
                "sendle_reference": f"S{number:05}Z",
                "tracking_url": f"https://track.example/S{number:05}Z",
                "customer_reference": asked.get("customer_reference"),
                "asked": asked,
                "labels": [
                    {
                        "format": "pdf",
                        "size": "cropped",
                        "url": f"https://api.sendle.com/api/orders/{number:012}/labels/cropped.pdf",
                    }
                ],
            }
            self.orders[found["order_id"]] = found
            self.keys[key] = found["order_id"]
        return self.orders[self.keys[key]]


class _Handler(BaseHTTPRequestHandler):
    server_office: SendleServer

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _start(self) -> bool:
        office = self.server_office
        office.requests.append((self.command, self.path, self.headers.get("Idempotency-Key", "")))
        wanted = base64.b64encode(f"{ACCOUNT['sendle_id']}:{ACCOUNT['api_key']}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {wanted}":
            return True
        self._answer(401, {"error": "unauthorised", "error_description": "The account is not known."})
        return False

    def _answer(self, status: int, body: Any, kind: str = "application/json") -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        if not self._start():
            return
        office = self.server_office
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = office.faults.pop(0) if office.faults else ""
        if fault == "no":
            words = {
                "error": "unprocessable_entity",
                "error_description": "The postcode does not exist.",
                "messages": {},
            }
            self._answer(422, words)
            return
        if fault == "error":
            self._answer(500, {"error": "internal_error", "error_description": "Something broke.", "messages": {}})
            return
        made = office.order(asked, self.headers.get("Idempotency-Key", str(len(office.requests))))
        if fault == "hang":
            office.released.wait(30)
        if fault in {"hang", "drop"}:
            self.close_connection = True
            return
        if fault == "no label":
            made["broken"] = True
        else:
            made.pop("broken", None)
        self._answer(201, {name: value for name, value in made.items() if name not in {"asked", "broken"}})

    def do_GET(self) -> None:
        if not self._start():
            return
        office, parts = self.server_office, self.path.split("?")[0].strip("/").split("/")
        if parts[:2] == ["api", "products"]:
            money = {"amount": 12.40, "currency": "AUD"}
            self._answer(
                200,
                [
                    {
                        "quote": {"gross": money, "net": money, "tax": {"amount": 0, "currency": "AUD"}},
                        "price_breakdown": {"base": money},
                        "tax_breakdown": {"gst": {"amount": 0.0, "currency": "AUD", "rate": 0.1}},
                        "plan": "Sendle Pro",
                        "eta": {"days_range": [2, 3], "date_range": ["2026-11-26", "2026-11-27"]},
                        "product": {"code": "STANDARD-PICKUP", "name": "Standard Pickup"},
                    }
                ],
            )
        elif parts[-2:-1] == ["labels"]:
            number = int(parts[2])
            broken = list(office.orders.values())[number - 1].get("broken")
            self._answer(503 if broken else 200, b"down" if broken else LABEL, "application/pdf")
        elif parts[:2] == ["api", "tracking"] and parts[2] in office.tracking:
            self._answer(200, office.tracking[parts[2]])
        else:
            self._answer(404, {"error": "not_found", "error_description": "There is no such thing.", "messages": {}})

    def do_DELETE(self) -> None:
        if not self._start():
            return
        office, order_id = self.server_office, self.path.rstrip("/").split("/")[-1]
        fault = office.faults.pop(0) if office.faults else ""
        found = office.orders.get(order_id)
        if fault == "no" or found is None:
            words = "The parcel has been collected." if found else "There is no such order."
            self._answer(422, {"error": "invalid_state", "error_description": words, "messages": {}})
            return
        found["state"] = "Cancelled"
        if fault == "drop":
            self.close_connection = True
            return
        self._answer(200, {"order_id": order_id, "state": "Cancelled"})
