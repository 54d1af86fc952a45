"""Every paper by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.services.documents import (
    account_statement,
    credit_note,
    delivery_note,
    invoice,
    manifest,
    order_confirmation,
    packing_slip,
    pick_list,
    proforma_invoice,
    purchase_order,
    quote,
    reminder_letter,
    return_slip,
    shipping_label,
    work_order,
)

PAPERS: Final[Mapping[str, Callable[[Any], bytes]]] = {
    "quote": quote.build,
    "order_confirmation": order_confirmation.build,
    "pick_list": pick_list.build,
    "packing_slip": packing_slip.build,
    "shipping_label": shipping_label.build,
    "delivery_note": delivery_note.build,
    "manifest": manifest.build,
    "invoice": invoice.build,
    "proforma_invoice": proforma_invoice.build,
    "credit_note": credit_note.build,
    "purchase_order": purchase_order.build,
    "work_order": work_order.build,
    "return_slip": return_slip.build,
    "reminder": reminder_letter.build,
    "account_statement": account_statement.build,
}
