"""The people of the sample company at work: one deal after the other, each step a command at its own time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from heapq import heapify, heappop
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from app.services.database import Database
from app.services.demo.catalogue import Item
from app.services.demo.chance import Chance
from app.services.demo.customers import Profile
from app.services.document_lines import LineInput
from app.services.progress import Progress
from app.services.transaction import Transaction

T = TypeVar("T")

SELLERS: Final = ("A. Visser", "R. Vos", "J. de Wit")
STOREKEEPERS: Final = ("M. Okafor", "K. Lindqvist")
BOOKKEEPER: Final = "S. Hendriks"


class Desk:
    """Runs commands on the company's books at the time that its clock shows; counts them."""

    def __init__(self, database: Database, at: datetime) -> None:
        self.database = database
        self.now = at
        self.commands = 0

    @property
    def today(self) -> date:
        """The day the clock shows; work is done in daytime, when Rotterdam and UTC have the same date."""
        return self.now.date()

    def run(self, command: str, op: Callable[[Transaction], T], *, by: str) -> T:
        """Give one command and return its answer."""
        self.commands += 1
        return self.database.run(command, op, by=by, at=self.now).value

    def read(self, op: Callable[[Connection], T]) -> T:
        """Look something up."""
        return self.database.read(op)


@dataclass(frozen=True, slots=True)
class Stocked:
    """What the deals are made with: products and customers as invented, and the ids they have in the books."""

    items: list[Item]
    item_ids: list[UUID]
    profiles: list[Profile]
    customer_ids: list[UUID]


@dataclass(slots=True, eq=False)
class Deal:
    """One piece of business from the first call to the last payment; ids are filled in as it goes on."""

    chance: Chance
    customer_id: UUID
    profile: Profile
    lines: tuple[LineInput, ...]
    seller: str
    po: str = ""
    channel: str = "email"
    requested_on: date | None = None
    payment_term: str = ""
    deposit_percent: Decimal = Decimal(0)
    deposit_amount: Decimal = Decimal(0)
    notes: str = ""
    name: str = ""  # of the case it stands for; empty for ordinary business
    needs: dict[int, int] = field(default_factory=dict)  # stock units by item, when it becomes an order
    quote_id: UUID | None = None
    order_id: UUID | None = None
    invoice_id: UUID | None = None
    return_id: UUID | None = None
    payment_id: UUID | None = None


Step = Callable[[Desk, Deal], bool]
"""Does one thing for a deal and tells whether there was something to do."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """What is to be done when, with which deal."""

    at: datetime
    step: Step
    deal: Deal


def work_off(desk: Desk, appointments: list[Appointment], until: datetime, progress: Progress) -> None:
    """Keep every appointment up to ``until``, in the order of time (at the same minute: as they were made).

    Raises:
        Cancelled: the user stopped it.

    """
    queue = [(one.at, place) for place, one in enumerate(appointments) if one.at <= until]
    heapify(queue)
    total = len(queue)
    while queue:
        at, place = heappop(queue)
        desk.now = at
        one = appointments[place]
        done = one.step(desk, one.deal)
        assert done or not one.deal.name, f"{one.deal.name}: {one.step} found nothing to do at {at}"
        progress.step(total - len(queue), total, f"{at:%d %b %Y}")
