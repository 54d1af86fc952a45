"""Damage to letterheads and to what issued documents keep for their papers."""

from __future__ import annotations

from typing import Any

from app.models.company import company
from app.models.invoice import invoice
from app.models.order import sales_order
from app.models.quote import quote_version
from app.models.shipment import shipment
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, Ids, change, row_of


def _left(ids: Ids) -> Any:
    return (shipment.c.order_id == ids["returned order"]) & (shipment.c.state == "shipped")


ORIGINALS = [
    Case(Rule.LETTERHEAD, change(company, lambda _: company.c.name == "Delta Trading", iban="NL02 THIEF 1")),
    Case(Rule.LETTERHEAD, change(company, lambda _: company.c.name == "Delta Trading", logo=b"another")),
    Case(Rule.LETTERHEAD, change(company, lambda _: company.c.name == "Delta Trading", letterhead_id=None)),
    Case(Rule.ORIGINAL, change(invoice, row_of(invoice, "paid"), printed="")),
    Case(Rule.ORIGINAL, change(invoice, row_of(invoice, "free"), printed="", letterhead_id=None)),
    Case(Rule.ORIGINAL, change(invoice, row_of(invoice, "draft"), printed=invoice.c.currency)),
    Case(Rule.ORIGINAL, change(sales_order, row_of(sales_order, "waiting order"), letterhead_id=None)),
    Case(Rule.ORIGINAL, change(shipment, _left, printed="", letterhead_id=None)),
    Case(Rule.ORIGINAL, change(quote_version, row_of(quote_version, "accepted", "quote_id"), letterhead_id=None)),
]
