"""What the page of a quote and that of an order have in common, and what differs; how a document is read for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.services import activity, companies, drafting, orders, parties, promising
from app.services.activity import Happening
from app.services.document_lines import LineInput
from app.services.drafting import Opened
from app.services.parties import Customer
from app.services.pricing import Buyer
from app.services.promising import Policy
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Written:
    """A document as read for its page."""

    head: Any
    opened: Opened
    customer: Customer
    terms: dict[str, str]
    happenings: tuple[Happening, ...]
    versions: tuple[Any, ...] = ()


@dataclass(frozen=True)
class DocumentKind:
    """What differs between quotes and orders on this page."""

    noun: str
    table: str
    read_head: Callable[[Connection, UUID], Any]
    read_lines: Callable[[Connection, UUID], Sequence[Any]]
    set_lines: Callable[[Transaction, UUID, int, Sequence[LineInput]], Any]
    change_head: Callable[[Transaction, UUID, int, dict[str, Any]], Any]
    read_versions: Callable[[Connection, UUID], Sequence[Any]]
    last_day: str  # the date field beside the requested one: valid_until or promised_on
    editable: Callable[[Any], bool]
    leaves: Callable[[Any], tuple[UUID | None, Policy, date | None]]  # the order, how it leaves, when it is wanted
    saves_itself: Callable[[Any], bool] = lambda _head: True  # or only when its changes were shown and agreed
    choices: bool = False  # its lines may be optional or alternatives
    priced_on: Callable[[Any], date | None] = lambda _head: None  # the day of its prices; None: today


def read(connection: Connection, kind: DocumentKind, document_id: UUID, today: date) -> Written:
    """Read a document for its page; a line that is added has the prices of its day, or of today."""
    head = kind.read_head(connection, document_id)
    customer = parties.get(connection, head.customer_id)
    buyer = buyer_of(kind, head, customer, today)
    return Written(
        head=head,
        opened=drafting.open_lines(connection, head, kind.read_lines(connection, document_id), buyer),
        customer=customer,
        terms={code: name for code, (name, _, _) in companies.terms(connection).items()},
        happenings=tuple(activity.timeline(connection, document_id)),
        versions=tuple(kind.read_versions(connection, document_id)),
    )


def buyer_of(kind: DocumentKind, head: Any, customer: Customer, today: date) -> Buyer:
    """Who asks for the prices of a document's lines, and for which day."""
    return Buyer(customer.id, kind.priced_on(head) or today, customer.customer_group, head.channel, head.campaign)


def no_versions(_connection: Connection, _document_id: UUID) -> Sequence[Any]:
    """Orders have no versions of their own."""
    return ()


ORDER: Final = DocumentKind(
    "order",
    "sales_order",
    orders.get,
    orders.lines,
    orders.set_lines,
    orders.change_head,
    no_versions,
    "promised_on",
    lambda head: head.state in {"draft", "confirmed"} and not head.taken_over,
    lambda head: (head.id, promising.policy_of(head), head.promised_on or head.requested_on),
    saves_itself=lambda head: head.state == "draft",
    priced_on=lambda head: head.ordered_on,
)
