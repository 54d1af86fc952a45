"""Tables and the rules of one record; no sessions, no I/O, no Qt, no clock.

Importing this package declares every table on :data:`app.models.base.metadata`.
"""

from app.models import (
    carrier,
    company,
    counting,
    einvoice,
    invoice,
    lines,
    log,
    order,
    party,
    payment,
    printing,
    product,
    purchase,
    quote,
    reservation,
    returns,
    shipment,
    sourcing,
    stock,
    supply,
    transfer,
    valuation,
    work,
)
from app.models.base import DataClass, metadata

__all__ = [
    "DataClass",
    "carrier",
    "company",
    "counting",
    "einvoice",
    "invoice",
    "lines",
    "log",
    "metadata",
    "order",
    "party",
    "payment",
    "printing",
    "product",
    "purchase",
    "quote",
    "reservation",
    "returns",
    "shipment",
    "sourcing",
    "stock",
    "supply",
    "transfer",
    "valuation",
    "work",
]
