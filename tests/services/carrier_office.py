"""A carrier for tests: sells labels by key, remembers what it sold, and loses answers on demand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from app.models.shipment import package
from app.services import carriers, companies, label_buying, labels, orders, shipping
from app.services.carriers import NewService, Rate
from app.services.integrations.carriers.port import (
    Capabilities,
    Label,
    Manifest,
    NoAnswer,
    NotOffered,
    Refused,
    Tracking,
)
from app.services.packaging import NewPackage
from tests.views import small_company

UNIT = 3_600_000


class Died(Exception):
    """The program stopped at this moment."""


class Office:
    """``faults`` happen one after the other, one at each question.  Asked to sell twice, it sells twice."""

    def __init__(self, **can):
        self.can = Capabilities(**{"find": True, "void": True, "tracking": True, **can})
        self.sold: dict[str, list[Label]] = {}
        self.voided: list[str] = []
        self.sales = 0
        self.faults: list[str] = []
        self.tracking: dict[str, Tracking] = {}

    def rates(self, request):
        return []

    def buy(self, request):
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "no":
            raise Refused("The postcode does not exist.")
        if fault == "dead line":
            raise NoAnswer("The line is dead.")
        self.sales += 1
        number = f"MR{self.sales:06}"
        label = Label(number, f"ref-{number}", "pdf", b"%PDF label", Decimal("5.10"), "EUR")
        self.sold.setdefault(request.key, []).append(label)
        if fault == "lost answer":
            raise NoAnswer("The answer was lost.")
        if fault == "power cut":
            raise Died
        return label

    def find(self, request):
        fault = self.faults.pop(0) if self.faults else ""
        if fault in {"dead line", "lost answer"}:
            raise NoAnswer("The line is dead.")
        if fault == "power cut":
            raise Died
        return next(iter(self.sold.get(request.key, [])), None)

    def void(self, label):
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "no":
            raise Refused("The package has been collected.")
        if fault == "dead line":
            raise NoAnswer("The line is dead.")
        if label.tracking_number not in self.voided:
            self.voided.append(label.tracking_number)
        if fault in {"lost answer", "power cut"}:
            raise NoAnswer("The answer was lost.")

    def again(self, label):
        return label

    def track(self, tracking_number):
        if self.faults:
            self.faults.pop(0)
            raise NoAnswer("The line is dead.")
        if not self.can.tracking:
            raise NotOffered("No tracking.")
        return self.tracking.get(tracking_number, Tracking(()))

    def manifest(self, labels, on):
        return Manifest(f"M-{on:%d}-{len(labels)}")


class Despatch:
    """A small company with one carrier, and a packed shipment of two packages."""

    def __init__(self, database, office=None):
        self.company = small_company.found(database)
        self.database, self.office = database, office or Office()
        rows = self.company.read(lambda c: list(c.execute(companies.carrier.select())))
        self.carrier: UUID = rows[0].id
        self.service = self.company.do(
            lambda tx: carriers.add_service(tx, self.carrier, NewService("P", "Parcel", 1, 2))
        )
        self.company.do(lambda tx: carriers.set_rates(tx, self.service, [Rate(0, Decimal("5.10"))]))
        self.company.do(lambda tx: carriers.connect(tx, self.carrier, "karrio:meridian"))
        self.now = small_company.MORNING
        self.order = self.company.order({self.company.valve: 10}, promised=date(2026, 11, 27))
        self.shipment = self.pack(self.order)

    def pack(self, order_id, parts=(6, 4)):
        self.company.pick_all(order_id)
        shipment_id = self.company.shipment_of(order_id)
        line = self._line(order_id)
        boxes = [NewPackage({line: part * UNIT}, 1_500 * part, 400, 300, 200) for part in parts]
        self.company.do(lambda tx: shipping.pack(tx, shipment_id, boxes))
        return shipment_id

    def _line(self, order_id):
        return self.company.read(lambda c: orders.lines(c, order_id))[0].id

    @property
    def buyer(self):
        return label_buying.Buyer(self.database, lambda account: self.office, "bea", lambda: self.now)

    def plan(self):
        return self.company.do(lambda tx: labels.plan(tx, self.shipment, self.carrier, "P"))

    def rows(self):
        return self.company.read(lambda c: labels.of_shipment(c, self.shipment))

    def states(self):
        return [row.state for row in self.rows()]

    def numbers(self):
        """Tracking number by package, as the packages have them."""
        found = self.company.read(lambda c: c.execute(package.select().order_by(package.c.position)).all())
        return [row.tracking_number for row in found if row.shipment_id == self.shipment]
